"""The calls for what happens by itself: re-seating, holds, the waitlist, candidates' answers and hours."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone
from rest_framework.test import APIClient

from parley.core.actors import SYSTEM
from parley.interviews.models import InterviewConflict, InterviewSchedule, InterviewSlot, PlaceHold, WaitlistEntry
from parley.interviews.operations.reseating import reseat
from parley.interviews.operations.waitlist import offer_places
from tests.api.tenants import Tenant, assert_problem, unchanged
from tests.factories import CandidateFactory, InterviewFactory, SlotFactory, book, in_future
from tests.invariants import broken_invariants

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)


@pytest.fixture
def lost(ours: Tenant, api: APIClient) -> InterviewConflict:
    """A booking in ten days whose slot was cancelled, and a free one two hours later. No other conflict is open."""
    InterviewConflict.objects.all().delete()
    start = in_future(days=10)
    slot = SlotFactory(company=ours.company, start_time=start)
    SlotFactory(company=ours.company, start_time=start + timedelta(hours=2))
    book(slot, InterviewFactory(candidate=CandidateFactory(company=ours.company)))
    assert api.post(f"/api/interviews/slots/{slot.pk}/cancel_slot/?cascade=cancel").status_code == 200
    return InterviewConflict.objects.get(slot=slot)


def link_of(api: APIClient, conflict: InterviewConflict) -> str:
    answer = api.post(f"/api/interviews/{conflict.primary_interview_id}/invite/")
    return f"/api/public/interviews/{answer.json()['link']}/"


def test_a_run_is_started_seen_and_undone(lost: InterviewConflict, ours: Tenant, api: APIClient) -> None:
    started = api.post("/api/interviews/reseatings/")
    assert started.status_code == 201
    run = started.json()
    assert {name: run[name] for name in ("mode", "affected", "seated", "displacement_minutes", "undone_at")} == {
        "mode": "propose",
        "affected": 1,
        "seated": 1,
        "displacement_minutes": 120,
        "undone_at": None,
    }
    assert run in api.get("/api/interviews/reseatings/").json()
    assert api.get(f"/api/interviews/reseatings/{run['id']}/").json() == run
    shown = api.get(f"/api/interviews/conflicts/{lost.pk}/").json()
    hold = PlaceHold.objects.get()
    assert (shown["held"]["id"], shown["held"]["slot_id"], shown["reseating"]) == (
        str(hold.pk),
        str(hold.slot_id),
        run["id"],
    )
    with unchanged():
        assert_problem(api.post("/api/interviews/reseatings/"), 409, code="nobody_to_seat")
    undone = api.post(f"/api/interviews/reseatings/{run['id']}/undo/")
    assert (undone.status_code, undone.json()["kept"], undone.json()["undone_by"]) == (
        200,
        [],
        ours.users["company"].pk,
    )
    shown = api.get(f"/api/interviews/conflicts/{lost.pk}/").json()
    assert (shown["held"], shown["is_manual"], shown["resolution"]) == (None, True, "pending")
    with unchanged():
        assert_problem(api.post(f"/api/interviews/reseatings/{run['id']}/undo/"), 409, code="already_undone")


def test_every_step_is_in_the_log(lost: InterviewConflict, ours: Tenant, api: APIClient) -> None:
    reseat(company_id=ours.company.pk, actor=SYSTEM, now=timezone.now())
    address = link_of(api, lost)
    assert APIClient().post(f"{address}proposal/accept/").status_code == 200
    api.post(f"/api/interviews/conflicts/{lost.pk}/undo/")
    steps = api.get(f"/api/interviews/conflicts/{lost.pk}/log/").json()
    assert [(step["step"], step["actor_kind"]) for step in steps] == [
        ("opened", "user"),
        ("proposed", "system"),
        ("proposal_accepted", "candidate"),
        ("resolved", "candidate"),
        ("reopened", "user"),
    ]
    assert steps[1]["details"]["slot_id"] == str(PlaceHold.objects.get().slot_id)
    assert broken_invariants() == {}


def test_nothing_is_undone_where_nothing_was_done(lost: InterviewConflict, api: APIClient) -> None:
    with unchanged():
        assert_problem(api.post(f"/api/interviews/conflicts/{lost.pk}/undo/"), 409, code="nothing_to_undo")


def test_the_candidate_sees_accepts_or_declines_a_proposal(
    lost: InterviewConflict, ours: Tenant, api: APIClient, anonymous: APIClient
) -> None:
    address = link_of(api, lost)
    for answer in ("accept", "decline"):
        with unchanged():
            assert_problem(anonymous.post(f"{address}proposal/{answer}/"), 409, code="no_proposal")
    reseat(company_id=ours.company.pk, actor=SYSTEM, now=timezone.now())
    hold = PlaceHold.objects.get()
    shown = anonymous.get(address).json()
    assert shown["proposal"] == {
        "slot": str(hold.slot_id),
        "reason": "replacement",
        "start_time": hold.start_time.isoformat().replace("+00:00", "Z"),
        "end_time": hold.end_time.isoformat().replace("+00:00", "Z"),
        "expires_at": hold.expires_at.isoformat().replace("+00:00", "Z"),
    }
    taken = anonymous.post(f"{address}proposal/accept/")
    assert (taken.status_code, taken.json()["slot"]) == (200, str(hold.slot_id))
    shown = anonymous.get(address).json()
    assert (shown["proposal"], shown["schedule"]["slot"]) == (None, str(hold.slot_id))
    assert broken_invariants() == {}


def test_the_candidate_may_take_another_time_instead(
    lost: InterviewConflict, ours: Tenant, api: APIClient, anonymous: APIClient
) -> None:
    reseat(company_id=ours.company.pk, actor=SYSTEM, now=timezone.now())
    other = SlotFactory(company=ours.company, start_time=in_future(days=12))
    address = link_of(api, lost)
    assert anonymous.post(f"{address}book/", {"slot_id": str(other.pk)}, format="json").status_code == 201
    assert PlaceHold.objects.get().status == "withdrawn"
    lost.refresh_from_db()
    assert lost.resolution == "rescheduled"
    assert broken_invariants() == {}


def test_the_candidate_waits_and_is_offered_a_place(ours: Tenant, api: APIClient, anonymous: APIClient) -> None:
    interview = InterviewFactory(candidate=CandidateFactory(company=ours.company))
    link = api.post(f"/api/interviews/{interview.pk}/invite/").json()["link"]
    address = f"/api/public/interviews/{link}/"
    until = in_future(days=300)
    values = {"start_after": in_future(days=200).isoformat(), "start_before": until.isoformat()}
    joined = anonymous.post(f"{address}waitlist/", values, format="json")
    assert (joined.status_code, joined.json()["status"]) == (201, "waiting")
    with unchanged():
        again = anonymous.post(f"{address}waitlist/", values, format="json")
        assert_problem(again, 409, code="already_waiting")
        assert_problem(anonymous.post(f"{address}waitlist/", {}, format="json"), 400, field="start_before")
    SlotFactory(company=ours.company, start_time=in_future(days=250))
    # After thousands of other tests the tenant's own slot lies in these days, too.
    wanted = InterviewSlot.objects.filter(company=ours.company, start_time__range=(in_future(days=200), until))
    assert offer_places(company_id=ours.company.pk, now=timezone.now()) == 1
    shown = anonymous.get(address).json()
    assert (shown["waitlist"]["status"], shown["proposal"]["reason"]) == ("offered", "waitlist")
    assert wanted.filter(pk=shown["proposal"]["slot"]).exists()
    assert anonymous.post(f"{address}proposal/decline/").status_code == 204
    assert anonymous.delete(f"{address}waitlist/").status_code == 204
    with unchanged():
        assert_problem(anonymous.delete(f"{address}waitlist/"), 409, code="not_waiting")
    assert WaitlistEntry.objects.get(interview=interview).status == "left"
    assert broken_invariants() == {}


def test_a_company_lets_an_interview_wait(ours: Tenant, api: APIClient) -> None:
    values = {
        "interview_id": str(ours.interview.pk),
        "ai_interview_type": "coding",
        "start_before": in_future(days=300).isoformat(),
    }
    made = api.post("/api/interviews/waitlist/", values, format="json")
    assert made.status_code == 201
    assert {name: made.json()[name] for name in ("interview", "status", "ai_interview_type", "job_title")} == {
        "interview": str(ours.interview.pk),
        "status": "waiting",
        "ai_interview_type": "coding",
        "job_title": None,
    }
    assert api.get("/api/interviews/waitlist/", {"interview": str(ours.interview.pk)}).json() == [made.json()]
    assert api.get("/api/interviews/waitlist/", {"status": "left"}).json() == []
    assert api.delete(f"/api/interviews/waitlist/{made.json()['id']}/").status_code == 204
    assert [row["id"] for row in api.get("/api/interviews/waitlist/", {"status": "left"}).json()] == [made.json()["id"]]


HOURS: dict[str, Any] = {
    "timezone": "Asia/Kolkata",
    "earliest": "09:00",
    "latest": "00:00",
    "days_of_week": [5, 1, 5],
    "notice_minutes": 60,
}


def test_the_candidate_says_when_there_is_time(ours: Tenant, api: APIClient, anonymous: APIClient) -> None:
    link = api.post(f"/api/interviews/{ours.interview.pk}/invite/").json()["link"]
    address = f"/api/public/interviews/{link}/"
    kept = HOURS | {"days_of_week": [1, 5]}
    answer = anonymous.put(f"{address}hours/", HOURS, format="json")
    assert (answer.status_code, answer.json()) == (200, kept)
    assert anonymous.get(address).json()["hours"] == kept
    assert api.get(f"/api/interviews/{ours.interview.pk}/").json()["candidate_hours"] == kept
    assert anonymous.delete(f"{address}hours/").status_code == 204
    assert anonymous.get(address).json()["hours"] is None


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"timezone": "Mars/Olympus"}, "timezone"),
        ({"earliest": "9"}, "earliest"),
        ({"earliest": "17:00", "latest": "17:00"}, "latest"),
        ({"days_of_week": [0]}, "days_of_week[0]"),
        ({"days_of_week": [1] * 8}, "days_of_week"),
        ({"notice_minutes": -1}, "notice_minutes"),
    ],
)
def test_hours_that_cannot_be_are_refused(
    changes: dict[str, Any], field: str, ours: Tenant, api: APIClient, anonymous: APIClient
) -> None:
    link = api.post(f"/api/interviews/{ours.interview.pk}/invite/").json()["link"]
    with unchanged():
        bad = anonymous.put(f"/api/public/interviews/{link}/hours/", HOURS | changes, format="json")
        assert_problem(bad, 400, field=field)
        address = f"/api/interviews/{ours.interview.pk}/"
        bad = api.patch(address, {"candidate_hours": HOURS | changes}, format="json")
        assert_problem(bad, 400)


def test_a_company_keeps_hours_that_a_candidate_told_it(ours: Tenant, api: APIClient) -> None:
    address = f"/api/interviews/{ours.interview.pk}/"
    assert api.patch(address, {"candidate_hours": HOURS}, format="json").json()["candidate_hours"]["latest"] == "00:00"
    assert api.patch(address, {"candidate_hours": None}, format="json").json()["candidate_hours"] is None
    values = {"candidate": ours.candidate.pk, "candidate_hours": HOURS}
    made = api.post("/api/interviews/", values, format="json")
    assert (made.status_code, made.json()["candidate_hours"]["days_of_week"]) == (201, [1, 5])


def test_a_day_is_called_off_and_its_interviews_are_seated_again(ours: Tenant, api: APIClient) -> None:
    InterviewConflict.objects.all().delete()
    day = in_future(days=1000).replace(hour=0)  # the factory's other slots are nearer
    slots = [SlotFactory(company=ours.company, start_time=day + timedelta(hours=hour)) for hour in (9, 11, 13)]
    other = SlotFactory(company=ours.company, start_time=day + timedelta(hours=9), ai_interview_type="coding")
    spare = [SlotFactory(company=ours.company, start_time=day + DAY + timedelta(hours=hour)) for hour in (9, 11)]
    for slot in slots[:2]:
        book(slot, InterviewFactory(candidate=CandidateFactory(company=ours.company)))
    values = {
        "start_time": day.isoformat(),
        "end_time": (day + DAY).isoformat(),
        "ai_interview_types": ["technical"],
        "reason": "The office is closed.",
    }
    answer = api.post("/api/interviews/slots/call_off/", values, format="json")
    assert answer.status_code == 200
    assert (answer.json()["cancelled_slots"], answer.json()["unseated_interviews"]) == (3, 2)
    assert set(answer.json()["slots"]) == {str(slot.pk) for slot in slots}
    assert InterviewSlot.objects.get(pk=other.pk).status == "available"
    again = api.post("/api/interviews/slots/call_off/", values, format="json")
    assert (again.json()["cancelled_slots"], again.json()["unseated_interviews"]) == (0, 0)
    run = reseat(company_id=ours.company.pk, actor=SYSTEM, now=timezone.now())
    assert run is not None
    assert (run.affected, run.seated) == (2, 2)
    assert set(PlaceHold.objects.values_list("slot_id", flat=True)) == {slot.pk for slot in spare}
    assert broken_invariants() == {}


@pytest.mark.parametrize("days", [0, -1, 367])
def test_a_stretch_that_cannot_be_called_off(ours: Tenant, api: APIClient, days: int) -> None:
    start = in_future(days=100)
    values = {"start_time": start.isoformat(), "end_time": (start + days * DAY).isoformat()}
    with unchanged():
        assert_problem(api.post("/api/interviews/slots/call_off/", values, format="json"), 400, field="end_time")


def test_a_company_chooses_what_happens_by_itself(
    lost: InterviewConflict, ours: Tenant, api: APIClient, as_role: Callable[[str], APIClient]
) -> None:
    address = f"/api/companies/{ours.company.pk}/scheduling/"
    for name, value in (("reseat_mode", "always"), ("hold_hours", 0), ("offer_minutes", 4)):
        with unchanged():
            assert_problem(api.patch(address, {name: value}, format="json"), 400, field=name)
    assert api.patch(address, {"reseat_mode": "off"}, format="json").json()["reseat_mode"] == "off"
    with unchanged():
        assert_problem(api.post("/api/interviews/reseatings/"), 409, code="reseating_off")
    assert api.patch(address, {"reseat_mode": "book"}, format="json").json()["reseat_mode"] == "book"
    assert api.post("/api/interviews/reseatings/").json()["mode"] == "book"
    assert InterviewSchedule.objects.get(interview=lost.primary_interview_id, status="pending").slot_id
