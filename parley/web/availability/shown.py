"""A week, and what would become of its slots, as the pages show them."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date
from itertools import groupby
from zoneinfo import ZoneInfo

from django.utils.dateformat import format as format_date

from parley.interviews.models import AIInterviewConfiguration, InterviewSlot
from parley.interviews.operations.weeks import WeekReport
from parley.interviews.rules.recurrence import Skipped, SkipReason
from parley.web.availability.forms import DAYS

_WHY = {
    SkipReason.CLOCKS_SKIP_IT: "the clocks skip it",
    SkipReason.CLOCKS_CHANGE: "the clocks change, and the slot before it is not over",
    SkipReason.OVERLAP: "another slot of this type is there",
    SkipReason.EXISTS: "such a slot is there already",
    SkipReason.HOLIDAY: "public holiday",
    SkipReason.EXCLUDED: "left out",
}
MOST_DAYS = 62


@dataclass(frozen=True)
class ShownWeek:
    """A card of the list."""

    first: AIInterviewConfiguration
    zone: str
    days: list[tuple[str, str]]  # of days that are alike, and their windows

    @classmethod
    def of(cls, week: Sequence[AIInterviewConfiguration]) -> "ShownWeek":
        """The week in few words: days that follow each other and have the same windows stand together."""
        groups = groupby(week, key=lambda each: each.day_of_week)
        by_day = {day: [_hours(each) for each in group] for day, group in groups}
        lines: list[tuple[list[int], list[str]]] = []
        for day, hours in by_day.items():
            if lines and lines[-1][1] == hours and lines[-1][0][-1] == day - 1:
                lines[-1][0].append(day)
            else:
                lines.append(([day], hours))
        return cls(week[0], week[0].zone.key, [(_days(days), ", ".join(hours)) for days, hours in lines])


@dataclass
class Day:
    """What happens on a local day, each a time of day and a word: *come*, *go*, *stay*, *left*."""

    day: date
    name: str
    times: list[tuple[str, str]] = field(default_factory=list)
    skipped: list[str] = field(default_factory=list)


@dataclass(frozen=True)
class Preview:
    """What publishing would do; times are in ``zone``."""

    zone: str
    come: int
    go: int
    stay: int
    left: int
    weeks: list[tuple[date, list[Day]]]  # each by its Monday
    is_cut: bool

    @classmethod
    def of(cls, report: WeekReport, zone: ZoneInfo) -> "Preview":
        """By weeks and days, the first two months of it."""
        days = _by_day(report, zone)
        shown = [days[day] for day in sorted(days)][:MOST_DAYS]
        weeks = [(monday, list(group)) for monday, group in groupby(shown, key=lambda each: _monday(each.day))]
        return cls(
            zone=zone.key,
            come=len(report.created),
            go=len(report.removed),
            stay=len(report.kept),
            left=len(report.left),
            weeks=weeks,
            is_cut=len(days) > len(shown),
        )


def _by_day(report: WeekReport, zone: ZoneInfo) -> dict[date, Day]:
    days: dict[date, Day] = {}

    def day_of(day: date) -> Day:
        return days.setdefault(day, Day(day, format_date(day, "D j M")))

    for word, slots in (("go", report.removed), ("come", report.created), ("stay", report.kept), ("left", report.left)):
        for slot in slots:
            local = slot.start_time.astimezone(zone)
            day_of(local.date()).times.append((_clock(slot, zone), word))
    for local_day, skipped in _skipped(report.skipped, zone):
        day_of(local_day).skipped = skipped
    for each in days.values():
        each.times.sort()
    return days


def _clock(slot: InterviewSlot, zone: ZoneInfo) -> str:
    start, end = slot.start_time.astimezone(zone), slot.end_time.astimezone(zone)
    # An hour that comes twice is told apart by its offset.
    twice = start.replace(fold=0).utcoffset() != start.replace(fold=1).utcoffset()
    return f"{start:%H:%M}–{end:%H:%M}" + (f" ({start:%Z})" if twice else "")


def _skipped(skipped: Iterable[Skipped], zone: ZoneInfo) -> list[tuple[date, list[str]]]:
    """The reasons of each day, each with its times; of a day that is left out as a whole without."""
    told = [each for each in skipped if each.reason in _WHY]
    days = groupby(sorted(told, key=lambda each: each.start), key=lambda each: each.start.astimezone(zone).date())
    return [(day, list(dict.fromkeys(_reason(each, zone) for each in group))) for day, group in days]


def _reason(skipped: Skipped, zone: ZoneInfo) -> str:
    if skipped.reason == SkipReason.HOLIDAY:
        return f"No slots: {skipped.detail}"
    if skipped.reason == SkipReason.EXCLUDED:
        return "No slots: this day is left out"
    return f"Not {skipped.start.astimezone(zone):%H:%M}: {_WHY[skipped.reason]}"


def _monday(day: date) -> date:
    return date.fromordinal(day.toordinal() - day.weekday())


def _hours(configuration: AIInterviewConfiguration) -> str:
    end = f"{configuration.end_time:%H:%M}"
    return f"{configuration.start_time:%H:%M}–{'24:00' if end == '00:00' else end}"


def _days(days: Sequence[int]) -> str:
    first, last = DAYS[days[0] - 1], DAYS[days[-1] - 1]
    return first if len(days) == 1 else f"{first} and {last}" if len(days) == 2 else f"{first} to {last}"
