"""A company's kits: copied from those that Parley ships, worded anew in ever new versions, archived."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from parley.conversations.library import USUAL, shipped, type_named
from parley.conversations.models import InterviewKit, KitVersion
from parley.conversations.rules.kits import content_hash, kit_of
from parley.conversations.rules.languages import is_language
from parley.core.actors import Actor
from parley.core.errors import Conflict, Invalid, NotFound
from parley.core.events import Change, record
from parley.core.transactions import operation
from parley.hiring.models import Job
from parley.organizations.models import Company
from parley.organizations.tenancy import company_for

MOST_KITS = 200
CHANGEABLE = ("name", "job_id", "is_active")


@operation
def create_kit(
    *,
    company_id: int | None,
    interview_type: str,
    name: str,
    job_id: int | None,
    content: Mapping[str, Any] | None,
    language: str = USUAL,
    actor: Actor,
    now: datetime,
) -> InterviewKit:
    """Make a kit with its first version; without ``content``, with the words that Parley ships for the
    type in a ``language``.

    Raises ``Invalid`` for what is no kit, a name that is taken or a job that is not there; ``Conflict``
    ``too_many_kits``.
    """
    company_id = company_for(actor, named=company_id)
    if not Company.objects.select_for_update(no_key=True).filter(pk=company_id).exists():
        raise Invalid.field("company", "There is no such company.", code="company_not_found")
    if InterviewKit.objects.filter(company_id=company_id).count() >= MOST_KITS:
        raise Conflict(f"A company has at most {MOST_KITS} kits, archived ones included.", code="too_many_kits")
    _refuse_unknown_job(job_id, company_id)
    words = shipped(interview_type, language) if content is None else content
    kit = InterviewKit(
        company_id=company_id, job_id=job_id, interview_type=interview_type, name=name, created_at=now, updated_at=now
    )
    kit.save(force_insert=True)
    _write(kit, words or {}, number=1, actor=actor, now=now)
    _tell("kit.created", kit, after=_state(kit), actor=actor, now=now)
    return kit


@operation
def update_kit(*, kit_id: UUID, fields: Mapping[str, Any], actor: Actor, now: datetime) -> InterviewKit:
    """Change the name, the job or whether it is active; interviews that were held by it keep their version."""
    kit = _locked(kit_id, actor)
    before = _state(kit)
    if "job_id" in fields and fields["job_id"] != kit.job_id:
        _refuse_unknown_job(fields["job_id"], kit.company_id)
    for name in CHANGEABLE:
        setattr(kit, name, fields.get(name, getattr(kit, name)))
    kit.updated_at = now
    kit.save()
    _tell("kit.updated", kit, before=before, after=_state(kit), actor=actor, now=now)
    return kit


@operation
def add_version(
    *, kit_id: UUID, content: Mapping[str, Any], based_on: int | None, actor: Actor, now: datetime
) -> KitVersion:
    """Make these the words of a kit: a new version, which interviews use that begin from now on.

    The words that it has already make no version: the latest one is given back. Raises ``Invalid`` for what is no
    kit; ``Conflict`` ``kit_changed`` where ``based_on``, the number of the version that was edited, is not the latest.
    """
    kit = _locked(kit_id, actor)
    latest = kit.versions.order_by("-number")[0]
    if based_on is not None and based_on != latest.number:
        raise Conflict(f"Somebody has saved version {latest.number} meanwhile: nothing was kept.", code="kit_changed")
    if kit_of(content) == kit_of(latest.content):  # written out or not, what is usual is the same
        return latest
    version = _write(kit, content, number=latest.number + 1, actor=actor, now=now)
    kit.updated_at = now
    kit.save(update_fields=["updated_at"])
    after = {"version": version.number, "content_hash": version.content_hash}
    before = {"version": latest.number, "content_hash": latest.content_hash}
    _tell("kit.reworded", kit, before=before, after=after, actor=actor, now=now)
    return version


def knows_kit(company_id: int, named: str | int) -> bool:
    """Whether ``named`` is the id or name of an active kit of the company, or the type of one that Parley ships."""
    if type_named(named) is not None:
        return True
    return InterviewKit.objects.named(named).filter(company_id=company_id, is_active=True).exists()


def _locked(kit_id: UUID, actor: Actor) -> InterviewKit:
    """A company's kit; those that Parley ships are not there to be changed."""
    rows = InterviewKit.objects.select_for_update(no_key=True).filter(company__isnull=False)
    kit = rows.visible_to(actor).filter(pk=kit_id).first()
    if kit is None:
        raise NotFound.of("kit")
    return kit


def _write(kit: InterviewKit, content: Mapping[str, Any], *, number: int, actor: Actor, now: datetime) -> KitVersion:
    if not is_language(tag := kit_of(content).language):
        words = f"content.language: {tag} is the tag of no language that is known: write one such as en or de-AT."
        raise Invalid.field("content", words, code="bad_kit")
    version = KitVersion(
        kit=kit,
        number=number,
        content=dict(content),
        content_hash=content_hash(content),
        created_at=now,
        created_by_id=actor.actor_id,
    )
    version.save(force_insert=True)
    return version


def _refuse_unknown_job(job_id: int | None, company_id: Any) -> None:
    if job_id is not None and not Job.objects.filter(pk=job_id, company_id=company_id).exists():
        raise Invalid.field("job", "There is no such job.", code="job_not_found")


def _state(kit: InterviewKit) -> dict[str, Any]:
    return {"interview_type": kit.interview_type, "job_id": kit.job_id, "is_active": kit.is_active}


def _tell(
    event: str,
    kit: InterviewKit,
    *,
    before: Mapping[str, Any] | None = None,
    after: Mapping[str, Any],
    actor: Actor,
    now: datetime,
) -> None:
    change = Change(type=event, object_id=kit.pk, company_id=kit.company_id, before=before, after=after)
    record(change, actor=actor, now=now)
