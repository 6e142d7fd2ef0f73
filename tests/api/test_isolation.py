"""Nobody without a token gets in, and no company learns of another: every route and method, whoever asks."""

import re
import uuid
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.conf import LazySettings
from django.test import Client
from django.utils import timezone
from knox.models import AuthToken
from rest_framework.test import APIClient

from parley.interviews.models import Interview
from parley.organizations.models import Role, User
from tests.api.routes import Route, routes
from tests.api.tenants import (
    ROLES,
    Tenant,
    assert_problem,
    client_for,
    make_tenant,
    token_for,
    unchanged,
)
from tests.conversations.test_rules import content
from tests.factories import (
    PASSWORD,
    AdminFactory,
    CandidateFactory,
    InterviewFactory,
    SlotFactory,
    UserFactory,
)

PUBLIC = "answers everybody the same"
OWN = "tells only of the caller"
LIST = "shows the rows of the own company alone"
CREATE = "makes something for the own company"
OBJECT = "another company's object is not there"
MINE = "what is one user's own is there for nobody else"
PAGE = "a page for people who are logged in"
PAGE_OBJECT = "a form of such a page, about one object"

S, C, B, X, I = (  # noqa: E741 (short names for a table)
    "ai-interview-slots",
    "ai-interview-configurations",
    "ai-interview-schedules",
    "ai-interview-conflicts",
    "ai-interviews",
)


def _crud(name: str, *methods: str) -> dict[tuple[str, str], str]:
    return {(f"{name}-detail", method): OBJECT for method in methods}


def _actions(name: str, *actions: str) -> dict[tuple[str, str], str]:
    return {(f"{name}-{action}", "post"): OBJECT for action in actions}


