"""Conflicts as the inbox shows them: who, what happened, the old time, what can be done. Constant statements a page."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from django.db.models import Case, Q, QuerySet, Value, When

from parley.conversations.operations.asking import HUMAN
from parley.core.models import Event
from parley.interviews import queries
from parley.interviews.models import InterviewConflict
from parley.interviews.rules.states import ConflictType, Resolution
from parley.organizations.models import User
from parley.web.doers import doer_of, names_of
from parley.web.moments import Moment

STATES = {"all": "All", "open": "Open", "settled": "Settled"}
_HAPPENED = {
    ConflictType.SLOT_UNAVAILABLE: "The time has fallen away",
    ConflictType.OVERLAP: "Two interviews at the same time",
    ConflictType.CANDIDATE_UNAVAILABLE: "The candidate has no time",
    ConflictType.AI_SYSTEM_ERROR: "The AI interviewer failed",
    ConflictType.SYSTEM_ERROR: "Something failed in Parley",
}
_BECAME = {
    Resolution.PENDING: "Open",
    Resolution.RESCHEDULED: "Rescheduled",
    Resolution.CANCELLED: "Cancelled",
    Resolution.RESOLVED: "Left as it is",
}
_STEPS = {
    "opened": "Opened",
    "proposed": "A place was held, and the candidate asked",
    "unplaced": "The held place was given back",
    "resolved": "Settled",
    "reopened": "Opened again: the resolution was undone",
}


@dataclass(frozen=True)
class Place:
    """A place to move to."""

    slot_id: str
    when: Moment
    away: str
    is_held: bool


@dataclass(frozen=True)
class Step:
    """Something that happened to a conflict."""

    when: Moment
    what: str
    who: str


@dataclass(frozen=True)
class Shown:
    """A conflict as its card shows it. Times are in the zone of its company, which ``zone`` names."""

    conflict: InterviewConflict
    zone: str
    happened: str
    became: str
    who: str
    what_for: str
    reason: str
    lost: Moment | None
    settled_at: Moment | None
    new: Moment | None
    held: Moment | None
    held_until: Moment | None
    places: list[Place]
    steps: list[Step]

    @property
    def is_open(self) -> bool:
        """Whether it waits for somebody."""
        return self.conflict.resolution == Resolution.PENDING


def inbox(actor: User, *, state: str) -> QuerySet[InterviewConflict]:
    """The conflicts that ``actor`` may see, open ones first, then the latest; ``state`` is one of ``STATES``."""
    pending = Q(resolution=Resolution.PENDING)
    rows = queries.conflicts(actor).select_related(
        "company", "primary_interview__candidate", "primary_interview__job", "schedule", "settled_schedule"
    )
    if state != "all":
        rows = rows.filter(pending if state == "open" else ~pending)
    return rows.order_by(Case(When(pending, then=Value(0)), default=Value(1)), "-detected_at", "pk")


def cards(page: Sequence[InterviewConflict], *, now: datetime) -> list[Shown]:
    """A page of conflicts with what is free now and what happened before."""
    page = queries.with_current_proposals(page, now=now)
    steps = _steps(page)
    return [_shown(conflict, steps.get(str(conflict.pk), [])) for conflict in page]


def _shown(conflict: InterviewConflict, steps: list[tuple[Event, str]]) -> Shown:
    zone = conflict.company.zone
    details: dict[str, Any] = conflict.conflict_details
    interview = conflict.primary_interview
    hold = next(iter(getattr(conflict, "live_holds", ())), None)
    settled = conflict.settled_schedule if conflict.resolution == Resolution.RESCHEDULED else None
    return Shown(
        conflict=conflict,
        zone=zone.key,
        happened=_happened(conflict),
        became=_BECAME[Resolution(conflict.resolution)],
        who=interview.candidate.full_name if interview else "",
        what_for=interview.job.job_title if interview and interview.job else "",
        reason=str(details.get("reason") or ""),
        lost=_moment(details.get("start_time"), zone),
        settled_at=Moment.of(conflict.resolved_at, zone) if conflict.resolved_at else None,
        new=Moment.of(settled.start_time, zone) if settled else None,
        held=Moment.of(hold.start_time, zone) if hold else None,
        held_until=Moment.of(hold.expires_at, zone) if hold else None,
        places=[_place(each, zone, held=str(hold.slot_id) if hold else "") for each in conflict.proposals],
        steps=[_step(event, who, zone) for event, who in steps],
    )


def _happened(conflict: InterviewConflict) -> str:
    if conflict.conflict_details.get("asked_for") == HUMAN:
        return "The candidate asks for an interview with a person"
    if conflict.conflict_details.get("carried_on"):
        return "The language model failed in an interview"
    return _HAPPENED[ConflictType(conflict.conflict_type)]


def _moment(text: Any, zone: ZoneInfo) -> Moment | None:
    try:
        return Moment.of(datetime.fromisoformat(text), zone)
    except (TypeError, ValueError):  # what is about no booking has no time, or more than one
        return None


def _place(proposal: dict[str, Any], zone: ZoneInfo, *, held: str) -> Place:
    return Place(
        slot_id=proposal["slot_id"],
        when=Moment.of(datetime.fromisoformat(proposal["start_time"]), zone),
        away=distance(proposal["minutes_away"]),
        is_held=proposal["slot_id"] == held,
    )


def distance(minutes: int) -> str:
    """How far a time is from the old one, in the largest two units."""
    days, rest = divmod(minutes, 1440)
    hours, left = divmod(rest, 60)
    units = [(days, "day"), (hours, "hour"), (left, "minute")]
    named = [f"{number} {unit}{'' if number == 1 else 's'}" for number, unit in units if number]
    return f"{' '.join(named[:2])} away" if named else "the same time"


def _steps(page: Sequence[InterviewConflict]) -> dict[str, list[tuple[Event, str]]]:
    """As ``queries.steps_of``, for a whole page: each event with the name of who did it."""
    ids = [str(conflict.pk) for conflict in page]
    events = list(Event.objects.filter(object_type="conflict", object_id__in=ids).order_by("id"))
    names = names_of(events)
    found: dict[str, list[tuple[Event, str]]] = {}
    for event in events:
        found.setdefault(event.object_id, []).append((event, doer_of(event, names)))
    return found


def _step(event: Event, who: str, zone: ZoneInfo) -> Step:
    step = event.type.partition(".")[2]
    return Step(when=Moment.of(event.occurred_at, zone), what=_STEPS.get(step, step.capitalize()), who=who)
