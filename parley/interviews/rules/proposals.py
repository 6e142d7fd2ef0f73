"""Ranking free places for a booking that lost its own."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

HOW_MANY = 5


@dataclass(frozen=True)
class FreePlace:
    """What ranking needs to know of a slot with room."""

    slot_id: UUID
    company_id: int
    interview_type: str
    job_id: int | None
    start: datetime
    end: datetime


@dataclass(frozen=True)
class Displaced:
    """What ranking needs to know of a booking that fell away."""

    company_id: int
    interview_type: str
    job_id: int | None
    start: datetime
    slot_id: UUID


def rank(displaced: Displaced, places: Iterable[FreePlace], *, how_many: int = HOW_MANY) -> list[dict[str, Any]]:
    """The nearest equivalent places: same company and type, not kept for another job; earlier on a tie."""
    fitting = [place for place in places if _fits(displaced, place)]
    fitting.sort(key=lambda place: (abs(place.start - displaced.start), place.start, str(place.slot_id)))
    return [
        {
            "rank": number,
            "slot_id": str(place.slot_id),
            "start_time": place.start.isoformat(),
            "end_time": place.end.isoformat(),
            "minutes_away": int(abs(place.start - displaced.start).total_seconds() // 60),
        }
        for number, place in enumerate(fitting[:how_many], start=1)
    ]


def _fits(displaced: Displaced, place: FreePlace) -> bool:
    return (
        place.company_id == displaced.company_id
        and place.interview_type == displaced.interview_type
        and place.slot_id != displaced.slot_id
        and (place.job_id is None or displaced.job_id is None or place.job_id == displaced.job_id)
    )
