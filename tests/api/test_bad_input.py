"""Bad input is a 4xx problem that names its field, and changes nothing; no input makes a 500."""

import json
import tracemalloc
from collections.abc import Iterator
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from typing import Any
from wsgiref.util import setup_testing_defaults

import httpx
import orjson
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.utils import timezone
from knox.models import AuthToken
from rest_framework.exceptions import ValidationError
from rest_framework.test import APIClient

from config.wsgi import application
from parley.api.wire import refuse_unstorable
from parley.interviews.models import InterviewSchedule, InterviewSlot
from parley.organizations.models import User
from tests.api.tenants import Tenant, assert_problem, client_for, send, state, unchanged
from tests.factories import PASSWORD, UserFactory
from tests.live import client as live_client
from tests.live import live_server

HOUR = timedelta(hours=1)
SLOTS, SCHEDULES = "/api/interviews/slots/", "/api/interviews/schedules/"
CONFIGURATIONS, CONFLICTS = "/api/interviews/configurations/", "/api/interviews/conflicts/"
NOWHERE = "00000000-0000-4000-8000-000000000000"
HUGE = 10**30


def in_days(days: int, **more: int) -> datetime:
    return timezone.now().replace(minute=0, second=0, microsecond=0) + timedelta(days=days, **more)


def day(days: int) -> str:
    return in_days(days).date().isoformat()


def slot(**fields: Any) -> dict[str, Any]:
    start = in_days(300)
    return {"start_time": start.isoformat(), "end_time": (start + HOUR).isoformat(), **fields}


def between(start: datetime, end: datetime, **fields: Any) -> dict[str, Any]:
    return {"start_time": start.isoformat(), "end_time": end.isoformat(), **fields}


def recurring(**fields: Any) -> dict[str, Any]:
    usual = {"start_date": day(100), "end_date": day(106), "start_time": "09:00", "end_time": "12:00"}
    return {**usual, "days_of_week": [1, 2, 3], **fields}


def configuration(**fields: Any) -> dict[str, Any]:
    usual = {"interview_type": "coding", "day_of_week": 4, "start_time": "09:00", "end_time": "12:00"}
    return {**usual, **fields}


def search(**fields: Any) -> dict[str, Any]:
    return {"start_date": day(1), "end_date": day(8), **fields}


def without(values: dict[str, Any], name: str) -> dict[str, Any]:
    return {key: value for key, value in values.items() if key != name}


Case = tuple[str, dict[str, Any], str]  # the address, the body, and the field that is to be named

Values = tuple[Any, ...]

NOT_WHOLE: Values = (True, "1", 1.5, [1], {}, None, HUGE)
NOT_TEXT: Values = (1, True, 1.5, ["a"], {"a": 1}, None, "a\x00b")
NOT_PROSE: Values = tuple(each for each in NOT_TEXT if each is not None)  # where it may be empty, null is empty
NOT_INSTANTS: Values = (
    *(
        None,
        1,
        True,
        [],
        {},
        "",
        "tomorrow",
        "2027-01-01",
        "09:00",
        "2027-13-01T09:00:00Z",
        "2027-02-30T09:00:00Z",
    ),
    *("2027-01-01T24:30:00Z", "2027-01-01T09:00:00+25:00", "2027-W01-1T09:00:00Z", "20270101T090000Z"),
    *("٢٠٢٧-01-01T09:00:00Z", "2027-01-01T09:00:00Z\x00", " 2027-01-01T09:00:00Z", "0000-01-01T00:00:00Z"),
)
NOT_DAYS: Values = (
    None,
    1,
    [],
    "",
    "today",
    "2027-1-5",
    "20270105",
    "2027-02-30",
    "2027-01-05T00:00:00",
    "1999-12-31",
    "9999-01-01",
)
NOT_CLOCKS: Values = (None, 9, [], "", "9", "9:00", "24:00", "09:60", "09:00Z", "T09:00", "09:00:00.5", "0900")
NOT_IDS: Values = (None, 1, [], {}, "", "x", NOWHERE + "0", f"{{{NOWHERE[1:-1]}}}", NOWHERE.replace("-", "") + "----")
NOT_ZONES: Values = (1, [], {}, "Mars/Olympus", "localtime", "../etc/passwd", "CEST", "Europe/berlin", "+02:00")
NOT_TYPES: Values = (1, True, [], {}, "", "foo", "Technical", None)


def bad(address: str, right: dict[str, Any], field: str, values: Any) -> list[Case]:
    return [(address, {**right, field: value}, field) for value in values]


