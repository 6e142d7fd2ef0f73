"""Single slots, and many at once."""

from datetime import UTC, date, datetime, time, timedelta
from typing import Any

import pytest
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext

from parley.core.errors import Conflict, DomainError, Forbidden, Invalid
from parley.core.models import Event
from parley.interviews.models import InterviewConflict, InterviewSchedule, InterviewSlot
from parley.interviews.operations.booking import book_interview, cancel_booking, reschedule_booking
from parley.interviews.operations.interviews import update_interview
from parley.interviews.operations.recurring import Pattern, create_recurring
from parley.interviews.operations.slots import (
    complete_past_slots,
    complete_slot,
    create_slot,
    delete_slot,
    update_slot,
)
from parley.organizations.models import Company, User
from tests.factories import InterviewFactory, JobFactory, SlotFactory, book
from tests.invariants import broken_invariants

pytestmark = pytest.mark.django_db
NINE = datetime(2027, 3, 8, 9, tzinfo=UTC)


def make(actor: User, now: datetime, *, start: datetime = NINE, minutes: float = 60, **more: Any) -> InterviewSlot:
    arguments = {"company_id": None, "job_id": None, "duration_minutes": None, "fields": {}, **more}
    return create_slot(start_time=start, end_time=start + timedelta(minutes=minutes), actor=actor, now=now, **arguments)


def recurring(actor: User, now: datetime, *, dry_run: bool = False, **fields: Any) -> Any:
    values = {
        "start_date": date(2027, 3, 8),
        "end_date": date(2027, 3, 14),
        "start_time": time(9),
        "end_time": time(12),
        "days_of_week": [1, 2, 3, 4, 5],
        "slot_duration": 60,
        "break_duration": 0,
        "timezone": None,
        **fields,
    }
    return create_recurring(
        company_id=None,
        job_id=None,
        pattern=Pattern(**values),
        fields={"ai_interview_type": "technical", "max_candidates": 1},
        dry_run=dry_run,
        actor=actor,
        now=now,
    )


def test_a_slot_is_made_with_its_event(actor: User, now: datetime) -> None:
    slot = make(actor, now, fields={"max_candidates": 3, "notes": "Room 1"})
    assert (slot.duration_minutes, slot.status, slot.current_bookings, slot.max_candidates) == (60, "available", 0, 3)
    event = Event.objects.get()
    assert (event.type, event.object_id, event.company_id, event.actor_id) == (
        "slot.created",
        str(slot.pk),
        actor.company_id,
        actor.pk,
    )


@pytest.mark.parametrize(
    ("start", "minutes", "more", "field"),
    [
        (NINE, 0, {}, "end_time"),
        (NINE, -30, {}, "end_time"),
        (NINE, 0.5, {}, "end_time"),
        (NINE, 1441, {}, "end_time"),
        (NINE, 60, {"duration_minutes": 45}, "duration_minutes"),
        (datetime(2027, 3, 1, 8, tzinfo=UTC), 60, {}, "start_time"),  # now
        (datetime(2020, 1, 1, tzinfo=UTC), 60, {}, "start_time"),
        (datetime(9999, 1, 1, tzinfo=UTC), 60, {}, "start_time"),
        (NINE, 60, {"job_id": 10**9}, "job"),
        (NINE, 60, {"fields": {"ai_configuration": {"questions": "many"}}}, "ai_configuration"),
        (NINE, 60, {"fields": {"ai_configuration": {"prompt": "x" * 33_000}}}, "ai_configuration"),
    ],
)
def test_bad_slots_are_refused_by_field(
    actor: User, now: datetime, start: datetime, minutes: float, more: dict[str, Any], field: str
) -> None:
    with pytest.raises(Invalid) as refusal:
        make(actor, now, start=start, minutes=minutes, **more)
    assert list(refusal.value.errors) == [field]
    assert (InterviewSlot.objects.count(), Event.objects.count()) == (0, 0)


def test_a_job_of_another_company_is_not_there(actor: User, now: datetime) -> None:
    with pytest.raises(Invalid) as refusal:
        make(actor, now, job_id=JobFactory().pk)
    assert refusal.value.code == "job_not_found"


