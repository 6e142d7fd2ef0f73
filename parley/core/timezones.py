"""Wall-clock time and instants: the only place where a local time becomes an instant."""

import functools
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo, available_timezones

from parley.core.errors import Invalid


@functools.cache
def zone_names() -> frozenset[str]:
    """The IANA zone names that may be chosen, without the machine's own pseudo-zones."""
    return frozenset(available_timezones() - {"localtime", "posixrules", "Factory"})


def zone_named(name: str, *, field: str = "timezone") -> ZoneInfo:
    """The zone of an IANA ``name``; raises ``Invalid`` naming ``field``."""
    if name not in zone_names():
        raise Invalid.field(field, "Not an IANA time zone, such as Europe/Berlin or UTC.", code="unknown_timezone")
    return ZoneInfo(name)


def instant_of(local: datetime, zone: ZoneInfo) -> datetime | None:
    """The UTC instant of a naive wall-clock time: None where the clocks skip it, the first one where they repeat it.

    Folds and gaps are those of PEP 495.
    """
    instant = local.replace(tzinfo=zone, fold=0).astimezone(UTC)
    if instant.astimezone(zone).replace(tzinfo=None, fold=0) != local:
        return None
    return instant


def start_of_day(day: date, zone: ZoneInfo) -> datetime:
    """The UTC instant at which the local ``day`` begins; where midnight is skipped, the first instant after it."""
    return datetime.combine(day, time.min, tzinfo=zone).astimezone(UTC)


def local_days(first: date, last: date, zone: ZoneInfo) -> tuple[datetime, datetime]:
    """The half-open UTC range ``[start, end)`` of the local days ``first`` to ``last``, both included."""
    return start_of_day(first, zone), start_of_day(last + timedelta(days=1), zone)


def today_in(zone: ZoneInfo, now: datetime) -> date:
    """The local date at the instant ``now``."""
    return now.astimezone(zone).date()
