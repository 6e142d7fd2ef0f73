"""Calling off a whole stretch of time, such as a day, or the hours in which the AI provider is down."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from parley.core.actors import Actor
from parley.core.errors import Invalid
from parley.core.transactions import operation
from parley.interviews.locks import lock_live_schedules, lock_slots
from parley.interviews.models import InterviewSlot
from parley.interviews.operations.slots import call_off
from parley.interviews.rules.states import OPEN_SLOT, ConflictType
from parley.organizations.tenancy import company_for

MOST_SLOTS = 2000
LONGEST = timedelta(days=366)


@dataclass(frozen=True)
class CalledOff:
    """What was called off."""

    slots: list[UUID]
    unseated: int  # interviews that lost their place


@operation
def call_off_stretch(
    *,
    company_id: int | None,
    begin: datetime,
    end: datetime,
    interview_types: Collection[str],
    reason: str,
    conflict_type: ConflictType,
    actor: Actor,
    now: datetime,
) -> CalledOff:
    """Cancel all open slots of a company that begin in ``[begin, end)`` and have not begun; of these types, or of all.

    Their bookings end, and a conflict is opened for each: so they are seated again together. What has begun already
    stays. Raises ``Invalid`` for a stretch of more than a year, or one with more than ``MOST_SLOTS``.
    """
    company = company_for(actor, named=company_id, field="company_id")
    if end <= begin:
        raise Invalid.field("end_time", "Must be after the start.", code="end_before_start")
    if end - begin > LONGEST:
        raise Invalid.field("end_time", "Must be within a year of start_time.", code="too_far_ahead")
    rows = InterviewSlot.objects.filter(
        company_id=company, status__in=OPEN_SLOT, start_time__gte=max(begin, now), start_time__lt=end
    ).exclude(start_time=now)
    if interview_types:
        rows = rows.filter(ai_interview_type__in=interview_types)
    found = list(rows.values_list("pk", flat=True)[: MOST_SLOTS + 1])
    if len(found) > MOST_SLOTS:
        raise Invalid.field("end_time", f"At most {MOST_SLOTS:,} slots at once: choose less.", code="too_many_slots")
    slots = [slot for slot in lock_slots(found).values() if slot.status in OPEN_SLOT]
    unseated = 0
    for slot in slots:
        live = lock_live_schedules(slot.pk) if slot.current_bookings else []
        call_off(slot, live, reason=reason, conflict_type=conflict_type, actor=actor, now=now)
        unseated += len(live)
    return CalledOff([slot.pk for slot in slots], unseated)
