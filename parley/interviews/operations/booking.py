"""Booking, confirming, cancelling, releasing and rescheduling. Safe against themselves and each other."""

from datetime import datetime
from uuid import UUID

from parley.core.actors import Actor
from parley.core.errors import Conflict, NotFound
from parley.core.transactions import operation
from parley.interviews.locks import (
    claim_place,
    lock_interview,
    lock_live_schedules,
    lock_schedule,
    lock_slot,
    lock_slots,
)
from parley.interviews.models import Interview, InterviewSchedule, InterviewSlot
from parley.interviews.operations.closing import close_conflicts_of
from parley.interviews.operations.holds import held_slot_of, leave_waitlist, let_go
from parley.interviews.operations.seats import booking_state, count, seat, set_interview_status, tell, vacate
from parley.interviews.rules.booking import refuse_mismatch, refuse_too_late, why_not_free
from parley.interviews.rules.states import (
    InterviewStatus,
    Resolution,
    ScheduleStatus,
    WaitingStatus,
    refuse_unless_allowed,
)

# What a conflict says that was closed because somebody settled it without looking at it.
BOOKED_AGAIN = "The interview was booked elsewhere."
CANCELLED = "The booking was cancelled."
RELEASED = "The place was given up; the interview waits for another."


@operation
def book_interview(*, interview_id: UUID, slot_id: UUID, notes: str, actor: Actor, now: datetime) -> InterviewSchedule:
    """Book an interview on a slot.

    Raises ``NotFound``, or ``Conflict`` with one of the codes ``slot_full``, ``slot_cancelled``, ``slot_completed``,
    ``slot_in_past``, ``interview_already_booked``, ``candidate_busy``, ``job_mismatch``, ``interview_<status>``.
    """
    return book(interview_id=interview_id, slot_id=slot_id, notes=notes, actor=actor, now=now)


def book(*, interview_id: UUID, slot_id: UUID, notes: str, actor: Actor, now: datetime) -> InterviewSchedule:
    """``book_interview`` inside the caller's operation."""
    schedule, is_loose = take_place(interview_id=interview_id, slot_id=slot_id, notes=notes, actor=actor, now=now)
    if is_loose:
        close_conflicts_of(interview_id, resolution=Resolution.RESCHEDULED, notes=BOOKED_AGAIN, actor=actor, now=now)
    return schedule


def take_place(
    *, interview_id: UUID, slot_id: UUID, notes: str, actor: Actor, now: datetime
) -> tuple[InterviewSchedule, bool]:
    """``book``, which leaves open conflicts about the interview open; the flag says whether there may be any."""
    claimed = claim_place(slot_id=slot_id, interview_id=interview_id, actor=actor, now=now)
    is_held = claimed is None and _free_held(slot_id, interview_id, actor=actor, now=now)
    if is_held:
        claimed = claim_place(slot_id=slot_id, interview_id=interview_id, actor=actor, now=now)
    if claimed is None:
        raise _refusal(slot_id, interview_id, actor=actor, now=now)
    slot, interview = claimed
    refuse_mismatch(interview, slot)
    schedule, is_loose = seat(
        interview=interview, slot=slot, notes=notes, event="interview.booked", before=None, actor=actor, now=now
    )
    if is_loose:
        let_go(interview_id, into=slot_id, actor=actor, now=now)
        leave_waitlist(interview_id, WaitingStatus.BOOKED, actor=actor, now=now)
    return schedule, is_loose or is_held


def _free_held(slot_id: UUID, interview_id: UUID, *, actor: Actor, now: datetime) -> bool:
    """Give up the place of the slot that is held for this very interview, to be claimed; says whether there was one."""
    if slot_id not in held_slot_of(interview_id) or slot_id not in lock_slots([slot_id]):
        return False
    lock_interview(interview_id, actor=actor)
    return bool(let_go(interview_id, into=slot_id, actor=actor, now=now))


