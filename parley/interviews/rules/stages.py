"""The stages of the pipeline: where an interview stands on its way from an invitation to a decision."""

from dataclasses import dataclass
from datetime import datetime

from django.db.models import TextChoices

from parley.core.errors import Conflict


class Stage(TextChoices):
    """Derived from states, never kept."""

    UNINVITED = "uninvited", "Not invited yet"
    INVITED = "invited", "Invited"
    BOOKED = "booked", "Booked"
    HELD = "held", "Held"
    DECIDED = "decided", "Decided"
    MISSED = "missed", "No-show"
    FAILED = "failed", "Failed"
    CANCELLED = "cancelled", "Cancelled"


PIPELINE = (Stage.INVITED, Stage.BOOKED, Stage.HELD, Stage.DECIDED)
BESIDE = (Stage.UNINVITED, Stage.MISSED, Stage.FAILED, Stage.CANCELLED)


@dataclass(frozen=True, kw_only=True)
class Standing:
    """What decides what is to be done next about an interview."""

    stage: Stage
    has_conflict: bool = False
    is_waiting: bool = False
    is_confirmed: bool = False
    is_running: bool = False
    has_feedback: bool = False
    wants_ratings: bool | None = None  # whether nobody has rated yet; None where the AI has not held it
    starts_at: datetime | None = None
    link_ends_at: datetime | None = None


def next_step(standing: Standing, *, now: datetime) -> str:
    """What is next, in a few words for people."""
    if standing.has_conflict:
        return "Needs a decision: see Conflicts"
    if standing.is_running:
        return "Is being held now"
    if standing.stage == Stage.INVITED:
        return _of_invited(standing, now=now)
    if standing.stage == Stage.BOOKED:
        return _of_booked(standing, now=now)
    if standing.stage == Stage.HELD:
        return _of_held(standing)
    return _OF_OTHERS.get(standing.stage, "")


_OF_OTHERS = {
    Stage.UNINVITED: "Invite the candidate",
    Stage.MISSED: "Invite again, or book another time",
    Stage.FAILED: "Book another time",
    Stage.CANCELLED: "Nothing to do",
    Stage.DECIDED: "Nothing to do",
}


def _of_invited(standing: Standing, *, now: datetime) -> str:
    if standing.is_waiting:
        return "On the waitlist: a free time is offered"
    if standing.link_ends_at is not None and standing.link_ends_at <= now:
        return "The link has expired: invite again"
    return "Waits for the candidate to choose a time"


def _of_booked(standing: Standing, *, now: datetime) -> str:
    if standing.starts_at is not None and standing.starts_at <= now:
        return "The time has come: waits for the candidate"
    return "Confirmed: nothing to do" if standing.is_confirmed else "Confirm the time"


def _of_held(standing: Standing) -> str:
    if standing.wants_ratings is None:
        return "Decide how to go on" if standing.has_feedback else "Write down your feedback"
    return "Read and rate what was said" if standing.wants_ratings else "Decide how to go on"


def refuse_to_invite(standing: Standing, *, now: datetime) -> None:
    """Raise ``Conflict`` where an invitation would tell the candidate nothing new, or come too late."""
    if standing.is_running or standing.stage in (Stage.HELD, Stage.DECIDED):
        raise Conflict("This interview was held already: invite to another round.", code="interview_completed")
    if standing.stage == Stage.BOOKED:
        raise Conflict("A time is booked already.", code="interview_already_booked")
    if standing.stage == Stage.INVITED and standing.link_ends_at is not None and standing.link_ends_at > now:
        raise Conflict("Was invited already, and has not chosen a time yet.", code="already_invited")
