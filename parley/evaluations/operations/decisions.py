"""A person decides how it goes on with a candidate."""

from datetime import datetime
from uuid import UUID

from parley.core.actors import Actor
from parley.core.errors import Conflict, Invalid
from parley.core.events import Change, record
from parley.core.transactions import operation
from parley.evaluations.locks import lock_evaluation
from parley.evaluations.models import Decision, Evaluation
from parley.evaluations.operations.people import refuse_nobody
from parley.evaluations.rules.ratings import LONGEST_NOTE
from parley.evaluations.rules.states import EvaluationState, Verdict
from parley.interviews.models import Interview


@operation
def decide(*, interview_id: UUID, verdict: str, note: str, actor: Actor, now: datetime) -> Decision:
    """Advance, hold or reject. A later decision takes the place of this one, which stays in the history.

    Raises ``Invalid``; ``Conflict`` ``not_held``, ``not_rated`` while there are not enough ratings, or ``rate_first``
    where the actor has given none and nobody has decided yet: the ratings of others are still hidden from them.
    """
    decider_id = refuse_nobody(actor)
    if verdict not in Verdict.values:
        raise Invalid.field("decision", f"Must be one of {', '.join(Verdict.values)}.")
    if len(note) > LONGEST_NOTE:
        raise Invalid.field("note", f"Must be a text of at most {LONGEST_NOTE} characters.")
    evaluation = lock_evaluation(interview_id, actor=actor, now=now)
    _refuse_too_early(evaluation, decider_id)
    before = evaluation.decisions.filter(replaced_at__isnull=True).first()
    evaluation.decisions.filter(replaced_at__isnull=True).update(replaced_at=now)
    decision = Decision(
        evaluation=evaluation, verdict=verdict, note=note.strip(), decided_by_id=decider_id, created_at=now
    )
    decision.save(force_insert=True)
    Interview.objects.filter(pk=evaluation.interview_id).update(decided_at=now)
    evaluation.state, evaluation.updated_at = EvaluationState.DECIDED, now
    evaluation.save(update_fields=["state", "updated_at"])
    about = {"evaluation_id": evaluation.pk, "interview_id": evaluation.interview_id}
    change = Change(
        type="decision.made",
        object_id=decision.pk,
        company_id=evaluation.company_id,
        before=about | {"decision": before.verdict, "decided_by": before.decided_by_id} if before else None,
        after=about | {"decision": verdict, "decided_by": decider_id},
    )
    record(change, actor=actor, now=now)
    return decision


def _refuse_too_early(evaluation: Evaluation, decider_id: int) -> None:
    if evaluation.state == EvaluationState.NEEDS_RATINGS:
        raise Conflict("Nobody has rated this interview yet: rate it first.", code="not_rated")
    has_rated = evaluation.reviews.filter(reviewer_id=decider_id, replaced_at__isnull=True).exists()
    if evaluation.state == EvaluationState.RATED and not has_rated:
        raise Conflict("Rate the interview yourself first: then you see what others think.", code="rate_first")
