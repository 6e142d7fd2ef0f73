"""Whose account it is: addresses, passwords, invitations, and what ends with them."""

import io
from typing import Any

import pytest
from django.conf import LazySettings
from django.core.management import call_command
from django.utils import timezone
from knox.models import AuthToken
from rest_framework.test import APIClient

from parley.core.models import Event
from parley.demo.content import PASSWORD as DEMO_PASSWORD
from parley.demo.loading import load_demo
from parley.organizations.models import Company, User
from tests.api.tenants import Tenant, assert_problem, client_for, unchanged
from tests.factories import PASSWORD, AdminFactory, UserFactory

LOGIN, REGISTER, CHANGE = "/api/auth/login/", "/api/auth/register/", "/api/auth/change-password/"
NEW_PASSWORD = "a longer one than before"


def registration(email: str, **more: Any) -> dict[str, Any]:
    return {"company_name": "New", "full_name": "Somebody", "email": email, "password": PASSWORD, **more}


def token_of(anonymous: APIClient, email: str, password: str = PASSWORD) -> Any:
    return anonymous.post(LOGIN, {"email": email, "password": password}, format="json")


# --- addresses -------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "look_alike",
    ["victim@\u017fite.com", "VICTIM@SITE.COM", "victim@\uff53\uff49\uff54\uff45.com", " victim@site.com "],
)
def test_a_look_alike_of_a_domain_is_that_domain(anonymous: APIClient, look_alike: str) -> None:
    UserFactory(email="victim@site.com")
    with unchanged():
        refused = anonymous.post(REGISTER, registration(look_alike), format="json")
        assert_problem(refused, 400, "email", code="email_taken")
    assert token_of(anonymous, "victim@site.com").status_code == 200
    assert token_of(anonymous, look_alike).status_code == 200


def test_who_looks_alike_before_the_at_is_somebody_else(anonymous: APIClient) -> None:
    """Dotless i and long s become I and S in PostgreSQL's UPPER: compared by that, they lock each other out."""
    UserFactory(email="recruiter-is@example.com")
    UserFactory(email="recru\u0131ter-\u0131\u017f@example.com", password="their own password")
    assert token_of(anonymous, "recruiter-is@example.com").json()["user"]["email"] == "recruiter-is@example.com"
    assert_problem(token_of(anonymous, "recru\u0131ter-\u0131\u017f@example.com"), 400, code="login_failed")


@pytest.mark.parametrize("spelling", ["RECRUITER@example.com", " recruiter@example.com", "recruiter@EXAMPLE.com."])
def test_another_spelling_is_no_way_around_the_limit(
    anonymous: APIClient, settings: LazySettings, spelling: str
) -> None:
    settings.PARLEY_THROTTLE = {**settings.PARLEY_THROTTLE, "login": "3/day"}
    UserFactory(email="recruiter@example.com")
    for _ in range(3):
        assert_problem(token_of(anonymous, "recruiter@example.com", "wrong"), 400)
    assert_problem(token_of(anonymous, "recruiter@example.com"), 429)
    if not spelling.endswith("."):
        assert_problem(token_of(anonymous, spelling), 429)


def test_a_registration_is_repeated_under_its_key_by_who_knows_all_of_it(anonymous: APIClient) -> None:
    first = anonymous.post(REGISTER, registration("a@example.org"), format="json", HTTP_IDEMPOTENCY_KEY="r-1")
    again = anonymous.post(REGISTER, registration("a@example.org"), format="json", HTTP_IDEMPOTENCY_KEY="r-1")
    assert (first.status_code, again.content, again["Idempotency-Replayed"]) == (201, first.content, "true")
    other = registration("a@example.org", password=NEW_PASSWORD)
    assert_problem(anonymous.post(REGISTER, other, format="json", HTTP_IDEMPOTENCY_KEY="r-1"), 400, code="email_taken")
    assert (User.objects.count(), Company.objects.count()) == (1, 1)


def test_a_key_is_no_way_around_the_limit_of_registrations(anonymous: APIClient, settings: LazySettings) -> None:
    settings.PARLEY_THROTTLE = {**settings.PARLEY_THROTTLE, "register": "2/day"}
    for number in range(2):  # each is refused, and what a refused call has written is taken back
        refused = registration("no address")
        assert_problem(anonymous.post(REGISTER, refused, format="json", HTTP_IDEMPOTENCY_KEY=f"k{number}"), 400)
    assert_problem(
        anonymous.post(REGISTER, registration("b@example.org"), format="json", HTTP_IDEMPOTENCY_KEY="k"), 429
    )


# --- passwords ---------------------------------------------------------------------------------------------


