"""What the page of the results shows."""

from dataclasses import dataclass
from typing import Any
from zoneinfo import ZoneInfo

from parley.conversations.models import Turn
from parley.conversations.rules.states import Role, TurnKind
from parley.core.texts import hidden_characters
from parley.evaluations.judgements import recompute
from parley.evaluations.models import Decision, Override
from parley.evaluations.queries import Agreement, Level, Results, agreement_of
from parley.evaluations.rules.advice import FEWEST_INTERVIEWS, LEAST_AGREEMENT
from parley.evaluations.rules.judging import Judged, JudgeState
from parley.evaluations.rules.ratings import Combined, rounded
from parley.evaluations.rules.states import EvaluationState, RequestState, Wish
from parley.llm.calling import is_configured
from parley.llm.rules.failures import Problem
from parley.organizations.models import User
from parley.web.moments import Moment
from parley.web.results.forms import AnswerForm, OverrideForm

_WISHES = {Wish.EXPLANATION: "an explanation", Wish.REVIEW: "a review by a person"}
_PROBLEMS = {
    Problem.RATE_LIMITED: "the provider wants to be asked less often",
    Problem.SERVER_ERROR: "the provider has failed",
    Problem.REJECTED: "the provider does not take the request: look at key and model",
    Problem.CONNECTION: "the provider cannot be reached",
    Problem.TIMEOUT: "the model took too long",
    Problem.CUT: "the model broke off",
    Problem.TOO_LONG: "the model answered at too great length",
    Problem.INVALID: "the model did not answer in the form that is asked for",
    Problem.NONSENSE: "what the model answered was of no use",
    Problem.REFUSED: "the model refused to answer",
    Problem.BUDGET: "the budget for models is used up",
    Problem.NOT_CONFIGURED: "no model is set",
    Problem.BUSY: "too much else was asked at the same time",
}
FEW = 10  # interviews under which figures of agreement say little


@dataclass(frozen=True)
class Said:
    """A turn of the conversation."""

    text: str
    is_answer: bool
    is_core: bool
    is_code: bool
    number: int
    hidden: int  # characters that nobody sees


@dataclass(frozen=True)
class ByAI:
    """What the AI says of a criterion, and what a person set in its place."""

    key: str
    name: str
    weight: int
    level: str  # of the AI; empty: the evidence is insufficient
    spread: int | None
    counted: int
    samples: int
    quotes: list[tuple[int, str]]
    reasons: list[str]
    refused: int
    result: str
    override: dict[str, Any] | None
    form: OverrideForm


@dataclass(frozen=True)
class Line:
    """A criterion with the level of each reviewer."""

    name: str
    weight: int
    level: str
    levels: list[str]
    notes: list[tuple[str, str]]


def page_of_results(results: Results, user: User, override: OverrideForm | None) -> dict[str, Any]:
    """All about them that this user may see; ``override`` is a form that was refused.

    One statement beside those of ``results_of``, five where the AI has judged.
    """
    assert user.company is not None  # noqa: S101 (``colleague`` has looked)
    zone, session = user.company.zone, results.session
    agreement = agreement_of(session.kit_version_id, results.kit.criteria, user)
    return {
        "interview": results.interview,
        "results": results,
        "kit_name": f"{session.kit_version.kit.name}, version {session.kit_version.number}",
        "held": Moment.of(session.started_at or session.created_at, zone),
        "zone": zone.key,
        "deleted": Moment.of(session.said_deleted_at, zone) if session.said_deleted_at else None,
        "turns": [_said(each, _code_questions(results)) for each in results.turns],
        "lines": [_line(each, results) for each in results.combined],
        "overall": _level(rounded(results.overall)),
        "decision": _decision(results.decision, zone),
        "earlier": [_decision(each, zone) for each in results.decisions[:-1]],
        "may_rate": results.state != EvaluationState.DECIDED and session.said_deleted_at is None,
        "may_decide": results.own is not None or results.state == EvaluationState.DECIDED,
        "ai": _ai(results, zone, override),
        "failed": _failed(results),
        "may_ask": results.judge in (JudgeState.FAILED, JudgeState.NONE)
        and is_configured()
        and session.said_deleted_at is None
        and results.state != EvaluationState.DECIDED,
        "agreement": _agreement(agreement, results) if agreement.interviews and not results.is_blind else None,
    }


def _failed(results: Results) -> str:
    """Why the AI could not judge, by what went wrong last with each model."""
    last = {str(each["model"]): Problem(each["problem"]) for each in results.judge_attempts}
    said = [f"{_PROBLEMS[problem]}{f' ({model})' if model else ''}" for model, problem in last.items()]
    return ", and ".join(dict.fromkeys(said)) or "no model has answered"


