"""Times as candidates read them: in their zone and as their language writes them, beside the company's clock."""

import unicodedata
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import cache
from zoneinfo import ZoneInfo

from babel import Locale
from babel.core import get_global
from babel.dates import format_date, format_skeleton, format_time, get_datetime_format, get_timezone_location

from parley.core.timezones import comes_twice, offset_text, places


@dataclass(frozen=True, kw_only=True)
class Span:
    """An interview's time for people; ``iso`` is its start for programs.

    ``there`` is the start on the company's clock, with the day where that is another one, and ``there_in_full`` with
    the day in any case; both are empty where the clocks show the same.
    """

    iso: str
    day: str
    start: str
    end: str
    minutes: int
    there: str
    there_in_full: str


@dataclass(frozen=True)
class Clock:
    """The clock of a candidate, and the company's; ``locale`` says how dates are written."""

    zone: ZoneInfo
    company: ZoneInfo
    locale: Locale

    @property
    def place(self) -> str:
        """The candidate's zone for people: ``Berlin (Germany)``."""
        return place_name(self.zone.key, str(self.locale))

    @property
    def company_place(self) -> str:
        """The company's zone for people."""
        return place_name(self.company.key, str(self.locale))

    @property
    def company_city(self) -> str:
        """The same, as short as can be."""
        return _city(self.company.key, self.locale)

    def local_day(self, instant: datetime) -> date:
        """The candidate's day at an instant."""
        return instant.astimezone(self.zone).date()

    def span(self, start: datetime, end: datetime) -> Span:
        """An interview's time."""
        local, until = start.astimezone(self.zone), end.astimezone(self.zone)
        is_change = local.utcoffset() != until.utcoffset()
        return Span(
            iso=local.isoformat(),
            day=self.day(local.date()),
            start=self._time(local, exact=is_change),
            end=self._time(until, exact=is_change),
            minutes=(end - start) // timedelta(minutes=1),
            there=self._there(local),
            there_in_full=self._there(local, in_full=True),
        )

    def day(self, day: date) -> str:
        """``Thursday, 26 November 2026``."""
        return format_date(day, "full", locale=self.locale)

    def moment(self, instant: datetime) -> str:
        """``Thursday, 26 November 2026, 14:00``."""
        return self._moment(instant.astimezone(self.zone))

    def time(self, instant: datetime) -> str:
        """``14:00``; with the offset from UTC where the clocks show this time twice."""
        return self._time(instant.astimezone(self.zone))

    def _time(self, local: datetime, *, exact: bool = False) -> str:
        text = format_time(local, "short", tzinfo=local.tzinfo, locale=self.locale)
        return f"{text} ({offset_text(local)})" if exact or comes_twice(local) else text

    def _moment(self, local: datetime) -> str:
        return self._joined(self.day(local.date()), self._time(local))

    def _joined(self, day: str, time: str) -> str:
        pattern = str(get_datetime_format("full", locale=self.locale))
        return pattern.replace("{1}", day).replace("{0}", time).replace("'", "")

    def _there(self, local: datetime, *, in_full: bool = False) -> str:
        there = local.astimezone(self.company)
        if there.replace(tzinfo=None) == local.replace(tzinfo=None) and there.utcoffset() == local.utcoffset():
            return ""
        if in_full:
            return self._moment(there)
        time = self._time(there)
        if there.date() == local.date():
            return time
        return self._joined(format_skeleton("MMMEd", there.date(), locale=self.locale), time)


def weekdays(locale: Locale) -> list[tuple[int, str, str]]:
    """The week as people there begin it: number (1 = Monday), name, short name."""
    names, short = locale.days["stand-alone"]["wide"], locale.days["stand-alone"]["abbreviated"]
    order = [(locale.first_week_day + each) % 7 for each in range(7)]
    return [(each + 1, names[each], short[each]) for each in order]


def month_name(first: date, locale: Locale) -> str:
    """``November 2026``."""
    return format_skeleton("yMMMM", first, locale=locale)


@cache
def zone_choices(locale: str) -> list[tuple[str, str]]:
    """The zones to choose from, each by its name for programs and for people, in order of the latter."""
    named = [(name, place_name(name, locale)) for name in places()]
    return sorted(named, key=lambda each: (unicodedata.normalize("NFKD", each[1]).casefold(), each[0]))


@cache
def place_name(zone: str, locale: str) -> str:
    """A zone by its city and country: ``Berlin (Germany)``."""
    spoken = Locale.parse(locale)
    city = _city(zone, spoken)
    country = spoken.territories.get(_country(zone), "")
    return f"{city} ({country})" if country and country != city else city


def _country(zone: str) -> str:
    found: str = get_global("zone_territories").get(get_global("zone_aliases").get(zone, zone), "")
    return "" if found in ("ZZ", "001") else found


def _city(zone: str, locale: Locale) -> str:
    if not _country(zone):
        return zone
    return get_timezone_location(zone, locale=locale, return_city=True)
