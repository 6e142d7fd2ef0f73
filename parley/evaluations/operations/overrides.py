"""A person sets another level than the AI's, with a reason. What the AI gave stays beside it."""

from datetime import datetime
from typing import Any
from uuid import UUID

from parley.conversations.rules.kits import LEVELS, kit_of
from parley.core.actors import Actor
from parley.core.errors import Conflict, Invalid
from parley.core.transactions import on_violation, operation
from parley.evaluations.locks import lock_evaluation, refuse_deleted
from parley.evaluations.models import Override
from parley.evaluations.operations.people import refuse_nobody
from parley.evaluations.operations.telling import tell
from parley.evaluations.rules.judging import JudgeState
from parley.evaluations.rules.ratings import LONGEST_NOTE
from parley.evaluations.rules.states import EvaluationState


@operation
def override_level(
    *, interview_id: UUID, criterion: str, level: Any, reason: str, actor: Actor, now: datetime
) -> Override:
    """Set the level of one criterion in the place of the AI's; None: the answers do not tell. The latest one holds.

    Raises ``Invalid``; ``Conflict`` ``not_held``, ``already_decided``, ``not_judged`` where there are no levels of the
    AI, or ``rate_first`` to who has not rated: the AI's levels are still hidden from them.
    """
    person_id = refuse_nobody(actor)
    if level is not None and (type(level) is not int or level not in LEVELS):
        raise Invalid.field("level", "Must be a level from 1 to 5, or null.", code="bad_level")
    if not reason.strip() or len(reason) > LONGEST_NOTE:
        raise Invalid.field("reason", f"Say why, in at most {LONGEST_NOTE} characters.", code="reason_needed")
    evaluation = lock_evaluation(interview_id, actor=actor, now=now)
    refuse_deleted(evaluation)
    if criterion not in {each.key for each in kit_of(evaluation.session.kit_version.content).criteria}:
        raise Invalid.field("criterion", f"There is no criterion {criterion}.", code="unknown_criterion")
    if evaluation.state == EvaluationState.DECIDED:
        raise Conflict("It is decided: levels cannot be changed any more.", code="already_decided")
    if evaluation.judge_state != JudgeState.DONE:
        raise Conflict("The AI has given no levels that could be changed.", code="not_judged")
    if not evaluation.reviews.filter(reviewer_id=person_id, replaced_at__isnull=True).exists():
        raise Conflict("Rate the interview yourself first: then you see what the AI gave.", code="rate_first")
    current = evaluation.overrides.filter(criterion_key=criterion, replaced_at__isnull=True)
    earlier = current.first()
    current.update(replaced_at=now)
    override = Override(
        evaluation=evaluation,
        criterion_key=criterion,
        level=level,
        reason=reason.strip(),
        overridden_by_id=person_id,
        created_at=now,
    )
    override.save(force_insert=True)
    before = {"level": earlier.level, "overridden_by": earlier.overridden_by_id} if earlier else None
    after = {"status": evaluation.state, "criterion": criterion, "level": level, "overridden_by": person_id}
    tell("evaluation.overridden", evaluation, after, before=before, actor=actor, now=now)
    return override


on_violation(
    "override_once_at_a_time",
    lambda: Conflict("Somebody has just changed this level: look again.", code="changed_since"),
)
