"""Budgets by the API and on the administrator's page."""

import pytest
from django.test import Client
from django.utils import timezone

from parley.core.models import Event
from parley.llm.models import Budget, ModelCall
from parley.organizations.models import Company
from tests.api.tenants import client_for
from tests.factories import CompanyFactory, UserFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def company() -> Company:
    company = CompanyFactory(timezone="Europe/Berlin")
    ModelCall.objects.create(
        company=company,
        purpose="judge",
        subject_id="9b0f9f43-3b61-4e6f-8d3b-6c2f8e0f6b11",
        input_tokens=1000,
        output_tokens=234,
        cost_micros=5_670_000,
        created_at=timezone.now(),
    )
    return company


def test_administrators_set_it_and_companies_see_it(company: Company) -> None:
    address = f"/api/companies/{company.pk}/ai_budget/"
    admin, member = client_for(UserFactory(company=None, role="admin")), client_for(UserFactory(company=company))
    assert member.patch(address, {"monthly_tokens": 5}, format="json").status_code == 403
    assert admin.patch(address, {"monthly_tokens": -5}, format="json").status_code == 400
    assert not Budget.objects.exists()
    said = admin.patch(address, {"monthly_tokens": 5000, "concurrent_sessions": 2}, format="json").json()
    assert said == member.get(address).json()
    del said["since"]
    assert said == {
        "monthly_tokens": 5000,
        "monthly_cost_micros": None,
        "concurrent_sessions": 2,
        "used_tokens": 1234,
        "used_cost_micros": 5_670_000,
    }


def test_the_administrators_page(company: Company, client: Client) -> None:
    client.force_login(UserFactory(company=None, role="admin"))
    address = f"/app/companies/{company.pk}/budget/"
    page = client.post(address, {"monthly_tokens": "-1", "monthly_dollars": "", "concurrent_sessions": ""})
    assert page.status_code == 400
    assert not Budget.objects.exists()
    answer = client.post(address, {"monthly_tokens": "", "monthly_dollars": "12.50", "concurrent_sessions": "3"})
    assert answer.status_code == 302
    budget = Budget.objects.get()
    assert (budget.monthly_tokens, budget.monthly_cost_micros, budget.concurrent_sessions) == (None, 12_500_000, 3)
    assert Event.objects.filter(type="company.ai_budget_changed").count() == 1
    page = client.get(f"/app/companies/{company.pk}/")
    assert "5.67 of 12.50" in page.content.decode()
    assert "1,234" in page.content.decode()
    assert 'value="12.5' in client.get(address).content.decode()
