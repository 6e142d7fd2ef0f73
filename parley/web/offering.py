"""The times that a candidate chooses from: a month with its days, the times of one day, those nearest to a lost one."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from uuid import UUID

from parley.core.timezones import local_days
from parley.interviews.models import InterviewSlot
from parley.interviews.offers import Seeker, nearest_offers, offered_range, offered_slots, offered_starts, one_of_each
from parley.web.clocks import Clock, Span, month_name, weekdays

MOST_SLOTS = 500
NEAREST = 4


@dataclass(frozen=True)
class Time:
    """One time to take."""

    slot_id: UUID
    span: Span


@dataclass(frozen=True, kw_only=True)
class Day:
    """A day of the month, and how many times it has."""

    iso: str
    number: int
    name: str
    times: int
    is_chosen: bool


@dataclass(frozen=True, kw_only=True)
class Month:
    """A month, in weeks of seven days; None where a week belongs to another month.

    ``earlier`` and ``later`` name the months beside it (``2026-12``), where times may be there.
    """

    key: str
    name: str
    weekdays: list[tuple[int, str, str]]
    weeks: list[list[Day | None]]
    earlier: str
    later: str


@dataclass(frozen=True, kw_only=True)
class Choice:
    """What there is to choose from; ``month`` and ``day`` are None where nothing is offered at all."""

    month: Month | None
    day: date | None
    day_name: str
    times: list[Time]
    minutes: int | None  # that all of the day's times take


NOTHING = Choice(month=None, day=None, day_name="", times=[], minutes=None)


def choice_of(seeker: Seeker, clock: Clock, *, day: date | None, month: date | None, now: datetime) -> Choice:
    """The month of the ``day`` or the one that begins at ``month``, else the first that has times; three statements.

    Without a ``day`` the month's first with times is chosen.
    """
    ends = offered_range(seeker, now=now)
    if ends is None:
        return NOTHING
    first, last = (_month_of(clock.local_day(each)) for each in ends)
    shown = min(max(_month_of(day or month or first), first), last)
    begin, end = local_days(shown, _after(shown) - timedelta(days=1), clock.zone)
    counts = Counter(clock.local_day(each) for each in offered_starts(seeker, begin=begin, end=end, now=now))
    chosen = day if day and _month_of(day) == shown else min(counts, default=None)
    slots = _slots_of(seeker, chosen, clock, now=now) if chosen else []
    lengths = {slot.duration_minutes for slot in slots}
    return Choice(
        month=_month(shown, counts, chosen, clock, first_month=first, last_month=last),
        day=chosen,
        day_name=clock.day(chosen) if chosen else "",
        times=times_of(slots, clock),
        minutes=lengths.pop() if len(lengths) == 1 else None,
    )


def times_of(slots: Iterable[InterviewSlot], clock: Clock) -> list[Time]:
    """The slots as times to take."""
    return [Time(slot.pk, clock.span(slot.start_time, slot.end_time)) for slot in slots]


def nearest_to(seeker: Seeker, wanted: datetime, clock: Clock, *, now: datetime) -> list[Time]:
    """A few times that are nearest to one that is gone."""
    return times_of(nearest_offers(seeker, wanted, now=now, most=NEAREST), clock)


def _slots_of(seeker: Seeker, day: date, clock: Clock, *, now: datetime) -> list[InterviewSlot]:
    begin, end = local_days(day, day, clock.zone)
    return one_of_each(offered_slots(seeker, begin=begin, end=end, now=now, most=MOST_SLOTS))


def _month(
    first: date, counts: Counter[date], chosen: date | None, clock: Clock, *, first_month: date, last_month: date
) -> Month:
    week = weekdays(clock.locale)
    blanks = [number for number, _, _ in week].index(first.isoweekday())
    length = (_after(first) - first).days
    days = [
        Day(
            iso=each.isoformat(),
            number=each.day,
            name=clock.day(each),
            times=counts[each],
            is_chosen=each == chosen,
        )
        for each in (first + timedelta(days=number) for number in range(length))
    ]
    cells: list[Day | None] = [*[None] * blanks, *days, *[None] * (-(blanks + length) % 7)]
    return Month(
        key=_key(first),
        name=month_name(first, clock.locale),
        weekdays=week,
        weeks=[cells[start : start + 7] for start in range(0, len(cells), 7)],
        earlier=_key(first - timedelta(days=1)) if first > first_month else "",
        later=_key(_after(first)) if first < last_month else "",
    )


def _month_of(day: date) -> date:
    return day.replace(day=1)


def _after(month: date) -> date:
    return (month + timedelta(days=31)).replace(day=1)


def _key(day: date) -> str:
    return f"{day:%Y-%m}"
