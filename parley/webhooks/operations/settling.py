"""Keeping what became of a request, and what follows from it."""

from datetime import datetime, timedelta

from django.db.models import Max

from parley.core.actors import SYSTEM
from parley.core.transactions import operation
from parley.webhooks.jobs import look_again
from parley.webhooks.models import FAILURE_FIELDS, WebhookAttempt, WebhookDelivery, WebhookEndpoint
from parley.webhooks.operations.claiming import Claimed
from parley.webhooks.operations.endpoints import disable
from parley.webhooks.rules.retries import (
    GIVEN_UP_AFTER,
    GONE,
    State,
    is_given_up,
    is_success,
    next_attempt,
    requested_pause,
    rest_of,
)
from parley.webhooks.sending import Outcome

SOON = timedelta(minutes=1)  # what is later is found by the periodic job


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
