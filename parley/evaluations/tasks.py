"""The work after an interview. Each task may run twice, late, or on two workers at once."""

from uuid import UUID

import structlog
from django.utils import timezone
from procrastinate.contrib.django import app

from parley.evaluations.jobs import EVALUATE, ask_to_evaluate
from parley.evaluations.operations.judging import judge
from parley.evaluations.queries import left_undone

log = structlog.get_logger("parley.tasks")


@app.task(name=EVALUATE)
def evaluate(*, interview_id: str) -> None:
    """Let the AI judge what was said, where a model is set; ask people for their ratings."""
    state = judge(UUID(interview_id), clock=timezone.now)
    log.info("evaluated", interview=interview_id, judge=str(state))


@app.periodic(cron="* * * * *")
@app.task(name="evaluations.catch_up", queueing_lock="evaluations.catch_up", pass_context=False)
def catch_up(timestamp: int) -> None:
    """Go on with what was broken off and whose job was lost."""
    for interview_id in left_undone(now=timezone.now()):
        ask_to_evaluate(interview_id)