_LIST_AND_CREATE = (("get", LIST), ("post", CREATE))
CLASSIFIED: dict[tuple[str, str], str] = {
    ("healthz", "get"): PUBLIC,
    ("readyz", "get"): PUBLIC,
    ("home", "get"): PAGE,
    ("conflicts", "get"): PAGE,
    ("register-page", "get"): PUBLIC,  # tests/web/test_start.py
    ("app-start", "get"): PAGE,
    ("app-availability", "get"): PAGE,
    ("app-week-new", "get"): PAGE,
    ("app-week-undo", "get"): PAGE,
    ("app-week", "get"): PAGE_OBJECT,
    **{(f"app-{name}", "get"): PAGE for name in ("jobs", "job-new", "candidates", "candidate-new", "read-resume")},
    **{(f"app-{name}", "get"): PAGE for name in ("invite", "imports", "interviews")},
    **{(f"app-job{what}", "get"): PAGE_OBJECT for what in ("", "-edit", "-archive", "-restore", "-delete")},
    **{
        (f"app-candidate{what}", "get"): PAGE_OBJECT
        for what in ("", "-edit", "-delete", "-resume", "-invite", "-export", "-erase")
    },
    **{(f"app-import{what}", "get"): PAGE_OBJECT for what in ("", "-columns", "-run", "-drop", "-undo", "-report")},
    **{
        (f"app-interview{what}", "get"): PAGE_OBJECT
        for what in ("", "-edit", "-feedback", "-delete", "-times", "-book", "-confirm", "-cancel", "-release")
    },
    **{(f"app-interview-{what}", "get"): PAGE_OBJECT for what in ("transcript", "time")},
    **{
        (f"app-interview-{what}", "get"): PAGE_OBJECT
        for what in ("results", "rate", "decide", "answer", "report", "table")
    },
    **{(f"app-interview-{what}", "get"): PAGE_OBJECT for what in ("override", "judge")},
    **{(f"app-interview-{what}", "get"): PAGE_OBJECT for what in ("undo", "invite", "revoke", "wait", "stop-waiting")},
    ("app-invited", "get"): PAGE_OBJECT,
    **{(f"app-kit{what}", "get"): PAGE for what in ("s", "-new")},
    **{(f"app-kit{what}", "get"): PAGE_OBJECT for what in ("", "-name", "-words", "-archive", "-restore")},
    ("app-message-again", "get"): PAGE_OBJECT,
    ("app-settings", "get"): PAGE,
    **{
        (f"app-settings-{what}", "get"): PAGE
        for what in ("scheduling", "mails", "mail", "members", "tokens", "webhooks", "notifications", "feeds")
    },
    **{(f"app-settings-{what}", "get"): PAGE for what in ("branding", "embedding", "privacy")},
    **{(f"app-member{what}", "get"): PAGE_OBJECT for what in ("", "-access", "-invite")},
    ("app-token-revoke", "get"): PAGE_OBJECT,
    **{
        (f"app-webhook{what}", "get"): PAGE_OBJECT
        for what in ("", "-test", "-secret", "-recover", "-remove", "-delivery")
    },
    ("app-feed", "get"): PAGE_OBJECT,
    **{(f"app-{what}", "get"): PAGE for what in ("calendar", "calendar-slots", "calendar-changes", "slot-new")},
    **{
        (f"app-slot{what}", "get"): PAGE_OBJECT
        for what in ("", "-edit", "-move", "-cancel", "-again", "-remove", "-complete", "-book", "-release")
    },
    **{(f"app-booking-{what}", "get"): PAGE_OBJECT for what in ("move", "confirm", "cancel")},
    **{(f"app-{what}", "get"): PAGE for what in ("companies", "company-new", "users", "user-new")},
    **{(f"app-{what}", "get"): PAGE for what in ("acting-stop", "system", "system-now")},
    **{(f"app-system-{what}", "get"): PAGE_OBJECT for what in ("job", "mail")},
    **{(f"app-company{what}", "get"): PAGE_OBJECT for what in ("", "-edit", "-budget", "-access")},
    **{
        (f"app-user{what}", "get"): PAGE_OBJECT
        for what in ("", "-edit", "-access", "-invite", "-password", "-logins", "-factor", "-act")
    },
    **{(f"app-{what}", "get"): PAGE for what in ("notifications", "notifications-read", "bell")},
    **{(f"app-notification-{what}", "get"): PAGE_OBJECT for what in ("read", "open")},
    ("conflict-settle", "get"): PAGE_OBJECT,
    ("conflict-undo", "get"): PAGE_OBJECT,
    **{("account_login", method): PUBLIC for method in ("get", "post", "put")},  # tests/web/test_entrance.py
    **{("mfa_authenticate", method): PUBLIC for method in ("get", "post")},  # only after the password
    ("account_logout", "get"): PUBLIC,
    ("account_reset_password", "get"): PUBLIC,
    ("new-password", "get"): PUBLIC,  # the link is the key
    **{
        (f"mfa_{what}", method): PAGE
        for what in ("activate_totp", "deactivate_totp", "generate_recovery_codes", "reauthenticate")
        for method in ("get", "post", "put")
    },
    **{("account_reauthenticate", method): PAGE for method in ("get", "post", "put")},
    ("mfa_index", "get"): PAGE,
    ("mfa_view_recovery_codes", "get"): PAGE,
    ("schema", "get"): PUBLIC,
    ("docs", "get"): PUBLIC,
    ("join", "get"): PUBLIC,
    ("interview", "get"): PUBLIC,  # the link is the key: tests/web/test_candidate.py
    ("room-explanation", "get"): PUBLIC,  # tests/web/test_explanation.py
    ("room-ask", "get"): PUBLIC,
    ("interview-book", "get"): PUBLIC,
    ("interview-cancel", "get"): PUBLIC,
    **{(f"interview-{what}", "get"): PUBLIC for what in ("times", "answer", "wait", "hours")},
    **{(f"room{what}", "get"): PUBLIC for what in ("", "-start", "-answer", "-finish", "-human", "-feedback")},
    ("branding-logo", "get"): PUBLIC,  # candidates have no account: tests/web/test_branding.py
    ("branding-accent", "get"): PUBLIC,
    ("embed-script", "get"): PUBLIC,
    ("mails", "get"): PUBLIC,  # where no mail server is set, and never in production
    ("joined", "get"): PUBLIC,
    ("login", "post"): PUBLIC,
    ("register", "post"): PUBLIC,
    ("accept-invitation", "post"): PUBLIC,
    **{(f"public-{what}", "get"): PUBLIC for what in ("interview", "slots", "calendar")},  # tests/api/test_public.py
    **{
        (f"public-{what}", "post"): PUBLIC for what in ("book", "reschedule", "cancel", "accept", "decline", "waitlist")
    },
    ("public-waitlist", "delete"): PUBLIC,
    ("public-session", "get"): PUBLIC,  # tests/conversations/test_api.py
    ("public-draft", "put"): PUBLIC,
    **{(f"public-{what}", "post"): PUBLIC for what in ("start", "answers", "finish", "human", "feedback", "requests")},
    ("public-explanation", "get"): PUBLIC,  # tests/evaluations/test_requests.py
    **{("public-hours", method): PUBLIC for method in ("put", "delete")},
    ("logout", "post"): OWN,
    ("change-password", "post"): OWN,
    ("me", "get"): OWN,
    ("available-slots", "get"): LIST,
    ("calendar", "get"): LIST,
    **{(f"{name}-list", "get"): LIST for name in (S, C, B, X, I, "companies", "jobs", "candidates", "users")},
    **{(f"{name}-list", "post"): CREATE for name in (S, C, B, I, "companies", "jobs", "candidates", "users")},
    (f"{S}-search-available", "post"): LIST,
    (f"{S}-create-recurring", "post"): CREATE,
    (f"{B}-book-interview", "post"): CREATE,
    (f"{B}-import-bookings", "post"): CREATE,
    ("candidates-bulk-create", "post"): CREATE,
    ("candidates-extract-resume", "post"): OWN,
    **{
        key: kind
        for name in (S, C, B, I, "jobs", "candidates", "users")
        for key, kind in _crud(name, "get", "put", "patch", "delete").items()
    },
    **_crud("companies", "get", "put", "patch"),
    **_crud(X, "get"),
    (f"{X}-log", "get"): OBJECT,
    **_actions(X, "undo"),
    (f"{S}-call-off", "post"): CREATE,
    **{(f"{name}-list", method): kind for name in ("reseatings", "waitlist") for method, kind in _LIST_AND_CREATE},
    **_crud("reseatings", "get"),
    **_actions("reseatings", "undo"),
    **_crud("waitlist", "get", "delete"),
    **_actions(S, "book-slot", "cancel-slot", "complete-slot", "release-slot"),
    **_actions(C, "generate"),
    **_actions(B, "cancel-schedule", "confirm-schedule", "reschedule"),
    **_actions(X, "resolve-conflict"),
    **_actions(I, "invite", "revoke-link", "grant-time"),
    **{(f"{I}-{what}", "get"): OBJECT for what in ("session", "transcript")},
    **{
        (f"companies-{what}", method): OBJECT
        for what in ("scheduling", "mails", "branding", "retention", "ai-budget")
        for method in ("get", "patch")
    },
    **_actions("companies", "mail-preview"),
    **{("companies-logo", method): OBJECT for method in ("put", "delete")},
    ("messages-list", "get"): LIST,
    **_crud("messages", "get"),
    **_actions("messages", "send-again"),
    **_actions("users", "invite-again"),
    ("webhooks-list", "get"): LIST,
    ("webhooks-list", "post"): CREATE,
    **_crud("webhooks", "get", "put", "patch", "delete"),
    **_actions("webhooks", "rotate-secret", "test", "recover", "replay"),
    **{(f"webhooks-{what}", "get"): OBJECT for what in ("deliveries", "delivery")},
    ("companies-deletions", "get"): OBJECT,
    **{(f"candidates-{what}", "get"): OBJECT for what in ("resume", "export")},
    ("candidates-erase", "post"): OBJECT,
    ("kits-list", "get"): LIST,
    ("kits-list", "post"): CREATE,
    **_crud("kits", "get", "put", "patch", "delete"),
    **{("kits-versions", method): OBJECT for method in ("get", "post")},
    ("kits-shipped", "get"): LIST,
    ("evaluation", "get"): OBJECT,
    **{(f"evaluation-{what}", "get"): OBJECT for what in ("reviews", "results", "table", "report")},
    ("evaluation-requests", "get"): OBJECT,
    **{(f"evaluation-{what}", "post"): OBJECT for what in ("reviews", "decision", "requests", "overrides", "judge")},
    ("calendar-feed", "get"): PUBLIC,  # the address is the key: tests/web/test_feeds.py
    ("calendar-feeds-list", "get"): LIST,
    ("calendar-feeds-list", "post"): CREATE,
    ("calendar-feeds-detail", "get"): MINE,
    ("calendar-feeds-detail", "delete"): MINE,
    ("calendar-feeds-rotate", "post"): MINE,
    ("notifications-list", "get"): LIST,
    ("notifications-detail", "get"): MINE,
    ("notifications-mark-read", "post"): MINE,
    ("notifications-mark-all-read", "post"): OWN,
    ("notifications-summary", "get"): OWN,
    **{("notifications-preferences", method): OWN for method in ("get", "put", "patch")},
}
ALL = routes()
OBJECTS = [route for route in ALL if CLASSIFIED.get(route.key) == OBJECT]
MINES = [route for route in ALL if CLASSIFIED.get(route.key) == MINE]
LISTS = [route for route in ALL if CLASSIFIED.get(route.key) == LIST]
CREATES = [route for route in ALL if CLASSIFIED.get(route.key) == CREATE]
PAGES = [route for route in ALL if CLASSIFIED.get(route.key) in (PAGE, PAGE_OBJECT)]
PRIVATE = [route for route in ALL if CLASSIFIED.get(route.key) != PUBLIC and route not in PAGES]
roles = pytest.mark.parametrize("role", ROLES)


