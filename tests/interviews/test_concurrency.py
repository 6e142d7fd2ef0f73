"""Many at once, over HTTP, against two and eight server processes on the real database."""

from collections.abc import Iterator
from functools import partial
from typing import Any

import httpx
import pytest
from django.db import connection
from django.utils import timezone

from parley.core.models import Event
from parley.interviews.models import Interview, InterviewConflict, InterviewSchedule, InterviewSlot
from tests.factories import (
    CandidateFactory,
    ConfigurationFactory,
    InterviewFactory,
    SlotFactory,
    UserFactory,
    book,
    in_future,
)
from tests.invariants import broken_invariants
from tests.live import all_at_once, client, codes, live_server

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(scope="module", params=[2, 8], ids=["2-workers", "8-workers"])
def address(request: Any, django_db_setup: None, django_db_blocker: Any) -> Iterator[str]:
    with django_db_blocker.unblock(), live_server(workers=request.param) as address:
        yield address


@pytest.fixture
def api(address: str) -> Iterator[httpx.Client]:
    with client(address, UserFactory(company__timezone="UTC")) as api:
        yield api


def company_of(api: httpx.Client) -> Any:
    from parley.organizations.models import Company  # noqa: PLC0415

    return Company.objects.get(pk=api.get("/auth/me/").json()["company"])


def interviews(company: Any, number: int) -> list[Interview]:
    return [InterviewFactory(candidate=CandidateFactory(company=company)) for _ in range(number)]


def booking(api: httpx.Client, interview: Interview, slot: InterviewSlot) -> Any:
    body = {"interview_id": str(interview.pk), "slot_id": str(slot.pk)}
    return partial(api.post, "/interviews/schedules/book_interview/", json=body)


@pytest.mark.parametrize("round_", range(3))
def test_one_place_is_booked_once(api: httpx.Client, round_: int) -> None:
    company = company_of(api)
    slot = SlotFactory(company=company)
    answers = all_at_once([booking(api, interview, slot) for interview in interviews(company, 50)])
    assert codes(answers) == [(201, None)] + [(409, "slot_full")] * 49
    slot.refresh_from_db()
    assert (slot.current_bookings, slot.status) == (1, "booked")
    assert InterviewSchedule.objects.filter(slot=slot, status="pending").count() == 1
    assert Event.objects.filter(type="interview.booked").count() == 1
    assert broken_invariants() == {}


def test_ten_places_are_booked_ten_times(api: httpx.Client) -> None:
    company = company_of(api)
    slot = SlotFactory(company=company, max_candidates=10)
    answers = all_at_once([booking(api, interview, slot) for interview in interviews(company, 50)])
    assert codes(answers) == [(201, None)] * 10 + [(409, "slot_full")] * 40
    slot.refresh_from_db()
    assert (slot.current_bookings, slot.status) == (10, "booked")
    assert broken_invariants() == {}


def test_one_interview_takes_one_of_twenty_slots(api: httpx.Client) -> None:
    company = company_of(api)
    (interview,) = interviews(company, 1)
    slots = [SlotFactory(company=company) for _ in range(20)]
    answers = all_at_once([booking(api, interview, slot) for slot in slots])
    assert codes(answers) == [(201, None)] + [(409, "interview_already_booked")] * 19
    assert InterviewSlot.objects.filter(current_bookings=1).count() == 1
    assert broken_invariants() == {}


def test_one_candidate_takes_one_of_ten_slots_at_the_same_time(api: httpx.Client) -> None:
    company = company_of(api)
    candidate = CandidateFactory(company=company)
    start = in_future()
    types = ["technical", "behavioral", "coding", "system_design", "general"]
    slots = [SlotFactory(company=company, start_time=start, ai_interview_type=each) for each in types]
    calls = [booking(api, InterviewFactory(candidate=candidate), slot) for slot in slots for _ in range(2)]
    answers = all_at_once(calls)
    assert {answer.status_code for answer in answers} == {201, 409}
    assert [answer.status_code for answer in answers].count(201) == 1
    assert {answer.json()["code"] for answer in answers if answer.status_code == 409} <= {"candidate_busy", "slot_full"}
    assert InterviewSchedule.objects.count() == 1
    assert broken_invariants() == {}


