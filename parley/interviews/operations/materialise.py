"""Keeping the slots in step with the weekly patterns: by the periodic job, on request, and on every change."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from functools import partial

from django.db.models import Exists, OuterRef

from parley.core.actors import SYSTEM, Actor
from parley.core.errors import Invalid
from parley.core.events import Change, record_all
from parley.core.timezones import today_in
from parley.core.transactions import operation
from parley.interviews.locks import lock_company, lock_conflicts
from parley.interviews.models import (
    AIInterviewConfiguration,
    InterviewConflict,
    InterviewSchedule,
    InterviewSlot,
)
from parley.interviews.operations.closing import close
from parley.interviews.operations.conflicts import Trouble, open_conflicts
from parley.interviews.operations.holds import withdraw_holds_on
from parley.interviews.operations.lanes import fill_lane
from parley.interviews.operations.recurring import overlap_trouble
from parley.interviews.rules.holidays import public_holidays
from parley.interviews.rules.limits import MAX_AHEAD, MAX_SLOTS_PER_CALL
from parley.interviews.rules.patterns import Made, Plan, plan
from parley.interviews.rules.recurrence import Occurrence, Skipped, SkipReason, count, occurrences
from parley.interviews.rules.states import LIVE_SCHEDULE, ConflictType, Resolution, SlotStatus, SlotType

_STRANDED = "stranded:"


@dataclass
class SyncReport:
    """What following a pattern did."""

    created: list[InterviewSlot] = field(default_factory=list)
    removed: list[InterviewSlot] = field(default_factory=list)
    kept: list[InterviewSlot] = field(default_factory=list)  # open ones, as they were
    left: list[InterviewSlot] = field(default_factory=list)  # booked, though the pattern does not want them any more
    skipped: list[Skipped] = field(default_factory=list)


@operation
def generate(*, configuration_id: int, until: date, dry_run: bool, actor: Actor, now: datetime) -> SyncReport:
    """Make the pattern's slots up to the local day ``until``: as the periodic job makes them. Twice adds nothing."""
    seen = AIInterviewConfiguration.objects.seen_by(actor, pk=configuration_id, thing="configuration")
    lock_company(seen.company_id)
    configuration = _locked(configuration_id)
    if configuration is None:
        return SyncReport()
    _refuse_bad_until(configuration, until, now=now)
    return follow_pattern(configuration, until=until, dry_run=dry_run, actor=actor, now=now, tell_overlaps=True)


@operation
def materialise(*, configuration_id: int, days: int, now: datetime) -> SyncReport:
    """One pattern's share of the periodic job: the slots of the next ``days`` local days. Safe twice, side by side."""
    company_id = (
        AIInterviewConfiguration.objects.filter(pk=configuration_id).values_list("company_id", flat=True).first()
    )
    if company_id is None:
        return SyncReport()
    lock_company(company_id)
    configuration = _locked(configuration_id)
    if configuration is None:
        return SyncReport()
    until = today_in(configuration.zone, now) + timedelta(days=days)
    return follow_pattern(configuration, until=until, dry_run=False, actor=SYSTEM, now=now, tell_overlaps=False)


def follow_pattern(
    configuration: AIInterviewConfiguration,
    *,
    until: date | None,
    dry_run: bool,
    actor: Actor,
    now: datetime,
    tell_overlaps: bool,
    ended: bool = False,
) -> SyncReport:
    """Bring the future slots of a pattern into step, at least as far as they were made before; locks are held.

    ``ended`` takes the pattern as wanting nothing any more.
    """
    first, last = _range(configuration, until, now=now)
    wanted, skipped = ([], []) if ended else _wanted(configuration, first, last, now=now)
    steps = _steps(configuration, wanted, ended=ended, now=now)
    kept = [slot for slot in steps.keep if slot.is_open]
    report = SyncReport(removed=steps.remove, kept=kept, left=steps.strand, skipped=skipped)
    if not dry_run:
        _remove(steps.remove, actor=actor, now=now)
    report.created, blocked = _fill(configuration, steps, actor=actor, now=now, dry_run=dry_run)
    report.skipped = sorted(skipped + blocked, key=lambda each: each.start)
    if dry_run:
        return report
    troubles = _stranded(steps.strand)
    _close_obsolete(configuration, steps.strand, now=now)
    if tell_overlaps:
        troubles += overlap_trouble(
            blocked,
            company_id=configuration.company_id,
            cause=f"configuration:{configuration.pk}",
            about=configuration.state(),
        )
    open_conflicts(troubles, actor=actor, now=now)
    _remember(configuration, last)
    return report