SLOT_CASES: list[Case] = [
    *bad(SLOTS, slot(), "start_time", NOT_INSTANTS),
    *bad(SLOTS, slot(), "end_time", NOT_INSTANTS),
    *bad(SLOTS, slot(), "duration_minutes", (*NOT_WHOLE[:5], HUGE, 0, -1, 59, 61, 1441)),
    *bad(SLOTS, slot(), "max_candidates", (*NOT_WHOLE, 0, -1, 1001, 10**9, 10**18)),
    *bad(SLOTS, slot(), "ai_interview_type", NOT_TYPES),
    *bad(SLOTS, slot(), "slot_type", NOT_TYPES),
    *bad(SLOTS, slot(), "notes", (*NOT_PROSE, "x" * 10_001)),
    *bad(SLOTS, slot(), "job", (True, "1", 1.5, [1], {}, HUGE, 0, -1, 10**9, 2**63)),
    *bad(SLOTS, slot(), "company", (True, 1.5, [1], {}, HUGE)),
    *bad(SLOTS, slot(), "ai_configuration", (None, 1, "{}", [], [1], True)),
    *bad(
        SLOTS,
        slot(),
        "ai_configuration",
        (
            {"difficulty": 3},
            {"difficulty": ""},
            {"difficulty": "brutal"},
            {"difficulty": ["easy"]},
            {"kit": "no such kit"},
            {"kit": "3f0e8b9e-0000-4000-8000-000000000001"},
            {"topics": "python"},
            {"topics": [1]},
            {"topics": ["x"] * 51},
            {"language": {}},
            {"questions": 0},
            {"questions": 51},
            {"questions": True},
            {"questions": "3"},
            {"duration_minutes": -5},
            {"kit": []},
            {"own": "x" * 33_000},
        ),
    ),
    (SLOTS, without(slot(), "start_time"), "start_time"),
    (SLOTS, without(slot(), "end_time"), "end_time"),
    (SLOTS, between(in_days(300), in_days(300)), "end_time"),
    (SLOTS, between(in_days(300), in_days(299)), "end_time"),
    (SLOTS, between(in_days(300), in_days(301) + timedelta(minutes=1)), "end_time"),
    (SLOTS, between(in_days(300), in_days(300) + timedelta(seconds=90)), "end_time"),
    (SLOTS, between(in_days(300), in_days(300) + timedelta(microseconds=60_000_001)), "end_time"),
    (SLOTS, between(in_days(-1), in_days(-1) + HOUR), "start_time"),
    (SLOTS, between(datetime(1, 1, 1, tzinfo=UTC), datetime(1, 1, 1, 1, tzinfo=UTC)), "start_time"),
    (
        SLOTS,
        between(datetime(9999, 12, 31, 1, tzinfo=UTC), datetime(9999, 12, 31, 2, tzinfo=UTC)),
        "start_time",
    ),
    (SLOTS, between(in_days(5 * 366 + 2), in_days(5 * 366 + 2) + HOUR), "start_time"),
]
RECURRING_CASES: list[Case] = [
    *bad(SLOTS + "create_recurring/", recurring(), "start_date", (*NOT_DAYS, day(-2))),
    *bad(SLOTS + "create_recurring/", recurring(), "end_date", (*NOT_DAYS, day(99), day(5 * 366 + 3))),
    *bad(SLOTS + "create_recurring/", recurring(), "start_time", (*NOT_CLOCKS, "09:00:30")),
    *bad(SLOTS + "create_recurring/", recurring(), "end_time", (*NOT_CLOCKS, "08:00", "09:00")),
    *bad(SLOTS + "create_recurring/", recurring(), "slot_duration", (*NOT_WHOLE, 0, 4, -60, 481, 181)),
    *bad(SLOTS + "create_recurring/", recurring(), "break_duration", (*NOT_WHOLE, -1, 241)),
    *bad(SLOTS + "create_recurring/", recurring(), "max_candidates_per_slot", (*NOT_WHOLE, 0, -1, 1001)),
    *bad(SLOTS + "create_recurring/", recurring(), "days_of_week", (None, 1, "1", {}, [], [1] * 8)),
    *bad(SLOTS + "create_recurring/", recurring(), "timezone", (*NOT_ZONES, "")),
    *bad(SLOTS + "create_recurring/", recurring(), "ai_interview_type", NOT_TYPES),
    *bad(SLOTS + "create_recurring/", recurring(), "job_id", (True, "1", [1], 0, 10**9, HUGE)),
    *bad(SLOTS + "create_recurring/", recurring(), "company_id", (True, 1.5, [1], HUGE)),
    *bad(SLOTS + "create_recurring/", recurring(), "dry_run", (None, 1, "true", "yes", [])),
    *bad(SLOTS + "create_recurring/", recurring(), "ai_configuration", (1, [], {"questions": 99})),
    *bad(SLOTS + "create_recurring/", recurring(), "notes", NOT_PROSE),
    *(
        (SLOTS + "create_recurring/", recurring(days_of_week=[1, each]), "days_of_week[1]")
        for each in (0, 8, -1, "2", True, None)
    ),
    # Four years of five-minute slots on every hour of every day.
    (
        SLOTS + "create_recurring/",
        recurring(
            start_time="00:00",
            end_time="00:00",
            end_date=day(1500),
            days_of_week=[1, 2, 3, 4, 5, 6, 7],
            slot_duration=5,
        ),
        "end_date",
    ),
    *((SLOTS + "create_recurring/", without(recurring(), name), name) for name in recurring()),
]
SEARCH_CASES: list[Case] = [
    *bad(SLOTS + "search_available/", search(), "start_date", NOT_DAYS),
    *bad(SLOTS + "search_available/", search(), "end_date", (*NOT_DAYS, day(0), day(400))),
    *bad(SLOTS + "search_available/", search(), "start_time", NOT_CLOCKS[1:]),
    *bad(SLOTS + "search_available/", search(), "end_time", NOT_CLOCKS[1:]),
    *bad(SLOTS + "search_available/", search(), "timezone", (*NOT_ZONES, "")),
    *bad(SLOTS + "search_available/", search(), "ai_interview_type", NOT_TYPES[:-1]),
    *bad(SLOTS + "search_available/", search(), "duration_minutes", (True, "60", [], 0, -1, 1441, HUGE)),
    *bad(SLOTS + "search_available/", search(), "job_id", (True, "1", [], 0, HUGE)),
    *bad(SLOTS + "search_available/", search(), "company_id", (True, 1.5, [], HUGE)),
    (SLOTS + "search_available/", {}, "start_date"),
]
CONFIGURATION_CASES: list[Case] = [
    *bad(CONFIGURATIONS, configuration(), "interview_type", NOT_TYPES),
    *bad(CONFIGURATIONS, configuration(), "day_of_week", (*NOT_WHOLE, 0, 8, -1)),
    *bad(CONFIGURATIONS, configuration(), "start_time", (*NOT_CLOCKS, "09:00:01")),
    *bad(CONFIGURATIONS, configuration(), "end_time", (*NOT_CLOCKS, "09:00", "08:59")),
    *bad(CONFIGURATIONS, configuration(), "slot_duration", (*NOT_WHOLE, 0, 4, 481, 181)),
    *bad(CONFIGURATIONS, configuration(), "break_duration", (*NOT_WHOLE, -1, 241)),
    *bad(CONFIGURATIONS, configuration(), "max_candidates", (*NOT_WHOLE, 0, 1001)),
    *bad(CONFIGURATIONS, configuration(), "timezone", NOT_ZONES),
    *bad(CONFIGURATIONS, configuration(), "valid_from", NOT_DAYS),
    *bad(CONFIGURATIONS, configuration(valid_from=day(10)), "valid_until", (*NOT_DAYS[1:], day(9))),
    *bad(CONFIGURATIONS, configuration(), "holidays", (1, [], "XX", "DEU", "US-XX", "nonsense", "x" * 17)),
    *bad(CONFIGURATIONS, configuration(), "excluded_dates", (None, 1, "2027-01-01", {}, ["2027-01-01"] * 1001)),
    (CONFIGURATIONS, configuration(excluded_dates=["2027-01-01", "no"]), "excluded_dates[1]"),
    *bad(
        CONFIGURATIONS,
        configuration(),
        "ai_settings",
        (None, 1, [], {"questions": "many"}, {"x": "y" * 33_000}),
    ),
    *((CONFIGURATIONS, without(configuration(), name), name) for name in configuration()),
]
BOOKING = {"interview_id": NOWHERE, "slot_id": NOWHERE}
BOOKING_CASES: list[Case] = [
    *(
        (address, {**BOOKING, name: value}, name)
        for address in (SCHEDULES, SCHEDULES + "book_interview/")
        for name in BOOKING
        for value in NOT_IDS
    ),
    *bad(SCHEDULES, BOOKING, "booking_notes", (*NOT_PROSE, "x" * 10_001)),
    (SCHEDULES, {}, "interview_id"),
    (SCHEDULES, without(BOOKING, "slot_id"), "slot_id"),
    *bad(SCHEDULES + "import/", {}, "bookings", (None, 1, {}, [], [BOOKING] * 501)),
    (SCHEDULES + "import/", {"bookings": [BOOKING, {"interview_id": NOWHERE}]}, "bookings[1].slot_id"),
    (SCHEDULES + "import/", {"bookings": [1]}, "bookings[0]"),
    ("/api/interviews/", {}, "candidate"),
    *bad("/api/interviews/", {}, "candidate", (*NOT_WHOLE, 0, -1, 10**9)),
    ("/api/interviews/", {"candidate": 1, "job": "x"}, "job"),
    ("/api/interviews/", {"candidate": 1, "interview_round": ""}, "interview_round"),
    ("/api/interviews/", {"candidate": 1, "interview_round": "x" * 101}, "interview_round"),
    ("/api/interviews/", {"candidate": 1, "feedback": 5}, "feedback"),
]
PERSON = {"full_name": "Ann", "email": "ann@example.com"}
USER = {**PERSON, "role": "recruiter", "password": PASSWORD}
NOT_EMAILS: Values = (
    None,
    1,
    [],
    "",
    "ann",
    "ann@",
    "@example.com",
    "a b@example.com",
    "a@b\x00.com",
    "x" * 250 + "@example.com",
)
PEOPLE_CASES: list[Case] = [
    *bad("/api/jobs/", {"job_title": "J"}, "job_title", (*NOT_TEXT, "", "   ", "x" * 201)),
    *bad("/api/jobs/", {"job_title": "J"}, "description", (*NOT_PROSE, "x" * 50_001)),
    *bad("/api/jobs/", {"job_title": "J"}, "tech_stack", (None, 1, "python", {}, ["x"] * 101)),
    ("/api/jobs/", {"job_title": "J", "tech_stack": ["ok", 5]}, "tech_stack[1]"),
    ("/api/jobs/", {"job_title": "J", "tech_stack": ["ok", "a\x00"]}, "tech_stack[1]"),
    *bad("/api/jobs/", {"job_title": "J"}, "is_active", (None, 1, "true", [])),
    ("/api/jobs/", {}, "job_title"),
    *bad("/api/candidates/", PERSON, "email", NOT_EMAILS),
    *bad("/api/candidates/", PERSON, "full_name", (*NOT_TEXT, "", "  ", "x" * 201)),
    *bad("/api/candidates/", PERSON, "phone", (*NOT_PROSE, "1" * 41)),
    *bad("/api/candidates/", PERSON, "work_experience", (True, "3", [], -1, 80.5, 100, 1.25, HUGE, 1e300)),
    *bad("/api/candidates/", PERSON, "poc_email", NOT_EMAILS[1:3] + NOT_EMAILS[4:]),
    *bad("/api/candidates/", PERSON, "job", (True, "1", 0, 10**9, HUGE)),
    ("/api/candidates/", {**PERSON, "resume": "a text"}, "resume"),
    ("/api/candidates/", without(PERSON, "email"), "email"),
    ("/api/candidates/", without(PERSON, "full_name"), "full_name"),
    *bad("/api/candidates/bulk-create/", {}, "candidates", (None, 1, {}, [], "x", [PERSON] * 5001)),
    ("/api/candidates/bulk-create/", {}, "candidates"),
    ("/api/candidates/bulk-create/", {"candidates": [PERSON, {"full_name": "Bob"}]}, "candidates[1].email"),
    (
        "/api/candidates/bulk-create/",
        {"candidates": [PERSON, {**PERSON, "email": "no"}]},
        "candidates[1].email",
    ),
    ("/api/candidates/bulk-create/", {"candidates": [PERSON, PERSON]}, "candidates[1].email"),
    ("/api/candidates/bulk-create/", {"candidates": [PERSON, 7]}, "candidates[1]"),
    (
        "/api/candidates/bulk-create/",
        {"candidates": [{**PERSON, "full_name": "a\x00"}]},
        "candidates[0].full_name",
    ),
    *bad("/api/users/", USER, "email", NOT_EMAILS),
    *bad("/api/users/", USER, "role", (None, 1, "", "owner", "admin", [])),
    *bad("/api/users/", USER, "full_name", (*NOT_TEXT, "", "x" * 201)),
    *bad("/api/users/", USER, "password", (1, [], "", "short", "12345678901", "password", "x" * 129)),
    ("/api/users/", {}, "role"),
]
CASES = [
    *SLOT_CASES,
    *RECURRING_CASES,
    *SEARCH_CASES,
    *CONFIGURATION_CASES,
    *BOOKING_CASES,
    *PEOPLE_CASES,
]