@operation
def confirm_booking(*, schedule_id: UUID, actor: Actor, now: datetime) -> InterviewSchedule:
    """Confirm a pending booking; confirming it again changes nothing. Raises ``Conflict`` where it has ended."""
    schedule = lock_schedule(schedule_id, actor=actor)
    if schedule.status == ScheduleStatus.CONFIRMED:
        return schedule
    before = booking_state(schedule)
    refuse_unless_allowed(ScheduleStatus(schedule.status), ScheduleStatus.CONFIRMED, thing="schedule")
    schedule.status = ScheduleStatus.CONFIRMED
    schedule.confirmed_at = now
    schedule.save(update_fields=["status", "confirmed_at"])
    tell("interview.confirmed", schedule, slot=None, before=before, actor=actor, now=now)
    return schedule


@operation
def annotate_booking(*, schedule_id: UUID, notes: str, actor: Actor) -> InterviewSchedule:
    """Change the notes of a booking."""
    schedule = lock_schedule(schedule_id, actor=actor)
    schedule.booking_notes = notes
    schedule.save(update_fields=["booking_notes"])
    return schedule


@operation
def cancel_booking(*, schedule_id: UUID, reason: str, actor: Actor, now: datetime) -> InterviewSchedule:
    """Cancel a booking and its interview, and free the place; the interview can be booked again later."""
    return cancel(schedule_id=schedule_id, reason=reason, actor=actor, now=now)


def cancel(*, schedule_id: UUID, reason: str, actor: Actor, now: datetime) -> InterviewSchedule:
    """``cancel_booking`` inside the caller's operation."""
    slot, interview, schedule = _lock_booking(schedule_id, actor=actor)
    give_up(slot=slot, interview=interview, schedule=schedule, reason=reason, actor=actor, now=now)
    let_go(interview.pk, into=None, actor=actor, now=now)
    close_conflicts_of(interview.pk, resolution=Resolution.CANCELLED, notes=CANCELLED, actor=actor, now=now)
    return schedule


def give_up(
    *, slot: InterviewSlot, interview: Interview, schedule: InterviewSchedule, reason: str, actor: Actor, now: datetime
) -> None:
    """``cancel_booking`` with the locks held."""
    before = booking_state(schedule)
    if schedule.is_live:
        refuse_too_late(interview)
    vacate(schedule=schedule, slot=slot, status=ScheduleStatus.CANCELLED, reason=reason, actor=actor, now=now)
    set_interview_status(interview, InterviewStatus.CANCELLED, now=now)
    tell("interview.cancelled", schedule, slot=slot, before=before, actor=actor, now=now)


@operation
def release_slot(
    *, slot_id: UUID, schedule_id: UUID | None, interview_id: UUID | None, actor: Actor, now: datetime
) -> InterviewSlot:
    """Free a booked place of a slot; the interview stays open and can be booked elsewhere.

    Neither id may be left out unless the slot has exactly one live booking. Raises ``Conflict`` (``not_booked``) for
    a place that is not booked, also the second time.
    """
    return release(slot_id=slot_id, schedule_id=schedule_id, interview_id=interview_id, actor=actor, now=now)


def release(
    *, slot_id: UUID, schedule_id: UUID | None, interview_id: UUID | None, actor: Actor, now: datetime
) -> InterviewSlot:
    """``release_slot`` inside the caller's operation."""
    slot = lock_slot(slot_id, actor=actor)
    chosen = _booking_to_release(slot, schedule_id=schedule_id, interview_id=interview_id)
    interview = lock_interview(chosen.interview_id, actor=actor)
    before = booking_state(chosen)
    refuse_too_late(interview)
    vacate(schedule=chosen, slot=slot, status=ScheduleStatus.CANCELLED, reason="Released.", actor=actor, now=now)
    tell("interview.released", chosen, slot=slot, before=before, actor=actor, now=now)
    let_go(interview.pk, into=None, actor=actor, now=now)
    close_conflicts_of(interview.pk, resolution=Resolution.RESOLVED, notes=RELEASED, actor=actor, now=now)
    return slot


@operation
def reschedule_booking(*, schedule_id: UUID, slot_id: UUID, actor: Actor, now: datetime) -> InterviewSchedule:
    """Move a booking to another slot: both slots change, or neither. Returns the new schedule."""
    return move_by_hand(schedule_id=schedule_id, slot_id=slot_id, actor=actor, now=now)