def _named(route: Route) -> str:
    return f"{route.method} {route.name}"


def test_every_route_and_method_is_classified() -> None:
    assert {route.key for route in ALL} == set(CLASSIFIED)


def test_what_names_an_object_is_classified_so() -> None:
    assert [
        route.key for route in ALL if route.is_detail and CLASSIFIED[route.key] not in (OBJECT, MINE, PAGE_OBJECT)
    ] == []


@pytest.mark.parametrize("route", PAGES, ids=_named)
def test_pages_open_for_nobody_without_a_login(route: Route, theirs: Tenant) -> None:
    address = route.url(page_pk(route, theirs))
    for client in (Client(), Client(headers={"Authorization": f"Token {token_for(theirs.users[Role.COMPANY])}"})):
        with unchanged():
            answers = [getattr(client, method)(address) for method in {route.method, "post"}]
        for answer in answers:
            assert (answer.status_code, answer["Location"].partition("?")[0]) == (302, "/login/")
            assert_silent(answer)


@pytest.mark.parametrize("route", [r for r in PAGES if CLASSIFIED[r.key] == PAGE_OBJECT], ids=_named)
def test_pages_do_not_reach_another_companys_object(route: Route, ours: Tenant, theirs: Tenant) -> None:
    client = Client(headers={"Accept": "text/html"})
    client.force_login(ours.users[Role.COMPANY])
    address, nowhere = route.url(page_pk(route, theirs)), route.url(_missing(route))
    with unchanged():
        for answer, missing in [
            (client.post(address, {"resolution": "resolved"}), client.post(nowhere, {"resolution": "resolved"})),
            (client.get(address), client.get(nowhere)),
        ]:
            assert answer.status_code in (404, 405)
            assert (answer.status_code, answer.content) == (missing.status_code, missing.content)
            assert_silent(answer)


@pytest.mark.parametrize("route", PRIVATE, ids=_named)
def test_without_a_token_nobody_gets_in(route: Route, theirs: Tenant, anonymous: APIClient) -> None:
    with unchanged():
        answer = getattr(anonymous, route.method)(route.url(_pk(route, theirs)), {}, format="json")
    assert_problem(answer, 401, code="not_authenticated")
    assert answer["WWW-Authenticate"] == "Token"
    assert_silent(answer)


@pytest.mark.parametrize("route", OBJECTS, ids=_named)
def test_another_companys_object_is_not_there(route: Route, ours: Tenant, theirs: Tenant) -> None:
    """As for an id that does not exist: the same answer, and nothing changed."""
    values = _body(route, ours)
    clients = [ours.client(role) for role in ROLES]
    with unchanged():
        for client in clients:
            answer = _call(client, route, _pk(route, theirs), values)
            missing = _call(client, route, _missing(route), values)
            assert_problem(answer, 404)
            assert answer.json() == missing.json()
            assert _headers(answer) == _headers(missing)
            assert_silent(answer)


@pytest.mark.parametrize("route", MINES, ids=_named)
def test_what_is_one_users_own_is_there_for_nobody_else(
    route: Route, ours: Tenant, theirs: Tenant, admin: APIClient
) -> None:
    """Neither for a colleague, nor for another company, nor for an administrator; for the user it is."""
    values = _body(route, ours)
    others = [ours.client("recruiter"), ours.client("hiring_agency"), theirs.client(), admin]
    with unchanged():
        for client in others:
            answer = _call(client, route, _pk(route, ours), values)
            missing = _call(client, route, _missing(route), values)
            assert_problem(answer, 404)
            assert answer.json() == missing.json()
            assert _headers(answer) == _headers(missing)
    owned = _call(ours.client(), route, _pk(route, ours), values)
    assert owned.status_code in (200, 204), owned.content
    assert_silent(owned)


