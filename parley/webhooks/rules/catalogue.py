"""Which events receivers may hear of, and what they are told: ids and values, no personal data.

Names and members are a promise to receivers. An event of another type, or a member that is not named here, stays
inside.
"""

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

SCHEMA_VERSION = 1  # rises when a member changes its meaning or goes away; new ones may come at any time
TEST = "webhook.test"
EVERYTHING = "*"
MOST_CHOICES = 100

_INSTANT = {"type": "string", "format": "date-time"}
_UUID = {"type": "string", "format": "uuid"}
_WORD = {"type": "string"}
_WHOLE = {"type": "integer"}
_UUID_OR_NONE = {"type": ["string", "null"], "format": "uuid"}
_PLACE = {"slot_id": _UUID, "start_time": _INSTANT, "end_time": _INSTANT}


@dataclass(frozen=True)
class Thing:
    """What events tell of: the ``name`` of its id, as other calls take it, and the members of its state."""

    name: str
    key: Mapping[str, Any]
    state: Mapping[str, Mapping[str, Any]]

    def key_of(self, object_id: str) -> int | str:
        """The id as the API writes it."""
        return int(object_id) if self.key["type"] == "integer" else object_id

    def shown(self, state: Mapping[str, Any] | None) -> dict[str, Any]:
        """The members of a state that are public."""
        return {name: value for name, value in (state or {}).items() if name in self.state}


THINGS: dict[str, Thing] = {
    "slot": Thing(
        "slot_id",
        _UUID,
        {
            "status": _WORD,
            "start_time": _INSTANT,
            "end_time": _INSTANT,
            "ai_interview_type": _WORD,
            "max_candidates": _WHOLE,
            "current_bookings": _WHOLE,
        },
    ),
    "interview": Thing(
        "interview_id",
        _UUID,
        {
            "status": _WORD,
            "job_id": {"type": ["integer", "null"]},
            "schedule_id": _UUID,
            **_PLACE,
            "slot_status": _WORD,
            "slot_current_bookings": _WHOLE,
            "freed_slot_id": _UUID,
            "freed_slot_status": _WORD,
            "freed_slot_current_bookings": _WHOLE,
            "conflict_id": _UUID,
            "expires_at": _INSTANT,
            "session_id": _UUID_OR_NONE,
        },
    ),
    "conflict": Thing(
        "conflict_id",
        _UUID,
        {"conflict_type": _WORD, "resolution": _WORD, "interview_id": _UUID_OR_NONE, "slot_id": _UUID_OR_NONE},
    ),
    "waitlist": Thing(
        "waitlist_entry_id",
        _UUID,
        {
            "status": _WORD,
            "interview_id": _UUID,
            "ai_interview_type": {"type": ["string", "null"]},
            "start_after": _INSTANT,
            "start_before": _INSTANT,
            **_PLACE,
            "expires_at": _INSTANT,
        },
    ),
    "evaluation": Thing("evaluation_id", _UUID, {"status": _WORD, "interview_id": _UUID, "judge": _WORD}),
    "review": Thing(
        "review_id", _UUID, {"evaluation_id": _UUID, "interview_id": _UUID, "replaces": {"type": "boolean"}}
    ),
    "decision": Thing(
        "decision_id",
        _UUID,
        {"evaluation_id": _UUID, "interview_id": _UUID, "decision": _WORD, "decided_by": _WHOLE},
    ),
    "request": Thing("request_id", _UUID, {"kind": _WORD, "status": _WORD, "interview_id": _UUID}),
    "candidate": Thing("candidate_id", _WHOLE, {}),
    "job": Thing("job_id", _WHOLE, {"job_title": _WORD, "is_active": {"type": "boolean"}}),
    "webhook": Thing("webhook_id", _UUID, {}),
}

