"""An administrator acts as a user: what is kept of it, what is refused, and how it ends."""

from collections.abc import Callable
from datetime import timedelta
from html import unescape
from typing import Any

import pytest
from django.db.models import F
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from knox.models import AuthToken

from parley.core.acting import acting
from parley.core.actors import SYSTEM
from parley.core.errors import Conflict, DomainError, Forbidden, Invalid, NotFound
from parley.core.models import Event
from parley.hiring.models import Job
from parley.notifications.inbox_reader import tell_users
from parley.notifications.models import CalendarFeed, Notification
from parley.notifications.operations.feeds import create_feed
from parley.notifications.operations.inbox import choose_kinds, mark_all_read
from parley.organizations.models import ApiToken, Impersonation, Role, User
from parley.organizations.operations.companies import update_company
from parley.organizations.operations.impersonation import begin_impersonation, end_impersonation, end_overdue
from parley.organizations.operations.security import end_logins, reset_second_factor, send_password_mail
from parley.organizations.operations.tokens import create_token
from parley.organizations.operations.users import add_user, change_password, make_or_update_user, update_user
from parley.web.acting import KEY, LEFT_TO_THE_USER
from parley.webhooks.operations.endpoints import create_endpoint, rotate_secret, update_endpoint
from tests.api.tenants import unchanged
from tests.factories import PASSWORD, AdminFactory, InterviewFactory, JobFactory, UserFactory

pytestmark = pytest.mark.django_db
HOUR = timedelta(hours=1)


@pytest.fixture
def admin() -> User:
    return AdminFactory(full_name="Alex Administrator", email="alex@example.com")


@pytest.fixture
def as_admin(client: Client, admin: User) -> Client:
    client.force_login(admin)
    return client


@pytest.fixture
def as_rosa(as_admin: Client, user: User) -> Client:
    """The administrator, acting as Rosa."""
    answer = as_admin.post(f"/app/users/{user.pk}/act/", {"reason": "Ticket 4711"})
    assert (answer.status_code, answer["Location"]) == (302, "/")
    return as_admin


def html(client: Client, address: str, status: int = 200) -> str:
    answer = client.get(address, headers={"Accept": "text/html"})
    assert answer.status_code == status, answer.content.decode()
    return unescape(answer.content.decode())


def last_event() -> Event:
    return Event.objects.latest("id")


def acts(client: Client) -> bool:
    return KEY in client.session


# --- it begins ---


def test_what_is_done_names_both(as_rosa: Client, admin: User, user: User) -> None:
    begun = Impersonation.objects.get()
    assert (begun.admin, begun.user, begun.reason, begun.ended_at) == (admin, user, "Ticket 4711", None)
    assert begun.ends_at - begun.started_at == HOUR
    told = Event.objects.get(type="user.impersonated")
    assert (told.object_id, told.company_id, told.actor_id) == (str(user.pk), user.company_id, admin.pk)
    assert told.acting_admin_id is None
    as_rosa.post("/app/jobs/new/", {"job_title": "Engineer"})
    assert Job.objects.get().company == user.company
    made = Event.objects.get(type="job.created")
    assert (made.actor_kind, made.actor_id, made.acting_admin_id) == ("user", user.pk, admin.pk)


def test_each_page_says_so(as_rosa: Client, user: User) -> None:
    for address in ("/app/calendar/", "/app/jobs/", "/app/settings/", "/none/"):
        page = html(as_rosa, address, status=404 if address == "/none/" else 200)
        assert "Alex Administrator, you act as <strong>Rosa Recruiter</strong> (Acme)" in page, address
        assert "Stop acting" in page
    other = Client()
    other.force_login(user)
    assert "you act as" not in html(other, "/app/jobs/")


def test_the_history_of_an_interview_names_both(as_rosa: Client, user: User) -> None:
    interview = InterviewFactory(candidate__company=user.company)
    as_rosa.post(f"/app/interviews/{interview.pk}/invite/", {"interview_type": ""})
    assert "Alex Administrator, acting as Rosa Recruiter" in html(as_rosa, f"/app/interviews/{interview.pk}/")


def test_the_session_is_another_one_at_both_ends(as_admin: Client, user: User) -> None:
    keys = [as_admin.session.session_key]
    for address, values in ((f"/app/users/{user.pk}/act/", {"reason": "Why"}), ("/app/acting/stop/", {})):
        as_admin.post(address, values)
        keys.append(as_admin.session.session_key)
    assert len(set(keys)) == 3
    old = Client()
    for key in keys[:2]:  # whoever has kept one of them has nothing
        old.cookies["sessionid"] = str(key)
        assert old.get("/app/jobs/")["Location"].startswith("/login/")


