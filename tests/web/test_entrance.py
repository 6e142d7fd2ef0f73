"""Logging in and out, the second factor, and a forgotten password, as a browser without scripts does it."""

import re
import time

import pytest
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import format_hotp_value, hotp_value
from django.conf import LazySettings
from django.core import mail
from django.test import Client
from django.utils import timezone
from knox.models import AuthToken

from parley.core.models import Event, ThrottleWindow
from parley.organizations import queries
from parley.organizations.models import Company, User
from parley.organizations.operations.passwords import reset_token
from parley.organizations.tasks import send_password_reset
from tests.factories import PASSWORD, UserFactory

pytestmark = pytest.mark.django_db
NEW = "a battery of correct horses"
BROWSER = {"Accept": "text/html"}


def log_in(client: Client, email: str = "rosa@example.com", password: str = PASSWORD, **more: str) -> tuple[int, str]:
    answer = client.post("/login/", {"login": email, "password": password, **more})
    return answer.status_code, answer.get("Location", answer.content.decode())


def test_the_start_page_asks_to_log_in_and_then_shows_the_app(client: Client, user: User) -> None:
    answer = client.get("/")
    assert (answer.status_code, answer["Location"]) == (302, "/login/?next=/")
    page = client.get("/login/").content.decode()
    assert "/api/docs/" in page
    assert log_in(client) == (302, "/")
    shown = client.get("/", follow=True)
    assert shown.redirect_chain == [("/app/start/", 302)]
    assert "Rosa Recruiter" in shown.content.decode()
    assert client.get("/login/")["Location"] == "/"


def test_the_address_counts_whatever_its_case(client: Client, user: User) -> None:
    assert log_in(client, email=" Rosa@EXAMPLE.com ") == (302, "/")


def test_the_session_is_a_new_one(client: Client, user: User) -> None:
    session = client.session
    session["planted"] = True
    session.save()
    client.cookies["sessionid"] = str(session.session_key)
    log_in(client)
    assert client.cookies["sessionid"].value != session.session_key
    assert client.cookies["sessionid"]["httponly"]
    assert client.cookies["sessionid"]["samesite"] == "Lax"


def test_every_refusal_reads_the_same(client: Client, user: User) -> None:
    UserFactory(email="off@example.com", is_active=False)
    UserFactory(email="closed@example.com", company__is_active=False)
    tried = [("rosa@example.com", "wrong"), ("nobody@example.com", PASSWORD)]
    tried += [("off@example.com", PASSWORD), ("closed@example.com", PASSWORD)]
    said = set()
    for email, password in tried:
        status, page = log_in(client, email=email, password=password)
        found = re.search(r'<div class="alert alert-danger" role="alert">(.*?)</div>', page, re.DOTALL)
        assert found
        said.add((status, found[1]))
        assert password not in page
    assert len(said) == 1
    assert "_auth_user_id" not in client.session


def test_failures_are_counted_with_those_of_the_api(client: Client, user: User, settings: LazySettings) -> None:
    settings.PARLEY_THROTTLE = {**settings.PARLEY_THROTTLE, "login": "2/day"}
    log_in(client, password="wrong")
    credentials = {"email": user.email, "password": "wrong"}
    assert client.post("/api/auth/login/", credentials, content_type="application/json").status_code == 400
    assert "Too many attempts" in log_in(client)[1]
    assert log_in(Client(REMOTE_ADDR="192.0.2.7")) == (302, "/")
    assert ThrottleWindow.objects.filter(bucket__startswith="login:").count() == 4


@pytest.mark.parametrize("target", ["https://evil.example/", "//evil.example/", "http:evil.example", "/\\evil.example"])
def test_nobody_is_sent_to_another_site(client: Client, user: User, target: str) -> None:
    assert log_in(client, next=target) == (302, "/")


def test_after_the_login_it_goes_on_where_it_was_meant_to(client: Client, user: User) -> None:
    assert log_in(client, next="/account/security/") == (302, "/account/security/")


def test_logging_out_takes_a_form(logged_in: Client) -> None:
    assert logged_in.get("/logout/").status_code == 405
    assert logged_in.get("/app/conflicts/").status_code == 200
    assert logged_in.post("/logout/")["Location"] == "/login/"
    assert logged_in.get("/app/conflicts/").status_code == 302


def test_who_may_not_enter_any_more_is_out(logged_in: Client, user: User) -> None:
    Company.objects.update(is_active=False)
    for address in ("/app/conflicts/", "/account/security/"):
        assert logged_in.get(address)["Location"] == f"/login/?next={address}"


