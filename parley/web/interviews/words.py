"""The history of an interview in plain words: what happened, who did it, and when."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from parley.core.models import Event
from parley.web.doers import doer_of, names_of
from parley.web.moments import Moment

_WORDS: Mapping[str, str] = {
    "interview.created": "The interview was made",
    "interview.updated": "Job, round or feedback was changed",
    "interview.invited": "The candidate was invited",
    "interview.link_revoked": "The link was revoked",
    "interview.hours_stated": "The candidate said when there is time",
    "interview.booked": "Booked",
    "interview.confirmed": "The time was confirmed",
    "interview.rescheduled": "Moved",
    "interview.cancelled": "Cancelled",
    "interview.released": "The time was given up; the interview stays open",
    "interview.unseated": "The time fell away: its slot was cancelled",
    "interview.proposed": "Another time was proposed",
    "interview.proposal_accepted": "The proposed time was accepted",
    "interview.proposal_declined": "The proposed time was declined",
    "interview.proposal_expired": "The proposed time was not answered",
    "interview.proposal_withdrawn": "The proposed time was taken back",
    "interview.started": "The interview began",
    "interview.completed": "The interview was held",
    "interview.results_viewed": "The results were looked at",
    "interview.missed": "The candidate did not come",
    "interview.time_extended": "The candidate was given more time",
    "interview.transcript_read": "The transcript was opened",
    "waitlist.joined": "Put on the waitlist",
    "waitlist.left": "Taken off the waitlist",
    "waitlist.offered": "A free time was offered",
    "waitlist.offer_accepted": "The offered time was accepted",
    "waitlist.offer_declined": "The offered time was declined",
    "waitlist.offer_expired": "The offered time was not answered",
    "waitlist.offer_withdrawn": "The offered time fell away",
    "waitlist.lapsed": "The wait was over without a place",
    "waitlist.booked": "Off the waitlist: a time is booked",
    "conflict.opened": "A conflict was opened",
    "conflict.resolved": "The conflict was settled",
    "conflict.reopened": "The conflict was opened again",
    "conflict.unplaced": "The held place was given back",
}
_WITH_TIME = {
    "interview.booked",
    "interview.rescheduled",
    "interview.cancelled",
    "interview.released",
    "interview.unseated",
    "interview.proposed",
    "waitlist.offered",
}


@dataclass(frozen=True)
class Step:
    """Something that happened."""

    when: Moment
    what: str
    who: str


def steps_of(events: Sequence[Event], zone: ZoneInfo) -> list[Step]:
    """What happened, the latest first, with the names of who did it; one statement."""
    names = names_of(events)
    return [
        Step(Moment.of(each.occurred_at, zone), _what(each, zone), doer_of(each, names)) for each in reversed(events)
    ]


def _what(event: Event, zone: ZoneInfo) -> str:
    said = _WORDS.get(event.type) or event.type.replace(".", " ").replace("_", " ").capitalize()
    if event.type not in _WITH_TIME:
        return said
    new, old = _time(event.after, zone), _time(event.before, zone)
    if event.type == "interview.rescheduled" and new and old:
        return f"{said} from {old} to {new}"
    return f"{said}: {new or old}" if new or old else said


def _time(state: Any, zone: ZoneInfo) -> str:
    text = state.get("start_time") if isinstance(state, dict) else None
    return Moment.of(datetime.fromisoformat(text), zone).text if text else ""
