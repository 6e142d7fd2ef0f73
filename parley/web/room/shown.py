"""What the pages of the room show."""

from typing import Any
from urllib.parse import urlencode
from uuid import uuid4

from django.conf import settings
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from parley.conversations.operations.choosing import kit_for
from parley.conversations.queries import Standing
from parley.conversations.rules.consent import VERSION
from parley.conversations.rules.states import Role, SessionState, TurnKind
from parley.conversations.rules.timing import is_missed
from parley.web.room.notice import NOTICE
from parley.web.visits import Visit, kept, more

TEMPLATES = {
    SessionState.WAITING: "web/room/waiting.html",
    SessionState.RUNNING: "web/room/talk.html",
    SessionState.FINISHED: "web/room/over.html",
    SessionState.EXPIRED: "web/room/over.html",
    SessionState.MISSED: "web/room/missed.html",
}
CODE_LANGUAGES = (
    ("plain", _("Plain text")),
    ("bash", "Bash"),
    ("c", "C"),
    ("csharp", "C#"),
    ("cpp", "C++"),
    ("go", "Go"),
    ("java", "Java"),
    ("javascript", "JavaScript"),
    ("kotlin", "Kotlin"),
    ("php", "PHP"),
    ("python", "Python"),
    ("ruby", "Ruby"),
    ("rust", "Rust"),
    ("sql", "SQL"),
    ("swift", "Swift"),
    ("typescript", "TypeScript"),
)
RATINGS = ((5, _("Very good")), (4, _("Good")), (3, _("All right")), (2, _("Bad")), (1, _("Very bad")))


def template_of(visit: Visit, standing: Standing) -> str:
    """Which page it is; the job that notices who did not come may be a minute late."""
    schedule, policy = standing.schedule, visit.seeker.policy
    if standing.state == SessionState.WAITING and schedule and is_missed(policy, schedule.start_time, now=visit.now):
        return TEMPLATES[SessionState.MISSED]
    return TEMPLATES[standing.state]


def room_of(visit: Visit, standing: Standing) -> dict[str, Any]:
    """All that the pages need."""
    session = standing.session
    return {
        "link": visit.token,
        "interview": visit.link.interview,
        "clock": visit.clock,
        "kept": more(kept(visit.request)),
        "languages": _languages(visit),
        "code_languages": CODE_LANGUAGES,
        "standing": standing,
        "kit": standing.kit,
        "is_asked_for_human": session is not None and session.human_requested_at is not None,
        **_waiting(visit, standing),
        **(_talk(visit, standing) if standing.state == SessionState.RUNNING else {}),
        **_afterwards(standing),
    }


def _waiting(visit: Visit, standing: Standing) -> dict[str, Any]:
    if standing.schedule is None:
        return {}
    start, end, clock = standing.schedule.start_time, standing.schedule.end_time, visit.clock
    opens, closes = visit.seeker.policy.join_window(start)
    opens_in = (opens - visit.now).total_seconds()
    return {
        "span": clock.span(start, end),
        "is_open": opens_in <= 0,
        "opens_in": max(int(opens_in) + 1, 1),
        "join_from": clock.time(opens),
        "join_until": clock.time(closes),
        "notice": NOTICE,
        "consent_version": VERSION,
        **_practice(standing),
    }


def _practice(standing: Standing) -> dict[str, Any]:
    """The kit's own question to practise with, where it has one; as code where the interview asks for some."""
    kit = kit_for(standing.schedule) if standing.schedule and standing.state == SessionState.WAITING else None
    if kit is None or not kit.practice:
        return {}
    is_code = any(question.answer == "code" for _part, question in kit.questions)
    return {"practice": kit.practice, "practice_language": kit.language, "is_code": is_code}


def _talk(visit: Visit, standing: Standing) -> dict[str, Any]:
    assert standing.session is not None  # noqa: S101 (it runs)
    left = standing.seconds_left(now=visit.now) or 0
    return {
        "turns": [{"turn": turn, "is_code": _is_code(standing, turn)} for turn in standing.turns],
        "open": standing.turns[-1] if standing.turns and standing.turns[-1].role == Role.INTERVIEWER else None,
        "is_code": bool(standing.turns) and standing.answered_as(standing.turns[-1]) == "code",
        "draft": standing.session.draft,
        "client_id": uuid4().hex,
        "seconds_left": left,
        "minutes_left": -(-left // 60),
    }


def _is_code(standing: Standing, turn: Any) -> bool:
    return turn.role == Role.CANDIDATE and standing.answered_as(turn) == "code"


def _afterwards(standing: Standing) -> dict[str, Any]:
    last = standing.turns[-1] if standing.turns else None
    return {
        "closing": last.text if last is not None and last.kind == TurnKind.CLOSING else "",
        "is_expired": standing.state == SessionState.EXPIRED,
        "feedback": getattr(standing.session, "feedback", None),
        "ratings": RATINGS,
    }


def _languages(visit: Visit) -> list[tuple[str, str, str]]:
    """The languages, each with its name and this page's address in it."""
    path, stays = reverse("room", args=[visit.token]), kept(visit.request)
    return [(code, name, f"{path}?{urlencode(stays | {'lang': code})}") for code, name in settings.LANGUAGES]