@pytest.mark.parametrize("route", OBJECTS, ids=_named)
def test_an_administrator_gets_to_every_object(route: Route, theirs: Tenant, admin: APIClient) -> None:
    answer = _call(admin, route, _pk(route, theirs), _body(route, theirs))
    assert answer.status_code not in (401, 403, 404, 405), answer.content


@pytest.mark.parametrize("route", LISTS, ids=_named)
def test_lists_do_not_tell_of_another_company(route: Route, ours: Tenant) -> None:
    """The answer with another company's rows in the database is the one without them."""
    clients = [ours.client(role) for role in ROLES]
    before = [_list(client, route) for client in clients]
    make_tenant("zyxwv", "America/New_York")
    for client, earlier in zip(clients, before, strict=True):
        answer = _list(client, route)
        assert answer.status_code == earlier.status_code == 200, answer.content
        assert answer.content == earlier.content
        assert _headers(answer) == _headers(earlier)
        assert_silent(answer)


FILTERS = [
    (f"{S}-list", "company", "company"),
    (f"{S}-list", "job", "job"),
    (f"{C}-list", "company", "company"),
    (f"{B}-list", "slot", "booked_slot"),
    (f"{B}-list", "interview", "booked_interview"),
    (f"{X}-list", "primary_interview", "booked_interview"),
    (f"{I}-list", "company", "company"),
    (f"{I}-list", "job", "job"),
    (f"{I}-list", "candidate", "candidate"),
    ("jobs-list", "company", "company"),
    ("candidates-list", "company", "company"),
    ("candidates-list", "job", "job"),
    ("users-list", "company", "company"),
    ("webhooks-list", "company", "company"),
    ("kits-list", "company", "company"),
]


@pytest.mark.parametrize("filtering", FILTERS, ids="-".join)
def test_filters_find_nothing_of_another_company(
    filtering: tuple[str, str, str], theirs: Tenant, api: APIClient, admin: APIClient
) -> None:
    name, parameter, thing = filtering
    route = next(route for route in LISTS if route.key == (name, "get"))
    query = {parameter: str(getattr(theirs, thing).pk)}
    assert len(admin.get(route.url(), query).json()) > 0  # the filter does find it for who may see it
    answer = api.get(route.url(), query)
    assert (answer.status_code, answer.json(), answer["X-Total-Count"]) == (200, [], "0")
    missing = api.get(route.url(), {parameter: _missing_like(query[parameter])})
    assert (missing.status_code, missing.json(), missing["X-Total-Count"]) == (200, [], "0")


@pytest.mark.parametrize("word", ["zyxwv", "office@zyxwv", "ann"])
def test_search_by_text_finds_nothing_of_another_company(word: str, theirs: Tenant, api: APIClient) -> None:
    for address in ("/api/candidates/", "/api/jobs/"):
        answer = api.get(address, {"search": word})
        assert "zyxwv" not in answer.content.decode()


NAMING_COMPANY = [
    (f"{S}-search-available", "company_id"),
    (f"{S}-create-recurring", "company_id"),
    (f"{S}-call-off", "company_id"),
    ("reseatings-list", "company"),
    (f"{S}-list", "company"),
    (f"{C}-list", "company"),
    (f"{I}-list", "company"),
    ("jobs-list", "company"),
    ("candidates-list", "company"),
    ("candidates-bulk-create", "company"),
    ("users-list", "company"),
    ("calendar-feeds-list", "company"),
    ("webhooks-list", "company"),
    ("kits-list", "company"),
]


@pytest.mark.parametrize(("name", "field"), NAMING_COMPANY)
def test_naming_another_company_is_refused_like_one_that_does_not_exist(
    name: str, field: str, ours: Tenant, theirs: Tenant
) -> None:
    route = next(route for route in ALL if route.key == (name, "post"))
    values = _body(route, ours)
    clients = [ours.client(role) for role in ROLES]
    with unchanged():
        for client in clients:
            answer = client.post(route.url(), values | {field: theirs.company.pk}, format="json")
            missing = client.post(route.url(), values | {field: 10**9}, format="json")
            assert_problem(answer, 403, code="other_company")
            assert answer.content == missing.content
            assert_silent(answer)


@pytest.mark.parametrize("address", ["/api/interviews/available-slots/", "/api/interviews/calendar/"])
def test_naming_another_company_in_a_query_is_refused(address: str, theirs: Tenant, api: APIClient) -> None:
    answer = api.get(address, {"company_id": theirs.company.pk})
    missing = api.get(address, {"company_id": 10**9})
    assert_problem(answer, 403, code="other_company")
    assert answer.content == missing.content


def test_naming_another_company_in_a_form_is_refused(theirs: Tenant, api: APIClient) -> None:
    values = {"full_name": "Eve", "email": "eve@example.com"}
    with unchanged():
        answer = api.post("/api/candidates/", values | {"company": str(theirs.company.pk)}, format="multipart")
        missing = api.post("/api/candidates/", values | {"company": str(10**9)}, format="multipart")
    assert_problem(answer, 403, code="other_company")
    assert answer.content == missing.content


@pytest.mark.parametrize("route", [r for r in OBJECTS if r.method in ("put", "patch")], ids=_named)
@roles
def test_no_field_moves_an_object_to_another_company(
    route: Route, role: str, ours: Tenant, theirs: Tenant, as_role: Callable[[str], APIClient]
) -> None:
    client = as_role(role)
    for field in ("company", "company_id"):
        with unchanged():
            answer = _call(client, route, _pk(route, ours), _body(route, ours) | {field: theirs.company.pk})
        assert_problem(answer, 403)
    thing = _thing(route, ours)
    if hasattr(thing, "company_id"):
        thing.refresh_from_db()
        assert thing.company_id == ours.company.pk


