"""Making, changing, cancelling and completing single slots."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from parley.core.actors import SYSTEM, Actor
from parley.core.errors import Conflict, Invalid
from parley.core.events import Change, record, record_all
from parley.core.transactions import operation
from parley.hiring.models import Job
from parley.interviews.locks import lock_company, lock_conflicts, lock_interviews, lock_live_schedules, lock_slot
from parley.interviews.models import InterviewSchedule, InterviewSlot
from parley.interviews.models.slot import overlaps
from parley.interviews.operations.ai_settings import refuse_bad_ai_settings
from parley.interviews.operations.closing import NOT_BOOKED, close
from parley.interviews.operations.conflicts import UNSEATED, Trouble, open_conflicts
from parley.interviews.operations.holds import withdraw_holds_for, withdraw_holds_on
from parley.interviews.operations.seats import booking_state, tell, vacate
from parley.interviews.rules.limits import refuse_bad_period
from parley.interviews.rules.states import (
    OPEN_SLOT,
    ConflictType,
    Resolution,
    ScheduleStatus,
    SlotStatus,
    SlotType,
    refuse_unless_allowed,
    slot_status,
)
from parley.organizations.models import Company
from parley.organizations.tenancy import company_for

_WHEN = {"start_time", "end_time", "ai_interview_type"}
_REPEATED = (
    "company_id",
    "job_id",
    "start_time",
    "end_time",
    "duration_minutes",
    "ai_interview_type",
    "ai_configuration",
    "max_candidates",
    "notes",
)


@operation
def create_slot(
    *,
    company_id: int | None,
    job_id: int | None,
    start_time: datetime,
    end_time: datetime,
    duration_minutes: int | None,
    fields: Mapping[str, Any],
    actor: Actor,
    now: datetime,
) -> InterviewSlot:
    """Make one slot. Raises ``Invalid``, or ``Conflict`` ``slot_overlap`` beside another one of the same lane."""
    company = lane_holder(actor, company_id)
    minutes = refuse_bad_period(start=start_time, end=end_time, duration_minutes=duration_minutes, now=now)
    refuse_bad_ai_settings(fields.get("ai_configuration", {}), field="ai_configuration", company_id=company.pk)
    slot = InterviewSlot(
        company=company,
        job=job_of_company(job_id, company.pk),
        start_time=start_time,
        end_time=end_time,
        duration_minutes=minutes,
        created_at=now,
        updated_at=now,
        **fields,
    )
    _refuse_overlap(slot)
    slot.save(force_insert=True)
    record(created(slot), actor=actor, now=now)
    return slot


@operation
def update_slot(*, slot_id: UUID, fields: Mapping[str, Any], actor: Actor, now: datetime) -> InterviewSlot:
    """Change an open slot. Times, type and job stay while somebody is booked on it; so does room for those."""
    lock_company(InterviewSlot.objects.only("company_id").seen_by(actor, pk=slot_id, thing="slot").company_id)
    slot = lock_slot(slot_id, actor=actor)
    before = slot.state()
    if slot.status not in OPEN_SLOT:
        raise Conflict(f"This slot is {slot.status}: it cannot be changed.", code=f"slot_{slot.status}")
    values = dict(fields)
    refuse_bad_ai_settings(values.get("ai_configuration", {}), field="ai_configuration", company_id=slot.company_id)
    duration = values.pop("duration_minutes", None)
    if "job_id" in values and (job := job_of_company(values.pop("job_id"), slot.company_id)) != slot.job:
        _refuse_booked(slot)
        slot.job, slot.is_customised = job, True
    moved, changed = _assign(slot, values)
    _refuse_bad_change(slot, moved, duration, now=now)
    if moved:
        _refuse_overlap(slot)
    slot.status = slot_status(current_bookings=slot.current_bookings, max_candidates=slot.max_candidates)
    slot.is_customised = slot.is_customised or changed
    slot.updated_at = now
    slot.save()
    record(
        Change(type="slot.updated", object_id=slot.pk, company_id=slot.company_id, before=before, after=slot.state()),
        actor=actor,
        now=now,
    )
    return slot


@operation
def delete_slot(*, slot_id: UUID, cascade: bool, actor: Actor, now: datetime) -> None:
    """Take a slot out of the offer: remove it, or cancel it where it has a history or a pattern would make it again.

    Raises ``Conflict`` ``slot_has_bookings`` unless ``cascade``, which cancels them and opens a conflict for each.
    """
    slot = lock_slot(slot_id, actor=actor)
    if slot.status == SlotStatus.CANCELLED:
        return
    withdraw_holds_on({slot.pk: slot}, actor=actor, now=now)
    if slot.configuration_id is None and not InterviewSchedule.objects.filter(slot_id=slot.pk).exists():
        record(
            Change(type="slot.deleted", object_id=slot.pk, company_id=slot.company_id, before=slot.state()),
            actor=actor,
            now=now,
        )
        slot.delete()
        return
    _cancel(slot, cascade=cascade, reason="The slot was deleted.", actor=actor, now=now)


@operation
def cancel_slot(*, slot_id: UUID, cascade: bool, reason: str, actor: Actor, now: datetime) -> InterviewSlot:
    """Cancel a slot; bookings as in ``delete_slot``. Raises ``Conflict`` ``already_cancelled`` the second time."""
    slot = lock_slot(slot_id, actor=actor)
    _cancel(slot, cascade=cascade, reason=reason or "The slot was cancelled.", actor=actor, now=now)
    return slot


@operation
def repeat_slot(*, slot_id: UUID, actor: Actor, now: datetime) -> InterviewSlot:
    """Make a slot like a cancelled one: its time is on offer again, while the cancelled one stays as the history.

    Raises ``Conflict`` ``slot_not_cancelled``, and what ``create_slot`` raises.
    """
    company_id = InterviewSlot.objects.only("company_id").seen_by(actor, pk=slot_id, thing="slot").company_id
    lock_company(company_id)
    old = lock_slot(slot_id, actor=actor)
    if old.status != SlotStatus.CANCELLED:
        raise Conflict("This slot is not cancelled.", code="slot_not_cancelled")
    refuse_bad_period(start=old.start_time, end=old.end_time, duration_minutes=None, now=now)
    slot = InterviewSlot(
        **{name: getattr(old, name) for name in _REPEATED},
        slot_type=SlotType.FIXED,
        created_at=now,
        updated_at=now,
    )
    _refuse_overlap(slot)
    slot.save(force_insert=True)
    record(created(slot), actor=actor, now=now)
    return slot


@operation
def complete_slot(*, slot_id: UUID, actor: Actor, now: datetime) -> InterviewSlot:
    """Close a slot whose time has begun; nobody can be booked on it any more."""
    slot = lock_slot(slot_id, actor=actor)
    if slot.status in OPEN_SLOT and slot.start_time > now:
        raise Conflict("This slot has not begun yet.", code="slot_in_future")
    before = slot.state()
    refuse_unless_allowed(SlotStatus(slot.status), SlotStatus.COMPLETED, thing="slot")
    slot.status = SlotStatus.COMPLETED
    slot.completed_at = slot.updated_at = now
    slot.save(update_fields=["status", "completed_at", "updated_at"])
    record(
        Change(type="slot.completed", object_id=slot.pk, company_id=slot.company_id, before=before, after=slot.state()),
        actor=actor,
        now=now,
    )
    return slot


@operation
def complete_past_slots(*, now: datetime, at_most: int = 5000) -> int:
    """Complete open slots whose end is past; returns how many. Two at once share the work and do none twice."""
    over = InterviewSlot.objects.filter(cancelled_at__isnull=True, completed_at__isnull=True, end_time__lte=now)
    slots = list(over.order_by("pk").select_for_update(no_key=True, skip_locked=True)[:at_most])
    InterviewSlot.objects.filter(pk__in=[slot.pk for slot in slots]).update(
        status=SlotStatus.COMPLETED, completed_at=now, updated_at=now
    )
    record_all(
        (
            Change(
                type="slot.completed",
                object_id=slot.pk,
                company_id=slot.company_id,
                before={"status": str(slot.status)},
                after={"status": str(SlotStatus.COMPLETED)},
            )
            for slot in slots
        ),
        actor=SYSTEM,
        now=now,
    )
    return len(slots)


def lane_holder(actor: Actor, company_id: int | None, *, field: str = "company") -> Company:
    """The company that a new slot is for, with its lanes locked."""
    named = company_for(actor, named=company_id, field=field)
    company = Company.objects.filter(pk=named).select_for_update(no_key=True).first()
    if company is None:
        raise Invalid.field(field, "There is no such company.", code="company_not_found")
    return company


def job_of_company(job_id: int | None, company_id: int, *, field: str = "job") -> Job | None:
    """The job, which must be the company's."""
    if job_id is None:
        return None
    job = Job.objects.filter(pk=job_id, company_id=company_id).first()
    if job is None:
        raise Invalid.field(field, "There is no such job in this company.", code="job_not_found")
    return job


