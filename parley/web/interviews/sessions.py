"""The interview as it was held: its transcript, and more time for a candidate."""

from datetime import datetime
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from django.http import Http404, HttpRequest, HttpResponse
from django.utils import timezone
from django.views.decorators.http import require_POST, require_safe

from parley.conversations.models import InterviewSession, Turn
from parley.conversations.operations.opening import grant_time
from parley.conversations.operations.reading import read_transcript
from parley.conversations.queries import kit_of_session, question_of
from parley.conversations.rules.states import Ending, Role, SessionState, TurnKind
from parley.core.errors import Invalid
from parley.interviews.models import Interview
from parley.organizations.models import User
from parley.web.app import colleague, show
from parley.web.interviews.doing import done
from parley.web.moments import Moment

_STATES = {
    SessionState.WAITING: "Not begun",
    SessionState.RUNNING: "Is being held",
    SessionState.FINISHED: "Held",
    SessionState.EXPIRED: "Held until its end",
    SessionState.MISSED: "Missed",
}


@colleague
@require_safe
def transcript(request: HttpRequest, user: User, pk: UUID) -> HttpResponse:
    """Everything that was said; the look at it is recorded."""
    interview = Interview.objects.select_related("candidate", "job").seen_by(user, pk=pk, thing="interview")
    if user.company is None:
        raise Http404
    session, turns = read_transcript(interview_id=pk, actor=user, now=timezone.now())
    zone = user.company.zone
    kit = kit_of_session(session)
    values = {
        "interview": interview,
        "session": session_shown(session, zone),
        "kit": session.kit_version,
        "language": kit.language,
        "zone": zone.key,
        "turns": [_turn(each, kit, zone) for each in turns],
        "here": "app-interviews",
    }
    return show(request, "web/app/interviews/transcript.html", values)


@colleague
@require_POST
def more_time(request: HttpRequest, user: User, pk: UUID) -> HttpResponse:
    """Give the candidate more time."""

    def act(now: datetime) -> str:
        said = request.POST.get("extra_minutes", "").strip()
        if not (said.isascii() and said.isdigit()):
            raise Invalid("Write the extra minutes as a whole number.")
        session = grant_time(interview_id=pk, extra_minutes=int(said[:9]), actor=user, now=now)
        return f"The candidate has {session.minutes + session.extra_minutes} minutes."

    return done(request, user, pk, act)


def session_shown(session: InterviewSession | None, zone: ZoneInfo) -> dict[str, Any] | None:
    """How it is, or was, held."""
    if session is None:
        return None
    return {
        "state": _STATES[SessionState(session.state)],
        "ending": Ending(session.ending).label if session.ending else "",
        "began": Moment.of(session.started_at, zone) if session.started_at else None,
        "ended": Moment.of(session.ended_at, zone) if session.ended_at else None,
        "asked": session.human_requested_at is not None,
        "deleted": Moment.of(session.said_deleted_at, zone) if session.said_deleted_at else None,
        "extra": session.extra_minutes,
        "feedback": getattr(session, "feedback", None),
    }


def _turn(turn: Turn, kit: Any, zone: ZoneInfo) -> dict[str, Any]:
    question = question_of(kit, turn.question_key)
    return {
        "turn": turn,
        "when": Moment.of(turn.created_at, zone),
        "is_candidate": turn.role == Role.CANDIDATE,
        "is_question": turn.kind == TurnKind.QUESTION,
        "is_code": turn.role == Role.CANDIDATE and question is not None and question.answer == "code",
    }
