"""Making, changing and removing candidates and their resumes."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.core.files.base import ContentFile
from django.db import transaction
from django.db.models import Q

from parley.core.actors import Actor
from parley.core.emails import canonical_email
from parley.core.errors import Busy, Conflict, Invalid
from parley.core.events import Change, record, record_all
from parley.core.transactions import operation
from parley.hiring.models import Candidate, Job, Resume
from parley.hiring.resumes import Resume as ReadResume
from parley.hiring.resumes import ResumeError, TooBusy, read_resume
from parley.organizations.models import Company
from parley.organizations.tenancy import company_if_any


class UnreadableResume(Invalid):
    """The file is not a resume that can be taken in."""


@dataclass(frozen=True)
class Upload:
    """A resume as it arrived and as it was read."""

    content: bytes
    filename: str
    read: ReadResume


def read_upload(*, content: bytes, filename: str) -> Upload:
    """Read a resume before any transaction is open; raises ``UnreadableResume`` naming the field, or ``Busy``."""
    try:
        return Upload(content=content, filename=filename[-200:], read=read_resume(content=content, filename=filename))
    except TooBusy as error:
        raise Busy(str(error)) from error
    except ResumeError as error:
        raise UnreadableResume(str(error), code=error.code, errors={"resume": [str(error)]}) from error


@operation
def create_candidate(
    *,
    company_id: int | None,
    job_id: int | None,
    fields: Mapping[str, Any],
    resume: Upload | None,
    actor: Actor,
    now: datetime,
) -> Candidate:
    """Make a candidate; what the fields leave out (name, e-mail, phone) is taken from the resume where it is found."""
    job = _job(actor, job_id)
    company_id = _company(actor, company_id, job)
    values = dict(fields)
    if resume is not None:
        values = _with_found(values, resume.read)
    _require(values)
    values["email"] = canonical_email(values["email"])
    candidate = Candidate(company_id=company_id, job=job, **values)
    candidate.save(force_insert=True)
    if resume is not None:
        _attach(candidate, resume, actor=actor, now=now)
    record(Change(type="candidate.created", object_id=candidate.pk, company_id=company_id), actor=actor, now=now)
    return candidate


@operation
def create_candidates(
    *, company_id: int | None, job_id: int | None, rows: Sequence[Mapping[str, Any]], actor: Actor, now: datetime
) -> list[Candidate]:
    """Make many or none: an address that is there twice, or taken, refuses all and names its row."""
    job = _job(actor, job_id)
    company_id = _company(actor, company_id, job)
    if company_id is not None:  # imports of one company go one after the other, so the check below holds
        Company.objects.select_for_update(no_key=True).get(pk=company_id)
    _refuse_known(rows, company_id)
    candidates = Candidate.objects.bulk_create([Candidate(company_id=company_id, job=job, **row) for row in rows])
    record_all(
        (Change(type="candidate.created", object_id=candidate.pk, company_id=company_id) for candidate in candidates),
        actor=actor,
        now=now,
    )
    return candidates


@operation
def update_candidate(
    *,
    candidate_id: int,
    fields: Mapping[str, Any],
    actor: Actor,
    now: datetime,
    resume: Upload | None = None,
    drop_resume: bool = False,
    company_id: int | None = None,
) -> Candidate:
    """Change a candidate's own fields; replace the resume where one is sent, or remove it.

    A candidate's company never changes; one who has none yet gets the named one or the job's, and the interviews that
    have none either go along.
    """
    candidate = Candidate.objects.select_for_update(no_key=True).seen_by(actor, pk=candidate_id, thing="candidate")
    refuse_erased(candidate)
    values = dict(fields)
    job = _job(actor, values["job_id"]) if "job_id" in values else None
    _settle_company(candidate, company_id, job)
    if "email" in values:
        values["email"] = canonical_email(values["email"])
    for name, value in values.items():
        setattr(candidate, name, value)
    candidate.save()
    if resume is not None:
        _attach(candidate, resume, actor=actor, now=now)
    elif drop_resume:
        _detach(candidate)
    record(
        Change(type="candidate.updated", object_id=candidate.pk, company_id=candidate.company_id), actor=actor, now=now
    )
    return candidate


@operation
def delete_candidate(*, candidate_id: int, actor: Actor, now: datetime) -> None:
    """Remove a candidate who was never invited to an interview, with the resume."""
    candidate = Candidate.objects.select_for_update().seen_by(actor, pk=candidate_id, thing="candidate")
    if candidate.interviews.exists():
        raise Conflict("This candidate has interviews: their history is kept.", code="in_use")
    _detach(candidate)
    record(
        Change(type="candidate.deleted", object_id=candidate.pk, company_id=candidate.company_id), actor=actor, now=now
    )
    candidate.delete()


def refuse_erased(candidate: Candidate) -> None:
    """Raise ``Conflict`` for a candidate whose data were deleted: nothing new is kept of them, or sent to them."""
    if candidate.erased_at is not None:
        raise Conflict("The data of this candidate were deleted.", code="candidate_erased")


def _job(actor: Actor, job_id: int | None) -> Job | None:
    if job_id is None:
        return None
    job = Job.objects.visible_to(actor).filter(pk=job_id).first()
    if job is None:
        raise Invalid.field("job", "There is no such job.", code="job_not_found")
    return job


def _company(actor: Actor, named: int | None, job: Job | None) -> int | None:
    """A candidate's company: the named one, else the job's; administrators alone may leave both out."""
    company_id = company_if_any(actor, named=named)
    if company_id is None and job is not None:
        company_id = job.company_id
    if company_id is not None and not Company.objects.filter(pk=company_id).exists():
        raise Invalid.field("company", "There is no such company.", code="company_not_found")
    if job is not None and job.company_id != company_id:
        raise Invalid.field("job", "This job belongs to another company.", code="other_company")
    return company_id


def _settle_company(candidate: Candidate, named: int | None, job: Job | None) -> None:
    """Give a candidate without a company one; raise ``Invalid`` for another one than the candidate has."""
    wanted = named or (job.company_id if job else None) or candidate.company_id
    if candidate.company_id is None and wanted is not None:
        if not Company.objects.filter(pk=wanted).exists():
            raise Invalid.field("company", "There is no such company.", code="company_not_found")
        candidate.company_id = wanted
        candidate.interviews.filter(company__isnull=True).update(company_id=wanted)
    if named is not None and named != candidate.company_id:
        raise Invalid.field("company", "The company cannot be changed.", code="company_fixed")
    if job is not None and job.company_id != candidate.company_id:
        raise Invalid.field("job", "This job belongs to another company.", code="other_company")


def _with_found(values: dict[str, Any], read: ReadResume) -> dict[str, Any]:
    found = {
        "full_name": read.full_name or "",
        "email": read.emails[0] if read.emails else "",
        "phone": read.phones[0] if read.phones else "",
    }
    return {**values, **{name: value for name, value in found.items() if value and not values.get(name)}}


def _require(values: Mapping[str, Any]) -> None:
    missing = [name for name in ("full_name", "email") if not values.get(name)]
    if missing:
        raise Invalid(
            f"Missing: {', '.join(missing)} (and not found in a resume).",
            code="required",
            errors={name: ["This field is required."] for name in missing},
        )


def _refuse_known(rows: Sequence[Mapping[str, Any]], company_id: int | None) -> None:
    emails = [row["email"].lower() for row in rows]
    of_company = Q(company__isnull=True) if company_id is None else Q(company_id=company_id)
    known = set(Candidate.objects.filter(of_company, email__in=emails).values_list("email", flat=True))
    seen: set[str] = set()
    errors: dict[str, list[str]] = {}
    for index, email in enumerate(emails):
        if email in known:
            errors[f"candidates[{index}].email"] = ["A candidate with this email already exists."]
        elif email in seen:
            errors[f"candidates[{index}].email"] = ["This email stands in an earlier row, too."]
        seen.add(email)
    if errors:
        raise Invalid("Some rows cannot be taken; none was.", code="email_taken", errors=errors)


def _attach(candidate: Candidate, upload: Upload, *, actor: Actor, now: datetime) -> None:
    _detach(candidate)
    read = upload.read
    resume = Resume(
        candidate=candidate,
        kind=read.kind,
        filename=upload.filename,
        content_type=read.content_type,
        size=len(upload.content),
        text=read.text,
        full_name=(read.full_name or "")[:200],
        emails=list(read.emails),
        phones=list(read.phones),
        links=list(read.links),
        uploaded_by_id=actor.actor_id,
        uploaded_at=now,
    )
    # The file is on disk before the row commits: a rollback leaves a file that nobody refers to, never the reverse.
    resume.file.save(upload.filename, ContentFile(upload.content), save=False)
    resume.save(force_insert=True)
    candidate.resume = resume


def _detach(candidate: Candidate) -> None:
    earlier = Resume.objects.select_for_update().filter(candidate=candidate).first()
    if earlier is not None:
        _drop_file_after_commit(earlier)
        earlier.delete()


def _drop_file_after_commit(resume: Resume) -> None:
    storage, name = resume.file.storage, resume.file.name
    transaction.on_commit(lambda: storage.delete(name) if name else None)
