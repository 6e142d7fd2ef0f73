"""Wall-clock time and instants: the only place where a local time becomes an instant."""

import functools
import zoneinfo
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from importlib.resources import files
from zoneinfo import ZoneInfo, available_timezones

from parley.core.errors import Invalid

# The rules of the locked ``tzdata`` package hold on every machine, and not those that the system happens to have:
# governments change them a few times a year, and web server, worker and another machine must agree.
zoneinfo.reset_tzpath(to=())


@functools.cache
def zone_names() -> frozenset[str]:
    """The IANA zone names that may be chosen, without the machine's own pseudo-zones."""
    return frozenset(available_timezones() - {"localtime", "posixrules", "Factory"})


@functools.cache
def places() -> frozenset[str]:
    """The names that people choose from: one a place (``zone.tab`` of tzdata), and UTC."""
    lines = (files("tzdata") / "zoneinfo" / "zone.tab").read_text().splitlines()
    return frozenset({line.split("\t")[2] for line in lines if not line.startswith("#")} | {"UTC"})


@functools.cache
def _renamed() -> dict[str, str]:
    """Names that are kept for what was written once, by the place that they stand for."""
    lines = (files("tzdata") / "zoneinfo" / "tzdata.zi").read_text().splitlines()
    links = [line.split() for line in lines if line.startswith("L ")]
    return {old: name for _, name, old in links if old not in places()} | {"Etc/UTC": "UTC"}


def place_of(name: str) -> str:
    """The name by which a zone is chosen, for one that browsers still say: Asia/Kolkata for Asia/Calcutta."""
    renamed = _renamed().get(name, name)
    return renamed if renamed in places() else name


def offset_text(local: datetime) -> str:
    """The offset of a local time: ``UTC+05:30``."""
    offset = local.utcoffset() or timedelta()
    sign, minutes = ("-", -offset) if offset < timedelta() else ("+", offset)
    return f"UTC{sign}{minutes // timedelta(hours=1):02}:{minutes % timedelta(hours=1) // timedelta(minutes=1):02}"


def comes_twice(local: datetime) -> bool:
    """Whether the clocks of the local time's zone show it twice, because they are set back."""
    return local.replace(fold=0).utcoffset() != local.replace(fold=1).utcoffset()


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


def instants_of(local: datetime, zone: ZoneInfo) -> list[datetime]:
    """All UTC instants of a naive wall-clock time, in order: none where it is skipped, two where it comes twice."""
    first, second = (local.replace(tzinfo=zone, fold=fold).astimezone(UTC) for fold in (0, 1))
    if instant_of(local, zone) is None:
        return []
    return [first] if first == second else [first, second]


def start_of_day(day: date, zone: ZoneInfo) -> datetime:
    """The UTC instant at which the local ``day`` begins; where midnight is skipped, the first instant after it."""
    return datetime.combine(day, time.min, tzinfo=zone).astimezone(UTC)


def local_days(first: date, last: date, zone: ZoneInfo) -> tuple[datetime, datetime]:
    """The half-open UTC range ``[start, end)`` of the local days ``first`` to ``last``, both included."""
    return start_of_day(first, zone), start_of_day(last + timedelta(days=1), zone)


def today_in(zone: ZoneInfo, now: datetime) -> date:
    """The local date at the instant ``now``."""
    return now.astimezone(zone).date()


MICROSECOND = timedelta(microseconds=1)
ENDLESS = datetime(9999, 1, 1, tzinfo=UTC)


@dataclass(frozen=True)
class Hours:
    """Instants in UTC between which a stretch of time keeps to some hours of one local day.

    It does where it begins in ``[start_from, start_before)`` and ends in ``(end_after, end_until]``.
    """

    start_from: datetime
    start_before: datetime
    end_after: datetime
    end_until: datetime


def hours_of(first: date, last: date, zone: ZoneInfo, *, earliest: time | None, latest: time | None) -> Iterator[Hours]:
    """For stretches that begin at or after ``earliest`` on a local day, and end until ``latest`` on the same one.

    Without ``latest`` the end does not matter. On a day on which the clocks change, local times are looked at before
    and after the change, so that a time that comes twice counts both times.
    """
    for number in range((last - first).days + 1):
        day = first + timedelta(days=number)
        begin, end = local_days(day, day, zone)
        stretches = list(_stretches(begin, end, zone))
        for index, (start_begin, start_end, start_offset) in enumerate(stretches):
            start_from = max(start_begin, _at(day, earliest, start_offset)) if earliest else start_begin
            if latest is None:
                yield Hours(start_from, start_end, start_begin, ENDLESS)
                continue
            for end_begin, end_end, end_offset in stretches[index:]:
                # At the very change of the clocks, they show the new time.
                until = min(end_end - MICROSECOND, _at(day, latest, end_offset))
                yield Hours(start_from, start_end, end_begin - MICROSECOND, until)


def _stretches(begin: datetime, end: datetime, zone: ZoneInfo) -> Iterator[tuple[datetime, datetime, timedelta]]:
    """``[begin, end)`` cut where the offset from UTC changes; at most once a day, to the second."""
    first, last = _offset(begin, zone), _offset(end - timedelta(seconds=1), zone)
    if first == last:
        yield begin, end, first
        return
    before, after = begin, end
    while after - before > timedelta(seconds=1):
        middle = (before + (after - before) / 2).replace(microsecond=0)
        before, after = (middle, after) if _offset(middle, zone) == first else (before, middle)
    yield begin, after, first
    yield after, end, last


def _offset(instant: datetime, zone: ZoneInfo) -> timedelta:
    offset = instant.astimezone(zone).utcoffset()
    assert offset is not None  # noqa: S101 (every zone has one)
    return offset


def _at(day: date, clock: time, offset: timedelta) -> datetime:
    return datetime.combine(day, clock, tzinfo=UTC) - offset
