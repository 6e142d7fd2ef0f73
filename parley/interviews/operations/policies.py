"""Changing what a company allows its candidates."""

from collections.abc import Mapping
from dataclasses import asdict
from datetime import datetime

from parley.core.actors import Actor
from parley.core.errors import Forbidden
from parley.core.events import Change, record
from parley.core.transactions import operation
from parley.interviews.models import SchedulingPolicy
from parley.organizations.models import Company
from parley.organizations.operations.users import manages_people


@operation
def update_policy(*, company_id: int, fields: Mapping[str, int | str], actor: Actor, now: datetime) -> SchedulingPolicy:
    """Set some of a company's values; the others stay."""
    company = Company.objects.select_for_update(no_key=True).seen_by(actor, pk=company_id, thing="company")
    if not manages_people(actor):
        raise Forbidden("Only company users and administrators change what candidates may do.")
    policy = SchedulingPolicy.objects.filter(company=company).first() or SchedulingPolicy(company=company)
    before = _state(policy)
    for name, value in fields.items():
        setattr(policy, name, value)
    policy.updated_at = now
    policy.save()
    change = Change(
        type="company.policy_changed",
        object_id=company.pk,
        company_id=company.pk,
        before=before,
        after=_state(policy),
    )
    record(change, actor=actor, now=now)
    return policy


def _state(policy: SchedulingPolicy) -> dict[str, int | str]:
    return asdict(policy.values)
