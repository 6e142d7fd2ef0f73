"""Row locks of this part, in one order: company, endpoint, delivery."""

from typing import Any

from parley.core.actors import Actor
from parley.core.errors import Forbidden
from parley.organizations.models import Company
from parley.organizations.operations.users import manages_people
from parley.webhooks.models import WebhookEndpoint


def lock_company(company_id: int, *, actor: Actor) -> Company:
    """The company, so that its receivers can be counted. Raises ``NotFound``."""
    rows = Company.objects.select_for_update(no_key=True)
    return rows.seen_by(actor, pk=company_id, thing="company")


def lock_endpoint(endpoint_id: Any, *, actor: Actor) -> WebhookEndpoint:
    """A receiver that the actor changes. Raises ``NotFound``, or ``Forbidden`` for those who may only look."""
    rows = WebhookEndpoint.objects.select_for_update(no_key=True)
    endpoint = rows.seen_by(actor, pk=endpoint_id, thing="webhook")
    refuse_onlookers(actor)
    return endpoint


def refuse_onlookers(actor: Actor) -> None:
    """Raise ``Forbidden`` unless the actor is a company user or an administrator."""
    if not manages_people(actor):
        raise Forbidden("Only company users and administrators change webhooks.")