def test_bad_bodies_are_refused_naming_the_field(ours: Tenant, api: APIClient, subtests: pytest.Subtests) -> None:
    before = state()
    for address, values, field in CASES:
        with subtests.test(address=address, field=field, value=repr(values.get(field.partition("[")[0]))[:60]):
            assert_problem(_post(api, address, values), 400, field)
    assert state() == before


def test_bad_changes_are_refused_naming_the_field(ours: Tenant, api: APIClient, subtests: pytest.Subtests) -> None:
    """PUT and PATCH check what POST checks."""
    addresses = {
        SLOTS: f"{SLOTS}{ours.slot.pk}/",
        CONFIGURATIONS: f"{CONFIGURATIONS}{ours.configuration.pk}/",
        "/api/jobs/": f"/api/jobs/{ours.job.pk}/",
        "/api/candidates/": f"/api/candidates/{ours.candidate.pk}/",
    }
    before = state()
    for collection, values, field in CASES:
        name = field.partition("[")[0]
        if collection not in addresses or name not in values or name in ("company", "valid_from"):
            continue
        with subtests.test(address=collection, field=field, value=repr(values[name])[:60]):
            put = send(api, "PUT", addresses[collection], json.dumps(values).encode())
            assert_problem(put, 400, field)
            only = (
                values if name in ("start_time", "end_time", "valid_until", "slot_duration") else {name: values[name]}
            )
            patch = send(api, "PATCH", addresses[collection], json.dumps(only).encode())
            assert_problem(patch, 400, field)
    assert state() == before


