"""Receivers of webhooks, and what was sent to them, as they are shown and changed."""

from typing import Any

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from parley.api.fields import FlagField, InstantField, ItemsField, KeyField, TextField
from parley.webhooks.models import WebhookAttempt, WebhookDelivery, WebhookEndpoint
from parley.webhooks.rules.addresses import LONGEST_URL
from parley.webhooks.rules.catalogue import CHOICES, MOST_CHOICES
from parley.webhooks.rules.retries import State


@extend_schema_field({"type": "array", "items": {"type": "string", "enum": list(CHOICES)}, "maxItems": MOST_CHOICES})
class ChoicesField(ItemsField):
    """Types of events, groups (``interview.*``) and ``*``; the operation refuses what is none."""

    def __init__(self, **options: Any) -> None:
        super().__init__(child=TextField(max_length=64), max_length=MOST_CHOICES, **options)


class WebhookIn(serializers.Serializer[Any]):
    """A receiver. Without ``events``, it hears of everything."""

    company = KeyField(required=False, help_text="Administrators name one; for all others it is their own.")
    url = TextField(max_length=LONGEST_URL, trim_whitespace=False)
    events = ChoicesField(required=False)
    description = TextField(max_length=500, required=False, allow_blank=True)
    is_active = FlagField(required=False)


class WebhookOut(serializers.Serializer[Any]):
    """A receiver, and how it has been doing. ``disabled_at`` is set where Parley has switched it off."""

    id = serializers.UUIDField()
    company = serializers.IntegerField()
    url = serializers.CharField()
    events = serializers.ListField(child=serializers.CharField())
    description = serializers.CharField()
    is_active = serializers.BooleanField()
    consecutive_failures = serializers.IntegerField()
    failing_since = serializers.DateTimeField(allow_null=True)
    paused_until = serializers.DateTimeField(allow_null=True)
    disabled_at = serializers.DateTimeField(allow_null=True)
    disabled_reason = serializers.CharField()
    previous_secret_until = serializers.DateTimeField(allow_null=True)
    created_at = serializers.DateTimeField()
    updated_at = serializers.DateTimeField()


class WebhookSecretOut(WebhookOut):
    """A receiver with its secret, which is shown this once."""

    secret = serializers.CharField(help_text="`whsec_` and 32 bytes in base64 (Standard Webhooks).")


class DeliveryOut(serializers.Serializer[Any]):
    """What was sent, or will be: ``message_id`` is the header ``webhook-id``, the same for every attempt."""

    id = serializers.UUIDField()
    webhook = serializers.UUIDField()
    message_id = serializers.CharField()
    type = serializers.CharField()
    state = serializers.ChoiceField(State.choices)
    attempt_count = serializers.IntegerField(help_text="Since it was made, or replayed.")
    next_attempt_at = serializers.DateTimeField(allow_null=True)
    settled_at = serializers.DateTimeField(allow_null=True, help_text="When it was delivered, or given up.")
    last_status = serializers.IntegerField(allow_null=True)
    last_error = serializers.CharField()
    created_at = serializers.DateTimeField()


class AttemptOut(serializers.Serializer[Any]):
    """One request, and its answer: at most the first 4096 bytes of the body."""

    number = serializers.IntegerField()
    at = serializers.DateTimeField()
    duration_ms = serializers.IntegerField()
    request_headers = serializers.DictField(child=serializers.CharField())
    status_code = serializers.IntegerField(allow_null=True)
    answer_headers = serializers.DictField(child=serializers.CharField())
    answer_body = serializers.CharField()
    error = serializers.CharField()


class DeliveryDetailOut(DeliveryOut):
    """A delivery with its body, exactly as it is sent, and its attempts."""

    body = serializers.CharField()
    attempts = AttemptOut(many=True)


class RecoverIn(serializers.Serializer[Any]):
    """From when on."""

    since = InstantField()


class RecoverOut(serializers.Serializer[Any]):
    """How many are delivered again."""

    recovered = serializers.IntegerField()


def webhook_out(endpoint: WebhookEndpoint) -> dict[str, Any]:
    """As ``WebhookOut``."""
    return {
        "id": endpoint.pk,
        "company": endpoint.company_id,
        "url": endpoint.url,
        "events": endpoint.events,
        "description": endpoint.description,
        "is_active": endpoint.is_active,
        "consecutive_failures": endpoint.consecutive_failures,
        "failing_since": endpoint.failing_since,
        "paused_until": endpoint.paused_until,
        "disabled_at": endpoint.disabled_at,
        "disabled_reason": endpoint.disabled_reason,
        "previous_secret_until": endpoint.previous_secret_until,
        "created_at": endpoint.created_at,
        "updated_at": endpoint.updated_at,
    }


def delivery_out(delivery: WebhookDelivery) -> dict[str, Any]:
    """As ``DeliveryOut``."""
    return {
        "id": delivery.pk,
        "webhook": delivery.endpoint_id,
        "message_id": delivery.message_id,
        "type": delivery.type,
        "state": delivery.state,
        "attempt_count": delivery.attempts,
        "next_attempt_at": delivery.next_attempt_at,
        "settled_at": delivery.settled_at,
        "last_status": delivery.last_status,
        "last_error": delivery.last_error,
        "created_at": delivery.created_at,
    }


def delivery_detail_out(delivery: WebhookDelivery) -> dict[str, Any]:
    """As ``DeliveryDetailOut``."""
    tries = delivery.tries.order_by("number")
    return delivery_out(delivery) | {"body": delivery.body, "attempts": [_attempt_out(each) for each in tries]}


def _attempt_out(attempt: WebhookAttempt) -> dict[str, Any]:
    return {
        "number": attempt.number,
        "at": attempt.at,
        "duration_ms": attempt.duration_ms,
        "request_headers": attempt.request_headers,
        "status_code": attempt.status_code,
        "answer_headers": attempt.answer_headers,
        "answer_body": attempt.answer_body,
        "error": attempt.error,
    }
