"""Each call of the contract: what goes in, exactly what comes out, and what has happened then."""

import json
import re
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from django.core import mail
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.utils import timezone
from rest_framework.test import APIClient

from parley.hiring.models import Candidate
from parley.interviews.models import Interview, InterviewConflict, InterviewSchedule, InterviewSlot
from parley.interviews.tasks import follow_company
from parley.organizations.models import Company, User
from parley.organizations.tasks import send_invitation
from tests.api.tenants import Tenant, assert_problem, client_for, make_tenant, unchanged
from tests.factories import PASSWORD, CandidateFactory, InterviewFactory, JobFactory, SlotFactory, UserFactory, book

SAMPLES = Path(__file__).parent.parent / "hiring" / "resumes" / "samples"
SLOTS, SCHEDULES = "/api/interviews/slots/", "/api/interviews/schedules/"
CONFIGURATIONS, CONFLICTS = "/api/interviews/configurations/", "/api/interviews/conflicts/"
INTERVIEWS, CANDIDATES = "/api/interviews/", "/api/candidates/"
YEAR = timezone.now().year + 1
UTC_INSTANT = re.compile(r"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)$")

SLOT = {
    "id",
    "slot_type",
    "status",
    "start_time",
    "end_time",
    "duration_minutes",
    "ai_interview_type",
    "ai_configuration",
    "company",
    "company_name",
    "job",
    "job_title",
    "is_recurring",
    "recurring_pattern",
    "notes",
    "max_candidates",
    "current_bookings",
    "is_available",
    "available_spots",
    "held_places",
    "created_at",
    "updated_at",
}
CONFIGURATION = {
    "id",
    "company",
    "company_name",
    "interview_type",
    "day_of_week",
    "start_time",
    "end_time",
    "timezone",
    "slot_duration",
    "break_duration",
    "max_candidates",
    "ai_settings",
    "valid_from",
    "valid_until",
    "holidays",
    "excluded_dates",
    "created_at",
    "updated_at",
}
SYNC = {"created_slots", "removed_slots", "left_slots", "skipped_slots"}
INTERVIEW = {
    "id",
    "candidate",
    "candidate_name",
    "job",
    "job_title",
    "company",
    "status",
    "interview_round",
    "started_at",
    "ended_at",
    "feedback",
    "candidate_hours",
    "ai_interview_type",
    "schedule",
    "created_at",
    "updated_at",
}
SCHEDULE = {
    "id",
    "interview",
    "slot",
    "status",
    "booking_notes",
    "booked_at",
    "confirmed_at",
    "cancelled_at",
    "cancellation_reason",
    "cancelled_by",
    "candidate_name",
    "ai_interview_type",
    "interview_details",
    "slot_details",
}
INTERVIEW_DETAILS = {"id", "candidate_name", "status", "started_at", "ended_at"}
SLOT_DETAILS = {"id", "ai_interview_type", "start_time", "end_time", "duration_minutes", "company_name"}
CONFLICT = {
    "id",
    "conflict_type",
    "resolution",
    "primary_interview",
    "conflicting_interview",
    "conflict_details",
    "resolution_notes",
    "proposals",
    "detected_at",
    "resolved_at",
    "resolved_by",
    "held",
    "is_manual",
    "reseating",
}
JOB = {
    "id",
    "job_title",
    "company",
    "description",
    "requirements",
    "location",
    "tech_stack",
    "is_active",
    "created_at",
    "updated_at",
}
CANDIDATE = {
    "id",
    "full_name",
    "email",
    "phone",
    "company",
    "job",
    "work_experience",
    "domain",
    "role",
    "poc_email",
    "resume",
    "resume_data",
    "created_at",
    "updated_at",
}
COMPANY = {"id", "name", "email", "timezone", "is_active"}
ME = {"id", "email", "full_name", "role", "company", "company_name"}
USER = ME | {"is_active", "is_invited"}


@pytest.fixture
def ours(db: None) -> Tenant:
    """Company A of the others, without the interview that was held: what is counted here is told above."""
    return make_tenant("alphaworks", "Europe/Berlin", held=False)


def hour(days: int) -> datetime:
    return timezone.now().replace(minute=0, second=0, microsecond=0) + timedelta(days=days)


def day(days: int) -> str:
    return hour(days).date().isoformat()


def instant(text: str) -> datetime:
    assert UTC_INSTANT.match(text), text
    return datetime.fromisoformat(text)


def made(answer: Any, keys: set[str], status: int = 201) -> dict[str, Any]:
    assert answer.status_code == status, answer.content
    assert answer["Content-Type"] == "application/json"
    got: dict[str, Any] = answer.json()
    assert set(got) == keys
    return got


# --- slots -------------------------------------------------------------------------------------------


def test_a_slot_is_made_read_changed_and_removed(ours: Tenant, api: APIClient) -> None:
    start = hour(300)
    values = {
        "start_time": start.isoformat(),
        "end_time": (start + timedelta(minutes=90)).isoformat(),
        "duration_minutes": 90,
        "ai_interview_type": "coding",
        "ai_configuration": {"topics": ["python"], "own": {"x": 1}},
        "job": ours.job.pk,
        "max_candidates": 3,
        "notes": "Bring a keyboard.",
        "slot_type": "flexible",
    }
    got = made(api.post(SLOTS, values, format="json"), SLOT)
    assert instant(got["start_time"]) == start
    expected = {
        "slot_type": "flexible",
        "status": "available",
        "duration_minutes": 90,
        "ai_interview_type": "coding",
        "ai_configuration": {"topics": ["python"], "own": {"x": 1}},
        "company": ours.company.pk,
        "company_name": "alphaworks Inc",
        "job": ours.job.pk,
        "job_title": "alphaworks engineer",
        "is_recurring": False,
        "recurring_pattern": None,
        "notes": "Bring a keyboard.",
        "max_candidates": 3,
        "current_bookings": 0,
        "is_available": True,
        "available_spots": 3,
        "held_places": 0,
    }
    assert {name: got[name] for name in expected} == expected
    address = f"{SLOTS}{got['id']}/"
    assert made(api.get(address), SLOT, 200) == got
    patched = made(api.patch(address, {"notes": ""}, format="json"), SLOT, 200)
    assert {name for name in got if patched[name] != got[name]} == {"notes", "updated_at"}
    put = {**values, "end_time": (start + timedelta(hours=1)).isoformat(), "duration_minutes": None}
    assert made(api.put(address, put, format="json"), SLOT, 200)["duration_minutes"] == 60
    deleted = api.delete(address)
    assert (deleted.status_code, deleted.content) == (204, b"")
    assert_problem(api.get(address), 404)


def test_large_numbers_in_settings_come_back(ours: Tenant, api: APIClient) -> None:
    """PostgreSQL gives 1e30 back as a whole number of 31 digits, which is more than 64 bits."""
    settings = {"own": [1e30, -1e30, 1e300, 2**64 - 1, 2**63, -(2**63), 1.5e-300, {"deep": 1e25}]}
    values = {
        "start_time": f"{YEAR}-07-01T09:00:00",
        "end_time": f"{YEAR}-07-01T10:00:00",
        "ai_configuration": settings,
    }
    got = made(api.post(SLOTS, values, format="json"), SLOT)
    day = {"start_date": f"{YEAR}-07-01", "end_date": f"{YEAR}-07-01"}
    for again in (
        api.get(f"{SLOTS}{got['id']}/").json(),
        api.get(SLOTS, {"start_after": f"{YEAR}-07-01T09:00:00", "start_before": f"{YEAR}-07-01T10:00:00"}).json()[0],
        api.post(f"{SLOTS}search_available/", day, format="json").json()[0],
    ):
        assert again["ai_configuration"] == settings
    pattern = {"interview_type": "coding", "day_of_week": 2, "start_time": "09:00", "end_time": "12:00"}
    made(api.post(CONFIGURATIONS, {**pattern, "ai_settings": settings}, format="json"), CONFIGURATION)
    assert api.get(CONFIGURATIONS, {"interview_type": "coding"}).json()[0]["ai_settings"] == settings


def test_a_slot_takes_its_defaults(ours: Tenant, api: APIClient) -> None:
    values = {"start_time": hour(300).isoformat(), "end_time": (hour(300) + timedelta(hours=1)).isoformat()}
    got = made(api.post(SLOTS, values, format="json"), SLOT)
    shown = {
        name: got[name]
        for name in ("slot_type", "ai_interview_type", "ai_configuration", "max_candidates", "notes", "job")
    }
    assert shown == {
        "slot_type": "fixed",
        "ai_interview_type": "general",
        "ai_configuration": {},
        "max_candidates": 1,
        "notes": "",
        "job": None,
    }


