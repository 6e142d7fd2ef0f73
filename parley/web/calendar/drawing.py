"""Slots as the calendar draws them: compact rows for its script, and a list for browsers without one."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

from parley.interviews.agenda import Drawn
from parley.interviews.rules.states import SlotStatus
from parley.web.calendar.times import TO, Stretch, clock, comes_twice, drawn_end, wall
from parley.web.calendar.words import TYPES


def row(slot: Drawn, zone: ZoneInfo) -> list[Any]:
    """Short, because there are thousands of them; ``frontend/src/calendar/slots.js`` reads it.

    Times are on the zone's wall clock. The last value says the times in words where the clock alone would mislead.
    """
    return [
        str(slot.id),
        wall(slot.start, zone),
        drawn_end(slot.start, slot.end, zone),
        slot.interview_type,
        slot.status,
        slot.capacity,
        slot.booked,
        slot.held,
        slot.job_id,
        slot.names,
        _exact(slot.start.astimezone(zone), slot.end.astimezone(zone)),
    ]


def _exact(start: datetime, end: datetime) -> str:
    if start.utcoffset() == end.utcoffset() and not comes_twice(start) and not comes_twice(end):
        return ""
    return f"{clock(start)}{TO}{clock(end)}"


@dataclass(frozen=True)
class Line:
    """A slot of the list."""

    id: str
    kind: str
    title: str
    when: Stretch
    fill: str
    names: str
    job: str


@dataclass(frozen=True)
class Day:
    """The slots of a day, in order."""

    name: str
    lines: list[Line]


def days(slots: Iterable[Drawn], zone: ZoneInfo) -> list[Day]:
    """The slots by the local day on which they start."""
    found: dict[date, list[Line]] = {}
    names: dict[date, str] = {}
    for slot in slots:
        line = _line(slot, zone)
        day = slot.start.astimezone(zone).date()
        names.setdefault(day, line.when.day)
        found.setdefault(day, []).append(line)
    return [Day(names[day], lines) for day, lines in found.items()]


def fill(*, status: str, capacity: int, booked: int, held: int) -> str:
    """How full a slot is, in words."""
    if status == SlotStatus.CANCELLED:
        return "Cancelled"
    text = f"{booked} of {capacity} {'place' if capacity == 1 else 'places'} taken"
    text += f", {held} held" if held else ""
    return f"{text}, over" if status == SlotStatus.COMPLETED else text


def _line(slot: Drawn, zone: ZoneInfo) -> Line:
    more = slot.booked - len(slot.names)
    names = ", ".join(slot.names) + (f" and {more} more" if more > 0 else "")
    return Line(
        id=str(slot.id),
        kind=slot.interview_type,
        title=TYPES[slot.interview_type],
        when=Stretch.of(slot.start, slot.end, zone),
        fill=fill(status=slot.status, capacity=slot.capacity, booked=slot.booked, held=slot.held),
        names=names,
        job=slot.job_title or "",
    )