ADMIN_CASES: list[Case] = [
    *bad("/api/companies/", {"name": "N", "email": "n@example.com"}, "email", NOT_EMAILS),
    *bad("/api/companies/", {"name": "N", "email": "n@example.com"}, "name", (*NOT_TEXT, "", "x" * 201)),
    *bad("/api/companies/", {"name": "N", "email": "n@example.com"}, "timezone", (*NOT_ZONES, "", None)),
    *bad("/api/companies/", {"name": "N", "email": "n@example.com"}, "password", (1, "", "short", "password")),
    (SLOTS, slot(), "company"),
    (SLOTS, slot(company=10**9), "company"),
    (SLOTS + "create_recurring/", recurring(), "company_id"),
    (SLOTS + "create_recurring/", recurring(company_id=10**9), "company_id"),
    (CONFIGURATIONS, configuration(), "company"),
    (CONFIGURATIONS, configuration(company=10**9), "company"),
    ("/api/jobs/", {"job_title": "J"}, "company"),
    ("/api/jobs/", {"job_title": "J", "company": 10**9}, "company"),
    ("/api/candidates/", {**PERSON, "company": 10**9}, "company"),
    ("/api/candidates/bulk-create/", {"candidates": [PERSON], "company": 10**9}, "company"),
    ("/api/users/", USER, "company"),
    ("/api/users/", {**USER, "company": 10**9}, "company"),
]


def test_bad_bodies_of_an_administrator_are_refused(admin: APIClient, subtests: pytest.Subtests) -> None:
    before = state()
    for address, values, field in ADMIN_CASES:
        with subtests.test(address=address, field=field, value=repr(values.get(field))[:60]):
            assert_problem(_post(admin, address, values), 400, field)
    assert state() == before


def test_bad_bodies_for_one_object_are_refused(ours: Tenant, api: APIClient, subtests: pytest.Subtests) -> None:
    booked, schedule = f"{SLOTS}{ours.booked_slot.pk}/", f"{SCHEDULES}{ours.schedule.pk}/"
    conflict, generate = (
        f"{CONFLICTS}{ours.conflict.pk}/resolve_conflict/",
        f"{CONFIGURATIONS}{ours.configuration.pk}/generate/",
    )
    cases: list[Case] = [
        *bad(f"{booked}book_slot/", {}, "interview_id", NOT_IDS),
        *bad(f"{booked}book_slot/", {"interview_id": NOWHERE}, "booking_notes", NOT_PROSE),
        *bad(f"{booked}release_slot/", {}, "interview_id", NOT_IDS[1:]),
        *bad(f"{booked}release_slot/", {}, "schedule_id", NOT_IDS[1:]),
        *bad(f"{booked}cancel_slot/", {}, "reason", (*NOT_PROSE, "x" * 2001)),
        *bad(f"{schedule}cancel_schedule/", {}, "reason", (*NOT_PROSE, "x" * 2001)),
        *bad(f"{schedule}reschedule/", {}, "slot_id", NOT_IDS),
        (f"{schedule}reschedule/", {}, "slot_id"),
        *bad(conflict, {}, "resolution", (None, 1, [], "", "pending", "foo")),
        (conflict, {}, "resolution"),
        *bad(conflict, {"resolution": "resolved"}, "slot_id", NOT_IDS[1:]),
        *bad(conflict, {"resolution": "resolved"}, "resolution_notes", (*NOT_PROSE, "x" * 10_001)),
        *bad(generate, {}, "until", (*NOT_DAYS, day(-2), day(5 * 366 + 3))),
        (generate, {}, "until"),
        *bad(generate, {"until": day(9)}, "dry_run", (None, 1, "true")),
    ]
    before = state()
    for address, values, field in cases:
        with subtests.test(address=address, field=field, value=repr(values.get(field))[:60]):
            assert_problem(_post(api, address, values), 400, field)
    for value in (*NOT_PROSE, "x" * 10_001):
        with subtests.test(address=schedule, value=repr(value)[:60]):
            assert_problem(api.put(schedule, {"booking_notes": value}, format="json"), 400, "booking_notes")
            assert_problem(api.patch(schedule, {"booking_notes": value}, format="json"), 400, "booking_notes")
    assert_problem(api.put(schedule, {}, format="json"), 400, "booking_notes")
    assert state() == before


LOGIN = {"email": "company@alphaworks.example.com", "password": PASSWORD}
REGISTER = {"company_name": "New", "full_name": "Ann", "email": "ann@example.com", "password": PASSWORD}
AUTH_CASES: list[Case] = [
    *bad("/api/auth/login/", LOGIN, "email", (*NOT_TEXT, "", "x" * 255)),
    *bad("/api/auth/login/", LOGIN, "password", (*NOT_TEXT, "", "x" * 129)),
    ("/api/auth/login/", {}, "email"),
    *bad("/api/auth/register/", REGISTER, "email", NOT_EMAILS),
    *bad("/api/auth/register/", REGISTER, "company_name", (*NOT_TEXT, "", "x" * 201)),
    *bad("/api/auth/register/", REGISTER, "full_name", (*NOT_TEXT, "", "x" * 201)),
    *bad("/api/auth/register/", REGISTER, "password", (1, None, "", "short", "password", "98765432101")),
    *bad("/api/auth/register/", REGISTER, "timezone", (*NOT_ZONES, "", None)),
    ("/api/auth/register/", {}, "company_name"),
    *bad(
        "/api/auth/accept-invitation/",
        {"token": "x", "password": PASSWORD},
        "token",
        (*NOT_TEXT, "", "x", ".", "MQ.x", "x" * 201),
    ),
]


def test_bad_logins_and_registrations_are_refused(
    ours: Tenant, anonymous: APIClient, settings: Any, subtests: pytest.Subtests
) -> None:
    settings.PARLEY_THROTTLE = {"login": "1000/minute", "register": "1000/minute"}
    before = state()
    for address, values, field in AUTH_CASES:
        with subtests.test(address=address, field=field, value=repr(values.get(field))[:60]):
            assert_problem(_post(anonymous, address, values), 400, field)
    assert state() == before


def test_a_wrong_password_and_an_unknown_address_are_told_alike(ours: Tenant, anonymous: APIClient) -> None:
    wrong = _post(anonymous, "/api/auth/login/", {**LOGIN, "password": "wrong"})
    unknown = _post(anonymous, "/api/auth/login/", {**LOGIN, "email": "nobody@example.com"})
    assert_problem(wrong, 400, code="login_failed")
    assert wrong.content == unknown.content


