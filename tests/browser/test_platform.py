"""The administrator's pages and the notifications in a browser: on a phone and a desktop, light and dark."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from allauth.mfa.models import Authenticator
from django.conf import LazySettings
from django.utils import timezone
from playwright.sync_api import Page, expect
from procrastinate.contrib.django import app

from parley.core.models import Event
from parley.hiring.models import Job
from parley.interviews.models import Interview
from parley.notifications.inbox_reader import tell_users
from parley.notifications.models import Message, Notification
from parley.organizations.models import Company, Impersonation, Role, User
from parley.organizations.operations.impersonation import begin_impersonation
from tests.browser.conftest import DESKTOP, PHONE, violations
from tests.browser.test_conflicts import picture
from tests.factories import PASSWORD, AdminFactory, CandidateFactory, InterviewFactory, UserFactory

Open = Callable[..., Page]
SIZES = pytest.mark.parametrize("size", [PHONE, DESKTOP], ids=["phone", "desktop"])
SCRIPTS = pytest.mark.parametrize("scripts", [True, False], ids=["with-scripts", "without"])


@pytest.fixture
def user(transactional_db: None, settings: LazySettings) -> User:
    # The server knows no other hashes.
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.Argon2PasswordHasher"]
    return UserFactory(
        full_name="Rosa Recruiter", email="rosa@example.com", company__name="Acme", company__timezone="Europe/Berlin"
    )


@pytest.fixture
def admin(user: User) -> User:
    return AdminFactory(full_name="Alex Administrator", email="alex@example.com")


@pytest.fixture
def trouble(user: User) -> Interview:
    """A mail that was not delivered, a job that failed, and somebody without access."""
    interview = InterviewFactory(candidate=CandidateFactory(company=user.company, full_name="Ada Lovelace"))
    Message.objects.create(
        company=user.company,
        interview=interview,
        kind="invitation",
        key="1:invitation",
        event_id=1,
        recipient="ada@example.org",
        due_at=timezone.now(),
        state="undelivered",
        last_error="SMTPRecipientsRefused: no such mailbox",
        created_at=timezone.now(),
    )
    key = app.configure_task("organizations.send_invitation").defer(user_id=user.pk)
    manager = app.job_manager
    manager.connector.get_sync_connector().execute_query(
        query="UPDATE procrastinate_jobs SET status = 'failed', attempts = 8 WHERE id = %(key)s", key=key
    )
    UserFactory(company=user.company, role=Role.RECRUITER, full_name="Otto Off", is_active=False)
    UserFactory(company=user.company, role=Role.RECRUITER, full_name="Ina Invited", invited_at=timezone.now())
    Company.objects.create(name="Closed Ltd", email="closed@example.com", is_active=False)
    Authenticator.objects.create(user_id=user.pk, type="totp", data={})
    return interview


@pytest.fixture
def told(user: User, admin: User, trouble: Interview) -> list[Notification]:
    """Three notifications, one of them read."""
    now = timezone.now()
    begun = begin_impersonation(user_id=user.pk, reason="Ticket 4711", actor=admin, now=now - timedelta(hours=2))
    Impersonation.objects.filter(pk=begun.pk).update(ended_at=now - timedelta(hours=1))
    for kind in ("interview.booked", "interview.cancelled"):
        Event.objects.create(
            type=kind,
            object_type="interview",
            object_id=str(trouble.pk),
            company_id=user.company_id,
            actor_kind="candidate",
            occurred_at=now,
        )
    tell_users(list(Event.objects.all()), now)
    rows = list(Notification.objects.filter(user=user).order_by("event_id"))
    Notification.objects.filter(pk=rows[1].pk).update(read_at=now)
    return rows


def start(page: Page, address: str, email: str = "alex@example.com") -> None:
    page.goto("/login/?next=/app/conflicts/")
    page.get_by_label("Email").fill(email)
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Log in").click()
    page.locator("form[action='/logout/']").first.wait_for(state="attached")  # in a menu that is closed
    page.goto(address)


@SIZES
@SCRIPTS
def test_a_company_is_made_and_switched_off_and_on(
    open_page: Open, size: dict[str, int], scripts: bool, admin: User
) -> None:
    page = open_page(size, scripts=scripts)
    start(page, "/app/companies/")
    page.get_by_role("link", name="New company").click()
    page.get_by_label("Name", exact=True).fill("New Co")
    page.get_by_label("E-mail address of the company").fill("office@new.example")
    page.get_by_label("Name of the first member").fill("First Member")
    page.get_by_role("button", name="Make it").click()
    expect(page.get_by_text("This field is required.")).to_be_visible()
    page.get_by_label("E-mail address of the first member").fill("first@new.example")
    page.get_by_role("button", name="Make it").click()
    status = page.get_by_role("status").first
    expect(status).to_contain_text("New Co is made, and an invitation to first@new.example is on its way.")
    page.get_by_role("button", name="Deactivate").click()
    expect(status).to_contain_text("New Co is inactive")
    picture(page, f"company-off-{size['width']}")
    status.get_by_role("button", name="Undo").click()
    expect(status).to_contain_text("New Co is active again")
    assert Company.objects.get(name="New Co").is_active


@SIZES
@SCRIPTS
def test_acting_as_a_user(open_page: Open, size: dict[str, int], scripts: bool, admin: User, user: User) -> None:
    page = open_page(size, scripts=scripts)
    start(page, f"/app/users/{user.pk}/")
    page.get_by_role("button", name="Act as Rosa").click()
    expect(page.get_by_text("This field is required.")).to_be_visible()
    page.get_by_label("Why").fill("Ticket 4711")
    page.get_by_role("button", name="Act as Rosa").click()
    banner = page.get_by_role("region", name="You act for somebody else")
    expect(banner).to_contain_text("Alex Administrator, you act as Rosa Recruiter (Acme)")
    page.goto("/app/jobs/new/")
    page.get_by_label("Title").fill("Engineer")
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_role("heading", name="Engineer")).to_be_visible()
    assert Job.objects.get().company == user.company
    page.goto("/account/security/")
    expect(page.get_by_role("heading", name="This is left to Rosa Recruiter")).to_be_visible()
    expect(banner).to_be_visible()
    picture(page, f"acting-refused-{size['width']}")
    banner.get_by_role("button", name="Stop acting").click()
    expect(page.get_by_role("status").first).to_contain_text("You are yourself again")
    expect(banner).to_have_count(0)
    expect(page.get_by_text("Alex Administrator: Ticket 4711")).to_be_visible()
    made = Event.objects.get(type="job.created")
    assert (made.actor_id, made.acting_admin_id) == (user.pk, admin.pk)


@SIZES
def test_the_system_is_mended(open_page: Open, size: dict[str, int], admin: User, trouble: Interview) -> None:
    page = open_page(size)
    start(page, "/app/system/")
    expect(page.get_by_role("region", name="What needs you")).to_contain_text("1 job failed for good.")
    picture(page, f"system-{size['width']}")
    page.get_by_role("button", name="Run again").click()
    expect(page.get_by_role("status").first).to_contain_text("organizations.send_invitation runs again.")
    page.get_by_role("button", name="Send again").click()
    expect(page.get_by_role("status").first).to_contain_text("The mail to ada@example.org is sent again.")
    expect(page.get_by_role("button", name="Run again")).to_have_count(0)


def test_looking_again_leaves_the_focus_where_it_is(open_page: Open, admin: User, trouble: Interview) -> None:
    page = open_page(DESKTOP)
    start(page, "/app/system/")
    button = page.get_by_role("button", name="Run again")
    button.focus()
    Message.objects.all().delete()
    with page.expect_response("**/app/system/now/"):
        page.evaluate("document.querySelector('[hx-get=\"/app/system/now/\"]').dataset.seen = '1'")
    expect(page.get_by_text("0 due; 0 undelivered.")).to_be_visible()
    expect(button).to_be_focused()


@SIZES
@SCRIPTS
def test_notifications_are_read(
    open_page: Open, size: dict[str, int], scripts: bool, user: User, told: list[Notification]
) -> None:
    Authenticator.objects.all().delete()
    page = open_page(size, scripts=scripts)
    start(page, "/app/jobs/", email="rosa@example.com")
    page.get_by_role("link", name="Notifications 2 unread").click()
    rows = page.get_by_role("list", name="Notifications").get_by_role("listitem")
    expect(rows).to_have_count(3)
    picture(page, f"notifications-{size['width']}")
    page.get_by_role("button", name="Open: Interview cancelled").click()
    page.wait_for_url("**/app/interviews/*/")
    page.get_by_role("link", name="Notifications 1 unread").click()
    page.get_by_role("button", name="Mark all as read").click()
    expect(page.get_by_role("status").first).to_contain_text("1 notification marked as read.")
    assert not Notification.objects.filter(user=user, read_at__isnull=True).exists()


@pytest.mark.parametrize("dark", [False, True], ids=["light", "dark"])
@SIZES
def test_axe_finds_nothing_on_the_administrators_pages(
    open_page: Open, size: dict[str, int], dark: bool, admin: User, user: User, trouble: Interview
) -> None:
    page = open_page(size, dark=dark)
    start(page, "/app/companies/")
    closed = Company.objects.get(name="Closed Ltd")
    others = [User.objects.get(full_name=name).pk for name in ("Otto Off", "Ina Invited")]
    addresses = [
        "/app/companies/",
        "/app/companies/?q=nobody",
        f"/app/companies/{user.company_id}/",
        f"/app/companies/{closed.pk}/",
        "/app/companies/new/",
        f"/app/companies/{user.company_id}/edit/",
        "/app/users/",
        "/app/users/?q=nobody",
        *(f"/app/users/{pk}/" for pk in (user.pk, admin.pk, *others)),
        "/app/users/new/",
        f"/app/users/{user.pk}/edit/",
        "/app/system/",
        "/app/jobs/",
    ]
    for number, address in enumerate(addresses):
        page.goto(address)
        assert violations(page) == [], address
        assert page.evaluate("document.documentElement.scrollWidth <= document.documentElement.clientWidth"), address
        picture(page, f"admin-{number}-{size['width']}-{dark}")
    for address, button in (("/app/companies/new/", "Make it"), ("/app/users/new/", "Send the invitation")):
        page.goto(address)
        page.get_by_role("button", name=button).click()
        expect(page.get_by_text("This field is required.").first).to_be_visible()
        assert violations(page) == [], address
    page.goto(f"/app/users/{user.pk}/")
    page.get_by_role("button", name="Act as Rosa").click()
    assert violations(page) == []
    page.get_by_label("Why").fill("Ticket 4711")
    page.get_by_role("button", name="Act as Rosa").click()
    page.get_by_role("button", name="Stop acting").wait_for()
    for address in ("/app/jobs/", "/account/security/", "/app/settings/tokens/"):
        page.goto(address)
        assert violations(page) == [], address
        picture(page, f"acting-{address.split('/')[2]}-{size['width']}-{dark}")


@pytest.mark.parametrize("dark", [False, True], ids=["light", "dark"])
@SIZES
def test_axe_finds_nothing_on_the_notifications(
    open_page: Open, size: dict[str, int], dark: bool, user: User, told: list[Notification]
) -> None:
    Authenticator.objects.all().delete()
    page = open_page(size, dark=dark)
    start(page, "/app/notifications/", email="rosa@example.com")
    expect(page.get_by_role("list", name="Notifications").get_by_role("listitem")).to_have_count(3)
    assert violations(page) == []
    Notification.objects.all().delete()
    for address in ("/app/notifications/", "/app/notifications/?state=unread"):
        page.goto(address)
        assert violations(page) == [], address