@pytest.mark.parametrize("path", ["/login/", "/password/forgotten/", "/app/conflicts/", "/account/security/", "/none/"])
def test_pages_are_sealed(logged_in: Client, path: str) -> None:
    if path in ("/login/", "/password/forgotten/"):
        logged_in.logout()
    answer = logged_in.get(path, headers=BROWSER)
    assert "no-store" in answer["Cache-Control"]
    assert answer["Content-Security-Policy"].startswith("default-src 'none'; script-src 'self'; style-src 'self';")
    assert "frame-ancestors 'none'" in answer["Content-Security-Policy"]
    page = answer.content.decode()
    assert not re.search(r"<script(?! src=)|<style|\sstyle=|\son[a-z]+=", page)


def test_nothing_there_is_a_page_for_browsers_and_a_problem_for_programs(client: Client) -> None:
    page = client.get("/none/", headers=BROWSER)
    assert (page.status_code, page["Content-Type"]) == (404, "text/html; charset=utf-8")
    for address, accept in (("/none/", "*/*"), ("/api/none/", "text/html")):
        answer = client.get(address, headers={"Accept": accept})
        assert (answer.status_code, answer["Content-Type"]) == (404, "application/problem+json")


def test_a_form_without_its_token_is_explained(user: User) -> None:
    answer = Client(enforce_csrf_checks=True).post("/login/", {"login": user.email, "password": PASSWORD})
    assert answer.status_code == 403
    assert "This form is too old" in answer.content.decode()


# --- a forgotten password ---


def asked(client: Client, email: str) -> str:
    answer = client.post("/password/forgotten/", {"email": email})
    assert answer.status_code == 200
    return answer.content.decode()


def test_asking_tells_nothing(client: Client, user: User) -> None:
    UserFactory(email="off@example.com", is_active=False)
    UserFactory(email="invited@example.com", invited_at=timezone.now())
    pages = {
        asked(client, email) for email in (user.email, "nobody@example.com", "off@example.com", "invited@example.com")
    }
    assert len(pages) == 1
    assert "is on its way" in pages.pop()


def test_the_mailed_link_sets_a_password_once_and_ends_all_logins(
    client: Client, logged_in: Client, user: User
) -> None:
    AuthToken.objects.create(user=user)
    send_password_reset(user_id=user.pk)
    found = re.search(r"^http://\S+?(/password/new/\S+/)$", str(mail.outbox[0].body), re.MULTILINE)
    assert found
    stranger = Client()
    assert "rosa@example.com" in stranger.get(found[1]).content.decode()
    bad = stranger.post(found[1], {"password": NEW, "repeated": "other"})
    assert (bad.status_code, "The two passwords differ." in bad.content.decode()) == (400, True)
    weak = stranger.post(found[1], {"password": "12345678", "repeated": "12345678"})
    assert (weak.status_code, "too common" in weak.content.decode()) == (400, True)
    assert "is changed" in stranger.post(found[1], {"password": NEW, "repeated": NEW}).content.decode()
    assert stranger.post(found[1], {"password": NEW, "repeated": NEW}).status_code == 404
    user.refresh_from_db()
    assert user.check_password(NEW)
    assert not AuthToken.objects.filter(user=user).exists()
    assert logged_in.get("/app/conflicts/").status_code == 302
    assert Event.objects.filter(type="user.password_changed", object_id=str(user.pk)).count() == 1