def test_the_user_is_told_and_nobody_else(as_rosa: Client, admin: User, user: User) -> None:
    colleague = UserFactory(company=user.company)
    choose_kinds(kinds={"user_impersonated": False}, replace=False, actor=user, now=timezone.now())
    tell_users(list(Event.objects.all()), timezone.now())
    row = Notification.objects.get()
    assert (row.user, row.kind) == (user, "user_impersonated")
    assert colleague.notifications.count() == 0
    own = Client()
    own.force_login(user)
    page = html(own, "/app/notifications/")
    assert "An administrator acted as you" in page
    assert "Reason: Ticket 4711" in page
    assert "Alex Administrator" in page


def test_nobody_who_acts_takes_that_away(as_rosa: Client, user: User) -> None:
    tell_users(list(Event.objects.all()), timezone.now())
    row = Notification.objects.get()
    as_rosa.post(f"/app/notifications/{row.pk}/read/")
    as_rosa.post("/app/notifications/read/", {"until": timezone.now().isoformat()})
    row.refresh_from_db()
    assert row.read_at is None
    assert mark_all_read(until=None, actor=user, now=timezone.now()) == 1


# --- who may not ---


@pytest.mark.parametrize("role", [Role.COMPANY, Role.HIRING_AGENCY, Role.RECRUITER])
def test_only_administrators_act(client: Client, user: User, role: Role) -> None:
    client.force_login(UserFactory(company=user.company, role=role))
    before = client.session.session_key
    with unchanged():
        assert client.post(f"/app/users/{user.pk}/act/", {"reason": "Why"}).status_code == 404
    assert (client.session.session_key, acts(client)) == (before, False)
    other = UserFactory(company=user.company, role=role)
    with unchanged(), pytest.raises(Forbidden):
        begin_impersonation(user_id=user.pk, reason="Why", actor=other, now=timezone.now())


@pytest.mark.parametrize(
    ("make", "code"),
    [
        (lambda admin: AdminFactory(), "acts_as_admin"),
        (lambda admin: admin, "acts_as_admin"),
        (lambda admin: UserFactory(is_active=False), "no_access"),
        (lambda admin: UserFactory(company__is_active=False), "no_access"),
        (lambda admin: UserFactory(invited_at=timezone.now()), "no_access"),
    ],
    ids=["another-administrator", "oneself", "no-access", "inactive-company", "invited"],
)
def test_whom_nobody_acts_as(as_admin: Client, admin: User, make: Callable[[User], User], code: str) -> None:
    target = make(admin)
    with unchanged():
        with pytest.raises(Conflict) as refused:
            begin_impersonation(user_id=target.pk, reason="Why", actor=admin, now=timezone.now())
        answer = as_admin.post(f"/app/users/{target.pk}/act/", {"reason": "Why"})
    assert refused.value.code == code
    assert (answer.status_code, acts(as_admin)) == (400, False)


def test_a_reason_is_asked_for(as_admin: Client, admin: User, user: User) -> None:
    with unchanged():
        for reason in ("", "   ", "x" * 201):
            answer = as_admin.post(f"/app/users/{user.pk}/act/", {"reason": reason})
            assert (answer.status_code, acts(as_admin)) == (400, False)
        assert "This field is required." in as_admin.post(f"/app/users/{user.pk}/act/").content.decode()
        with pytest.raises(Invalid):
            begin_impersonation(user_id=user.pk, reason=" ", actor=admin, now=timezone.now())
        with pytest.raises(NotFound):
            begin_impersonation(user_id=10**9, reason="Why", actor=admin, now=timezone.now())


def test_an_administrator_without_access_does_not_begin(user: User) -> None:
    gone = AdminFactory(is_active=False)
    with unchanged(), pytest.raises(Forbidden):
        begin_impersonation(user_id=user.pk, reason="Why", actor=gone, now=timezone.now())


def test_one_at_a_time(admin: User, user: User) -> None:
    other, now = UserFactory(), timezone.now()
    first = begin_impersonation(user_id=user.pk, reason="One", actor=admin, now=now)
    second = begin_impersonation(user_id=other.pk, reason="Two", actor=admin, now=now + timedelta(minutes=1))
    first.refresh_from_db()
    assert (first.ended_at, second.ended_at) == (now + timedelta(minutes=1), None)
    assert list(Event.objects.order_by("id").values_list("type", flat=True)) == [
        "user.impersonated",
        "user.impersonation_ended",
        "user.impersonated",
    ]


# --- what is left to the user in person ---


def _address(name: str, user: User) -> str:
    for arguments in ([], [user.pk], ["token"], ["3f2504e0-4f89-11d3-9a0c-0305e82c3301"]):
        try:
            return reverse(name, args=arguments)
        except Exception:  # noqa: BLE001 (another kind of argument)
            continue
    raise AssertionError(name)