def test_another_company_is_forbidden_whether_it_exists_or_not(actor: User, now: datetime) -> None:
    for company_id in (SlotFactory().company_id, 10**9):
        with pytest.raises(Forbidden):
            make(actor, now, company_id=company_id)


@pytest.mark.parametrize(("minutes_later", "taken"), [(0, False), (59, False), (-59, False), (60, True), (-60, True)])
def test_overlap_is_refused_within_company_and_type(
    actor: User, now: datetime, minutes_later: int, taken: bool
) -> None:
    make(actor, now)
    other = NINE + timedelta(minutes=minutes_later)
    if taken:
        make(actor, now, start=other)
    else:
        with pytest.raises(Conflict) as refusal:
            make(actor, now, start=other)
        assert refusal.value.code == "slot_overlap"
    make(actor, now, start=other, fields={"ai_interview_type": "coding"})  # another lane
    assert InterviewSlot.objects.count() == 2 + taken


def test_a_cancelled_slot_leaves_its_time_free(actor: User, now: datetime, company: Company) -> None:
    SlotFactory(company=company, start_time=NINE, ai_interview_type="general", status="cancelled", cancelled_at=now)
    make(actor, now, fields={"ai_interview_type": "general"})


@pytest.mark.parametrize(
    "broken",
    [
        {"current_bookings": 2},
        {"current_bookings": 1},
        {"status": "booked"},
        {"max_candidates": 0},
        {"status": "cancelled"},
        {"cancelled_at": datetime(2027, 1, 1, tzinfo=UTC)},
        {"duration_minutes": 59},
        {"end_time": NINE - timedelta(hours=1)},
    ],
)
def test_the_database_itself_refuses_a_slot_out_of_step(company: Company, broken: dict[str, Any]) -> None:
    slot = SlotFactory(company=company, start_time=NINE)
    with pytest.raises(IntegrityError), transaction.atomic():
        InterviewSlot.objects.filter(pk=slot.pk).update(**broken)


def test_the_database_itself_refuses_overlap_and_double_booking(company: Company) -> None:
    first = SlotFactory(company=company, start_time=NINE)
    with pytest.raises(IntegrityError), transaction.atomic():
        SlotFactory(company=company, start_time=NINE + timedelta(minutes=30))
    other = SlotFactory(company=company, start_time=NINE + timedelta(minutes=30), ai_interview_type="coding")
    booked = book(first)
    with pytest.raises(IntegrityError), transaction.atomic():
        InterviewSchedule.objects.create(
            company=company,
            interview=booked.interview,
            slot=other,
            candidate=booked.candidate,
            start_time=other.start_time,
            end_time=other.end_time,
            booked_at=NINE,
        )


def test_a_booked_slot_keeps_times_and_type_but_can_grow(actor: User, now: datetime, company: Company) -> None:
    slot = SlotFactory(company=company, start_time=NINE, max_candidates=2)
    book(slot)
    book(slot)
    for fields, code in (
        ({"start_time": NINE + timedelta(hours=1), "end_time": NINE + timedelta(hours=2)}, "slot_has_bookings"),
        ({"ai_interview_type": "coding"}, "slot_has_bookings"),
        ({"max_candidates": 1}, "capacity_below_bookings"),
    ):
        with pytest.raises(Conflict) as refusal:
            update_slot(slot_id=slot.pk, fields=fields, actor=actor, now=now)
        assert refusal.value.code == code
    assert update_slot(slot_id=slot.pk, fields={"max_candidates": 3}, actor=actor, now=now).status == "available"
    assert broken_invariants() == {}


def test_moving_a_slot_onto_another_is_refused(actor: User, now: datetime) -> None:
    make(actor, now)
    other = make(actor, now, start=NINE + timedelta(hours=2))
    with pytest.raises(DomainError) as refusal:
        update_slot(
            slot_id=other.pk,
            fields={"start_time": NINE, "end_time": NINE + timedelta(hours=1)},
            actor=actor,
            now=now,
        )
    assert refusal.value.code == "slot_overlap"