QUERIES = [
    *(
        (address, f"page={page}", "page")
        for address in (SLOTS, "/api/jobs/")
        for page in ("0", "-1", "abc", "1.5", "", "9999999999", "%00", "%D9%A1")
    ),
    *((SLOTS, f"page_size={size}", "page_size") for size in ("0", "501", "-5", "abc", "", "1e2")),
    *(
        (SLOTS, f"{name}={value}", name)
        for name in ("status", "ai_interview_type")
        for value in ("foo", "", "%00", "AVAILABLE", "1")
    ),
    *(
        (SLOTS, f"{name}={value}", name)
        for name in ("company", "job")
        for value in ("x", "", "1.5", "-1", "1e3", "NaN", "9" * 30, "%00")
    ),
    *(
        (SLOTS, f"{name}={value}", name)
        for name in ("start_after", "start_before")
        for value in ("nonsense", "", "2027-01-01", "2027-13-01T00:00Z", "%00", "9")
    ),
    *(
        (SLOTS, f"ordering={value}", "ordering")
        for value in ("foo", "", ",", "start_time,", ",start_time", "start_time,foo", "pk", "company__name", "password")
    ),
    *(
        (SCHEDULES, f"{name}={value}", name)
        for name in ("slot", "interview")
        for value in ("x", "", "1", NOWHERE.replace("-", ""), "%00")
    ),
    (SCHEDULES, "status=available", "status"),
    (CONFLICTS, "resolution=foo", "resolution"),
    (CONFLICTS, "conflict_type=foo", "conflict_type"),
    (CONFLICTS, "primary_interview=5", "primary_interview"),
    (CONFIGURATIONS, "interview_type=foo", "interview_type"),
    (CONFIGURATIONS, "day_of_week=monday", "day_of_week"),
    ("/api/interviews/", "status=foo", "status"),
    ("/api/interviews/", "candidate=x", "candidate"),
    ("/api/jobs/", "is_active=maybe", "is_active"),
    ("/api/jobs/", "search=", "search"),
    ("/api/jobs/", "search=a%00b", "search"),
    ("/api/candidates/", "search=" + "x" * 201, "search"),
    ("/api/candidates/", "ordering=resume", "ordering"),
    ("/api/users/", "role=owner", "role"),
    *(
        ("/api/interviews/available-slots/", f"{name}={value}", name)
        for name in ("start_date", "end_date")
        for value in ("nonsense", "", "2027-1-5", "9999-01-01", "%00")
    ),
    ("/api/interviews/available-slots/", "start_date=2027-03-01&end_date=2027-02-28", "end_date"),
    ("/api/interviews/available-slots/", "start_date=2027-03-01&end_date=2028-06-01", "end_date"),
    ("/api/interviews/available-slots/", "timezone=Mars/Olympus", "timezone"),
    ("/api/interviews/available-slots/", "company_id=x", "company_id"),
    ("/api/interviews/available-slots/", "ai_interview_type=foo", "ai_interview_type"),
    *(
        ("/api/interviews/calendar/", f"year={value}", "year")
        for value in ("99999", "1999", "0", "-1", "x", "", "2027.0", "%D9%A2")
    ),
    *(("/api/interviews/calendar/", f"year=2027&month={value}", "month") for value in ("0", "13", "x", "", "1_0")),
    *(("/api/interviews/calendar/", f"year=2027&week={value}", "week") for value in ("0", "53", "54", "x")),
    ("/api/interviews/calendar/", "month=3", "year"),
    ("/api/interviews/calendar/", "start_date=2027-01-01", "end_date"),
    ("/api/interviews/calendar/", "end_date=2027-01-01", "start_date"),
    ("/api/interviews/calendar/", "start_date=2027-01-02&end_date=2027-01-01", "end_date"),
    ("/api/interviews/calendar/", "timezone=x", "timezone"),
]


def test_bad_queries_are_refused_naming_the_parameter(ours: Tenant, api: APIClient, subtests: pytest.Subtests) -> None:
    for address, query, field in QUERIES:
        with subtests.test(address=address, query=query[:60]):
            assert_problem(api.get(f"{address}?{query}"), 400, field)
    assert_problem(api.get("/api/jobs/", QUERY_STRING="search=%FF%FE&page=%FF"), 400, "page")


@pytest.mark.parametrize("cascade", ["foo", "", "CANCEL", "true"])
def test_an_unknown_cascade_is_refused(cascade: str, ours: Tenant, api: APIClient) -> None:
    address = f"{SLOTS}{ours.booked_slot.pk}/"
    with unchanged():
        assert_problem(api.delete(f"{address}?cascade={cascade}"), 400, "cascade")
        assert_problem(api.post(f"{address}cancel_slot/?cascade={cascade}"), 400, "cascade")


SERVER_OWNED = {
    "id": NOWHERE,
    "status": "cancelled",
    "current_bookings": 1,
    "is_available": False,
    "available_spots": 99,
    "is_customised": True,
    "company_name": "Other",
    "recurring_pattern": {"x": 1},
    "created_at": "2020-01-01T00:00:00Z",
    "cancelled_at": "2020-01-01T00:00:00Z",
}


def test_server_owned_fields_of_a_slot_are_never_obeyed(ours: Tenant, api: APIClient) -> None:
    made = api.post(SLOTS, slot(**SERVER_OWNED), format="json")
    assert made.status_code == 201, made.content
    for answer in (
        made,
        api.patch(f"{SLOTS}{made.json()['id']}/", SERVER_OWNED, format="json"),
        api.put(f"{SLOTS}{made.json()['id']}/", slot(**SERVER_OWNED), format="json"),
    ):
        got = answer.json()
        assert got["id"] != NOWHERE
        assert (got["status"], got["current_bookings"], got["available_spots"]) == ("available", 0, 1)
        assert (got["company_name"], got["recurring_pattern"]) == ("alphaworks Inc", None)
        assert got["created_at"] > "2026"


def test_server_owned_fields_of_bookings_and_interviews_are_never_obeyed(ours: Tenant, api: APIClient) -> None:
    owned = {
        "id": NOWHERE,
        "status": "confirmed",
        "cancelled_at": "2020-01-01T00:00:00Z",
        "slot": NOWHERE,
        "interview": NOWHERE,
    }
    booking = {"interview_id": str(ours.interview.pk), "slot_id": str(ours.slot.pk)}
    made = api.post(SCHEDULES, {**owned, **booking}, format="json")
    assert made.status_code == 201, made.content
    changed = api.patch(f"{SCHEDULES}{made.json()['id']}/", owned, format="json")
    for got in (made.json(), changed.json()):
        assert (got["status"], got["cancelled_at"], got["slot"]) == ("pending", None, str(ours.slot.pk))
    owned = {"id": NOWHERE, "status": "completed", "started_at": "2020-01-01T00:00:00Z", "schedule": NOWHERE}
    interview = api.post("/api/interviews/", {**owned, "candidate": ours.candidate.pk}, format="json").json()
    changed = api.patch(f"/api/interviews/{interview['id']}/", owned, format="json")
    for got in (interview, changed.json()):
        assert (got["status"], got["started_at"], got["schedule"]) == ("scheduled", None, None)
        assert got["id"] != NOWHERE


