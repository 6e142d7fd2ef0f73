"""Mails to candidates, each a row from the event that asked for it until it is sent."""

import uuid
from typing import ClassVar

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q

from parley.interviews.models import Interview, InterviewSchedule, PlaceHold
from parley.notifications.rules import DEFAULT_REMINDERS, UNSETTLED, Kind, State
from parley.organizations.models import Company
from parley.organizations.tenancy import CompanyOwnedQuerySet


def default_reminders() -> list[int]:
    """A list of its own for each row."""
    return list(DEFAULT_REMINDERS)


class MailPolicy(models.Model):
    """What a company says of the mails to its candidates; where it says nothing, the defaults hold."""

    company = models.OneToOneField(Company, on_delete=models.CASCADE, primary_key=True, related_name="mail_policy")
    reminder_minutes = ArrayField(models.PositiveIntegerField(), default=default_reminders, blank=True)
    reply_to = models.EmailField(max_length=254, blank=True)
    texts = models.JSONField(default=dict, blank=True)  # by kind: subject and body of the company's own
    updated_at = models.DateTimeField()

    objects = CompanyOwnedQuerySet["MailPolicy"].as_manager()

    class Meta:
        verbose_name_plural = "mail policies"

    def __str__(self) -> str:
        return f"Mails of company {self.company_id}"


def mail_policy_of(company_id: int | None) -> MailPolicy:
    """A company's own policy, or one with the defaults that is not kept."""
    if company_id is None:
        return MailPolicy()
    return MailPolicy.objects.filter(company_id=company_id).first() or MailPolicy(company_id=company_id)


class Message(models.Model):
    """One mail to one candidate. Its text is made when it is sent, from what then is true."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    company = models.ForeignKey(Company, on_delete=models.CASCADE, null=True, related_name="messages", db_index=False)
    interview = models.ForeignKey(Interview, on_delete=models.CASCADE, related_name="messages")
    schedule = models.ForeignKey(InterviewSchedule, on_delete=models.CASCADE, null=True, related_name="messages")
    hold = models.ForeignKey(
        PlaceHold, on_delete=models.CASCADE, null=True, related_name="messages"
    )  # what it asks about
    kind = models.CharField(max_length=16, choices=Kind)
    key = models.CharField(max_length=80, unique=True)  # once per event, kind and reminder
    event_id = models.BigIntegerField()
    recipient = models.EmailField(max_length=254)
    planned_for = models.DateTimeField(null=True)  # the start that a reminder reminds of
    due_at = models.DateTimeField()
    next_attempt_at = models.DateTimeField(null=True)  # while it is not settled: not to be sent before
    state = models.CharField(max_length=16, choices=State, default=State.WAITING)
    attempts = models.PositiveSmallIntegerField(default=0)
    claimed_at = models.DateTimeField(null=True)
    sent_at = models.DateTimeField(null=True)
    last_error = models.CharField(max_length=500, blank=True)
    created_at = models.DateTimeField()

    objects = CompanyOwnedQuerySet["Message"].as_manager()

    class Meta:
        ordering: ClassVar[list[str]] = ["-created_at", "id"]
        indexes = [
            models.Index(fields=["company", "created_at"], name="message_company_created"),
            models.Index(fields=["next_attempt_at"], condition=Q(state__in=UNSETTLED), name="message_unsettled_next"),
        ]
        constraints = [
            models.CheckConstraint(name="message_kind_known", condition=Q(kind__in=Kind.values)),
            models.CheckConstraint(name="message_state_known", condition=Q(state__in=State.values)),
            models.CheckConstraint(
                name="message_sent_at_agrees",
                condition=Q(state=State.SENT, sent_at__isnull=False) | (~Q(state=State.SENT) & Q(sent_at__isnull=True)),
            ),
            models.CheckConstraint(
                name="message_next_attempt_agrees",
                condition=Q(state__in=UNSETTLED, next_attempt_at__isnull=False)
                | (~Q(state__in=UNSETTLED) & Q(next_attempt_at__isnull=True)),
            ),
            models.CheckConstraint(
                name="message_claim_agrees",
                condition=Q(state=State.SENDING, claimed_at__isnull=False)
                | (~Q(state=State.SENDING) & Q(claimed_at__isnull=True)),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.id}"
