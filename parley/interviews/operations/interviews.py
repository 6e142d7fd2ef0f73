"""Making and changing interviews."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db.models import Q

from parley.core.actors import Actor
from parley.core.errors import Conflict, Invalid
from parley.core.events import Change, record
from parley.core.transactions import operation
from parley.hiring.models import Candidate, Job
from parley.hiring.operations.candidates import refuse_erased
from parley.interviews.locks import lock_interview
from parley.interviews.models import Interview, InterviewConflict
from parley.interviews.operations.holds import leave_waitlist, let_go
from parley.interviews.queries import live_schedule
from parley.interviews.rules.booking import refuse_mismatch
from parley.interviews.rules.states import WaitingStatus


@operation
def create_interview(
    *,
    candidate_id: int,
    job_id: int | None,
    fields: Mapping[str, Any],
    company_id: int | None,
    actor: Actor,
    now: datetime,
) -> Interview:
    """Make an interview for a candidate. Its company is its job's, else its candidate's; a named one must agree."""
    candidate = Candidate.objects.visible_to(actor).filter(pk=candidate_id).first()
    if candidate is None:
        raise Invalid.field("candidate", "There is no such candidate.", code="candidate_not_found")
    refuse_erased(candidate)
    job = _job(actor, job_id, candidate.company_id)
    own = job.company_id if job else candidate.company_id
    if company_id is not None and company_id != own:
        raise Invalid.field("company", "The candidate or job belongs to another company.", code="other_company")
    interview = Interview(
        candidate=candidate,
        job=job,
        company_id=own,
        created_at=now,
        updated_at=now,
        **fields,
    )
    interview.save(force_insert=True)
    record(
        Change(
            type="interview.created", object_id=interview.pk, company_id=interview.company_id, after=interview.state()
        ),
        actor=actor,
        now=now,
    )
    return interview


@operation
def update_interview(*, interview_id: UUID, fields: Mapping[str, Any], actor: Actor, now: datetime) -> Interview:
    """Change an interview's job, round or feedback; its candidate and company stay."""
    interview = lock_interview(interview_id, actor=actor)
    before = interview.state()
    values = dict(fields)
    if "job_id" in values:
        interview.job = _job(actor, values.pop("job_id"), interview.company_id)
        if (held := live_schedule(interview.pk)) is not None:
            refuse_mismatch(interview, held.slot)
        if interview.job is not None:  # one that had no company yet is its job's from now on
            interview.company_id = interview.job.company_id
    for name, value in values.items():
        setattr(interview, name, value)
    interview.updated_at = now
    interview.save()
    record(
        Change(
            type="interview.updated",
            object_id=interview.pk,
            company_id=interview.company_id,
            before=before,
            after=interview.state(),
        ),
        actor=actor,
        now=now,
    )
    return interview


@operation
def delete_interview(*, interview_id: UUID, actor: Actor, now: datetime) -> None:
    """Remove an interview that was never booked; the history of one that was is kept."""
    interview = lock_interview(interview_id, actor=actor)
    named = InterviewConflict.objects.filter(Q(primary_interview=interview) | Q(conflicting_interview=interview))
    if interview.schedules.exists() or named.exists():
        raise Conflict(
            "This interview has been booked: its history is kept. Cancel its schedule instead.", code="in_use"
        )
    leave_waitlist(interview.pk, WaitingStatus.LEFT, actor=actor, now=now)
    let_go(interview.pk, into=None, actor=actor, now=now)
    record(
        Change(
            type="interview.deleted",
            object_id=interview.pk,
            company_id=interview.company_id,
            before=interview.state(),
        ),
        actor=actor,
        now=now,
    )
    interview.delete()


def _job(actor: Actor, job_id: int | None, company_id: int | None) -> Job | None:
    if job_id is None:
        return None
    job = Job.objects.visible_to(actor).filter(pk=job_id).first()
    if job is None:
        raise Invalid.field("job", "There is no such job.", code="job_not_found")
    if company_id is not None and job.company_id != company_id:
        raise Invalid.field("job", "This job belongs to another company than the candidate.", code="other_company")
    return job