@pytest.mark.parametrize("name", sorted(LEFT_TO_THE_USER))
def test_what_makes_access_is_left_to_the_user(as_rosa: Client, user: User, name: str) -> None:
    address = _address(name, user)
    with unchanged():
        answers = [getattr(as_rosa, method.lower())(address) for method in sorted(LEFT_TO_THE_USER[name] - {"HEAD"})]
    for answer in answers:
        assert answer.status_code == 403
        assert "This is left to Rosa Recruiter" in unescape(answer.content.decode())
        assert "no-store" in answer["Cache-Control"]


def test_the_operations_refuse_it_too(admin: User, user: User) -> None:
    now, other = timezone.now(), UserFactory(company=user.company, role=Role.RECRUITER)
    new = {"email": "n@example.com", "full_name": "N", "role": "recruiter", "company_id": user.company_id}
    receiver = {"url": "https://ats.example/", "events": [], "description": "", "is_active": True}
    endpoint, _ = create_endpoint(**receiver, company_id=user.company_id, actor=user, now=now)  # type: ignore[arg-type]
    calls: list[Callable[[], Any]] = [
        lambda: create_token(name="script", lasts=None, actor=user, now=now),
        lambda: create_feed(scope="company", company_id=None, name="", actor=user, now=now),  # type: ignore[arg-type]
        lambda: update_user(user_id=other.pk, role=Role.COMPANY, actor=user, now=now),
        lambda: add_user(**new, password=None, actor=user, now=now),  # type: ignore[arg-type]
        lambda: change_password(
            user_id=user.pk, current=PASSWORD, new="a battery of horses", keep_token=None, actor=user, now=now
        ),
        lambda: end_logins(user_id=other.pk, actor=admin, now=now),
        lambda: reset_second_factor(user_id=other.pk, actor=admin, now=now),
        lambda: send_password_mail(user_id=other.pk, actor=admin, now=now),
        lambda: begin_impersonation(user_id=other.pk, reason="More", actor=admin, now=now),
        lambda: create_endpoint(
            **receiver,  # type: ignore[arg-type]
            company_id=user.company_id,  # type: ignore[arg-type]
            actor=user,
            now=now,
        ),
        lambda: update_endpoint(endpoint_id=endpoint.pk, fields={"url": "https://a.example/"}, actor=user, now=now),
        lambda: rotate_secret(endpoint_id=endpoint.pk, actor=user, now=now),
    ]
    with unchanged(), acting(admin.pk):
        for call in calls:
            with pytest.raises(DomainError) as refused:
                call()
            assert refused.value.code == "acting"
    assert (ApiToken.objects.count(), CalendarFeed.objects.count(), AuthToken.objects.count()) == (0, 0, 0)


def test_nothing_of_the_administrators_is_open_meanwhile(as_rosa: Client, user: User) -> None:
    with unchanged():
        for address in ("/app/companies/", "/app/users/", "/app/system/", f"/app/users/{user.pk}/"):
            html(as_rosa, address, status=404)
        assert as_rosa.get("/admin/").status_code == 302
        assert as_rosa.post(f"/app/users/{user.pk}/access/").status_code == 404


# --- it ends ---


def test_stopping(as_rosa: Client, admin: User, user: User) -> None:
    answer = as_rosa.post("/app/acting/stop/")
    assert (answer.status_code, answer["Location"]) == (302, f"/app/users/{user.pk}/")
    assert "You are yourself again" in html(as_rosa, f"/app/users/{user.pk}/")
    ended = last_event()
    assert (ended.type, ended.actor_id, ended.acting_admin_id) == ("user.impersonation_ended", admin.pk, None)
    assert (ended.after or {})["why"] == "stopped"
    assert Impersonation.objects.get().ended_at is not None
    with unchanged():
        assert as_rosa.post("/app/acting/stop/")["Location"] == "/"


def test_a_session_that_names_an_impersonation_that_is_over_does_not_act(as_rosa: Client, user: User) -> None:
    kept = as_rosa.session[KEY]
    as_rosa.post("/app/acting/stop/")
    session = as_rosa.session
    session[KEY] = kept
    session.save()
    events = Event.objects.count()
    answer = as_rosa.post("/app/jobs/new/", {"job_title": "Engineer"})
    assert (answer.status_code, answer["Location"]) == (302, f"/app/users/{user.pk}/")
    assert (Job.objects.count(), Event.objects.count(), acts(as_rosa)) == (0, events, False)


def test_another_administrators_impersonation_is_nobodys(as_admin: Client, user: User) -> None:
    begun = begin_impersonation(user_id=user.pk, reason="Why", actor=AdminFactory(), now=timezone.now())
    session = as_admin.session
    session[KEY] = str(begun.pk)
    session.save()
    assert as_admin.get("/app/jobs/")["Location"] == "/login/"
    assert "_auth_user_id" not in as_admin.session