def move_by_hand(*, schedule_id: UUID, slot_id: UUID, actor: Actor, now: datetime) -> InterviewSchedule:
    """``reschedule_booking`` inside the caller's operation."""
    schedule = move(schedule_id=schedule_id, slot_id=slot_id, actor=actor, now=now)
    close_conflicts_of(
        schedule.interview_id, resolution=Resolution.RESCHEDULED, notes=BOOKED_AGAIN, actor=actor, now=now
    )
    return schedule


def move(*, schedule_id: UUID, slot_id: UUID, actor: Actor, now: datetime) -> InterviewSchedule:
    """``move_by_hand``, which leaves open conflicts about the interview open."""
    old, target, interview, schedule = _lock_move(schedule_id, slot_id, actor=actor)
    refuse_unless_allowed(ScheduleStatus(schedule.status), ScheduleStatus.RESCHEDULED, thing="schedule")
    refuse_too_late(interview)
    if old.pk == target.pk:
        raise Conflict("The booking is on this slot already.", code="same_slot")
    freed_places = let_go(interview.pk, into=target.pk, actor=actor, now=now)
    for slot in (old, target):
        slot.held_places -= freed_places.get(slot.pk, 0)
    if refusal := why_not_free(target, now=now):
        raise refusal
    refuse_mismatch(interview, target)
    before = booking_state(schedule)
    vacate(schedule=schedule, slot=old, status=ScheduleStatus.RESCHEDULED, reason="Rescheduled.", actor=actor, now=now)
    count(target, 1, now=now)
    freed = {
        "freed_slot_id": old.pk,
        "freed_slot_status": str(old.status),
        "freed_slot_current_bookings": old.current_bookings,
    }
    new, _ = seat(
        interview=interview,
        slot=target,
        notes=schedule.booking_notes,
        event="interview.rescheduled",
        before=before,
        actor=actor,
        now=now,
        more=freed,
    )
    schedule.replaced_by = new
    schedule.save(update_fields=["replaced_by"])
    return new


def _refusal(slot_id: UUID, interview_id: UUID, *, actor: Actor, now: datetime) -> Exception:
    """Why a claim took nothing: read after the fact, for the message only."""
    if not Interview.objects.visible_to(actor).filter(pk=interview_id).exists():
        return NotFound.of("interview")
    slot = InterviewSlot.objects.visible_to(actor).filter(pk=slot_id).first()
    if slot is None:
        return NotFound.of("slot")
    return why_not_free(slot, now=now) or Conflict(
        "Somebody else has just changed this slot: try again.", code="slot_changed"
    )


def _lock_booking(schedule_id: UUID, *, actor: Actor) -> tuple[InterviewSlot, Interview, InterviewSchedule]:
    seen = InterviewSchedule.objects.seen_by(actor, pk=schedule_id, thing="schedule")
    slots = lock_slots([seen.slot_id, *held_slot_of(seen.interview_id)])
    slot = slots[seen.slot_id]  # a schedule's slot and interview never change
    interview = lock_interview(seen.interview_id, actor=actor)
    return slot, interview, lock_schedule(schedule_id, actor=actor)


def _lock_move(
    schedule_id: UUID, slot_id: UUID, *, actor: Actor
) -> tuple[InterviewSlot, InterviewSlot, Interview, InterviewSchedule]:
    seen = InterviewSchedule.objects.seen_by(actor, pk=schedule_id, thing="schedule")
    InterviewSlot.objects.only("pk").seen_by(actor, pk=slot_id, thing="slot")
    slots = lock_slots([seen.slot_id, slot_id, *held_slot_of(seen.interview_id)])
    if slot_id not in slots:
        raise NotFound.of("slot")
    interview = lock_interview(seen.interview_id, actor=actor)
    return slots[seen.slot_id], slots[slot_id], interview, lock_schedule(schedule_id, actor=actor)


def _booking_to_release(
    slot: InterviewSlot, *, schedule_id: UUID | None, interview_id: UUID | None
) -> InterviewSchedule:
    live = lock_live_schedules(slot.pk)
    chosen = [
        schedule
        for schedule in live
        if (schedule_id is None or schedule.pk == schedule_id)
        and (interview_id is None or schedule.interview_id == interview_id)
    ]
    if not chosen:
        raise Conflict("There is no such live booking on this slot.", code="not_booked")
    if len(chosen) > 1:
        raise Conflict("This slot has several bookings: name schedule_id or interview_id.", code="ambiguous")
    return chosen[0]
