"""What the page of an interview shows. A constant number of statements."""

from calendar import day_name
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from django.conf import settings

from parley.conversations.queries import session_of
from parley.evaluations.queries import standing_of
from parley.interviews.history import events_of, live_link
from parley.interviews.links import ends_at
from parley.interviews.models import InterviewConflict
from parley.interviews.queries import live_hold, live_schedule, live_waiting, policy_of
from parley.interviews.rules.hours import CandidateHours
from parley.interviews.rules.stages import Stage
from parley.interviews.rules.states import BOOKABLE_INTERVIEW, InterviewStatus, Resolution, ScheduleStatus
from parley.notifications.models import Message
from parley.notifications.rules import Kind, State
from parley.organizations.models import User
from parley.web.interviews.sessions import session_shown
from parley.web.interviews.words import steps_of
from parley.web.moments import Moment
from parley.web.stages import card_of
from parley.web.when import brief

MOST_MAILS = 50
_MAIL_STATES = {
    State.WAITING: "Waits to be sent",
    State.SENDING: "Is being sent",
    State.SENT: "Sent",
    State.SKIPPED: "Not needed any more",
    State.UNDELIVERED: "Could not be delivered",
}


def page_of_interview(interview: Any, user: User, zone: ZoneInfo, *, now: datetime) -> dict[str, Any]:
    """All about an interview that ``pipeline`` has read."""
    held, hold, entry = live_schedule(interview.pk), live_hold(interview.pk), live_waiting(interview.pk)
    conflicts = InterviewConflict.objects.visible_to(user).filter(primary_interview=interview)
    return {
        "interview": interview,
        "card": card_of(interview, zone, now=now),
        "zone": zone.key,
        "booking": _booking(held, zone),
        "hold": _hold(hold, zone),
        "waiting": _waiting(entry, zone, now=now),
        "hours": hours_in_words(interview.candidate_hours),
        "conflict": conflicts.filter(resolution=Resolution.PENDING).first() if interview.has_conflict else None,
        "link": _link(interview, zone, now=now),
        "may_book": interview.status in BOOKABLE_INTERVIEW,
        "is_missed": interview.status == InterviewStatus.NO_SHOW,
        "has_begun": interview.status in (InterviewStatus.IN_PROGRESS, InterviewStatus.COMPLETED),
        "may_extend": held is not None and interview.status in (InterviewStatus.SCHEDULED, InterviewStatus.IN_PROGRESS),
        "may_invite": interview.stage not in (Stage.HELD, Stage.DECIDED),
        "session": session_shown(session_of(interview.pk), zone),
        "evaluation": standing_of(interview),
        "steps": steps_of(events_of(interview), zone),
        "mails": _mails(interview, user, zone, now=now),
    }


def _booking(held: Any, zone: ZoneInfo) -> dict[str, Any] | None:
    if held is None:
        return None
    opens, closes = policy_of(held.company_id).join_window(held.start_time)
    return {
        "schedule": held,
        "when": Moment.of(held.start_time, zone),
        "until": Moment.of(held.end_time, zone).text.rpartition(", ")[2],
        "opens": Moment.of(opens, zone).text,
        "closes": Moment.of(closes, zone).text.rpartition(", ")[2],
        "kind": held.slot.get_ai_interview_type_display(),
        "is_confirmed": held.status == ScheduleStatus.CONFIRMED,
    }


def _hold(hold: Any, zone: ZoneInfo) -> dict[str, Any] | None:
    if hold is None:
        return None
    return {"when": Moment.of(hold.start_time, zone), "until": Moment.of(hold.expires_at, zone)}


def _waiting(entry: Any, zone: ZoneInfo, *, now: datetime) -> dict[str, Any] | None:
    if entry is None:
        return None
    ends = {"first": brief(entry.start_after, zone, now=now), "last": brief(entry.start_before, zone, now=now)}
    return {"entry": entry, **ends}


def _link(interview: Any, zone: ZoneInfo, *, now: datetime) -> dict[str, Any] | None:
    found = live_link(interview)
    if found is None:
        return None
    link, token = found
    end = ends_at(link)
    return {
        "url": f"{settings.PARLEY_BASE_URL}/interview/{token}/" if token else "",
        "ends": Moment.of(end, zone),
        "is_over": end <= now,
        "kind": link.get_ai_interview_type_display() if link.ai_interview_type else "",
    }


def _mails(interview: Any, user: User, zone: ZoneInfo, *, now: datetime) -> list[dict[str, Any]]:
    rows = Message.objects.visible_to(user).filter(interview=interview).order_by("-created_at", "pk")[:MOST_MAILS]
    return [
        {
            "message": message,
            "kind": Kind(message.kind).label.capitalize(),
            "state": _MAIL_STATES[State(message.state)],
            "when": brief(message.sent_at or message.due_at, zone, now=now),
            "is_undelivered": message.state == State.UNDELIVERED,
        }
        for message in rows
    ]


def hours_in_words(kept: Any) -> str:
    """When the candidate has time."""
    hours = CandidateHours.of(kept)
    if hours is None:
        return ""
    days = ", ".join(day_name[day - 1] for day in hours.days_of_week) or "any day"
    clock = [
        f"from {hours.earliest:%H:%M}" if hours.earliest else "",
        f"until {hours.latest:%H:%M}" if hours.latest else "",
    ]
    return " ".join(filter(None, [days, *clock, f"({hours.timezone})"]))