@pytest.mark.parametrize("field", ["company", "company_id"])
def test_an_administrator_does_not_move_objects_either(
    field: str, ours: Tenant, theirs: Tenant, admin: APIClient
) -> None:
    """``company`` is refused, ``company_id`` is no field of these and ignored."""
    for route in OBJECTS:
        if route.method == "patch" and not route.name.startswith(("companies", B)):
            thing = _thing(route, ours)
            before = thing.company_id
            answer = _call(admin, route, thing.pk, {field: theirs.company.pk})
            assert answer.status_code == (400 if field == "company" else 200), (route, answer.content)
            thing.refresh_from_db()
            assert thing.company_id == before


# Method, route, field, and whose thing: sent by company A in a body that is right otherwise.
FOREIGN_IDS = [
    ("post", f"{S}-list", "job", "job"),
    ("patch", f"{S}-detail", "job", "job"),
    ("put", f"{S}-detail", "job", "job"),
    ("post", f"{S}-create-recurring", "job_id", "job"),
    ("post", f"{S}-book-slot", "interview_id", "interview"),
    ("post", "waitlist-list", "interview_id", "interview"),
    ("post", f"{S}-release-slot", "interview_id", "booked_interview"),
    ("post", f"{S}-release-slot", "schedule_id", "schedule"),
    ("post", f"{B}-list", "interview_id", "interview"),
    ("post", f"{B}-list", "slot_id", "slot"),
    ("post", f"{B}-book-interview", "interview_id", "interview"),
    ("post", f"{B}-book-interview", "slot_id", "slot"),
    ("post", f"{B}-reschedule", "slot_id", "slot"),
    ("post", f"{X}-resolve-conflict", "slot_id", "slot"),
    ("post", f"{I}-list", "candidate", "candidate"),
    ("post", f"{I}-list", "job", "job"),
    ("patch", f"{I}-detail", "job", "job"),
    ("patch", f"{I}-detail", "candidate", "candidate"),
    ("post", "candidates-list", "job", "job"),
    ("patch", "candidates-detail", "job", "job"),
    ("put", "candidates-detail", "job", "job"),
    ("post", "candidates-bulk-create", "job", "job"),
]


@pytest.mark.parametrize("sent", FOREIGN_IDS, ids="-".join)
def test_another_companys_id_in_a_body_is_refused_like_one_that_does_not_exist(
    sent: tuple[str, str, str, str], ours: Tenant, theirs: Tenant, api: APIClient
) -> None:
    method, name, field, thing = sent
    route = next(route for route in ALL if route.key == (name, method))
    foreign = getattr(theirs, thing).pk
    missing_id = uuid.uuid4() if isinstance(foreign, uuid.UUID) else 10**9
    with unchanged():
        answer = _call(api, route, _pk(route, ours), _body(route, ours) | {field: str_or_int(foreign)})
        missing = _call(api, route, _pk(route, ours), _body(route, ours) | {field: str_or_int(missing_id)})
    assert answer.status_code in (400, 404, 409), answer.content
    assert answer["Content-Type"] == "application/problem+json"
    assert answer.content == missing.content
    assert_silent(answer)


def test_search_for_another_companys_job_is_that_for_one_that_is_not_there(
    ours: Tenant, theirs: Tenant, api: APIClient
) -> None:
    day = {"start_date": ours.slot.start_time.date().isoformat()}
    day["end_date"] = (ours.slot.start_time.date() + timedelta(days=20)).isoformat()
    found = api.post("/api/interviews/slots/search_available/", day | {"job_id": theirs.job.pk}, format="json")
    missing = api.post("/api/interviews/slots/search_available/", day | {"job_id": 10**9}, format="json")
    assert_problem(found, 400, "job_id", code="job_not_found")
    assert found.content == missing.content


def test_import_refuses_foreign_rows_like_rows_that_do_not_exist(ours: Tenant, theirs: Tenant, api: APIClient) -> None:
    def refused(interview: object, slot: object) -> Any:
        row = {"interview_id": str(interview), "slot_id": str(slot)}
        answer = api.post("/api/interviews/schedules/import/", {"bookings": [row]}, format="json")
        assert answer.status_code == 201, answer.content
        assert_silent(answer)
        return answer.json()

    with unchanged():
        assert refused(theirs.interview.pk, ours.slot.pk) == refused(uuid.uuid4(), ours.slot.pk)
        assert refused(ours.interview.pk, theirs.slot.pk) == refused(ours.interview.pk, uuid.uuid4())
        # Already booked there: the row of company B is not told from one that is not there either.
        assert refused(theirs.booked_interview.pk, theirs.booked_slot.pk) == refused(uuid.uuid4(), uuid.uuid4())


def test_conflicts_and_proposals_name_the_own_company_alone(ours: Tenant, api: APIClient) -> None:
    free = SlotFactory(company=ours.company, start_time=ours.booked_slot.start_time + timedelta(days=20))
    other = make_tenant("zyxwv", "America/New_York")
    SlotFactory(company=other.company, start_time=ours.booked_slot.start_time + timedelta(hours=5))
    answer = api.delete(f"/api/interviews/slots/{ours.booked_slot.pk}/?cascade=cancel")
    assert answer.status_code == 204
    conflicts = api.get("/api/interviews/conflicts/", {"resolution": "pending"})
    assert_silent(conflicts)
    opened = [each for each in conflicts.json() if each["conflict_details"].get("schedule_id") == str(ours.schedule.pk)]
    proposed = {place["slot_id"] for each in opened for place in each["proposals"]}
    assert proposed == {str(ours.slot.pk), str(free.pk)}


def test_an_administrators_interview_keeps_job_and_company_together(
    ours: Tenant, theirs: Tenant, admin: APIClient
) -> None:
    """An interview without a company takes its job's; it is never booked beside another company's job."""
    candidate = CandidateFactory(company=None)
    interview = InterviewFactory(candidate=candidate)
    changed = admin.patch(f"/api/interviews/{interview.pk}/", {"job": theirs.job.pk}, format="json")
    assert (changed.status_code, changed.json()["company"]) == (200, theirs.company.pk)
    values = {"interview_id": str(interview.pk), "slot_id": str(ours.slot.pk)}
    with unchanged():
        answer = admin.post("/api/interviews/schedules/book_interview/", values, format="json")
    assert_problem(answer, 400, "slot_id", "other_company")
    assert Interview.objects.get(pk=interview.pk).company_id == theirs.company.pk


