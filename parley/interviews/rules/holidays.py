"""Public holidays by country or subdivision, from the ``holidays`` package."""

import functools
from datetime import date

import holidays

from parley.core.errors import Invalid


@functools.cache
def calendar_codes() -> frozenset[str]:
    """ISO 3166 codes that may be named: ``US`` for a country, ``US-CA`` for one of its subdivisions."""
    countries = holidays.list_supported_countries(include_aliases=False)
    return frozenset(countries) | {f"{country}-{part}" for country, parts in countries.items() for part in parts}


def calendar_named(code: str) -> str:
    """The code as the calendars spell it, whatever the case; one that is unknown stays as it is."""
    return _spellings().get(code.upper(), code)


@functools.cache
def _spellings() -> dict[str, str]:
    return {code.upper(): code for code in calendar_codes()}


def refuse_unknown_calendar(code: str) -> None:
    """Raise ``Invalid`` where there is no calendar of this code."""
    if code not in calendar_codes():
        raise Invalid.field("holidays", "Not a known country code, such as DE, US or US-CA.", code="unknown_holidays")


def public_holidays(code: str, first: date, last: date) -> dict[date, str]:
    """The public holidays of ``first`` to ``last``, both included, with their names."""
    calendar = _calendar(code, first.year, last.year)
    return {day: name for day, name in calendar.items() if first <= day <= last}


@functools.lru_cache(maxsize=256)
def _calendar(code: str, first_year: int, last_year: int) -> dict[date, str]:
    country, _, part = code.partition("-")
    found = holidays.country_holidays(
        country, subdiv=part or None, years=range(first_year, last_year + 1), language="en_US"
    )
    return dict(sorted(found.items()))
