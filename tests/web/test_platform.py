"""The administrator's pages of companies, users and the system, as a browser without scripts uses them."""

import re
from datetime import timedelta
from html import unescape
from typing import Any

import pytest
from allauth.mfa.models import Authenticator
from django.core import mail
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from knox.models import AuthToken
from procrastinate.contrib.django import app
from procrastinate.contrib.django.models import ProcrastinateJob

from parley.core.diagnostics import Diagnosis, ReaderLag, Scheduled, Storage, TaskLoad, diagnose
from parley.core.models import Event, EventCursor
from parley.interviews.operations.links import invite_candidate
from parley.interviews.tasks import fill_places
from parley.notifications.diagnostics import Mails
from parley.notifications.models import Message
from parley.notifications.tasks import send_due
from parley.organizations.models import Company, Role, User
from parley.organizations.tasks import send_password_reset
from parley.web.platform.verdicts import problems
from parley.webhooks.diagnostics import OfCompany
from tests.api.routes import routes
from tests.api.tenants import Tenant, make_tenant, unchanged
from tests.factories import (
    PASSWORD,
    AdminFactory,
    CandidateFactory,
    CompanyFactory,
    InterviewFactory,
    SlotFactory,
    UserFactory,
    book,
)

pytestmark = pytest.mark.django_db
COMPANIES, USERS, SYSTEM = "/app/companies/", "/app/users/", "/app/system/"


@pytest.fixture
def admin() -> User:
    return AdminFactory(full_name="Alex Administrator", email="alex@example.com")


@pytest.fixture
def opened(client: Client, admin: User) -> Client:
    client.force_login(admin)
    return client


@pytest.fixture
def tenant() -> Tenant:
    return make_tenant("acme")


def html(client: Client, address: str, values: Any = None, status: int = 200, **query: Any) -> str:
    """The page, after a form where there are values."""
    answer = client.get(address, query) if values is None else client.post(address, values, follow=True)
    assert answer.status_code == status, answer.content.decode()
    return unescape(answer.content.decode())


def statements(client: Client, address: str) -> int:
    with CaptureQueriesContext(connection) as captured:
        html(client, address)
    return len(captured)


def last_event() -> tuple[str, str, int | None]:
    event = Event.objects.latest("id")
    return event.type, event.object_id, event.actor_id


# --- for administrators alone ---


@pytest.mark.parametrize("role", [Role.COMPANY, Role.HIRING_AGENCY, Role.RECRUITER])
def test_for_everybody_else_there_are_no_such_pages(client: Client, tenant: Tenant, role: str) -> None:
    client.force_login(tenant.users[role])
    things = {"app-company": tenant.company.pk, "app-system-mail": tenant.message.pk}
    pages = [route for route in routes() if re.match("app-(compan|user|system)", route.name)]
    assert len(pages) == 20
    with unchanged():
        for route in pages:
            address = route.url(next((pk for name, pk in things.items() if name in route.name), tenant.user.pk))
            for answer in (client.get(address), client.post(address, {"let_in": "0", "active": "0"})):
                assert answer.status_code in (404, 405), (route, answer.status_code)


def test_administrators_start_there(opened: Client) -> None:
    assert opened.get("/")["Location"] == COMPANIES
    page = html(opened, COMPANIES)
    for name in ("Companies", "Users", "Conflicts", "System"):
        assert f">{name}</a>" in page


def test_pages_of_a_company_lead_there(opened: Client) -> None:
    page = html(opened, "/app/jobs/", status=403)
    assert f'href="{COMPANIES}"' in page
    assert f'href="{USERS}"' in page


# --- companies ---


def test_the_list_of_companies(opened: Client, tenant: Tenant) -> None:
    CompanyFactory(name="Zeta", email="z@zeta.example", is_active=False)
    page = html(opened, COMPANIES)
    assert page.index("acme Inc") < page.index("Zeta")
    assert "<dt>Members</dt><dd>3</dd>" in page
    assert "<dt>Slots</dt><dd>3</dd>" in page
    assert "<dt>Interviews</dt><dd>4</dd>" in page
    for query, shown in ({"q": "ZETA"}, "Zeta"), ({"q": "office@acme"}, "acme Inc"), ({"state": "inactive"}, "Zeta"):
        found = unescape(opened.get(COMPANIES, query).content.decode())
        assert [name for name in ("acme Inc", "Zeta") if name in found] == [shown]
        assert "1 company found" in found
    assert "No company is found" in html(opened, COMPANIES, q="nobody")
    assert "acme Inc" in html(opened, COMPANIES, state="x", q="\0", page="y")


