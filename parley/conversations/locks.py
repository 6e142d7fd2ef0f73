"""The locks of this part. An interview is locked first, with its candidate, by ``parley.interviews.locks``; then its
session; conflicts come last, as there.
"""

from uuid import UUID

from parley.conversations.models import InterviewSession
from parley.core.actors import Actor
from parley.interviews.locks import lock_interview
from parley.interviews.models import Interview


def lock_session(session_id: UUID, *, actor: Actor) -> tuple[Interview, InterviewSession]:
    """A session that is there, and its interview; raises ``NotFound`` where that is not the actor's."""
    interview_id = InterviewSession.objects.values_list("interview_id", flat=True).get(pk=session_id)
    interview = lock_interview(interview_id, actor=actor)
    return interview, lock_session_of(interview, pk=session_id)


def lock_session_of(interview: Interview, *, pk: UUID) -> InterviewSession:
    """A session of an interview that is locked already."""
    rows = InterviewSession.objects.select_related("kit_version").select_for_update(no_key=True, of=("self",))
    session = rows.get(pk=pk, interview=interview)
    session.interview = interview
    return session