# --- roles -------------------------------------------------------------------------------------------


@pytest.mark.parametrize("role", ["hiring_agency", "recruiter"])
def test_recruiters_and_agencies_manage_neither_users_nor_the_company(
    role: str, ours: Tenant, as_role: Callable[[str], APIClient]
) -> None:
    client = as_role(role)
    colleague = UserFactory(company=ours.company, role=Role.RECRUITER, invited_at=timezone.now())
    new = {"email": "n@example.com", "full_name": "N", "role": "recruiter", "password": PASSWORD}
    with unchanged():
        for answer in (
            client.post("/api/users/", new, format="json"),
            client.patch(f"/api/users/{colleague.pk}/", {"role": "company"}, format="json"),
            client.put(f"/api/users/{colleague.pk}/", {"full_name": "Other"}, format="json"),
            client.patch(f"/api/users/{ours.users[role].pk}/", {"role": "company"}, format="json"),
            client.delete(f"/api/users/{colleague.pk}/"),
            client.post(f"/api/users/{colleague.pk}/invite_again/"),
            client.patch(f"/api/companies/{ours.company.pk}/", {"name": "Ours"}, format="json"),
            client.put(f"/api/companies/{ours.company.pk}/", {"timezone": "UTC"}, format="json"),
        ):
            assert_problem(answer, 403)


@roles
def test_only_administrators_make_companies(role: str, ours: Tenant, as_role: Callable[[str], APIClient]) -> None:
    client = as_role(role)
    with unchanged():
        answer = client.post("/api/companies/", {"name": "N", "email": "n@example.com"}, format="json")
    assert_problem(answer, 403)


def test_a_company_user_does_not_deactivate_the_company(ours: Tenant, api: APIClient) -> None:
    with unchanged():
        answer = api.patch(f"/api/companies/{ours.company.pk}/", {"is_active": False}, format="json")
    assert_problem(answer, 403)


def test_nobody_becomes_an_administrator(ours: Tenant, api: APIClient) -> None:
    new = {"email": "n@example.com", "full_name": "N", "role": "admin", "password": PASSWORD}
    with unchanged():
        assert_problem(api.post("/api/users/", new, format="json"), 400, "role")
        for role in ROLES:
            address = f"/api/users/{ours.users[role].pk}/"
            assert_problem(api.patch(address, {"role": "admin"}, format="json"), 400, "role")
            assert_problem(api.put(address, {"role": "admin"}, format="json"), 400, "role")


@pytest.mark.parametrize("field", ["is_staff", "is_superuser", "is_admin", "sees_all", "company_id", "id", "password"])
def test_server_owned_fields_of_a_user_are_not_obeyed(field: str, ours: Tenant, theirs: Tenant, api: APIClient) -> None:
    user = ours.users["recruiter"]
    value: Any = {"company_id": ours.company.pk, "id": 10**6, "password": "another password"}.get(field, True)
    with unchanged():
        api.patch(f"/api/users/{user.pk}/", {field: value}, format="json")
    user.refresh_from_db()
    assert (user.role, user.company_id, user.check_password(PASSWORD)) == ("recruiter", ours.company.pk, True)


def test_an_administrator_does_not_turn_users_into_administrators_or_back(ours: Tenant, admin: APIClient) -> None:
    other_admin = AdminFactory()
    with unchanged():
        user = ours.users["company"]
        assert_problem(admin.patch(f"/api/users/{user.pk}/", {"role": "admin"}, format="json"), 400, "role")
        answer = admin.patch(f"/api/users/{other_admin.pk}/", {"role": "company"}, format="json")
        assert_problem(answer, 400, "role")


def test_registering_makes_a_new_company_whatever_else_the_body_says(theirs: Tenant, anonymous: APIClient) -> None:
    values = {
        "company_name": theirs.company.name,
        "full_name": "Mallory",
        "email": "m@example.com",
        "password": PASSWORD,
    }
    more = {
        "role": "admin",
        "company": theirs.company.pk,
        "company_id": theirs.company.pk,
        "is_staff": True,
        "is_superuser": True,
        "sees_all": True,
        "id": theirs.users["company"].pk,
    }
    answer = anonymous.post("/api/auth/register/", values | more, format="json")
    assert answer.status_code == 201, answer.content
    user = User.objects.get(email="m@example.com")
    assert user.role == Role.COMPANY
    assert user.company_id not in (None, theirs.company.pk)
    assert not user.is_staff
    assert not user.sees_all
    assert list(User.objects.filter(company=theirs.company).order_by("pk")) == list(theirs.users.values())


@pytest.mark.parametrize("email", ["office@zyxwv.example.com", "OFFICE@zyxwv.example.com", "company@zyxwv.example.com"])
def test_registering_with_a_taken_address_joins_nothing(email: str, theirs: Tenant, anonymous: APIClient) -> None:
    values = {"company_name": "Mine", "full_name": "Mallory", "email": email, "password": PASSWORD}
    with unchanged():
        answer = anonymous.post("/api/auth/register/", values, format="json")
    assert "email already exists" in assert_problem(answer, 400, "email", "email_taken")["detail"]


def test_registration_can_be_switched_off(settings: LazySettings, anonymous: APIClient) -> None:
    settings.PARLEY_REGISTRATION = False
    values = {"company_name": "Mine", "full_name": "M", "email": "m@example.com", "password": PASSWORD}
    with unchanged():
        assert_problem(anonymous.post("/api/auth/register/", values, format="json"), 403, code="registration_off")


