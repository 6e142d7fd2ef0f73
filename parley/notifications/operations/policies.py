"""Changing what a company says of its mails."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from parley.core.actors import Actor
from parley.core.errors import Forbidden
from parley.core.events import Change, record
from parley.core.transactions import operation
from parley.notifications.models import MailPolicy
from parley.notifications.texts import refuse_bad_texts
from parley.organizations.models import Company
from parley.organizations.operations.users import manages_people


@operation
def update_mail_policy(*, company_id: int, fields: Mapping[str, Any], actor: Actor, now: datetime) -> MailPolicy:
    """Set some of it. Reminders that are planned already stay as they are."""
    company = Company.objects.select_for_update(no_key=True).seen_by(actor, pk=company_id, thing="company")
    if not manages_people(actor):
        raise Forbidden("Only company users and administrators change the mails.")
    refuse_bad_texts(fields.get("texts", {}))
    policy = MailPolicy.objects.filter(company=company).first() or MailPolicy(company=company)
    for name, value in fields.items():
        setattr(policy, name, value)
    policy.updated_at = now
    policy.save()
    change = Change(
        type="company.mails_changed",
        object_id=company.pk,
        company_id=company.pk,
        after={"reminder_minutes": policy.reminder_minutes, "own_texts": sorted(policy.texts)},
    )
    record(change, actor=actor, now=now)
    return policy
