"""Searches and calendars by local days."""

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest

from parley.api.serializers.slots import slot_out
from parley.interviews import queries
from parley.interviews.models import InterviewSlot
from parley.interviews.queries import Wanted
from parley.organizations.models import Company, User
from tests.factories import JobFactory, SlotFactory, UserFactory, book

pytestmark = pytest.mark.django_db
NEW_YORK, BERLIN, KOLKATA, LORD_HOWE = (
    ZoneInfo(name) for name in ("America/New_York", "Europe/Berlin", "Asia/Kolkata", "Australia/Lord_Howe")
)


def found(actor: User, now: datetime, day: date, zone: ZoneInfo, **more: object) -> list[datetime]:
    wanted = Wanted(first=day, last=day, zone=zone, **more)  # type: ignore[arg-type]
    rows, total = queries.available_slots(actor, wanted, now=now, limit=500, offset=0)
    assert total == len(rows)
    return [row["start_time"] for row in rows]


@pytest.mark.parametrize(
    ("zone", "day", "hours"),
    [
        (NEW_YORK, date(2027, 3, 14), 23),
        (NEW_YORK, date(2027, 11, 7), 25),
        (BERLIN, date(2027, 3, 28), 23),
        (BERLIN, date(2027, 10, 31), 25),
        (KOLKATA, date(2027, 3, 28), 24),
        (LORD_HOWE, date(2027, 4, 4), 24.5),
        (LORD_HOWE, date(2027, 10, 3), 23.5),
        (ZoneInfo("UTC"), date(2027, 3, 28), 24),
    ],
)
def test_a_local_day_is_exactly_that_day(
    company: Company, actor: User, now: datetime, zone: ZoneInfo, day: date, hours: float
) -> None:
    midnight = datetime.combine(day, time.min, tzinfo=zone).astimezone(UTC)
    slots = [
        SlotFactory(company=company, start_time=midnight + timedelta(minutes=30 * n), duration_minutes=30)
        for n in range(-2, int(hours * 2) + 2)
    ]
    on_the_day = [slot.start_time for slot in slots if slot.start_time.astimezone(zone).date() == day]
    assert len(on_the_day) == hours * 2
    assert found(actor, now, day, zone) == on_the_day
    counted = queries.calendar(actor, first=day, last=day, zone=zone)
    assert (counted.total, counted.available, counted.booked) == (len(on_the_day), len(on_the_day), 0)


def test_a_search_answers_what_one_slot_answers(company: Company, actor: User, now: datetime) -> None:
    job = JobFactory(company=company)
    SlotFactory(company=company, start_time=now + timedelta(hours=1), max_candidates=3, notes="Ä", job=job)
    SlotFactory(
        company=company,
        start_time=now + timedelta(hours=2),
        slot_type="recurring",
        recurring_pattern={"days_of_week": [1]},
        ai_configuration={"topics": ["SQL"], "difficulty": "hard"},
    )
    wanted = Wanted(first=now.date(), last=now.date(), zone=ZoneInfo("UTC"))
    rows, _ = queries.available_slots(actor, wanted, now=now, limit=10, offset=0)
    assert rows == [slot_out(slot) for slot in queries.slots(actor)]


def test_full_past_cancelled_and_foreign_slots_are_not_found(company: Company, actor: User, now: datetime) -> None:
    free = SlotFactory(company=company, start_time=now + timedelta(hours=3))
    book(SlotFactory(company=company, start_time=now + timedelta(hours=5)))
    SlotFactory(company=company, start_time=now)
    SlotFactory(company=company, start_time=now + timedelta(hours=7), status="cancelled", cancelled_at=now)
    SlotFactory(start_time=now + timedelta(hours=3))
    assert found(actor, now, now.date(), BERLIN) == [free.start_time]


def test_the_search_narrows_by_everything_it_is_given(company: Company, actor: User, now: datetime) -> None:
    job, other = JobFactory(company=company), JobFactory(company=company)
    day, nine = date(2027, 3, 8), datetime(2027, 3, 8, 8, tzinfo=UTC)  # 09:00 in Berlin

    def slot(hours: float, **fields: object) -> InterviewSlot:
        return SlotFactory(company=company, start_time=nine + timedelta(hours=hours), **fields)

    early, late = slot(0), slot(8)
    of_job, of_other = slot(2, job=job), slot(3, job=other)
    long = slot(4, duration_minutes=90)
    coding = slot(0, ai_interview_type="coding")
    over_midnight = slot(14.5)

    def starts(*slots: InterviewSlot) -> list[datetime]:
        return [each.start_time for each in slots]

    assert found(actor, now, day, BERLIN, interview_type="coding") == starts(coding)
    assert found(actor, now, day, BERLIN, duration_minutes=90) == starts(long)
    assert found(actor, now, day, BERLIN, job_id=job.pk, interview_type="technical") == starts(
        early, of_job, long, late, over_midnight
    )
    assert found(actor, now, day, BERLIN, earliest=time(13)) == starts(long, late, over_midnight)
    assert found(actor, now, day, BERLIN, latest=time(12), interview_type="technical") == starts(early, of_job)
    assert found(actor, now, day, BERLIN, earliest=time(12), latest=time(18)) == starts(of_other, long, late)
    assert found(actor, now, day, BERLIN, company_id=company.pk + 1) == []


def test_pages_do_not_repeat_or_lose_slots(company: Company, actor: User, now: datetime) -> None:
    types = ["technical", "coding", "general"]
    for kind in types:
        SlotFactory(company=company, start_time=now + timedelta(hours=1), ai_interview_type=kind)
    wanted = Wanted(first=now.date(), last=now.date(), zone=BERLIN)
    pages = [queries.available_slots(actor, wanted, now=now, limit=1, offset=offset) for offset in range(4)]
    assert [total for _, total in pages] == [3, 3, 3, 3]
    assert {row["ai_interview_type"] for rows, _ in pages for row in rows} == set(types)
    assert pages[3][0] == []


def test_the_calendar_counts_and_shows_live_bookings_of_the_own_company(
    company: Company, actor: User, now: datetime
) -> None:
    slots = [SlotFactory(company=company, start_time=now + timedelta(hours=n)) for n in range(1, 6)]
    first, second = book(slots[0]), book(slots[2], status="confirmed", confirmed_at=now)
    book(slots[1], status="cancelled", cancelled_at=now)
    InterviewSlot.objects.filter(pk=slots[1].pk).update(current_bookings=0, status="available")
    InterviewSlot.objects.filter(pk=slots[4].pk).update(status="cancelled", cancelled_at=now)
    book(SlotFactory(start_time=now + timedelta(hours=1)))
    counted = queries.calendar(actor, first=now.date(), last=now.date(), zone=BERLIN)
    assert [booking.pk for booking in counted.bookings] == [first.pk, second.pk]
    assert (counted.total, counted.available, counted.booked) == (4, 2, 2)
    stranger = queries.calendar(UserFactory(), first=now.date(), last=now.date(), zone=BERLIN)
    assert (stranger.bookings, stranger.total) == ([], 0)