def _locked(configuration_id: int) -> AIInterviewConfiguration | None:
    rows = AIInterviewConfiguration.objects.select_related("company").filter(pk=configuration_id)
    return rows.select_for_update(no_key=True, of=("self",)).first()


def _refuse_bad_until(configuration: AIInterviewConfiguration, until: date, *, now: datetime) -> None:
    today = today_in(configuration.zone, now)
    if until < today:
        raise Invalid.field("until", "Must not be in the past.", code="in_past")
    if until > today + MAX_AHEAD:
        raise Invalid.field("until", "Must be within five years from now.", code="too_far_ahead")
    if (slots := count(configuration.window, today, until)) > MAX_SLOTS_PER_CALL:
        raise Invalid.field(
            "until", f"This would make {slots:,} slots; at most {MAX_SLOTS_PER_CALL:,} a call.", code="too_many_slots"
        )


def _range(configuration: AIInterviewConfiguration, until: date | None, *, now: datetime) -> tuple[date, date]:
    """The local days to look at: from today, as far as asked for or made before, within the validity."""
    today = today_in(configuration.zone, now)
    ends = [day for day in (until, configuration.generated_until) if day is not None]
    last = max(ends, default=today - timedelta(days=1))
    if configuration.valid_until is not None:
        last = min(last, configuration.valid_until)
    return max(today, configuration.valid_from), last


def _wanted(
    configuration: AIInterviewConfiguration, first: date, last: date, *, now: datetime
) -> tuple[list[Occurrence], list[Skipped]]:
    if last < first:
        return [], []
    if (slots := count(configuration.window, first, last)) > MAX_SLOTS_PER_CALL:
        raise Invalid.field(
            "slot_duration",
            f"This would make {slots:,} slots; at most {MAX_SLOTS_PER_CALL:,} a call.",
            code="too_many_slots",
        )
    return occurrences(
        configuration.window, first, last, not_before=now, excluded=_excluded(configuration, first, last, now=now)
    )


def _excluded(
    configuration: AIInterviewConfiguration, first: date, last: date, *, now: datetime
) -> dict[date, Skipped]:
    excluded: dict[date, Skipped] = {}
    if configuration.holidays:
        for day, name in public_holidays(configuration.holidays, first, last).items():
            excluded[day] = Skipped(now, SkipReason.HOLIDAY, name)
    for day in configuration.excluded_dates:
        excluded[day] = Skipped(now, SkipReason.EXCLUDED)
    return excluded


def _steps(
    configuration: AIInterviewConfiguration, wanted: Sequence[Occurrence], *, ended: bool, now: datetime
) -> Plan[InterviewSlot]:
    """What to do about the future slots of the pattern, also about cancelled ones.

    They are locked only where some have to go, so that none of those is booked meanwhile: a lock is written to each
    row, and nearly always the periodic job finds nothing to do. Nobody else makes or moves slots while the company is
    locked.
    """
    rows = InterviewSlot.objects.filter(configuration_id=configuration.pk, occurrence_start__gt=now).order_by("pk")
    compare = partial(plan, wanted, facts=_facts, matches=partial(_is_as_wanted, configuration), ended=ended)
    steps: Plan[InterviewSlot] = compare(rows)
    return compare(rows.select_for_update(no_key=True)) if steps.remove or steps.strand else steps


def _facts(slot: InterviewSlot) -> Made:
    is_moved = slot.is_customised and slot.start_time != slot.occurrence_start
    return Made(slot.occurrence_start, slot.is_customised, is_moved, slot.is_open, slot.has_bookings)


def _is_as_wanted(configuration: AIInterviewConfiguration, slot: InterviewSlot, occurrence: Occurrence) -> bool:
    same_time = (slot.start_time, slot.end_time) == (occurrence.start, occurrence.end)
    same_lane = slot.ai_interview_type == configuration.interview_type
    if slot.has_bookings:  # capacity and AI settings are no reason to disturb a booking
        return same_time and same_lane
    return (
        same_time
        and same_lane
        and slot.max_candidates == configuration.max_candidates
        and slot.ai_configuration == configuration.ai_settings
    )


