"""People rate a session on the rubric of its kit."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from parley.conversations.rules.kits import kit_of
from parley.core.actors import Actor
from parley.core.errors import Conflict, Invalid
from parley.core.models import Event
from parley.core.transactions import operation
from parley.evaluations.locks import lock_evaluation, refuse_deleted
from parley.evaluations.models import Evaluation, Review
from parley.evaluations.operations.people import refuse_nobody
from parley.evaluations.operations.telling import tell, tell_ready
from parley.evaluations.rules.judging import JudgeState
from parley.evaluations.rules.ratings import LONGEST_NOTE, refuse_bad_levels, refuse_bad_notes
from parley.evaluations.rules.states import EvaluationState, state_of


@operation
def submit_review(
    *,
    interview_id: UUID,
    levels: Mapping[str, Any],
    notes: Mapping[str, Any],
    note: str,
    actor: Actor,
    now: datetime,
) -> Review:
    """Keep the actor's ratings; those that the actor gave before are replaced, and stay in the history.

    Raises ``Invalid`` for what does not fit the rubric; ``Conflict`` ``not_held``, or ``already_decided`` once a
    person has decided, ``said_deleted`` once what was said is deleted.
    """
    reviewer_id = refuse_nobody(actor)
    evaluation = lock_evaluation(interview_id, actor=actor, now=now)
    refuse_deleted(evaluation)
    if evaluation.state == EvaluationState.DECIDED:
        raise Conflict("It is decided: ratings cannot be given or changed any more.", code="already_decided")
    criteria = kit_of(evaluation.session.kit_version.content).criteria
    refuse_bad_levels(levels, criteria)
    refuse_bad_notes(notes, criteria)
    if len(note) > LONGEST_NOTE:
        raise Invalid.field("note", f"Must be a text of at most {LONGEST_NOTE} characters.")
    earlier = evaluation.reviews.filter(reviewer_id=reviewer_id, replaced_at__isnull=True).update(replaced_at=now)
    others = evaluation.reviews.filter(replaced_at__isnull=True)
    review = Review(
        evaluation=evaluation,
        reviewer_id=reviewer_id,
        levels=dict(levels),
        notes={key: text.strip() for key, text in notes.items() if text.strip()},
        note=note.strip(),
        was_blind=not (earlier and (others.exists() or evaluation.judge_state == JudgeState.DONE))
        and not _has_exported(evaluation, reviewer_id),
        created_at=now,
    )
    review.save(force_insert=True)
    about = {"evaluation_id": evaluation.pk, "replaces": bool(earlier)}
    tell("review.submitted", evaluation, about, object_id=review.pk, actor=actor, now=now)
    _settle(evaluation, actor=actor, now=now)
    return review


def _settle(evaluation: Evaluation, *, actor: Actor, now: datetime) -> None:
    """Let the state follow, and tell where the ratings have just become enough."""
    reviews = evaluation.reviews.filter(replaced_at__isnull=True).count()
    evaluation.state, evaluation.updated_at = state_of(reviews=reviews, is_decided=False), now
    evaluation.save(update_fields=["state", "updated_at"])
    if evaluation.state == EvaluationState.RATED:
        tell_ready(evaluation, actor=actor, now=now)


def _has_exported(evaluation: Evaluation, reviewer_id: int) -> bool:
    """Whether the reviewer has taken along the candidate's data, and so others' ratings."""
    candidate_id = str(evaluation.interview.candidate_id)
    exports = Event.objects.filter(object_type="candidate", object_id=candidate_id, type="candidate.exported")
    return exports.filter(actor_id=reviewer_id).exists()
