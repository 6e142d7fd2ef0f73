"""Times of slots as the calendar's people read and write them: on the wall clock of the company's zone."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from django.utils.dateformat import format as format_date

from parley.core.errors import Invalid
from parley.core.timezones import instants_of

WALL = "%Y-%m-%dT%H:%M"
TO = "\N{EN DASH}"


@dataclass(frozen=True)
class Stretch:
    """A stretch of time as a page shows it: instants for programs, the wall clock for people."""

    start_iso: str
    end_iso: str
    day: str
    clock: str

    @classmethod
    def of(cls, start: datetime, end: datetime, zone: ZoneInfo) -> "Stretch":
        """The instants in the zone."""
        first, last = start.astimezone(zone), end.astimezone(zone)
        until = clock(last) if last.date() == first.date() else f"{format_date(last, 'l, j F Y')}, {clock(last)}"
        return cls(first.isoformat(), last.isoformat(), format_date(first, "l, j F Y"), f"{clock(first)}{TO}{until}")

    @property
    def text(self) -> str:
        """Day and clock."""
        return f"{self.day}, {self.clock}"


def clock(local: datetime) -> str:
    """``09:30``; with the offset from UTC where the clocks show this time twice."""
    text = f"{local:%H:%M}"
    return f"{text} ({offset(local)})" if comes_twice(local) else text


def comes_twice(local: datetime) -> bool:
    """Whether the wall clock of an aware time shows it twice, because the clocks go back."""
    return local.replace(fold=0).utcoffset() != local.replace(fold=1).utcoffset()


def offset(local: datetime) -> str:
    """``UTC+1``, ``UTC-3:30``."""
    seconds = (local.utcoffset() or timedelta()).total_seconds()
    hours, minutes = divmod(int(abs(seconds)) // 60, 60)
    return f"UTC{'-' if seconds < 0 else '+'}{hours}" + (f":{minutes:02}" if minutes else "")


def wall(instant: datetime, zone: ZoneInfo) -> str:
    """The wall clock at an instant, as ``2026-11-24T09:30``."""
    return instant.astimezone(zone).strftime(WALL)


def drawn_end(start: datetime, end: datetime, zone: ZoneInfo) -> str:
    """Where a drawing on the wall clock lets a slot end.

    Where the clocks go back during the slot, they may show an end that is not after the start: it is drawn as long as
    it lasts, then.
    """
    first, last = start.astimezone(zone).replace(tzinfo=None), end.astimezone(zone).replace(tzinfo=None)
    return (last if last > first else first + (end - start)).strftime(WALL)


def read_wall(text: str) -> datetime:
    """The naive wall clock of ``2026-11-24T09:30``; raises ``Invalid``."""
    try:
        local = datetime.strptime(text[:16], WALL)  # noqa: DTZ007 (a wall clock: its zone is the company's)
    except ValueError as error:
        raise _no_time() from error
    if not 1971 < local.year < 9990:
        raise _no_time()
    return local


def read_instant(text: str) -> datetime:
    """An instant that this page has written itself; raises ``Invalid``."""
    try:
        instant = datetime.fromisoformat(text)
    except ValueError as error:
        raise _no_time() from error
    if instant.tzinfo is None or not 1971 < instant.year < 9990:
        raise _no_time()
    return instant


def _no_time() -> Invalid:
    return Invalid.field("start_time", "That is not a time.", code="bad_time")


def start_at(local: datetime, zone: ZoneInfo, *, second: bool = False) -> datetime:
    """The instant of a start on the wall clock: of two, the first one unless ``second``. Raises ``Invalid``."""
    instants = instants_of(local, zone)
    if not instants:
        raise Invalid.field("start_time", skipped(local), code="time_skipped")
    return instants[-1 if second else 0]


def end_at(local: datetime, zone: ZoneInfo, *, after: datetime) -> datetime:
    """The first instant after ``after`` at which the wall clock shows ``local``. Raises ``Invalid``."""
    instants = instants_of(local, zone)
    if not instants:
        raise Invalid.field("end_time", skipped(local), code="time_skipped")
    return next((each for each in instants if each > after), instants[-1])


def skipped(local: datetime) -> str:
    """Says why a time on the wall clock is none."""
    return f"The clocks go forward that day and skip {local:%H:%M}: choose another time."
