"""Cutting local windows into slots: weekly patterns become instants here, and nowhere else.

A window is cut on the wall clock: 09:00 stays 09:00 on every day of the year. A start that the clocks skip makes no
slot and is reported; one that they repeat means its first occurrence; a slot lasts its duration in elapsed minutes.
"""

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from enum import StrEnum
from zoneinfo import ZoneInfo

from parley.core.timezones import instant_of

DAY_MINUTES = 24 * 60


class SkipReason(StrEnum):
    """Why a start of the pattern makes no slot."""

    CLOCKS_SKIP_IT = "nonexistent_local_time"
    CLOCKS_CHANGE = "overlaps_after_clock_change"
    OVERLAP = "slot_overlap"
    EXISTS = "slot_exists"
    HOLIDAY = "public_holiday"
    EXCLUDED = "excluded_date"
    PAST = "in_past"


@dataclass(frozen=True, kw_only=True)
class Window:
    """A local window on some days of the week (1 = Monday … 7), cut into slots with breaks; minutes throughout.

    An ``end`` of 00:00 means midnight at the end of the day.
    """

    days: Collection[int]
    start: time
    end: time
    slot_minutes: int
    break_minutes: int
    zone: ZoneInfo

    def starts(self) -> list[int]:
        """The minutes after midnight at which slots begin; a slot must end within the window."""
        first, last = minute_of(self.start), end_minute_of(self.end)
        return list(range(first, last - self.slot_minutes + 1, self.slot_minutes + self.break_minutes))


@dataclass(frozen=True)
class Occurrence:
    """One slot of a pattern, as instants in UTC."""

    start: datetime
    end: datetime


@dataclass(frozen=True)
class Skipped:
    """A start that makes no slot. A start that does not exist is written with the offset that held before the gap."""

    start: datetime
    reason: SkipReason
    detail: str = ""


def minute_of(at: time) -> int:
    """Minutes after midnight."""
    return at.hour * 60 + at.minute


def end_minute_of(at: time) -> int:
    """Minutes after midnight of the end of a window, where 00:00 is the end of the day."""
    return minute_of(at) or DAY_MINUTES


def count(window: Window, first: date, last: date) -> int:
    """How many starts the window has from ``first`` to ``last``, both included, without making them."""
    days = (last - first).days + 1
    whole_weeks, rest = divmod(max(days, 0), 7)
    matching = whole_weeks * len(set(window.days))
    matching += sum((first + timedelta(days=n)).isoweekday() in window.days for n in range(rest))
    return matching * len(window.starts())


def occurrences(
    window: Window, first: date, last: date, *, not_before: datetime, excluded: Mapping[date, Skipped] | None = None
) -> tuple[list[Occurrence], list[Skipped]]:
    """The slots of local days ``first`` to ``last``, both included, and the starts that make none.

    Only slots that start after ``not_before`` are made. ``excluded`` gives the reason for days that are left out.
    """
    made: list[Occurrence] = []
    skipped: list[Skipped] = []
    for day in _days(window, first, last):
        left_out = (excluded or {}).get(day)
        for minute in window.starts():
            local = datetime.combine(day, time(minute // 60, minute % 60))
            result = _occurrence(
                window, local, not_before=not_before, previous=made[-1] if made else None, left_out=left_out
            )
            if isinstance(result, Occurrence):
                made.append(result)
            else:
                skipped.append(result)
    return made, skipped


def _days(window: Window, first: date, last: date) -> Iterator[date]:
    for offset in range((last - first).days + 1):
        day = first + timedelta(days=offset)
        if day.isoweekday() in window.days:
            yield day


def _occurrence(
    window: Window, local: datetime, *, not_before: datetime, previous: Occurrence | None, left_out: Skipped | None
) -> Occurrence | Skipped:
    aware = local.replace(tzinfo=window.zone)
    if left_out is not None:
        return Skipped(aware, left_out.reason, left_out.detail)
    start = instant_of(local, window.zone)
    if start is None:
        return Skipped(aware, SkipReason.CLOCKS_SKIP_IT, "The clocks skip this time.")
    if start <= not_before:
        return Skipped(aware, SkipReason.PAST)
    if previous is not None and start < previous.end:
        return Skipped(aware, SkipReason.CLOCKS_CHANGE, "The slot before it is not over, because the clocks change.")
    return Occurrence(start.astimezone(UTC), start + timedelta(minutes=window.slot_minutes))
