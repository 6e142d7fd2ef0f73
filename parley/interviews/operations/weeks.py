"""Saving a whole week at once: all its windows with their slots, or nothing; and trying that out."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any

from parley.core.actors import Actor
from parley.core.errors import Conflict, Invalid
from parley.core.events import record
from parley.core.timezones import today_in, zone_named
from parley.core.transactions import operation, run_atomically
from parley.interviews.models import AIInterviewConfiguration, InterviewSlot
from parley.interviews.operations.ai_settings import refuse_bad_ai_settings
from parley.interviews.operations.configurations import change_of, refuse_bad, remove
from parley.interviews.operations.materialise import SyncReport, follow_pattern
from parley.interviews.operations.slots import lane_holder
from parley.interviews.queries import fingerprint
from parley.interviews.rules.recurrence import Skipped
from parley.interviews.rules.weeks import WeekWindow, refuse_bad_windows, window_error


@dataclass(frozen=True, kw_only=True)
class Week:
    """What a week is to be. ``replaces`` are the configurations that it was, ``seen`` their ``fingerprint`` then.

    ``settings`` are the fields that its windows share.
    """

    interview_type: str
    settings: Mapping[str, Any]
    windows: Sequence[WeekWindow]
    replaces: Sequence[int] = ()
    seen: str = ""


@dataclass
class WeekReport:
    """What became of the future slots, each list in order of time."""

    configurations: list[AIInterviewConfiguration]
    created: list[InterviewSlot] = field(default_factory=list)
    removed: list[InterviewSlot] = field(default_factory=list)
    kept: list[InterviewSlot] = field(default_factory=list)
    left: list[InterviewSlot] = field(default_factory=list)  # booked, though the week does not offer them any more
    skipped: list[Skipped] = field(default_factory=list)

    def add(self, report: SyncReport) -> None:
        """Take a pattern's report in; what an earlier one told of is not told again."""
        told = {slot.pk for slot in self.created + self.kept + self.left}
        self.created += report.created
        self.removed += report.removed
        self.kept += [slot for slot in report.kept if slot.pk not in told]
        self.left += [slot for slot in report.left if slot.pk not in told]

    def sort(self) -> None:
        """By time."""
        for slots in (self.created, self.removed, self.kept, self.left):
            slots.sort(key=lambda slot: (slot.start_time, slot.pk))
        self.skipped.sort(key=lambda each: each.start)


class _NotKept(Exception):
    def __init__(self, report: WeekReport) -> None:
        super().__init__()
        self.report = report


@operation
def save_week(*, company_id: int | None, week: Week, days: int, actor: Actor, now: datetime) -> WeekReport:
    """Keep the week, and make its slots for the next ``days`` local days at once.

    Raises ``Conflict`` (``week_changed``) where somebody else has changed it since it was ``seen``.
    """
    return _save(company_id, week, days=days, actor=actor, now=now)


def preview_week(*, company_id: int | None, week: Week, days: int, actor: Actor, now: datetime) -> WeekReport:
    """What ``save_week`` would do, with its refusals. It is done, and taken back: nothing else can be as exact."""

    def attempt() -> None:
        raise _NotKept(_save(company_id, week, days=days, actor=actor, now=now))

    try:
        run_atomically(attempt)
    except _NotKept as taken_back:
        return taken_back.report
    raise AssertionError("unreachable")


def _save(company_id: int | None, week: Week, *, days: int, actor: Actor, now: datetime) -> WeekReport:
    company = lane_holder(actor, company_id)
    refuse_bad_windows(week.windows)
    refuse_bad_ai_settings(week.settings.get("ai_settings", {}), field="ai_settings", company_id=company.pk)
    zone = zone_named(week.settings.get("timezone") or company.timezone)
    today = today_in(zone, now)
    before = {found.pk: found for found in _locked(company.pk, week)}
    wanted = [
        _wanted(before.get(window.id or 0), window, week, company_id=company.pk, today=today) for window in week.windows
    ]
    for number, configuration in enumerate(wanted):
        configuration.company = company
        _refuse(configuration, number)
    report = WeekReport(wanted)
    wanted_ids = {window.id for window in week.windows}
    for gone in [found for key, found in before.items() if key not in wanted_ids]:
        report.add(remove(gone, actor=actor, now=now))
    _write(wanted, before, actor=actor, now=now)
    _follow(wanted, report, until=today + timedelta(days=days), actor=actor, now=now)
    return report