def test_the_hour_is_over(as_rosa: Client, admin: User, user: User) -> None:
    Impersonation.objects.update(started_at=F("started_at") - HOUR, ends_at=F("ends_at") - HOUR)
    answer = as_rosa.post("/app/jobs/new/", {"job_title": "Engineer"})
    assert (answer["Location"], Job.objects.count()) == (f"/app/users/{user.pk}/", 0)
    page = html(as_rosa, f"/app/users/{user.pk}/")
    assert "You do not act as Rosa Recruiter any more: the hour is over." in page
    ended = last_event()
    assert (ended.type, ended.actor_kind, (ended.after or {})["why"]) == (
        "user.impersonation_ended",
        "system",
        "expired",
    )


def test_a_part_of_a_page_leaves_it_as_a_whole(as_rosa: Client, user: User) -> None:
    Impersonation.objects.update(started_at=F("started_at") - HOUR, ends_at=F("ends_at") - HOUR)
    answer = as_rosa.get("/app/notifications/bell/", headers={"HX-Request": "true"})
    assert (answer.status_code, answer["HX-Redirect"]) == (204, f"/app/users/{user.pk}/")


def test_it_ends_in_the_history_without_a_request(admin: User, user: User) -> None:
    now = timezone.now()
    begun = begin_impersonation(user_id=user.pk, reason="Why", actor=admin, now=now)
    with unchanged():
        assert end_overdue(now=now + HOUR - timedelta(seconds=1)) == 0
    assert end_overdue(now=now + HOUR + timedelta(minutes=4)) == 1
    begun.refresh_from_db()
    assert begun.ended_at == now + HOUR
    with unchanged():
        assert end_overdue(now=now + 2 * HOUR) == 0
        assert not end_impersonation(impersonation_id=begun.pk, why="stopped", actor=admin, now=now)


def test_logging_out_ends_both(as_rosa: Client) -> None:
    assert as_rosa.post("/logout/")["Location"] == "/login/"
    assert as_rosa.get("/app/jobs/")["Location"].startswith("/login/")
    assert (last_event().after or {})["why"] == "logged_out"
    assert Impersonation.objects.get().ended_at is not None


WITHDRAWN: dict[str, Callable[[User, User], object]] = {
    "deactivated": lambda admin, user: update_user(
        user_id=admin.pk, is_active=False, actor=AdminFactory(), now=timezone.now()
    ),
    "demoted": lambda admin, user: make_or_update_user(
        email=admin.email, password=PASSWORD, role="company", company=user.company, full_name=None, now=timezone.now()
    ),
    "demoted-behind-our-back": lambda admin, user: User.objects.filter(pk=admin.pk).update(
        role="company", company=user.company
    ),
    "logins-ended": lambda admin, user: end_logins(user_id=admin.pk, actor=AdminFactory(), now=timezone.now()),
}


@pytest.mark.parametrize("what", sorted(WITHDRAWN))
def test_without_the_administrator_it_ends_at_once(as_rosa: Client, admin: User, user: User, what: str) -> None:
    WITHDRAWN[what](admin, user)
    answer = as_rosa.post("/app/jobs/new/", {"job_title": "Engineer"})
    assert (answer.status_code, answer["Location"], Job.objects.count()) == (302, "/login/", 0)
    assert Impersonation.objects.get().ended_at is not None
    assert Event.objects.filter(type="user.impersonation_ended").count() == 1
    assert as_rosa.get("/app/jobs/")["Location"].startswith("/login/")


@pytest.mark.parametrize("what", ["user", "company"])
def test_without_the_users_access_the_administrator_is_back(
    as_rosa: Client, admin: User, user: User, what: str
) -> None:
    UserFactory(company=user.company)
    other: dict[str, Any] = {"is_active": False, "actor": AdminFactory(), "now": timezone.now()}
    if what == "user":
        update_user(user_id=user.pk, **other)
    else:
        assert user.company_id is not None
        update_company(company_id=user.company_id, **other)
    answer = as_rosa.post("/app/jobs/new/", {"job_title": "Engineer"})
    assert (answer["Location"], Job.objects.count()) == (f"/app/users/{user.pk}/", 0)
    assert "it was ended" in html(as_rosa, f"/app/users/{user.pk}/")
    assert Impersonation.objects.get().ended_at is not None


def test_a_program_never_acts(as_rosa: Client, admin: User, user: User) -> None:
    _, token = AuthToken.objects.create(user=admin)
    answer = as_rosa.get("/api/auth/me/", headers={"Authorization": f"Token {token}"})
    assert answer.json()["email"] == admin.email


def test_nothing_is_named_outside_of_it(user: User) -> None:
    JobFactory(company=user.company)
    update_user(user_id=user.pk, full_name="Rosa R", role="company", actor=SYSTEM, now=timezone.now())
    assert not Event.objects.filter(acting_admin_id__isnull=False).exists()