def test_a_link_ends_after_an_hour_with_a_login_and_with_access(
    client: Client, user: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    link = f"/password/new/{reset_token(user)}/"
    assert client.get(link).status_code == 200
    with monkeypatch.context() as patched:
        patched.setattr(queries, "RESET_SECONDS", -1)
        assert client.get(link).status_code == 404
    log_in(client)
    assert client.get(link).status_code == 404
    user.refresh_from_db()
    link = f"/password/new/{reset_token(user)}/"
    user.is_active = False
    user.save()
    assert client.get(link).status_code == 404
    send_password_reset(user_id=user.pk)
    assert mail.outbox == []


def test_mails_to_one_address_are_limited(client: Client, user: User) -> None:
    pages = {asked(client, user.email) for _ in range(8)}
    assert len(pages) == 1
    assert ThrottleWindow.objects.get(bucket__startswith="reset-to:").count == 8


# --- the second factor ---


def code(secret: str, *, steps: int = 0) -> str:
    return str(format_hotp_value(hotp_value(secret, int(time.time()) // 30 + steps)))


@pytest.fixture
def secret(logged_in: Client, user: User) -> str:
    assert confirmed(logged_in, "/account/security/app/") == "/account/security/app/"
    page = logged_in.get("/account/security/app/").content.decode()
    found = re.search(r"<code>([A-Z2-7]+)</code>", page)
    assert found
    answer = logged_in.post("/account/security/app/", {"code": code(found[1], steps=-1)})
    assert (answer.status_code, answer["Location"]) == (302, "/account/security/codes/")
    return found[1]


def test_with_a_second_factor_the_password_alone_does_not_open(logged_in: Client, user: User, secret: str) -> None:
    stored = Authenticator.objects.get(user=user, type="totp")
    assert secret not in str(stored.data)
    logged_in.post("/logout/")
    assert log_in(logged_in)[1].startswith("/login/code/")
    assert logged_in.get("/app/conflicts/").status_code == 302
    wrong = logged_in.post("/login/code/", {"code": "000000"})
    assert "Incorrect code." in wrong.content.decode()
    log_in(logged_in)
    answer = logged_in.post("/login/code/", {"code": code(secret)})
    assert (answer.status_code, answer["Location"]) == (302, "/")
    assert logged_in.get("/app/conflicts/").status_code == 200


def test_codes_are_counted(logged_in: Client, secret: str, settings: LazySettings) -> None:
    settings.PARLEY_THROTTLE = {**settings.PARLEY_THROTTLE, "login": "2/day"}
    logged_in.post("/logout/")
    log_in(logged_in)
    for _ in range(2):
        assert "Incorrect code." in logged_in.post("/login/code/", {"code": "000000"}).content.decode()
    refused = logged_in.post("/login/code/", {"code": code(secret)})
    assert "Too many attempts" in refused.content.decode()
    assert logged_in.get("/app/conflicts/").status_code == 302


def test_a_recovery_code_opens_once(logged_in: Client, secret: str) -> None:
    page = logged_in.get("/account/security/codes/").content.decode()
    recovery = re.findall(r"<li><code>(\w+)</code></li>", page)
    assert len(recovery) == 10
    for expected in (302, 200):
        logged_in.post("/logout/")
        log_in(logged_in)
        assert logged_in.post("/login/code/", {"code": recovery[0]}).status_code == expected


def test_it_is_switched_off_after_asking_once_more(logged_in: Client, user: User, secret: str) -> None:
    logged_in.post("/logout/")
    log_in(logged_in)
    logged_in.post("/login/code/", {"code": code(secret)})
    address = "/account/security/app/remove/"
    assert logged_in.get(address)["Location"].startswith("/account/again/")
    wrong = logged_in.post("/account/again/", {"password": "wrong"})
    assert (wrong.status_code, Authenticator.objects.filter(user=user, type="totp").count()) == (200, 1)
    assert confirmed(logged_in, address) == address
    assert logged_in.post(address)["Location"] == "/account/security/"
    assert not Authenticator.objects.filter(user=user).exists()
    told = Event.objects.get(type="user.second_factor_removed")
    assert (told.object_id, told.company_id, told.actor_id) == (str(user.pk), user.company_id, user.pk)


@pytest.mark.django_db(transaction=True)
def test_that_it_was_set_up_is_in_the_history(user: User, secret: str) -> None:
    told = Event.objects.get(type="user.second_factor_added")
    assert (told.object_id, told.company_id, told.actor_id) == (str(user.pk), user.company_id, user.pk)


def confirmed(client: Client, address: str) -> str:
    """Where it goes on after the password was given once more."""
    asked_again = client.get(address)["Location"]
    assert asked_again.startswith("/account/again/?next=")
    return client.post(asked_again, {"password": PASSWORD, "next": address})["Location"]


def test_the_api_and_the_admin_ask_for_it_too(client: Client, user: User, secret: str) -> None:
    def token(**more: str) -> tuple[int, str]:
        values = {"email": user.email, "password": PASSWORD, **more}
        answer = Client().post("/api/auth/login/", values, content_type="application/json")
        return answer.status_code, answer.json().get("code", "")

    assert token() == (400, "code_needed")
    assert token(code="000000") == (400, "code_needed")
    assert AuthToken.objects.count() == 0
    assert token(code=code(secret)) == (200, "")
    User.objects.filter(pk=user.pk).update(role="admin", company=None)
    stranger = Client()
    page = stranger.post("/admin/login/", {"username": user.email, "password": PASSWORD}).content.decode()
    assert "You have a second factor" in page
    assert "_auth_user_id" not in stranger.session
