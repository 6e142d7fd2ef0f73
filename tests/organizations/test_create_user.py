"""``manage.py create_user``."""

import io

import pytest
from django.core.management import CommandError, call_command

from parley.core.models import Event
from parley.organizations.models import Company, User
from tests.factories import CompanyFactory, UserFactory

pytestmark = pytest.mark.django_db
EMAIL = "somebody@example.com"


def create_user(*options: str) -> str:
    said = io.StringIO()
    call_command("create_user", f"--email={EMAIL}", *options, stdout=said)
    return said.getvalue()


@pytest.mark.parametrize("password", ["-begins with a dash", "--role=admin", "plain words 1"])
def test_a_user_is_made_in_a_company_that_is_there(password: str) -> None:
    company = CompanyFactory()
    assert "Made user" in create_user(f"--password={password}", "--role=recruiter", f"--company={company.pk}")
    user = User.objects.get(email=EMAIL)
    assert (user.role, user.company, user.is_active, user.check_password(password)) == (
        "recruiter",
        company,
        True,
        True,
    )
    assert Event.objects.filter(type="user.created", object_id=str(user.pk)).count() == 1


def test_a_name_that_is_not_there_yet_makes_the_company() -> None:
    create_user("--password=x1y2z3", "--role=company", "--company=New & Co", "--timezone=Asia/Tokyo")
    company = Company.objects.get()
    assert (company.name, company.timezone, User.objects.get().company) == ("New & Co", "Asia/Tokyo", company)


def test_a_user_that_is_there_is_updated() -> None:
    before = UserFactory(email=EMAIL, is_active=False)
    command = ("create_user", f"--email={EMAIL.upper()}", "--password=x1y2z3", "--role=admin")
    said = io.StringIO()
    call_command(*command, stdout=said)
    assert "Updated user" in said.getvalue()
    after = User.objects.get()
    assert (after.pk, after.role, after.company, after.is_active) == (before.pk, "admin", None, True)
    assert after.check_password("x1y2z3")


def test_the_password_is_asked_for_where_it_is_left_out(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("getpass.getpass", lambda prompt: "typed in")
    create_user("--role=admin")
    assert User.objects.get().check_password("typed in")


@pytest.mark.parametrize(
    ("options", "said"),
    [
        (["--password=x1y2z3", "--role=company"], "--company is needed"),
        (["--password=x1y2z3", "--role=company", "--company=4711"], "no company with the id 4711"),
        (["--password=x1y2z3", "--role=admin", "--company=A"], "leave --company out"),
        (["--password=x1y2z3", "--role=chief", "--company=A"], "invalid choice"),
        (["--password=x1y2z3", "--role=company", "--company=A", "--timezone=Mars"], "time zone"),
    ],
)
def test_what_cannot_be_meant_is_refused_and_makes_nothing(options: list[str], said: str) -> None:
    with pytest.raises(CommandError, match=said):
        create_user(*options)
    assert (User.objects.count(), Company.objects.count()) == (0, 0)


@pytest.mark.parametrize("email", ["nobody", "a@b", ""])
def test_an_address_that_is_none_is_refused(email: str) -> None:
    with pytest.raises(CommandError):
        call_command("create_user", f"--email={email}", "--password=x1y2z3", "--role=admin")
    assert not User.objects.exists()
