"""What the page of the results shows."""

from dataclasses import dataclass
from typing import Any
from zoneinfo import ZoneInfo

from parley.conversations.models import Turn
from parley.conversations.rules.states import Role, TurnKind
from parley.evaluations.models import Decision
from parley.evaluations.queries import Agreement, Results, agreement_of
from parley.evaluations.rules.ratings import Combined, rounded
from parley.evaluations.rules.states import EvaluationState, RequestState, Wish
from parley.organizations.models import User
from parley.web.moments import Moment
from parley.web.results.forms import AnswerForm

_WISHES = {Wish.EXPLANATION: "an explanation", Wish.REVIEW: "a review by a person"}
FEW = 10  # interviews under which figures of agreement say little


@dataclass(frozen=True)
class Said:
    """A turn of the conversation."""

    text: str
    is_answer: bool
    is_core: bool
    is_code: bool


@dataclass(frozen=True)
class Line:
    """A criterion with the level of each reviewer."""

    name: str
    weight: int
    level: str
    levels: list[str]
    notes: list[tuple[str, str]]


def page_of_results(results: Results, user: User) -> dict[str, Any]:
    """All about them that this user may see; one statement beside those of ``results_of``."""
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
        "agreement": _agreement(agreement, results) if agreement.interviews and not results.is_blind else None,
    }


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
    return Said(turn.text, is_answer, turn.kind == TurnKind.QUESTION, is_answer and turn.question_key in code)


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
