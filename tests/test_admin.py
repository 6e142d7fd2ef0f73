"""The Django admin: everything opens, what it changes goes through operations, and history stays as it is."""

from datetime import timedelta
from typing import Any

import pytest
from django.apps import apps
from django.conf import LazySettings
from django.contrib import admin
from django.core import mail
from django.db import connection
from django.db.models import Model
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from parley.core.actors import SYSTEM
from parley.core.models import Event
from parley.hiring.models import Candidate, Job
from parley.interviews.models import (
    AIInterviewConfiguration,
    Interview,
    InterviewConflict,
    InterviewSchedule,
    InterviewSlot,
    PlaceHold,
    Reseating,
    WaitlistEntry,
)
from parley.interviews.operations.slots import cancel_slot
from parley.interviews.operations.waitlist import join_waitlist, offer_places
from parley.interviews.rules.states import Resolution, ScheduleStatus, SlotStatus
from parley.notifications.feed_rules import Scope
from parley.notifications.inbox_reader import tell_users
from parley.notifications.models import CalendarFeed, InboxPreferences, Notification
from parley.notifications.operations.feeds import create_feed
from parley.notifications.operations.inbox import choose_kinds
from parley.organizations.models import Company, Role, User
from parley.organizations.tasks import send_invitation
from parley.webhooks.models import WebhookAttempt, WebhookDelivery, WebhookEndpoint
from parley.webhooks.signing import sealed
from tests.factories import (
    PASSWORD,
    AdminFactory,
    CandidateFactory,
    CompanyFactory,
    ConfigurationFactory,
    InterviewFactory,
    JobFactory,
    SlotFactory,
    UserFactory,
    book,
)

pytestmark = pytest.mark.django_db
WEBHOOKS = (WebhookEndpoint, WebhookDelivery, WebhookAttempt)
READ_ONLY = (
    *(AIInterviewConfiguration, InterviewSlot, Interview, InterviewSchedule, InterviewConflict, Event),
    *(Notification, InboxPreferences, CalendarFeed),
    *(PlaceHold, Reseating, WaitlistEntry),
    *WEBHOOKS,
)
EDITABLE = (Company, User, Job, Candidate)
OURS = (*EDITABLE, *READ_ONLY)


@pytest.fixture
def operator() -> User:
    return AdminFactory(email="operator@example.com")


@pytest.fixture
def opened(client: Client, operator: User) -> Client:
    client.force_login(operator)
    return client


def address(model: type[Model], page: str, *arguments: Any) -> str:
    return reverse(f"admin:{model._meta.app_label}_{model._meta.model_name}_{page}", args=arguments)


def act(client: Client, action: str, *rows: Any) -> str:
    """Run an action on rows of one model; returns the page that follows, with its messages."""
    body = {"action": action, "_selected_action": [str(row.pk) for row in rows]}
    response = client.post(address(type(rows[0]), "changelist"), body, follow=True)
    assert response.status_code == 200
    page: str = response.content.decode()
    return page


def populate(company: Company) -> None:
    """A row of every model."""
    user = UserFactory(company=company)
    choose_kinds(kinds={"interview_booked": False}, replace=True, actor=user, now=timezone.now())
    create_feed(scope=Scope.COMPANY, company_id=None, name="", actor=user, now=timezone.now())
    job = JobFactory(company=company)
    candidate = CandidateFactory(company=company, job=job)
    ConfigurationFactory(company=company)
    interview = InterviewFactory(candidate=candidate, job=job)
    book(SlotFactory(company=company, job=job, max_candidates=2), interview)
    lost = SlotFactory(company=company)
    book(lost)
    cancel_slot(slot_id=lost.pk, cascade=True, reason="", actor=SYSTEM, now=timezone.now())
    tell_users(list(Event.objects.all()), timezone.now())
    populate_webhooks(company)
    populate_seating(company)


def populate_seating(company: Company) -> None:
    now = timezone.now()
    interview = InterviewFactory(candidate=CandidateFactory(company=company))
    until = now + timedelta(days=9)
    join_waitlist(
        interview_id=interview.pk, interview_type="", start_after=None, start_before=until, actor=SYSTEM, now=now
    )
    SlotFactory(company=company, start_time=now + timedelta(days=3))
    assert offer_places(company_id=company.pk, now=now) == 1
    Reseating.objects.create(company=company, mode="book", affected=1, seated=1, displacement_minutes=5, created_at=now)