@pytest.mark.parametrize("address", [COMPANIES, USERS])
def test_lists_take_as_many_statements_for_1_and_300(opened: Client, address: str) -> None:
    UserFactory()
    few = statements(opened, address)
    for company in [CompanyFactory() for _ in range(150)]:
        UserFactory(company=company)
        UserFactory(company=company)
    assert statements(opened, address) == few


def test_one_company(opened: Client, tenant: Tenant) -> None:
    page = html(opened, f"{COMPANIES}{tenant.company.pk}/")
    for text in ("acme Inc", "office@acme.example.com", "acme recruiter", "<dt>Candidates</dt><dd>2</dd>"):
        assert text in page
    assert html(opened, f"{COMPANIES}{10**9}/", status=404)


def test_what_one_did_again_and_again_is_one_line(opened: Client, tenant: Tenant) -> None:
    Event.objects.bulk_create(
        Event(
            type="slot.created",
            object_type="slot",
            object_id=str(number),
            company_id=tenant.company.pk,
            actor_kind="system",
            occurred_at=timezone.now(),
        )
        for number in range(40)
    )
    page = html(opened, f"{COMPANIES}{tenant.company.pk}/")
    assert page.count("A slot was made") == 1
    assert "(40 times)" in page


def test_a_company_is_made_and_its_first_member_invited(opened: Client, admin: User) -> None:
    values = {
        "name": "New Co",
        "email": "office@new.example",
        "timezone": "Asia/Kolkata",
        "member_name": "First Member",
        "member_email": "First@new.example",
    }
    page = html(opened, f"{COMPANIES}new/", values)
    assert "New Co is made, and an invitation to First@new.example is on its way." in page
    made = Company.objects.get()
    member = made.users.get()
    assert (made.name, made.timezone) == ("New Co", "Asia/Kolkata")
    assert (member.email, member.role, member.invited_at is not None) == ("first@new.example", "company", True)
    jobs = ProcrastinateJob.objects.filter(task_name="organizations.send_invitation")
    assert [job.args for job in jobs] == [{"user_id": member.pk}]
    assert set(Event.objects.values_list("type", "actor_id")) == {
        ("company.created", admin.pk),
        ("user.created", admin.pk),
    }


def test_a_wrong_company_is_refused_at_its_field(opened: Client) -> None:
    UserFactory(email="taken@example.com", company__email="office@taken.example")
    values = {
        "name": "New Co",
        "email": "office@new.example",
        "timezone": "UTC",
        "member_name": "First",
        "member_email": "first@new.example",
    }
    with unchanged():
        for change, said in (
            ({"name": ""}, "This field is required."),
            ({"timezone": "Mars/Phobos"}, "Select a valid choice"),
            ({"email": "OFFICE@taken.example"}, "A company or user with this email already exists."),
            ({"member_email": "taken@example.com"}, "A user with this email already exists."),
        ):
            page = html(opened, f"{COMPANIES}new/", values | change, status=400)
            assert said in page
            assert f'aria-describedby="id_{next(iter(change))}' in page


def test_a_company_is_changed(opened: Client, tenant: Tenant) -> None:
    address = f"{COMPANIES}{tenant.company.pk}/edit/"
    assert 'value="acme Inc"' in html(opened, address)
    html(opened, address, {"name": "Acme 2", "email": "a@acme.example", "timezone": "Europe/Berlin"})
    tenant.company.refresh_from_db()
    assert (tenant.company.name, tenant.company.timezone) == ("Acme 2", "Europe/Berlin")
    with unchanged():
        html(opened, address, {"name": "", "email": "a", "timezone": "UTC"}, status=400)


