"""What tests of webhooks share."""

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import pytest
from django.conf import LazySettings

from parley.organizations.models import Company, User
from parley.webhooks.delivering import deliver_due
from parley.webhooks.models import WebhookEndpoint
from parley.webhooks.operations.endpoints import create_endpoint
from parley.webhooks.sending import Limits
from tests.factories import CompanyFactory, UserFactory

NOW = datetime(2027, 3, 26, 8, tzinfo=UTC)
PATIENT = Limits(whole=30.0, body=30.0)  # nothing here takes as long
HASTY = Limits(whole=1.0, body=1.0)
Make = Callable[..., WebhookEndpoint]


@pytest.fixture
def private(settings: LazySettings) -> None:
    """Receivers of these tests are on this machine."""
    settings.PARLEY_ALLOW_PRIVATE_WEBHOOKS = True


@pytest.fixture
def company() -> Company:
    return CompanyFactory(name="Alphaworks")


@pytest.fixture
def actor(company: Company) -> User:
    return UserFactory(company=company)


def endpoint_for(actor: User, url: str, **values: Any) -> tuple[WebhookEndpoint, str]:
    """A receiver of the actor's company, with its secret."""
    assert actor.company_id is not None
    fields = {"events": [], "description": "", "is_active": True, "now": NOW, **values}
    return create_endpoint(company_id=actor.company_id, url=url, actor=actor, **fields)


def deliver(now: datetime = NOW, limits: Limits = PATIENT) -> int:
    """What the job does, at a moment that stands still."""
    return deliver_due(clock=lambda: now, limits=limits)
