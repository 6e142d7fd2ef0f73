"""Taking over bookings in bulk, from a spreadsheet or another system."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

from django.db import IntegrityError, transaction

from parley.core.actors import Actor
from parley.core.errors import DomainError
from parley.core.transactions import domain_error_of, operation
from parley.interviews.locks import lock_interviews, lock_slots
from parley.interviews.models import Interview, InterviewConflict, InterviewSchedule, InterviewSlot
from parley.interviews.operations.booking import book
from parley.interviews.operations.conflicts import Trouble, open_conflicts
from parley.interviews.rules.states import LIVE_SCHEDULE, ConflictType


@dataclass(frozen=True, kw_only=True)
class Row:
    """One booking to take over."""

    interview_id: UUID
    slot_id: UUID
    notes: str = ""


@dataclass
class ImportReport:
    """What became of the rows, by their index; a row booked on its slot before counts as booked."""

    booked: dict[int, InterviewSchedule] = field(default_factory=dict)
    refused: dict[int, DomainError] = field(default_factory=dict)
    conflicts: list[InterviewConflict] = field(default_factory=list)


@operation
def import_bookings(*, rows: Sequence[Row], actor: Actor, now: datetime) -> ImportReport:
    """Book what can be booked; a candidate who turns out double-booked opens a conflict, the rest is reported."""
    seen_slots = InterviewSlot.objects.visible_to(actor).filter(pk__in={row.slot_id for row in rows})
    seen_interviews = Interview.objects.visible_to(actor).filter(pk__in={row.interview_id for row in rows})
    lock_slots(seen_slots.values_list("pk", flat=True))
    lock_interviews(seen_interviews.values_list("pk", flat=True))
    report = ImportReport()
    troubles: list[Trouble] = []
    for index, row in enumerate(rows):
        try:
            report.booked[index] = _take_over(row, actor=actor, now=now)
        except DomainError as error:
            report.refused[index] = error
            if error.code == "candidate_busy":
                troubles += _double_booked(row, actor=actor)
    report.conflicts = open_conflicts(troubles, actor=actor, now=now)
    return report


def _take_over(row: Row, *, actor: Actor, now: datetime) -> InterviewSchedule:
    earlier = (
        InterviewSchedule.objects.visible_to(actor)
        .filter(interview_id=row.interview_id, slot_id=row.slot_id, status__in=LIVE_SCHEDULE)
        .select_related("slot__company", "interview__candidate")
        .first()
    )
    if earlier is not None:
        return earlier
    try:
        with transaction.atomic():  # a savepoint: one refused row leaves the others alone
            return book(interview_id=row.interview_id, slot_id=row.slot_id, notes=row.notes, actor=actor, now=now)
    except IntegrityError as error:
        raise domain_error_of(error) from error


def _double_booked(row: Row, *, actor: Actor) -> list[Trouble]:
    wanted = Interview.objects.visible_to(actor).filter(pk=row.interview_id).first()
    slot = InterviewSlot.objects.visible_to(actor).filter(pk=row.slot_id).first()
    if wanted is None or slot is None:
        return []
    busy = (
        InterviewSchedule.objects.filter(
            company_id=slot.company_id,  # what a shared candidate does elsewhere is not told
            candidate_id=wanted.candidate_id,
            status__in=LIVE_SCHEDULE,
            start_time__lt=slot.end_time,
            end_time__gt=slot.start_time,
        )
        .select_related("slot", "interview")
        .first()
    )
    if busy is None:
        return []
    return [
        Trouble(
            company_id=slot.company_id,
            type=ConflictType.CANDIDATE_UNAVAILABLE,
            cause=f"double-booked:{wanted.pk}:{slot.pk}",
            details={
                "reason": "An import would have booked the candidate twice at the same time.",
                "wanted_slot_id": str(slot.pk),
                "wanted_start_time": slot.start_time.isoformat(),
            },
            schedule=busy,
            conflicting=wanted,
            slot=slot,
        )
    ]