def test_deleting_removes_a_slot_that_nothing_remembers(actor: User, now: datetime) -> None:
    slot = make(actor, now)
    delete_slot(slot_id=slot.pk, cascade=False, actor=actor, now=now)
    assert not InterviewSlot.objects.exists()
    assert list(Event.objects.order_by("id").values_list("type", flat=True)) == ["slot.created", "slot.deleted"]


def test_past_slots_are_completed_once_with_their_bookings(now: datetime, company: Company) -> None:
    past = SlotFactory(company=company, start_time=now - timedelta(hours=2))
    schedule = book(past)
    running = SlotFactory(company=company, start_time=now - timedelta(minutes=30))
    assert complete_past_slots(now=now) == 1
    assert complete_past_slots(now=now) == 0
    past.refresh_from_db()
    running.refresh_from_db()
    schedule.refresh_from_db()
    assert (past.status, past.current_bookings, running.status, schedule.status) == (
        "completed",
        1,
        "available",
        "pending",
    )
    assert Event.objects.filter(type="slot.completed").count() == 1


def test_a_booking_updates_the_slot_s_row_in_place(actor: User, now: datetime, company: Company) -> None:
    """PostgreSQL's heap-only update: it writes no index, which is much of what a booking would cost."""
    slot = SlotFactory(company=company, start_time=now + timedelta(days=1))
    interview = InterviewFactory(candidate__company=company)
    with connection.cursor() as cursor:
        counted = "SELECT pg_stat_get_xact_tuples_hot_updated('interviews_interviewslot'::regclass)"
        cursor.execute(counted)
        (before,) = cursor.fetchone()
        book_interview(interview_id=interview.pk, slot_id=slot.pk, notes="", actor=actor, now=now)
        cursor.execute(counted)
        assert cursor.fetchone() == (before + 1,)


def test_a_slot_is_completed_by_hand_once_it_has_begun(actor: User, now: datetime, company: Company) -> None:
    running = SlotFactory(company=company, start_time=now - timedelta(minutes=30))
    future = SlotFactory(company=company, start_time=now + timedelta(minutes=30), ai_interview_type="coding")
    assert complete_slot(slot_id=running.pk, actor=actor, now=now).status == "completed"
    for slot, code in ((running, "already_completed"), (future, "slot_in_future")):
        with pytest.raises(Conflict) as refusal:
            complete_slot(slot_id=slot.pk, actor=actor, now=now)
        assert refusal.value.code == code


def test_a_year_of_half_hours_is_made_in_a_handful_of_statements(actor: User, now: datetime) -> None:
    with CaptureQueriesContext(connection) as statements:
        slots, skipped = recurring(actor, now, end_date=date(2028, 3, 7), end_time=time(17), slot_duration=30)
    assert (len(slots), len(skipped)) == (4192, 0)  # 262 weekdays of 16
    assert len(statements) <= 12
    assert InterviewSlot.objects.count() == Event.objects.count() == 4192


def test_a_pattern_keeps_what_it_was_and_skips_what_is_taken(actor: User, now: datetime, company: Company) -> None:
    SlotFactory(company=company, start_time=datetime(2027, 3, 9, 8, 30, tzinfo=UTC))  # 09:30 in Berlin
    SlotFactory(company=company, start_time=datetime(2027, 3, 10, 8, tzinfo=UTC))  # exactly the pattern's first
    slots, skipped = recurring(actor, now)
    assert len(slots) == 12
    assert [(each.start.strftime("%d %H:%M"), each.reason) for each in skipped] == [
        ("09 08:00", "slot_overlap"),
        ("09 09:00", "slot_overlap"),
        ("10 08:00", "slot_exists"),
    ]
    assert slots[0].recurring_pattern == {
        "start_date": "2027-03-08",
        "end_date": "2027-03-14",
        "start_time": "09:00",
        "end_time": "12:00",
        "days_of_week": [1, 2, 3, 4, 5],
        "slot_duration": 60,
        "break_duration": 0,
        "timezone": "Europe/Berlin",
    }
    assert InterviewConflict.objects.get().conflict_details["refused"] == 2


