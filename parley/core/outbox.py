"""Reading the events: what follows from a change happens once, though any process may die at any moment.

A reader handles the next events and moves its cursor in one transaction, so that what it writes (rows, deferred jobs)
and the fact that it has read them are kept together, or not at all. The row of the cursor is locked meanwhile: of
several machines one reads, and the others pass by.

The order is that of the transactions' ids and then of the events'. A transaction that has taken a lower id may commit
later, so events are read only once no older transaction is at work any more (``pg_snapshot_xmin``): nothing can slip in
before what was read. A transaction that stays open for long, anywhere on the database server, holds everything back.
https://www.postgresql.org/docs/current/functions-info.html#FUNCTIONS-INFO-SNAPSHOT
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime

import structlog
from django.db import connection

from parley.core.models import Event, EventCursor
from parley.core.transactions import run_atomically

log = structlog.get_logger("parley.outbox")
BATCH = 100


@dataclass(frozen=True)
class Reader:
    """Who reads: ``handle`` gets the next events, inside the transaction that moves the cursor."""

    name: str
    handle: Callable[[Sequence[Event], datetime], None]


_readers: dict[str, Reader] = {}


def subscribe(reader: Reader) -> None:
    """Let a reader be served by the dispatcher; parts do so when they are loaded."""
    _readers[reader.name] = reader


def readers() -> list[Reader]:
    """All that have subscribed."""
    return list(_readers.values())


def read_on(reader: Reader, *, now: datetime, at_most: int = BATCH) -> int:
    """Handle the next events; returns how many there were. Raises what ``handle`` raises, and then nothing was read."""

    def read() -> int:
        cursor = _locked_cursor(reader.name, now=now)
        if cursor is None:
            return 0
        events = _next_events(cursor, at_most)
        if events:
            reader.handle(events, now)
            _move(cursor, events[-1], now=now)
        return len(events)

    return run_atomically(read)


def pass_over(reader: Reader, *, now: datetime) -> None:
    """Leave out the next event, which cannot be handled: the ones behind it must not wait for ever."""

    def leave_out() -> None:
        cursor = _locked_cursor(reader.name, now=now)
        if cursor is not None and (events := _next_events(cursor, 1)):
            log.error("event_left_out", reader=reader.name, event_id=events[0].pk, type=events[0].type)
            _move(cursor, events[0], now=now)

    run_atomically(leave_out)


def skip_to_here(*, now: datetime) -> None:
    """Let no reader see what has happened until now, the caller's own transaction included (invented histories)."""
    with connection.cursor() as plain:
        for reader in readers():
            plain.execute(
                "INSERT INTO core_eventcursor (reader, transaction_id, event_id, updated_at)"
                " SELECT %s, pg_current_xact_id(), COALESCE(max(id), 0), %s FROM core_event"
                " ON CONFLICT (reader) DO UPDATE SET transaction_id = excluded.transaction_id,"
                " event_id = excluded.event_id, updated_at = excluded.updated_at",
                [reader.name, now],
            )


def _locked_cursor(name: str, *, now: datetime) -> EventCursor | None:
    """The cursor, made at the beginning of the history where it is missing; None while somebody else reads."""
    rows = EventCursor.objects.filter(reader=name)
    cursor = rows.select_for_update(skip_locked=True).first()
    if cursor is None and not rows.exists():
        fresh = EventCursor(reader=name, transaction_id="0", event_id=0, updated_at=now)
        EventCursor.objects.bulk_create([fresh], ignore_conflicts=True)
        cursor = rows.select_for_update(skip_locked=True).first()
    return cursor


def _next_events(cursor: EventCursor, at_most: int) -> list[Event]:
    with connection.cursor() as plain:
        plain.execute(
            "SELECT id FROM core_event WHERE transaction_id < pg_snapshot_xmin(pg_current_snapshot())"
            " AND (transaction_id, id) > (%s::xid8, %s) ORDER BY transaction_id, id LIMIT %s",
            [cursor.transaction_id, cursor.event_id, at_most],
        )
        ids = [row[0] for row in plain.fetchall()]
    by_id = Event.objects.in_bulk(ids)
    return [by_id[each] for each in ids]


def _move(cursor: EventCursor, last: Event, *, now: datetime) -> None:
    EventCursor.objects.filter(reader=cursor.reader).update(
        transaction_id=last.transaction_id, event_id=last.pk, updated_at=now
    )
