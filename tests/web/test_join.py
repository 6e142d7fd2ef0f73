"""The page behind an invitation's link."""

import re

import pytest
from django.conf import LazySettings
from django.core import mail
from django.test import Client
from django.utils import timezone

from parley.core.models import Event
from parley.organizations.models import Role, User
from parley.organizations.operations.users import add_user, invitation_token, update_user
from parley.organizations.tasks import send_invitation
from tests.factories import PASSWORD, CompanyFactory, UserFactory

pytestmark = pytest.mark.django_db
CHOSEN = {"full_name": "Nadia Benali", "password": PASSWORD, "repeated": PASSWORD}


@pytest.fixture
def invited() -> User:
    inviter = UserFactory(company__name="Northwind <Talent>")
    return add_user(
        email="nadia@example.com",
        full_name="Nadia B.",
        role=Role.RECRUITER,
        company_id=None,
        password=None,
        actor=inviter,
        now=timezone.now(),
    )


@pytest.fixture
def link(invited: User) -> str:
    send_invitation(user_id=invited.pk)
    found = re.search(r"^http://\S+?(/join/\S+/)$", str(mail.outbox[0].body), re.MULTILINE)
    assert found
    return found[1]


def test_mailed_link_opens_form(client: Client, link: str) -> None:
    response = client.get(link)
    page = response.content.decode()
    assert response.status_code == 200
    assert "Join Northwind &lt;Talent&gt;" in page
    assert 'value="nadia@example.com"' in page
    assert 'value="Nadia B."' in page
    assert "<script" not in page
    assert "style=" not in page


@pytest.mark.parametrize("path", ["{link}", "/join/done/", "/join/MQ.x-y/"])
def test_pages_are_neither_kept_nor_told_of(client: Client, link: str, path: str) -> None:
    response = client.get(path.format(link=link))
    assert "no-store" in response["Cache-Control"]
    assert response["Referrer-Policy"] == "same-origin"
    assert response["Content-Security-Policy"].startswith("default-src 'none';")
    assert response["X-Frame-Options"] == "DENY"


def test_choosing_a_password_lets_in(client: Client, invited: User, link: str) -> None:
    response = client.post(link, CHOSEN)
    assert (response.status_code, response["Location"]) == (302, "/join/done/")
    assert "/api/docs/" in client.get("/join/done/").content.decode()
    invited.refresh_from_db()
    assert (invited.full_name, invited.invited_at) == ("Nadia Benali", None)
    assert Event.objects.filter(type="user.joined", object_id=str(invited.pk)).count() == 1
    credentials = {"email": "nadia@example.com", "password": PASSWORD}
    assert client.post("/api/auth/login/", credentials, content_type="application/json").status_code == 200


def test_link_works_once(client: Client, invited: User, link: str) -> None:
    client.post(link, CHOSEN)
    again = client.post(link, {**CHOSEN, "password": "another long one", "repeated": "another long one"})
    assert again.status_code == client.get(link).status_code == 404
    assert "not valid any more" in again.content.decode()
    invited.refresh_from_db()
    assert invited.check_password(PASSWORD)


def test_withdrawn_invitation_is_refused(client: Client, invited: User, link: str) -> None:
    colleague = User.objects.get(company=invited.company_id, role=Role.COMPANY)
    update_user(user_id=invited.pk, is_active=False, actor=colleague, now=timezone.now())
    assert client.get(link).status_code == 404
    assert client.post(link, CHOSEN).status_code == 404


def test_old_invitation_is_refused(client: Client, link: str, settings: LazySettings) -> None:
    settings.PASSWORD_RESET_TIMEOUT = -1
    assert client.get(link).status_code == 404


@pytest.mark.parametrize(
    "token",
    [
        "x",
        ".",
        "MQ",
        "MQ.",
        "MQ.abc-def",
        "%00.x-y",
        "é.x-y",
        "OTk5OTk5OTk5OTk5OTk5OTk5OTk5OQ.a-b",
        "A" * 5000,
    ],
)
def test_made_up_link_is_refused(client: Client, token: str) -> None:
    assert client.get(f"/join/{token}/").status_code == 404
    assert client.post(f"/join/{token}/", CHOSEN).status_code == 404


def test_token_of_another_user_is_refused(client: Client, invited: User) -> None:
    other = UserFactory(invited_at=timezone.now(), company=CompanyFactory())
    mine, others = invitation_token(invited), invitation_token(other)
    forged = f"{others.partition('.')[0]}.{mine.partition('.')[2]}"
    assert client.get(f"/join/{forged}/").status_code == 404


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({"full_name": " "}, ("full_name", "This field is required.")),
        ({"full_name": "x" * 201}, ("full_name", "at most 200 characters")),
        ({"full_name": "a\0b"}, ("full_name", "Null characters are not allowed.")),
        ({"password": "", "repeated": ""}, ("password", "This field is required.")),
        ({"password": "12345678", "repeated": "12345678"}, ("password", "too common")),
        ({"password": "nadia@example", "repeated": "nadia@example"}, ("password", "too similar")),
        ({"repeated": PASSWORD + " "}, ("repeated", "The two passwords differ.")),
        ({"password": "x" * 129, "repeated": "x" * 129}, ("password", "at most 128 characters")),
    ],
)
def test_bad_input_is_named_and_changes_nothing(
    client: Client, invited: User, link: str, changes: dict[str, str], expected: tuple[str, str]
) -> None:
    field, message = expected
    response = client.post(link, {**CHOSEN, **changes})
    page = response.content.decode()
    assert response.status_code == 400
    assert message in page
    assert f'href="#id_{field}"' in page
    assert f'aria-describedby="id_{field}_' in page
    assert PASSWORD not in page
    unchanged = User.objects.get(pk=invited.pk)
    assert (unchanged.full_name, unchanged.invited_at, unchanged.password) == (
        invited.full_name,
        invited.invited_at,
        invited.password,
    )


def test_form_of_another_site_is_refused(invited: User, link: str) -> None:
    stranger = Client(enforce_csrf_checks=True)
    assert stranger.post(link, CHOSEN).status_code == 403
    invited.refresh_from_db()
    assert invited.invited_at is not None


def test_attempts_of_one_address_are_counted(client: Client, link: str, settings: LazySettings) -> None:
    settings.PARLEY_THROTTLE = {**settings.PARLEY_THROTTLE, "register": "2/day"}
    bad = {**CHOSEN, "repeated": "other"}
    assert [client.post(link, bad).status_code for _ in range(3)] == [400, 400, 429]
    refused = client.post(link, CHOSEN)
    assert int(refused["Retry-After"]) > 0
    api = client.post(
        "/api/auth/accept-invitation/", {"token": "x", "password": PASSWORD}, content_type="application/json"
    )
    assert api.status_code == 429
    assert client.post(link, CHOSEN, REMOTE_ADDR="192.0.2.7").status_code == 302


@pytest.mark.parametrize("method", ["put", "patch", "delete"])
def test_other_methods_are_refused(client: Client, link: str, method: str) -> None:
    assert getattr(client, method)(link).status_code == 405
