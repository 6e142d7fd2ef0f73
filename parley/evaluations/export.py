"""The results as plain values, for programs, and as a table, for spreadsheets."""

import csv
from io import StringIO
from typing import Any

from parley.conversations.models import Turn
from parley.core.actors import Actor
from parley.evaluations.models import CandidateRequest, Decision, Override, Review
from parley.evaluations.queries import Level, Results, agreement_of
from parley.evaluations.rules.advice import FEWEST_INTERVIEWS, LEAST_AGREEMENT
from parley.evaluations.rules.judging import Judged, Sample
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
    "by",
    "model",
    "insufficient",
    "spread",
    "evidence",
    "advisory",
    "overridden_level",
    "overridden_by",
    "override_reason",
    "result_level",
    "result_overall",
)
AI = "AI"  # in the column of reviewers


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
        "judge": results.judge,
        "judge_attempts": results.judge_attempts,
        "model": results.evaluation.model if results.evaluation and results.evaluation.model else None,
        "samples": results.evaluation.samples if results.evaluation else 0,
        "advisory": results.is_advisory,
        "criteria": _criteria_values(results),
        "overall": rounded(results.result),
        "ai_overall": rounded(results.judged_overall),
        "people_overall": rounded(results.overall),
        "ratings_count": results.review_count,
        "ratings": [review_values(each) for each in results.reviews],
        "decision": decision_values(results.decision) if results.decision else None,
        "earlier_decisions": [decision_values(each) for each in results.decisions[:-1]],
        "agreement": None if results.is_blind else _agreement_values(results, actor),
        "requests": [request_values(each) for each in results.requests],
        "ai_agreement": None if results.is_blind else alike_values(results),
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
    """A line for each criterion and reviewer whose ratings may be seen, and one for the AI.

    No cell is a formula to a spreadsheet.
    """
    out = StringIO()
    writer = csv.writer(out)
    writer.writerow(HEADINGS)
    judged = results.judged or (None,) * len(results.combined)
    for combined, result, one in zip(results.combined, results.levels, judged, strict=True):
        about = _about(results, combined, result)
        lines = [about | _by_person(review, combined.criterion.key) for review in results.reviews]
        lines += [about | _by_ai(results, one)] if one else []
        for line in lines:
            writer.writerow([_cell(line.get(heading)) for heading in HEADINGS])
    return "\ufeff" + out.getvalue()  # without the mark, Excel takes it for Windows-1252


def _about(results: Results, combined: Combined, result: Level) -> dict[str, Any]:
    interview, version, override = results.interview, results.session.kit_version, result.override
    return {
        "interview": interview.pk,
        "candidate": interview.candidate.full_name,
        "job": interview.job.job_title if interview.job else "",
        "kit": version.kit.name,
        "kit_version": version.number,
        "criterion": combined.criterion.name,
        "weight": combined.criterion.weight,
        "combined_level": rounded(combined.level),
        "overall_level": rounded(results.overall),
        "decision": results.decision.verdict if results.decision else "",
        "overridden_level": ("none" if override.level is None else override.level) if override else "",
        "overridden_by": override.overridden_by.full_name if override else "",
        "override_reason": override.reason if override else "",
        "result_level": rounded(result.level),
        "result_overall": rounded(results.result),
    }


def _by_person(review: Review, key: str) -> dict[str, Any]:
    return {
        "by": "person",
        "reviewer": review.reviewer.full_name,
        "level": review.levels.get(key),
        "note": review.notes.get(key, ""),
        "was_blind": "yes" if review.was_blind else "no",
        "rated_at": review.created_at.isoformat(),
    }


def _by_ai(results: Results, judged: Judged) -> dict[str, Any]:
    return {
        "by": "ai",
        "reviewer": AI,
        "level": rounded(judged.level),
        "note": " / ".join(each.reason for each in judged.samples if each.reason),
        "model": results.evaluation.model if results.evaluation else "",
        "insufficient": "yes" if judged.is_insufficient else "no",
        "spread": judged.spread,
        "evidence": " / ".join(f"turn {each.turn}: {results.words_of(each)}" for each in judged.evidence),
        "advisory": "yes" if results.is_advisory else "no",
    }


def _criteria_values(results: Results) -> list[dict[str, Any]]:
    judged = results.judged or (None,) * len(results.combined)
    each = zip(results.combined, results.levels, judged, strict=True)
    return [_criterion_values(results, *one) for one in each]


def _criterion_values(results: Results, combined: Combined, result: Level, judged: Judged | None) -> dict[str, Any]:
    """Of ``level``, ``level_by`` says whose it is; the AI's and people's levels stand beside it."""
    return {
        "key": combined.criterion.key,
        "name": combined.criterion.name,
        "weight": combined.criterion.weight,
        "level": rounded(result.level),
        "level_by": result.source or None,
        "spread": judged.spread if judged else None,
        "evidence": _evidence(results, judged) if judged else [],
        "insufficient": judged is not None and judged.is_insufficient,
        "reasons": [each.reason for each in judged.samples if each.reason] if judged else [],
        "samples": [_sample_values(each) for each in judged.samples] if judged else [],
        "override": override_values(result.override) if result.override else None,
        "ai_level": rounded(judged.level) if judged else None,
        "people_level": rounded(combined.level),
        "lowest": combined.lowest,
        "highest": combined.highest,
        "ratings": combined.ratings,
    }


def _evidence(results: Results, judged: Judged) -> list[dict[str, Any]]:
    return [{"turn": each.turn, "quote": results.words_of(each)} for each in judged.evidence]


def _sample_values(sample: Sample) -> dict[str, Any]:
    return {"outcome": sample.outcome, "level": sample.level, "refused_quotes": len(sample.refused)}


def override_values(override: Override) -> dict[str, Any]:
    """A level that somebody set in the AI's place."""
    return {
        "id": override.pk,
        "criterion": override.criterion_key,
        "level": override.level,
        "reason": override.reason,
        "overridden_by": override.overridden_by_id,
        "overridden_by_name": override.overridden_by.full_name,
        "created_at": override.created_at,
    }


def alike_values(results: Results) -> dict[str, Any] | None:
    """How far people and the AI agree, where one has judged."""
    if results.alike is None:
        return None
    return {
        "interviews": results.alike.interviews,
        "interviews_needed": FEWEST_INTERVIEWS,
        "needed": LEAST_AGREEMENT,
        "icc": _figure(results.alike.icc),
        "kappa": {key: _figure(value) for key, value in results.alike.kappa.items()},
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
