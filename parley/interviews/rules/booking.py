"""Which interview may take which slot."""

from datetime import datetime
from typing import TYPE_CHECKING

from parley.core.errors import Conflict, DomainError, Invalid
from parley.interviews.rules.states import BOOKABLE_INTERVIEW, InterviewStatus, SlotStatus

if TYPE_CHECKING:  # the models are built on the rules; these read their values and know nothing else of them
    from parley.interviews.models import Interview, InterviewSlot


def why_not_free(slot: "InterviewSlot", *, now: datetime) -> DomainError | None:
    """The refusal where no place of the slot can be taken at ``now``, else None."""
    if slot.status == SlotStatus.CANCELLED:
        return Conflict("This slot is cancelled.", code="slot_cancelled")
    if slot.status == SlotStatus.COMPLETED:
        return Conflict("This slot is over.", code="slot_completed")
    if slot.start_time <= now:
        return Conflict("This slot has begun already.", code="slot_in_past")
    if slot.places_left <= 0:
        return Conflict("All places of this slot are taken: choose another one.", code="slot_full")
    return None


def has_room(slot: "InterviewSlot | None", count: int, *, now: datetime) -> bool:
    """Whether ``count`` places of the slot can be taken at ``now``; none of one that is not there."""
    return slot is not None and why_not_free(slot, now=now) is None and slot.places_left >= count


def refuse_mismatch(interview: "Interview", slot: "InterviewSlot") -> None:
    """Raise where this interview cannot be held in this slot, whatever room it has."""
    if interview.status not in BOOKABLE_INTERVIEW:
        label = InterviewStatus(interview.status).label.lower()
        raise Conflict(f"This interview is {label}: it cannot be booked.", code=f"interview_{interview.status}")
    if interview.company_id is not None and interview.company_id != slot.company_id:
        raise Invalid.field(
            "slot_id", "The slot and the interview belong to different companies.", code="other_company"
        )
    if interview.candidate.erased_at is not None:
        raise Conflict("The data of this candidate were deleted.", code="candidate_erased")
    wanted = interview.job_id or interview.candidate.job_id
    if slot.job_id is not None and wanted is not None and wanted != slot.job_id:
        raise Conflict("This slot is kept for another job.", code="job_mismatch")


def refuse_too_late(interview: "Interview") -> None:
    """Raise where a booking cannot be given up any more, because the interview has begun.

    One that was missed can be: else its interview could never be held.
    """
    if interview.status in (InterviewStatus.IN_PROGRESS, InterviewStatus.COMPLETED):
        raise Conflict("This interview has begun already.", code="interview_started")