def created(slot: InterviewSlot) -> Change:
    """The event of a new slot."""
    return Change(type="slot.created", object_id=slot.pk, company_id=slot.company_id, after=slot.state())


def strand(
    slot: InterviewSlot,
    bookings: Iterable[InterviewSchedule],
    *,
    reason: str,
    actor: Actor,
    now: datetime,
    conflict_type: ConflictType = ConflictType.SLOT_UNAVAILABLE,
) -> list[Trouble]:
    """End the bookings of a slot that falls away: the interviews stay open, and each is a trouble to settle."""
    bookings = list(bookings)
    interviews = lock_interviews(booking.interview_id for booking in bookings)
    withdraw_holds_for(interview__in=interviews, actor=actor, now=now)
    troubles = []
    for booking in bookings:
        booking.slot = slot
        booking.interview = interviews[booking.interview_id]
        before = booking_state(booking)
        vacate(schedule=booking, slot=slot, status=ScheduleStatus.CANCELLED, reason=reason, actor=actor, now=now)
        tell("interview.unseated", booking, slot=slot, before=before, actor=actor, now=now)
        troubles.append(
            Trouble(
                company_id=slot.company_id,
                type=conflict_type,
                cause=f"{UNSEATED}{booking.pk}",
                details={"reason": reason},
                schedule=booking,
            )
        )
    superseded = lock_conflicts(~NOT_BOOKED, schedule__in=bookings, resolution=Resolution.PENDING)
    close(superseded, resolution=Resolution.RESOLVED, notes="The place itself fell away.", actor=actor, now=now)
    return troubles


