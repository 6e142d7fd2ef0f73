"""Appending events. Call it inside the operation that makes the change, so that both commit or neither."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from parley.core.acting import acting_admin
from parley.core.actors import Actor
from parley.core.models import Event
from parley.core.request_id import current_request_id
from parley.core.sql import insert

State = Mapping[str, Any]


@dataclass(frozen=True, kw_only=True)
class Change:
    """One change of state: ``type`` is ``<object>.<past participle>``; states hold ids and values, no personal data."""

    type: str
    object_id: int | UUID
    company_id: int | None
    before: State | None = None
    after: State | None = None


def record(change: Change, *, actor: Actor, now: datetime) -> None:
    """Append one event."""
    insert(event_of(change, actor=actor, now=now))


def record_all(changes: Iterable[Change], *, actor: Actor, now: datetime) -> None:
    """Append events in as few statements as possible."""
    Event.objects.bulk_create([event_of(change, actor=actor, now=now) for change in changes], batch_size=10_000)


def event_of(change: Change, *, actor: Actor, now: datetime) -> Event:
    """The row that tells of a change, not written yet."""
    behind = acting_admin()
    return Event(
        type=change.type,
        object_type=change.type.partition(".")[0],
        object_id=str(change.object_id),
        company_id=change.company_id,
        actor_kind=actor.actor_kind,
        actor_id=actor.actor_id,
        acting_admin_id=behind if behind != actor.actor_id else None,
        occurred_at=now,
        before=_plain(change.before),
        after=_plain(change.after),
        request_id=current_request_id(),
    )


def _plain(state: State | None) -> dict[str, Any] | None:
    if state is None:
        return None
    return {name: _plain_value(value) for name, value in state.items()}


def _plain_value(value: Any) -> Any:
    if isinstance(value, datetime):
        return value.isoformat()
    if isinstance(value, UUID):
        return str(value)
    return value