def test_a_local_time_that_the_clocks_skip_is_refused(ours: Tenant, api: APIClient) -> None:
    """Berlin's clocks go from 02:00 to 03:00 on 28 March 2027."""
    with unchanged():
        skipped = {"start_time": "2027-03-28T02:30:00", "end_time": "2027-03-28T04:00:00"}
        assert "skip" in assert_problem(api.post(SLOTS, skipped, format="json"), 400, "start_time")["detail"]
        skipped = {"start_time": "2027-03-28T01:30:00", "end_time": "2027-03-28T02:30:00"}
        assert_problem(api.post(SLOTS, skipped, format="json"), 400, "end_time")
    assert_problem(api.get(f"{SLOTS}?start_after=2027-03-28T02:30:00"), 400, "start_after")


# --- bodies that are not what they say ------------------------------------------------------------------

BODIES: list[tuple[bytes, str, int]] = [
    (b"", "application/json", 400),
    (b"{", "application/json", 400),
    (b"null", "application/json", 400),
    (b"[]", "application/json", 400),
    (b"5", "application/json", 400),
    (b'"text"', "application/json", 400),
    (b"true", "application/json", 400),
    (b'{"max_candidates": NaN}', "application/json", 400),
    (b'{"max_candidates": Infinity}', "application/json", 400),
    (b'{"max_candidates": -Infinity}', "application/json", 400),
    (b'{"max_candidates": 1e400}', "application/json", 400),
    (b'{"max_candidates": -1e400}', "application/json", 400),
    (b'{"notes": "\\ud800"}', "application/json", 400),
    (b'{"notes": "\\udfff\\ud800"}', "application/json", 400),
    (b'{"notes": "\xff\xfe"}', "application/json", 400),
    (b'{"notes": "\xed\xa0\x80"}', "application/json", 400),
    (b'{"\\u0000": 1}', "application/json", 400),
    (b'{"a": {"b\\u0000": 1}}', "application/json", 400),
    (b'{"notes": "a"', "application/json", 400),
    (b"{'notes': 'a'}", "application/json", 400),
    (b'{"notes": "a"} x', "application/json", 400),
    ("\ufeff{}".encode(), "application/json", 400),
    ('{"notes": "a"}'.encode("utf-16"), "application/json", 400),
    (b'{"a":' * 5000 + b"1" + b"}" * 5000, "application/json", 400),
    (b"[" * 5000 + b"]" * 5000, "application/json", 400),
    (b'{"ai_configuration": ' + b'{"a":' * 80 + b"1" + b"}" * 81, "application/json", 400),
    (b"[" * 100_000, "application/json", 400),
    (b'{"start_time": "x"}', "text/plain", 415),
    (b'{"start_time": "x"}', "", 415),
    (b"start_time=x", "application/x-www-form-urlencoded", 415),
    (b"<slot/>", "application/xml", 415),
    (b"--x\r\n", "multipart/form-data; boundary=x", 415),
    (b"{}", "application/json-patch+json", 415),
    (b"{}", "nonsense", 415),
    (b"{}", "application/json\x00", 415),
    (b"{" + b" " * 2_600_000 + b"}", "application/json", 413),
    (b"x" * 20_000_000, "application/json", 413),
    (b"x" * 20_000_000, "multipart/form-data; boundary=x", 413),
    (b"x" * 20_000_000, "application/octet-stream", 413),
]
POSTS = (
    SLOTS,
    SLOTS + "create_recurring/",
    SCHEDULES + "book_interview/",
    "/api/jobs/",
    "/api/users/",
    "/api/candidates/bulk-create/",
)


def test_broken_bodies_are_refused(
    ours: Tenant, api: APIClient, anonymous: APIClient, subtests: pytest.Subtests
) -> None:
    before = state()
    for content, content_type, status in BODIES:
        addresses = POSTS if len(content) < 200_000 else POSTS[:1]
        for address in addresses:
            with subtests.test(address=address, content=content[:30], content_type=content_type):
                assert_problem(send(api, "POST", address, content, content_type), status)
        with subtests.test(content=content[:30], content_type=content_type):
            answer = send(anonymous, "POST", "/api/auth/login/", content, content_type)
            assert_problem(answer, status)
    assert state() == before


def test_broken_bodies_are_refused_by_calls_without_a_body(ours: Tenant, api: APIClient) -> None:
    addresses = (
        f"{SCHEDULES}{ours.schedule.pk}/confirm_schedule/",
        f"/api/interviews/{ours.interview.pk}/invite/",
    )
    with unchanged():
        for address in addresses:
            assert_problem(send(api, "POST", address, b"{", "application/json"), 400)
            assert_problem(send(api, "POST", address, b"x=1", "text/plain"), 415)


def test_a_duplicated_member_means_its_last_value(ours: Tenant, api: APIClient) -> None:
    content = b'{"job_title": "first", "job_title": "second"}'
    made = send(api, "POST", "/api/jobs/", content, "application/json; charset=utf-8")
    assert (made.status_code, made.json()["job_title"]) == (201, "second")


def test_unusual_but_right_text_is_kept(ours: Tenant, api: APIClient) -> None:
    title = "Ing\u00e9nieur \U0001f600 \ufdfd \u200d x"
    made = api.post("/api/jobs/", {"job_title": title}, format="json")
    assert api.get(f"/api/jobs/{made.json()['id']}/").json()["job_title"] == title


def _upload(content: bytes, name: str, content_type: str = "application/pdf") -> SimpleUploadedFile:
    return SimpleUploadedFile(name, content, content_type)


RESUMES = {
    "empty": (b"", "cv.pdf"),
    "text named pdf": (b"just text", "cv.pdf"),
    "text named docx": (b"just text", "cv.docx"),
    "broken pdf": (b"%PDF-1.7\n" + b"\x00\xff" * 500, "cv.pdf"),
    "pdf named docx": (b"%PDF-1.7\n%%EOF", "cv.docx"),
    "zip that is no docx": (b"PK\x05\x06" + b"\x00" * 18, "cv.docx"),
    "page": (b"<html></html>", "cv.html"),
    "program": (b"MZ" + b"\x00" * 100, "cv.exe"),
    "no name": (b"\x89PNG\r\n\x1a\n", "x"),
    "long name": (b"%PDF-1.7", "x" * 300 + ".pdf"),
}


@pytest.mark.parametrize("what", RESUMES)
def test_a_resume_that_is_not_what_it_says_is_refused(what: str, ours: Tenant, api: APIClient) -> None:
    content, name = RESUMES[what]
    calls = {
        "/api/candidates/": PERSON,
        "/api/candidates/extract_resume/": {},
    }
    with unchanged():
        for address, values in calls.items():
            answer = api.post(address, {**values, "resume": _upload(content, name)}, format="multipart")
            assert_problem(answer, 400, "resume")
        address = f"/api/candidates/{ours.candidate.pk}/"
        assert_problem(api.patch(address, {"resume": _upload(content, name)}, format="multipart"), 400, "resume")