def test_instants_without_an_offset_are_in_the_companys_zone(ours: Tenant, api: APIClient, admin: APIClient) -> None:
    values = {"start_time": f"{YEAR}-07-01T09:00:00", "end_time": f"{YEAR}-07-01T10:00"}
    got = made(api.post(SLOTS, values, format="json"), SLOT)
    assert instant(got["start_time"]) == datetime(YEAR, 7, 1, 7, tzinfo=UTC)  # Berlin, summer
    assert instant(got["end_time"]) == datetime(YEAR, 7, 1, 8, tzinfo=UTC)
    values = {"start_time": f"{YEAR}-12-01T09:00:00", "end_time": f"{YEAR}-12-01T10:00:00"}
    got = made(admin.post(SLOTS, {**values, "company": ours.company.pk}, format="json"), SLOT)
    assert instant(got["start_time"]) == datetime(
        YEAR, 12, 1, 8, tzinfo=UTC
    )  # Berlin, winter, for an administrator too
    found = api.get(SLOTS, {"start_after": f"{YEAR}-07-01T09:00:00", "start_before": f"{YEAR}-07-01T09:00:01"}).json()
    assert [instant(each["start_time"]).hour for each in found] == [7]


@pytest.mark.parametrize(
    "text",
    [
        f"{YEAR}-07-01T09:00:00+02:00",
        f"{YEAR}-07-01T07:00:00Z",
        f"{YEAR}-07-01 02:00:00.000-0500",
        f"{YEAR}-07-01t07:00z",
    ],
)
def test_instants_with_an_offset_are_what_they_say(text: str, ours: Tenant, api: APIClient) -> None:
    got = made(api.post(SLOTS, {"start_time": text, "end_time": f"{YEAR}-07-01T08:00:00Z"}, format="json"), SLOT)
    assert instant(got["start_time"]) == datetime(YEAR, 7, 1, 7, tzinfo=UTC)


def test_a_filter_reads_a_plus_sign_that_was_not_encoded(ours: Tenant, api: APIClient) -> None:
    SlotFactory(company=ours.company, start_time=datetime(YEAR, 7, 1, 7, tzinfo=UTC))
    found = api.get(f"{SLOTS}?start_after={YEAR}-07-01T09:00:00+02:00&start_before={YEAR}-07-01T09:00:01%2B02:00")
    assert len(found.json()) == 1


def test_overlapping_slots_are_refused_per_type_and_company(ours: Tenant, theirs: Tenant, api: APIClient) -> None:
    start = hour(300)
    values = {"start_time": start.isoformat(), "end_time": (start + timedelta(hours=1)).isoformat()}
    made(api.post(SLOTS, values, format="json"), SLOT)
    with unchanged():
        assert_problem(api.post(SLOTS, values, format="json"), 409, code="slot_overlap")
    made(api.post(SLOTS, {**values, "ai_interview_type": "coding"}, format="json"), SLOT)
    made(theirs.client().post(SLOTS, values, format="json"), SLOT)
    after = {"start_time": values["end_time"], "end_time": (start + timedelta(hours=2)).isoformat()}
    made(api.post(SLOTS, after, format="json"), SLOT)


def test_deleting_a_booked_slot_needs_the_cascade(ours: Tenant, api: APIClient) -> None:
    address = f"{SLOTS}{ours.booked_slot.pk}/"
    with unchanged():
        assert_problem(api.delete(address), 409, code="slot_has_bookings")
    assert api.delete(f"{address}?cascade=cancel").status_code == 204
    got = made(api.get(address), SLOT, 200)
    assert (got["status"], got["current_bookings"], got["is_available"], got["available_spots"]) == (
        "cancelled",
        0,
        False,
        0,
    )
    booking = made(api.get(f"{SCHEDULES}{ours.schedule.pk}/"), SCHEDULE, 200)
    assert booking["status"] == "cancelled"
    opened = [each for each in api.get(CONFLICTS).json() if each["id"] != str(ours.conflict.pk)]
    assert [(each["conflict_type"], each["primary_interview"]) for each in opened] == [
        ("slot_unavailable", str(ours.booked_interview.pk))
    ]


def test_a_slot_is_cancelled_and_completed(ours: Tenant, api: APIClient) -> None:
    address = f"{SLOTS}{ours.slot.pk}/"
    assert (
        made(api.post(f"{address}cancel_slot/", {"reason": "ill"}, format="json"), SLOT, 200)["status"] == "cancelled"
    )
    with unchanged():
        assert_problem(api.post(f"{address}cancel_slot/"), 409, code="already_cancelled")
        assert_problem(api.post(f"{address}complete_slot/"), 409)
        assert_problem(api.patch(address, {"notes": "x"}, format="json"), 409, code="slot_cancelled")
    with unchanged():
        assert_problem(api.post(f"{SLOTS}{ours.booked_slot.pk}/complete_slot/"), 409, code="slot_in_future")
    begun = SlotFactory(company=ours.company, start_time=hour(0) - timedelta(minutes=30))
    assert made(api.post(f"{SLOTS}{begun.pk}/complete_slot/"), SLOT, 200)["status"] == "completed"


def test_recurring_slots_are_cut_from_a_window(ours: Tenant, api: APIClient) -> None:
    monday = (hour(100) + timedelta(days=7 - hour(100).isoweekday() + 1)).date()
    values = {
        "company_id": ours.company.pk,
        "start_date": monday.isoformat(),
        "end_date": (monday + timedelta(days=8)).isoformat(),
        "start_time": "09:00",
        "end_time": "12:00",
        "days_of_week": [1, 2],
        "slot_duration": 45,
        "break_duration": 15,
        "max_candidates_per_slot": 2,
        "ai_interview_type": "behavioral",
        "job_id": ours.job.pk,
        "ai_configuration": {"language": "de"},
        "notes": "Series",
    }
    tried = made(
        api.post(f"{SLOTS}create_recurring/", {**values, "dry_run": True}, format="json"),
        {"message", "created_slots", "slots", "skipped_slots"},
    )
    assert (tried["created_slots"], InterviewSlot.objects.filter(notes="Series").count()) == (12, 0)
    got = made(api.post(f"{SLOTS}create_recurring/", values, format="json"), set(tried))
    assert (got["created_slots"], len(got["slots"]), got["skipped_slots"]) == (12, 12, [])
    assert "12" in got["message"]
    first = got["slots"][0]
    assert set(first) == SLOT
    assert (first["is_recurring"], first["slot_type"], first["max_candidates"], first["duration_minutes"]) == (
        True,
        "recurring",
        2,
        45,
    )
    assert first["recurring_pattern"]["days_of_week"] == [1, 2]
    assert first == made(api.get(f"{SLOTS}{first['id']}/"), SLOT, 200)
    again = made(api.post(f"{SLOTS}create_recurring/", values, format="json"), set(tried))
    assert (again["created_slots"], len(again["skipped_slots"])) == (0, 12)
    assert set(again["skipped_slots"][0]) == {"start_time", "reason", "detail"}
    assert instant(again["skipped_slots"][0]["start_time"]) == instant(first["start_time"])


def test_recurring_slots_take_their_defaults(ours: Tenant, api: APIClient) -> None:
    values = {
        "start_date": day(100),
        "end_date": day(106),
        "start_time": "09:00",
        "end_time": "11:00",
        "days_of_week": [1],
    }
    got = api.post(f"{SLOTS}create_recurring/", values, format="json").json()
    assert got["created_slots"] == 2
    assert {(each["duration_minutes"], each["max_candidates"], each["ai_interview_type"]) for each in got["slots"]} == {
        (60, 1, "general")
    }


