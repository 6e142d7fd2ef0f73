"""Two companies, and clients of their people."""

from collections.abc import Callable

import pytest
from rest_framework.test import APIClient

from tests.api.tenants import Tenant, client_for, make_tenant
from tests.factories import AdminFactory


@pytest.fixture
def ours(db: None) -> Tenant:
    """Company A, which thinks in Berlin."""
    return make_tenant("alphaworks", "Europe/Berlin")


@pytest.fixture
def theirs(db: None) -> Tenant:
    """Company B, whose texts all contain ``zyxwv``."""
    return make_tenant("zyxwv", "America/New_York")


@pytest.fixture
def anonymous(db: None) -> APIClient:
    return client_for(None)


@pytest.fixture
def admin(db: None) -> APIClient:
    return client_for(AdminFactory())


@pytest.fixture
def api(ours: Tenant) -> APIClient:
    """A company user of company A."""
    return ours.client()


@pytest.fixture
def as_role(ours: Tenant) -> Callable[[str], APIClient]:
    """Clients of company A by role."""
    return ours.client
