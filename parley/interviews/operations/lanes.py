"""Filling a company's lane with many slots at once."""

from bisect import bisect_left
from collections.abc import Callable, Collection, Sequence
from datetime import datetime
from uuid import UUID

from parley.core.actors import Actor
from parley.core.events import record_all
from parley.interviews.models import InterviewSlot
from parley.interviews.operations.slots import created
from parley.interviews.rules.recurrence import Occurrence, Skipped, SkipReason


def fill_lane(
    found: Sequence[Occurrence],
    *,
    company_id: int,
    interview_type: str,
    make: Callable[[Occurrence], InterviewSlot],
    actor: Actor,
    now: datetime,
    dry_run: bool,
    leaving: Collection[UUID] = (),
) -> tuple[list[InterviewSlot], list[Skipped]]:
    """Make a slot for each occurrence (ascending, not overlapping) that finds the lane free; say which do not.

    The caller holds the company's lock. A handful of statements, whatever the number. ``leaving`` are slots that a
    dry run takes as gone.
    """
    taken = _taken(company_id, interview_type, found, leaving)
    free: list[InterviewSlot] = []
    skipped: list[Skipped] = []
    for occurrence in found:
        reason = _blocked(occurrence, taken)
        if reason is None:
            free.append(make(occurrence))
        else:
            skipped.append(Skipped(occurrence.start, reason, "A slot of this interview type is there already."))
    if not dry_run:
        InterviewSlot.objects.bulk_create(free, batch_size=10_000)
        record_all((created(slot) for slot in free), actor=actor, now=now)
    return free, skipped


def _taken(
    company_id: int, interview_type: str, found: Sequence[Occurrence], leaving: Collection[UUID]
) -> list[tuple[datetime, datetime]]:
    if not found:
        return []
    rows = InterviewSlot.objects.filter(
        company_id=company_id,
        ai_interview_type=interview_type,
        cancelled_at__isnull=True,
        start_time__lt=found[-1].end,
        end_time__gt=found[0].start,
    ).exclude(pk__in=leaving)
    return list(rows.order_by("start_time").values_list("start_time", "end_time"))


def _blocked(occurrence: Occurrence, taken: Sequence[tuple[datetime, datetime]]) -> SkipReason | None:
    """Whether one of the periods (ascending, not overlapping each other) overlaps with the occurrence."""
    after = bisect_left(taken, occurrence.end, key=lambda period: period[0])  # the first that begins too late to matter
    if after == 0 or taken[after - 1][1] <= occurrence.start:
        return None
    if taken[after - 1] == (occurrence.start, occurrence.end):
        return SkipReason.EXISTS
    return SkipReason.OVERLAP