def test_search_finds_future_slots_with_room(ours: Tenant, api: APIClient) -> None:
    start = datetime(YEAR, 7, 1, 7, tzinfo=UTC)  # 09:00 in Berlin
    free = SlotFactory(company=ours.company, start_time=start, ai_interview_type="coding")
    SlotFactory(
        company=ours.company,
        start_time=start + timedelta(hours=1),
        ai_interview_type="coding",
        status="booked",
        current_bookings=1,
    )
    SlotFactory(
        company=ours.company, start_time=start + timedelta(hours=2), status="cancelled", cancelled_at=timezone.now()
    )
    late = SlotFactory(company=ours.company, start_time=start + timedelta(hours=9), duration_minutes=30, job=ours.job)

    def found(**values: Any) -> list[str]:
        days = {"start_date": f"{YEAR}-07-01", "end_date": f"{YEAR}-07-01"}
        answer = api.post(f"{SLOTS}search_available/", days | values, format="json")
        assert answer.status_code == 200, answer.content
        assert answer["X-Total-Count"] == str(len(answer.json()))
        assert {frozenset(each) for each in answer.json()} <= {frozenset(SLOT)}
        return [each["id"] for each in answer.json()]

    assert found() == [str(free.pk), str(late.pk)]
    assert found(company_id=ours.company.pk) == found()
    assert found(ai_interview_type="coding") == [str(free.pk)]
    assert found(start_time="09:00", end_time="10:00") == [str(free.pk)]
    assert found(start_time="09:01") == [str(late.pk)]
    assert found(end_time="00:00") == found()
    assert found(duration_minutes=30) == [str(late.pk)]
    assert found(job_id=ours.job.pk) == found()
    assert found(job_id=JobFactory(company=ours.company).pk) == [str(free.pk)]
    assert found(timezone="America/New_York") == found()
    assert found(timezone="Asia/Tokyo") == [str(free.pk)]  # 16:00 there; the late one is on the next day
    assert found(start_date=f"{YEAR}-07-02", end_date=f"{YEAR}-07-02") == []
    one = api.post(
        f"{SLOTS}search_available/", {"start_date": f"{YEAR}-07-01", "end_date": f"{YEAR}-07-01"}, format="json"
    ).json()[0]
    assert one == api.get(f"{SLOTS}{free.pk}/").json()


# --- booking -----------------------------------------------------------------------------------------


@pytest.mark.parametrize("address", [SCHEDULES, f"{SCHEDULES}book_interview/", "slot"])
def test_an_interview_is_booked(address: str, ours: Tenant, api: APIClient) -> None:
    values = {"interview_id": str(ours.interview.pk), "slot_id": str(ours.slot.pk), "booking_notes": "Window seat"}
    if address == "slot":
        address = f"{SLOTS}{ours.slot.pk}/book_slot/"
    got = made(api.post(address, values, format="json"), SCHEDULE)
    assert (got["interview"], got["slot"], got["status"]) == (str(ours.interview.pk), str(ours.slot.pk), "pending")
    assert (got["booking_notes"], got["candidate_name"], got["ai_interview_type"]) == (
        "Window seat",
        "alphaworks ann",
        "technical",
    )
    assert (got["confirmed_at"], got["cancelled_at"], got["cancelled_by"], got["cancellation_reason"]) == (
        None,
        None,
        None,
        "",
    )
    assert set(got["interview_details"]) == INTERVIEW_DETAILS
    assert set(got["slot_details"]) == SLOT_DETAILS
    assert got["slot_details"]["company_name"] == "alphaworks Inc"
    assert instant(got["slot_details"]["start_time"]) == ours.slot.start_time
    assert made(api.get(f"{SCHEDULES}{got['id']}/"), SCHEDULE, 200) == got
    slot = made(api.get(f"{SLOTS}{ours.slot.pk}/"), SLOT, 200)
    assert (slot["status"], slot["current_bookings"], slot["available_spots"]) == ("booked", 1, 0)
    interview = made(api.get(f"{INTERVIEWS}{ours.interview.pk}/"), INTERVIEW, 200)
    assert (interview["schedule"], interview["ai_interview_type"]) == (got["id"], "technical")
    another = InterviewFactory(candidate=ours.free_candidate)
    with unchanged():
        full = {"interview_id": str(another.pk), "slot_id": str(ours.slot.pk)}
        assert_problem(api.post(SCHEDULES, full, format="json"), 409, code="slot_full")


def test_a_booking_is_confirmed_cancelled_and_booked_again(ours: Tenant, api: APIClient) -> None:
    address = f"{SCHEDULES}{ours.schedule.pk}/"
    got = made(api.post(f"{address}confirm_schedule/"), SCHEDULE, 200)
    assert got["status"] == "confirmed"
    instant(got["confirmed_at"])
    with unchanged():
        assert made(api.post(f"{address}confirm_schedule/"), SCHEDULE, 200) == got
    got = made(api.post(f"{address}cancel_schedule/", {"reason": "Ill"}, format="json"), SCHEDULE, 200)
    me = ours.users["company"].pk
    assert (got["status"], got["cancellation_reason"], got["cancelled_by"]) == ("cancelled", "Ill", me)
    assert InterviewSlot.objects.get(pk=ours.booked_slot.pk).current_bookings == 0
    with unchanged():
        assert_problem(api.post(f"{address}cancel_schedule/"), 409, code="already_cancelled")
        assert_problem(api.post(f"{address}confirm_schedule/"), 409, code="already_cancelled")
        assert_problem(api.delete(address), 409, code="already_cancelled")
    values = {"interview_id": str(ours.booked_interview.pk), "slot_id": str(ours.booked_slot.pk)}
    again = made(api.post(SCHEDULES, values, format="json"), SCHEDULE)
    assert again["id"] != got["id"]
    assert again["interview_details"]["status"] == "scheduled"


def test_a_booking_is_moved(ours: Tenant, api: APIClient) -> None:
    address = f"{SCHEDULES}{ours.schedule.pk}/"
    got = made(api.post(f"{address}reschedule/", {"slot_id": str(ours.slot.pk)}, format="json"), SCHEDULE, 200)
    assert (got["slot"], got["status"], got["booking_notes"]) == (str(ours.slot.pk), "pending", "alphaworks booking")
    assert got["id"] != str(ours.schedule.pk)
    assert made(api.get(address), SCHEDULE, 200)["status"] == "rescheduled"
    counts = {slot.pk: slot.current_bookings for slot in InterviewSlot.objects.all()}
    assert counts == {ours.slot.pk: 1, ours.booked_slot.pk: 0}
    with unchanged():
        same = api.post(f"{SCHEDULES}{got['id']}/reschedule/", {"slot_id": str(ours.slot.pk)}, format="json")
        assert_problem(same, 409, code="same_slot")


def test_only_the_notes_of_a_booking_are_edited(ours: Tenant, api: APIClient) -> None:
    address = f"{SCHEDULES}{ours.schedule.pk}/"
    assert made(api.put(address, {"booking_notes": "one"}, format="json"), SCHEDULE, 200)["booking_notes"] == "one"
    assert made(api.patch(address, {"booking_notes": ""}, format="json"), SCHEDULE, 200)["booking_notes"] == ""
    before = api.get(address).json()
    with unchanged():
        values = {"slot": str(ours.slot.pk), "status": "confirmed", "interview": str(ours.interview.pk)}
        assert made(api.patch(address, values, format="json"), SCHEDULE, 200) == before


def test_deleting_a_booking_cancels_it_and_frees_the_place(ours: Tenant, api: APIClient) -> None:
    assert api.delete(f"{SCHEDULES}{ours.schedule.pk}/").status_code == 204
    assert made(api.get(f"{SCHEDULES}{ours.schedule.pk}/"), SCHEDULE, 200)["status"] == "cancelled"
    assert InterviewSlot.objects.get(pk=ours.booked_slot.pk).current_bookings == 0


def test_a_place_is_released(ours: Tenant, api: APIClient) -> None:
    address = f"{SLOTS}{ours.booked_slot.pk}/release_slot/"
    second = InterviewFactory(candidate=ours.free_candidate)
    book_address = f"{SLOTS}{ours.booked_slot.pk}/book_slot/"
    made(api.post(book_address, {"interview_id": str(second.pk)}, format="json"), SCHEDULE)
    with unchanged():
        assert_problem(api.post(address, {}, format="json"), 409, code="ambiguous")
    got = made(
        api.post(address, {"interview_id": str(second.pk)}, format="json"),
        {"message", "slot_available", "current_bookings", "max_candidates"},
        200,
    )
    assert (got["slot_available"], got["current_bookings"], got["max_candidates"]) == (True, 1, 2)
    assert Interview.objects.get(pk=second.pk).status == "scheduled"
    assert api.post(address, {"schedule_id": str(ours.schedule.pk)}, format="json").json()["current_bookings"] == 0
    with unchanged():
        assert_problem(api.post(address), 409, code="not_booked")
        assert_problem(api.post(address, {"interview_id": str(second.pk)}, format="json"), 409, code="not_booked")


def test_bookings_are_imported_in_bulk(ours: Tenant, api: APIClient) -> None:
    row = {"interview_id": str(ours.interview.pk), "slot_id": str(ours.slot.pk)}
    none = {**row, "slot_id": "00000000-0000-4000-8000-000000000000"}
    got = made(
        api.post(f"{SCHEDULES}import/", {"bookings": [row, none]}, format="json"), {"booked", "refused", "conflicts"}
    )
    assert [set(each) for each in got["booked"]] == [SCHEDULE]
    assert [(each["row"], each["code"]) for each in got["refused"]] == [(1, "slot_not_found")]
    assert set(got["refused"][0]) == {"row", "code", "detail"}
    assert got["conflicts"] == []


