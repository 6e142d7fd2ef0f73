"""Tables that no part owns: events, idempotency keys, throttle counters."""

from django.db import models

from parley.core.fields import CurrentTransactionId, TransactionIdField


class Event(models.Model):
    """One change of state: who, what, when, before and after. Written in the transaction of the change itself.

    Audit, webhooks, notifications and live pages read it. A reader must not go by ``id`` alone: a transaction that
    took a lower id may commit later. ``transaction_id < pg_snapshot_xmin(pg_current_snapshot())`` holds for the rows
    that nothing can slip in before any more.
    """

    id = models.BigAutoField(primary_key=True)
    transaction_id = TransactionIdField(db_default=CurrentTransactionId(), editable=False)
    company_id = models.BigIntegerField(null=True)  # no foreign key: the history outlives what it tells of
    type = models.CharField(max_length=64)
    object_type = models.CharField(max_length=32)
    object_id = models.CharField(max_length=64)
    actor_kind = models.CharField(max_length=16)
    actor_id = models.BigIntegerField(null=True)
    acting_admin_id = models.BigIntegerField(null=True)  # the administrator who acted as the actor
    occurred_at = models.DateTimeField()
    before = models.JSONField(null=True)
    after = models.JSONField(null=True)
    request_id = models.CharField(max_length=64, blank=True)

    class Meta:
        indexes = [
            models.Index(fields=["company_id", "id"], name="event_company"),
            models.Index(fields=["object_type", "object_id", "id"], name="event_object"),
            models.Index(fields=["transaction_id", "id"], name="event_order"),
        ]

    def __str__(self) -> str:
        return f"{self.type} {self.object_id}"


class EventCursor(models.Model):
    """How far one reader has come in the events (``parley.core.outbox``)."""

    reader = models.CharField(max_length=64, primary_key=True)
    transaction_id = TransactionIdField()
    event_id = models.BigIntegerField()
    updated_at = models.DateTimeField()


class IdempotencyRecord(models.Model):
    """The first answer under an ``Idempotency-Key``, kept for a day; the body is encrypted, as it may hold a secret."""

    scope = models.CharField(max_length=80)
    key = models.CharField(max_length=255)
    fingerprint = models.CharField(max_length=64)
    status = models.PositiveSmallIntegerField(null=True)
    body = models.BinaryField(null=True)
    created_at = models.DateTimeField(db_index=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["scope", "key"], name="idempotency_key_once")]


class ThrottleWindow(models.Model):
    """How often something happened in one window of time, counted by all processes together."""

    bucket = models.CharField(max_length=200, primary_key=True)
    window_start = models.DateTimeField(db_index=True)
    count = models.PositiveIntegerField()