def _cancel(slot: InterviewSlot, *, cascade: bool, reason: str, actor: Actor, now: datetime) -> None:
    refuse_unless_allowed(SlotStatus(slot.status), SlotStatus.CANCELLED, thing="slot")
    live = lock_live_schedules(slot.pk)
    if live and not cascade:
        raise Conflict(
            f"{len(live)} interviews are booked on this slot: move them first, or cancel them with ?cascade=cancel.",
            code="slot_has_bookings",
        )
    if live and slot.start_time <= now:
        raise Conflict("This slot has begun already: its bookings cannot be cancelled.", code="slot_in_past")
    call_off(slot, live, reason=reason, conflict_type=ConflictType.SLOT_UNAVAILABLE, actor=actor, now=now)


def call_off(
    slot: InterviewSlot,
    live: Sequence[InterviewSchedule],
    *,
    reason: str,
    conflict_type: ConflictType,
    actor: Actor,
    now: datetime,
) -> None:
    """Cancel an open slot with its ``live`` bookings, both locked; opens a conflict for each booking."""
    before = slot.state()
    withdraw_holds_on({slot.pk: slot}, actor=actor, now=now)
    troubles = strand(slot, live, reason=reason, actor=actor, now=now, conflict_type=conflict_type)
    slot.status = SlotStatus.CANCELLED
    slot.cancelled_at = now
    slot.updated_at = now
    slot.save(update_fields=["status", "cancelled_at", "updated_at"])
    record(
        Change(type="slot.cancelled", object_id=slot.pk, company_id=slot.company_id, before=before, after=slot.state()),
        actor=actor,
        now=now,
    )
    open_conflicts(troubles, actor=actor, now=now)


def _refuse_overlap(slot: InterviewSlot) -> None:
    """Name the slot in the way, while the company's lanes are locked; the database keeps the rule itself."""
    others = InterviewSlot.objects.filter(
        company_id=slot.company_id,
        ai_interview_type=slot.ai_interview_type,
        cancelled_at__isnull=True,
        start_time__lt=slot.end_time,
        end_time__gt=slot.start_time,
    )
    if (other := others.exclude(pk=slot.pk).order_by("start_time").first()) is not None:
        raise overlaps(other)


def _assign(slot: InterviewSlot, values: Mapping[str, Any]) -> tuple[bool, bool]:
    """Set the fields; says whether times or type have really changed, and whether anything but the notes has."""
    different = {name for name, value in values.items() if value != getattr(slot, name)}
    for name, value in values.items():
        setattr(slot, name, value)
    return bool(different & _WHEN), bool(different - {"notes"})


def _refuse_booked(slot: InterviewSlot) -> None:
    if slot.current_bookings:
        raise Conflict("Interviews are booked on this slot: its times, type and job stay.", code="slot_has_bookings")
    if slot.held_places:
        raise Conflict(
            "A place of this slot is held for a candidate: its times, type and job stay until that is answered.",
            code="slot_has_holds",
        )


def _refuse_bad_change(slot: InterviewSlot, moved: bool, duration: int | None, *, now: datetime) -> None:
    if moved:
        _refuse_booked(slot)
    if slot.places_left < 0:
        kept = f" and {slot.held_places} places held" if slot.held_places else ""
        raise Conflict(
            f"{slot.current_bookings} interviews are booked{kept}: the capacity cannot be less.",
            code="capacity_below_bookings",
        )
    if moved or duration is not None:
        slot.duration_minutes = refuse_bad_period(
            start=slot.start_time, end=slot.end_time, duration_minutes=duration, now=now
        )
