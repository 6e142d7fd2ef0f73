"""A company in Berlin and its user, at a fixed moment."""

from datetime import UTC, datetime

import pytest

from parley.organizations.models import Company, User
from tests.factories import CompanyFactory, UserFactory

NOW = datetime(2027, 3, 1, 8, tzinfo=UTC)  # a Monday, 09:00 in Berlin


@pytest.fixture
def now() -> datetime:
    return NOW


@pytest.fixture
def company(db: None) -> Company:
    return CompanyFactory(timezone="Europe/Berlin")


@pytest.fixture
def actor(company: Company) -> User:
    return UserFactory(company=company)