TYPES: dict[str, str] = {
    "slot.created": "A slot was made: by hand, or from a weekly configuration.",
    "slot.updated": "A slot's times, capacity or other fields have changed.",
    "slot.cancelled": "A slot was cancelled.",
    "slot.deleted": "A slot was removed.",
    "slot.completed": "A slot's time is over.",
    "interview.created": "An interview was made for a candidate; `status` is the interview's.",
    "interview.updated": "An interview's job or other fields have changed; `status` is the interview's.",
    "interview.deleted": "An interview that was never booked was removed.",
    "interview.invited": (
        "The candidate got a personal link, valid until `expires_at`, or until 90 days after what is booked by it."
    ),
    "interview.booked": "An interview has got a time; `status` is the booking's.",
    "interview.confirmed": "A booking was confirmed; `status` is the booking's.",
    "interview.rescheduled": "An interview has another time: `data` is the new booking, `previous` the one before.",
    "interview.cancelled": "An interview was cancelled; `schedule_id` is there where it had a booking.",
    "interview.released": "A booking's place was given back; the interview stays open.",
    "interview.unseated": "A booking has lost its place because the slot fell away; the interview stays open.",
    "interview.proposed": "An interview that lost its place has one held until `expires_at`; the candidate is asked.",
    "interview.proposal_accepted": "The held place was taken: `interview.booked` or `interview.rescheduled` follows.",
    "interview.proposal_declined": "The candidate does not want the held place; it is free again.",
    "interview.proposal_expired": "Nobody answered in time; the held place is free again.",
    "interview.proposal_withdrawn": "The held place was given up: the interview has another, or the place fell away.",
    "interview.started": "The candidate has begun the interview; `status` is the interview's.",
    "interview.completed": "The interview was held, in full or until its end; `status` is the interview's.",
    "interview.missed": "Nobody came in time; `status` is the interview's.",
    "conflict.opened": "A booking has a problem that somebody has to settle.",
    "conflict.resolved": "A conflict is settled.",
    "conflict.reopened": "A settled conflict is open again.",
    "waitlist.joined": "An interview waits for a place that begins from `start_after` until before `start_before`.",
    "waitlist.offered": "A place is held for an interview that waits; the candidate is asked until `expires_at`.",
    "waitlist.offer_accepted": "The offered place was taken: `interview.booked` follows.",
    "waitlist.offer_withdrawn": "The offered place was given up: it fell away, or the interview needs none.",
    "waitlist.offer_declined": "The candidate does not want the offered place, and goes on waiting.",
    "waitlist.offer_expired": "Nobody answered in time; the offered place is free again.",
    "waitlist.left": "An interview waits no longer.",
    "waitlist.lapsed": "The time for which an interview waited is over, or three offers were not answered.",
    "waitlist.booked": "An interview that waited has a place.",
    "evaluation.ready": "An interview has the AI's levels, or enough ratings by people: there is something to read.",
    "evaluation.ratings_wanted": "People should rate an interview; `judge`: `none` (no AI), `done` or `failed`.",
    "evaluation.overridden": "A person has set a level in the place of the AI's.",
    "review.submitted": "A person has rated an interview; `replaces` where they had before.",
    "decision.made": "A person has decided: `decision` is `advance`, `hold` or `reject`, `decided_by` their id.",
    "candidate.created": "A candidate was added.",
    "candidate.updated": "A candidate's data have changed.",
    "candidate.deleted": "A candidate was removed.",
    "candidate.erased": "A candidate's data and what was said were deleted on request: delete your copies, too.",
    "request.opened": "A candidate asks about an interview that was held; `kind`: `explanation` or `review`.",
    "request.answered": "A person has answered it.",
    "job.created": "A job was added.",
    "job.updated": "A job has changed.",
    "job.deleted": "A job was removed.",
}
DESCRIBED: dict[str, str] = {**TYPES, TEST: "Sent when somebody asks for a test; it cannot be chosen or left out."}
GROUPS = tuple(f"{each}.*" for each in dict.fromkeys(name.partition(".")[0] for name in TYPES))
CHOICES = (*TYPES, *GROUPS, EVERYTHING)


def unknown(choices: Iterable[str]) -> list[str]:
    """Those that mean no type of event."""
    return [choice for choice in choices if choice not in CHOICES]


def is_chosen(choices: Iterable[str], event_type: str) -> bool:
    """Whether ``event_type`` is among ``choices``: by its name, its group (``interview.*``) or ``*``."""
    return not {EVERYTHING, event_type, f"{event_type.partition('.')[0]}.*"}.isdisjoint(choices)


def thing_of(event_type: str) -> Thing:
    """What events of this type tell of."""
    return THINGS[event_type.partition(".")[0]]


def body_of(
    event_type: str,
    *,
    object_id: str,
    company_id: int,
    at: datetime,
    before: Mapping[str, Any] | None = None,
    after: Mapping[str, Any] | None = None,
) -> str:
    """The JSON text that receivers get; every attempt sends, and signs, these same characters."""
    thing = thing_of(event_type)
    data = {
        **thing.shown(after),
        thing.name: thing.key_of(object_id),
        "company": company_id,
        "previous": None if before is None else thing.shown(before),
    }
    whole = {"type": event_type, "timestamp": at.isoformat(), "data": data, "schema_version": SCHEMA_VERSION}
    return json.dumps(whole, separators=(",", ":"))
