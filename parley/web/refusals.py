"""Refusals as candidates read them, by the code that a program reads."""

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from parley.core.errors import DomainError

GONE = _("Sorry, this time has just gone.")
_OTHERWISE = _("This did not work. Load the page once more, and try again.")
_NO_PROPOSAL = _("No place is held for you any more: choose one.")
_ONLY_AHEAD = _("Choose days from today on, within a year.")
_TEXTS: dict[str, Promise] = {
    "link_not_found": _("This link leads nowhere: look at it once more in your e-mail."),
    "link_revoked": _("This link is not valid any more: there is a newer e-mail."),
    "link_expired": _("This link has expired: ask the company for a new one."),
    "change_cutoff_passed": _("It is too late to change this booking here: write to the company."),
    "not_booked": _("There is no booking to change."),
    "no_proposal": _NO_PROPOSAL,
    "proposal_expired": _("This time was kept for you until a moment ago: choose another one."),
    "already_resolved": _NO_PROPOSAL,
    "interview_cancelled": _("The company has cancelled this interview."),
    "interview_completed": _("This interview is over."),
    "interview_in_progress": _("This interview has begun already."),
    "interview_started": _("This interview has begun already."),
    "interview_already_booked": _("You have a time already: move that one."),
    "candidate_busy": _("You have another interview at this time: choose another one."),
    "same_slot": _("This is the time that you have already."),
    "already_waiting": _("You are on the waitlist already."),
    "not_waiting": _("You are not on the waitlist any more."),
    "end_before_start": _ONLY_AHEAD,
    "too_far_ahead": _ONLY_AHEAD,
    "room_not_open": _("The room is not open yet: come back shortly before your time."),
    "room_closed": _("It is too late to begin this interview: write to the company."),
    "no_kit": _("The company has not prepared this interview yet: write to the company."),
    "consent_needed": _("The interview begins once you agree: tick the box."),
    "consent_outdated": _("The notice has changed: read it once more, and agree to it."),
    "answered_already": _("This question was answered already, perhaps in another window. Here is where you are."),
    "time_over": _("The time was over: this answer was not taken."),
    "session_not_found": _("The interview has not begun."),
    "session_waiting": _("The interview has not begun."),
    "session_over": _("This interview is over."),
    "session_finished": _("This interview is over."),
    "session_expired": _("This interview is over."),
    "session_missed": _("It is too late to begin this interview: write to the company."),
    "session_not_over": _("You can ask for this once the interview is over."),
    "already_asked": _("You have asked for this already."),
    "said_deleted": _("What was said in this interview was deleted, and nothing is added."),
    "busy": _("Many people are choosing at this moment. Try again."),
}
_GONE_CODES = frozenset(
    {
        "job_mismatch",
        "slot_cancelled",
        "slot_changed",
        "slot_completed",
        "slot_full",
        "slot_in_past",
        "slot_not_found",
        "slot_not_offered",
    }
)


def is_gone(error: DomainError) -> bool:
    """Whether a time cannot be taken, and others may be."""
    return error.code in _GONE_CODES


def kindly(error: DomainError) -> str:
    """A refusal in words for candidates, in the page's language."""
    return str(GONE if is_gone(error) else _TEXTS.get(error.code, _OTHERWISE))
