"""The locks, in this order: the interview, then the session, which stands for its evaluation and all of that."""

from datetime import datetime
from uuid import UUID

from parley.conversations.models import InterviewSession
from parley.conversations.rules.states import SessionState
from parley.core.actors import Actor
from parley.core.errors import Conflict
from parley.evaluations.models import Evaluation
from parley.evaluations.rules.states import EvaluationState
from parley.interviews.models import Interview

HELD = (SessionState.FINISHED, SessionState.EXPIRED)


def lock_evaluation(interview_id: UUID, *, actor: Actor, now: datetime) -> Evaluation:
    """The evaluation of the interview's latest session that was held, made where it is not there yet.

    Raises ``NotFound`` where the actor has no such interview, ``Conflict`` ``not_held`` where it was not held.
    """
    interview = Interview.objects.select_for_update(no_key=True).seen_by(actor, pk=interview_id, thing="interview")
    rows = InterviewSession.objects.filter(interview=interview, state__in=HELD).order_by("-created_at", "pk")
    session = rows.select_for_update(no_key=True).first()
    if session is None:
        raise Conflict("There is nothing to rate: this interview was not held.", code="not_held")
    evaluation, _ = Evaluation.objects.get_or_create(
        session=session,
        defaults={
            "company_id": session.company_id,
            "interview": interview,
            "state": EvaluationState.NEEDS_RATINGS,
            "created_at": now,
            "updated_at": now,
        },
    )
    evaluation.session = session
    return evaluation


def refuse_deleted(evaluation: Evaluation) -> None:
    """Raise ``Conflict`` where the words are gone that one would judge by."""
    if evaluation.session.said_deleted_at is not None:
        words = "What was said in this interview was deleted: it cannot be rated or judged any more."
        raise Conflict(words, code="said_deleted")
