"""What the database holds in the end, read by SQL, or through the API where only that can be reached."""

from collections import Counter
from dataclasses import dataclass, field
from datetime import UTC
from typing import Any

import psycopg
from psycopg.rows import dict_row

from scenarios.books import Booking, Books, Slot, instant
from scenarios.http import Api

SLOTS = """
SELECT id::text, ai_interview_type, start_time, end_time, max_candidates, status, current_bookings
  FROM interviews_interviewslot WHERE company_id = %s
"""
SCHEDULES = """
SELECT id::text, interview_id::text AS interview, slot_id::text AS slot, status, candidate_id,
       start_time, end_time
  FROM interviews_interviewschedule WHERE company_id = %s
"""
CONFLICTS = "SELECT id::text, resolution FROM interviews_interviewconflict WHERE company_id = %s"
# What Parley does by itself, when it has time, no answer has told: places that it holds for those who lost theirs.
EVENTS = """
SELECT type, count(*) FROM core_event
 WHERE company_id = %s AND type !~ '[.](proposed|proposal_[a-z]+|unplaced)$' GROUP BY type
"""


@dataclass(kw_only=True)
class Snapshot:
    """One company's rows. ``times`` are the schedules' own; the events None where nobody can read them."""

    slots: dict[str, Slot]
    bookings: dict[str, Booking]
    conflicts: dict[str, str]
    candidates: dict[str, int]  # of each schedule
    times: dict[str, tuple[Any, Any]] = field(default_factory=dict)
    events: Counter[str] | None = None


def from_database(url: str, company_id: int) -> Snapshot:
    """By SQL."""
    with psycopg.connect(url, row_factory=dict_row) as connection:

        def rows(query: str) -> list[dict[str, Any]]:
            return connection.execute(query.encode(), [company_id]).fetchall()

        schedules = rows(SCHEDULES)
        return Snapshot(
            slots={row["id"]: _slot(row) for row in rows(SLOTS)},
            bookings={row["id"]: _booking(row) for row in schedules},
            conflicts={row["id"]: row["resolution"] for row in rows(CONFLICTS)},
            candidates={row["id"]: row["candidate_id"] for row in schedules},
            times={row["id"]: (row["start_time"], row["end_time"]) for row in schedules},
            events=Counter({row["type"]: row["count"] for row in rows(EVENTS)}),
        )


def from_api(api: Api, books: Books) -> Snapshot:
    """Through the API, as one of the company's users."""
    schedules = api.every("/api/interviews/schedules/")
    return Snapshot(
        slots={row["id"]: Slot.of(row) for row in api.every("/api/interviews/slots/")},
        bookings={row["id"]: _booking(row) for row in schedules},
        conflicts={row["id"]: row["resolution"] for row in api.every("/api/interviews/conflicts/")},
        candidates={row["id"]: books.interviews[row["interview"]] for row in schedules},
        times={
            row["id"]: (instant(row["slot_details"]["start_time"]), instant(row["slot_details"]["end_time"]))
            for row in schedules
        },
    )


def _slot(row: dict[str, Any]) -> Slot:
    return Slot(
        id=row["id"],
        kind=row["ai_interview_type"],
        start=row["start_time"].astimezone(UTC),
        end=row["end_time"].astimezone(UTC),
        places=row["max_candidates"],
        status=row["status"],
        count=row["current_bookings"],
    )


def _booking(row: dict[str, Any]) -> Booking:
    return Booking(id=row["id"], interview=row["interview"], slot=row["slot"], status=row["status"])
