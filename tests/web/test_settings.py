"""The settings' pages, as a browser without scripts uses them."""

import re
from datetime import timedelta
from html import unescape
from typing import Any

import pytest
from django.conf import LazySettings
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from knox.models import AuthToken

from parley.core.models import Event
from parley.interviews import queries
from parley.notifications.models import CalendarFeed, InboxPreferences, mail_policy_of
from parley.organizations.models import ApiToken, Company, Role, User
from parley.webhooks.models import WebhookDelivery, WebhookEndpoint
from tests.factories import UserFactory

pytestmark = pytest.mark.django_db
AT = "/app/settings/"
NEW_HOOK = {"url": "https://hooks.example.com/in", "events": ["interview.*"], "description": "ATS", "is_active": "on"}


@pytest.fixture
def recruiter(client: Client, user: User) -> Client:
    """A colleague who does not manage the company."""
    client.force_login(UserFactory(company=user.company, role=Role.RECRUITER, full_name="Ned Recruiter"))
    return client


def text(client: Client, address: str, values: Any = None, status: int = 200) -> str:
    """The page, after a form where there are values."""
    answer = client.get(address) if values is None else client.post(address, values, follow=True)
    assert answer.status_code == status, answer.content.decode()
    return unescape(answer.content.decode())


def secret_in(page: str) -> str:
    found = re.search(r'<input id="secret" readonly value="([^"]+)"', page)
    assert found is not None
    return found[1]


# --- company ---


def test_the_company_is_changed(logged_in: Client, user: User) -> None:
    page = text(logged_in, AT, {"name": "Acme 2", "email": "new@acme.example", "timezone": "Asia/Kolkata"})
    assert "The company is saved." in page
    company = Company.objects.get()
    assert (company.name, company.email, company.timezone) == ("Acme 2", "new@acme.example", "Asia/Kolkata")


def test_a_wrong_company_is_refused_at_its_field(logged_in: Client, user: User) -> None:
    before = Company.objects.values().get()
    page = text(logged_in, AT, {"name": "Acme", "email": "no", "timezone": "Mars/Phobos"}, status=400)
    assert "Enter a valid email address." in page
    assert "Select a valid choice" in page
    assert Company.objects.values().get() == before


def test_scheduling_is_changed(logged_in: Client, user: User) -> None:
    values = {
        "change_cutoff_minutes": 30,
        "min_notice_minutes": 0,
        "max_days_ahead": 14,
        "reseat_mode": "off",
        "hold_hours": 2,
        "offer_minutes": 60,
        "join_before_minutes": 0,
        "join_grace_minutes": 5,
    }
    assert "Scheduling is saved." in text(logged_in, f"{AT}scheduling/", values)
    policy = queries.policy_of(user.company_id)
    assert {name: getattr(policy, name) for name in values} == values
    assert "greater than or equal to 1" in text(logged_in, f"{AT}scheduling/", values | {"max_days_ahead": 0}, 400)
    assert queries.policy_of(user.company_id) == policy


def test_stretches_of_time_are_written_as_people_do(logged_in: Client, user: User) -> None:
    page = text(logged_in, f"{AT}scheduling/")
    for written in ("2 hours", "1 hour"):  # the defaults of cutoff and notice
        assert f'value="{written}"' in page
    values = {
        "change_cutoff_minutes": "1 day 12h",
        "min_notice_minutes": "45 min",
        "max_days_ahead": 14,
        "reseat_mode": "off",
        "hold_hours": 2,
        "offer_minutes": "90",
        "join_before_minutes": "1 hour",
        "join_grace_minutes": "20 min",
    }
    assert "Scheduling is saved." in text(logged_in, f"{AT}scheduling/", values)
    policy = queries.policy_of(user.company_id)
    assert (policy.change_cutoff_minutes, policy.min_notice_minutes, policy.offer_minutes) == (36 * 60, 45, 90)
    assert (policy.join_before_minutes, policy.join_grace_minutes) == (60, 20)
    for wrong, said in {"soon": "Write it as: 2 hours", "1 minute": "It can be from 5 minutes to 1 week."}.items():
        assert said in text(logged_in, f"{AT}scheduling/", values | {"offer_minutes": wrong}, 400)
    assert queries.policy_of(user.company_id) == policy


@pytest.mark.parametrize(
    "page", ["scheduling/", "mails/", "mails/booked/", "branding/", "branding/sites/", "members/", "webhooks/"]
)
def test_who_does_not_manage_the_company_does_not_see_how(recruiter: Client, page: str) -> None:
    assert recruiter.get(AT + page).status_code == 403
    with CaptureQueriesContext(connection) as captured:
        assert recruiter.post(AT + page, {"name": "Mine"}).status_code == 403
    assert [each["sql"] for each in captured if each["sql"].startswith(("INSERT", "UPDATE", "DELETE"))] == []


def test_who_does_not_manage_the_company_has_what_is_their_own(recruiter: Client) -> None:
    answer = recruiter.get(AT, follow=True)
    assert answer.redirect_chain == [(f"{AT}notifications/", 302)]
    assert "Members" not in answer.content.decode()


