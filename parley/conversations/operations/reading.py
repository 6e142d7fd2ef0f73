"""Reading a transcript: every look at one is in the audit log."""

from datetime import datetime
from uuid import UUID

from parley.conversations.models import InterviewSession, Turn
from parley.conversations.queries import session_of, turns_of
from parley.core.actors import Actor
from parley.core.errors import NotFound
from parley.core.events import Change, record
from parley.core.transactions import operation
from parley.interviews.models import Interview


@operation
def read_transcript(*, interview_id: UUID, actor: Actor, now: datetime) -> tuple[InterviewSession, list[Turn]]:
    """What was said in an interview; raises ``NotFound`` where it is not the actor's, or has not begun."""
    interview = Interview.objects.seen_by(actor, pk=interview_id, thing="interview")
    session = session_of(interview.pk)
    if session is None:
        raise NotFound("This interview has not begun.", code="session_not_found")
    change = Change(
        type="interview.transcript_read",
        object_id=interview.pk,
        company_id=interview.company_id,
        after={"session_id": session.pk},
    )
    record(change, actor=actor, now=now)
    return session, turns_of(session)
