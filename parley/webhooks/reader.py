"""From an event to its deliveries. Runs inside the transaction that moves the cursor."""

from collections import defaultdict
from collections.abc import Sequence
from datetime import datetime

from parley.core.models import Event
from parley.core.outbox import Reader
from parley.webhooks.jobs import ask_to_deliver
from parley.webhooks.models import WebhookDelivery, WebhookEndpoint
from parley.webhooks.rules.catalogue import TYPES, body_of, is_chosen


def plan_deliveries(events: Sequence[Event], now: datetime) -> None:
    """Make the deliveries of these events, each once however often they are read."""
    told = [event for event in events if event.type in TYPES and event.company_id is not None]
    receivers = _receivers({event.company_id for event in told if event.company_id is not None})
    deliveries = [
        delivery
        for event in told
        if event.company_id is not None
        for delivery in _deliveries(event, event.company_id, receivers[event.company_id], now=now)
    ]
    if deliveries:
        WebhookDelivery.objects.bulk_create(deliveries, ignore_conflicts=True)
        ask_to_deliver()


def _receivers(companies: set[int]) -> dict[int, list[WebhookEndpoint]]:
    found: dict[int, list[WebhookEndpoint]] = defaultdict(list)
    if companies:
        rows = WebhookEndpoint.objects.filter(company__in=companies, company__is_active=True, is_active=True)
        for endpoint in rows.only("company_id", "events", "created_at"):
            found[endpoint.company_id].append(endpoint)
    return found


def _deliveries(
    event: Event, company_id: int, receivers: Sequence[WebhookEndpoint], *, now: datetime
) -> list[WebhookDelivery]:
    hearing = [endpoint for endpoint in receivers if _hears(endpoint, event)]
    if not hearing:
        return []
    body = body_of(
        event.type,
        object_id=event.object_id,
        company_id=company_id,
        at=event.occurred_at,
        before=event.before,
        after=event.after,
    )
    return [
        WebhookDelivery(
            endpoint=endpoint, event_id=event.pk, type=event.type, body=body, next_attempt_at=now, created_at=now
        )
        for endpoint in hearing
    ]


def _hears(endpoint: WebhookEndpoint, event: Event) -> bool:
    """Nobody hears of what was before: the reader may be far behind, such as after an upgrade."""
    return endpoint.created_at <= event.occurred_at and is_chosen(endpoint.events, event.type)


READER = Reader("webhooks", plan_deliveries)
