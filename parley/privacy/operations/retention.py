"""How long a company keeps what was said, and deleting what is older."""

from datetime import datetime

from django.db.models import Value
from django.db.models.functions import Coalesce

from parley.conversations.models import InterviewSession
from parley.core.actors import SYSTEM, Actor
from parley.core.errors import Forbidden, Invalid
from parley.core.events import Change, record
from parley.core.transactions import operation
from parley.interviews.locks import lock_company, lock_interviews
from parley.organizations.models import Company
from parley.organizations.operations.users import manages_people
from parley.privacy.models import RetentionPolicy
from parley.privacy.operations.proving import prove
from parley.privacy.queries import months_of
from parley.privacy.rules.proofs import Reason
from parley.privacy.rules.retention import LEAST_MONTHS, MOST_MONTHS, cutoff
from parley.privacy.steps import SAID, Gone, over_before, run

AT_ONCE = 50  # sessions in one transaction


@operation
def set_retention(*, company_id: int, months: int | None, actor: Actor, now: datetime) -> RetentionPolicy:
    """Delete what was said so many months after an interview's end; None: keep it. The job deletes, not this call."""
    company = Company.objects.select_for_update(no_key=True).seen_by(actor, pk=company_id, thing="company")
    if not manages_people(actor):
        raise Forbidden("Only company users and administrators change how long something is kept.")
    if months is not None and not LEAST_MONTHS <= months <= MOST_MONTHS:
        raise Invalid.field("months", f"Must be from {LEAST_MONTHS} to {MOST_MONTHS}, or none.", code="out_of_range")
    before = months_of(company.pk)
    policy, _ = RetentionPolicy.objects.update_or_create(
        company=company, defaults={"months": months, "updated_at": now}
    )
    change = Change(
        type="company.retention_changed",
        object_id=company.pk,
        company_id=company.pk,
        before={"months": before},
        after={"months": months},
    )
    record(change, actor=actor, now=now)
    return policy


@operation
def delete_said(*, company_id: int, now: datetime) -> int:
    """Delete what was said in some interviews whose time is over, and prove it; returns in how many.

    One transaction: killed halfway, nothing of it has happened. Two at once wait for each other, and the second finds
    what the first has left.
    """
    lock_company(company_id)
    months = months_of(company_id)
    if months is None:
        return 0
    keys = over_before(company_id, cutoff(months, now=now), most=AT_ONCE)
    if not keys:
        return 0
    sessions = InterviewSession.objects.filter(pk__in=keys)
    lock_interviews(sessions.values_list("interview_id", flat=True))
    list(sessions.order_by("pk").select_for_update(no_key=True).values_list("pk"))
    gone: Gone = {}
    run(SAID, keys, gone)
    sessions.update(said_deleted_at=Coalesce("said_deleted_at", Value(now)))
    prove(gone, company_id=company_id, reason=Reason.RETENTION, rule={"months": months}, actor=SYSTEM, now=now)
    return len(keys)
