"""Inviting candidates to a job and a round: their interview is made where there is none, and their link sent."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from uuid import UUID

from parley.core.actors import SYSTEM, Actor
from parley.core.errors import Conflict, DomainError, Invalid, NotFound
from parley.core.events import Change, record
from parley.core.transactions import operation
from parley.hiring.models import Candidate, Job
from parley.hiring.operations.candidates import refuse_erased
from parley.interviews.jobs import ask_to_invite
from parley.interviews.models import Interview, InvitationBatch, InvitationRow
from parley.interviews.operations.links import make_link
from parley.interviews.pipeline import staged, standing_of
from parley.interviews.rules.stages import refuse_to_invite
from parley.interviews.rules.states import InterviewStatus, InvitingState, InvitingStatus
from parley.organizations.tenancy import company_for

MOST = 5000  # candidates in one batch
AT_ONCE = 20  # are invited in one transaction
KEEP = timedelta(days=30)


@operation
def invite_to_job(
    *,
    candidate_id: int,
    job_id: int | None,
    interview_round: str,
    interview_type: str,
    valid_for: timedelta,
    actor: Actor,
    now: datetime,
) -> Interview:
    """Invite one candidate; see ``refuse_to_invite`` for what is refused."""
    candidate = Candidate.objects.visible_to(actor).filter(pk=candidate_id).first()
    if candidate is None:
        raise NotFound.of("candidate")
    job = _job(job_id, candidate.company_id, actor=actor)
    return _invite(candidate.pk, job, interview_round, interview_type, valid_for=valid_for, actor=actor, now=now)


@operation
def begin_inviting(
    *,
    candidate_ids: Sequence[int],
    job_id: int | None,
    interview_round: str,
    interview_type: str,
    actor: Actor,
    now: datetime,
) -> InvitationBatch:
    """Note who is to be invited; a few are invited by ``invite_next`` at once, many by the job that is asked for."""
    company_id = company_for(actor, named=None)
    keys = list(dict.fromkeys(candidate_ids))
    if not keys:
        raise Invalid.field("candidates", "Choose at least one candidate.", code="required")
    if len(keys) > MOST:
        raise Invalid.field("candidates", f"Invite at most {MOST:,} at once: filter the list.", code="too_many")
    seen = set(Candidate.objects.filter(company_id=company_id, pk__in=keys).values_list("pk", flat=True))
    if len(seen) != len(keys):
        raise Invalid.field(
            "candidates", "Some of these candidates are not there any more.", code="candidate_not_found"
        )
    batch = InvitationBatch(
        company_id=company_id,
        job=_job(job_id, company_id, actor=actor),
        interview_round=interview_round,
        ai_interview_type=interview_type,
        total=len(keys),
        created_at=now,
        created_by_id=actor.actor_id,
    )
    batch.save(force_insert=True)
    InvitationRow.objects.bulk_create([InvitationRow(batch=batch, candidate_id=key) for key in keys])
    _tell("started", batch, actor=actor, now=now)
    if len(keys) > AT_ONCE:
        ask_to_invite(batch.pk)
    return batch


@operation
def invite_next(*, batch_id: UUID, valid_for: timedelta, now: datetime) -> bool:
    """Invite the next of a batch; says whether there are more. Safe to run twice, and at once: nobody is invited twice.

    Whoever cannot be invited is left out, with the reason.
    """
    rows = InvitationBatch.objects.select_for_update(no_key=True, of=("self",)).select_related("created_by", "job")
    batch = rows.filter(pk=batch_id).first()
    if batch is None or batch.status == InvitingStatus.DONE:
        return False
    actor: Actor = batch.created_by or SYSTEM
    waiting = list(batch.rows.filter(state=InvitingState.WAITING).order_by("candidate_id")[:AT_ONCE])
    for row in waiting:
        _try(row, batch, valid_for=valid_for, actor=actor, now=now)
    InvitationRow.objects.bulk_update(waiting, ["state", "interview", "code", "reason"])
    batch.invited += sum(row.state == InvitingState.INVITED for row in waiting)
    batch.refused += sum(row.state == InvitingState.REFUSED for row in waiting)
    is_over = not batch.rows.filter(state=InvitingState.WAITING).exists()
    if is_over:
        batch.status, batch.finished_at = InvitingStatus.DONE, now
    batch.save(update_fields=["invited", "refused", "status", "finished_at"])
    if is_over:
        _tell("finished", batch, actor=actor, now=now)
    return not is_over


@operation
def forget_old_batches(*, now: datetime) -> int:
    """Remove reports that are a month old; the invitations stay. Returns how many."""
    old = InvitationBatch.objects.filter(status=InvitingStatus.DONE, created_at__lt=now - KEEP)
    keys = list(old.values_list("pk", flat=True)[:100])
    InvitationRow.objects.filter(batch__in=keys).delete()
    InvitationBatch.objects.filter(pk__in=keys).delete()
    return len(keys)


def _try(row: InvitationRow, batch: InvitationBatch, *, valid_for: timedelta, actor: Actor, now: datetime) -> None:
    """Every refusal of ``_invite`` comes before it writes, so that nothing of one is left behind."""
    try:
        row.interview = _invite(
            row.candidate_id,
            batch.job,
            batch.interview_round,
            batch.ai_interview_type,
            valid_for=valid_for,
            actor=actor,
            now=now,
        )
    except DomainError as error:
        row.state, row.code, row.reason = InvitingState.REFUSED, error.code, error.detail[:300]
    else:
        row.state = InvitingState.INVITED


def _invite(
    candidate_id: int,
    job: Job | None,
    interview_round: str,
    interview_type: str,
    *,
    valid_for: timedelta,
    actor: Actor,
    now: datetime,
) -> Interview:
    candidate = Candidate.objects.select_for_update(no_key=True).filter(pk=candidate_id).first()
    if candidate is None:
        raise NotFound.of("candidate")
    refuse_erased(candidate)
    if job is not None and not job.is_active:
        raise Conflict("This job is archived: nobody is invited to it.", code="job_archived")
    interview = _latest(candidate, job, interview_round)
    if interview is not None:
        refuse_to_invite(standing_of(interview), now=now)
    else:
        interview = _made(candidate, job, interview_round, actor=actor, now=now)
    make_link(interview, interview_type=interview_type, valid_for=valid_for, actor=actor, now=now)
    return interview


def _latest(candidate: Candidate, job: Job | None, interview_round: str) -> Interview | None:
    """The interview of that job and round; one that was cancelled is none, as its link would not open it again."""
    rows = Interview.objects.filter(candidate=candidate, job=job, interview_round__iexact=interview_round)
    keys = rows.exclude(status=InterviewStatus.CANCELLED).order_by("-created_at", "pk").values_list("pk", flat=True)[:1]
    Interview.objects.select_for_update(no_key=True).filter(pk__in=list(keys)).first()
    found: Interview | None = staged(Interview.objects.filter(pk__in=list(keys))).first()
    return found


def _made(candidate: Candidate, job: Job | None, interview_round: str, *, actor: Actor, now: datetime) -> Interview:
    company_id = job.company_id if job else candidate.company_id
    interview = Interview(
        candidate=candidate,
        job=job,
        company_id=company_id,
        interview_round=interview_round,
        created_at=now,
        updated_at=now,
    )
    interview.save(force_insert=True)
    change = Change(type="interview.created", object_id=interview.pk, company_id=company_id, after=interview.state())
    record(change, actor=actor, now=now)
    return interview


def _job(job_id: int | None, company_id: int | None, *, actor: Actor) -> Job | None:
    if job_id is None:
        return None
    job = Job.objects.visible_to(actor).filter(pk=job_id).first()
    if job is None or (company_id is not None and job.company_id != company_id):
        raise Invalid.field("job", "There is no such job.", code="job_not_found")
    return job


def _tell(what: str, batch: InvitationBatch, *, actor: Actor, now: datetime) -> None:
    change = Change(
        type=f"invitation_batch.{what}", object_id=batch.pk, company_id=batch.company_id, after=batch.told()
    )
    record(change, actor=actor, now=now)
