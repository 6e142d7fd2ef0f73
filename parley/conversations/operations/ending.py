"""How a session ends: finished by the candidate, at its limit, or because nobody came."""

from datetime import datetime
from uuid import UUID, uuid4

from parley.conversations.locks import lock_session, lock_session_of
from parley.conversations.models import InterviewSession
from parley.conversations.operations.telling import step_to
from parley.conversations.queries import session_of
from parley.conversations.rules.states import OVER, Ending, Role, SessionState, TurnKind, refuse_step
from parley.conversations.rules.timing import is_missed, is_over
from parley.core.actors import SYSTEM, Actor
from parley.core.errors import NotFound
from parley.core.transactions import operation
from parley.interviews.links import open_link
from parley.interviews.locks import lock_interview
from parley.interviews.models import Interview
from parley.interviews.queries import live_schedule, policy_of
from parley.interviews.rules.states import InterviewStatus


@operation
def finish_session(*, token: str, now: datetime) -> InterviewSession:
    """End the running interview of a link; once it is over, that changes nothing. Raises ``NotFound`` before it."""
    link, actor = open_link(token, now=now)
    interview = lock_interview(link.interview_id, actor=actor)
    session = session_of(interview.pk)
    if session is None:
        raise NotFound("The interview has not begun.", code="session_not_found")
    session = lock_session_of(interview, pk=session.pk)
    if session.state not in OVER:
        end(interview, session, SessionState.FINISHED, Ending.BY_CANDIDATE, actor=actor, now=now)
    return session


@operation
def expire_session(*, session_id: UUID, now: datetime) -> bool:
    """End a session whose time is over, with what there is; whether there was something to end."""
    interview, session = lock_session(session_id, actor=SYSTEM)
    if session.state != SessionState.RUNNING or session.ends_at is None or not is_over(session.ends_at, now=now):
        return False
    end(interview, session, SessionState.EXPIRED, Ending.TIME, actor=SYSTEM, now=now)
    return True


@operation
def miss_interview(*, interview_id: UUID, now: datetime) -> bool:
    """Mark an interview that nobody has come to; whether it was one. Who asked for a person has not missed it."""
    interview = lock_interview(interview_id, actor=SYSTEM)
    held, session = live_schedule(interview_id), session_of(interview_id)
    if held is None or interview.status != InterviewStatus.SCHEDULED:
        return False
    if not is_missed(policy_of(interview.company_id), held.start_time, now=now):
        return False
    if session is not None:
        session = lock_session_of(interview, pk=session.pk)
        if session.human_requested_at is not None:
            return False
        refuse_step(session.state, SessionState.MISSED)
        session.state, session.ending, session.ended_at = SessionState.MISSED, Ending.NO_SHOW, now
        session.save(update_fields=["state", "ending", "ended_at"])
    session_id = session.pk if session is not None else None
    step_to(InterviewStatus.NO_SHOW, "interview.missed", interview, held, session_id=session_id, actor=SYSTEM, now=now)
    return True


def end(
    interview: Interview,
    session: InterviewSession,
    state: SessionState,
    ending: Ending,
    *,
    actor: Actor,
    now: datetime,
) -> None:
    """End a running session, both rows locked, and complete its interview.

    What was being written when the time ran out counts as it was saved; who ends the interview leaves it out.
    """
    refuse_step(session.state, state)
    if ending == Ending.TIME:
        _take_draft(session, now=now)
    session.state, session.ending, session.ended_at = state, ending, now
    session.draft, session.draft_saved_at = "", None
    session.save(update_fields=["state", "ending", "ended_at", "draft", "draft_saved_at"])
    interview.ended_at = now
    interview.save(update_fields=["ended_at"])
    step_to(
        InterviewStatus.COMPLETED,
        "interview.completed",
        interview,
        session.schedule,
        session_id=session.pk,
        actor=actor,
        now=now,
    )


def _take_draft(session: InterviewSession, *, now: datetime) -> None:
    asked = session.turns.order_by("-number").first()
    if asked is None or asked.role != Role.INTERVIEWER or asked.kind == TurnKind.CLOSING or not session.draft.strip():
        return
    answer = asked.answered(session.draft, client_id=str(uuid4()), at=session.draft_saved_at or now)
    answer.save(force_insert=True)