# --- interviews, conflicts ------------------------------------------------------------------------------


def test_an_interview_is_made_read_changed_and_removed(ours: Tenant, api: APIClient) -> None:
    values = {"candidate": ours.candidate.pk, "job": ours.job.pk, "interview_round": "Second", "feedback": "Well"}
    got = made(api.post(INTERVIEWS, values, format="json"), INTERVIEW)
    expected = {
        "candidate": ours.candidate.pk,
        "candidate_name": "alphaworks ann",
        "job": ours.job.pk,
        "job_title": "alphaworks engineer",
        "company": ours.company.pk,
        "status": "scheduled",
        "interview_round": "Second",
        "feedback": "Well",
        "candidate_hours": None,
        "started_at": None,
        "ended_at": None,
        "ai_interview_type": None,
        "schedule": None,
    }
    assert {name: got[name] for name in expected} == expected
    address = f"{INTERVIEWS}{got['id']}/"
    assert made(api.get(address), INTERVIEW, 200) == got
    changed = made(api.patch(address, {"job": None}, format="json"), INTERVIEW, 200)
    assert (changed["job"], changed["job_title"], changed["interview_round"]) == (None, None, "Second")
    put = made(
        api.put(address, {"candidate": ours.candidate.pk, "interview_round": "Third"}, format="json"), INTERVIEW, 200
    )
    assert put["interview_round"] == "Third"
    with unchanged():
        other = api.patch(address, {"candidate": ours.free_candidate.pk}, format="json")
        assert_problem(other, 400, "candidate", "candidate_fixed")
        assert_problem(api.delete(f"{INTERVIEWS}{ours.booked_interview.pk}/"), 409, code="in_use")
    assert api.delete(address).status_code == 204
    assert_problem(api.get(address), 404)


def test_an_interviews_company_is_its_jobs_else_its_candidates_else_the_slots(ours: Tenant, admin: APIClient) -> None:
    loose = CandidateFactory(company=None)
    of_job = admin.post(INTERVIEWS, {"candidate": loose.pk, "job": ours.job.pk}, format="json").json()
    of_candidate = admin.post(INTERVIEWS, {"candidate": ours.candidate.pk}, format="json").json()
    of_nobody = admin.post(INTERVIEWS, {"candidate": loose.pk}, format="json").json()
    assert [each["company"] for each in (of_job, of_candidate, of_nobody)] == [ours.company.pk, ours.company.pk, None]
    booked = admin.post(SCHEDULES, {"interview_id": of_nobody["id"], "slot_id": str(ours.slot.pk)}, format="json")
    assert booked.status_code == 201
    assert admin.get(f"{INTERVIEWS}{of_nobody['id']}/").json()["company"] == ours.company.pk


def test_inviting_again_ends_the_earlier_link(ours: Tenant, api: APIClient) -> None:
    address = f"{INTERVIEWS}{ours.interview.pk}/invite/"
    first, second = (made(api.post(address), {"link", "url", "expires_at"}) for _ in range(2))
    assert first["link"] != second["link"]
    assert second["url"].endswith(f"/interview/{second['link']}/")
    assert instant(second["expires_at"]) > timezone.now() + timedelta(days=29)
    assert ours.interview.links.filter(revoked_at__isnull=True).count() == 1
    assert not ours.interview.links.filter(token_hash__in=[first["link"], second["link"]]).exists()


def test_a_conflict_is_read_and_resolved(ours: Tenant, api: APIClient) -> None:
    address = f"{CONFLICTS}{ours.conflict.pk}/"
    got = made(api.get(address), CONFLICT, 200)
    assert (got["conflict_type"], got["resolution"], got["resolved_at"]) == ("slot_unavailable", "pending", None)
    assert got["primary_interview"] == str(ours.booked_interview.pk)
    values = {"resolution": "rescheduled", "slot_id": str(ours.slot.pk), "resolution_notes": "Called her"}
    got = made(api.post(f"{address}resolve_conflict/", values, format="json"), CONFLICT, 200)
    assert (got["resolution"], got["resolution_notes"], got["resolved_by"]) == (
        "rescheduled",
        "Called her",
        ours.users["company"].pk,
    )
    moved = InterviewSchedule.objects.get(interview=ours.booked_interview, status="pending")
    assert moved.slot_id == ours.slot.pk
    with unchanged():
        again = api.post(f"{address}resolve_conflict/", {"resolution": "cancelled"}, format="json")
        assert_problem(again, 409, code="already_resolved")


@pytest.mark.parametrize(
    ("resolution", "booking", "interview"),
    [("cancelled", "cancelled", "cancelled"), ("resolved", "pending", "scheduled")],
)
def test_a_conflict_is_resolved_as_it_says(
    resolution: str, booking: str, interview: str, ours: Tenant, api: APIClient
) -> None:
    answer = api.post(f"{CONFLICTS}{ours.conflict.pk}/resolve_conflict/", {"resolution": resolution}, format="json")
    assert made(answer, CONFLICT, 200)["resolution"] == resolution
    assert InterviewSchedule.objects.get(pk=ours.schedule.pk).status == booking
    assert Interview.objects.get(pk=ours.booked_interview.pk).status == interview


# --- configurations ------------------------------------------------------------------------------------


def test_a_configuration_is_made_read_changed_and_removed(ours: Tenant, api: APIClient) -> None:
    values = {"interview_type": "coding", "day_of_week": 2, "start_time": "09:00", "end_time": "12:00"}
    got = made(api.post(CONFIGURATIONS, values, format="json"), CONFIGURATION)
    expected = {
        "company": ours.company.pk,
        "company_name": "alphaworks Inc",
        "interview_type": "coding",
        "day_of_week": 2,
        "start_time": "09:00:00",
        "end_time": "12:00:00",
        "timezone": "Europe/Berlin",
        "slot_duration": 60,
        "break_duration": 15,
        "max_candidates": 1,
        "ai_settings": {},
        "valid_until": None,
        "holidays": None,
        "excluded_dates": [],
    }
    assert {name: got[name] for name in expected} == expected
    address = f"{CONFIGURATIONS}{got['id']}/"
    assert made(api.get(address), CONFIGURATION, 200) == got
    more = {
        "holidays": "de",
        "excluded_dates": [f"{YEAR}-12-24", f"{YEAR}-12-23", f"{YEAR}-12-24"],
        "timezone": "UTC",
        "valid_until": f"{YEAR + 1}-01-01",
    }
    patched = made(api.patch(address, more, format="json"), CONFIGURATION | SYNC, 200)
    assert (patched["holidays"], patched["excluded_dates"]) == ("DE", [f"{YEAR}-12-23", f"{YEAR}-12-24"])
    assert (patched["timezone"], patched["valid_until"]) == ("UTC", f"{YEAR + 1}-01-01")
    put = made(
        api.put(address, {**values, "timezone": None, "holidays": None}, format="json"), CONFIGURATION | SYNC, 200
    )
    assert (put["timezone"], put["holidays"]) == ("Europe/Berlin", None)
    with unchanged():
        assert_problem(
            api.post(CONFIGURATIONS, {**values, "start_time": "11:00"}, format="json"),
            400,
            "start_time",
            "configuration_overlap",
        )
    assert api.delete(address).status_code == 204
    assert_problem(api.get(address), 404)


def test_generating_makes_the_slots_once(ours: Tenant, api: APIClient) -> None:
    address = f"{CONFIGURATIONS}{ours.configuration.pk}/generate/"
    tried = made(api.post(address, {"until": day(28), "dry_run": True}, format="json"), SYNC, 200)
    assert tried["created_slots"] >= 9
    assert not InterviewSlot.objects.filter(configuration=ours.configuration).exists()
    got = made(api.post(address, {"until": day(28)}, format="json"), SYNC, 200)
    assert got["created_slots"] == tried["created_slots"]
    again = made(api.post(address, {"until": day(28)}, format="json"), SYNC, 200)
    assert (again["created_slots"], again["removed_slots"], again["left_slots"]) == (0, 0, [])
    slot = InterviewSlot.objects.filter(configuration=ours.configuration).latest("start_time")
    book(slot, ours.interview)
    changed = api.patch(
        f"{CONFIGURATIONS}{ours.configuration.pk}/", {"start_time": "13:00", "end_time": "15:00"}, format="json"
    )
    left = changed.json()["left_slots"]
    assert [set(each) for each in left] == [{"slot_id", "start_time", "current_bookings"}]
    assert left[0]["slot_id"] == str(slot.pk)
    assert InterviewConflict.objects.filter(primary_interview=ours.interview, resolution="pending").count() == 1