def test_a_resume_above_10_mb_is_refused(ours: Tenant, api: APIClient) -> None:
    with unchanged():
        over = _upload(b"%PDF-1.7" + b"x" * (10 * 1024 * 1024), "cv.pdf")
        assert_problem(api.post("/api/candidates/", {**PERSON, "resume": over}, format="multipart"), 413, "resume")
        far_over = _upload(b"x" * 20_000_000, "cv.pdf")
        assert_problem(api.post("/api/candidates/", {**PERSON, "resume": far_over}, format="multipart"), 413)


FORMS: dict[str, tuple[bytes, str]] = {
    "no boundary": (b"x", "multipart/form-data"),
    "other boundary": (b"--y\r\n\r\n--y--", "multipart/form-data; boundary=x"),
    "cut off": (
        b'--x\r\nContent-Disposition: form-data; name="full_name"\r\n\r\nAn',
        "multipart/form-data; boundary=x",
    ),
    "empty": (b"", "multipart/form-data; boundary=x"),
    "without parts": (b"--x\r\n[]--x--\r\n", "multipart/form-data; boundary=x"),
    "too many fields": (
        b"".join(b'--x\r\nContent-Disposition: form-data; name="a"\r\n\r\n1\r\n' for _ in range(1500)) + b"--x--\r\n",
        "multipart/form-data; boundary=x",
    ),
    "too many files": (
        b"".join(b'--x\r\nContent-Disposition: form-data; name="a"; filename="a"\r\n\r\n1\r\n' for _ in range(150))
        + b"--x--\r\n",
        "multipart/form-data; boundary=x",
    ),
    "boundary that is not ASCII": (b"x", "multipart/form-data; boundary=\xe4"),
    "charset that is none": (b"--x--\r\n", "multipart/form-data; boundary=x; charset=nonsense"),
}


@pytest.mark.parametrize("what", FORMS)
def test_a_broken_form_is_refused(what: str, ours: Tenant, api: APIClient) -> None:
    content, content_type = FORMS[what]
    with unchanged():
        for address in ("/api/candidates/", "/api/candidates/extract_resume/"):
            assert_problem(send(api, "POST", address, content, content_type), 400)
        if what == "without parts":  # where no field is required
            changed = send(api, "PATCH", f"/api/candidates/{ours.candidate.pk}/", content, content_type)
            assert_problem(changed, 400)


def test_form_values_of_the_wrong_kind_are_refused(ours: Tenant, api: APIClient) -> None:
    cases = {
        "job": "x",
        "work_experience": "many",
        "company": "1.5",
        "email": "no",
        "full_name": "a\x00b",
        "phone": "1" * 41,
    }
    with unchanged():
        for name, value in cases.items():
            assert_problem(api.post("/api/candidates/", {**PERSON, name: value}, format="multipart"), 400, name)


# --- addresses, methods, headers -------------------------------------------------------------------------


UNKNOWN = [
    *("/api/", "/api/nothing/", "/nothing", "/api/interviews/slots/x/", "/api/jobs/x/", "/api/jobs/-1/"),
    *("/api/jobs/1.5/", f"/api/jobs/{HUGE}/", "/api/jobs/" + "9" * 5000 + "/", "/api/jobs/%00/", "/api/jobs/%ff/"),
    *("/api/%F0%9F%98%80/", f"/api/interviews/slots/{NOWHERE[:-1]}G/", "/api/interviews/slots/%2e%2e/"),
    f"/api/interviews/slots/{NOWHERE}/nothing/",
]


@pytest.mark.parametrize("path", UNKNOWN)
def test_an_unknown_address_is_a_problem(path: str, ours: Tenant, api: APIClient) -> None:
    assert_problem(api.get(path), 404)


METHODS = {
    SLOTS: ("GET", "POST"),
    f"{SLOTS}{NOWHERE}/": ("GET", "PUT", "PATCH", "DELETE"),
    f"{SLOTS}{NOWHERE}/book_slot/": ("POST",),
    SLOTS + "search_available/": ("POST",),
    CONFLICTS: ("GET",),
    f"{CONFLICTS}{NOWHERE}/": ("GET",),
    "/api/companies/1/": ("GET", "PUT", "PATCH"),
    "/api/auth/login/": ("POST",),
    "/api/auth/me/": ("GET",),
    "/api/interviews/calendar/": ("GET",),
    "/api/candidates/bulk-create/": ("POST",),
}


@pytest.mark.parametrize("address", METHODS)
def test_other_methods_are_refused_with_the_right_ones_named(address: str, ours: Tenant, api: APIClient) -> None:
    allowed = METHODS[address]
    for method in ("GET", "POST", "PUT", "PATCH", "DELETE", "TRACE", "OPTIONS", "NONSENSE"):
        if method not in allowed:
            answer = send(api, method, address, b"{}", "application/json")
            assert_problem(answer, 405)
            named = set(answer["Allow"].split(", "))
            assert set(allowed) <= named <= {*allowed, "HEAD", "OPTIONS"}, answer["Allow"]


@pytest.mark.parametrize("address", ["/healthz", "/readyz"])
def test_health_is_only_read(address: str, anonymous: APIClient) -> None:
    answer = anonymous.post(address)
    assert (answer.status_code, answer["Allow"]) == (405, "GET, HEAD")


@pytest.mark.parametrize(
    "key", ["", " ", "a b", "x" * 256, "tab\there", "new\nline", "\x7f", "ä", "null\x00", "\x1b[31m"]
)
def test_a_bad_idempotency_key_is_refused(key: str, ours: Tenant, api: APIClient) -> None:
    with unchanged():
        answer = api.post("/api/jobs/", {"job_title": "J"}, format="json", HTTP_IDEMPOTENCY_KEY=key)
        assert_problem(answer, 400, "Idempotency-Key")


def test_an_unknown_host_is_a_problem(anonymous: APIClient) -> None:
    assert_problem(anonymous.get("/api/auth/me/", HTTP_HOST="evil.example.com"), 400)


def test_what_the_caller_says_of_the_request_id_is_not_trusted(api: APIClient) -> None:
    for given in ("x" * 500, "a b", "<script>", "é"):
        assert api.get("/api/auth/me/", HTTP_X_REQUEST_ID=given)["X-Request-ID"] != given
    assert api.get("/api/auth/me/", HTTP_X_REQUEST_ID="job-000042")["X-Request-ID"] == "job-000042"


# --- over a real server ----------------------------------------------------------------------------------


@pytest.fixture
def live(transactional_db: None) -> Iterator[httpx.Client]:
    user = UserFactory()
    with live_server(workers=1) as address, live_client(address, user) as client:
        yield client