def test_a_changed_password_ends_every_other_login(ours: Tenant, anonymous: APIClient) -> None:
    user = ours.users["recruiter"]
    here, elsewhere = client_for(user), client_for(user)
    colleague = ours.client("company")
    values = {"current_password": PASSWORD, "new_password": NEW_PASSWORD}
    assert here.post(CHANGE, values, format="json").status_code == 204
    assert here.get("/api/auth/me/").status_code == 200
    assert_problem(elsewhere.get("/api/auth/me/"), 401)
    assert colleague.get("/api/auth/me/").status_code == 200
    assert_problem(token_of(anonymous, user.email), 400, code="login_failed")
    assert token_of(anonymous, user.email, NEW_PASSWORD).status_code == 200
    assert Event.objects.filter(type="user.password_changed", object_id=str(user.pk)).count() == 1


@pytest.mark.parametrize(
    ("current", "new", "field"),
    [
        ("wrong", NEW_PASSWORD, "current_password"),
        (PASSWORD, "short", "new_password"),
        (PASSWORD, "password1", "new_password"),
        (PASSWORD, "", "new_password"),
        (PASSWORD, "ZebedeeQuagmire", "new_password"),
    ],
)
def test_a_password_that_cannot_be_taken_changes_nothing(ours: Tenant, current: str, new: str, field: str) -> None:
    user = UserFactory(company=ours.company, full_name="Zebedee Quagmire")
    client = client_for(user)
    answer = client.post(CHANGE, {"current_password": current, "new_password": new}, format="json")
    assert_problem(answer, 400, field)
    user.refresh_from_db()
    assert user.check_password(PASSWORD)
    assert client.get("/api/auth/me/").status_code == 200


def test_guessing_the_current_password_is_limited(ours: Tenant, api: APIClient, settings: LazySettings) -> None:
    settings.PARLEY_THROTTLE = {**settings.PARLEY_THROTTLE, "login": "2/day"}
    values = {"current_password": "wrong", "new_password": NEW_PASSWORD}
    for _ in range(2):
        assert_problem(api.post(CHANGE, values, format="json"), 400)
    assert_problem(api.post(CHANGE, values, format="json"), 429)


def test_a_colleague_s_password_only_seems_to_be_a_field(ours: Tenant, api: APIClient) -> None:
    with unchanged():
        answer = api.patch(f"/api/users/{ours.users['recruiter'].pk}/", {"password": NEW_PASSWORD}, format="json")
        assert_problem(answer, 400, "password")


def test_an_operator_s_create_user_ends_what_somebody_registered_before(anonymous: APIClient) -> None:
    """Whoever registers the address of the administrator to come must not become one."""
    token = anonymous.post(REGISTER, registration("chief@site.com"), format="json").json()["token"]
    call_command("create_user", "--email=chief@site.com", "--password=x1y2z3a4", "--role=admin", stdout=io.StringIO())
    assert_problem(anonymous.get("/api/auth/me/", HTTP_AUTHORIZATION=f"Token {token}"), 401)
    assert User.objects.get().role == "admin"
    assert not AuthToken.objects.exists()


# --- colleagues --------------------------------------------------------------------------------------------


def test_the_address_of_who_has_not_joined_can_be_corrected(ours: Tenant, api: APIClient) -> None:
    invited = {"email": "typo@example.com", "full_name": "New", "role": "recruiter"}
    key = api.post("/api/users/", invited, format="json").json()["id"]
    assert api.patch(f"/api/users/{key}/", {"email": "Right@example.com"}, format="json").status_code == 200
    assert User.objects.get(pk=key).email == "right@example.com"
    with unchanged():
        taken = api.patch(f"/api/users/{key}/", {"email": ours.users["company"].email}, format="json")
        assert_problem(taken, 400, "email", code="email_taken")
        joined = api.patch(f"/api/users/{ours.users['recruiter'].pk}/", {"email": "x@example.com"}, format="json")
        assert_problem(joined, 400, "email", code="email_fixed")


def test_a_user_may_send_back_what_is_shown_of_them(ours: Tenant) -> None:
    recruiter = ours.client("recruiter")
    address = f"/api/users/{ours.users['recruiter'].pk}/"
    shown = recruiter.get(address).json()
    assert recruiter.put(address, {**shown, "full_name": "Renamed"}, format="json").json()["full_name"] == "Renamed"
    with unchanged():
        assert_problem(recruiter.put(address, {**shown, "role": "company"}, format="json"), 403)


def test_a_company_cannot_send_mail_to_the_whole_world(api: APIClient, settings: LazySettings) -> None:
    settings.PARLEY_THROTTLE = {**settings.PARLEY_THROTTLE, "invite": "2/day"}
    made = [
        api.post("/api/users/", {"email": f"u{n}@example.com", "full_name": "U", "role": "recruiter"}, format="json")
        for n in range(3)
    ]
    assert [answer.status_code for answer in made] == [201, 201, 429]
    assert_problem(api.post(f"/api/users/{made[0].json()['id']}/invite_again/"), 429)


@pytest.mark.parametrize("name", ["X\n\nClick http://evil.example", "a\rb", "tab\there", "line\u2028separator"])
def test_a_name_is_one_line(api: APIClient, name: str) -> None:
    with unchanged():
        values = {"email": "new@example.com", "full_name": name, "role": "recruiter"}
        assert_problem(api.post("/api/users/", values, format="json"), 400, "full_name")
        assert_problem(api.post("/api/candidates/", values, format="json"), 400, "full_name")


