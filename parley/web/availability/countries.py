"""The calendars of public holidays, by the names of their countries."""

import functools
from importlib.resources import files

from parley.interviews.rules.holidays import calendar_codes


@functools.cache
def calendars() -> list[tuple[str, str]]:
    """Code and name, by name: ``("DE", "Germany")``, and ``("DE-BY", "Germany, BY")`` for a part."""
    names = _countries()
    found = [(code, _named(code, names)) for code in calendar_codes()]
    return sorted(found, key=lambda each: each[1])


def _named(code: str, names: dict[str, str]) -> str:
    country, _, part = code.partition("-")
    name = names.get(country, country)
    return f"{name}, {part}" if part else name


def _countries() -> dict[str, str]:
    """ISO 3166 codes with names: the table that comes with the time zones."""
    table = files("tzdata").joinpath("zoneinfo", "iso3166.tab").read_text(encoding="utf-8")
    rows = [line.split("\t") for line in table.splitlines() if line and not line.startswith("#")]
    return {row[0]: row[1] for row in rows}