# --- utility -------------------------------------------------------------------------------------------


def test_available_slots_default_to_30_days(ours: Tenant, api: APIClient) -> None:
    near = SlotFactory(company=ours.company, start_time=hour(3))
    SlotFactory(company=ours.company, start_time=hour(33))
    SlotFactory(company=ours.company, start_time=hour(-1))
    answer = api.get("/api/interviews/available-slots/")
    found = [each["id"] for each in answer.json()]
    assert str(near.pk) in found
    assert {frozenset(each) for each in answer.json()} == {frozenset(SLOT)}
    limit = timezone.now() + timedelta(days=31)
    assert all(timezone.now() < instant(each["start_time"]) < limit for each in answer.json())
    query = {"start_date": day(3), "end_date": day(3), "timezone": "UTC", "ai_interview_type": "technical"}
    one = api.get("/api/interviews/available-slots/", {**query, "company_id": str(ours.company.pk)})
    assert [each["id"] for each in one.json()] == [str(near.pk)]


def test_the_calendar_shows_bookings_and_counts(ours: Tenant, api: APIClient) -> None:
    start = ours.booked_slot.start_time
    local = start.astimezone(ours.company.zone)
    keys = {"calendar_data", "total_slots", "available_slots", "booked_slots"}
    one_day = {"start_date": local.date().isoformat(), "end_date": local.date().isoformat()}
    queries: list[Any] = [
        one_day,
        {"year": local.year, "month": local.month},
        {"year": local.isocalendar().year, "week": local.isocalendar().week},
        {"year": local.year},
        {**one_day, "company_id": ours.company.pk, "timezone": "Europe/Berlin"},
    ]
    for query in queries:
        got = made(api.get("/api/interviews/calendar/", query), keys, 200)
        assert [each["id"] for each in got["calendar_data"]] == [str(ours.schedule.pk)]
        assert set(got["calendar_data"][0]) == SCHEDULE
        assert got["total_slots"] == got["available_slots"] + got["booked_slots"] >= 1
    api.post(SCHEDULES, {"interview_id": str(ours.interview.pk), "slot_id": str(ours.slot.pk)}, format="json")
    year = made(api.get("/api/interviews/calendar/", {"year": local.year}), keys, 200)
    if ours.slot.start_time.astimezone(ours.company.zone).year == local.year:
        assert (year["total_slots"], year["available_slots"], year["booked_slots"]) == (2, 1, 1)
    this_month = made(api.get("/api/interviews/calendar/"), keys, 200)
    assert set(this_month) == keys


# --- lists ---------------------------------------------------------------------------------------------

PERSONAL = ("/api/notifications/", "/api/calendar_feeds/")  # of their user alone
LISTS = (
    SLOTS,
    SCHEDULES,
    CONFIGURATIONS,
    CONFLICTS,
    INTERVIEWS,
    CANDIDATES,
    "/api/jobs/",
    "/api/users/",
    "/api/companies/",
    *PERSONAL,
)


@pytest.mark.parametrize("address", LISTS)
def test_a_list_is_an_array_with_its_place_in_the_headers(address: str, ours: Tenant, api: APIClient) -> None:
    answer = api.get(address)
    assert isinstance(answer.json(), list)
    assert answer["X-Total-Count"] == str(len(answer.json()))
    assert set(_links(answer)) == {"first", "last"}
    assert api.head(address)["X-Total-Count"] == answer["X-Total-Count"]
    empty = api.get(address, {"page": 99})
    assert (empty.status_code, empty.json(), empty["X-Total-Count"]) == (200, [], answer["X-Total-Count"])


def _links(answer: Any) -> dict[str, str]:
    return {rel: url for url, rel in re.findall(r'<([^>]+)>; rel="(\w+)"', answer["Link"])}


def test_pages_have_50_rows_and_at_most_500(ours: Tenant, api: APIClient) -> None:
    make_many(JobFactory, 510, company=ours.company)
    first = api.get("/api/jobs/")
    assert (len(first.json()), first["X-Total-Count"]) == (50, "511")
    links = _links(first)
    assert set(links) == {"first", "next", "last"}
    assert "page=2" in links["next"]
    assert "page=11" in links["last"]
    second = api.get(links["next"])
    assert set(_links(second)) == {"first", "prev", "next", "last"}
    widest = api.get("/api/jobs/?page_size=500&search=Job")
    assert len(widest.json()) == 500
    assert "page_size=500" in _links(widest)["next"]
    assert "search=Job" in _links(widest)["next"]
    seen = [row["id"] for page in range(1, 12) for row in api.get("/api/jobs/", {"page": page}).json()]
    assert len(seen) == len(set(seen)) == 511


def test_pages_are_stable_with_equal_sort_keys(ours: Tenant, api: APIClient) -> None:
    make_many(CandidateFactory, 40, company=ours.company, full_name="Same Name")
    for ordering in ("full_name", "-full_name", "created_at"):
        seen = []
        for page in range(1, 8):
            rows = api.get(CANDIDATES, {"ordering": ordering, "page": page, "page_size": 7}).json()
            seen += [row["id"] for row in rows]
        assert len(seen) == len(set(seen)) == 42


def test_slots_are_filtered_and_ordered(ours: Tenant, api: APIClient) -> None:
    job = JobFactory(company=ours.company)
    early = SlotFactory(company=ours.company, start_time=hour(200), max_candidates=5)
    late = SlotFactory(company=ours.company, start_time=hour(201), job=job, ai_interview_type="coding")

    def found(**query: Any) -> list[str]:
        return [each["id"] for each in api.get(SLOTS, query).json()]

    four = [str(slot.pk) for slot in (ours.slot, ours.booked_slot, early, late)]
    assert found() == four
    assert found(ordering="-start_time") == four[::-1]
    assert found(ordering="-max_candidates,start_time")[:2] == [str(early.pk), str(ours.booked_slot.pk)]
    assert found(status="available", ai_interview_type="coding") == [str(late.pk)]
    assert found(status="booked") == []
    assert found(job=job.pk) == [str(late.pk)]
    assert found(company=ours.company.pk) == four
    assert found(start_after=early.start_time.isoformat()) == [str(early.pk), str(late.pk)]
    assert found(start_before=early.start_time.isoformat()) == four[:2]


def test_other_lists_are_filtered(ours: Tenant, api: APIClient) -> None:
    book(ours.slot, ours.interview, status="confirmed", confirmed_at=timezone.now())

    def found(address: str, **query: Any) -> int:
        answer = api.get(address, query)
        assert answer.status_code == 200, answer.content
        assert answer["X-Total-Count"] == str(len(answer.json()))
        return len(answer.json())

    assert found(SCHEDULES) == 2
    assert found(SCHEDULES, status="confirmed") == 1
    assert found(SCHEDULES, slot=str(ours.slot.pk)) == 1
    assert found(SCHEDULES, interview=str(ours.booked_interview.pk)) == 1
    assert found(SCHEDULES, start_after=ours.booked_slot.start_time.isoformat()) == 1
    assert found(SCHEDULES, start_before=ours.booked_slot.start_time.isoformat()) == 1
    assert found(INTERVIEWS, candidate=ours.candidate.pk) == 3
    assert found(INTERVIEWS, job=ours.job.pk) == 2
    assert found(INTERVIEWS, status="cancelled") == 0
    assert found(CONFLICTS, resolution="pending", conflict_type="slot_unavailable") == 1
    assert found(CONFLICTS, primary_interview=str(ours.interview.pk)) == 0
    assert found(CONFIGURATIONS, interview_type="technical", day_of_week=1) == 1
    assert found(CANDIDATES, search="BOB") == 1
    assert found(CANDIDATES, search="%") == 0
    assert found(CANDIDATES, job=ours.job.pk) == 2
    assert found("/api/jobs/", search="ENGINEER", is_active="true") == 1
    assert found("/api/jobs/", is_active="false") == 0
    assert found("/api/users/", role="recruiter") == 1


def test_an_administrator_sees_every_company(ours: Tenant, theirs: Tenant, admin: APIClient) -> None:
    for address in LISTS:
        rows = admin.get(address).json()
        if address not in (SCHEDULES, CONFLICTS, *PERSONAL):
            key = "id" if address == "/api/companies/" else "company"
            assert {row[key] for row in rows} >= {ours.company.pk, theirs.company.pk}, address
    assert {each["company"] for each in admin.get(SLOTS, {"company": theirs.company.pk}).json()} == {theirs.company.pk}


