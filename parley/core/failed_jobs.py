"""Jobs that were given up, run once more."""

from datetime import datetime

from procrastinate.contrib.django import app
from procrastinate.contrib.django.models import ProcrastinateJob
from procrastinate.exceptions import ConnectorException, UniqueViolation
from procrastinate.jobs import Status

from parley.core.actors import Actor
from parley.core.errors import Conflict, Forbidden, NotFound
from parley.core.events import Change, record
from parley.core.transactions import operation


@operation
def retry_job(*, job_id: int, actor: Actor, now: datetime) -> str:
    """Let a failed job run again, now; returns its task. Tasks are safe to run twice. Administrators only.

    Raises ``Conflict``: ``job_not_failed``, or ``job_waits`` where the same is to be done already.
    """
    if not actor.sees_all:
        raise Forbidden("Only administrators run jobs again.")
    job = ProcrastinateJob.objects.filter(pk=job_id).first()
    if job is None:
        raise NotFound.of("job run")
    if job.status != Status.FAILED.value:
        raise Conflict("This job has not failed, or it was run again meanwhile.", code="job_not_failed")
    try:
        app.job_manager.retry_job_by_id(job_id, retry_at=now)
    except UniqueViolation as error:
        raise Conflict("The same is to be done already: there is nothing to repeat.", code="job_waits") from error
    except ConnectorException as error:  # somebody else was faster
        raise Conflict("This job was run again meanwhile.", code="job_not_failed") from error
    record(Change(type="task.retried", object_id=job_id, company_id=None), actor=actor, now=now)
    task: str = job.task_name
    return task