def test_twenty_identical_slots_make_one(api: httpx.Client) -> None:
    start, end = in_future(), in_future(hours=1)
    body = {"start_time": start.isoformat(), "end_time": end.isoformat(), "ai_interview_type": "coding"}
    answers = all_at_once([partial(api.post, "/interviews/slots/", json=body)] * 20)
    assert codes(answers) == [(201, None)] + [(409, "slot_overlap")] * 19
    assert InterviewSlot.objects.count() == 1
    assert Event.objects.filter(type="slot.created").count() == 1


def test_the_same_pattern_twice_at_once_makes_its_slots_once(api: httpx.Client) -> None:
    body = {
        "start_date": in_future(days=7).date().isoformat(),
        "end_date": in_future(days=13).date().isoformat(),
        "start_time": "09:00",
        "end_time": "12:00",
        "days_of_week": [1, 3, 5],
    }
    answers = all_at_once([partial(api.post, "/interviews/slots/create_recurring/", json=body)] * 4)
    assert [answer.status_code for answer in answers] == [201] * 4
    assert sorted(answer.json()["created_slots"] for answer in answers) == [0, 0, 0, 9]
    assert InterviewSlot.objects.count() == 9


def test_swapping_places_a_hundred_times_loses_none(api: httpx.Client) -> None:
    company = company_of(api)
    slots = [SlotFactory(company=company, max_candidates=2) for _ in range(2)]
    held = [book(slot, interview) for slot, interview in zip(slots, interviews(company, 2), strict=True)]
    current = [str(schedule.pk) for schedule in held]
    where = [0, 1]
    for _ in range(100):
        calls = [
            partial(
                api.post,
                f"/interviews/schedules/{current[n]}/reschedule/",
                json={"slot_id": str(slots[1 - where[n]].pk)},
            )
            for n in range(2)
        ]
        answers = all_at_once(calls)
        assert codes(answers) == [(200, None), (200, None)]
        current = [answer.json()["id"] for answer in answers]
        where = [1 - each for each in where]
    assert [InterviewSlot.objects.get(pk=slot.pk).current_bookings for slot in slots] == [1, 1]
    assert InterviewSchedule.objects.filter(status="rescheduled").count() == 200
    assert broken_invariants() == {}


def test_swapping_full_places_answers_in_words(api: httpx.Client) -> None:
    company = company_of(api)
    slots = [SlotFactory(company=company) for _ in range(2)]
    held = [book(slot, interview) for slot, interview in zip(slots, interviews(company, 2), strict=True)]
    for _ in range(50):
        calls = [
            partial(api.post, f"/interviews/schedules/{held[n].pk}/reschedule/", json={"slot_id": str(slots[1 - n].pk)})
            for n in range(2)
        ]
        assert codes(all_at_once(calls)) == [(409, "slot_full")] * 2
    assert InterviewSchedule.objects.filter(status="pending").count() == 2
    assert broken_invariants() == {}


def test_cancelling_at_once_moves_the_count_once(api: httpx.Client) -> None:
    company = company_of(api)
    slot = SlotFactory(company=company, max_candidates=3)
    held = [book(slot, interview) for interview in interviews(company, 2)]
    answers = all_at_once([partial(api.post, f"/interviews/schedules/{held[0].pk}/cancel_schedule/")] * 10)
    assert codes(answers) == [(200, None)] + [(409, "already_cancelled")] * 9
    slot.refresh_from_db()
    assert (slot.current_bookings, slot.status) == (1, "available")
    assert Event.objects.filter(type="interview.cancelled").count() == 1
    assert broken_invariants() == {}


