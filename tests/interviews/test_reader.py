"""From an event to the search for places: asked for once, and done by the jobs."""

from datetime import timedelta

import pytest
from django.db import connection

from parley.core.actors import SYSTEM
from parley.core.outbox import read_on
from parley.interviews.jobs import FILL_PLACES
from parley.interviews.models import PlaceHold, WaitlistEntry
from parley.interviews.operations.booking import book_interview, cancel_booking
from parley.interviews.operations.reseating import reseat
from parley.interviews.operations.slots import cancel_slot, create_slot
from parley.interviews.operations.waitlist import join_waitlist
from parley.interviews.reader import READER
from parley.interviews.tasks import end_holds, fill_all, fill_places
from parley.organizations.models import Company, User
from tests.factories import (
    CandidateFactory,
    CompanyFactory,
    InterviewFactory,
    SlotFactory,
    UserFactory,
    book,
    in_future,
)
from tests.outbox import wait_until_readable

pytestmark = pytest.mark.django_db(transaction=True)
NOW = in_future(days=0)


@pytest.fixture(autouse=True)
def _empty_queue() -> None:
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM procrastinate_jobs")


@pytest.fixture
def company() -> Company:
    return CompanyFactory()


@pytest.fixture
def actor(company: Company) -> User:
    return UserFactory(company=company)


def asked() -> list[int]:
    """Read what there is; for which companies a job waits now."""
    wait_until_readable()
    while read_on(READER, now=NOW):
        pass
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT (args->>'company_id')::int FROM procrastinate_jobs WHERE task_name = %s AND status = 'todo'"
            " ORDER BY 1",
            [FILL_PLACES],
        )
        return [row[0] for row in cursor.fetchall()]


def test_a_lost_place_is_looked_for_once(company: Company, actor: User) -> None:
    start = in_future(days=9)
    slots = [SlotFactory(company=company, start_time=start + timedelta(hours=hours)) for hours in range(3)]
    for slot in slots:
        book(slot)
    assert asked() == []
    for slot in slots:
        cancel_slot(slot_id=slot.pk, cascade=True, reason="", actor=actor, now=NOW)
    assert asked() == [company.pk]  # one job for the three
    later = SlotFactory(company=company, start_time=start + timedelta(days=3))
    book(later)
    cancel_slot(slot_id=later.pk, cascade=True, reason="", actor=actor, now=NOW)
    assert asked() == [company.pk]  # where one waits already, that will do


def test_a_place_that_becomes_free_concerns_only_companies_where_somebody_waits(company: Company, actor: User) -> None:
    other = UserFactory()
    for who in (actor, other):
        assert who.company is not None
        slot = SlotFactory(company=who.company, start_time=in_future(days=9))
        interview = InterviewFactory(candidate=CandidateFactory(company=who.company))
        schedule = book_interview(interview_id=interview.pk, slot_id=slot.pk, notes="", actor=who, now=NOW)
        cancel_booking(schedule_id=schedule.pk, reason="", actor=who, now=NOW)
    assert asked() == []
    waiting = InterviewFactory(candidate=CandidateFactory(company=company))
    WaitlistEntry.objects.create(
        company=company, interview=waiting, start_after=NOW, start_before=NOW + timedelta(days=99), created_at=NOW
    )
    for who in (actor, other):
        start = in_future(days=10)
        create_slot(
            company_id=None,
            job_id=None,
            start_time=start,
            end_time=start + timedelta(hours=1),
            duration_minutes=None,
            fields={},
            actor=who,
            now=NOW,
        )
    assert asked() == [company.pk]


def test_the_job_seats_who_lost_a_place_before_who_waits(company: Company, actor: User) -> None:
    start = in_future(days=9)
    gone, left = (SlotFactory(company=company, start_time=start + timedelta(hours=hours)) for hours in (0, 2))
    lost = book(gone).interview
    waiting = InterviewFactory(candidate=CandidateFactory(company=company))
    join_waitlist(
        interview_id=waiting.pk,
        interview_type="",
        start_after=None,
        start_before=start + timedelta(days=1),
        actor=actor,
        now=NOW,
    )
    cancel_slot(slot_id=gone.pk, cascade=True, reason="", actor=actor, now=NOW)
    assert asked() == [company.pk]
    fill_places(company_id=company.pk)
    assert PlaceHold.objects.get(status="held").interview == lost
    SlotFactory(company=company, start_time=left.start_time + timedelta(hours=3))
    fill_places(company_id=company.pk)
    assert {hold.interview_id for hold in PlaceHold.objects.filter(status="held")} == {lost.pk, waiting.pk}


def test_the_periodic_jobs_try_again_and_free_what_was_held_in_vain(company: Company, actor: User) -> None:
    slot = SlotFactory(company=company, start_time=in_future(days=9))
    book(slot)
    cancel_slot(slot_id=slot.pk, cascade=True, reason="", actor=actor, now=NOW)
    fill_all(0)
    assert asked() == [company.pk]
    free = SlotFactory(company=company, start_time=in_future(days=9, hours=2))
    reseat(company_id=company.pk, actor=SYSTEM, now=in_future(days=-3))
    PlaceHold.objects.update(expires_at=in_future(days=-1))
    end_holds(0)
    free.refresh_from_db()
    assert (PlaceHold.objects.get().status, free.held_places) == ("expired", 0)