def test_a_company_is_switched_off_and_on_again(opened: Client, tenant: Tenant, client: Client) -> None:
    company, now = tenant.company, timezone.now()
    member, token = Client(), AuthToken.objects.create(user=tenant.user)[1]
    member.force_login(tenant.user)
    invited = invite_candidate(
        interview_id=tenant.interview.pk,
        interview_type="",
        valid_for=timedelta(days=9),
        actor=tenant.users["company"],
        now=now,
    )
    page = html(opened, f"{COMPANIES}{company.pk}/access/", {"active": "0"})
    assert "acme Inc is inactive" in page
    assert last_event()[:2] == ("company.updated", str(company.pk))
    assert member.get("/app/jobs/").status_code == 302
    program = Client(headers={"Authorization": f"Token {token}"})
    assert program.get("/api/jobs/").status_code == 401
    with unchanged():
        assert client.get(f"/interview/{invited.link}/").status_code == 410
        booked = client.post(f"/interview/{invited.link}/book/", {"slot": str(tenant.slot.pk), "timezone": "UTC"})
        assert booked.status_code == 410
        answer = Client().get(f"/api/public/interviews/{invited.link}/")
        assert (answer.status_code, answer.json()["code"]) == (410, "company_inactive")
        fill_places(company_id=company.pk)
    page = html(opened, f"{COMPANIES}{company.pk}/access/", {"next": f"{COMPANIES}{company.pk}/"})  # the undo's form
    assert "acme Inc is active again" in page
    member.force_login(tenant.user)
    assert member.get("/app/jobs/").status_code == 200
    assert program.get("/api/jobs/").status_code == 200
    assert client.get(f"/interview/{invited.link}/").status_code == 200


def test_mails_whose_link_does_not_open_are_not_sent(tenant: Tenant) -> None:
    now = timezone.now()
    Company.objects.update(is_active=False)
    Message.objects.update(state="waiting", next_attempt_at=now)
    cancelled = Message.objects.create(
        company=tenant.company,
        interview=tenant.booked_interview,
        kind="cancelled",
        key="cancelled",
        event_id=2,
        recipient="ann@example.org",
        due_at=now,
        next_attempt_at=now,
        created_at=now,
    )
    send_due(now=now)
    assert dict(Message.objects.values_list("kind", "state")) == {"booked": "skipped", "cancelled": "sent"}
    assert [each.to for each in mail.outbox] == [[cancelled.recipient]]


# --- users ---


def test_the_list_of_users(opened: Client, admin: User, tenant: Tenant) -> None:
    off = UserFactory(company=tenant.company, full_name="Otto Off", is_active=False)
    new = UserFactory(full_name="Ina Invited", invited_at=timezone.now())
    everybody = {
        "Alex Administrator",
        "acme company",
        "acme recruiter",
        "acme hiring_agency",
        "Otto Off",
        "Ina Invited",
    }
    for query, expected in (
        ({}, everybody),
        ({"q": "OTTO"}, {"Otto Off"}),
        ({"q": new.email}, {"Ina Invited"}),
        ({"role": "admin"}, {"Alex Administrator"}),
        ({"role": "recruiter"}, {"acme recruiter"}),
        ({"company": str(tenant.company.pk)}, everybody - {"Alex Administrator", "Ina Invited"}),
        ({"state": "inactive"}, {"Otto Off"}),
        ({"state": "invited"}, {"Ina Invited"}),
        ({"state": "active", "company": str(tenant.company.pk), "q": "company"}, {"acme company"}),
        ({"role": "x", "state": "x", "company": "x", "q": "\0"}, everybody),
        ({"q": "nobody at all"}, set()),
    ):
        answer = opened.get(USERS, query)
        assert {each.full_name for each in answer.context["page"]} == expected, query
    assert f"/app/users/{off.pk}/" in html(opened, USERS)


def test_one_user(opened: Client, tenant: Tenant) -> None:
    user = tenant.users["company"]
    User.objects.filter(pk=user.pk).update(last_login=timezone.now().replace(year=2025, month=3, day=7))
    Authenticator.objects.create(user_id=user.pk, type="totp", data={})
    page = html(opened, f"{USERS}{user.pk}/")
    for text in ("acme company", "acme Inc", "7 March 2025", "On since", "1, 1 of them named for programs"):
        assert text in page
    html(opened, f"{USERS}{10**9}/", status=404)