def test_nobody_ends_their_own_access(ours: Tenant, api: APIClient) -> None:
    UserFactory(company=ours.company, role=Role.COMPANY)
    me = ours.users["company"].pk
    operator = AdminFactory()
    with unchanged():
        assert_problem(api.delete(f"/api/users/{me}/"), 409, code="own_access")
        assert_problem(api.patch(f"/api/users/{me}/", {"is_active": False}, format="json"), 409, code="own_access")
    answer = client_for(operator).delete(f"/api/users/{operator.pk}/")
    assert_problem(answer, 409, code="own_access")


# --- tokens ------------------------------------------------------------------------------------------


def _login(client: APIClient, user: User) -> Any:
    return client.post("/api/auth/login/", {"email": user.email, "password": PASSWORD}, format="json")


def test_a_deactivated_user_is_out_and_stays_out(ours: Tenant, api: APIClient, anonymous: APIClient) -> None:
    user = ours.users["recruiter"]
    theirs = client_for(user)
    assert theirs.get("/api/auth/me/").status_code == 200
    assert api.delete(f"/api/users/{user.pk}/").status_code == 204
    assert_problem(theirs.get("/api/auth/me/"), 401)
    assert_problem(_login(anonymous, user), 400, code="login_failed")
    assert not AuthToken.objects.filter(user=user).exists()


def test_a_token_made_before_a_user_was_switched_off_elsewhere_is_refused(ours: Tenant) -> None:
    user = ours.users["recruiter"]
    client = client_for(user)
    User.objects.filter(pk=user.pk).update(is_active=False)
    assert_problem(client.get("/api/auth/me/"), 401)


def test_a_deactivated_company_is_out(ours: Tenant, admin: APIClient, anonymous: APIClient, api: APIClient) -> None:
    address = f"/api/companies/{ours.company.pk}/"
    assert admin.patch(address, {"is_active": False}, format="json").status_code == 200
    assert_problem(api.get("/api/auth/me/"), 401)
    assert_problem(_login(anonymous, ours.users["company"]), 400, code="login_failed")
    assert admin.patch(address, {"is_active": True}, format="json").status_code == 200
    assert api.get("/api/auth/me/").status_code == 200


def test_logout_revokes_this_token_alone(ours: Tenant) -> None:
    user = ours.users["company"]
    first, second = client_for(user), client_for(user)
    answer = first.post("/api/auth/logout/")
    assert (answer.status_code, answer.content) == (204, b"")
    assert_problem(first.get("/api/auth/me/"), 401)
    assert second.get("/api/auth/me/").status_code == 200


def test_an_expired_token_is_refused(ours: Tenant) -> None:
    client = client_for(ours.users["company"])
    AuthToken.objects.update(expiry=timezone.now())
    assert_problem(client.get("/api/auth/me/"), 401)


@pytest.mark.parametrize(
    "header",
    [
        "",
        "Token",
        "Token ",
        "Token a b",
        "Token nonsense",
        "Bearer nonsense",
        "Basic YTpi",
        "Token \xff",
        "Token " + "a" * 5000,
    ],
)
def test_what_is_no_token_is_refused(header: str, ours: Tenant, anonymous: APIClient) -> None:
    assert_problem(anonymous.get("/api/auth/me/", HTTP_AUTHORIZATION=header), 401)


def test_a_tokens_key_is_not_in_the_database(ours: Tenant) -> None:
    key = token_for(ours.users["company"])
    assert not AuthToken.objects.filter(digest=key).exists()


# --- the admin ---------------------------------------------------------------------------------------


@roles
def test_the_admin_does_not_let_company_people_in(role: str, ours: Tenant) -> None:
    client = Client()
    client.force_login(ours.users[role])
    for page in ("/admin/", "/admin/organizations/user/", "/admin/interviews/interviewslot/"):
        answer = client.get(page)
        assert (answer.status_code, answer["Location"].partition("?")[0]) == (302, "/admin/login/")


# --- helpers -----------------------------------------------------------------------------------------


def assert_silent(answer: Any) -> None:
    """Nothing of company B: no name, no address, in no header."""
    text = answer.content.decode() + "".join(f"{name}: {value}\n" for name, value in answer.items())
    assert "zyxwv" not in text.lower()


def _thing(route: Route, tenant: Tenant) -> Any:
    kinds = {
        S: tenant.booked_slot if "release" in route.name else tenant.slot,
        C: tenant.configuration,
        B: tenant.schedule,
        X: tenant.conflict,
        f"{I}-(session|transcript|grant-time)": tenant.booked_interview,
        I: tenant.interview,
        "evaluation": tenant.held_interview,
        "kits": tenant.kit,
        "messages": tenant.message,
        "notifications": tenant.notification,
        "calendar-feeds": tenant.feed,
        "reseatings": tenant.reseating,
        "waitlist": tenant.waiting,
        "webhooks": tenant.webhook,
        "companies": tenant.company,
        "jobs": tenant.job,
        "candidates": tenant.candidate,
        "users": tenant.users["recruiter"],
    }
    return next((thing for name, thing in kinds.items() if re.match(rf"{name}(-|$)", route.name)), None)


def _pk(route: Route, tenant: Tenant) -> Any:
    thing = _thing(route, tenant)
    if "<anyuuid:delivery>" in route.pattern:
        return tenant.webhook.pk, tenant.delivery.pk
    return thing.pk if thing is not None and route.is_detail else ""


# What the pages of an object are about, by the beginning of their names; else it is a conflict.
PAGE_THINGS = {
    "app-slot": "booked_slot",
    "app-booking": "schedule",
    "app-week": "configuration",
    "app-job": "job",
    "app-candidate": "candidate",
    "app-import": "candidate_import",
    "app-interview": "booked_interview",
    "app-invited": "invitations",
    "app-kit": "kit",
    "app-message": "message",
    "app-member": "user",
    "app-token": "token",
    "app-webhook": "webhook",
    "app-feed": "feed",
    "app-company": "company",
    "app-user": "user",
    "app-system-mail": "message",
    "app-system-job": "job",
    "app-notification": "notification",
}