# --- logging in ----------------------------------------------------------------------------------------


def test_login_me_logout(ours: Tenant, anonymous: APIClient) -> None:
    user = ours.users["recruiter"]
    got = made(
        anonymous.post("/api/auth/login/", {"email": user.email.upper(), "password": PASSWORD}, format="json"),
        {"token", "user"},
        200,
    )
    expected = {
        "id": user.pk,
        "email": "recruiter@alphaworks.example.com",
        "full_name": "alphaworks recruiter",
        "role": "recruiter",
        "company": ours.company.pk,
        "company_name": "alphaworks Inc",
    }
    assert got["user"] == expected
    client = APIClient(HTTP_AUTHORIZATION=f"Token {got['token']}")
    assert made(client.get("/api/auth/me/"), ME, 200) == expected
    answer = client.post("/api/auth/logout/")
    assert (answer.status_code, answer.content) == (204, b"")
    assert_problem(client.get("/api/auth/me/"), 401)


def test_an_administrator_has_no_company(admin: APIClient) -> None:
    got = made(admin.get("/api/auth/me/"), ME, 200)
    assert (got["role"], got["company"], got["company_name"]) == ("admin", None, None)


def test_registering_makes_a_company_with_its_first_user(anonymous: APIClient) -> None:
    values = {
        "company_name": "New Works",
        "full_name": "Ann",
        "email": "Ann@New.Example.com",
        "password": PASSWORD,
        "timezone": "Asia/Kolkata",
    }
    got = made(anonymous.post("/api/auth/register/", values, format="json"), {"token", "user"})
    assert (got["user"]["role"], got["user"]["company_name"], got["user"]["email"]) == (
        "company",
        "New Works",
        "ann@new.example.com",
    )
    client = APIClient(HTTP_AUTHORIZATION=f"Token {got['token']}")
    company = made(client.get(f"/api/companies/{got['user']['company']}/"), COMPANY, 200)
    assert company == {
        "id": got["user"]["company"],
        "name": "New Works",
        "email": "ann@new.example.com",
        "timezone": "Asia/Kolkata",
        "is_active": True,
    }


# --- people and jobs -----------------------------------------------------------------------------------


def test_an_administrator_makes_a_company(admin: APIClient, anonymous: APIClient) -> None:
    values = {"name": "New Works", "email": "Office@New.Example.com"}
    got = made(admin.post("/api/companies/", values, format="json"), COMPANY)
    assert got == {
        "id": got["id"],
        "name": "New Works",
        "email": "office@new.example.com",
        "timezone": "UTC",
        "is_active": True,
    }
    assert not User.objects.filter(company_id=got["id"]).exists()
    with unchanged():
        again = admin.post("/api/companies/", {**values, "name": "Other"}, format="json")
        assert "email already exists" in assert_problem(again, 400, "email", "email_taken")["detail"]
    second = {"name": "Second", "email": "second@example.com", "password": PASSWORD}
    got = made(admin.post("/api/companies/", second, format="json"), COMPANY)
    login = anonymous.post("/api/auth/login/", {"email": "second@example.com", "password": PASSWORD}, format="json")
    assert (login.json()["user"]["company"], login.json()["user"]["role"]) == (got["id"], "company")


def test_a_company_user_changes_the_company(ours: Tenant, api: APIClient) -> None:
    address = f"/api/companies/{ours.company.pk}/"
    got = made(api.patch(address, {"name": "Renamed"}, format="json"), COMPANY, 200)
    assert (got["name"], got["timezone"]) == ("Renamed", "Europe/Berlin")
    got = made(
        api.put(address, {"name": "Again", "email": "new@example.com", "timezone": "UTC"}, format="json"), COMPANY, 200
    )
    assert got == {
        "id": ours.company.pk,
        "name": "Again",
        "email": "new@example.com",
        "timezone": "UTC",
        "is_active": True,
    }
    assert_problem(api.delete(address), 405)


def test_a_companys_address_is_its_own(ours: Tenant, theirs: Tenant, api: APIClient) -> None:
    with unchanged():
        answer = api.patch(f"/api/companies/{ours.company.pk}/", {"email": theirs.company.email.upper()}, format="json")
    assert "email already exists" in assert_problem(answer, 400, "email")["detail"]


def test_a_job_is_made_read_changed_and_removed(ours: Tenant, api: APIClient) -> None:
    values = {
        "job_title": "Smith",
        "description": "Iron",
        "requirements": "Strong",
        "location": "Ghent",
        "tech_stack": ["anvil"],
    }
    got = made(api.post("/api/jobs/", values, format="json"), JOB)
    assert {name: got[name] for name in values} == values
    assert (got["company"], got["is_active"]) == (ours.company.pk, True)
    address = f"/api/jobs/{got['id']}/"
    assert made(api.get(address), JOB, 200) == got
    assert made(api.patch(address, {"is_active": False}, format="json"), JOB, 200)["is_active"] is False
    put = made(api.put(address, {"job_title": "Cooper"}, format="json"), JOB, 200)
    assert (put["job_title"], put["description"]) == ("Cooper", "Iron")
    assert api.delete(address).status_code == 204
    assert_problem(api.get(address), 404)
    with unchanged():
        assert_problem(api.delete(f"/api/jobs/{ours.job.pk}/"), 409, code="in_use")


def test_a_candidate_is_made_read_changed_and_removed(ours: Tenant, api: APIClient) -> None:
    values = {
        "full_name": "Ann",
        "email": "Ann@Example.com",
        "phone": "+49 30 1",
        "job": ours.job.pk,
        "work_experience": 4.5,
        "domain": "Iron",
        "role": "Smith",
        "poc_email": "poc@example.com",
    }
    got = made(api.post(CANDIDATES, values, format="json"), CANDIDATE)
    assert {name: got[name] for name in values} == {**values, "email": "ann@example.com"}
    assert (got["company"], got["resume"], got["resume_data"]) == (ours.company.pk, None, None)
    address = f"{CANDIDATES}{got['id']}/"
    assert made(api.get(address), CANDIDATE, 200) == got
    patched = made(api.patch(address, {"work_experience": None, "phone": ""}, format="json"), CANDIDATE, 200)
    assert (patched["work_experience"], patched["phone"], patched["full_name"]) == (None, "", "Ann")
    put = made(api.put(address, {"full_name": "Anna", "email": "anna@example.com"}, format="json"), CANDIDATE, 200)
    assert (put["full_name"], put["email"], put["domain"]) == ("Anna", "anna@example.com", "Iron")
    with unchanged():
        assert_problem(api.put(address, {"full_name": "Anna"}, format="json"), 400, "email")
        taken = api.post(CANDIDATES, {"full_name": "Other", "email": "ANNA@example.com"}, format="json")
        assert_problem(taken, 400, "email", "email_taken")
        assert_problem(api.delete(f"{CANDIDATES}{ours.candidate.pk}/"), 409, code="in_use")
    assert api.delete(address).status_code == 204
    assert_problem(api.get(address), 404)


def test_an_administrator_may_leave_a_candidates_company_out(ours: Tenant, admin: APIClient) -> None:
    got = made(admin.post(CANDIDATES, {"full_name": "Ann", "email": "a@example.com"}, format="json"), CANDIDATE)
    assert got["company"] is None
    got = made(
        admin.post(CANDIDATES, {"full_name": "Ann", "email": "a@example.com", "job": ours.job.pk}, format="json"),
        CANDIDATE,
    )
    assert got["company"] == ours.company.pk
    many = {"candidates": [{"full_name": "Bob", "email": "b@example.com"}]}
    assert admin.post(f"{CANDIDATES}bulk-create/", many, format="json").json()[0]["company"] is None


def test_candidates_are_made_in_bulk_all_or_none(ours: Tenant, api: APIClient) -> None:
    rows = [
        {"full_name": f"N{n}", "email": f"n{n}@example.com", "phone": "1", "poc_email": "poc@example.com"}
        for n in range(300)
    ]
    with unchanged():
        bad = [*rows[:7], {"full_name": "", "email": "x@example.com"}, *rows[8:]]
        problem = assert_problem(
            api.post(f"{CANDIDATES}bulk-create/", {"candidates": bad}, format="json"), 400, "candidates[7].full_name"
        )
        assert "candidates[7]" in problem["detail"]
        taken = [*rows[:3], {"full_name": "Ann", "email": ours.candidate.email.upper()}]
        assert_problem(
            api.post(f"{CANDIDATES}bulk-create/", {"candidates": taken}, format="json"), 400, "candidates[3].email"
        )
    answer = api.post(
        f"{CANDIDATES}bulk-create/", {"domain": "Iron", "role": "Smith", "candidates": rows}, format="json"
    )
    assert answer.status_code == 201
    got = answer.json()
    assert [each["email"] for each in got] == [row["email"] for row in rows]
    assert {frozenset(each) for each in got} == {frozenset(CANDIDATE)}
    assert {(each["domain"], each["role"], each["company"], each["phone"]) for each in got} == {
        ("Iron", "Smith", ours.company.pk, "1")
    }
    assert Candidate.objects.filter(company=ours.company).count() == 302


