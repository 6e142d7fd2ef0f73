"""Receivers, what they are sent, and each attempt to send it."""

import uuid
from typing import Any, ClassVar, TypeVar

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q

from parley.organizations.models import Company
from parley.organizations.tenancy import CompanyOwnedQuerySet
from parley.webhooks.rules.addresses import LONGEST_URL, without_query
from parley.webhooks.rules.retries import SETTLED, UNSETTLED, State

M = TypeVar("M", bound=models.Model)


class EndpointOwnedQuerySet(CompanyOwnedQuerySet[M]):
    """Rows of a company by the receiver that they are for."""

    company_lookup = "endpoint__company_id"


class DeliveryOwnedQuerySet(CompanyOwnedQuerySet[M]):
    """Rows of a company by the delivery that they tell of."""

    company_lookup = "delivery__endpoint__company_id"


class WebhookEndpoint(models.Model):
    """A receiver: an address, what it hears of, and how it has been doing."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    company = models.ForeignKey(Company, on_delete=models.CASCADE, related_name="webhooks")
    url = models.CharField(max_length=LONGEST_URL)
    events = ArrayField(models.CharField(max_length=64))
    description = models.CharField(max_length=500, blank=True)
    is_active = models.BooleanField(default=True)
    secret = models.BinaryField()  # encrypted
    previous_secret = models.BinaryField(null=True)  # encrypted; signs beside the new one for a while
    previous_secret_until = models.DateTimeField(null=True)
    consecutive_failures = models.PositiveIntegerField(default=0)
    failing_since = models.DateTimeField(null=True)
    paused_until = models.DateTimeField(null=True)
    disabled_at = models.DateTimeField(null=True)  # by Parley; one that people switched off has no such instant
    disabled_reason = models.CharField(max_length=200, blank=True)
    created_at = models.DateTimeField()
    updated_at = models.DateTimeField()

    objects = CompanyOwnedQuerySet["WebhookEndpoint"].as_manager()

    class Meta:
        ordering: ClassVar[list[str]] = ["created_at", "id"]
        constraints = [
            models.CheckConstraint(
                name="webhook_disabled_is_inactive", condition=Q(disabled_at__isnull=True) | Q(is_active=False)
            ),
            models.CheckConstraint(
                name="webhook_failing_since_agrees",
                condition=Q(failing_since__isnull=True, consecutive_failures=0)
                | Q(failing_since__isnull=False, consecutive_failures__gt=0),
            ),
            models.CheckConstraint(
                name="webhook_previous_secret_agrees",
                condition=Q(previous_secret__isnull=True, previous_secret_until__isnull=True)
                | Q(previous_secret__isnull=False, previous_secret_until__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return f"Webhook {self.id}"

    def state(self) -> dict[str, Any]:
        """What its events tell: no secret, and no query, which may hold one."""
        return {"url": without_query(self.url), "events": self.events, "is_active": self.is_active}

    def forget_failures(self) -> None:
        """As if it had never failed; the caller saves it (``FAILURE_FIELDS``)."""
        self.consecutive_failures, self.failing_since, self.paused_until = 0, None, None
        self.disabled_at, self.disabled_reason = None, ""


FAILURE_FIELDS = ("consecutive_failures", "failing_since", "paused_until", "disabled_at", "disabled_reason")


class WebhookDelivery(models.Model):
    """One event for one receiver. The body is kept as it is sent, so that every attempt signs the same bytes."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    endpoint = models.ForeignKey(WebhookEndpoint, on_delete=models.CASCADE, related_name="deliveries", db_index=False)
    event_id = models.BigIntegerField(null=True)  # none for a test
    type = models.CharField(max_length=64)
    body = models.TextField()
    state = models.CharField(max_length=16, choices=State, default=State.WAITING)
    attempts = models.PositiveSmallIntegerField(default=0)  # since it was last made to wait anew
    next_attempt_at = models.DateTimeField(null=True)
    claimed_at = models.DateTimeField(null=True)
    settled_at = models.DateTimeField(null=True)
    last_status = models.PositiveSmallIntegerField(null=True)
    last_error = models.CharField(max_length=500, blank=True)
    created_at = models.DateTimeField()

    objects = EndpointOwnedQuerySet["WebhookDelivery"].as_manager()

    class Meta:
        ordering: ClassVar[list[str]] = ["-created_at", "id"]
        verbose_name_plural = "webhook deliveries"
        indexes = [
            models.Index(fields=["endpoint", "created_at"], name="webhook_delivery_created"),
            models.Index(
                fields=["endpoint", "next_attempt_at", "event_id"],
                condition=Q(state__in=UNSETTLED),
                name="webhook_delivery_due",
            ),
            models.Index(fields=["settled_at"], condition=Q(state__in=SETTLED), name="webhook_delivery_settled"),
        ]
        constraints = [
            models.UniqueConstraint(fields=["endpoint", "event_id"], name="webhook_delivery_once"),
            models.UniqueConstraint(
                fields=["endpoint"], condition=Q(state=State.SENDING), name="webhook_one_request_at_a_time"
            ),
            models.CheckConstraint(name="webhook_delivery_state_known", condition=Q(state__in=State.values)),
            models.CheckConstraint(
                name="webhook_delivery_times_agree",
                condition=Q(state__in=UNSETTLED, next_attempt_at__isnull=False, settled_at__isnull=True)
                | Q(state__in=SETTLED, next_attempt_at__isnull=True, settled_at__isnull=False),
            ),
            models.CheckConstraint(
                name="webhook_delivery_claim_agrees",
                condition=Q(state=State.SENDING, claimed_at__isnull=False)
                | (~Q(state=State.SENDING) & Q(claimed_at__isnull=True)),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.type} {self.id}"

    @property
    def message_id(self) -> str:
        """The ``webhook-id``: the same for every attempt."""
        return f"msg_{self.id.hex}"


class WebhookAttempt(models.Model):
    """One request: what was sent beside the body, and what came back."""

    delivery = models.ForeignKey(WebhookDelivery, on_delete=models.CASCADE, related_name="tries", db_index=False)
    number = models.PositiveIntegerField()
    at = models.DateTimeField()
    duration_ms = models.PositiveIntegerField()
    request_headers = models.JSONField(default=dict)
    status_code = models.PositiveSmallIntegerField(null=True)
    answer_headers = models.JSONField(default=dict)
    answer_body = models.TextField(blank=True)  # its beginning
    error = models.CharField(max_length=500, blank=True)

    objects = DeliveryOwnedQuerySet["WebhookAttempt"].as_manager()

    class Meta:
        ordering: ClassVar[list[str]] = ["delivery_id", "number"]
        constraints = [models.UniqueConstraint(fields=["delivery", "number"], name="webhook_attempt_number_once")]

    def __str__(self) -> str:
        return f"Attempt {self.number} of {self.delivery_id}"