def test_an_administrators_page_offers_neither_acting_nor_ending_the_own_access(opened: Client, admin: User) -> None:
    page = html(opened, f"{USERS}{admin.pk}/")
    assert "Act as" not in page
    assert "End access" not in page


@pytest.mark.parametrize("role", ["recruiter", "admin"])
def test_a_user_is_invited(opened: Client, tenant: Tenant, role: str) -> None:
    company = str(tenant.company.pk) if role == "recruiter" else ""
    values = {"full_name": "New One", "email": "new@acme.example", "role": role, "company": company}
    assert "An invitation to new@acme.example is on its way." in html(opened, f"{USERS}new/", values)
    made = User.objects.get(email="new@acme.example")
    assert (made.role, made.company_id, made.invited_at is not None) == (
        role,
        tenant.company.pk if company else None,
        True,
    )
    assert "Another invitation" in html(opened, f"{USERS}{made.pk}/invite/", {})


def test_a_user_who_cannot_be_is_refused_at_the_field(opened: Client, tenant: Tenant) -> None:
    values = {"full_name": "N", "email": "n@acme.example", "role": "recruiter", "company": str(tenant.company.pk)}
    with unchanged():
        for change, said in (
            ({"company": ""}, "Choose the company."),
            ({"role": "admin"}, "Administrators belong to no company"),
            ({"company": "999999"}, "Select a valid choice"),
            ({"email": tenant.user.email}, "already exists"),
        ):
            assert said in html(opened, f"{USERS}new/", values | change, status=400)
    assert f'value="{tenant.company.pk}" selected' in html(opened, f"{USERS}new/", company=str(tenant.company.pk))


def test_a_user_is_changed(opened: Client, tenant: Tenant, admin: User) -> None:
    user = tenant.users["recruiter"]
    html(opened, f"{USERS}{user.pk}/edit/", {"full_name": "Other", "role": "company", "email": "other@example.com"})
    user.refresh_from_db()
    assert (user.full_name, user.role, user.email) == ("Other", "company", "recruiter@acme.example.com")
    with unchanged():
        for values in ({"full_name": "Other", "role": "admin"}, {"full_name": "", "role": "company"}):
            html(opened, f"{USERS}{user.pk}/edit/", values, status=400)
        html(opened, f"{USERS}{admin.pk}/edit/", {"full_name": "A", "role": "company"}, status=400)


def test_access_ends_and_is_given_back(opened: Client, tenant: Tenant, admin: User) -> None:
    user = tenant.users["recruiter"]
    AuthToken.objects.create(user=user)
    page = html(opened, f"{USERS}{user.pk}/access/", {"let_in": "0"})
    assert "has no access any more" in page
    user.refresh_from_db()
    assert (user.is_active, AuthToken.objects.filter(user=user).count()) == (False, 0)
    assert last_event() == ("user.updated", str(user.pk), admin.pk)
    html(opened, f"{USERS}{user.pk}/access/", {})  # the undo's form
    user.refresh_from_db()
    assert user.is_active


def test_administrators_keep_one_of_them(opened: Client, admin: User) -> None:
    with unchanged():
        page = html(opened, f"{USERS}{admin.pk}/access/", {"let_in": "0"})
    assert "You cannot end your own access" in page
    other = AdminFactory()
    html(opened, f"{USERS}{other.pk}/access/", {"let_in": "0"})
    other.refresh_from_db()
    assert not other.is_active


def test_a_mail_for_a_new_password(opened: Client, tenant: Tenant, admin: User) -> None:
    user = tenant.users["recruiter"]
    page = html(opened, f"{USERS}{user.pk}/password/", {})
    assert f"An e-mail to {user.email} is on its way" in page
    assert last_event() == ("user.password_mail_sent", str(user.pk), admin.pk)
    job = ProcrastinateJob.objects.get(task_name="organizations.send_password_reset")
    send_password_reset(**job.args)
    assert "/password/new/" in mail.outbox[0].body
    user.refresh_from_db()
    assert user.check_password(PASSWORD)
    gone = UserFactory(is_active=False)
    assert "has no access" in html(opened, f"{USERS}{gone.pk}/password/", {})
    assert ProcrastinateJob.objects.filter(task_name="organizations.send_password_reset").count() == 1


