"""Ranking free places for a booking that lost its own."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

HOW_MANY = 5


@dataclass(frozen=True)
class FreePlace:
    """A slot with room that would do as well."""

    slot_id: UUID
    start: datetime
    end: datetime


def rank(wanted: datetime, places: Iterable[FreePlace], *, how_many: int = HOW_MANY) -> list[dict[str, Any]]:
    """The places nearest to the ``wanted`` start; the earlier one on a tie."""
    nearest = sorted(places, key=lambda place: (abs(place.start - wanted), place.start, str(place.slot_id)))
    return [
        {
            "rank": number,
            "slot_id": str(place.slot_id),
            "start_time": place.start.isoformat(),
            "end_time": place.end.isoformat(),
            "minutes_away": int(abs(place.start - wanted).total_seconds() // 60),
        }
        for number, place in enumerate(nearest[:how_many], start=1)
    ]
