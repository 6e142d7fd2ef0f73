"""The prepared statements: really prepared, and no different from what the ORM does."""

from datetime import UTC, datetime

import pytest
from django.db import connection

from parley.core.models import Event
from parley.core.sql import columns, fetch_all, fetch_one, insert, instances
from parley.organizations.models import Company, User
from tests.factories import CompanyFactory, UserFactory

pytestmark = pytest.mark.django_db
NOW = datetime(2027, 3, 1, 8, tzinfo=UTC)


def prepared() -> list[str]:
    with connection.cursor() as cursor:
        cursor.execute("SELECT statement FROM pg_prepared_statements")
        return [statement for (statement,) in cursor.fetchall()]


def test_a_statement_is_prepared_at_its_first_call() -> None:
    statement = "SELECT %(number)s::int + 40001"
    assert fetch_one(statement, {"number": 2}) == (40003,)
    assert "SELECT $1::int + 40001" in prepared()


def test_a_row_becomes_the_same_instances_as_the_orm_makes() -> None:
    user = UserFactory()
    statement = f"""
        SELECT {columns(User, "u")}, {columns(Company, "c")} FROM organizations_user u
          JOIN organizations_company c ON c.id = u.company_id WHERE u.id = %(id)s"""
    row = fetch_one(statement, {"id": user.pk})
    assert row is not None
    made, company = instances(row, User, Company)
    expected = User.objects.get(pk=user.pk)
    assert {**made.__dict__, "_state": None} == {**expected.__dict__, "_state": None}
    assert company == expected.company


def test_rows_of_several_tables_are_inserted_by_one_statement() -> None:
    company = Company(name="Ä", email="one@example.com", created_at=NOW)
    event = Event(
        type="company.created",
        object_type="company",
        object_id="1",
        actor_kind="system",
        occurred_at=NOW,
        after={"nested": ["ü", None, 1.5]},
    )
    insert(company, event)
    assert Company.objects.get().name == "Ä"
    assert Event.objects.get().after == {"nested": ["ü", None, 1.5]}
    assert Event.objects.get().before is None


def test_no_rows_are_an_empty_list() -> None:
    CompanyFactory()
    assert fetch_all("SELECT 1 WHERE %(never)s::boolean", {"never": False}) == []
