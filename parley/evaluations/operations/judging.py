"""The AI judges an interview that was held: some samples for each criterion, each kept by itself.

A process may die at any moment: what was kept is there, and who goes on asks only for what is missing. No model is
asked inside a transaction, and no database connection is held meanwhile. Should two ask for the same sample at once,
the one that is kept first is the one that counts.
"""

from collections.abc import Callable
from datetime import datetime
from uuid import UUID

from django.conf import settings
from pydantic import BaseModel, ConfigDict, Field

from parley.conversations.models import InterviewSession
from parley.conversations.rules.kits import Criterion, kit_of
from parley.conversations.rules.states import Role
from parley.core.actors import SYSTEM, Actor
from parley.core.errors import Conflict
from parley.core.texts import storable
from parley.core.transactions import operation, release_connection
from parley.evaluations.jobs import ask_to_evaluate
from parley.evaluations.judgements import JUDGED, Brief, brief_of, kept_quotes, prompt_hash, records_hash
from parley.evaluations.locks import lock_evaluation, refuse_deleted
from parley.evaluations.models import Evaluation, Judgement
from parley.evaluations.operations.people import refuse_nobody
from parley.evaluations.operations.telling import tell, tell_ready, tell_wanted
from parley.evaluations.rules.judging import JudgeState, Sample, read_sample
from parley.evaluations.rules.states import EvaluationState
from parley.llm.calling import Answer, Prompt, Unavailable, ask, is_configured
from parley.llm.rules.purposes import Purpose

TEMPERATURE, MOST_TOKENS = 0.5, 1500


class QuoteOut(BaseModel):
    """A quote as a model gives it."""

    model_config = ConfigDict(strict=True)

    turn: int
    quote: str


class Output(BaseModel):
    """What a model is to answer about one criterion; what becomes of it is decided by ``rules.judging``."""

    model_config = ConfigDict(strict=True)

    level: int | None = Field(ge=1, le=5, description="1 to 5; null where the answers do not tell")
    reason: str
    quotes: list[QuoteOut]


def judge(interview_id: UUID, *, clock: Callable[[], datetime]) -> JudgeState:
    """Evaluate an interview as far as that is not done yet; where the AI then stands. Again, it changes nothing.

    Raises ``Conflict`` ``not_held``.
    """
    evaluation = begin_evaluation(interview_id=interview_id, has_model=is_configured(), now=clock())
    if evaluation.judge_state != JudgeState.ASKED:
        return JudgeState(evaluation.judge_state)
    brief = brief_of(_session(evaluation))
    for criterion, number in missing(evaluation, brief.criteria):
        release_connection()
        try:
            answer = ask(_prompt(evaluation, brief.system(criterion), brief.user), Output)
        except Unavailable as refusal:
            return fail_judging(interview_id=interview_id, attempts=refusal.attempts, now=clock())
        keep_judgement(
            evaluation=evaluation, brief=brief, criterion=criterion, number=number, answer=answer, now=clock()
        )
    return complete_judging(interview_id=interview_id, now=clock())


@operation
def begin_evaluation(*, interview_id: UUID, has_model: bool, now: datetime) -> Evaluation:
    """The evaluation of an interview that was held, begun once.

    Where a model is set and there are answers, the AI is asked; else people are told that ratings are wanted.
    """
    evaluation = lock_evaluation(interview_id, actor=SYSTEM, now=now)
    if evaluation.session.said_deleted_at is not None or evaluation.state == EvaluationState.DECIDED:
        return _leave(evaluation, now=now)
    is_begun = evaluation.judge_state != JudgeState.NONE or evaluation.wanted_at is not None
    if is_begun:
        return evaluation
    if has_model and _has_answers(evaluation):
        _ask(evaluation, now=now)
    else:
        tell_wanted(evaluation, actor=SYSTEM, now=now)
    return evaluation


def _has_answers(evaluation: Evaluation) -> bool:
    said = evaluation.session.turns.filter(role=Role.CANDIDATE).values_list("text", flat=True)
    return any(text.strip() for text in said)


def _leave(evaluation: Evaluation, *, now: datetime) -> Evaluation:
    """Judge no further: the words are gone, or people have decided by what they had."""
    if evaluation.judge_state == JudgeState.ASKED:
        evaluation.judge_state, evaluation.updated_at = JudgeState.NONE, now
        evaluation.wanted_at = evaluation.wanted_at or now  # nobody is asked for ratings any more
        evaluation.save(update_fields=["judge_state", "wanted_at", "updated_at"])
    return evaluation


def missing(evaluation: Evaluation, criteria: tuple[Criterion, ...]) -> list[tuple[Criterion, int]]:
    """The samples that are not there yet, criterion by criterion."""
    there = set(evaluation.judgements.values_list("criterion_key", "sample"))
    numbers = range(1, evaluation.samples + 1)
    return [(each, number) for each in criteria for number in numbers if (each.key, number) not in there]