def test_releasing_at_once_moves_the_count_once(api: httpx.Client) -> None:
    company = company_of(api)
    slot = SlotFactory(company=company, max_candidates=2)
    held = [book(slot, interview) for interview in interviews(company, 2)]
    path, body = f"/interviews/slots/{slot.pk}/release_slot/", {"schedule_id": str(held[0].pk)}
    answers = all_at_once([partial(api.post, path, json=body)] * 10)
    assert codes(answers) == [(200, None)] + [(409, "not_booked")] * 9
    slot.refresh_from_db()
    assert (slot.current_bookings, slot.status) == (1, "available")
    assert broken_invariants() == {}


def test_booking_and_cancelling_a_slot_at_once_leaves_no_booking_behind(api: httpx.Client) -> None:
    company = company_of(api)
    for _ in range(5):
        slot = SlotFactory(company=company, max_candidates=20)
        calls = [booking(api, interview, slot) for interview in interviews(company, 10)]
        calls.insert(5, partial(api.delete, f"/interviews/slots/{slot.pk}/?cascade=cancel"))
        answers = all_at_once(calls)
        assert {answer.status_code for answer in answers} <= {201, 204, 404, 409}
        assert not InterviewSchedule.objects.filter(slot=slot, status__in=["pending", "confirmed"]).exists()
    assert broken_invariants() == {}


@pytest.mark.parametrize("what", ["book", "reschedule"])
def test_cancelling_through_a_conflict_leaves_no_live_booking_behind(api: httpx.Client, what: str) -> None:
    """The booking that it finds may be another one by the time it holds its locks."""
    company = company_of(api)
    for _ in range(8):
        lost, other = SlotFactory(company=company), SlotFactory(company=company)
        (interview,) = interviews(company, 1)
        held = book(lost, interview)
        if what == "book":
            api.delete(f"/interviews/slots/{lost.pk}/?cascade=cancel")
            by_hand = booking(api, interview, other)
        else:
            InterviewConflict.objects.create(
                company=company,
                conflict_type="slot_unavailable",
                cause=f"stranded:{held.pk}",
                primary_interview=interview,
                schedule=held,
                slot=lost,
                detected_at=timezone.now(),
            )
            path = f"/interviews/schedules/{held.pk}/reschedule/"
            by_hand = partial(api.post, path, json={"slot_id": str(other.pk)})
        conflict = InterviewConflict.objects.get(primary_interview=interview)
        path = f"/interviews/conflicts/{conflict.pk}/resolve_conflict/"
        answers = all_at_once([partial(api.post, path, json={"resolution": "cancelled"}), by_hand])
        assert {answer.status_code for answer in answers} <= {200, 201, 409}
        assert broken_invariants() == {}


def test_cancelling_slots_beside_their_pattern_waits_in_no_circle(api: httpx.Client) -> None:
    company = company_of(api)
    configuration = ConfigurationFactory(company=company, start_time="08:00", end_time="18:00", slot_duration=30)
    path = f"/interviews/configurations/{configuration.pk}/generate/"
    until = {"until": in_future(days=20).date().isoformat()}
    assert api.post(path, json=until).status_code == 200
    slots = list(InterviewSlot.objects.filter(start_time__gt=in_future(days=1))[:16])
    for slot in slots:
        book(slot)
    calls = [partial(api.delete, f"/interviews/slots/{slot.pk}/?cascade=cancel") for slot in slots]
    calls += [partial(api.post, path, json=until)] * 8
    before = deadlocks()
    answers = all_at_once(calls)
    assert {answer.status_code for answer in answers} == {200, 204}
    assert deadlocks() == before
    assert broken_invariants() == {}