@pytest.mark.parametrize("name", ["german-office.pdf", "french-office.docx"])
def test_a_resume_is_read_kept_and_given_back(name: str, ours: Tenant, api: APIClient) -> None:
    content = (SAMPLES / name).read_bytes()
    expected = json.loads((SAMPLES / "expected.json").read_text())[name]
    kinds = {
        "pdf": "application/pdf",
        "docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    }
    kind = kinds[name.rpartition(".")[2]]

    def upload() -> SimpleUploadedFile:
        return SimpleUploadedFile(name, content, content_type="application/octet-stream")

    with unchanged():
        offered = api.post(f"{CANDIDATES}extract_resume/", {"resume": upload()}, format="multipart")
        data = {"filename", "content_type", "size", "full_name", "emails", "phones", "links", "text"}
        got = made(offered, data, 200)
    assert (got["full_name"], got["emails"], got["phones"]) == (
        expected["full_name"],
        expected["emails"],
        expected["phones"],
    )
    candidate = made(api.post(CANDIDATES, {"resume": upload()}, format="multipart"), CANDIDATE)
    assert (candidate["full_name"], candidate["email"]) == (expected["full_name"], expected["emails"][0])
    assert candidate["resume"] == f"/api/candidates/{candidate['id']}/resume/"
    assert candidate["resume_data"] == got
    assert got["content_type"] == kind
    listed = next(each for each in api.get(CANDIDATES).json() if each["id"] == candidate["id"])
    assert set(listed["resume_data"]) == data - {"text"}
    file = api.get(candidate["resume"])
    assert _content(file) == content
    assert file["Content-Type"] == kind
    assert file["Content-Disposition"] == f'attachment; filename="{name}"'
    assert file["X-Content-Type-Options"] == "nosniff"
    assert file["Content-Length"] == str(len(content))


def test_a_resume_is_replaced(ours: Tenant, api: APIClient) -> None:
    content = (SAMPLES / "german-office.pdf").read_bytes()
    address = f"{CANDIDATES}{ours.candidate.pk}/"
    resume = SimpleUploadedFile('Lebenslauf "Ä"\r\n.pdf', content, content_type="application/pdf")
    got = made(api.patch(address, {"resume": resume}, format="multipart"), CANDIDATE, 200)
    assert (got["full_name"], got["email"]) == ("alphaworks ann", "ann@alphaworks.example.org")
    file = api.get(f"{address}resume/")
    assert _content(file) == content
    assert file["Content-Disposition"].startswith("attachment; ")
    assert "\n" not in file["Content-Disposition"]


def test_a_candidate_without_a_resume_has_none_to_give(ours: Tenant, api: APIClient) -> None:
    assert_problem(api.get(f"{CANDIDATES}{ours.free_candidate.pk}/resume/"), 404, code="resume_not_found")


@pytest.mark.parametrize("method", ["put", "patch"])
def test_a_candidate_may_be_sent_back_as_shown(ours: Tenant, api: APIClient, method: str) -> None:
    for candidate in (ours.candidate, ours.free_candidate):
        address = f"{CANDIDATES}{candidate.pk}/"
        shown = made(api.get(address), CANDIDATE, 200)
        sent = {**shown, "phone": "+49 30 1234567"}
        got = made(getattr(api, method)(address, sent, format="json"), CANDIDATE, 200)
        assert {name for name in shown if got[name] != shown[name]} == {"phone", "updated_at"}


def test_a_resume_is_removed_by_null(ours: Tenant, api: APIClient) -> None:
    address = f"{CANDIDATES}{ours.candidate.pk}/"
    resume = Candidate.objects.get(pk=ours.candidate.pk).resume.file
    with unchanged():
        assert_problem(api.patch(address, {"resume": "/api/candidates/1/other/"}, format="json"), 400, "resume")
    assert made(api.patch(address, {"resume": None}, format="json"), CANDIDATE, 200)["resume_data"] is None
    assert_problem(api.get(f"{address}resume/"), 404, code="resume_not_found")
    assert resume.storage.exists(str(resume.name))  # until the change is committed, which a test never is


def test_a_new_candidate_may_say_that_there_is_no_resume(ours: Tenant, api: APIClient) -> None:
    values = {"full_name": "Ann", "email": "ann@example.com", "resume": None, "phone": None}
    got = made(api.post(CANDIDATES, values, format="json"), CANDIDATE)
    assert (got["resume"], got["phone"]) == (None, "")


def test_the_slot_in_the_way_is_named(ours: Tenant, api: APIClient) -> None:
    taken = ours.slot
    values = {
        "start_time": (taken.start_time + timedelta(minutes=30)).isoformat(),
        "end_time": (taken.end_time + timedelta(minutes=30)).isoformat(),
        "ai_interview_type": taken.ai_interview_type,
    }
    problem = assert_problem(api.post(SLOTS, values, format="json"), 409, code="slot_overlap")
    assert str(taken.pk) in problem["detail"]


def test_a_uuid_in_capital_letters_is_the_same(ours: Tenant, api: APIClient) -> None:
    assert made(api.get(f"{SLOTS}{str(ours.slot.pk).upper()}/"), SLOT, 200)["id"] == str(ours.slot.pk)


def test_a_company_in_a_row_of_a_bulk_is_refused_as_anywhere(ours: Tenant, theirs: Tenant, api: APIClient) -> None:
    row = {"full_name": "Ann", "email": "ann@example.com"}
    for named in (theirs.company.pk, float(theirs.company.pk), str(theirs.company.pk)):
        with unchanged():
            body = {"candidates": [{**row, "company": named}]}
            assert_problem(api.post(f"{CANDIDATES}bulk-create/", body, format="json"), 403, code="other_company")
            assert_problem(api.post("/api/jobs/", {"job_title": "J", "company": named}, format="json"), 403)


def test_a_pattern_that_is_sent_back_goes_on_to_follow_the_company_s_zone(ours: Tenant, api: APIClient) -> None:
    address = f"{CONFIGURATIONS}{ours.configuration.pk}/"
    shown = api.get(address).json()
    assert shown["timezone"] == "Europe/Berlin"
    assert api.put(address, shown, format="json").status_code == 200
    api.patch(f"/api/companies/{ours.company.pk}/", {"timezone": "Asia/Tokyo"}, format="json")
    assert api.get(address).json()["timezone"] == "Asia/Tokyo"
    assert api.patch(address, {"timezone": "Europe/Berlin"}, format="json").json()["timezone"] == "Europe/Berlin"


def test_a_slot_that_has_begun_is_not_available(ours: Tenant, api: APIClient) -> None:
    begun = SlotFactory(company=ours.company, start_time=timezone.now() - timedelta(minutes=5))
    got = made(api.get(f"{SLOTS}{begun.pk}/"), SLOT, 200)
    assert (got["status"], got["is_available"], got["available_spots"]) == ("available", False, 0)


def test_an_administrator_s_list_of_a_company_reads_times_in_its_zone(ours: Tenant, admin: APIClient) -> None:
    slot = SlotFactory(company=ours.company, start_time=datetime(YEAR, 7, 1, 7, tzinfo=UTC))  # 09:00 in Berlin
    query = {
        "company": str(ours.company.pk),
        "start_after": f"{YEAR}-07-01T09:00:00",
        "start_before": f"{YEAR}-07-01T09:00:01",
    }
    assert [each["id"] for each in admin.get(SLOTS, query).json()] == [str(slot.pk)]


@pytest.mark.parametrize(("sent", "kept"), [("be-flemish", "BE-Flemish"), ("de", "DE"), ("us-ca", "US-CA")])
def test_a_calendar_of_holidays_is_found_whatever_the_case(ours: Tenant, api: APIClient, sent: str, kept: str) -> None:
    pattern = {"interview_type": "coding", "day_of_week": 2, "start_time": "09:00", "end_time": "12:00"}
    got = made(api.post(CONFIGURATIONS, {**pattern, "holidays": sent}, format="json"), CONFIGURATION)
    assert got["holidays"] == kept


def test_a_company_that_moves_takes_its_slots_along(ours: Tenant, api: APIClient) -> None:
    api.patch(f"/api/companies/{ours.company.pk}/", {"timezone": "Asia/Tokyo"}, format="json")
    assert _deferred("interviews.follow_company") == [{"company_id": ours.company.pk}]
    api.patch(f"/api/companies/{ours.company.pk}/", {"timezone": "Asia/Tokyo", "name": "Moved"}, format="json")
    assert len(_deferred("interviews.follow_company")) == 1
    follow_company(company_id=ours.company.pk)
    slot = InterviewSlot.objects.filter(configuration=ours.configuration).earliest("start_time")
    assert slot.start_time.astimezone(ZoneInfo("Asia/Tokyo")).strftime("%H:%M") == "09:00"


def test_answers_are_not_kept_by_caches(ours: Tenant, api: APIClient) -> None:
    assert api.get("/api/auth/me/")["Cache-Control"] == "no-store"
    made_once = api.post("/api/jobs/", {"job_title": "J"}, format="json", HTTP_IDEMPOTENCY_KEY="k")
    assert made_once["Cache-Control"] == "no-store"


def test_a_resume_whose_file_is_gone_is_not_there(ours: Tenant, api: APIClient) -> None:
    resume = Candidate.objects.get(pk=ours.candidate.pk).resume
    resume.file.storage.delete(str(resume.file.name))
    assert_problem(api.get(f"{CANDIDATES}{ours.candidate.pk}/resume/"), 404, code="resume_not_found")


def test_a_colleague_is_added_with_a_password(ours: Tenant, api: APIClient, anonymous: APIClient) -> None:
    values = {"email": "New@Example.com", "full_name": "New", "role": "recruiter", "password": PASSWORD}
    got = made(api.post("/api/users/", values, format="json"), USER)
    expected = {"email": "new@example.com", "full_name": "New", "role": "recruiter", "company": ours.company.pk}
    assert {name: got[name] for name in expected} == expected
    assert (got["is_active"], got["is_invited"]) == (True, False)
    assert (
        anonymous.post(
            "/api/auth/login/", {"email": "new@example.com", "password": PASSWORD}, format="json"
        ).status_code
        == 200
    )
    with unchanged():
        assert_problem(api.post("/api/users/", values, format="json"), 400, "email", "email_taken")
    address = f"/api/users/{got['id']}/"
    assert made(api.get(address), USER, 200) == got
    assert made(api.patch(address, {"role": "hiring_agency"}, format="json"), USER, 200)["role"] == "hiring_agency"
    assert made(api.put(address, {"full_name": "Other"}, format="json"), USER, 200)["full_name"] == "Other"
    assert api.delete(address).status_code == 204
    assert made(api.get(address), USER, 200)["is_active"] is False


def test_a_colleague_is_invited_by_email(ours: Tenant, api: APIClient, anonymous: APIClient) -> None:
    values = {"email": "new@example.com", "full_name": "New Person", "role": "recruiter"}
    got = made(api.post("/api/users/", values, format="json"), USER)
    assert got["is_invited"] is True
    assert _deferred("organizations.send_invitation") == [{"user_id": got["id"]}]
    send_invitation(user_id=got["id"])
    (message,) = mail.outbox
    assert (message.to, message.subject) == (["new@example.com"], "Join alphaworks Inc on Parley")
    token = re.search(r"/join/#?([^/\s]+)/?", str(message.body))
    assert token
    assert_problem(
        anonymous.post("/api/auth/login/", {"email": "new@example.com", "password": "x"}, format="json"), 400
    )
    again = made(api.post(f"/api/users/{got['id']}/invite_again/"), USER, 200)
    assert again["is_invited"] is True
    accept = {"token": token[1], "password": PASSWORD, "full_name": "Renamed"}
    with unchanged():  # the invitation sent again has ended the one before
        refused = anonymous.post("/api/auth/accept-invitation/", accept, format="json")
        assert_problem(refused, 400, code="invitation_invalid")
    send_invitation(user_id=got["id"])
    token = re.search(r"/join/#?([^/\s]+)/?", str(mail.outbox[1].body))
    assert token
    accept["token"] = token[1]
    answer = made(anonymous.post("/api/auth/accept-invitation/", accept, format="json"), {"token", "user"}, 200)
    assert (answer["user"]["role"], answer["user"]["company"], answer["user"]["full_name"]) == (
        "recruiter",
        ours.company.pk,
        "Renamed",
    )
    with unchanged():
        assert_problem(anonymous.post("/api/auth/accept-invitation/", accept, format="json"), 400, "token")
        assert_problem(api.post(f"/api/users/{got['id']}/invite_again/"), 409, code="already_accepted")
    mail.outbox.clear()
    send_invitation(user_id=got["id"])
    assert mail.outbox == []


def test_a_colleagues_invitation_can_be_withdrawn(ours: Tenant, api: APIClient, anonymous: APIClient) -> None:
    got = api.post(
        "/api/users/", {"email": "new@example.com", "full_name": "N", "role": "recruiter"}, format="json"
    ).json()
    send_invitation(user_id=got["id"])
    token = re.search(r"/join/#?([^/\s]+)/?", str(mail.outbox[0].body))
    assert token
    assert api.delete(f"/api/users/{got['id']}/").status_code == 204
    with unchanged():
        accept = {"token": token[1], "password": PASSWORD}
        assert_problem(anonymous.post("/api/auth/accept-invitation/", accept, format="json"), 400, "token")


def test_a_company_keeps_one_company_user(ours: Tenant, admin: APIClient) -> None:
    only = ours.users["company"]
    address = f"/api/users/{only.pk}/"
    with unchanged():
        assert_problem(admin.delete(address), 409, code="last_company_user")
        assert_problem(admin.patch(address, {"role": "recruiter"}, format="json"), 409, code="last_company_user")
    UserFactory(company=ours.company)
    assert admin.delete(address).status_code == 204


def test_everybody_sees_their_colleagues_and_changes_their_own_name(ours: Tenant) -> None:
    user = ours.users["recruiter"]
    client = client_for(user)
    assert {each["id"] for each in client.get("/api/users/").json()} == {each.pk for each in ours.users.values()}
    got = made(client.patch(f"/api/users/{user.pk}/", {"full_name": "Me"}, format="json"), USER, 200)
    assert got["full_name"] == "Me"


# --- around it -----------------------------------------------------------------------------------------


def test_every_answer_has_a_request_id_and_says_what_it_is(ours: Tenant, api: APIClient) -> None:
    for answer in (api.get(SLOTS), api.get("/api/nothing/"), api.post(SLOTS, {}, format="json")):
        assert re.fullmatch(r"[0-9a-f]{32}", answer["X-Request-ID"])
        assert answer["X-Content-Type-Options"] == "nosniff"


def test_other_sites_may_ask_where_the_setting_says(ours: Tenant, api: APIClient, settings: Any) -> None:
    settings.CORS_ALLOWED_ORIGINS = ["https://app.example.com"]
    answer = api.get("/api/auth/me/", HTTP_ORIGIN="https://app.example.com")
    assert answer["Access-Control-Allow-Origin"] == "https://app.example.com"
    assert "Link" in answer["Access-Control-Expose-Headers"]
    assert "Access-Control-Allow-Origin" not in api.get("/api/auth/me/", HTTP_ORIGIN="https://evil.example.com")
    asked = api.options(
        "/api/auth/me/", HTTP_ORIGIN="https://app.example.com", HTTP_ACCESS_CONTROL_REQUEST_METHOD="GET"
    )
    assert asked.status_code == 200
    assert "idempotency-key" in asked["Access-Control-Allow-Headers"]


def test_what_the_caller_accepts_does_not_matter(ours: Tenant, api: APIClient) -> None:
    for accepted in ("text/html", "application/xml;q=0.9", "nonsense", "*/*", ""):
        answer = api.get("/api/auth/me/", HTTP_ACCEPT=accepted)
        assert (answer.status_code, answer["Content-Type"]) == (200, "application/json")


def test_health(anonymous: APIClient) -> None:
    assert anonymous.get("/healthz").json() == {"status": "ok"}
    assert set(anonymous.get("/readyz").json()) == {"status", "database", "jobs"}
    assert Company.objects.count() == 0


def make_many(factory: Any, number: int, **fields: Any) -> None:
    factory.create_batch(number, **fields)


def _content(file: Any) -> bytes:
    return b"".join(file.streaming_content)


def _deferred(task: str) -> list[dict[str, Any]]:
    with connection.cursor() as cursor:
        cursor.execute("SELECT args FROM procrastinate_jobs WHERE task_name = %s ORDER BY id", [task])
        return [json.loads(args) if isinstance(args, str) else args for (args,) in cursor.fetchall()]