def populate_webhooks(company: Company) -> None:
    now = timezone.now()
    endpoint = WebhookEndpoint.objects.create(
        company=company,
        url="https://hooks.example.com/in?token=unseen",
        events=["*"],
        secret=sealed("whsec_unseen"),
        created_at=now,
        updated_at=now,
    )
    delivery = WebhookDelivery.objects.create(
        endpoint=endpoint, type="slot.created", body="{}", created_at=now, next_attempt_at=now
    )
    WebhookAttempt.objects.create(delivery=delivery, number=1, at=now, duration_ms=1, status_code=500)


def one_of(model: type[Model]) -> Any:
    return model._default_manager.order_by("-pk").first()


@pytest.mark.parametrize("model", OURS)
def test_pages_open_for_administrators(opened: Client, model: type[Model]) -> None:
    populate(CompanyFactory())
    for page in (
        address(model, "changelist"),
        address(model, "changelist") + "?q=example",
        address(model, "change", one_of(model).pk),
        address(model, "history", one_of(model).pk),
    ):
        assert opened.get(page).status_code == 200, page


def test_index_and_every_registered_page_open(opened: Client) -> None:
    assert opened.get("/admin/").status_code == 200
    registered = set(admin.site._registry)
    assert set(OURS) <= registered
    for model in registered:
        assert opened.get(address(model, "changelist")).status_code == 200, model


def test_every_model_of_the_parts_is_shown_or_left_out_on_purpose() -> None:
    left_out = {"EventCursor", "IdempotencyRecord", "ThrottleWindow", "Resume", "InterviewLink", "ImportRow"}
    left_out |= {"InvitationRow", "ApiToken", "Impersonation", "Logo"}
    parts = ("core", "organizations", "hiring", "interviews", "notifications", "webhooks")
    models = {model for part in parts for model in apps.get_app_config(part).get_models()}
    assert {model.__name__ for model in models - set(admin.site._registry)} == left_out


@pytest.mark.parametrize("role", [Role.COMPANY, Role.HIRING_AGENCY, Role.RECRUITER])
def test_others_cannot_enter(client: Client, role: Role) -> None:
    populate(CompanyFactory())
    user = UserFactory(role=role)
    client.force_login(user)
    for model in OURS:
        for page in (address(model, "changelist"), address(model, "change", one_of(model).pk)):
            response = client.get(page)
            assert (response.status_code, response["Location"].partition("?")[0]) == (302, "/admin/login/")
    client.logout()
    body = {"username": user.email, "password": PASSWORD}
    assert "for a staff account" in client.post("/admin/login/", body).content.decode()


def test_deactivated_administrator_is_out_at_once(opened: Client, operator: User) -> None:
    User.objects.filter(pk=operator.pk).update(is_active=False)
    assert opened.get("/admin/").status_code == 302


def test_failed_logins_are_limited_together_with_the_api(
    client: Client, operator: User, settings: LazySettings
) -> None:
    settings.PARLEY_THROTTLE = {**settings.PARLEY_THROTTLE, "login": "3/day"}
    wrong = {"username": operator.email, "password": "wrong"}
    api = {"email": operator.email, "password": "wrong"}
    assert client.post("/api/auth/login/", api, content_type="application/json").status_code == 400
    for _ in range(2):
        assert "Please enter the correct" in client.post("/admin/login/", wrong).content.decode()
    assert "Too many attempts" in client.post("/admin/login/", wrong | {"password": PASSWORD}).content.decode()
    elsewhere = client.post("/admin/login/", wrong | {"password": PASSWORD}, REMOTE_ADDR="192.0.2.7")
    assert elsewhere.status_code == 302


@pytest.mark.parametrize("model", OURS)
def test_changelist_costs_the_same_for_many_rows(opened: Client, model: type[Model]) -> None:
    def cost() -> int:
        with CaptureQueriesContext(
            connection,
        ) as queries:
            assert opened.get(address(model, "changelist")).status_code == 200
        return len(queries)

    populate(CompanyFactory())
    opened.get(address(model, "changelist"))
    first = cost()
    for _ in range(4):
        populate(CompanyFactory())
    assert cost() == first <= 10


