"""The times that a link is offered, and those nearest to one that is gone."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from parley.core.actors import SYSTEM
from parley.interviews.links import open_link
from parley.interviews.models import Interview, InterviewSlot
from parley.interviews.offers import Seeker, given_up, nearest_offers, offered_range, offered_starts, one_of_each
from parley.interviews.operations.links import book_by_link, cancel_by_link, invite_candidate
from parley.interviews.operations.slots import cancel_slot
from tests.factories import InterviewFactory, SlotFactory, in_future

pytestmark = pytest.mark.django_db


@pytest.fixture
def interview() -> Interview:
    return InterviewFactory()


@pytest.fixture
def token(interview: Interview) -> str:
    days = timedelta(days=30)
    return invite_candidate(
        interview_id=interview.pk, interview_type="", valid_for=days, actor=SYSTEM, now=timezone.now()
    ).link


@pytest.fixture
def seeker(token: str) -> Seeker:
    return Seeker.of(open_link(token, now=timezone.now())[0])


def at(interview: Interview, hours: int, **fields: object) -> InterviewSlot:
    return SlotFactory(company=interview.company, start_time=in_future(days=10, hours=hours), **fields)


def test_the_nearest_are_those_on_both_sides(interview: Interview, seeker: Seeker) -> None:
    slots = {hours: at(interview, hours) for hours in (-72, -5, -2, 1, 3, 4, 48)}
    SlotFactory(start_time=in_future(days=10))  # of another company
    at(interview, 0, current_bookings=1, status="booked")
    with CaptureQueriesContext(connection) as statements:
        found = nearest_offers(seeker, in_future(days=10), now=timezone.now(), most=4)
    assert [slot.pk for slot in found] == [slots[hours].pk for hours in (-2, 1, 3, 4)]
    assert len(statements) == 1
    assert nearest_offers(seeker, in_future(days=300), now=timezone.now(), most=2)[-1].pk == slots[48].pk


def test_equal_times_are_told_once(interview: Interview, seeker: Seeker) -> None:
    for kind in ("technical", "coding", "general"):
        at(interview, 1, ai_interview_type=kind)
    longer = at(interview, 1, ai_interview_type="behavioral", duration_minutes=90)
    found = nearest_offers(seeker, in_future(days=10), now=timezone.now(), most=4)
    assert [slot.duration_minutes for slot in found] in ([60, 90], [90, 60])
    assert longer.pk in [slot.pk for slot in found]
    assert len(one_of_each(list(InterviewSlot.objects.all()))) == 2


def test_starts_and_their_range(interview: Interview, seeker: Seeker) -> None:
    now = timezone.now()
    assert offered_range(seeker, now=now) is None
    starts = [at(interview, hours).start_time for hours in (0, 5, 30)]
    at(interview, 0, ai_interview_type="coding")
    at(interview, 24 * 100)  # further ahead than the company allows
    assert offered_range(seeker, now=now) == (starts[0], starts[2])
    assert offered_starts(seeker, begin=starts[0], end=starts[2], now=now) == starts[:2]


def test_only_what_the_candidate_gave_up_can_be_taken_back(interview: Interview, token: str) -> None:
    slot, now = at(interview, 0), timezone.now()
    assert given_up(interview.pk) is None
    book_by_link(token=token, slot_id=slot.pk, timezone="", now=now)
    assert given_up(interview.pk) is None
    cancelled = cancel_by_link(token=token, reason="", now=now)
    assert given_up(interview.pk) == cancelled
    other = at(interview, 5)
    book_by_link(token=token, slot_id=other.pk, timezone="", now=now)
    cancel_slot(slot_id=other.pk, cascade=True, reason="", actor=SYSTEM, now=now)
    assert given_up(interview.pk) is not None  # by the system: the slot itself is not offered any more
