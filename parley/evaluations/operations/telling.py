"""The events of an evaluation, each told once."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from parley.core.actors import Actor
from parley.core.events import Change, record
from parley.evaluations.models import Evaluation
from parley.evaluations.rules.states import EvaluationState


def tell(
    event: str,
    evaluation: Evaluation,
    after: Mapping[str, Any],
    *,
    actor: Actor,
    now: datetime,
    object_id: UUID | None = None,
    before: Mapping[str, Any] | None = None,
) -> None:
    """Write an event about a locked evaluation, or about ``object_id``, with the interview's id."""
    change = Change(
        type=event,
        object_id=object_id or evaluation.pk,
        company_id=evaluation.company_id,
        before=before,
        after={"interview_id": evaluation.interview_id, **after},
    )
    record(change, actor=actor, now=now)


def tell_ready(evaluation: Evaluation, *, actor: Actor, now: datetime) -> None:
    """Tell once that there is something to read: the AI's levels, or enough ratings by people."""
    if evaluation.ready_at is None:
        evaluation.ready_at = now
        evaluation.save(update_fields=["ready_at"])
        tell("evaluation.ready", evaluation, {"status": evaluation.state}, actor=actor, now=now)


def tell_wanted(evaluation: Evaluation, *, actor: Actor, now: datetime) -> None:
    """Tell once that people's ratings are wanted, where there are not enough yet; ``judge`` is where the AI stands."""
    if evaluation.wanted_at is not None:
        return
    evaluation.wanted_at = now
    evaluation.save(update_fields=["wanted_at"])
    if evaluation.state == EvaluationState.NEEDS_RATINGS:
        after = {"status": evaluation.state, "judge": evaluation.judge_state}
        tell("evaluation.ratings_wanted", evaluation, after, actor=actor, now=now)
