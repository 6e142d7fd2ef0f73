"""Reads of sessions and transcripts."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.db.models import QuerySet

from parley.conversations.models import InterviewSession, KitVersion, Turn
from parley.conversations.rules.kits import Kit, Question, base_of, kit_of
from parley.conversations.rules.plan import Said, Wishes, plan_of
from parley.conversations.rules.states import Role, SessionState, TurnKind
from parley.conversations.rules.timing import seconds_left
from parley.core.errors import NotFound
from parley.interviews.models import Interview, InterviewSchedule
from parley.interviews.queries import JOIN_UNTIL, live_schedule
from parley.interviews.rules.states import LIVE_SCHEDULE, InterviewStatus

LOOKED_BACK = timedelta(days=7)


def session_of(interview_id: UUID) -> InterviewSession | None:
    """The session that counts: that of the booking that holds, else the latest one that has begun."""
    return _that_counts(interview_id).select_related("kit_version", "feedback").first()


def session_key_of(interview_id: UUID) -> UUID | None:
    """Which session counts, for who locks and reads it next."""
    return _that_counts(interview_id).values_list("pk", flat=True).first()


def _that_counts(interview_id: UUID) -> "QuerySet[InterviewSession]":
    rows = InterviewSession.objects.filter(interview_id=interview_id)
    live = InterviewSchedule.objects.filter(interview_id=interview_id, status__in=LIVE_SCHEDULE)
    held = live.values_list("pk", flat=True).first()
    if held is not None:
        return rows.filter(schedule_id=held)
    return rows.exclude(state=SessionState.WAITING).order_by("-created_at")


@dataclass(frozen=True, kw_only=True)
class Standing:
    """How far an interview has come, with all that was said. One that nobody has opened has no session."""

    interview: Interview
    schedule: InterviewSchedule | None
    session: InterviewSession | None
    kit: Kit | None
    turns: list[Turn]

    @property
    def state(self) -> SessionState:
        """Also where there is no session: *waiting*, or *missed*."""
        state = SessionState.WAITING if self.session is None else SessionState(self.session.state)
        # A session may be opened after that, by who asks for a person.
        is_missed = state == SessionState.WAITING and self.interview.status == InterviewStatus.NO_SHOW
        return SessionState.MISSED if is_missed else state

    @property
    def is_interviewers_turn(self) -> bool:
        """Whether the interviewer has to say something."""
        is_open = not self.turns or self.turns[-1].role == Role.CANDIDATE
        return self.state == SessionState.RUNNING and is_open

    @property
    def questions_total(self) -> int:
        """Core questions in all."""
        return len(self.session.plan) if self.session is not None else 0

    @property
    def questions_asked(self) -> int:
        """Core questions so far."""
        return sum(1 for turn in self.turns if turn.kind == TurnKind.QUESTION)

    def seconds_left(self, *, now: datetime) -> int | None:
        """Until the end of a session that runs."""
        if self.session is None or self.session.ends_at is None or self.state != SessionState.RUNNING:
            return None
        return seconds_left(self.session.ends_at, now=now)

    def answered_as(self, turn: Turn) -> str:
        """``text`` or ``code``: how the question is answered that a turn belongs to."""
        return answered_as(self.kit, turn)


def answered_as(kit: Kit | None, turn: Turn) -> str:
    """``text`` or ``code``: how the question of a kit is answered that a turn belongs to."""
    question = question_of(kit, turn.question_key) if kit is not None else None
    return question.answer if question is not None else "text"


def standing_of(interview: Interview) -> Standing:
    """Where an interview stands; raises ``NotFound`` where it is neither booked nor begun."""
    schedule, session = live_schedule(interview.pk), session_of(interview.pk)
    if schedule is None and session is None:
        raise NotFound("There is no booking.", code="schedule_not_found")
    return Standing(
        interview=interview,
        schedule=schedule,
        session=session,
        kit=kit_of_session(session) if session is not None else None,
        turns=turns_of(session) if session is not None else [],
    )


def missed_interviews(*, now: datetime) -> list[UUID]:
    """Interviews that are too late to begin, and have not. What is older than a week is left to people."""
    rows = InterviewSchedule.objects.annotate(join_until=JOIN_UNTIL).filter(
        company__is_active=True,
        start_time__range=(now - LOOKED_BACK, now),
        join_until__lt=now,
        status__in=LIVE_SCHEDULE,
        interview__status=InterviewStatus.SCHEDULED,
    )
    rows = rows.exclude(session__human_requested_at__isnull=False)
    return list(rows.order_by("start_time", "pk").values_list("interview_id", flat=True))


def turns_of(session: InterviewSession) -> list[Turn]:
    """Everything that was said, in order."""
    return list(Turn.objects.filter(session=session).order_by("number"))


def said_of(turns: Sequence[Turn]) -> list[Said]:
    """What counts of it for what comes next."""
    return [Said(kind=turn.kind, question_key=turn.question_key, text=turn.text) for turn in turns]


def kit_of_session(session: InterviewSession) -> Kit:
    """What is asked in it."""
    return kit_of(session.kit_version.content)


def language_of(session: InterviewSession) -> str:
    """The language in which the interviewer speaks (BCP 47): that of the kit's questions.

    A wish only tells which of its variants, ``de-AT`` where the kit is in ``de``: an interview is in one language.
    """
    wished, own = wishes_of(session.wishes).language, kit_of_session(session).language
    return wished if wished is not None and base_of(wished) == base_of(own) else own


def question_of(kit: Kit, key: str) -> Question | None:
    """One of its core questions."""
    return next((question for _, question in kit.questions if question.key == key), None)


def kept_wishes(wishes: Wishes) -> dict[str, Any]:
    """Wishes as a session keeps them."""
    return asdict(wishes) | {"topics": list(wishes.topics)}


def wishes_of(kept: dict[str, Any]) -> Wishes:
    """And back."""
    return Wishes(**kept | {"topics": tuple(kept.get("topics", ()))})


@dataclass(frozen=True, kw_only=True)
class Deviation:
    """A session that was not asked what its kit version says: ``expected`` are key and words of each core question."""

    session_id: UUID
    expected: list[tuple[str, str]]
    asked: list[tuple[str, str]]


def deviations(kit_version: KitVersion) -> list[Deviation]:
    """The proof from the records: sessions of a kit version whose core questions were others, reworded, or reordered.

    What is due follows from the version and the wishes of the slot alone. A session that ended early has asked the
    first of them. Two statements, whatever the number of sessions.
    """
    kit = kit_of(kit_version.content)
    words = {question.key: question.text for _, question in kit.questions}
    asked: dict[UUID, list[tuple[str, str]]] = {}
    turns = Turn.objects.filter(session__kit_version=kit_version, role=Role.INTERVIEWER, kind=TurnKind.QUESTION)
    for turn in turns.order_by("session_id", "number"):
        asked.setdefault(turn.session_id, []).append((turn.question_key, turn.text))
    found = []
    for session in InterviewSession.objects.filter(kit_version=kit_version).order_by("created_at", "pk"):
        expected = [(key, words[key]) for key in plan_of(kit, wishes_of(session.wishes))]
        said = asked.get(session.pk, [])
        if said != expected[: len(said)]:
            found.append(Deviation(session_id=session.pk, expected=expected[: len(said)], asked=said))
    return found