@pytest.mark.parametrize("model", READ_ONLY)
def test_history_and_derived_state_cannot_be_edited(opened: Client, model: type[Model]) -> None:
    populate(CompanyFactory())
    row = one_of(model)
    before = model._default_manager.filter(pk=row.pk).values().get()
    count = model._default_manager.count()
    assert opened.get(address(model, "add")).status_code == 403
    assert opened.post(address(model, "add"), {}).status_code == 403
    assert opened.post(address(model, "change", row.pk), {"status": "completed"}).status_code == 403
    assert opened.post(address(model, "delete", row.pk), {"post": "yes"}).status_code == 403
    assert model._default_manager.filter(pk=row.pk).values().get() == before
    assert model._default_manager.count() == count


@pytest.mark.parametrize("model", OURS)
def test_nothing_is_deleted_but_by_operations(opened: Client, model: type[Model]) -> None:
    populate(CompanyFactory())
    row = one_of(model)
    act(opened, "delete_selected", row)
    assert opened.post(address(model, "delete", row.pk), {"post": "yes"}).status_code == 403
    assert model._default_manager.filter(pk=row.pk).exists()


def test_passwords_and_tokens_are_not_shown(opened: Client) -> None:
    user = UserFactory()
    pages = [
        opened.get(address(User, page, *arguments)).content.decode()
        for page, arguments in (("changelist", ()), ("change", (user.pk,)), ("add", ()))
    ]
    assert not any(user.password in page or "md5$" in page or 'name="password"' in page for page in pages)
    assert not any("token" in model.__name__.lower() for model in admin.site._registry)


# --- companies and users ----------------------------------------------------------------------------


def test_secrets_of_webhooks_are_not_shown(opened: Client) -> None:
    populate_webhooks(CompanyFactory())
    for model in WEBHOOKS:
        for page in (address(model, "changelist"), address(model, "change", one_of(model).pk)):
            shown = opened.get(page).content.decode()
            assert not any(word in shown for word in ("unseen", "whsec_", "gAAAA")), page


def test_company_is_made_and_changed_by_operations(opened: Client, operator: User) -> None:
    body = {"name": "Initech", "email": "Hello@Initech.example", "timezone": "Asia/Kolkata"}
    assert opened.post(address(Company, "add"), body).status_code == 302
    company = Company.objects.get(name="Initech")
    assert (company.email, company.timezone, company.is_active) == (
        "hello@initech.example",
        "Asia/Kolkata",
        True,
    )
    changed = {"name": "Initech", "email": company.email, "timezone": "Europe/Berlin"}  # not active any more
    assert opened.post(address(Company, "change", company.pk), changed).status_code == 302
    company.refresh_from_db()
    assert (company.timezone, company.is_active) == ("Europe/Berlin", False)
    events = Event.objects.filter(object_type="company", object_id=str(company.pk)).order_by("id")
    assert [(event.type, event.actor_id) for event in events] == [
        ("company.created", operator.pk),
        ("company.updated", operator.pk),
    ]


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"email": "taken@example.com"}, "already exists"),
        ({"email": "no address"}, "Enter a valid email address."),
        ({"timezone": "Mars/Olympus"}, "Select a valid choice."),
        ({"name": ""}, "This field is required."),
    ],
)
def test_bad_company_returns_to_the_form(opened: Client, change: dict[str, str], message: str) -> None:
    CompanyFactory(email="taken@example.com")
    body = {"name": "Initech", "email": "initech@example.com", "timezone": "UTC", **change}
    response = opened.post(address(Company, "add"), body)
    assert response.status_code == 200
    assert message in response.content.decode()
    assert not Company.objects.filter(name="Initech").exists()


def test_added_user_is_invited(opened: Client) -> None:
    company = CompanyFactory()
    body = {"email": "New@example.com", "full_name": "New One", "role": Role.RECRUITER, "company": company.pk}
    assert opened.post(address(User, "add"), body).status_code == 302
    user = User.objects.get(email="new@example.com")
    assert (user.company, user.invited_at is not None) == (company, True)
    send_invitation(user_id=user.pk)
    assert mail.outbox[0].to == ["new@example.com"]


def test_refusal_of_an_operation_shows_at_its_field(opened: Client) -> None:
    body = {"email": "new@example.com", "full_name": "New One", "role": Role.RECRUITER, "company": ""}
    response = opened.post(address(User, "add"), body)
    page = response.content.decode()
    assert response.status_code == 200
    assert "This field is required for administrators." in page
    assert 'value="new@example.com"' in page
    assert not User.objects.filter(email="new@example.com").exists()