# --- mails ---


def test_reminders_are_changed(logged_in: Client, user: User) -> None:
    page = text(logged_in, f"{AT}mails/", {"reminder_minutes": "60, 1 day, 1 hour", "reply_to": "hr@acme.example"})
    assert "The mails are saved." in page
    policy = mail_policy_of(user.company_id)
    assert (policy.reminder_minutes, policy.reply_to) == ([1440, 60], "hr@acme.example")
    assert "Write them as: 1 day, 1 hour" in text(logged_in, f"{AT}mails/", {"reminder_minutes": "soon"}, 400)
    assert mail_policy_of(user.company_id).reminder_minutes == [1440, 60]


def test_own_words_are_tried_kept_and_given_up(logged_in: Client, user: User) -> None:
    words = {"subject": "See you, {candidate_name}", "body": "At {when}.\n\n{link}"}
    shown = text(logged_in, f"{AT}mails/booked/", words | {"preview": "1"})
    assert "See you, Ada Keller" in shown
    assert mail_policy_of(user.company_id).texts == {}
    text(logged_in, f"{AT}mails/booked/", words)
    assert {k: v.replace("\r\n", "\n") for k, v in mail_policy_of(user.company_id).texts["booked"].items()} == words
    text(logged_in, f"{AT}mails/booked/", {"usual": "1"})
    assert mail_policy_of(user.company_id).texts == {}


def test_words_that_cannot_be_sent_are_refused(logged_in: Client, user: User) -> None:
    words = {"subject": "Hello {nobody}", "body": "x"}
    assert "Unknown: {nobody}" in text(logged_in, f"{AT}mails/booked/", words, 400)
    tried = logged_in.post(f"{AT}mails/booked/", words, headers={"HX-Request": "true"})
    assert (tried.status_code, "Unknown: {nobody}" in tried.content.decode()) == (200, True)
    assert mail_policy_of(user.company_id).texts == {}
    assert logged_in.get(f"{AT}mails/nothing/").status_code == 404


# --- members ---


def test_a_colleague_is_invited(logged_in: Client, user: User) -> None:
    values = {"full_name": "New One", "email": "new@acme.example", "role": "recruiter"}
    assert "An invitation to new@acme.example is on its way." in text(logged_in, f"{AT}members/", values)
    made = User.objects.get(email="new@acme.example")
    assert (made.company, made.role, made.invited_at is not None) == (user.company, "recruiter", True)
    assert "already exists" in text(logged_in, f"{AT}members/", values, 400)
    for role in ("admin", "nobody"):
        text(logged_in, f"{AT}members/", values | {"email": f"{role}@acme.example", "role": role}, 400)
    assert User.objects.count() == 2


def test_too_many_invitations_wait(logged_in: Client, settings: LazySettings) -> None:
    settings.PARLEY_THROTTLE = settings.PARLEY_THROTTLE | {"invite": "1/hour"}
    values = {"full_name": "New", "email": "new1@acme.example", "role": "recruiter"}
    text(logged_in, f"{AT}members/", values)
    refused = text(logged_in, f"{AT}members/", values | {"email": "new2@acme.example"}, 400)
    assert "Too many invitations" in refused
    assert User.objects.count() == 2


def test_access_ends_and_comes_back(logged_in: Client, user: User) -> None:
    member = UserFactory(company=user.company, role=Role.RECRUITER)
    AuthToken.objects.create(user=member)
    page = text(logged_in, f"{AT}members/{member.pk}/access/", {"let_in": "0"})
    assert "has no access any more" in page
    assert f'action="{AT}members/{member.pk}/access/"' in page
    member.refresh_from_db()
    assert (member.is_active, AuthToken.objects.count()) == (False, 0)
    text(logged_in, f"{AT}members/{member.pk}/access/", {"next": f"{AT}members/"})
    member.refresh_from_db()
    assert member.is_active


def test_nobody_ends_their_own_access(logged_in: Client, user: User) -> None:
    assert "You cannot end your own access" in text(logged_in, f"{AT}members/{user.pk}/access/", {"let_in": "0"})
    user.refresh_from_db()
    assert user.is_active


def test_a_colleague_changes_roles_but_not_the_address(logged_in: Client, user: User) -> None:
    member = UserFactory(company=user.company, role=Role.RECRUITER, email="old@acme.example")
    values = {"full_name": "Renamed", "email": "other@acme.example", "role": "company"}
    text(logged_in, f"{AT}members/{member.pk}/", values)
    member.refresh_from_db()
    assert (member.full_name, member.email, member.role) == ("Renamed", "old@acme.example", "company")


# --- tokens ---


