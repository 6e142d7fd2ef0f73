"""Claiming the next delivery: the request itself is made afterwards, outside of any transaction."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db.models import Case, Exists, IntegerField, OuterRef, Q, QuerySet, Subquery, When

from parley.core.transactions import operation
from parley.webhooks.models import WebhookDelivery, WebhookEndpoint
from parley.webhooks.rules.retries import CLAIM_LASTS, State
from parley.webhooks.signing import Unreadable, secrets_of


@dataclass(frozen=True, kw_only=True)
class Claimed:
    """What is sent, and where to. No ``secrets``: they cannot be read any more."""

    delivery_id: UUID
    message_id: str
    claimed_at: datetime
    url: str
    body: str
    secrets: list[str]
    company_id: int
    is_failing: bool


@operation
def claim_next(*, now: datetime, only_healthy: bool = False, but_not_of: Collection[int] = ()) -> Claimed | None:
    """Take the next delivery that is due; None where there is none.

    A receiver has one request at a time, and none while it rests after a failure. Those that have not failed lately
    come first (``only_healthy``: alone), then whoever has waited longest; the companies ``but_not_of`` are passed over.
    A claim that was never settled, because its process died, ends after some minutes, and the same delivery is taken
    again.
    """
    endpoint = _next_endpoint(now=now, only_healthy=only_healthy, but_not_of=but_not_of)
    if endpoint is None:
        return None
    delivery = _next_of(endpoint, now=now)
    if delivery is None:
        return None  # somebody else was here between the two looks
    delivery.state, delivery.claimed_at = State.SENDING, now
    delivery.attempts += 1
    delivery.save(update_fields=["state", "claimed_at", "attempts"])
    return Claimed(
        delivery_id=delivery.pk,
        message_id=delivery.message_id,
        claimed_at=now,
        url=endpoint.url,
        body=delivery.body,
        secrets=_readable_secrets(endpoint, now=now),
        company_id=endpoint.company_id,
        is_failing=endpoint.consecutive_failures > 0,
    )


def is_anything_due(*, now: datetime) -> bool:
    """Whether ``claim_next`` would find something."""
    return _endpoints_with_work(now).exists()


def _due(now: datetime) -> QuerySet[WebhookDelivery]:
    untaken = Q(state=State.WAITING)
    deserted = Q(state=State.SENDING, claimed_at__lte=now - CLAIM_LASTS)
    return WebhookDelivery.objects.filter(untaken | deserted, next_attempt_at__lte=now)


def _endpoints_with_work(now: datetime) -> QuerySet[WebhookEndpoint]:
    of_it = WebhookDelivery.objects.filter(endpoint=OuterRef("pk"))
    at_work = of_it.filter(state=State.SENDING, claimed_at__gt=now - CLAIM_LASTS)
    rested = Q(paused_until__isnull=True) | Q(paused_until__lte=now)
    rows = WebhookEndpoint.objects.filter(rested, is_active=True)
    return rows.filter(Exists(_due(now).filter(endpoint=OuterRef("pk"))), ~Exists(at_work))


def _next_endpoint(*, now: datetime, only_healthy: bool, but_not_of: Collection[int]) -> WebhookEndpoint | None:
    rows = (
        _endpoints_with_work(now)
        .exclude(company__in=but_not_of)
        .select_for_update(no_key=True, skip_locked=True, of=("self",))
    )
    if only_healthy:
        rows = rows.filter(consecutive_failures=0)
    oldest = _due(now).filter(endpoint=OuterRef("pk")).order_by("next_attempt_at").values("next_attempt_at")[:1]
    ailing = Case(When(consecutive_failures=0, then=0), default=1, output_field=IntegerField())
    return rows.order_by(ailing, Subquery(oldest), "pk").first()


def _next_of(endpoint: WebhookEndpoint, *, now: datetime) -> WebhookDelivery | None:
    """What a locked receiver gets next: the one whose process died over it, else the one that waits longest."""
    rows = WebhookDelivery.objects.filter(endpoint=endpoint)
    under_way = rows.filter(state=State.SENDING).first()
    if under_way is not None:
        deserted = under_way.claimed_at is not None and under_way.claimed_at <= now - CLAIM_LASTS
        return under_way if deserted else None
    waiting = rows.filter(state=State.WAITING, next_attempt_at__lte=now)
    return waiting.order_by("next_attempt_at", "event_id").first()


def _readable_secrets(endpoint: WebhookEndpoint, *, now: datetime) -> list[str]:
    try:
        return secrets_of(endpoint, now=now)
    except Unreadable:
        return []