def test_all_sessions_and_tokens_end(opened: Client, tenant: Tenant, admin: User) -> None:
    user = tenant.users["recruiter"]
    there, again = Client(), Client()
    there.force_login(user)
    AuthToken.objects.create(user=user)
    page = html(opened, f"{USERS}{user.pk}/logins/", {})
    assert "and 1 token." in page
    assert there.get("/app/jobs/")["Location"].startswith("/login/")
    assert AuthToken.objects.filter(user=user).count() == 0
    assert last_event() == ("user.logins_ended", str(user.pk), admin.pk)
    assert Event.objects.latest("id").after == {"tokens": 1}
    assert again.post("/login/", {"login": user.email, "password": PASSWORD})["Location"] == "/"
    assert again.get("/app/jobs/").status_code == 200


def test_a_second_factor_is_removed(opened: Client, tenant: Tenant, admin: User) -> None:
    user = tenant.users["recruiter"]
    for kind in ("totp", "recovery_codes"):
        Authenticator.objects.create(user_id=user.pk, type=kind, data={})
    assert "Remove the second factor" in html(opened, f"{USERS}{user.pk}/")
    html(opened, f"{USERS}{user.pk}/factor/", {})
    assert Authenticator.objects.count() == 0
    assert last_event() == ("user.second_factor_removed", str(user.pk), admin.pk)
    events = Event.objects.count()
    assert "has no second factor" in html(opened, f"{USERS}{user.pk}/factor/", {})
    Authenticator.objects.create(user_id=admin.pk, type="totp", data={})
    assert "page Security" in html(opened, f"{USERS}{admin.pk}/factor/", {})
    assert (Event.objects.count(), Authenticator.objects.count()) == (events, 1)


# --- the system ---


def failed_job(task: str = "core.housekeeping", **arguments: Any) -> int:
    key = app.configure_task(task).defer(**arguments)
    with connection.cursor() as cursor:
        cursor.execute("UPDATE procrastinate_jobs SET status = 'failed', attempts = 8 WHERE id = %s", [key])
    return int(key)


def test_the_system_says_what_needs_somebody(opened: Client, tenant: Tenant) -> None:
    failed_job("organizations.send_invitation", user_id=7)
    page = html(opened, SYSTEM)
    for text in (
        "No worker takes jobs",
        "1 job failed for good.",
        "1 mail could not be delivered.",
        "user_id 7",
        "acme error",
        "All applied",
        "core.housekeeping",
    ):
        assert text in page, text
    part = opened.get(f"{SYSTEM}now/", headers={"HX-Request": "true"})
    assert part.status_code == 200
    assert "<html" not in part.content.decode()


def test_the_system_takes_as_many_statements_however_much_there_is(opened: Client, tenant: Tenant) -> None:
    failed_job()
    few = statements(opened, SYSTEM)
    for number in range(60):
        failed_job("organizations.send_invitation", user_id=number)
    for number in range(5):
        make_tenant(f"more{number}")
    slot = SlotFactory(company=tenant.company, max_candidates=60)
    for number in range(55):
        schedule = book(slot, InterviewFactory(candidate=CandidateFactory(company=tenant.company)))
        Message.objects.create(
            company=tenant.company,
            interview=schedule.interview,
            kind="booked",
            key=f"more{number}",
            event_id=number,
            recipient="x@example.org",
            due_at=timezone.now(),
            state="undelivered",
            created_at=timezone.now(),
        )
    assert statements(opened, SYSTEM) == few


def test_a_failed_job_runs_again(opened: Client, admin: User) -> None:
    key = failed_job("organizations.send_invitation", user_id=7)
    assert "organizations.send_invitation runs again." in html(opened, f"{SYSTEM}jobs/{key}/", {})
    assert ProcrastinateJob.objects.get(pk=key).status == "todo"
    assert last_event() == ("task.retried", str(key), admin.pk)
    events = Event.objects.count()
    assert "has not failed" in html(opened, f"{SYSTEM}jobs/{key}/", {})
    html(opened, f"{SYSTEM}jobs/{10**9}/", {}, status=404)
    assert Event.objects.count() == events


