"""Claiming the next delivery, and keeping what became of it: the request itself is made between the two."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from django.db.models import Case, Exists, IntegerField, Max, OuterRef, Q, QuerySet, Subquery, When

from parley.core.actors import SYSTEM
from parley.core.transactions import operation
from parley.webhooks.jobs import look_again
from parley.webhooks.models import FAILURE_FIELDS, WebhookAttempt, WebhookDelivery, WebhookEndpoint
from parley.webhooks.operations.endpoints import SWITCHED_OFF, disable
from parley.webhooks.rules.retries import (
    GIVEN_UP_AFTER,
    GONE,
    SETTLED,
    State,
    is_given_up,
    is_success,
    next_attempt,
    requested_pause,
    rest_of,
)
from parley.webhooks.sending import Outcome
from parley.webhooks.signing import Unreadable, secrets_of

CLAIM_LASTS = timedelta(minutes=2)  # much longer than a receiver is waited for
KEPT_FOR = timedelta(days=30)
BATCH = 2000
SOON = timedelta(minutes=1)  # what is later is found by the periodic job


@dataclass(frozen=True, kw_only=True)
class Claimed:
    """What is sent, and where to. No ``secrets``: they cannot be read any more."""

    delivery_id: UUID
    message_id: str
    claimed_at: datetime
    url: str
    body: str
    secrets: list[str]
    is_failing: bool


@operation
def claim_next(*, now: datetime, only_healthy: bool = False) -> Claimed | None:
    """Take the next delivery that is due; None where there is none.

    A receiver has one request at a time, and none while it rests after a failure. Those that have not failed lately
    come first (``only_healthy``: alone), then whoever has waited longest. A claim that was never settled, because its
    process died, ends after some minutes, and the same delivery is taken again.
    """
    endpoint = _next_endpoint(now=now, only_healthy=only_healthy)
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
        is_failing=endpoint.consecutive_failures > 0,
    )


@operation
def settle(*, claimed: Claimed, outcome: Outcome, now: datetime) -> None:
    """Keep the attempt, and what follows from it. Nothing where the claim has ended, and somebody else has it."""
    endpoint_of = WebhookDelivery.objects.filter(pk=claimed.delivery_id).values("endpoint_id")
    endpoint = WebhookEndpoint.objects.select_for_update(no_key=True).filter(pk__in=endpoint_of).first()
    rows = WebhookDelivery.objects.select_for_update(no_key=True)
    delivery = rows.filter(pk=claimed.delivery_id, state=State.SENDING, claimed_at=claimed.claimed_at).first()
    if endpoint is None or delivery is None:
        return
    _log(delivery, outcome, at=claimed.claimed_at)
    delivery.claimed_at = None
    delivery.last_status, delivery.last_error = outcome.status, outcome.error
    if is_success(outcome.status):
        _close(delivery, State.DELIVERED, now=now)
        endpoint.consecutive_failures, endpoint.failing_since, endpoint.paused_until = 0, None, None
    else:
        _fail(delivery, endpoint, outcome, now=now)
    delivery.save()
    endpoint.save(update_fields=[*FAILURE_FIELDS, "is_active"])


@operation
def close_stranded(*, now: datetime) -> int:
    """Let fail what is left at receivers that are switched off: it was planned or sent at that very moment."""
    left = WebhookDelivery.objects.filter(endpoint__is_active=False)
    left = left.filter(Q(state=State.WAITING) | Q(state=State.SENDING, claimed_at__lte=now - CLAIM_LASTS))
    return left.update(
        state=State.FAILED, claimed_at=None, next_attempt_at=None, settled_at=now, last_error=SWITCHED_OFF
    )


@operation
def forget_old(*, now: datetime) -> int:
    """Remove up to ``BATCH`` of what was settled over thirty days ago, with its attempts; returns how many."""
    old = WebhookDelivery.objects.filter(state__in=SETTLED, settled_at__lt=now - KEPT_FOR)
    keys = list(old.select_for_update(skip_locked=True).order_by("pk").values_list("pk", flat=True)[:BATCH])
    WebhookAttempt.objects.filter(delivery__in=keys).delete()
    WebhookDelivery.objects.filter(pk__in=keys).delete()
    return len(keys)


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


def _next_endpoint(*, now: datetime, only_healthy: bool) -> WebhookEndpoint | None:
    rows = _endpoints_with_work(now).select_for_update(no_key=True, skip_locked=True, of=("self",))
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


def _log(delivery: WebhookDelivery, outcome: Outcome, *, at: datetime) -> None:
    last = WebhookAttempt.objects.filter(delivery=delivery).aggregate(last=Max("number"))["last"]
    WebhookAttempt.objects.create(
        delivery=delivery,
        number=(last or 0) + 1,
        at=at,
        duration_ms=outcome.duration_ms,
        request_headers=dict(outcome.request_headers),
        status_code=outcome.status,
        answer_headers=dict(outcome.answer_headers),
        answer_body=outcome.answer_body,
        error=outcome.error,
    )


def _close(delivery: WebhookDelivery, state: State, *, now: datetime) -> None:
    delivery.state, delivery.next_attempt_at, delivery.settled_at = state, None, now


def _fail(delivery: WebhookDelivery, endpoint: WebhookEndpoint, outcome: Outcome, *, now: datetime) -> None:
    requested = requested_pause(outcome.status, outcome.retry_after, now=now)
    again = next_attempt(delivery.attempts, requested=requested, now=now)
    endpoint.consecutive_failures += 1
    endpoint.failing_since = endpoint.failing_since or now
    endpoint.paused_until = now + rest_of(endpoint.consecutive_failures, requested=requested)
    delivery.state, delivery.next_attempt_at = State.WAITING, again
    if reason := _why_disabled(endpoint, outcome, now=now):
        disable(endpoint, reason=reason, actor=SYSTEM, now=now)
    if again is None or not endpoint.is_active:
        _close(delivery, State.FAILED, now=now)
    if endpoint.is_active and endpoint.paused_until - now <= SOON:
        look_again(at=endpoint.paused_until)


def _why_disabled(endpoint: WebhookEndpoint, outcome: Outcome, *, now: datetime) -> str:
    """The reason to switch it off, where there is one."""
    if not endpoint.is_active or endpoint.failing_since is None:
        return ""
    if outcome.status == GONE:
        return "The receiver answered 410 Gone."
    if is_given_up(failing_since=endpoint.failing_since, now=now):
        return f"Nothing could be delivered for {GIVEN_UP_AFTER.days} days."
    return ""
