"""The week before, kept in the session so that it can be brought back."""

from datetime import date, time
from typing import Any

from django.http import HttpRequest

from parley.interviews.models import AIInterviewConfiguration
from parley.interviews.operations.weeks import Week, WeekReport
from parley.interviews.queries import fingerprint
from parley.interviews.rules.weeks import WeekWindow

KEY = "week-before"
SHARED = ("timezone", "slot_duration", "break_duration", "max_candidates", "ai_settings", "holidays")


def keep(request: HttpRequest, before: list[AIInterviewConfiguration], report: WeekReport, kind: str) -> None:
    """Remember what to bring back, and in place of what."""
    now = report.configurations
    still_there = {each.pk for each in now}
    request.session[KEY] = {
        "interview_type": kind,
        "settings": _settings(before[0]) if before else {},
        "windows": [
            [
                each.pk if each.pk in still_there else None,
                each.day_of_week,
                each.start_time.isoformat(),
                each.end_time.isoformat(),
            ]
            for each in before
        ],
        "replaces": [each.pk for each in now],
        "seen": fingerprint(now) if now else "",
    }


def take(request: HttpRequest) -> Week | None:
    """The week to bring back, once."""
    kept = request.session.pop(KEY, None)
    if kept is None:
        return None
    return Week(
        interview_type=kept["interview_type"],
        settings=_dated(kept["settings"]),
        windows=[
            WeekWindow(id=pk, day=day, start=time.fromisoformat(start), end=time.fromisoformat(end))
            for pk, day, start, end in kept["windows"]
        ],
        replaces=kept["replaces"],
        seen=kept["seen"],
    )


def _settings(of: AIInterviewConfiguration) -> dict[str, Any]:
    return {name: getattr(of, name) for name in SHARED} | {
        "valid_from": of.valid_from.isoformat(),
        "valid_until": of.valid_until.isoformat() if of.valid_until else None,
        "excluded_dates": [day.isoformat() for day in of.excluded_dates],
    }


def _dated(settings: dict[str, Any]) -> dict[str, Any]:
    if not settings:
        return {}
    until = settings["valid_until"]
    return settings | {
        "valid_from": date.fromisoformat(settings["valid_from"]),
        "valid_until": date.fromisoformat(until) if until else None,
        "excluded_dates": [date.fromisoformat(day) for day in settings["excluded_dates"]],
    }
