"""Waiting for a place: in order, for a limited time, and beside everything else that goes on."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from parley.core.actors import SYSTEM
from parley.core.errors import Conflict, Invalid, NotFound
from parley.core.models import Event
from parley.interviews.models import Interview, InterviewSchedule, InterviewSlot, PlaceHold, WaitlistEntry
from parley.interviews.operations.booking import book_interview
from parley.interviews.operations.holds import expire_holds
from parley.interviews.operations.interviews import delete_interview
from parley.interviews.operations.links import (
    accept_by_link,
    decline_by_link,
    invite_candidate,
    stop_waiting_by_link,
    wait_by_link,
)
from parley.interviews.operations.reseating import reseat
from parley.interviews.operations.slots import cancel_slot
from parley.interviews.operations.waitlist import end_waiting, join_waitlist, leave, offer_places
from parley.organizations.models import Company, User
from tests.factories import CandidateFactory, InterviewFactory, SlotFactory, UserFactory, book
from tests.invariants import broken_invariants

pytestmark = pytest.mark.django_db
NOON = datetime(2027, 3, 8, 12, tzinfo=UTC)


def slot_at(company: Company, hours: float, **fields: Any) -> InterviewSlot:
    return SlotFactory(company=company, start_time=NOON + timedelta(hours=hours), **fields)


def interview_of(company: Company, **fields: Any) -> Interview:
    return InterviewFactory(candidate=CandidateFactory(company=company), **fields)


def wait(interview: Interview, actor: User, now: datetime, **changes: Any) -> WaitlistEntry:
    asked: dict[str, Any] = {"interview_type": "", "start_after": None, "start_before": NOON + timedelta(days=2)}
    return join_waitlist(interview_id=interview.pk, **(asked | changes), actor=actor, now=now)


def link_to(interview: Interview, actor: User, now: datetime) -> str:
    days = timedelta(days=30)
    return invite_candidate(interview_id=interview.pk, interview_type="", valid_for=days, actor=actor, now=now).link


def test_what_becomes_free_is_offered_to_the_first(company: Company, actor: User, now: datetime) -> None:
    first = wait(interview_of(company), actor, now)
    second = wait(interview_of(company), actor, now + timedelta(minutes=1))
    assert offer_places(company_id=company.pk, now=now) == 0
    free = slot_at(company, 0)
    later = now + timedelta(hours=1)
    assert offer_places(company_id=company.pk, now=later) == 1
    assert offer_places(company_id=company.pk, now=later) == 0
    hold = PlaceHold.objects.get()
    assert (hold.entry, hold.slot, hold.conflict, hold.expires_at) == (first, free, None, later + timedelta(hours=2))
    first.refresh_from_db()
    second.refresh_from_db()
    free.refresh_from_db()
    assert (first.status, second.status) == ("offered", "waiting")
    assert (free.held_places, free.current_bookings, free.places_left) == (1, 0, 0)
    assert broken_invariants() == {}


def test_an_accepted_offer_is_booked_and_the_wait_is_over(company: Company, actor: User, now: datetime) -> None:
    interview = interview_of(company)
    free = slot_at(company, 0)
    entry = wait(interview, actor, now)
    offer_places(company_id=company.pk, now=now)
    schedule = accept_by_link(token=link_to(interview, actor, now), now=now)
    entry.refresh_from_db()
    assert (schedule.slot, entry.status, entry.ended_at) == (free, "booked", now)
    assert broken_invariants() == {}


def test_an_offer_that_is_not_answered_goes_to_the_next(company: Company, actor: User, now: datetime) -> None:
    first = wait(interview_of(company), actor, now)
    second = wait(interview_of(company), actor, now + timedelta(minutes=1))
    free = slot_at(company, 0)
    offer_places(company_id=company.pk, now=now)
    later = now + timedelta(hours=2)
    assert expire_holds(now=later) == 1
    offer_places(company_id=company.pk, now=later)
    first.refresh_from_db()
    second.refresh_from_db()
    assert (first.status, first.missed_offers, first.refused_slots) == ("waiting", 1, [free.pk])
    assert second.status == "offered"
    assert broken_invariants() == {}


def test_a_declined_place_is_not_offered_again_to_the_same(company: Company, actor: User, now: datetime) -> None:
    interview = interview_of(company)
    entry = wait(interview, actor, now)
    slot_at(company, 0)
    offer_places(company_id=company.pk, now=now)
    decline_by_link(token=link_to(interview, actor, now), now=now)
    assert offer_places(company_id=company.pk, now=now) == 0
    other = slot_at(company, 3)
    assert offer_places(company_id=company.pk, now=now) == 1
    assert PlaceHold.objects.get(status="held").slot == other
    entry.refresh_from_db()
    assert (entry.status, entry.missed_offers) == ("offered", 0)


def test_who_never_answers_is_taken_for_gone(company: Company, actor: User, now: datetime) -> None:
    entry = wait(interview_of(company), actor, now)
    for hours in range(3):
        slot_at(company, hours)
        offer_places(company_id=company.pk, now=now)
        now += timedelta(hours=2)
        expire_holds(now=now)
    entry.refresh_from_db()
    assert (entry.status, entry.missed_offers, entry.ended_at) == ("lapsed", 3, now)
    assert Event.objects.filter(type="waitlist.lapsed").count() == 1
    assert broken_invariants() == {}


def test_only_what_suits_is_offered(company: Company, actor: User, now: datetime) -> None:
    interview = interview_of(
        company, candidate_hours={"timezone": "UTC", "earliest": "12:00", "latest": None, "days_of_week": []}
    )
    wait(interview, actor, now, interview_type="technical", start_after=NOON, start_before=NOON + timedelta(hours=30))
    slot_at(company, -1)  # before the range
    slot_at(company, 1, ai_interview_type="coding")
    slot_at(company, 23)  # 11:00, too early in the day
    slot_at(company, 30)  # the range ends before it
    SlotFactory(start_time=NOON)  # another company's
    assert offer_places(company_id=company.pk, now=now) == 0
    fitting = slot_at(company, 25)
    assert offer_places(company_id=company.pk, now=now) == 1
    assert PlaceHold.objects.get().slot == fitting


def test_a_place_with_room_for_two_is_offered_to_two(company: Company, actor: User, now: datetime) -> None:
    for minutes in range(3):
        wait(interview_of(company), actor, now + timedelta(minutes=minutes))
    both = slot_at(company, 0, max_candidates=2)
    assert offer_places(company_id=company.pk, now=now + timedelta(hours=1)) == 2
    both.refresh_from_db()
    assert (both.held_places, both.places_left) == (2, 0)
    assert broken_invariants() == {}


def test_who_lost_a_place_comes_first(company: Company, actor: User, now: datetime) -> None:
    gone, left = slot_at(company, 0), slot_at(company, 2)
    booking = book(gone)
    wait(interview_of(company), actor, now)
    cancel_slot(slot_id=gone.pk, cascade=True, reason="", actor=actor, now=now)
    reseat(company_id=company.pk, actor=SYSTEM, now=now)
    assert offer_places(company_id=company.pk, now=now) == 0
    assert PlaceHold.objects.get(slot=left).interview == booking.interview


def test_a_booking_ends_the_wait_and_frees_what_was_offered(company: Company, actor: User, now: datetime) -> None:
    interview = interview_of(company)
    offered, chosen = slot_at(company, 0), slot_at(company, 5)
    entry = wait(interview, actor, now)
    offer_places(company_id=company.pk, now=now)
    book_interview(interview_id=interview.pk, slot_id=chosen.pk, notes="", actor=actor, now=now)
    entry.refresh_from_db()
    offered.refresh_from_db()
    assert (entry.status, offered.held_places) == ("booked", 0)
    assert broken_invariants() == {}


def test_leaving_frees_what_was_offered(company: Company, actor: User, now: datetime) -> None:
    interview = interview_of(company)
    offered = slot_at(company, 0)
    entry = wait(interview, actor, now)
    offer_places(company_id=company.pk, now=now)
    left = leave(entry_id=entry.pk, actor=actor, now=now)
    offered.refresh_from_db()
    assert (left.status, left.ended_at, offered.held_places) == ("left", now, 0)
    with pytest.raises(Conflict) as refusal:
        leave(entry_id=entry.pk, actor=actor, now=now)
    assert refusal.value.code == "not_waiting"
    assert broken_invariants() == {}


def test_a_removed_interview_waits_no_longer(company: Company, actor: User, now: datetime) -> None:
    interview = interview_of(company)
    offered = slot_at(company, 0)
    wait(interview, actor, now)
    offer_places(company_id=company.pk, now=now)
    delete_interview(interview_id=interview.pk, actor=actor, now=now)
    offered.refresh_from_db()
    assert (offered.held_places, WaitlistEntry.objects.count(), PlaceHold.objects.count()) == (0, 0, 0)
    assert broken_invariants() == {}


def test_a_wait_ends_with_its_range(company: Company, actor: User, now: datetime) -> None:
    entry = wait(interview_of(company), actor, now)
    assert end_waiting(now=entry.start_before - timedelta(seconds=1)) == 0
    assert end_waiting(now=entry.start_before) == 1
    entry.refresh_from_db()
    assert entry.status == "lapsed"


def test_by_a_link(company: Company, actor: User, now: datetime) -> None:
    interview = interview_of(company)
    token = link_to(interview, actor, now)
    entry = wait_by_link(token=token, start_after=None, start_before=NOON, timezone="Asia/Kolkata", now=now)
    assert (entry.interview, entry.start_after, entry.start_before) == (interview, now, NOON)
    stop_waiting_by_link(token=token, now=now)
    with pytest.raises(Conflict) as refusal:
        stop_waiting_by_link(token=token, now=now)
    assert refusal.value.code == "not_waiting"


def test_who_cannot_wait(company: Company, actor: User, now: datetime) -> None:
    interview = interview_of(company)
    wait(interview, actor, now)
    booked = book(slot_at(company, 0)).interview
    done = interview_of(company, status="completed")
    for one, code in (
        (interview, "already_waiting"),
        (booked, "interview_already_booked"),
        (done, "interview_completed"),
    ):
        with pytest.raises(Conflict) as refusal:
            wait(one, actor, now)
        assert refusal.value.code == code
    for changes in ({"start_before": now}, {"start_after": NOON, "start_before": NOON}):
        with pytest.raises(Invalid):
            wait(interview_of(company), actor, now, **changes)
    with pytest.raises(Invalid):
        wait(interview_of(company), actor, now, start_before=now + timedelta(days=367))
    with pytest.raises(NotFound):
        wait(interview, UserFactory(), now)
    assert WaitlistEntry.objects.count() == 1
    assert InterviewSchedule.objects.count() == 1