@operation
def keep_judgement(
    *, evaluation: Evaluation, brief: Brief, criterion: Criterion, number: int, answer: "Answer[Output]", now: datetime
) -> Sample:
    """Check one answer of a model and keep it with all that led to it; where one is there already, that one stays."""
    raw = storable(answer.raw)
    sample = read_sample(raw, brief.answers)
    if lock_evaluation(evaluation.interview_id, actor=SYSTEM, now=now).session.said_deleted_at is not None:
        return sample  # deleted while the model was asked: nothing of it is kept
    system = brief.system(criterion)
    row = Judgement(
        company_id=evaluation.company_id,
        evaluation=evaluation,
        criterion_key=criterion.key,
        sample=number,
        kit_version_hash=brief.kit_version_hash,
        system=system,
        user=brief.user,
        prompt_hash=prompt_hash(system, brief.user),
        model=answer.model,
        parameters=answer.parameters,
        raw=raw,
        outcome=sample.outcome,
        level=sample.level,
        reason=sample.reason,
        found=kept_quotes(sample.found),
        refused=kept_quotes(sample.refused),
        input_tokens=answer.input_tokens,
        output_tokens=answer.output_tokens,
        cost_micros=answer.cost_micros,
        total_ms=answer.total_ms,
        attempts=answer.attempts,
        created_at=now,
    )
    Judgement.objects.bulk_create([row], ignore_conflicts=True)
    return sample


@operation
def complete_judging(*, interview_id: UUID, now: datetime) -> JudgeState:
    """Close what is complete, seal its records in the history, and tell once that there is something to read."""
    evaluation = lock_evaluation(interview_id, actor=SYSTEM, now=now)
    criteria = kit_of(evaluation.session.kit_version.content).criteria
    if evaluation.state == EvaluationState.DECIDED:  # meanwhile: what counted in the decision stays the result
        return JudgeState(_leave(evaluation, now=now).judge_state)
    if evaluation.judge_state != JudgeState.ASKED or missing(evaluation, criteria):
        return JudgeState(evaluation.judge_state)
    rows = list(evaluation.judgements.all())
    evaluation.judge_state, evaluation.updated_at = JudgeState.DONE, now
    evaluation.model = " + ".join(sorted({row.model for row in rows}))
    evaluation.save(update_fields=["judge_state", "model", "updated_at"])
    after = {"status": evaluation.state, "model": evaluation.model, "records": records_hash(rows)}
    tell(JUDGED, evaluation, after, actor=SYSTEM, now=now)
    tell_ready(evaluation, actor=SYSTEM, now=now)
    tell_wanted(evaluation, actor=SYSTEM, now=now)
    return JudgeState.DONE


@operation
def fail_judging(*, interview_id: UUID, attempts: list[dict[str, object]], now: datetime) -> JudgeState:
    """No model has answered: keep why, and ask people. What was judged before stays for a later try."""
    evaluation = lock_evaluation(interview_id, actor=SYSTEM, now=now)
    if evaluation.judge_state != JudgeState.ASKED:
        return JudgeState(evaluation.judge_state)
    evaluation.judge_state, evaluation.attempts, evaluation.updated_at = JudgeState.FAILED, attempts, now
    evaluation.save(update_fields=["judge_state", "attempts", "updated_at"])
    tell("evaluation.judging_failed", evaluation, {"status": evaluation.state}, actor=SYSTEM, now=now)
    tell_wanted(evaluation, actor=SYSTEM, now=now)
    return JudgeState.FAILED


@operation
def ask_again(*, interview_id: UUID, actor: Actor, now: datetime) -> Evaluation:
    """Have the AI asked (again), where it has failed, or no model was set before.

    Raises ``Conflict``: ``no_model``, ``judge_not_failed`` where it is done or at work, ``already_decided``,
    ``nothing_said``, ``not_held``; ``Forbidden`` to who is no person.
    """
    refuse_nobody(actor)
    evaluation = lock_evaluation(interview_id, actor=actor, now=now)
    refuse_deleted(evaluation)
    if evaluation.state == EvaluationState.DECIDED:
        raise Conflict("It is decided: the AI is not asked any more.", code="already_decided")
    if evaluation.judge_state not in (JudgeState.FAILED, JudgeState.NONE):
        raise Conflict("The AI has been asked, and has not failed.", code="judge_not_failed")
    if not is_configured():
        raise Conflict("No model is set that could judge.", code="no_model")
    if not _has_answers(evaluation):
        raise Conflict("The candidate has answered nothing that could be judged.", code="nothing_said")
    _ask(evaluation, now=now)
    tell("evaluation.judge_asked", evaluation, {"status": evaluation.state}, actor=actor, now=now)
    ask_to_evaluate(interview_id)
    return evaluation


def _ask(evaluation: Evaluation, *, now: datetime) -> None:
    evaluation.judge_state, evaluation.attempts, evaluation.updated_at = JudgeState.ASKED, [], now
    evaluation.samples = evaluation.samples or settings.PARLEY_AI_SAMPLES  # of one that is gone on with, the same
    evaluation.save(update_fields=["judge_state", "attempts", "samples", "updated_at"])


def _session(evaluation: Evaluation) -> InterviewSession:
    rows = InterviewSession.objects.select_related("kit_version", "interview__candidate")
    return rows.get(pk=evaluation.session_id)


def _prompt(evaluation: Evaluation, system: str, user: str) -> Prompt:
    return Prompt(
        company_id=evaluation.company_id,
        purpose=Purpose.JUDGE,
        subject_id=evaluation.pk,
        system=system,
        user=user,
        temperature=TEMPERATURE,
        max_tokens=MOST_TOKENS,
    )
