"""When slots should be, worked out from the pattern alone: days, local times, zone and holidays."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import holidays


@dataclass(frozen=True, kw_only=True)
class Pattern:
    """A weekly window (1 = Monday … 7), cut into slots; minutes and local times.

    ``weekly`` ones are kept as configurations and leave public holidays out; the others are made once.
    """

    kind: str
    days: Sequence[int]
    start: time
    end: time
    slot: int
    pause: int
    places: int
    weekly: bool

    def local_starts(self) -> list[time]:
        """The times of day at which slots begin; each must end within the window."""
        first = self.start.hour * 60 + self.start.minute
        last = self.end.hour * 60 + self.end.minute - self.slot
        return [time(minute // 60, minute % 60) for minute in range(first, last + 1, self.slot + self.pause)]


@dataclass(frozen=True, kw_only=True)
class Quarter:
    """The local days of the story, both included."""

    first: date
    last: date

    def days(self) -> Iterator[date]:
        """Each of them."""
        for number in range((self.last - self.first).days + 1):
            yield self.first + timedelta(days=number)


def quarter_with_clock_change(today: date, zone: ZoneInfo, *, days: int) -> Quarter:
    """The next ``days`` days in whose middle the zone's clocks change."""
    noons = (datetime.combine(today + timedelta(days=n), time(12), tzinfo=zone) for n in range(days // 2 + 2, 400))
    change = next(noon.date() for noon in noons if noon.utcoffset() != (noon - timedelta(days=1)).utcoffset())
    first = change - timedelta(days=days // 2)
    return Quarter(first=first, last=first + timedelta(days=days - 1))


def public_holidays(code: str, quarter: Quarter) -> set[date]:
    """The holidays of a country or subdivision, such as DE-BE."""
    country, _, part = code.partition("-")
    years = range(quarter.first.year, quarter.last.year + 1)
    return set(holidays.country_holidays(country, subdiv=part or None, years=years))


def expected_starts(pattern: Pattern, quarter: Quarter, zone: ZoneInfo, left_out: set[date]) -> set[datetime]:
    """When the pattern's slots begin: what the clocks skip is no time, what they repeat is one."""
    starts = set()
    for day in quarter.days():
        if day.isoweekday() not in pattern.days or (pattern.weekly and day in left_out):
            continue
        for at in pattern.local_starts():
            local = datetime.combine(day, at, tzinfo=zone)
            instant = local.astimezone(UTC)
            if instant.astimezone(zone).replace(tzinfo=None) == local.replace(tzinfo=None):
                starts.add(instant)
    return starts
