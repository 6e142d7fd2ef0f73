"""Deferring the jobs that send mails: by the task's name, because tasks import what defers them."""

from collections.abc import Iterable

from procrastinate.contrib.django import app
from procrastinate.jobs import Job

from parley.notifications.models import Message

SEND = "notifications.send"


def defer_sending(messages: Iterable[Message]) -> None:
    """Send these mails, in the caller's transaction; one statement, whatever their number.

    The jobs have no lock: with thousands of them waiting, the queue would look through all at each step. A mail that a
    later one has overtaken is left out when its turn comes (``operations.sending``).
    """
    jobs = [
        Job(
            id=None,
            queue="default",
            lock=None,
            queueing_lock=None,
            task_name=SEND,
            task_kwargs={"message_id": str(message.pk)},
        )
        for message in messages
    ]
    if jobs:
        app.job_manager.batch_defer_jobs(jobs)