def test_a_dry_run_makes_nothing(actor: User, now: datetime) -> None:
    slots, _ = recurring(actor, now, dry_run=True)
    assert len(slots) == 15
    assert (InterviewSlot.objects.count(), Event.objects.count()) == (0, 0)


@pytest.mark.parametrize(
    ("fields", "field"),
    [
        ({"end_date": date(2027, 3, 7)}, "end_date"),
        ({"start_date": date(2027, 2, 28)}, "start_date"),
        ({"end_date": date(2040, 1, 1)}, "end_date"),
        ({"end_time": time(9)}, "end_time"),
        ({"end_time": time(8)}, "end_time"),
        ({"slot_duration": 240}, "slot_duration"),
        ({"timezone": "Mars/Olympus"}, "timezone"),
        (
            {
                "end_date": date(2031, 3, 1),
                "slot_duration": 5,
                "end_time": time(0),
                "start_time": time(0),
                "days_of_week": range(1, 8),
            },
            "end_date",
        ),
    ],
)
def test_bad_patterns_are_refused_by_field(actor: User, now: datetime, fields: dict[str, Any], field: str) -> None:
    with pytest.raises(Invalid) as refusal:
        recurring(actor, now, **fields)
    assert list(refusal.value.errors) == [field]
    assert InterviewSlot.objects.count() == 0


def test_an_interview_that_was_missed_can_be_booked_again(actor: User, now: datetime, company: Company) -> None:
    past = SlotFactory(company=company, start_time=now - timedelta(hours=2))
    free, later = (SlotFactory(company=company, start_time=now + timedelta(hours=hours)) for hours in (2, 4))
    missed, given_up = book(past), book(SlotFactory(company=company, start_time=now - timedelta(hours=4)))
    complete_past_slots(now=now)
    moved = reschedule_booking(schedule_id=missed.pk, slot_id=free.pk, actor=actor, now=now)
    cancel_booking(schedule_id=given_up.pk, reason="Not there.", actor=actor, now=now)
    again = book_interview(interview_id=given_up.interview_id, slot_id=later.pk, notes="", actor=actor, now=now)
    assert (moved.slot_id, again.slot_id) == (free.pk, later.pk)
    past.refresh_from_db()
    assert (past.status, past.current_bookings) == ("completed", 0)
    assert broken_invariants() == {}


def test_the_job_of_a_booked_interview_stays_one_that_its_slot_is_for(
    actor: User, now: datetime, company: Company
) -> None:
    job, other = JobFactory(company=company), JobFactory(company=company)
    interview = InterviewFactory(candidate__company=company, job=job)
    book(SlotFactory(company=company, job=job), interview)
    with pytest.raises(Conflict) as refusal:
        update_interview(interview_id=interview.pk, fields={"job_id": other.pk}, actor=actor, now=now)
    assert refusal.value.code == "job_mismatch"
    interview.refresh_from_db()
    assert interview.job == job
    assert update_interview(interview_id=interview.pk, fields={"job_id": None}, actor=actor, now=now).job is None


def test_what_each_bulk_change_was_refused_is_a_conflict_of_its_own(
    actor: User, now: datetime, company: Company
) -> None:
    SlotFactory(company=company, start_time=NINE + timedelta(minutes=30))
    SlotFactory(company=company, start_time=NINE + timedelta(days=1, minutes=30))
    for day in (NINE.date(), NINE.date() + timedelta(days=1), NINE.date()):
        pattern = Pattern(
            start_date=day,
            end_date=day,
            start_time=time(9),
            end_time=time(12),
            days_of_week=[1, 2],
            slot_duration=60,
            break_duration=0,
            timezone="UTC",
        )
        fields = {"ai_interview_type": "technical"}
        create_recurring(
            company_id=None, job_id=None, pattern=pattern, fields=fields, dry_run=False, actor=actor, now=now
        )
    assert InterviewConflict.objects.filter(conflict_type="overlap").count() == 2
