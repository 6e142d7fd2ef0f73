"""Taking back the latest change of a booking, whatever it was: what people call undo."""

from datetime import datetime
from uuid import UUID

from parley.core.actors import Actor
from parley.core.errors import Conflict
from parley.core.transactions import operation
from parley.interviews.models import InterviewSchedule
from parley.interviews.operations.booking import book, move_by_hand, release
from parley.interviews.rules.states import ScheduleStatus


@operation
def undo_booking_change(*, schedule_id: UUID, actor: Actor, now: datetime) -> str:
    """Take back what was done last to an interview's booking; ``schedule_id`` names the booking that it left behind.

    One that was moved goes back, one that was made is given up, one that was ended is booked again: as far as the place
    is there still, else ``Conflict`` says why not. Raises ``Conflict`` ``changed_since`` where something else was done
    since. Returns ``moved``, ``released`` or ``booked``.
    """
    seen = InterviewSchedule.objects.seen_by(actor, pk=schedule_id, thing="schedule")
    latest = InterviewSchedule.objects.filter(interview=seen.interview_id).order_by("-booked_at", "-pk").first()
    if latest is None or latest.pk != seen.pk or seen.status == ScheduleStatus.RESCHEDULED:
        raise Conflict("The booking was changed since: see what it is now.", code="changed_since")
    if not seen.is_live:
        notes = seen.booking_notes
        book(interview_id=seen.interview_id, slot_id=seen.slot_id, notes=notes, actor=actor, now=now)
        return "booked"
    earlier = InterviewSchedule.objects.filter(replaced_by=seen).first()
    if earlier is None:
        release(slot_id=seen.slot_id, schedule_id=seen.pk, interview_id=None, actor=actor, now=now)
        return "released"
    move_by_hand(schedule_id=seen.pk, slot_id=earlier.slot_id, actor=actor, now=now)
    return "moved"
