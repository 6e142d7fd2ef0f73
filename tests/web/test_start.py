"""A company registers, and is led to its first week."""

import pytest
from django.conf import LazySettings
from django.test import Client

from parley.interviews.models import AIInterviewConfiguration
from parley.organizations.models import Company, User
from tests.factories import AdminFactory, UserFactory

pytestmark = pytest.mark.django_db
NEW = {
    "company_name": "Acme <b>GmbH</b>",
    "full_name": "Ada Lovelace",
    "email": "ada@acme.example",
    "timezone": "Europe/Berlin",
    "password": "a-long-engine-1843",
    "repeated": "a-long-engine-1843",
}


def test_register_and_be_led_to_the_first_week(client: Client) -> None:
    answer = client.post("/register/", NEW, follow=True)
    page = answer.content.decode()
    assert (answer.status_code, answer.redirect_chain) == (200, [("/app/start/", 302)])
    assert "Welcome, Ada Lovelace" in page
    assert "Acme &lt;b&gt;GmbH&lt;/b&gt;" in page
    company = Company.objects.get()
    assert (company.name, company.timezone, company.users.get().role) == (
        "Acme <b>GmbH</b>",
        "Europe/Berlin",
        "company",
    )
    assert client.get("/").headers["Location"] == "/app/start/"


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"repeated": "another-engine-1843"}, "The two passwords differ."),
        ({"password": "12345678", "repeated": "12345678"}, "entirely numeric"),
        ({"email": "taken@acme.example"}, "log in, or take another one"),
        ({"timezone": "Mars/Phobos"}, "Select a valid choice"),
        ({"company_name": ""}, "This field is required"),
    ],
    ids=["differ", "weak", "taken", "zone", "nameless"],
)
def test_what_is_wrong_is_said_and_nothing_is_made(client: Client, change: dict[str, str], said: str) -> None:
    UserFactory(email="taken@acme.example")
    before = (Company.objects.count(), User.objects.count())
    answer = client.post("/register/", NEW | change)
    assert answer.status_code == 400
    assert said in answer.content.decode()
    assert (Company.objects.count(), User.objects.count()) == before


def test_where_registration_is_off_there_is_no_page(client: Client, settings: LazySettings) -> None:
    settings.PARLEY_REGISTRATION = False
    assert client.get("/register/").status_code == 404
    assert client.post("/register/", NEW).status_code == 404
    assert Company.objects.count() == 0


def test_too_many_registrations_wait(client: Client, settings: LazySettings) -> None:
    settings.PARLEY_THROTTLE = settings.PARLEY_THROTTLE | {"register": "1/minute"}
    client.post("/register/", NEW | {"email": "no"})
    answer = Client().post("/register/", NEW)
    assert (answer.status_code, Company.objects.count()) == (429, 0)
    assert int(answer["Retry-After"]) > 0


def test_a_company_with_a_week_starts_elsewhere(logged_in: Client, user: User) -> None:
    assert logged_in.get("/").headers["Location"] == "/app/start/"
    logged_in.post("/app/availability/new/", first_week())
    assert AIInterviewConfiguration.objects.count() == 1
    assert logged_in.get("/").headers["Location"] != "/app/start/"
    page = logged_in.get("/app/start/").content.decode()
    assert page.count('class="done"') == 1


def test_an_administrator_has_no_first_steps(client: Client) -> None:
    client.force_login(AdminFactory())
    answer = client.get("/app/start/")
    assert (answer.status_code, "This page belongs to a company" in answer.content.decode()) == (403, True)


def first_week() -> dict[str, str]:
    return {
        "interview_type": "technical",
        "slot_duration": "60",
        "break_duration": "0",
        "max_candidates": "1",
        "window-TOTAL_FORMS": "1",
        "window-INITIAL_FORMS": "0",
        "window-0-day": "1",
        "window-0-start": "09:00",
        "window-0-end": "12:00",
        "publish": "1",
    }
