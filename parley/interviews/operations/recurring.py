"""Making many slots from a pattern that is given once."""

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time
from typing import Any
from zoneinfo import ZoneInfo

from parley.core.actors import Actor
from parley.core.errors import Invalid
from parley.core.timezones import today_in, zone_named
from parley.core.transactions import operation
from parley.interviews.models import InterviewSlot
from parley.interviews.operations.ai_settings import refuse_bad_ai_settings
from parley.interviews.operations.conflicts import Trouble, open_conflicts
from parley.interviews.operations.lanes import fill_lane
from parley.interviews.operations.slots import job_of_company, lane_holder
from parley.interviews.rules.limits import MAX_AHEAD, MAX_REPEATED, MAX_SLOTS_PER_CALL
from parley.interviews.rules.recurrence import (
    Occurrence,
    Skipped,
    SkipReason,
    Window,
    count,
    end_minute_of,
    minute_of,
    occurrences,
)
from parley.interviews.rules.states import ConflictType, SlotType


@dataclass(frozen=True, kw_only=True)
class Pattern:
    """A recurrence: a local window on days of the week between two local dates, both included; minutes throughout."""

    start_date: date
    end_date: date
    start_time: time
    end_time: time
    days_of_week: Sequence[int]
    slot_duration: int
    break_duration: int
    timezone: str | None

    def as_json(self, zone: ZoneInfo) -> dict[str, Any]:
        """What each slot keeps of it."""
        return {
            "start_date": self.start_date.isoformat(),
            "end_date": self.end_date.isoformat(),
            "start_time": self.start_time.strftime("%H:%M"),
            "end_time": self.end_time.strftime("%H:%M"),
            "days_of_week": sorted(set(self.days_of_week)),
            "slot_duration": self.slot_duration,
            "break_duration": self.break_duration,
            "timezone": zone.key,
        }


@operation
def create_recurring(
    *,
    company_id: int | None,
    job_id: int | None,
    pattern: Pattern,
    fields: Mapping[str, Any],
    dry_run: bool,
    actor: Actor,
    now: datetime,
) -> tuple[list[InterviewSlot], list[Skipped]]:
    """Make the pattern's slots, all or none on an error; a start whose lane is taken is left out and reported."""
    company = lane_holder(actor, company_id, field="company_id")
    zone = zone_named(pattern.timezone) if pattern.timezone else company.zone
    window = _window(pattern, zone)
    _refuse_bad_range(pattern, window, today=today_in(zone, now))
    refuse_bad_ai_settings(fields.get("ai_configuration", {}), field="ai_configuration", company_id=company.pk)
    _refuse_repetition(fields, count(window, pattern.start_date, pattern.end_date))
    job = job_of_company(job_id, company.pk, field="job_id")
    found, skipped = occurrences(window, pattern.start_date, pattern.end_date, not_before=now)
    kept = pattern.as_json(zone)

    def make(occurrence: Occurrence) -> InterviewSlot:
        return InterviewSlot(
            company=company,
            job=job,
            slot_type=SlotType.RECURRING,
            recurring_pattern=kept,
            start_time=occurrence.start,
            end_time=occurrence.end,
            duration_minutes=pattern.slot_duration,
            created_at=now,
            updated_at=now,
            **fields,
        )

    interview_type = str(fields["ai_interview_type"])
    slots, blocked = fill_lane(
        found, company_id=company.pk, interview_type=interview_type, make=make, actor=actor, now=now, dry_run=dry_run
    )
    if not dry_run:
        cause = f"recurring:{interview_type}:{_digest(kept)}"
        troubles = overlap_trouble(blocked, company_id=company.pk, cause=cause, about=kept)
        open_conflicts(troubles, actor=actor, now=now)
    return slots, sorted(skipped + blocked, key=lambda each: each.start)


def overlap_trouble(
    blocked: Sequence[Skipped], *, company_id: int, cause: str, about: Mapping[str, Any]
) -> list[Trouble]:
    """One conflict for the slots of a bulk change that were refused because others stand in their way."""
    overlapping = [each.start for each in blocked if each.reason == SkipReason.OVERLAP]
    if not overlapping:
        return []
    details = {
        "reason": "Slots of a bulk change were refused, because they overlap with others of the same type.",
        "refused": len(overlapping),
        "first_refused": [start.isoformat() for start in overlapping[:20]],
        "pattern": dict(about),
    }
    return [Trouble(company_id=company_id, type=ConflictType.OVERLAP, cause=f"overlap:{cause}", details=details)]


def _digest(pattern: Mapping[str, Any]) -> str:
    """The same for the same pattern, so that a call that is made again opens nothing new."""
    return hashlib.blake2b(json.dumps(pattern, sort_keys=True).encode(), digest_size=8).hexdigest()


def _window(pattern: Pattern, zone: ZoneInfo) -> Window:
    refuse_bad_window(
        pattern.start_time, pattern.end_time, slot_minutes=pattern.slot_duration, break_minutes=pattern.break_duration
    )
    return Window(
        days=frozenset(pattern.days_of_week),
        start=pattern.start_time,
        end=pattern.end_time,
        slot_minutes=pattern.slot_duration,
        break_minutes=pattern.break_duration,
        zone=zone,
    )


def refuse_bad_window(start: time, end: time, *, slot_minutes: int, break_minutes: int) -> None:
    """Raise ``Invalid`` for a window that ends before it starts, holds no slot, or is not given to the minute."""
    if any(at.second or at.microsecond for at in (start, end)):
        raise Invalid.field("start_time", "Times of day are given to the minute.", code="bad_window")
    if end_minute_of(end) <= minute_of(start):
        raise Invalid.field("end_time", "Must be after the start.", code="end_before_start")
    if end_minute_of(end) - minute_of(start) < slot_minutes:
        raise Invalid.field(
            "slot_duration", f"A slot of {slot_minutes} minutes does not fit into the window.", code="slot_does_not_fit"
        )
    if break_minutes < 0:
        raise Invalid.field("break_duration", "Must not be negative.")


def _refuse_repetition(fields: Mapping[str, Any], slots: int) -> None:
    """Raise ``Invalid`` where each slot would repeat so much that a small call became a huge answer."""
    each = len(json.dumps(fields.get("ai_configuration", {}))) + len(str(fields.get("notes", "")))
    if each * slots > MAX_REPEATED:
        raise Invalid.field(
            "ai_configuration",
            f"Settings and notes of {each:,} characters would be repeated in {slots:,} slots: make fewer at a time.",
            code="too_large",
        )


def _refuse_bad_range(pattern: Pattern, window: Window, *, today: date) -> None:
    if pattern.end_date < pattern.start_date:
        raise Invalid.field("end_date", "Must not be before start_date.", code="end_before_start")
    if pattern.start_date < today:
        raise Invalid.field("start_date", "Must not be in the past.", code="in_past")
    if pattern.end_date > today + MAX_AHEAD:
        raise Invalid.field("end_date", "Must be within five years from now.", code="too_far_ahead")
    if (slots := count(window, pattern.start_date, pattern.end_date)) > MAX_SLOTS_PER_CALL:
        raise Invalid.field(
            "end_date",
            f"This would make {slots:,} slots; at most {MAX_SLOTS_PER_CALL:,} a call.",
            code="too_many_slots",
        )
