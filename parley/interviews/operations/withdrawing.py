"""Ending all that is open about a candidate's interviews, at once: for a candidate who is deleted."""

from collections.abc import Collection
from datetime import datetime
from uuid import UUID

from parley.core.actors import Actor
from parley.core.events import Change, record
from parley.interviews.locks import lock_interviews, lock_slots
from parley.interviews.models import Interview, InterviewLink, InterviewSchedule, PlaceHold
from parley.interviews.operations.booking import cancel, release
from parley.interviews.operations.closing import close_conflicts_of
from parley.interviews.operations.holds import leave_waitlist, let_go
from parley.interviews.operations.seats import set_interview_status
from parley.interviews.rules.booking import refuse_too_late
from parley.interviews.rules.states import LIVE_SCHEDULE, HoldStatus, InterviewStatus, Resolution, WaitingStatus


def withdraw(interview_ids: Collection[UUID], *, actor: Actor, now: datetime) -> None:
    """Cancel bookings and interviews, give back what is held, end waits, conflicts and links; inside an operation.

    Interviews that are over stay as they were. Raises ``Conflict`` ``interview_started`` for one that is being held.
    """
    live = InterviewSchedule.objects.filter(interview__in=interview_ids, status__in=LIVE_SCHEDULE)
    held = PlaceHold.objects.filter(interview__in=interview_ids, status=HoldStatus.HELD, slot__isnull=False)
    lock_slots({*live.values_list("slot_id", flat=True), *held.values_list("slot_id", flat=True)})
    for key, interview in lock_interviews(interview_ids).items():
        if interview.status == InterviewStatus.IN_PROGRESS:
            refuse_too_late(interview)
        if interview.status != InterviewStatus.COMPLETED:
            _end_booking(interview, actor=actor, now=now)
        let_go(key, into=None, actor=actor, now=now)
        leave_waitlist(key, WaitingStatus.LEFT, actor=actor, now=now)
        close_conflicts_of(key, resolution=Resolution.CANCELLED, notes="", actor=actor, now=now)
        InterviewLink.objects.filter(interview_id=key, revoked_at__isnull=True).update(revoked_at=now)


def _end_booking(interview: Interview, *, actor: Actor, now: datetime) -> None:
    booked = interview.schedules.filter(status__in=LIVE_SCHEDULE).first()
    is_open = interview.status == InterviewStatus.SCHEDULED
    if booked is not None and is_open:
        cancel(schedule_id=booked.pk, reason="", actor=actor, now=now)
    elif booked is not None:  # one that was missed or failed cannot be cancelled: its place is given back
        release(slot_id=booked.slot_id, schedule_id=booked.pk, interview_id=interview.pk, actor=actor, now=now)
    elif is_open:
        set_interview_status(interview, InterviewStatus.CANCELLED, now=now)
        states = {"before": {"status": InterviewStatus.SCHEDULED.value}, "after": interview.state()}
        change = Change(type="interview.cancelled", object_id=interview.pk, company_id=interview.company_id, **states)
        record(change, actor=actor, now=now)
