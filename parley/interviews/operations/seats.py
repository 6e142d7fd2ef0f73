"""Taking and giving up a place: the two halves of every booking, cancellation and move.

They run inside an operation that holds the locks (see ``locks``), and write the event of the change.
"""

from datetime import datetime
from typing import Any

from parley.core.actors import Actor
from parley.core.events import Change, event_of, record
from parley.core.sql import insert
from parley.hiring.models import Candidate
from parley.interviews.locks import something_is_open
from parley.interviews.models import Interview, InterviewSchedule, InterviewSlot
from parley.interviews.rules.states import (
    OPEN_SLOT,
    InterviewStatus,
    ScheduleStatus,
    refuse_unless_allowed,
    slot_status,
)


def seat(
    *,
    interview: Interview,
    slot: InterviewSlot,
    notes: str,
    event: str,
    before: dict[str, Any] | None,
    actor: Actor,
    now: datetime,
    more: dict[str, Any] | None = None,
) -> tuple[InterviewSchedule, bool]:
    """Write the booking of a place that is claimed already, and its event, by one statement.

    The flag says whether something else about the interview is open: a conflict, a place held, a wait for one. The
    database refuses a second live booking of the interview, and one beside another of the same candidate.
    """
    _adopt(interview, slot, now=now)
    schedule = InterviewSchedule(
        company_id=slot.company_id,
        interview=interview,
        slot=slot,
        candidate_id=interview.candidate_id,
        start_time=slot.start_time,
        end_time=slot.end_time,
        booking_notes=notes,
        booked_at=now,
        booked_by_id=actor.actor_id,
    )
    change = _change(event, schedule, slot=slot, before=before, more=more)
    row = event_of(change, actor=actor, now=now)
    is_loose = insert(schedule, row, asking=something_is_open(), about={"loose": interview.pk})
    return schedule, bool(is_loose)


def vacate(
    *,
    schedule: InterviewSchedule,
    slot: InterviewSlot,
    status: ScheduleStatus,
    reason: str,
    actor: Actor,
    now: datetime,
) -> None:
    """End a live booking and free its place; raises ``Conflict`` where it has ended already."""
    refuse_unless_allowed(ScheduleStatus(schedule.status), status, thing="schedule")
    schedule.status = status
    schedule.cancelled_at = now
    schedule.cancellation_reason = reason
    schedule.cancelled_by_id = actor.actor_id
    schedule.save(update_fields=["status", "cancelled_at", "cancellation_reason", "cancelled_by"])
    count(slot, -1, now=now)


def count(slot: InterviewSlot, change: int, *, now: datetime) -> None:
    """Move a locked slot's count, and its status with it."""
    slot.current_bookings += change
    if slot.status in OPEN_SLOT:
        slot.status = slot_status(current_bookings=slot.current_bookings, max_candidates=slot.max_candidates)
    slot.updated_at = now
    slot.save(update_fields=["current_bookings", "status", "updated_at"])


def set_interview_status(interview: Interview, status: InterviewStatus, *, now: datetime) -> None:
    """Move an interview to ``status``, unless it is there."""
    if interview.status == status:
        return
    refuse_unless_allowed(InterviewStatus(interview.status), status, thing="interview")
    interview.status = status
    interview.updated_at = now
    interview.save(update_fields=["status", "updated_at"])


def tell(
    event: str,
    schedule: InterviewSchedule,
    *,
    slot: InterviewSlot | None,
    before: dict[str, Any] | None,
    actor: Actor,
    now: datetime,
) -> None:
    """Write the event of a booking's change, under its interview; ``slot`` where its count has moved."""
    record(_change(event, schedule, slot=slot, before=before, more=None), actor=actor, now=now)


def booking_state(schedule: InterviewSchedule) -> dict[str, Any]:
    """What events tell of a booking."""
    return {"schedule_id": schedule.pk, **schedule.state()}


def _change(
    event: str,
    schedule: InterviewSchedule,
    *,
    slot: InterviewSlot | None,
    before: dict[str, Any] | None,
    more: dict[str, Any] | None,
) -> Change:
    after = booking_state(schedule) | (more or {})
    if slot is not None:
        after |= {"slot_status": str(slot.status), "slot_current_bookings": slot.current_bookings}
    return Change(
        type=event, object_id=schedule.interview_id, company_id=schedule.company_id, before=before, after=after
    )


def _adopt(interview: Interview, slot: InterviewSlot, *, now: datetime) -> None:
    """Mark the interview as having a time; one without a company becomes the slot's (only administrators see such).

    Its candidate, where that has no company either, goes along: else the company could not see whom it interviews.
    """
    changed: list[str] = []
    if interview.company_id is None:
        interview.company_id = slot.company_id
        changed.append("company")
        candidate = interview.candidate
        namesakes = Candidate.objects.filter(company_id=slot.company_id, email=candidate.email)
        if candidate.company_id is None and not namesakes.exists():
            candidate.company_id = slot.company_id
            candidate.save(update_fields=["company", "updated_at"])
    if interview.status != InterviewStatus.SCHEDULED:
        refuse_unless_allowed(InterviewStatus(interview.status), InterviewStatus.SCHEDULED, thing="interview")
        interview.status = InterviewStatus.SCHEDULED
        changed.append("status")
    if changed:
        interview.updated_at = now
        interview.save(update_fields=[*changed, "updated_at"])
