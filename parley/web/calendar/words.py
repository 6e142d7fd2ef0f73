"""Refusals in the calendar's own words, where those for programs would not do."""

from collections.abc import Mapping

from parley.core.errors import DomainError
from parley.interviews.rules.states import InterviewType

TYPES: Mapping[str, str] = {kind.value: str(kind.label) for kind in InterviewType}
_WORDS = {
    "slot_overlap": "There is a slot of this type at that time already. Choose another time or another type.",
    "in_past": "That time is over. Choose one in the future.",
    "too_far_ahead": "That is more than five years from now.",
    "end_before_start": "A slot must end after it starts.",
    "slot_has_bookings": "Somebody is booked on this slot: move or cancel the bookings first.",
    "capacity_below_bookings": "More people than that are booked or asked already.",
    "slot_in_past": "This slot has begun already.",
    "slot_in_future": "This slot has not begun yet.",
    "slot_full": "All places of this slot are taken. Choose another one.",
    "job_mismatch": "This slot is kept for another job.",
    "interview_already_booked": "This interview has a time already. Move that booking instead.",
    "not_booked": "This booking has ended already.",
    "already_cancelled": "This is cancelled already.",
    "interview_not_found": "That interview is not there any more.",
    "schedule_not_found": "That booking is not there any more.",
    "slot_not_found": "That slot is not there any more.",
}


def in_words(error: DomainError) -> str:
    """What to tell people."""
    if error.code in _WORDS:
        return _WORDS[error.code]
    return next((said for messages in error.errors.values() for said in messages), error.detail)