def _locked(company_id: int, week: Week) -> list[AIInterviewConfiguration]:
    """What the week was; the company's lock is held, so that nobody else changes it."""
    rows = AIInterviewConfiguration.objects.select_related("company").filter(company_id=company_id)
    found = list(rows.filter(pk__in=week.replaces, interview_type=week.interview_type).order_by("pk"))
    if len(found) != len(set(week.replaces)) or (week.replaces and fingerprint(found) != week.seen):
        raise Conflict(
            "Somebody else has changed this week since you opened it. Open it again, and repeat your change.",
            code="week_changed",
        )
    if {window.id for window in week.windows if window.id is not None} - {each.pk for each in found}:
        raise Conflict("A window of this week is not there any more. Open it again.", code="week_changed")
    return found


def _wanted(
    found: AIInterviewConfiguration | None, window: WeekWindow, week: Week, *, company_id: int, today: date
) -> AIInterviewConfiguration:
    """The configuration as it is to be, not written; a copy, so that the one before can still be told."""
    kept = (
        {name: getattr(found, name) for name in ("id", "created_at", "updated_at", "generated_until")} if found else {}
    )
    settings = dict(week.settings)
    if settings.get("valid_from") is None:
        settings["valid_from"] = found.valid_from if found else today
    return AIInterviewConfiguration(
        **kept,
        company_id=company_id,
        interview_type=week.interview_type,
        day_of_week=window.day,
        start_time=window.start,
        end_time=window.end,
        **settings,
    )


def _refuse(configuration: AIInterviewConfiguration, number: int) -> None:
    """Name the window whose times are wrong; what all share stays as it is called."""
    try:
        refuse_bad(configuration)
    except Invalid as error:
        name, messages = next(iter(error.errors.items()))
        if name in ("start_time", "end_time", "slot_duration"):
            field = "end_time" if name == "slot_duration" else name
            raise window_error(number, field, messages[0], code=error.code) from error
        raise


def _write(
    wanted: Sequence[AIInterviewConfiguration],
    before: Mapping[int, AIInterviewConfiguration],
    *,
    actor: Actor,
    now: datetime,
) -> None:
    """One statement for what changes, so that two windows can change places."""
    changed = [each for each in wanted if each.pk in before and _differs(each, before[each.pk])]
    for each in changed:
        each.updated_at = now
    AIInterviewConfiguration.objects.bulk_update(
        changed, ["day_of_week", "start_time", "end_time", *_SHARED, "updated_at"]
    )
    for each in changed:
        change = change_of("updated", each, before=before[each.pk].state(), after=each.state())
        record(change, actor=actor, now=now)
    for each in [each for each in wanted if each.pk not in before]:
        each.save(force_insert=True)
        record(change_of("created", each, after=each.state()), actor=actor, now=now)


_SHARED = [
    "timezone",
    "slot_duration",
    "break_duration",
    "max_candidates",
    "ai_settings",
    "valid_from",
    "valid_until",
    "holidays",
    "excluded_dates",
]


def _differs(one: AIInterviewConfiguration, other: AIInterviewConfiguration) -> bool:
    return one.state() != other.state() or one.ai_settings != other.ai_settings


def _follow(
    wanted: Sequence[AIInterviewConfiguration], report: WeekReport, *, until: date, actor: Actor, now: datetime
) -> None:
    """Twice: what the first round could not make, because another window's slots were still there, the second does."""
    for round_number in (1, 2):
        report.skipped = []
        for configuration in wanted:
            done = follow_pattern(
                configuration, until=until, dry_run=False, actor=actor, now=now, tell_overlaps=round_number == 2
            )
            report.add(done)
            report.skipped += done.skipped
    report.sort()