def test_a_token_is_shown_once_and_works_until_it_is_revoked(logged_in: Client, user: User) -> None:
    page = text(logged_in, f"{AT}tokens/", {"name": "Nightly <script>", "lasts": "30"})
    secret = secret_in(page)
    assert "Nightly <script>" in page
    program = Client(headers={"Authorization": f"Token {secret}"})
    assert program.get("/api/auth/me/").json()["email"] == user.email
    made = ApiToken.objects.select_related("token").get()
    left = made.token.expiry - timezone.now()
    assert timedelta(days=29) < left <= timedelta(days=30)
    assert secret not in text(logged_in, f"{AT}tokens/")
    assert "The token is revoked." in text(logged_in, f"{AT}tokens/{made.pk}/revoke/", {})
    assert program.get("/api/auth/me/").status_code == 401
    told = Event.objects.filter(object_type="token").order_by("pk").values_list("type", "company_id", "actor_id")
    assert list(told) == [("token.created", user.company_id, user.pk), ("token.revoked", user.company_id, user.pk)]


def test_a_token_can_last_for_ever(logged_in: Client) -> None:
    text(logged_in, f"{AT}tokens/", {"name": "ATS", "lasts": ""})
    assert ApiToken.objects.get().token.expiry is None


def test_a_colleagues_token_is_not_there(recruiter: Client, user: User) -> None:
    token = ApiToken.objects.create(token=AuthToken.objects.create(user=user)[0], name="Theirs")
    assert "Theirs" not in text(recruiter, f"{AT}tokens/")
    assert recruiter.post(f"{AT}tokens/{token.pk}/revoke/").status_code == 404
    assert AuthToken.objects.count() == 1


# --- webhooks ---


def test_a_webhook_is_made_changed_tested_and_removed(logged_in: Client, settings: LazySettings) -> None:
    page = text(logged_in, f"{AT}webhooks/", NEW_HOOK)
    secret = secret_in(page)
    assert secret.startswith("whsec_")
    endpoint = WebhookEndpoint.objects.get()
    assert (endpoint.url, endpoint.events, endpoint.is_active) == (NEW_HOOK["url"], ["interview.*"], True)
    at = f"{AT}webhooks/{endpoint.pk}/"
    assert secret not in text(logged_in, at)
    text(logged_in, at, NEW_HOOK | {"events": ["*"]})
    assert "A test is on its way" in text(logged_in, f"{at}test/", {})
    delivery = WebhookDelivery.objects.get()
    assert "webhook.test" in text(logged_in, f"{at}{delivery.pk}/")
    assert "This delivery is on its way already." in text(logged_in, f"{at}{delivery.pk}/", {})
    WebhookDelivery.objects.update(state="failed", next_attempt_at=None, settled_at=timezone.now())
    assert "Deliveries that are tried again: 1." in text(logged_in, f"{at}recover/", {})
    assert secret_in(text(logged_in, f"{at}secret/", {})) != secret
    text(logged_in, at, {name: value for name, value in NEW_HOOK.items() if name != "is_active"})
    assert "switched off" in text(logged_in, f"{at}test/", {})
    text(logged_in, f"{at}remove/", {})
    assert WebhookEndpoint.objects.count() == 0


@pytest.mark.parametrize("url", ["http://127.0.0.1/x", "ftp://example.com", "nonsense"])
def test_a_webhook_to_nowhere_is_refused(logged_in: Client, url: str) -> None:
    answer = logged_in.post(f"{AT}webhooks/", NEW_HOOK | {"url": url})
    assert (answer.status_code, 'id="id_url_error"' in answer.content.decode()) == (400, True)
    assert WebhookEndpoint.objects.count() == 0


# --- one's own ---


def test_notifications_are_chosen(logged_in: Client, user: User) -> None:
    text(logged_in, f"{AT}notifications/", {"topics": ["conflict_opened"]})
    kinds = InboxPreferences.objects.get(user=user).kinds
    assert [kind for kind, is_on in kinds.items() if is_on] == ["conflict_opened"]
    page = text(logged_in, f"{AT}notifications/")
    assert page.count(" checked") == 1
    text(logged_in, f"{AT}notifications/", {"topics": ["nonsense"]}, 400)


def test_a_feed_is_made_readdressed_and_ended(logged_in: Client) -> None:
    first = secret_in(text(logged_in, f"{AT}feeds/", {"name": "Phone", "scope": "mine"}))
    feed = CalendarFeed.objects.get()
    path = first.removeprefix("http://testserver")
    second = secret_in(text(logged_in, f"{AT}feeds/{feed.pk}/", {}))
    assert first != second
    assert path.endswith(".ics")
    assert "The feed has ended." in text(logged_in, f"{AT}feeds/{feed.pk}/", {"end": "1"})
    assert CalendarFeed.objects.count() == 0


def test_lists_are_a_constant_number_of_statements(logged_in: Client, user: User) -> None:
    counts = []
    for made in (1, 3, 60):
        while User.objects.count() < made + 1:
            UserFactory(company=user.company)
        with CaptureQueriesContext(connection) as captured:
            logged_in.get(f"{AT}members/")
        counts.append(len(captured))
    assert counts[0] == counts[1] == counts[2]
