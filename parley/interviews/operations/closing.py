"""Closing conflicts: by a person's resolution, or because what they were about has been settled otherwise."""

from collections.abc import Iterable
from datetime import datetime
from uuid import UUID

from django.db.models import Q

from parley.core.actors import Actor
from parley.core.events import Change, record_all
from parley.interviews.locks import lock_conflicts
from parley.interviews.models import InterviewConflict
from parley.interviews.operations.holds import withdraw_holds_for
from parley.interviews.rules.states import ConflictType, Resolution

# A candidate would have been booked twice: about the interview that was not booked, not the one that holds the booking.
NOT_BOOKED = Q(conflict_type=ConflictType.CANDIDATE_UNAVAILABLE, conflicting_interview__isnull=False)


def close_conflicts_of(
    interview_id: UUID, *, resolution: Resolution, notes: str, actor: Actor, now: datetime
) -> list[InterviewConflict]:
    """Close what is open about an interview that was moved, booked again or cancelled without a look at them.

    Whom an import would have booked twice stays without a place when the other booking moves: that conflict is about
    the one that was not booked.
    """
    found = lock_conflicts(concerns(interview_id), resolution=Resolution.PENDING)
    close(found, resolution=resolution, notes=notes, actor=actor, now=now)
    return found


def concerns(interview_id: UUID) -> Q:
    """The conflicts that an interview's new place, or its end, settles."""
    return Q(primary_interview_id=interview_id) & ~NOT_BOOKED | NOT_BOOKED & Q(conflicting_interview_id=interview_id)


def close(
    conflicts: Iterable[InterviewConflict], *, resolution: Resolution, notes: str, actor: Actor, now: datetime
) -> None:
    """Close conflicts that are locked and open, and tell it; three statements, whatever their number.

    A place that is still held for one of them is free again.
    """
    conflicts = list(conflicts)
    if not conflicts:
        return
    for conflict in conflicts:
        conflict.resolution = resolution
        conflict.resolution_notes = notes
        conflict.resolved_at = now
        conflict.resolved_by_id = actor.actor_id
    InterviewConflict.objects.filter(pk__in=[conflict.pk for conflict in conflicts]).update(
        resolution=resolution, resolution_notes=notes, resolved_at=now, resolved_by_id=actor.actor_id
    )
    withdraw_holds_for(conflict__in=conflicts, actor=actor, now=now)
    record_all(
        (
            Change(
                type="conflict.resolved",
                object_id=conflict.pk,
                company_id=conflict.company_id,
                before={"resolution": str(Resolution.PENDING)},
                after={"resolution": str(resolution)},
            )
            for conflict in conflicts
        ),
        actor=actor,
        now=now,
    )
