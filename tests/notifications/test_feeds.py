"""What a calendar feed shows, read with a parser that is not ours, and when its address opens."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import vobject

from parley.core.models import Event
from parley.hiring.models import Candidate, Job
from parley.interviews.models import Interview, InterviewLink, InterviewSchedule, InterviewSlot
from parley.interviews.operations.booking import (
    book_interview,
    cancel_booking,
    confirm_booking,
    reschedule_booking,
)
from parley.interviews.operations.links import invite_candidate
from parley.notifications.feed_rules import MOST_FEEDS, Scope
from parley.notifications.feeds import feed_calendar, open_feed
from parley.notifications.models import CalendarFeed
from parley.notifications.operations.feeds import create_feed, note_use, revoke_feed, rotate_feed
from parley.notifications.rendering import booking_calendar
from parley.organizations.models import Company, User
from parley.organizations.operations.users import make_or_update_user
from tests.factories import (
    AdminFactory,
    CandidateFactory,
    CompanyFactory,
    InterviewFactory,
    JobFactory,
    SlotFactory,
    UserFactory,
)
from tests.factories import book as book_by_hand

pytestmark = pytest.mark.django_db
NOW = datetime(2027, 3, 26, 8, tzinfo=UTC)  # a Friday; Berlin's clocks change on Sunday
DAY = timedelta(days=1)
NAME = 'Zo\u00eb "Z" M\u00fcller-\u738b; Jr., \\n'


@pytest.fixture
def company() -> Company:
    return CompanyFactory(name="J\u00fcrgen, Co; \r\nX-EVIL:1", timezone="Europe/Berlin")


@pytest.fixture
def user(company: Company) -> User:
    return UserFactory(company=company)


@pytest.fixture
def interview(company: Company) -> Interview:
    candidate = CandidateFactory(company=company, full_name=NAME, email="zoe@example.org")
    return InterviewFactory(
        candidate=candidate, job=JobFactory(company=company, job_title="Baker,\r\nBEGIN:VALARM\x07")
    )


@pytest.fixture
def slots(company: Company) -> list[InterviewSlot]:
    """Saturday, and Sunday when the clocks have changed: 09:00 in Berlin."""
    starts = [datetime(2027, 3, 27, 8, tzinfo=UTC), datetime(2027, 3, 28, 7, tzinfo=UTC)]
    return [SlotFactory(company=company, start_time=start, ai_interview_type="system_design") for start in starts]


def feed_of(user: User, scope: Scope = Scope.COMPANY, **more: Any) -> CalendarFeed:
    return create_feed(scope=scope, **{"company_id": None, "name": "", "actor": user, "now": NOW, **more}).feed


def book(interview: Interview, slot: InterviewSlot, actor: Any, now: datetime = NOW) -> InterviewSchedule:
    return book_interview(interview_id=interview.pk, slot_id=slot.pk, notes="", actor=actor, now=now)


def entries(feed: CalendarFeed, now: datetime = NOW) -> list[Any]:
    calendar = vobject.readOne(feed_calendar(feed, now=now).decode())
    return list(calendar.contents.get("vevent", []))


def uids(feed: CalendarFeed, now: datetime = NOW) -> list[str]:
    return [entry.uid.value for entry in entries(feed, now)]


# --- what it says -------------------------------------------------------------------------------------------


def test_a_booking_is_one_entry_with_exact_times_and_harmless_names(
    interview: Interview, slots: list[InterviewSlot], user: User
) -> None:
    schedule = book(interview, slots[0], user)
    Interview.objects.update(updated_at=NOW - DAY)
    Candidate.objects.update(updated_at=NOW - DAY)
    Job.objects.update(updated_at=NOW - DAY)
    feed = feed_of(user)
    content = feed_calendar(feed, now=NOW)
    calendar = vobject.readOne(content.decode())
    assert {name: lines[0].value for name, lines in calendar.contents.items() if name != "vevent"} == {
        "version": "2.0",
        "prodid": "-//Parley//Parley//EN",
        "name": "Interviews: J\u00fcrgen, Co; X-EVIL:1",
        "x-wr-calname": "Interviews: J\u00fcrgen, Co; X-EVIL:1",
        "refresh-interval": "PT15M",
        "x-published-ttl": "PT15M",
    }
    assert b"REFRESH-INTERVAL;VALUE=DURATION:PT15M\r\n" in content
    (entry,) = calendar.vevent_list
    assert {name: lines[0].value for name, lines in entry.contents.items()} == {
        "uid": f"{interview.pk}@parley",
        "sequence": "0",
        "dtstamp": NOW,
        "last-modified": NOW,
        "dtstart": datetime(2027, 3, 27, 8, tzinfo=UTC),
        "dtend": datetime(2027, 3, 27, 9, tzinfo=UTC),
        "summary": f"Interview: {NAME} (System Design)",
        "description": "Job: Baker, BEGIN:VALARM\nBooking: Pending",
        "status": "TENTATIVE",
        "transp": "TRANSPARENT",
    }
    assert b"zoe@example.org" not in content
    assert max(map(len, content.split(b"\r\n"))) <= 75
    confirm_booking(schedule_id=schedule.pk, actor=user, now=NOW + DAY / 24)
    (entry,) = entries(feed)
    assert (entry.status.value, entry.last_modified.value, entry.description.value) == (
        "CONFIRMED",
        NOW + DAY / 24,
        "Job: Baker, BEGIN:VALARM\nBooking: Confirmed",
    )


def test_it_is_the_entry_of_the_candidates_invitation_as_it_moves(
    interview: Interview, slots: list[InterviewSlot], user: User
) -> None:
    schedule = book(interview, slots[0], user)
    schedule = reschedule_booking(schedule_id=schedule.pk, slot_id=slots[1].pk, actor=user, now=NOW)
    (entry,) = entries(feed_of(user))
    invitation = vobject.readOne(booking_calendar(schedule, url="", now=NOW).decode()).vevent
    told = [(each.uid.value, each.sequence.value, each.dtstart.value, each.dtend.value) for each in (entry, invitation)]
    sunday = (datetime(2027, 3, 28, 7, tzinfo=UTC), datetime(2027, 3, 28, 8, tzinfo=UTC))
    assert told == [(f"{interview.pk}@parley", "1", *sunday)] * 2
    cancel_booking(schedule_id=schedule.pk, reason="", actor=user, now=NOW)
    assert uids(feed_of(user)) == []


def test_the_same_bytes_come_until_something_changes(
    interview: Interview, slots: list[InterviewSlot], user: User
) -> None:
    book(interview, slots[0], user)
    feed = feed_of(user)
    first = feed_calendar(feed, now=NOW)
    assert feed_calendar(feed, now=NOW + DAY) == first
    note_use(feed_id=feed.pk, now=NOW)
    assert feed_calendar(CalendarFeed.objects.get(pk=feed.pk), now=NOW) == first
    Candidate.objects.filter(pk=interview.candidate_id).update(full_name="Ada")
    assert feed_calendar(feed, now=NOW) != first


def test_an_interview_that_was_held_stays_for_90_days_and_says_so(company: Company, user: User) -> None:
    def booked(start: datetime) -> Interview:
        slot = SlotFactory(company=company, start_time=start)
        return book_by_hand(slot, InterviewFactory(candidate=CandidateFactory(company=company))).interview

    hour = DAY / 24
    booked(NOW - 90 * DAY - hour)
    shown = [booked(NOW - 90 * DAY), booked(NOW - DAY), booked(NOW), booked(NOW + 400 * DAY)]
    booked(NOW + 400 * DAY + hour)
    Interview.objects.filter(pk=shown[1].pk).update(status="completed")
    feed = feed_of(user)
    assert uids(feed) == [f"{each.pk}@parley" for each in shown]
    assert entries(feed)[1].description.value == "Booking: Pending\nInterview: Completed"


def test_should_there_be_too_many_the_past_goes_first(
    company: Company, user: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("parley.notifications.feeds.MOST_ENTRIES", 3)
    starts = [NOW + hours * DAY / 24 for hours in (-48, -24, 24, 48)]
    made = [book_by_hand(SlotFactory(company=company, start_time=start)).interview_id for start in starts]
    assert uids(feed_of(user)) == [f"{key}@parley" for key in made[1:]]


def test_a_feed_with_nothing_in_it_is_a_calendar(user: User) -> None:
    assert entries(feed_of(user, name="Team, \u738b")) == []
    content = feed_calendar(CalendarFeed.objects.get(), now=NOW).decode()
    assert vobject.readOne(content).x_wr_calname.value == "Team, \u738b"


# --- whose bookings -----------------------------------------------------------------------------------------


def test_mine_are_those_that_i_booked_or_invited_to(company: Company, user: User) -> None:
    colleague = UserFactory(company=company)

    def booking(booked_by: User | None, *inviters: User | None) -> str:
        interview = InterviewFactory(candidate=CandidateFactory(company=company))
        for number, inviter in enumerate(inviters):
            made = invite_candidate(
                interview_id=interview.pk,
                interview_type="",
                valid_for=DAY,
                actor=colleague,
                now=NOW + number * DAY / 24,
            )
            assert made.link
            InterviewLink.objects.filter(interview=interview, revoked_at=None).update(created_by=inviter)
        book_by_hand(SlotFactory(company=company, start_time=NOW + next(hours)), interview, booked_by=booked_by)
        return f"{interview.pk}@parley"

    hours = iter([number * DAY / 24 for number in range(1, 20)])
    mine = [booking(user), booking(None, user), booking(None, colleague, user), booking(None, user, None)]
    theirs = [booking(colleague), booking(None), booking(None, colleague), booking(colleague, user, colleague)]
    assert uids(feed_of(user, Scope.MINE)) == mine
    assert uids(feed_of(user)) == mine + theirs
    assert set(theirs) - set(uids(feed_of(colleague, Scope.MINE))) == {theirs[1]}


def test_another_companys_bookings_are_in_no_feed(company: Company, user: User) -> None:
    other = CompanyFactory()
    book_by_hand(SlotFactory(company=other, start_time=NOW + DAY), booked_by=user)
    operator = AdminFactory()
    assert [uids(feed_of(user, scope)) for scope in Scope] == [[], []]
    assert uids(feed_of(operator, company_id=company.pk)) == []
    assert len(uids(feed_of(operator, company_id=other.pk))) == 1


# --- the address --------------------------------------------------------------------------------------------


def test_only_the_hash_of_the_secret_is_kept_and_events_tell_of_the_rest(user: User) -> None:
    made = create_feed(scope=Scope.MINE, company_id=None, name="My own", actor=user, now=NOW)
    assert open_feed(made.token) == made.feed
    assert len(made.token) == 43
    rotated = rotate_feed(feed_id=made.feed.pk, actor=user, now=NOW)
    assert (open_feed(made.token), open_feed(rotated.token)) == (None, made.feed)
    revoke_feed(feed_id=made.feed.pk, actor=user, now=NOW)
    assert open_feed(rotated.token) is None
    state = {"scope": "mine", "user_id": user.pk}
    assert list(Event.objects.filter(object_type="feed").order_by("pk").values_list("type", "before", "after")) == [
        ("feed.created", None, state),
        ("feed.rotated", None, state),
        ("feed.revoked", state, None),
    ]
    assert set(Event.objects.values_list("object_id", "company_id", "actor_id")) == {
        (str(made.feed.pk), user.company_id, user.pk)
    }


@pytest.mark.parametrize("why", ["deactivated", "moved", "company", "nonsense", "other"])
def test_an_address_does_not_open(why: str, company: Company, user: User) -> None:
    made = create_feed(scope=Scope.COMPANY, company_id=None, name="", actor=user, now=NOW)
    token = made.token
    if why == "deactivated":
        User.objects.filter(pk=user.pk).update(is_active=False)
    if why == "moved":
        User.objects.filter(pk=user.pk).update(company=CompanyFactory())
    if why == "company":
        Company.objects.filter(pk=company.pk).update(is_active=False)
    if why == "nonsense":
        token = f"{token}\u0663"
    if why == "other":
        token = "A" * 43
    assert open_feed(token) is None


def test_an_administrators_feed_ends_with_the_office(company: Company) -> None:
    operator = AdminFactory()
    made = create_feed(scope=Scope.COMPANY, company_id=company.pk, name="", actor=operator, now=NOW)
    assert open_feed(made.token) == made.feed
    make_or_update_user(
        email=operator.email, password="x" * 12, role="recruiter", company=CompanyFactory(), full_name=None, now=NOW
    )
    assert open_feed(made.token) is None


def test_feeds_of_a_company_that_was_left_do_not_count(user: User) -> None:
    for _ in range(MOST_FEEDS):
        feed_of(user)
    user.company = CompanyFactory()
    user.save()
    assert feed_of(user).company == user.company
    assert CalendarFeed.objects.visible_to(user).count() == 1


def test_use_is_noted_to_some_minutes(user: User) -> None:
    feed = feed_of(user)
    noted = []
    for minutes in (0, 4, 5, 9):
        note_use(feed_id=feed.pk, now=NOW + timedelta(minutes=minutes))
        feed.refresh_from_db()
        assert feed.last_used_at is not None
        noted.append((feed.last_used_at - NOW) // timedelta(minutes=1))
    assert noted == [0, 0, 5, 5]
