"""What the candidate writes: drafts and answers. An answer is on disk before the interviewer begins to think."""

from datetime import datetime
from uuid import UUID

from parley.conversations.locks import lock_session_of
from parley.conversations.models import InterviewSession, Turn
from parley.conversations.operations.ending import end
from parley.conversations.queries import session_key_of
from parley.conversations.rules.states import Ending, Role, SessionState
from parley.conversations.rules.timing import is_over
from parley.core.errors import Conflict, NotFound
from parley.core.transactions import on_violation, operation
from parley.interviews.links import open_link
from parley.interviews.locks import lock_interview


def answer_question(*, token: str, client_id: str, text: str, turn_id: UUID | None, now: datetime) -> Turn:
    """Answer the question that is open, which is ``turn_id`` where that is named.

    The same ``client_id`` again gives the same turn, also once the interview is over. Raises ``Conflict``: where the
    question is answered already, where the session does not run, and where its time is over, which ends it.
    """
    turn = _answer(token=token, client_id=client_id, text=text, turn_id=turn_id, now=now)
    if turn is None:
        raise time_over()
    return turn


@operation
def save_draft(*, token: str, text: str, turn_id: UUID | None = None, now: datetime) -> None:
    """Keep what is being written to the question ``turn_id``, else to the one that is open.

    Raises ``Conflict`` where that question is answered already, the interview does not run, or its time is over.
    """
    link, _ = open_link(token, now=now)
    key = session_key_of(link.interview_id)
    if key is None:
        raise not_begun()
    session = lock_session_of(link.interview, pk=key)  # so that no draft comes after its own answer
    if session.state != SessionState.RUNNING:
        raise not_running(session)
    _open_question(session, turn_id)
    if session.ends_at is not None and is_over(session.ends_at, now=now):  # else it would count as the last answer
        raise time_over()
    session.draft, session.draft_saved_at = text, now
    session.save(update_fields=["draft", "draft_saved_at"])


@operation
def _answer(*, token: str, client_id: str, text: str, turn_id: UUID | None, now: datetime) -> Turn | None:
    """``answer_question``; None where the time was over, and the session has been ended."""
    link, actor = open_link(token, now=now)
    interview = lock_interview(link.interview_id, actor=actor)
    key = session_key_of(interview.pk)
    if key is None:
        raise not_begun()
    session = lock_session_of(interview, pk=key)
    if (known := session.turns.filter(client_id=client_id, role=Role.CANDIDATE).first()) is not None:
        return known
    if session.state != SessionState.RUNNING or session.ends_at is None:
        raise not_running(session)
    if is_over(session.ends_at, now=now):
        end(interview, session, SessionState.EXPIRED, Ending.TIME, actor=actor, now=now)
        return None
    answer = _open_question(session, turn_id).answered(text, client_id=client_id, at=now)
    session.draft, session.draft_saved_at = "", None
    session.save(update_fields=["draft", "draft_saved_at"])
    answer.save(force_insert=True)
    return answer


def _open_question(session: InterviewSession, turn_id: UUID | None) -> Turn:
    asked = session.turns.order_by("-number").first()
    if asked is None or asked.role != Role.INTERVIEWER or turn_id not in (None, asked.pk):
        raise answered_already()
    return asked


def time_over() -> Conflict:
    """The refusal of what comes after the end."""
    return Conflict("The time is over: this answer was not taken.", code="time_over")


def not_begun() -> NotFound:
    """The refusal before the interview."""
    return NotFound("The interview has not begun.", code="session_not_found")


def not_running(session: InterviewSession) -> Conflict:
    """The refusal where nothing can be said (any more)."""
    if session.state == SessionState.WAITING:
        return Conflict("The interview has not begun: agree to the notice first.", code="session_waiting")
    return Conflict("This interview is over.", code="session_over")


def answered_already() -> Conflict:
    """The refusal of a second answer to one question."""
    return Conflict(
        "This question is answered already, perhaps in another window: load the session again and go on from there.",
        code="answered_already",
    )


on_violation("turn_number_once", answered_already)