def page_pk(route: Route, tenant: Tenant) -> Any:
    """The id in the tenant's address of a page."""
    if "<anyuuid:delivery>" in route.pattern:
        return tenant.webhook.pk, tenant.delivery.pk
    names = [name for name in PAGE_THINGS if route.name.startswith(name)]
    return getattr(tenant, PAGE_THINGS[max(names, key=len)] if names else "conflict").pk


def _missing(route: Route) -> Any:
    return uuid.uuid4() if "<anyuuid:pk>" in route.pattern else 10**9


def _missing_like(value: str) -> str:
    return str(10**9) if value.isdigit() else str(uuid.uuid4())


def str_or_int(value: Any) -> Any:
    return value if isinstance(value, int) else str(value)


def _times(days: int) -> dict[str, str]:
    start = timezone.now().replace(minute=0, second=0, microsecond=0) + timedelta(days=days)
    return {"start_time": start.isoformat(), "end_time": (start + timedelta(hours=1)).isoformat()}


def _body(route: Route, tenant: Tenant) -> dict[str, Any]:
    """A body that is right for the route, with the tenant's own ids."""
    day = (timezone.now() + timedelta(days=200)).date()
    days = {"start_date": day.isoformat(), "end_date": (day + timedelta(days=6)).isoformat()}
    booking = {"interview_id": str(tenant.interview.pk), "slot_id": str(tenant.slot.pk)}
    bodies: dict[str, dict[str, Any]] = {
        f"{S}-list": _times(300),
        f"{S}-detail": _times(301) if route.method == "put" else {"notes": "other"},
        f"{S}-search-available": days,
        f"{S}-create-recurring": {**days, "start_time": "09:00", "end_time": "11:00", "days_of_week": [1, 2]},
        f"{S}-book-slot": {"interview_id": booking["interview_id"]},
        f"{S}-release-slot": {},
        f"{I}-grant-time": {"extra_minutes": 15},
        f"{C}-list": {
            "interview_type": "coding",
            "day_of_week": 2,
            "start_time": "09:00",
            "end_time": "12:00",
        },
        f"{C}-detail": {
            "interview_type": "coding",
            "day_of_week": 3,
            "start_time": "09:00",
            "end_time": "12:00",
        },
        f"{C}-generate": {"until": day.isoformat()},
        f"{B}-list": booking,
        f"{B}-book-interview": booking,
        f"{B}-import-bookings": {"bookings": [booking]},
        f"{B}-detail": {"booking_notes": "other"},
        f"{B}-reschedule": {"slot_id": booking["slot_id"]},
        f"{X}-resolve-conflict": {"resolution": "rescheduled", "slot_id": booking["slot_id"]},
        "calendar-feeds-list": {"scope": "company"},
        "companies-mail-preview": {"kind": "booked"},
        f"{I}-list": {"candidate": tenant.candidate.pk},
        f"{I}-detail": {"interview_round": "Second"},
        "companies-list": {"name": "New", "email": "new@example.com"},
        "companies-detail": {"name": "Renamed"},
        "jobs-list": {"job_title": "New"},
        "jobs-detail": {"job_title": "Renamed"},
        "candidates-list": {"full_name": "New", "email": "new@example.com"},
        "candidates-detail": {"full_name": "Renamed", "email": "renamed@example.com"},
        "candidates-bulk-create": {"candidates": [{"full_name": "New", "email": "new@example.com"}]},
        "users-list": {"email": "n@example.com", "full_name": "N", "role": "recruiter", "password": PASSWORD},
        "users-detail": {"full_name": "Renamed"},
        "webhooks-list": {"url": "https://hooks.example.com/in"},
        "webhooks-detail": {"url": "https://hooks.example.com/other"},
        "kits-list": {"interview_type": "coding", "name": "New"},
        "kits-detail": {"name": "Renamed"},
        "kits-versions": {"content": content(closing="Bye.")},
        "evaluation-reviews": {"ratings": {"depth": 4, "clarity": None}},
        "evaluation-decision": {"decision": "hold"},
        "evaluation-requests": {"kind": "explanation", "answer": "Because."},
        "candidates-erase": {"email": tenant.candidate.email},
        "companies-retention": {"months": 6},
        "companies-ai-budget": {"monthly_tokens": 6},
        "evaluation-overrides": {"criterion": "depth", "level": 4, "reason": "Said more."},
        "webhooks-recover": {"since": "2020-01-01T00:00:00Z"},
    }
    moment = timezone.now() + timedelta(days=400)
    bodies |= {
        f"{S}-call-off": {"start_time": moment.isoformat(), "end_time": (moment + timedelta(days=1)).isoformat()},
        "waitlist-list": {"interview_id": booking["interview_id"], "start_before": moment.isoformat()},
    }
    return bodies.get(route.name, {})


def _call(client: APIClient, route: Route, pk: Any, values: dict[str, Any]) -> Any:
    if route.method == "get":
        return client.get(route.url(pk))
    return getattr(client, route.method)(route.url(pk), values, format="json")


def _list(client: APIClient, route: Route) -> Any:
    if route.name == "calendar":
        return client.get(route.url(), {"year": timezone.now().year + 1})
    if route.method == "post":
        first = timezone.now().date()
        days = {"start_date": first.isoformat(), "end_date": (first + timedelta(days=360)).isoformat()}
        return client.post(route.url(), days, format="json")
    if route.name == "available-slots":
        return client.get(route.url(), {"end_date": (timezone.now() + timedelta(days=360)).date().isoformat()})
    return client.get(route.url())


def _headers(answer: Any) -> dict[str, str]:
    return {name: value for name, value in answer.items() if name not in ("X-Request-ID", "Content-Length")}
