"""What candidates ask for and think of it: a human interview instead, and feedback."""

from datetime import datetime

from parley.conversations.models import InterviewSession, SessionFeedback
from parley.conversations.operations.answering import not_begun
from parley.conversations.operations.opening import booking_of, open_session
from parley.conversations.queries import session_of
from parley.conversations.rules.states import OVER, SessionState
from parley.core.errors import Conflict, Invalid
from parley.core.transactions import operation
from parley.interviews.links import open_link
from parley.interviews.locks import lock_interview
from parley.interviews.operations.conflicts import Trouble, open_conflicts
from parley.interviews.rules.states import ConflictType

RATINGS = (1, 2, 3, 4, 5)
HUMAN = "human"  # ``asked_for`` in the details of the conflict


@operation
def ask_for_human(*, token: str, message: str, now: datetime) -> InterviewSession:
    """Tell the company, by a conflict, that the candidate would rather talk to a person; asked twice, told once.

    A running interview goes on until the candidate ends it. Raises ``Conflict`` once it is over.
    """
    link, actor = open_link(token, now=now)
    interview = lock_interview(link.interview_id, actor=actor)
    schedule = booking_of(interview)
    session = open_session(interview, schedule, now=now)
    if session.state in OVER and session.state != SessionState.MISSED:
        raise Conflict("This interview is over.", code="session_over")
    if session.human_requested_at is None:
        session.human_requested_at = now
        session.save(update_fields=["human_requested_at"])
    trouble = Trouble(
        company_id=schedule.company_id,
        type=ConflictType.AI_SYSTEM_ERROR,
        cause=f"human:{schedule.pk}",
        details={"asked_for": HUMAN, "reason": message},
        schedule=schedule,
        is_manual=True,
    )
    open_conflicts([trouble], actor=actor, now=now)
    return session


@operation
def give_feedback(*, token: str, rating: int, text: str, now: datetime) -> SessionFeedback:
    """Keep what the candidate thought of the interview, once it is over; said again, it replaces what was said."""
    if rating not in RATINGS:
        raise Invalid.field("rating", "Must be a whole number from 1 to 5.", code="out_of_range")
    link, actor = open_link(token, now=now)
    lock_interview(link.interview_id, actor=actor)
    session = session_of(link.interview_id)
    if session is None:
        raise not_begun()
    if session.state not in (SessionState.FINISHED, SessionState.EXPIRED):
        raise Conflict("Feedback can be given once the interview is over.", code="session_not_over")
    if session.said_deleted_at is not None:
        raise Conflict("What was said in this interview was deleted, and nothing is added.", code="said_deleted")
    values = {"rating": rating, "text": text, "created_at": now}
    feedback, _ = SessionFeedback.objects.update_or_create(session=session, defaults=values)
    return feedback
