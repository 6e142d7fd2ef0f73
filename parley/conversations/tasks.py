"""The periodic work of conversations. Each task may run twice, late, or on two workers at once."""

import structlog
from django.utils import timezone
from procrastinate.contrib.django import app

from parley.conversations.models import InterviewSession
from parley.conversations.operations.ending import expire_session, miss_interview
from parley.conversations.queries import missed_interviews
from parley.conversations.rules.states import SessionState
from parley.conversations.rules.timing import TYPING

log = structlog.get_logger("parley.tasks")


@app.periodic(cron="* * * * *")
@app.task(name="conversations.end_sessions", queueing_lock="conversations.end_sessions", pass_context=False)
def end_sessions(timestamp: int) -> None:
    """End what is past its limit, with what there is."""
    now = timezone.now()
    over = InterviewSession.objects.filter(state=SessionState.RUNNING, ends_at__lt=now - TYPING)
    for session_id in over.order_by("ends_at", "pk").values_list("pk", flat=True):
        try:
            expire_session(session_id=session_id, now=now)
        except Exception:
            log.exception("session_not_ended", session=str(session_id))


@app.periodic(cron="* * * * *")
@app.task(name="conversations.find_missed", queueing_lock="conversations.find_missed", pass_context=False)
def find_missed(timestamp: int) -> None:
    """Mark the interviews that nobody has come to."""
    now = timezone.now()
    for interview_id in missed_interviews(now=now):
        try:
            miss_interview(interview_id=interview_id, now=now)
        except Exception:
            log.exception("interview_not_marked", interview=str(interview_id))
