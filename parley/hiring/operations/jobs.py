"""Making, changing and removing jobs."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from parley.core.actors import Actor
from parley.core.errors import Conflict, Invalid
from parley.core.events import Change, record
from parley.core.transactions import operation
from parley.hiring.models import Job
from parley.organizations.models import Company
from parley.organizations.tenancy import company_for


@operation
def create_job(*, company_id: int | None, fields: Mapping[str, Any], actor: Actor, now: datetime) -> Job:
    """Make a job in the actor's company; an administrator names one."""
    company_id = company_for(actor, named=company_id)
    if not Company.objects.filter(pk=company_id).exists():
        raise Invalid.field("company", "There is no such company.", code="company_not_found")
    job = Job(company_id=company_id, **fields)
    job.save(force_insert=True)
    record(Change(type="job.created", object_id=job.pk, company_id=company_id, after=_state(job)), actor=actor, now=now)
    return job


@operation
def update_job(*, job_id: int, fields: Mapping[str, Any], actor: Actor, now: datetime) -> Job:
    """Change a job's own fields; its company never changes."""
    job = Job.objects.select_for_update(no_key=True).seen_by(actor, pk=job_id, thing="job")
    before = _state(job)
    for name, value in fields.items():
        setattr(job, name, value)
    job.save()
    record(
        Change(type="job.updated", object_id=job.pk, company_id=job.company_id, before=before, after=_state(job)),
        actor=actor,
        now=now,
    )
    return job


@operation
def delete_job(*, job_id: int, actor: Actor, now: datetime) -> None:
    """Remove a job that nothing refers to; one in use is deactivated instead."""
    job = Job.objects.select_for_update().seen_by(actor, pk=job_id, thing="job")
    if job.candidates.exists() or job.interviews.exists() or job.slots.exists():
        raise Conflict(
            "Candidates, interviews or slots refer to this job: set is_active to false instead.", code="in_use"
        )
    record(
        Change(type="job.deleted", object_id=job.pk, company_id=job.company_id, before=_state(job)),
        actor=actor,
        now=now,
    )
    job.delete()


def _state(job: Job) -> dict[str, object]:
    return {"job_title": job.job_title, "is_active": job.is_active}
