"""What tests of webhooks share."""

import json
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.conf import LazySettings
from django.db import connection
from standardwebhooks import Webhook, WebhookVerificationError

from parley.core.events import Change, record_all
from parley.core.outbox import read_on
from parley.organizations.models import Company, User
from parley.webhooks.delivering import deliver_due
from parley.webhooks.models import WebhookDelivery, WebhookEndpoint
from parley.webhooks.operations.endpoints import create_endpoint
from parley.webhooks.reader import READER
from parley.webhooks.sending import Limits
from tests.factories import CompanyFactory, UserFactory
from tests.outbox import wait_until_readable
from tests.webhooks.receiver import Got

NOW = datetime(2027, 3, 26, 8, tzinfo=UTC)
SECOND, MINUTE, DAY = timedelta(seconds=1), timedelta(minutes=1), timedelta(days=1)
NOWHERE = "http://127.0.0.1:9/in"
PATIENT = Limits(whole=30.0, body=30.0)  # nothing here takes as long
HASTY = Limits(whole=1.0, body=1.0)


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


@pytest.fixture
def no_jobs() -> None:
    """The queue's tables are not emptied between tests."""
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM procrastinate_jobs")


def happen(company: Company, *types: str, **more: Any) -> None:
    """Events of these types, in order."""
    changes = (Change(type=name, object_id=number, company_id=company.pk, **more) for number, name in enumerate(types))
    record_all(changes, actor=company.users.first() or UserFactory(company=company), now=NOW)


def read(now: datetime = NOW) -> None:
    wait_until_readable()
    while read_on(READER, now=now):
        pass


def states(**filters: Any) -> list[str]:
    rows = WebhookDelivery.objects.filter(**filters).order_by("event_id", "created_at")
    return list(rows.values_list("state", flat=True))


def verified(got: Got, secret: str, *, sent_at: datetime) -> Any:
    """The body, where its signature is one that the library makes; its own check looks at the machine's clock."""
    assert got.headers["webhook-timestamp"] == str(int(sent_at.timestamp()))
    if Webhook(secret).sign(got.id, sent_at, got.body.decode()) not in got.headers["webhook-signature"].split(" "):
        raise WebhookVerificationError("No matching signature found")
    return json.loads(got.body)


def jobs() -> list[tuple[str, datetime | None]]:
    with connection.cursor() as cursor:
        cursor.execute("SELECT task_name, scheduled_at FROM procrastinate_jobs WHERE status = 'todo' ORDER BY id")
        return list(cursor.fetchall())