def test_a_job_that_waits_already_is_not_run_twice(opened: Client) -> None:
    key = app.configure_task("organizations.send_invitation", queueing_lock="once").defer(user_id=7)
    with connection.cursor() as cursor:
        cursor.execute("UPDATE procrastinate_jobs SET status = 'failed' WHERE id = %s", [key])
    app.configure_task("organizations.send_invitation", queueing_lock="once").defer(user_id=7)
    assert "The same is to be done already" in html(opened, f"{SYSTEM}jobs/{key}/", {})
    assert ProcrastinateJob.objects.get(pk=key).status == "failed"
    assert not Event.objects.filter(type="task.retried").exists()


def test_an_undelivered_mail_is_sent_again(opened: Client, tenant: Tenant) -> None:
    assert "is sent again." in html(opened, f"{SYSTEM}mails/{tenant.message.pk}/", {})
    tenant.message.refresh_from_db()
    assert (tenant.message.state, tenant.message.attempts) == ("waiting", 0)
    assert "Only an undelivered message" in html(opened, f"{SYSTEM}mails/{tenant.message.pk}/", {})


def test_where_the_login_is_over_nothing_is_exchanged(client: Client) -> None:
    for address in (f"{SYSTEM}now/", "/app/notifications/bell/"):
        answer = client.get(address, headers={"HX-Request": "true"})
        assert (answer.status_code, answer["HX-Reswap"], answer.content) == (286, "none", b"")


def test_readers_that_are_behind_are_counted(tenant: Tenant) -> None:
    now = timezone.now()
    EventCursor.objects.create(reader="inbox", transaction_id="0", event_id=0, updated_at=now)
    for number in range(3):
        Event.objects.create(
            type="x.done",
            object_type="x",
            object_id=str(number),
            actor_kind="system",
            occurred_at=now - timedelta(hours=number),
        )
    lag = {each.reader: each for each in diagnose(now=now).readers}
    assert (lag["inbox"].behind, lag["inbox"].oldest) == (3, now)
    assert (lag["webhooks"].behind, lag["webhooks"].seen_at) == (0, None)


def test_each_trouble_is_said_with_what_to_do() -> None:
    now = timezone.now()
    old = now - timedelta(minutes=6)
    bad = Diagnosis(
        workers=1,
        tasks=[TaskLoad("a.b", 3, 0, 0, 2, old)],
        failed=[],
        scheduled=[Scheduled("core.housekeeping", "* * * * *", old, is_overdue=True)],
        readers=[ReaderLag("inbox", 5, old, now)],
        storage=Storage(1, 100, 9, "/data"),
        missing_migrations=["core.0001_initial"],
        versions={},
    )
    said = problems(bad, Mails(1, old, 3, []), [OfCompany(1, "Acme", 1, 1, 0, 4, 4, old)], now=now)
    assert [each.what for each in said] == [
        "The database is not up to date: 1 migration missing.",
        "Events are not followed up: mails, notifications and webhooks come late.",
        "Jobs have been waiting for more than five minutes.",
        "Scheduled jobs did not begin: core.housekeeping.",
        "2 jobs failed for good.",
        "3 mails could not be delivered.",
        "Mails have been due for more than five minutes.",
        "Webhooks fail: Acme.",
        "The disk of the data folder is almost full.",
    ]
    assert all(each.do for each in said)
    fresh = now - timedelta(minutes=4)
    good = Diagnosis(
        workers=1,
        tasks=[TaskLoad("a.b", 3, 1, 1, 0, fresh)],
        failed=[],
        scheduled=[Scheduled("core.housekeeping", "* * * * *", fresh, is_overdue=False)],
        readers=[ReaderLag("inbox", 5, fresh, now)],
        storage=Storage(1, 100, 10, "/data"),
        missing_migrations=[],
        versions={},
    )
    assert problems(good, Mails(1, fresh, 0, []), [OfCompany(1, "Acme", 1, 0, 0, 4, 0, None)], now=now) == []