def test_role_cannot_become_administrator(opened: Client) -> None:
    user = UserFactory()
    body = {"full_name": user.full_name, "role": Role.ADMIN, "is_active": "on"}
    response = opened.post(address(User, "change", user.pk), body)
    assert "cannot become or stop being an administrator" in response.content.decode()
    user.refresh_from_db()
    assert user.role == Role.COMPANY


def test_email_and_company_of_a_user_stay(opened: Client) -> None:
    user = UserFactory()
    body = {
        "email": "other@example.com",
        "company": CompanyFactory().pk,
        "full_name": "Renamed",
        "role": user.role,
        "is_active": "on",
    }
    assert opened.post(address(User, "change", user.pk), body).status_code == 302
    changed = User.objects.get(pk=user.pk)
    assert (changed.email, changed.company_id, changed.full_name) == (user.email, user.company_id, "Renamed")


def test_deactivating_users_keeps_the_last_company_user(opened: Client) -> None:
    company = CompanyFactory()
    last = UserFactory(company=company)
    recruiter = UserFactory(company=company, role=Role.RECRUITER)
    page = act(opened, "deactivate", last, recruiter)
    assert "1 of 2 are inactive." in page
    assert "1 of 2 refused: A company keeps at least one active company user." in page
    assert set(company.users.filter(is_active=True)) == {last}


def test_administrators_do_not_lock_themselves_out(opened: Client, operator: User) -> None:
    other = UserFactory(role=Role.RECRUITER)
    assert "1 of 2 refused: You cannot end your own access" in act(opened, "deactivate", operator, other)
    assert list(User.objects.filter(is_active=False)) == [other]


def test_jobs_and_candidates_go_through_operations(opened: Client) -> None:
    company = CompanyFactory()
    assert opened.post(address(Job, "add"), {"company": company.pk, "job_title": "Pilot"}).status_code == 302
    job = Job.objects.get()
    person = {"company": company.pk, "job": job.pk, "full_name": "Ana Lima", "email": "Ana@example.com"}
    assert opened.post(address(Candidate, "add"), person).status_code == 302
    candidate = Candidate.objects.get()
    assert (candidate.email, candidate.job, candidate.company) == ("ana@example.com", job, company)
    elsewhere = JobFactory()
    refused = opened.post(address(Candidate, "change", candidate.pk), {**person, "job": elsewhere.pk})
    assert "This job belongs to another company." in refused.content.decode()
    assert opened.post(address(Candidate, "change", candidate.pk), {**person, "job": ""}).status_code == 302
    candidate.refresh_from_db()
    assert candidate.job is None
    types = [event.type for event in Event.objects.order_by("id")]
    assert types == ["job.created", "candidate.created", "candidate.updated"]


def test_only_unused_jobs_and_candidates_are_deleted(opened: Client) -> None:
    used, unused = JobFactory(), JobFactory()
    candidate = CandidateFactory(job=used, company=used.company)
    InterviewFactory(candidate=candidate)
    free = CandidateFactory()
    assert "1 of 2 refused" in act(opened, "delete_unused", used, unused)
    assert "1 of 2 refused" in act(opened, "delete_without_interviews", candidate, free)
    assert (list(Job.objects.all()), list(Candidate.objects.all())) == ([used], [candidate])


# --- scheduling --------------------------------------------------------------------------------------


def test_cancelling_slots_spares_or_takes_bookings(opened: Client, operator: User) -> None:
    free, booked = SlotFactory(), SlotFactory()
    schedule = book(booked)
    page = act(opened, "cancel_free", free, booked)
    assert "1 of 2 are cancelled." in page
    assert "1 of 2 refused: 1 interviews are booked on this slot" in page
    free.refresh_from_db()
    schedule.refresh_from_db()
    assert (free.status, schedule.status) == (SlotStatus.CANCELLED, ScheduleStatus.PENDING)
    assert "1 of 1 are cancelled." in act(opened, "cancel_with_bookings", booked)
    booked.refresh_from_db()
    schedule.refresh_from_db()
    assert (booked.status, booked.current_bookings) == (SlotStatus.CANCELLED, 0)
    assert (schedule.status, schedule.cancelled_by) == (ScheduleStatus.CANCELLED, operator)
    assert InterviewConflict.objects.get().primary_interview_id == schedule.interview_id


