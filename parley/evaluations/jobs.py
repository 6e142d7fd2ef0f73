"""Asking for an interview to be evaluated: by the task's name, because tasks import what asks."""

from uuid import UUID

from django.db import transaction
from procrastinate.contrib.django import app
from procrastinate.exceptions import AlreadyEnqueued

EVALUATE = "evaluations.evaluate"


def ask_to_evaluate(interview_id: UUID | str) -> None:
    """Have an interview evaluated that was held, in the caller's transaction; where a job waits already, it will do."""
    name = f"{EVALUATE}:{interview_id}"
    try:
        with transaction.atomic():  # a savepoint: the refusal must not undo what the caller has written
            app.configure_task(EVALUATE, lock=name, queueing_lock=name).defer(interview_id=str(interview_id))
    except AlreadyEnqueued:
        return
