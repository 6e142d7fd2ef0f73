"""The events of an interview that is held."""

from datetime import datetime
from uuid import UUID

from parley.core.actors import Actor
from parley.core.events import Change, record
from parley.interviews.models import Interview, InterviewSchedule
from parley.interviews.operations.seats import booking_state, set_interview_status
from parley.interviews.rules.states import InterviewStatus


def step_to(
    status: InterviewStatus,
    event: str,
    interview: Interview,
    schedule: InterviewSchedule,
    *,
    session_id: UUID | None,
    actor: Actor,
    now: datetime,
) -> None:
    """Move a locked interview to ``status``, and write the event; raises ``Conflict`` where it cannot get there."""
    before = {"status": str(interview.status)}
    set_interview_status(interview, status, now=now)
    after = booking_state(schedule) | {"status": str(interview.status), "session_id": session_id}
    change = Change(type=event, object_id=interview.pk, company_id=interview.company_id, before=before, after=after)
    record(change, actor=actor, now=now)