def test_broken_bodies_are_refused_by_a_real_server(live: httpx.Client) -> None:
    headers = {"Content-Type": "application/json"}
    before = state()
    for content, status in (
        (b"x" * 20_000_000, 413),
        (b"[" * 1_000_000, 400),
        (b'{"notes": "\xff"}', 400),
        (b'{"a":' * 5000 + b"1" + b"}" * 5000, 400),
        (b'{"max_candidates": 1e400}', 400),
    ):
        answer = live.post("/interviews/slots/", content=content, headers=headers)
        assert (answer.status_code, answer.headers["content-type"]) == (status, "application/problem+json")
    for total in (10, 20_000_000):  # in chunks, without a length
        chunks = (b"x" * 1_000_000 for _ in range(max(1, total // 1_000_000)))
        assert live.post("/interviews/slots/", content=chunks, headers=headers).status_code == 411
    form = live.post("/candidates/", data=PERSON, files={"resume": ("cv.pdf", b"x" * 20_000_000)})
    assert form.status_code == 413
    assert live.get("/jobs/%00/").status_code == 404
    assert live.get("/jobs/", params={"search": "a\x00b"}).status_code == 400
    assert live.get("/auth/me/").status_code == 200
    assert state() == before
    assert InterviewSlot.objects.count() == InterviewSchedule.objects.count() == 0
    assert client_for(User.objects.get()).get("/api/auth/me/").status_code == 200


def test_an_answer_arrives_though_the_body_was_not_looked_at(live: httpx.Client) -> None:
    """Closing the connection on a body that is still on its way would lose the answer."""
    for _ in range(5):
        for size, headers, status in (
            (2_400_000, {"Authorization": "Token wrong", "Content-Type": "application/json"}, 401),
            (2_400_000, {"Content-Type": "text/plain"}, 415),
            (20_000_000, {"Content-Type": "application/json"}, 413),
        ):
            answer = live.post("/interviews/slots/", content=b"x" * size, headers=headers)
            assert answer.status_code == status
            assert live.post("/nothing/", content=b"x" * size, headers=headers).status_code in (404, 413)


def _post(client: APIClient, address: str, values: dict[str, Any]) -> Any:
    return send(client, "POST", address, json.dumps(values).encode())


# --- what would cost more than it is worth ---------------------------------------------------------------


@pytest.mark.parametrize(
    "body",
    [
        b'{"email": "a@b.org", "password": "x", "%s": [%s]}' % (b"k" * 200_000, b",".join([b"0"] * 8_000)),
        b'{"email": "a@b.org", "password": "x", "%s": [%s]}' % (b"k" * 100_000, b",".join([b"[[]]"] * 200_000)),
        b"[" * 30 + b",".join([b"[0]"] * 300_000) + b"]" * 30,
    ],
    ids=["long name", "many lists", "deep"],
)
def test_a_body_costs_little_more_memory_than_its_size(body: bytes) -> None:
    value = orjson.loads(body)
    tracemalloc.start()
    with suppress(ValidationError):
        refuse_unstorable(value)
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert peak < 100_000


def test_a_list_that_is_too_long_is_refused_before_its_items_are(api: APIClient, ours: Tenant) -> None:
    with unchanged():
        values = {"job_title": "J", "tech_stack": [1] * 100_000}
        problem = assert_problem(_post(api, "/api/jobs/", values), 400, "tech_stack")
    assert problem["errors"] == {"tech_stack": ["At most 100 items."]}


def test_settings_are_not_repeated_without_end(api: APIClient, ours: Tenant) -> None:
    heavy = {"own": "x" * 30_000}
    with unchanged():
        values = recurring(ai_configuration=heavy, slot_duration=5, days_of_week=[1, 2, 3, 4, 5], end_date=day(250))
        assert_problem(_post(api, SLOTS + "create_recurring/", values), 400, "ai_configuration", code="too_large")
    assert _post(api, SLOTS + "create_recurring/", recurring(ai_configuration=heavy)).status_code == 201


def test_a_number_that_postgresql_gives_back_wider_does_not_stand_in_the_way_of_changes(
    api: APIClient, ours: Tenant
) -> None:
    made = _post(api, SLOTS, slot(ai_configuration={"own": 1e30})).json()
    changed = api.patch(f"{SLOTS}{made['id']}/", {"notes": "x"}, format="json")
    assert (changed.status_code, changed.json()["ai_configuration"]) == (200, {"own": 1e30})


# --- requests that only a raw connection sends --------------------------------------------------------------


def answered(path: str, query: str = "", **environ: Any) -> tuple[int, dict[str, str], bytes]:
    """What the WSGI application that the web server loads says."""
    said: dict[str, Any] = {}

    def start_response(status: str, headers: list[tuple[str, str]], *_: Any) -> None:
        said.update(status=int(status.split(maxsplit=1)[0]), headers=dict(headers))

    surroundings: dict[str, Any] = {}
    setup_testing_defaults(surroundings)
    surroundings |= {"PATH_INFO": path, "QUERY_STRING": query, "HTTP_HOST": "localhost", **environ}
    body = b"".join(application(surroundings, start_response))
    return said["status"], said["headers"], body


@pytest.mark.django_db
@pytest.mark.parametrize(
    "charset", ["hex", "zlib", "rot13", "base64", "undefined", "idna", "utf-7", "nonsense", "\xff"]
)
def test_a_charset_of_the_request_does_not_matter(charset: str) -> None:
    status, headers, body = answered("/healthz", "a=%41&b=%2b2AA-", CONTENT_TYPE=f"text/plain; charset={charset}")
    assert (status, body) == (200, b'{"status":"ok"}')
    assert "X-Request-ID" in headers


@pytest.mark.django_db(transaction=True)
def test_a_query_of_many_parameters_is_no_failure(ours: Tenant) -> None:
    token = AuthToken.objects.create(user=ours.users["company"])[1]
    query = "&".join(f"p{n}=1" for n in range(2000))
    status, _, body = answered(
        "/api/jobs/", query, CONTENT_TYPE="application/json; charset=utf-8", HTTP_AUTHORIZATION=f"Token {token}"
    )
    assert (status, orjson.loads(body)["code"]) == (400, "bad_request")


@pytest.mark.parametrize("address", ["/healthz", "/readyz", "/api/schema/"])
def test_a_post_to_what_is_only_read_is_told_so(address: str) -> None:
    assert Client(enforce_csrf_checks=True).post(address).status_code == 405


def test_a_form_with_a_key_may_hold_any_text(api: APIClient, ours: Tenant) -> None:
    form = {"full_name": "Ann", "email": "ann@example.com", "other": "\ufffd\U0001f600"}
    made = api.post("/api/candidates/", form, HTTP_IDEMPOTENCY_KEY="any-text")
    assert made.status_code == 201, made.content
