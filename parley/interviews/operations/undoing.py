"""Undoing how a conflict was settled, by people or by Parley itself. It is open again afterwards, for people alone."""

from datetime import datetime
from uuid import UUID

from parley.core.actors import Actor
from parley.core.errors import Conflict
from parley.core.events import Change, record
from parley.core.transactions import operation
from parley.interviews.locks import lock_conflicts, lock_interview, lock_schedule, lock_slots
from parley.interviews.models import Interview, InterviewConflict, InterviewSchedule
from parley.interviews.operations.booking import move, take_place
from parley.interviews.operations.closing import close_conflicts_of
from parley.interviews.operations.conflicts import UNSEATED
from parley.interviews.operations.holds import withdraw_holds_for
from parley.interviews.operations.seats import booking_state, set_interview_status, tell, vacate
from parley.interviews.queries import live_schedule
from parley.interviews.rules.booking import refuse_too_late
from parley.interviews.rules.states import InterviewStatus, Resolution, ScheduleStatus

UNDONE = "An earlier resolution was undone."


@operation
def undo_resolution(*, conflict_id: UUID, actor: Actor, now: datetime) -> InterviewConflict:
    """Give back the state before a conflict was settled, and open it again; or withdraw what Parley has proposed.

    A booking that was moved goes back to its old place, one that was cancelled is booked again: where that place is
    still there, else ``Conflict`` tells why not (``slot_full``, ``slot_cancelled``, …). An interview that had lost its
    place is without one again. Raises ``Conflict`` ``changed_since`` where somebody has changed the booking since.
    """
    conflict = InterviewConflict.objects.seen_by(actor, pk=conflict_id, thing="conflict")
    return undo(conflict, actor=actor, now=now)


def undo(conflict: InterviewConflict, *, actor: Actor, now: datetime) -> InterviewConflict:
    """``undo_resolution`` inside the caller's operation."""
    if conflict.resolution == Resolution.PENDING:
        return _withdraw(conflict, actor=actor, now=now)
    booking = _give_back(conflict, actor=actor, now=now)
    about = conflict.settled_schedule.interview_id if conflict.settled_schedule else conflict.primary_interview_id
    if conflict.resolution != Resolution.RESOLVED and about is not None:
        # What was opened since is about a booking that is none any more.
        close_conflicts_of(about, resolution=Resolution.RESOLVED, notes=UNDONE, actor=actor, now=now)
    (locked,) = lock_conflicts(pk=conflict.pk)
    if (locked.resolution, locked.resolved_at) != (conflict.resolution, conflict.resolved_at):
        raise _changed()
    _open_again(locked, booking, actor=actor, now=now)
    return locked


def _withdraw(conflict: InterviewConflict, *, actor: Actor, now: datetime) -> InterviewConflict:
    if not withdraw_holds_for(conflict=conflict, actor=actor, now=now):
        raise Conflict("There is nothing to undo: this conflict is open.", code="nothing_to_undo")
    (locked,) = lock_conflicts(pk=conflict.pk)
    if locked.resolution != Resolution.PENDING:
        raise _changed()
    locked.is_manual = True
    locked.save(update_fields=["is_manual"])
    return locked


def _give_back(conflict: InterviewConflict, *, actor: Actor, now: datetime) -> InterviewSchedule | None:
    """Undo what was done about the booking; returns the one that the conflict is about then, where it is another."""
    settled = conflict.settled_schedule
    if conflict.resolution == Resolution.RESOLVED or conflict.primary_interview_id is None:
        _refuse_other_booking(conflict)
        return None
    if conflict.resolution == Resolution.CANCELLED:
        had_a_place = not conflict.cause.startswith(UNSEATED)
        return _uncancel(conflict, conflict.schedule if had_a_place else None, actor=actor, now=now)
    if settled is None or not settled.is_live:
        raise _changed()
    earlier = InterviewSchedule.objects.filter(replaced_by=settled).first()
    if earlier is not None:
        return move(schedule_id=settled.pk, slot_id=earlier.slot_id, actor=actor, now=now)
    _unseat(settled, actor=actor, now=now)
    return None


def _refuse_other_booking(conflict: InterviewConflict) -> None:
    """A conflict that was closed without a change opens again only about the booking that it was about."""
    if conflict.primary_interview_id is None:
        return
    live = live_schedule(conflict.primary_interview_id)
    about = None if conflict.cause.startswith(UNSEATED) else conflict.schedule_id
    if (live.pk if live is not None else None) != about:
        raise _changed()


def _unseat(schedule: InterviewSchedule, *, actor: Actor, now: datetime) -> None:
    """Take back a place that was given for one that was lost: the interview waits for another, as before."""
    slot = lock_slots([schedule.slot_id])[schedule.slot_id]
    interview = lock_interview(schedule.interview_id, actor=actor)
    locked = lock_schedule(schedule.pk, actor=actor)
    refuse_too_late(interview)
    before = booking_state(locked)
    vacate(schedule=locked, slot=slot, status=ScheduleStatus.CANCELLED, reason="Undone.", actor=actor, now=now)
    tell("interview.released", locked, slot=slot, before=before, actor=actor, now=now)


def _uncancel(
    conflict: InterviewConflict, ended: InterviewSchedule | None, *, actor: Actor, now: datetime
) -> InterviewSchedule | None:
    assert conflict.primary_interview_id is not None  # noqa: S101 (the caller has looked)
    if live_schedule(conflict.primary_interview_id) is not None:
        raise _changed()
    if ended is not None:
        return take_place(
            interview_id=conflict.primary_interview_id,
            slot_id=ended.slot_id,
            notes=ended.booking_notes,
            actor=actor,
            now=now,
        )[0]
    interview = lock_interview(conflict.primary_interview_id, actor=actor)
    if interview.status != InterviewStatus.CANCELLED:
        raise _changed()
    _revive(interview, actor=actor, now=now)
    return None


def _revive(interview: Interview, *, actor: Actor, now: datetime) -> None:
    before = interview.state()
    set_interview_status(interview, InterviewStatus.SCHEDULED, now=now)
    change = Change(
        type="interview.updated",
        object_id=interview.pk,
        company_id=interview.company_id,
        before=before,
        after=interview.state(),
    )
    record(change, actor=actor, now=now)


def _open_again(conflict: InterviewConflict, booking: InterviewSchedule | None, *, actor: Actor, now: datetime) -> None:
    before = {"resolution": str(conflict.resolution)}
    if booking is not None:
        conflict.schedule = booking
        conflict.cause = f"{conflict.cause.partition(':')[0]}:{booking.pk}"
    conflict.resolution, conflict.resolved_at, conflict.resolved_by = Resolution.PENDING, None, None
    conflict.resolution_notes, conflict.settled_schedule, conflict.is_manual = "", None, True
    conflict.save()
    change = Change(
        type="conflict.reopened",
        object_id=conflict.pk,
        company_id=conflict.company_id,
        before=before,
        after={"resolution": str(Resolution.PENDING)},
    )
    record(change, actor=actor, now=now)


def _changed() -> Conflict:
    return Conflict("The booking was changed since: settle it by hand.", code="changed_since")
