"""Making, changing and removing receivers, and their secrets."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from django.conf import settings
from django.db import connection

from parley.core.acting import refuse_while_acting
from parley.core.actors import Actor
from parley.core.errors import Conflict, Invalid
from parley.core.events import Change, record
from parley.core.transactions import operation
from parley.webhooks.locks import lock_company, lock_endpoint, refuse_onlookers
from parley.webhooks.models import WebhookDelivery, WebhookEndpoint
from parley.webhooks.rules.addresses import refuse_bad_url
from parley.webhooks.rules.catalogue import CHOICES, EVERYTHING, unknown
from parley.webhooks.rules.retries import State
from parley.webhooks.signing import OVERLAP, new_secret, sealed

MOST_ENDPOINTS = 20
SWITCHED_OFF = "The webhook was switched off."


@operation
def create_endpoint(
    *, company_id: int, url: str, events: Sequence[str], description: str, is_active: bool, actor: Actor, now: datetime
) -> tuple[WebhookEndpoint, str]:
    """Add a receiver; no ``events`` means all. Returns it with its secret, which is never shown again.

    Raises ``Invalid`` for an address that is not sent to or unknown events, ``Conflict`` ``too_many_webhooks``.
    """
    refuse_while_acting()
    refuse_onlookers(actor)
    company = lock_company(company_id, actor=actor)
    if WebhookEndpoint.objects.filter(company=company).count() >= MOST_ENDPOINTS:
        raise Conflict(f"A company has at most {MOST_ENDPOINTS} webhooks.", code="too_many_webhooks")
    secret = new_secret()
    endpoint = WebhookEndpoint(
        company=company,
        url=_checked_url(url),
        events=_checked_events(events),
        description=description,
        is_active=is_active,
        secret=sealed(secret),
        created_at=now,
        updated_at=now,
    )
    endpoint.save(force_insert=True)
    _tell("webhook.created", endpoint, after=endpoint.state(), actor=actor, now=now)
    return endpoint, secret


@operation
def update_endpoint(*, endpoint_id: UUID, fields: Mapping[str, Any], actor: Actor, now: datetime) -> WebhookEndpoint:
    """Change address, events, description, or whether it is active.

    ``is_active`` true forgets its failures; false lets what waits for it fail, so that ``recover`` can bring it back.
    """
    endpoint = lock_endpoint(endpoint_id, actor=actor)
    before = endpoint.state()
    if "url" in fields:
        refuse_while_acting()
        endpoint.url = _checked_url(fields["url"])
    if "events" in fields:
        endpoint.events = _checked_events(fields["events"])
    endpoint.description = fields.get("description", endpoint.description)
    if "is_active" in fields:
        _switch(endpoint, active=fields["is_active"], now=now)
    endpoint.updated_at = now
    endpoint.save()
    _tell("webhook.updated", endpoint, before=before, after=endpoint.state(), actor=actor, now=now)
    return endpoint


@operation
def delete_endpoint(*, endpoint_id: UUID, actor: Actor, now: datetime) -> None:
    """Remove a receiver with all that was sent to it."""
    endpoint = lock_endpoint(endpoint_id, actor=actor)
    _tell("webhook.deleted", endpoint, before=endpoint.state(), actor=actor, now=now)
    _remove_deliveries(endpoint)
    endpoint.delete()


@operation
def rotate_secret(*, endpoint_id: UUID, actor: Actor, now: datetime) -> tuple[WebhookEndpoint, str]:
    """Make another secret, which signs at once; the one before signs beside it for a day."""
    refuse_while_acting()
    endpoint = lock_endpoint(endpoint_id, actor=actor)
    secret = new_secret()
    endpoint.previous_secret, endpoint.previous_secret_until = endpoint.secret, now + OVERLAP
    endpoint.secret, endpoint.updated_at = sealed(secret), now
    endpoint.save()
    after = {"previous_until": endpoint.previous_secret_until}
    _tell("webhook.secret_rotated", endpoint, after=after, actor=actor, now=now)
    return endpoint, secret


def disable(endpoint: WebhookEndpoint, *, reason: str, actor: Actor, now: datetime) -> None:
    """Switch a locked receiver off because it fails; what waits for it fails with it. The caller saves it."""
    before = endpoint.state()
    endpoint.is_active, endpoint.disabled_at, endpoint.disabled_reason = False, now, reason
    endpoint.paused_until = None
    fail_waiting(endpoint, reason=reason, now=now)
    after = endpoint.state() | {"reason": reason, "failing_since": endpoint.failing_since}
    _tell("webhook.disabled", endpoint, before=before, after=after, actor=actor, now=now)


def fail_waiting(endpoint: WebhookEndpoint, *, reason: str, now: datetime) -> None:
    """Let all that waits for a locked receiver fail."""
    waiting = WebhookDelivery.objects.filter(endpoint=endpoint, state=State.WAITING)
    waiting.update(state=State.FAILED, next_attempt_at=None, settled_at=now, last_error=reason)


def _remove_deliveries(endpoint: WebhookEndpoint) -> None:
    """Two statements, however many there are: Django would load each row first."""
    with connection.cursor() as plain:
        plain.execute(
            "DELETE FROM webhooks_webhookattempt WHERE delivery_id IN"
            " (SELECT id FROM webhooks_webhookdelivery WHERE endpoint_id = %s)",
            [endpoint.pk],
        )
        plain.execute("DELETE FROM webhooks_webhookdelivery WHERE endpoint_id = %s", [endpoint.pk])


def _switch(endpoint: WebhookEndpoint, *, active: bool, now: datetime) -> None:
    endpoint.is_active = active
    if active:
        endpoint.forget_failures()
    else:
        fail_waiting(endpoint, reason=SWITCHED_OFF, now=now)


def _checked_url(url: str) -> str:
    refuse_bad_url(url, allow_private=settings.PARLEY_ALLOW_PRIVATE_WEBHOOKS)
    return url


def _checked_events(events: Sequence[str]) -> list[str]:
    if bad := unknown(events):
        raise Invalid.field("events", f"Unknown: {', '.join(bad)}. There are: {', '.join(CHOICES)}.")
    return list(dict.fromkeys(events)) or [EVERYTHING]


def _tell(
    event: str,
    endpoint: WebhookEndpoint,
    *,
    before: Mapping[str, Any] | None = None,
    after: Mapping[str, Any] | None = None,
    actor: Actor,
    now: datetime,
) -> None:
    change = Change(type=event, object_id=endpoint.pk, company_id=endpoint.company_id, before=before, after=after)
    record(change, actor=actor, now=now)
