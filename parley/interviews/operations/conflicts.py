"""Opening conflicts, inside the operation that meets one, and resolving them.

The seam for automatic resolution: it is another caller of ``settle``, with the system as actor.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

from parley.core.actors import Actor
from parley.core.errors import Conflict, Invalid
from parley.core.events import Change, record, record_all
from parley.core.transactions import Stale, operation
from parley.interviews.locks import lock_conflicts, lock_interview, lock_schedule, lock_slots
from parley.interviews.models import Interview, InterviewConflict, InterviewSchedule, InterviewSlot
from parley.interviews.operations.booking import give_up, move, take_place
from parley.interviews.operations.closing import close, close_conflicts_of
from parley.interviews.operations.holds import held_slot_of, leave_waitlist, let_go
from parley.interviews.operations.seats import set_interview_status
from parley.interviews.queries import live_schedule, proposals_for
from parley.interviews.rules.states import (
    ConflictType,
    InterviewStatus,
    Resolution,
    WaitingStatus,
)

UNSEATED = "unseated:"  # begins the cause of a conflict about a place that has gone; the interview waits for another


@dataclass(frozen=True, kw_only=True)
class Trouble:
    """What an operation met. ``cause`` is the same when the same trouble is met again."""

    company_id: int
    type: ConflictType
    cause: str
    details: dict[str, Any] = field(default_factory=dict)
    schedule: InterviewSchedule | None = None  # the booking that lost, or may lose, its place
    conflicting: Interview | None = None
    slot: InterviewSlot | None = None
    is_manual: bool = False  # people settle it: no other place is looked for


def open_conflicts(troubles: Sequence[Trouble], *, actor: Actor, now: datetime) -> list[InterviewConflict]:
    """Open a conflict for each trouble that has none open; constant statements, whatever their number."""
    if not troubles:
        return []
    bookings = [trouble.schedule.pk for trouble in troubles if trouble.schedule is not None]
    proposals = proposals_for(bookings, now=now)
    rows = [_row(trouble, proposals, now=now) for trouble in troubles]
    InterviewConflict.objects.bulk_create(rows, ignore_conflicts=True)
    opened = list(InterviewConflict.objects.filter(pk__in=[row.pk for row in rows]))
    record_all((_opened(conflict) for conflict in opened), actor=actor, now=now)
    return opened


@operation
def resolve_conflict(
    *, conflict_id: UUID, resolution: Resolution, slot_id: UUID | None, notes: str, actor: Actor, now: datetime
) -> InterviewConflict:
    """Resolve an open conflict, and do what the resolution says.

    *rescheduled* moves the booking (or books again, where it fell away) to ``slot_id``, or without one to the best
    proposal that still has room; *cancelled* cancels it; *resolved* leaves all as it is. Raises ``Conflict`` where it
    is resolved already or cannot be done; then nothing has changed.
    """
    conflict = InterviewConflict.objects.seen_by(actor, pk=conflict_id, thing="conflict")
    return settle(conflict, resolution=resolution, slot_id=slot_id, notes=notes, actor=actor, now=now)


def settle(
    conflict: InterviewConflict,
    *,
    resolution: Resolution,
    slot_id: UUID | None,
    notes: str,
    actor: Actor,
    now: datetime,
    interview_id: UUID | None = None,
) -> InterviewConflict:
    """``resolve_conflict`` inside the caller's operation. What it moves is locked first, the conflict's row last.

    *rescheduled* seats ``interview_id``; without one, the interview that the conflict is about.
    """
    if resolution == Resolution.PENDING:
        raise Invalid.field("resolution", "Choose one of: rescheduled, cancelled, resolved.")
    _refuse_resolved(conflict)
    settled, about = None, interview_id or _subject(conflict)
    if resolution == Resolution.RESCHEDULED:
        settled = _reseat(conflict, slot_id, about, actor=actor, now=now)
    elif resolution == Resolution.CANCELLED:
        settled = _cancel(about, notes, actor=actor, now=now)
    (conflict,) = lock_conflicts(pk=conflict.pk)
    _refuse_resolved(conflict)  # a second one that waited for the same rows undoes its half here, by raising
    conflict.settled_schedule = settled
    if interview_id is None:  # by hand: no run of the re-seating has done it, and undoing one does not undo it
        conflict.reseating = None
    conflict.save(update_fields=["settled_schedule", "reseating"])
    close([conflict], resolution=resolution, notes=notes, actor=actor, now=now)
    if resolution != Resolution.RESOLVED and about is not None:
        close_conflicts_of(about, resolution=resolution, notes=notes, actor=actor, now=now)
    return conflict


def _subject(conflict: InterviewConflict) -> UUID | None:
    """The interview that is moved or cancelled: the one that holds the booking which the conflict is about.

    Where a candidate would have been booked twice and that booking has moved since, it is the one that was not booked.
    """
    if conflict.conflict_type != ConflictType.CANDIDATE_UNAVAILABLE or conflict.primary_interview_id is None:
        return conflict.primary_interview_id
    live = live_schedule(conflict.primary_interview_id)
    holds = live is not None and live.pk == conflict.schedule_id
    return conflict.primary_interview_id if holds else conflict.conflicting_interview_id


def _refuse_resolved(conflict: InterviewConflict) -> None:
    if conflict.resolution != Resolution.PENDING:
        raise Conflict("This conflict is resolved already.", code="already_resolved")


def _reseat(
    conflict: InterviewConflict, slot_id: UUID | None, interview_id: UUID | None, *, actor: Actor, now: datetime
) -> InterviewSchedule:
    if interview_id is None:
        raise Invalid.field("resolution", "There is no interview to move: choose resolved.", code="nothing_to_move")
    target = slot_id or _held_or_best(conflict, interview_id, now=now)
    live = live_schedule(interview_id)
    if live is not None:
        return move(schedule_id=live.pk, slot_id=target, actor=actor, now=now)
    return take_place(interview_id=interview_id, slot_id=target, notes="", actor=actor, now=now)[0]


def _cancel(interview_id: UUID | None, notes: str, *, actor: Actor, now: datetime) -> InterviewSchedule | None:
    if interview_id is None:
        raise Invalid.field("resolution", "There is no interview to cancel: choose resolved.", code="nothing_to_move")
    live = live_schedule(interview_id)
    slot = lock_slots([live.slot_id])[live.slot_id] if live else None
    interview = lock_interview(interview_id, actor=actor)
    now_live = live_schedule(interview_id)  # with the interview locked it stays what it is
    if (now_live.pk if now_live else None) != (live.pk if live else None):
        raise Stale
    if live is not None and slot is not None:
        schedule = lock_schedule(live.pk, actor=actor)
        give_up(slot=slot, interview=interview, schedule=schedule, reason=notes, actor=actor, now=now)
        return schedule
    let_go(interview.pk, into=None, actor=actor, now=now)
    leave_waitlist(interview.pk, WaitingStatus.LEFT, actor=actor, now=now)
    before = {"status": str(interview.status)}
    set_interview_status(interview, InterviewStatus.CANCELLED, now=now)
    record(
        Change(
            type="interview.cancelled",
            object_id=interview.pk,
            company_id=interview.company_id,
            before=before,
            after={"status": str(interview.status)},
        ),
        actor=actor,
        now=now,
    )
    return None


def _held_or_best(conflict: InterviewConflict, interview_id: UUID, *, now: datetime) -> UUID:
    for held in held_slot_of(interview_id):
        return held
    if conflict.schedule_id is not None:
        for proposal in proposals_for([conflict.schedule_id], now=now)[conflict.schedule_id]:
            return UUID(proposal["slot_id"])
    raise Conflict("No equivalent slot is free within 30 days: name a slot_id.", code="no_free_slot")


def _row(trouble: Trouble, proposals: Mapping[UUID, list[dict[str, Any]]], *, now: datetime) -> InterviewConflict:
    booking = trouble.schedule
    details = dict(trouble.details)
    if booking is not None:
        details |= {
            "schedule_id": str(booking.pk),
            "slot_id": str(booking.slot_id),
            "start_time": booking.start_time.isoformat(),
            "end_time": booking.end_time.isoformat(),
        }
    return InterviewConflict(
        company_id=trouble.company_id,
        conflict_type=trouble.type,
        cause=trouble.cause,
        primary_interview=booking.interview if booking else None,
        conflicting_interview=trouble.conflicting,
        slot=trouble.slot or (booking.slot if booking else None),
        schedule=booking,
        is_manual=trouble.is_manual,
        conflict_details=details,
        proposals=proposals[booking.pk] if booking else [],
        detected_at=now,
    )


def _opened(conflict: InterviewConflict) -> Change:
    return Change(
        type="conflict.opened",
        object_id=conflict.pk,
        company_id=conflict.company_id,
        after={
            "conflict_type": str(conflict.conflict_type),
            "interview_id": str(conflict.primary_interview_id) if conflict.primary_interview_id else None,
        },
    )