def deadlocks() -> int:
    """How many this database has met; it counts them when a connection has been idle for a moment."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_stat_clear_snapshot(), pg_stat_force_next_flush()")
        cursor.execute("SELECT deadlocks FROM pg_stat_database WHERE datname = current_database()")
        return int(cursor.fetchone()[0])


def test_everything_at_once_keeps_every_rule(api: httpx.Client) -> None:
    company = company_of(api)
    slots = [SlotFactory(company=company, max_candidates=1 + n % 3) for n in range(12)]
    held = [book(slots[n], interview) for n, interview in enumerate(interviews(company, 12))]
    fresh = interviews(company, 12)
    calls: list[Any] = []
    for n in range(12):
        path = f"/interviews/schedules/{held[n].pk}"
        calls += [
            booking(api, fresh[n], slots[(n + 1) % 12]),
            partial(api.post, f"{path}/reschedule/", json={"slot_id": str(slots[(n + 5) % 12].pk)}),
            partial(api.post, f"{path}/cancel_schedule/"),
            partial(api.post, f"{path}/confirm_schedule/"),
            partial(api.post, f"/interviews/slots/{slots[n].pk}/release_slot/", json={}),
        ]
    answers = all_at_once(calls)
    assert {answer.status_code for answer in answers} <= {200, 201, 404, 409}
    assert broken_invariants() == {}


def test_joining_the_waitlist_beside_booking_leaves_nobody_booked_and_waiting(api: httpx.Client) -> None:
    company = company_of(api)
    until = in_future(days=90).isoformat()
    for interview in interviews(company, 12):
        slot = SlotFactory(company=company)
        body = {"interview_id": str(interview.pk), "start_before": until}
        joining = partial(api.post, "/interviews/waitlist/", json=body)
        booked, joined = all_at_once([booking(api, interview, slot), joining])
        assert booked.status_code == 201
        assert (joined.status_code, joined.json().get("code")) in [(201, None), (409, "interview_already_booked")]
        assert broken_invariants() == {}


def test_losing_the_place_beside_booking_another_leaves_no_conflict_about_what_is_settled(api: httpx.Client) -> None:
    company = company_of(api)
    for interview in interviews(company, 8):
        lost, other = SlotFactory(company=company), SlotFactory(company=company)
        book(lost, interview)
        cancelling = partial(api.delete, f"/interviews/slots/{lost.pk}/?cascade=cancel")
        cancelled, taken = all_at_once([cancelling, booking(api, interview, other)])
        assert cancelled.status_code == 204
        assert (taken.status_code, taken.json().get("code")) in [(201, None), (409, "interview_already_booked")]
        assert broken_invariants() == {}


def test_a_held_place_is_accepted_once_and_not_beside_its_withdrawal(api: httpx.Client) -> None:
    company = company_of(api)
    for number in range(6):
        (interview,) = interviews(company, 1)
        lost = SlotFactory(company=company)
        SlotFactory(company=company, max_candidates=2)
        book(lost, interview)
        api.delete(f"/interviews/slots/{lost.pk}/?cascade=cancel")
        assert api.post("/interviews/reseatings/").status_code == 201
        conflict = InterviewConflict.objects.get(slot=lost)
        link = api.post(f"/interviews/{interview.pk}/invite/").json()["link"]
        accept = partial(api.post, f"/public/interviews/{link}/proposal/accept/")
        undo = partial(api.post, f"/interviews/conflicts/{conflict.pk}/undo/")
        first, second = all_at_once([accept, undo if number % 2 else accept])
        booked = InterviewSchedule.objects.filter(interview=interview, status="pending").count()
        conflict.refresh_from_db()
        if number % 2 == 0:
            assert sorted([first.status_code, second.status_code]) == [200, 409]
            assert (booked, conflict.resolution) == (1, "rescheduled")
        else:  # whoever comes second finds what the first has left
            assert (booked, conflict.resolution) in [(1, "rescheduled"), (0, "pending")]
            assert 200 in (first.status_code, second.status_code)
            assert conflict.is_manual == (second.status_code == 200)
        assert broken_invariants() == {}