def requests_shown(results: Results, zone: ZoneInfo, answered: AnswerForm | None) -> list[dict[str, Any]]:
    """What the candidate has asked for; ``answered`` is a form that was sent and refused."""
    return [
        {
            "kind": each.kind,
            "what": _WISHES[Wish(each.kind)],
            "state": each.get_state_display(),
            "is_open": each.state == RequestState.OPEN,
            "asked": Moment.of(each.created_at, zone),
            "message": each.message,
            "answer": each.answer,
            "who": each.answered_by.full_name if each.answered_by else "",
            "answered": Moment.of(each.answered_at, zone) if each.answered_at else None,
            "form": answered
            if answered and answered.data.get("kind") == each.kind
            else AnswerForm(auto_id=f"{each.kind}_%s"),
        }
        for each in results.requests
    ]


def _code_questions(results: Results) -> set[str]:
    return {question.key for _, question in results.kit.questions if question.answer == "code"}


def _said(turn: Turn, code: set[str]) -> Said:
    is_answer = turn.role == Role.CANDIDATE
    return Said(
        text=turn.text,
        is_answer=is_answer,
        is_core=turn.kind == TurnKind.QUESTION,
        is_code=is_answer and turn.question_key in code,
        number=turn.number,
        hidden=hidden_characters(turn.text) if is_answer else 0,
    )


def _ai(results: Results, zone: ZoneInfo, refused: OverrideForm | None) -> dict[str, Any] | None:
    """What the AI gave, once it may be seen."""
    if not results.judged or results.evaluation is None:
        return None
    held = zip(results.judged, results.levels, strict=True)
    checked = recompute(results.evaluation)
    return {
        "model": results.evaluation.model,
        "samples": results.evaluation.samples,
        "lines": [_by_ai(each, level, results, zone, refused) for each, level in held],
        "overall": _level(rounded(results.result)),
        "own": _level(rounded(results.judged_overall)),
        "is_overridden": any(each.replaced_at is None for each in results.overrides),
        "is_advisory": results.is_advisory,
        "may_override": results.own is not None
        and results.state != EvaluationState.DECIDED
        and results.session.said_deleted_at is None,
        "problems": checked.problems,
        "alike": _alike(results),
    }


def _by_ai(judged: Judged, level: Level, results: Results, zone: ZoneInfo, refused: OverrideForm | None) -> ByAI:
    key, override = judged.criterion.key, level.override
    is_refused = refused is not None and refused.data.get("criterion") == key
    return ByAI(
        key=key,
        name=judged.criterion.name,
        weight=judged.criterion.weight,
        level="" if judged.level is None else _level(rounded(judged.level)),
        spread=judged.spread,
        counted=judged.counted,
        samples=len(judged.samples),
        quotes=[(each.turn, results.words_of(each)) for each in judged.evidence],
        reasons=[each.reason for each in judged.samples if each.reason],
        refused=sum(len(each.refused) for each in judged.samples),
        result=_level(rounded(level.level)),
        override=_override(override, zone) if override else None,
        form=refused if refused is not None and is_refused else OverrideForm(key=key, initial={"criterion": key}),
    )


def _override(override: Override, zone: ZoneInfo) -> dict[str, Any]:
    return {
        "level": "the answers do not tell" if override.level is None else str(override.level),
        "who": override.overridden_by.full_name,
        "when": Moment.of(override.created_at, zone),
        "reason": override.reason,
    }


def _alike(results: Results) -> dict[str, Any] | None:
    if results.alike is None:
        return None
    names = {each.key: each.name for each in results.kit.criteria}
    return {
        "interviews": results.alike.interviews,
        "fewest": FEWEST_INTERVIEWS,
        "least": LEAST_AGREEMENT,
        "icc": _figure(results.alike.icc),
        "kappa": [(names[key], _figure(value)) for key, value in results.alike.kappa.items()],
    }


def _line(combined: Combined, results: Results) -> Line:
    key = combined.criterion.key
    return Line(
        name=combined.criterion.name,
        weight=combined.criterion.weight,
        level=_level(rounded(combined.level)),
        levels=[str(each.levels.get(key) or "–") for each in results.reviews],
        notes=[(each.reviewer.full_name, each.notes[key]) for each in results.reviews if key in each.notes],
    )


def _decision(decision: Decision | None, zone: ZoneInfo) -> dict[str, Any] | None:
    if decision is None:
        return None
    return {
        "verdict": decision.get_verdict_display(),
        "who": decision.decided_by.full_name,
        "when": Moment.of(decision.created_at, zone),
        "note": decision.note,
    }


def _agreement(agreement: Agreement, results: Results) -> dict[str, Any]:
    names = {each.key: each.name for each in results.kit.criteria}
    return {
        "interviews": agreement.interviews,
        "is_few": agreement.interviews < FEW,
        "icc": _figure(agreement.icc),
        "kappa": [(names[key], _figure(value)) for key, value in agreement.kappa.items()],
    }


def _figure(value: float | None) -> str:
    return "not known" if value is None else f"{value:.2f}"


def _level(level: float | None) -> str:
    return "–" if level is None else f"{level:.2f}"
