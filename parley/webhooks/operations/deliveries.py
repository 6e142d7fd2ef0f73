"""What people ask for: a test, one delivery again, all failed ones again."""

from datetime import datetime
from typing import Any
from uuid import UUID

from parley.core.actors import Actor
from parley.core.errors import Conflict
from parley.core.events import Change, record
from parley.core.throttling import Rate
from parley.core.transactions import operation
from parley.webhooks.jobs import ask_to_deliver
from parley.webhooks.locks import lock_endpoint
from parley.webhooks.models import WebhookDelivery, WebhookEndpoint
from parley.webhooks.rules.catalogue import TEST, body_of
from parley.webhooks.rules.retries import SETTLED, State

TEST_RATE = Rate(10, 60)  # of each receiver


@operation
def send_test(*, endpoint_id: UUID, actor: Actor, now: datetime) -> WebhookDelivery:
    """Queue a ``webhook.test``. Raises ``Conflict`` ``webhook_inactive``."""
    endpoint = _active(endpoint_id, actor=actor)
    body = body_of(TEST, object_id=str(endpoint.pk), company_id=endpoint.company_id, at=now)
    delivery = WebhookDelivery(endpoint=endpoint, type=TEST, body=body, next_attempt_at=now, created_at=now)
    delivery.save(force_insert=True)
    _tell("webhook.tested", endpoint, {"delivery_id": delivery.pk}, actor=actor, now=now)
    _hurry(endpoint)
    return delivery


@operation
def replay(*, endpoint_id: UUID, delivery_id: UUID, actor: Actor, now: datetime) -> WebhookDelivery:
    """Deliver a settled one again, under the same ``webhook-id``; its attempts start anew.

    Raises ``Conflict``: ``webhook_inactive``, or ``not_settled`` while it still waits.
    """
    endpoint = _active(endpoint_id, actor=actor)
    rows = WebhookDelivery.objects.select_for_update(no_key=True).filter(endpoint=endpoint)
    delivery = rows.seen_by(actor, pk=delivery_id, thing="delivery")
    if delivery.state not in SETTLED:
        raise Conflict("This delivery is on its way already.", code="not_settled")
    for name, value in _anew(now).items():
        setattr(delivery, name, value)
    delivery.save(update_fields=list(_anew(now)))
    _tell("webhook.replayed", endpoint, {"delivery_id": delivery.pk}, actor=actor, now=now)
    _hurry(endpoint)
    return delivery


@operation
def recover(*, endpoint_id: UUID, since: datetime, actor: Actor, now: datetime) -> int:
    """Deliver again all that was made at ``since`` or later and has failed; returns how many.

    Raises ``Conflict`` ``webhook_inactive``.
    """
    endpoint = _active(endpoint_id, actor=actor)
    failed = WebhookDelivery.objects.filter(endpoint=endpoint, state=State.FAILED, created_at__gte=since)
    count = failed.update(**_anew(now))
    if count:
        after = {"since": since, "deliveries": count}
        _tell("webhook.recovered", endpoint, after, actor=actor, now=now)
        _hurry(endpoint)
    return count


def _active(endpoint_id: UUID, *, actor: Actor) -> WebhookEndpoint:
    endpoint = lock_endpoint(endpoint_id, actor=actor)
    if not endpoint.is_active:
        raise Conflict("The webhook is switched off: set is_active first.", code="webhook_inactive")
    return endpoint


def _anew(now: datetime) -> dict[str, Any]:
    return {"state": State.WAITING, "attempts": 0, "next_attempt_at": now, "settled_at": None}


def _hurry(endpoint: WebhookEndpoint) -> None:
    """Somebody waits for it: a pause after failures ends."""
    WebhookEndpoint.objects.filter(pk=endpoint.pk).update(paused_until=None)
    ask_to_deliver()


def _tell(event: str, endpoint: WebhookEndpoint, after: dict[str, Any], *, actor: Actor, now: datetime) -> None:
    change = Change(type=event, object_id=endpoint.pk, company_id=endpoint.company_id, after=after)
    record(change, actor=actor, now=now)