def _remove(slots: Sequence[InterviewSlot], *, actor: Actor, now: datetime) -> None:
    """Take free slots away; one with a history is cancelled instead, and forgets the pattern."""
    if not slots:
        return
    keys = [slot.pk for slot in slots]
    withdraw_holds_on({slot.pk: slot for slot in slots if slot.held_places}, actor=actor, now=now)
    remembered = set(InterviewSchedule.objects.filter(slot_id__in=keys).values_list("slot_id", flat=True).distinct())
    InterviewSlot.objects.filter(pk__in=remembered).update(
        status=SlotStatus.CANCELLED, cancelled_at=now, updated_at=now, configuration=None, occurrence_start=None
    )
    InterviewSlot.objects.filter(pk__in=[key for key in keys if key not in remembered]).delete()
    record_all(
        (
            Change(
                type="slot.cancelled" if slot.pk in remembered else "slot.deleted",
                object_id=slot.pk,
                company_id=slot.company_id,
                before=slot.state(),
            )
            for slot in slots
        ),
        actor=actor,
        now=now,
    )


def _fill(
    configuration: AIInterviewConfiguration, steps: Plan[InterviewSlot], *, actor: Actor, now: datetime, dry_run: bool
) -> tuple[list[InterviewSlot], list[Skipped]]:
    pattern = configuration.state() | {"configuration_id": configuration.pk}

    def make(occurrence: Occurrence) -> InterviewSlot:
        return InterviewSlot(
            company=configuration.company,
            configuration=configuration,
            occurrence_start=occurrence.start,
            slot_type=SlotType.RECURRING,
            recurring_pattern=pattern,
            ai_interview_type=configuration.interview_type,
            ai_configuration=configuration.ai_settings,
            start_time=occurrence.start,
            end_time=occurrence.end,
            duration_minutes=configuration.slot_duration,
            max_candidates=configuration.max_candidates,
            created_at=now,
            updated_at=now,
        )

    return fill_lane(
        steps.create,
        company_id=configuration.company_id,
        interview_type=configuration.interview_type,
        make=make,
        actor=actor,
        now=now,
        dry_run=dry_run,
        leaving=[slot.pk for slot in steps.remove],
    )


def _stranded(slots: Sequence[InterviewSlot]) -> list[Trouble]:
    """The bookings on slots that the pattern does not want any more; they stay until a person decides.

    Who has decided that all stays as it is will not be asked again.
    """
    if not slots:
        return []
    bookings = InterviewSchedule.objects.filter(slot__in=slots, status__in=LIVE_SCHEDULE)
    settled = InterviewConflict.objects.filter(
        schedule=OuterRef("pk"), conflict_type=ConflictType.SLOT_UNAVAILABLE, resolved_by__isnull=False
    )
    return [
        Trouble(
            company_id=booking.company_id,
            type=ConflictType.SLOT_UNAVAILABLE,
            cause=f"{_STRANDED}{booking.pk}",
            details={"reason": "The weekly pattern has changed: this time is not offered any more."},
            schedule=booking,
        )
        for booking in bookings.exclude(Exists(settled)).select_related("slot", "interview")
    ]


def _close_obsolete(
    configuration: AIInterviewConfiguration, stranded: Sequence[InterviewSlot], *, now: datetime
) -> None:
    """Where the pattern wants a booked slot again, nothing is left to decide."""
    found = lock_conflicts(
        company_id=configuration.company_id,
        resolution=Resolution.PENDING,
        cause__startswith=_STRANDED,
        slot__configuration=configuration,
    )
    left = {slot.pk for slot in stranded}
    over = [conflict for conflict in found if conflict.slot_id not in left]
    close(
        over, resolution=Resolution.RESOLVED, notes="The weekly pattern offers this time again.", actor=SYSTEM, now=now
    )


def _remember(configuration: AIInterviewConfiguration, last: date) -> None:
    if configuration.generated_until is None or last > configuration.generated_until:
        configuration.generated_until = last
        AIInterviewConfiguration.objects.filter(pk=configuration.pk).update(generated_until=last)