# --- demo data in production -----------------------------------------------------------------------------------


def test_demo_logins_end_in_production(anonymous: APIClient) -> None:
    load_demo(if_empty=True, now=timezone.now())
    User.objects.get(email="recruiter@example.com").set_password(PASSWORD)
    own = User.objects.get(email="recruiter@example.com")
    own.set_password(PASSWORD)
    own.save()
    token = token_of(anonymous, "admin@example.com", DEMO_PASSWORD).json()["token"]
    said = io.StringIO()
    call_command("load_demo", "--end-logins", stdout=said)
    assert said.getvalue().startswith("Ended the access of 4 demo logins")
    assert_problem(token_of(anonymous, "admin@example.com", DEMO_PASSWORD), 400, code="login_failed")
    assert_problem(anonymous.get("/api/auth/me/", HTTP_AUTHORIZATION=f"Token {token}"), 401)
    assert token_of(anonymous, "recruiter@example.com").status_code == 200  # whose password is their own by now
    call_command("load_demo", "--end-logins", stdout=said)
    assert said.getvalue().count("Ended") == 1


# --- candidates without a company ------------------------------------------------------------------------------


def candidate_of_nobody(admin: APIClient, email: str = "free@example.com") -> int:
    made = admin.post("/api/candidates/", {"full_name": "Free", "email": email}, format="json")
    assert made.json()["company"] is None
    return int(made.json()["id"])


@pytest.mark.parametrize("by", ["company", "job"])
def test_a_candidate_without_a_company_gets_one_once(ours: Tenant, theirs: Tenant, admin: APIClient, by: str) -> None:
    key = candidate_of_nobody(admin)
    interview = admin.post("/api/interviews/", {"candidate": key}, format="json").json()["id"]
    values = {"company": ours.company.pk} if by == "company" else {"job": ours.job.pk}
    changed = admin.patch(f"/api/candidates/{key}/", values, format="json")
    assert (changed.status_code, changed.json()["company"]) == (200, ours.company.pk)
    assert ours.client().get(f"/api/candidates/{key}/").status_code == 200
    assert ours.client().get(f"/api/interviews/{interview}/").status_code == 200
    stranger = theirs.client()
    with unchanged():
        moved = admin.patch(f"/api/candidates/{key}/", {"company": theirs.company.pk}, format="json")
        assert_problem(moved, 400, "company", code="company_fixed")
        assert_problem(stranger.get(f"/api/candidates/{key}/"), 404)


def test_a_candidate_goes_along_with_the_interview_that_is_booked(ours: Tenant, admin: APIClient) -> None:
    key = candidate_of_nobody(admin)
    interview = admin.post("/api/interviews/", {"candidate": key}, format="json").json()["id"]
    booking = {"interview_id": interview, "slot_id": str(ours.slot.pk)}
    assert admin.post("/api/interviews/schedules/", booking, format="json").status_code == 201
    assert ours.client().get(f"/api/candidates/{key}/").json()["email"] == "free@example.com"


def test_a_namesake_stays_where_it_is(ours: Tenant, admin: APIClient) -> None:
    key = candidate_of_nobody(admin, email=ours.candidate.email)
    interview = admin.post("/api/interviews/", {"candidate": key}, format="json").json()["id"]
    booking = {"interview_id": interview, "slot_id": str(ours.slot.pk)}
    assert admin.post("/api/interviews/schedules/", booking, format="json").status_code == 201
    assert admin.get(f"/api/candidates/{key}/").json()["company"] is None


def test_an_import_tells_nothing_of_another_company(ours: Tenant, theirs: Tenant) -> None:
    """A candidate whom an administrator keeps is interviewed by both."""
    admin = client_for(AdminFactory())
    key = candidate_of_nobody(admin)
    made = [
        admin.post("/api/interviews/", {"candidate": key, "job": tenant.job.pk}, format="json").json()["id"]
        for tenant in (ours, theirs)
    ]
    start = ours.slot.start_time
    theirs.slot.start_time, theirs.slot.end_time = start, ours.slot.end_time
    theirs.slot.duration_minutes = ours.slot.duration_minutes
    theirs.slot.save()
    booked = ours.client().post(
        "/api/interviews/schedules/", {"interview_id": made[0], "slot_id": str(ours.slot.pk)}, format="json"
    )
    assert booked.status_code == 201, booked.content
    before = theirs.client().get("/api/interviews/conflicts/").json()
    rows = {"bookings": [{"interview_id": made[1], "slot_id": str(theirs.slot.pk)}]}
    report = theirs.client().post("/api/interviews/schedules/import/", rows, format="json").json()
    assert [row["code"] for row in report["refused"]] == ["candidate_busy"]
    assert report["conflicts"] == []
    assert theirs.client().get("/api/interviews/conflicts/").json() == before