def test_completing_slots(opened: Client) -> None:
    begun = SlotFactory(start_time=timezone.now().replace(second=0, microsecond=0))
    to_come = SlotFactory()
    page = act(opened, "complete", begun, to_come)
    assert "1 of 2 are completed." in page
    assert "1 of 2 refused: This slot has not begun yet." in page


@pytest.mark.parametrize(
    ("action", "status", "interview"),
    [
        ("confirm", "confirmed", "scheduled"),
        ("cancel", "cancelled", "cancelled"),
        ("release", "cancelled", "scheduled"),
    ],
)
def test_actions_on_bookings(opened: Client, action: str, status: str, interview: str) -> None:
    one, other = book(SlotFactory()), book(SlotFactory())
    assert "2 of 2 are" in act(opened, action, one, other)
    for schedule in InterviewSchedule.objects.select_related("interview", "slot"):
        assert (schedule.status, schedule.interview.status) == (status, interview)
        assert schedule.slot.current_bookings == (1 if status == "confirmed" else 0)
    if action != "confirm":
        assert "2 of 2 refused" in act(opened, action, one, other)


@pytest.mark.parametrize(
    ("action", "resolution"), [("move", "rescheduled"), ("give_up", "cancelled"), ("leave", "resolved")]
)
def test_actions_on_conflicts(opened: Client, action: str, resolution: str) -> None:
    slot = SlotFactory()
    SlotFactory(company=slot.company)
    booking = book(slot)
    cancel_slot(slot_id=slot.pk, cascade=True, reason="", actor=SYSTEM, now=timezone.now())
    conflict = InterviewConflict.objects.get()
    assert "1 of 1 are resolved." in act(opened, action, conflict)
    conflict.refresh_from_db()
    assert conflict.resolution == resolution
    live = booking.interview.schedules.filter(status=ScheduleStatus.PENDING).count()
    assert live == (1 if resolution == "rescheduled" else 0)
    assert "1 of 1 refused: This conflict is resolved already." in act(opened, action, conflict)


def test_conflict_without_a_free_place_stays_open(opened: Client) -> None:
    lost = SlotFactory()
    book(lost)
    cancel_slot(slot_id=lost.pk, cascade=True, reason="", actor=SYSTEM, now=timezone.now())
    conflict = InterviewConflict.objects.get()
    assert "refused: No equivalent slot is free within 30 days" in act(opened, "move", conflict)
    conflict.refresh_from_db()
    assert conflict.resolution == Resolution.PENDING


def test_actions_on_configurations(opened: Client) -> None:
    configuration = ConfigurationFactory()
    assert "1 of 1 are in step." in act(opened, "make_slots", configuration)
    made = InterviewSlot.objects.count()
    assert made > 0
    act(opened, "make_slots", configuration)
    assert InterviewSlot.objects.count() == made
    act(opened, "delete_with_free_slots", configuration)
    assert (InterviewSlot.objects.count(), AIInterviewConfiguration.objects.count()) == (0, 0)


def test_only_interviews_without_history_are_deleted(opened: Client) -> None:
    booked, fresh = book(SlotFactory()).interview, InterviewFactory()
    assert "1 of 2 refused" in act(opened, "delete_never_booked", booked, fresh)
    assert list(Interview.objects.all()) == [booked]


def test_a_selection_that_is_too_large_changes_nothing(opened: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("parley.core.admin.AT_ONCE", 1)
    page = act(opened, "cancel_free", SlotFactory(), SlotFactory())
    assert "Select at most 1 at once; nothing was changed." in page
    assert not InterviewSlot.objects.filter(status=SlotStatus.CANCELLED).exists()


@pytest.mark.django_db(transaction=True)
def test_forms_and_actions_commit_by_themselves(opened: Client) -> None:
    """Operations open the outermost transaction: none of Django's own may be around them."""
    company = CompanyFactory()
    assert opened.post(address(Job, "add"), {"company": company.pk, "job_title": "Pilot"}).status_code == 302
    assert opened.post(address(User, "change", UserFactory().pk), {"role": Role.ADMIN}).status_code == 200
    assert "1 of 1 are cancelled." in act(opened, "cancel_free", SlotFactory(company=company))
