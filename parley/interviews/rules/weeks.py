"""A week: some windows that share their settings, as people see and edit it. Each window is kept as a configuration."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import time
from itertools import pairwise

from parley.core.errors import Invalid
from parley.interviews.rules.recurrence import end_minute_of, minute_of

MOST_WINDOWS = 100


@dataclass(frozen=True, kw_only=True)
class WeekWindow:
    """A local window of one weekday (1 = Monday … 7); ``id`` is that of the configuration that it changes.

    An ``end`` of 00:00 is the end of the day.
    """

    id: int | None
    day: int
    start: time
    end: time


def refuse_bad_windows(windows: Sequence[WeekWindow]) -> None:
    """Raise ``Invalid`` where two of them overlap, one comes twice, or there are too many."""
    if len(windows) > MOST_WINDOWS:
        raise Invalid(f"A week has at most {MOST_WINDOWS} windows.", code="too_many_windows")
    known = [window.id for window in windows if window.id is not None]
    if len(known) != len(set(known)):
        raise Invalid("A window is there twice.", code="window_twice")
    order = sorted(range(len(windows)), key=lambda number: (windows[number].day, minute_of(windows[number].start)))
    for before, after in pairwise(order):
        first, second = windows[before], windows[after]
        if first.day == second.day and end_minute_of(first.end) > minute_of(second.start):
            raise window_error(after, "start_time", "Overlaps with another window of this day.", code="windows_overlap")


def window_error(number: int, field: str, message: str, *, code: str) -> Invalid:
    """The refusal of the window ``number`` (from 0): the field is called ``windows.<number>.<field>``."""
    return Invalid.field(f"windows.{number}.{field}", message, code=code)
