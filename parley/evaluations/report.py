"""The results as a PDF, set by Typst from ``report.typ``.

What people wrote goes in as JSON strings, never as source text of the document.
"""

import json
from collections.abc import Mapping
from datetime import datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import typst

from parley.conversations.models import Turn
from parley.conversations.rules.kits import kit_of
from parley.conversations.rules.states import Role, TurnKind
from parley.evaluations.models import Decision, Review
from parley.evaluations.queries import Level, Results
from parley.evaluations.rules.judging import Judged
from parley.evaluations.rules.ratings import Combined, rounded

_TEMPLATE = Path(__file__).with_name("report.typ")
MOST_QUOTES = 4  # of each criterion that the report shows
MOST_OF_AN_ANSWER = 1500  # characters of each answer that the report shows


def report_of(results: Results, *, company: str, zone: ZoneInfo, now: datetime) -> bytes:
    """The PDF, with all that may be seen; times are in ``zone``."""
    values = json.dumps(report_values(results, company=company, zone=zone, now=now), ensure_ascii=False)
    inputs = {"values": values}
    return typst.compile(_TEMPLATE, root=_TEMPLATE.parent, sys_inputs=inputs, timestamp=int(now.timestamp()))


def report_values(results: Results, *, company: str, zone: ZoneInfo, now: datetime) -> dict[str, Any]:
    """What the template shows, in words."""
    session, interview, version = results.session, results.interview, results.session.kit_version
    answered = {question.key: question.answer for _part, question in kit_of(version.content).questions}
    return {
        "company": company,
        "candidate": interview.candidate.full_name,
        "job": interview.job.job_title if interview.job else "",
        "round": interview.interview_round,
        "held": _moment(session.started_at or session.created_at, zone),
        "lasted": _minutes(session.started_at, session.ended_at),
        "kit": f"{version.kit.name}, version {version.number}",
        "hash": version.content_hash[:16],
        "made": _moment(now, zone),
        "zone": zone.key,
        "state": results.state.label,
        "blind": results.is_blind,
        "overall": _level(rounded(results.overall)),
        "reviewers": [each.reviewer.full_name for each in results.reviews],
        "criteria": [_criterion(each, results.reviews) for each in results.combined],
        "notes": [{"who": each.reviewer.full_name, "text": each.note} for each in results.reviews if each.note],
        "ai": _ai(results) if results.judged else None,
        "decision": _decision(results.decision, zone),
        "deleted": _moment(session.said_deleted_at, zone) if session.said_deleted_at else "",
        "transcript": [_said(each, answered) for each in results.turns if each.kind != TurnKind.CLOSING],
    }


def _criterion(combined: Combined, reviews: tuple[Review, ...]) -> dict[str, Any]:
    key = combined.criterion.key
    return {
        "name": combined.criterion.name,
        "weight": combined.criterion.weight,
        "level": _level(rounded(combined.level)),
        "share": float(combined.level / 5) if combined.level is not None else 0,
        "levels": [str(each.levels[key]) if each.levels.get(key) else "–" for each in reviews],
        "notes": [{"who": each.reviewer.full_name, "text": each.notes[key]} for each in reviews if key in each.notes],
    }


def _ai(results: Results) -> dict[str, Any]:
    assert results.evaluation is not None  # noqa: S101 (nothing is judged without one)
    return {
        "model": results.evaluation.model,
        "samples": results.evaluation.samples,
        "advisory": results.is_advisory,
        "overall": _level(rounded(results.result)),
        "own": _level(rounded(results.judged_overall)),
        "overridden": any(each.override for each in results.levels),
        "criteria": [_by_ai(*each, results) for each in zip(results.judged, results.levels, strict=True)],
    }


def _by_ai(judged: Judged, level: Level, results: Results) -> dict[str, Any]:
    override = level.override
    return {
        "name": judged.criterion.name,
        "level": _level(rounded(judged.level)),
        "share": float(judged.level / 5) if judged.level is not None else 0,
        "spread": "" if judged.spread is None else str(judged.spread),
        "quotes": [{"turn": each.turn, "text": results.words_of(each)} for each in judged.evidence[:MOST_QUOTES]],
        "reason": next((each.reason for each in judged.samples if each.reason), ""),
        "override": {
            "level": "no level" if override.level is None else str(override.level),
            "who": override.overridden_by.full_name,
            "reason": override.reason,
        }
        if override
        else None,
    }


def _decision(decision: Decision | None, zone: ZoneInfo) -> dict[str, Any] | None:
    if decision is None:
        return None
    return {
        "verdict": decision.get_verdict_display(),
        "who": decision.decided_by.full_name,
        "when": _moment(decision.created_at, zone),
        "note": decision.note,
    }


def _said(turn: Turn, answered: Mapping[str, str]) -> dict[str, Any]:
    is_cut = turn.role == Role.CANDIDATE and len(turn.text) > MOST_OF_AN_ANSWER
    return {
        "number": turn.number,
        "kind": turn.kind,
        "is_code": turn.role == Role.CANDIDATE and answered.get(turn.question_key) == "code",
        "text": turn.text[:MOST_OF_AN_ANSWER].rstrip() + " […]" if is_cut else turn.text,
    }


def _moment(instant: datetime, zone: ZoneInfo) -> str:
    local = instant.astimezone(zone)
    return f"{local.day} {local:%B %Y, %H:%M}"


def _minutes(start: datetime | None, end: datetime | None) -> str:
    return f"{round((end - start).total_seconds() / 60)} minutes" if start and end else ""


def _level(level: float | None) -> str:
    return "" if level is None else f"{level:.2f}"
