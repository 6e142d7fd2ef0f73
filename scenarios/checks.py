"""What must hold in the end: the rows are what the answers said, and no rule is broken."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime, timedelta
from typing import Any

from scenarios.books import LIVE, Books, Slot
from scenarios.companies import holidays_of
from scenarios.patterns import expected_starts
from scenarios.snapshot import Snapshot

SHOWN = 5


def differences(books: Books, found: Snapshot) -> list[str]:
    """Sentences about what is not as it should be; none where all is well."""
    sentences = [
        *_unlike("slots", books.slots, found.slots),
        *_unlike("schedules", books.bookings, found.bookings),
        *_unlike("conflicts", books.conflicts, found.conflicts),
        *(_unlike("events", books.events, found.events) if found.events is not None else ()),
        *_counts(found),
        *_overlaps(found),
        *_starts(books, found),
    ]
    return [f"{books.name}: {sentence}" for sentence in sentences]


def _unlike(what: str, told: Mapping[str, Any], found: Mapping[str, Any]) -> Iterator[str]:
    """Row by row: what the answers told, and what is there."""
    for key in sorted(told.keys() | found.keys()):
        if told.get(key) != found.get(key):
            yield f"{what}: the answers said {told.get(key)}, the database says {found.get(key)}"


def _counts(found: Snapshot) -> Iterator[str]:
    live = Counter(booking.slot for booking in found.bookings.values() if booking.status in LIVE)
    for slot in found.slots.values():
        if not live[slot.id] == slot.count <= slot.places:
            yield f"{slot} has {live[slot.id]} live schedules"
        full = slot.count == slot.places
        if slot.status != ("booked" if full else "available") and (slot.status != "cancelled" or slot.count):
            yield f"{slot} has the wrong status"


def _overlaps(found: Snapshot) -> Iterator[str]:
    lanes: dict[str, list[tuple[datetime, datetime]]] = defaultdict(list)
    for slot in found.slots.values():
        if slot.status != "cancelled":
            lanes[slot.kind].append((slot.start, slot.end))
    people: dict[int, list[tuple[datetime, datetime]]] = defaultdict(list)
    for booking in found.bookings.values():
        if booking.status in LIVE:
            people[found.candidates[booking.id]].append(found.times[booking.id])
            slot = found.slots[booking.slot]
            if (slot.start, slot.end) != found.times[booking.id]:
                yield f"{booking} has other times than {slot}"
    yield from (f"slots overlap: {kind} at {at}" for kind, times in lanes.items() for at in _double(times))
    yield from (f"candidate {key} is booked twice at {at}" for key, times in people.items() for at in _double(times))


def _double(times: Iterable[tuple[datetime, datetime]]) -> Iterator[datetime]:
    end = None
    for start, stop in sorted(times):
        if end is not None and start < end:
            yield start
        end = stop if end is None else max(end, stop)


def _starts(books: Books, found: Snapshot) -> Iterator[str]:
    """Every slot stands where its pattern says, on the wall clock, and none is missing or on a holiday."""
    left_out = holidays_of(books)
    for pattern in books.patterns:
        of_kind: list[Slot] = [slot for slot in found.slots.values() if slot.kind == pattern.kind]
        there = {slot.start for slot in of_kind}
        wanted = expected_starts(pattern, books.quarter, books.zone, left_out)
        for start in sorted(there ^ wanted - books.removed)[:SHOWN]:
            local = start.astimezone(books.zone)
            yield f"{pattern.kind} {'is not expected' if start in there else 'is missing'} at {local}"
        for slot in of_kind:
            if slot.end - slot.start != timedelta(minutes=pattern.slot):
                yield f"{slot} does not last {pattern.slot} minutes"
            local = slot.start.astimezone(books.zone)
            if local.time() not in pattern.local_starts() or (pattern.weekly and local.date() in left_out):
                yield f"{pattern.kind} at {local} is not a time of the pattern"
