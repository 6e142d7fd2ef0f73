"""The results as plain values, for programs, and as a table, for spreadsheets."""

import csv
from collections.abc import Mapping
from io import StringIO
from typing import Any

from parley.conversations.models import Turn
from parley.core.actors import Actor
from parley.evaluations.models import CandidateRequest, Decision, Review
from parley.evaluations.queries import Results, agreement_of
from parley.evaluations.rules.ratings import Combined, rounded

HEADINGS = (
    "interview",
    "candidate",
    "job",
    "kit",
    "kit_version",
    "criterion",
    "weight",
    "reviewer",
    "level",
    "note",
    "was_blind",
    "rated_at",
    "combined_level",
    "overall_level",
    "decision",
)


def evaluation_values(results: Results, actor: Actor) -> dict[str, Any]:
    """All but the transcript, as the actor may see it."""
    version, interview = results.session.kit_version, results.interview
    return {
        "id": results.evaluation.pk if results.evaluation else None,
        "interview": interview.pk,
        "session": results.session.pk,
        "status": results.state,
        "kit": version.kit_id,
        "kit_name": version.kit.name,
        "kit_version": version.number,
        "kit_version_hash": version.content_hash,
        "is_blind": results.is_blind,
        "said_deleted_at": results.session.said_deleted_at,
        "criteria": [_criterion_values(each) for each in results.combined],
        "overall": rounded(results.overall),
        "ratings_count": results.review_count,
        "ratings": [review_values(each) for each in results.reviews],
        "decision": decision_values(results.decision) if results.decision else None,
        "earlier_decisions": [decision_values(each) for each in results.decisions[:-1]],
        "agreement": None if results.is_blind else _agreement_values(results, actor),
        "requests": [request_values(each) for each in results.requests],
    }


def review_values(review: Review) -> dict[str, Any]:
    """One person's ratings."""
    return {
        "id": review.pk,
        "reviewer": review.reviewer_id,
        "reviewer_name": review.reviewer.full_name,
        "ratings": review.levels,
        "notes": review.notes,
        "note": review.note,
        "was_blind": review.was_blind,
        "created_at": review.created_at,
    }


def decision_values(decision: Decision) -> dict[str, Any]:
    """What somebody decided."""
    return {
        "id": decision.pk,
        "decision": decision.verdict,
        "note": decision.note,
        "decided_by": decision.decided_by_id,
        "decided_by_name": decision.decided_by.full_name,
        "created_at": decision.created_at,
    }


def request_values(request: CandidateRequest) -> dict[str, Any]:
    """What a candidate has asked for, and the answer."""
    return {
        "id": request.pk,
        "kind": request.kind,
        "state": request.state,
        "message": request.message,
        "created_at": request.created_at,
        "answer": request.answer,
        "answered_by": request.answered_by_id,
        "answered_by_name": request.answered_by.full_name if request.answered_by else None,
        "answered_at": request.answered_at,
    }


def turn_values(turn: Turn) -> dict[str, Any]:
    """Something that was said."""
    return {
        "number": turn.number,
        "role": turn.role,
        "kind": turn.kind,
        "question": turn.question_key,
        "text": turn.text,
        "created_at": turn.created_at,
    }


def whole_values(results: Results, actor: Actor) -> dict[str, Any]:
    """Everything, with candidate, job and transcript."""
    interview = results.interview
    return evaluation_values(results, actor) | {
        "candidate": interview.candidate_id,
        "candidate_name": interview.candidate.full_name,
        "job_title": interview.job.job_title if interview.job else None,
        "transcript": [turn_values(each) for each in results.turns],
    }


def table_of(results: Results) -> str:
    """A line for each criterion and reviewer whose ratings may be seen. No cell is a formula to a spreadsheet."""
    out = StringIO()
    writer = csv.writer(out)
    writer.writerow(HEADINGS)
    for combined in results.combined:
        for review in results.reviews:
            values = _line(results, combined, review)
            writer.writerow([_cell(values[heading]) for heading in HEADINGS])
    return "\ufeff" + out.getvalue()  # without the mark, Excel takes it for Windows-1252


def _line(results: Results, combined: Combined, review: Review) -> Mapping[str, Any]:
    interview, version, key = results.interview, results.session.kit_version, combined.criterion.key
    return {
        "interview": interview.pk,
        "candidate": interview.candidate.full_name,
        "job": interview.job.job_title if interview.job else "",
        "kit": version.kit.name,
        "kit_version": version.number,
        "criterion": combined.criterion.name,
        "weight": combined.criterion.weight,
        "reviewer": review.reviewer.full_name,
        "level": review.levels.get(key),
        "note": review.notes.get(key, ""),
        "was_blind": "yes" if review.was_blind else "no",
        "rated_at": review.created_at.isoformat(),
        "combined_level": rounded(combined.level),
        "overall_level": rounded(results.overall),
        "decision": results.decision.verdict if results.decision else "",
    }


def _criterion_values(combined: Combined) -> dict[str, Any]:
    return {
        "key": combined.criterion.key,
        "name": combined.criterion.name,
        "weight": combined.criterion.weight,
        "level": rounded(combined.level),
        "lowest": combined.lowest,
        "highest": combined.highest,
        "ratings": combined.ratings,
    }


def _agreement_values(results: Results, actor: Actor) -> dict[str, Any]:
    agreement = agreement_of(results.session.kit_version_id, results.kit.criteria, actor)
    return {
        "interviews": agreement.interviews,
        "icc": _figure(agreement.icc),
        "kappa": {key: _figure(value) for key, value in agreement.kappa.items()},
    }


def _figure(value: float | None) -> float | None:
    return None if value is None else round(value, 3)


def _cell(value: Any) -> str:
    text = "" if value is None else str(value)
    return f"'{text}" if text.startswith(("=", "+", "-", "@", "\t", "\r")) else text
