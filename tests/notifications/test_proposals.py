"""What candidates are told when Parley finds a place for them by itself."""

from datetime import UTC, datetime, timedelta

import pytest

from parley.core.actors import SYSTEM
from parley.core.outbox import read_on
from parley.interviews.models import Interview, InterviewSlot, PlaceHold, SchedulingPolicy
from parley.interviews.operations.booking import book_interview
from parley.interviews.operations.conflicts import resolve_conflict
from parley.interviews.operations.holds import expire_holds
from parley.interviews.operations.links import accept_by_link, decline_by_link, invite_candidate
from parley.interviews.operations.reseating import reseat
from parley.interviews.operations.slots import cancel_slot
from parley.interviews.operations.undoing import undo_resolution
from parley.interviews.operations.waitlist import end_waiting, join_waitlist, leave, offer_places
from parley.interviews.rules.states import Resolution
from parley.notifications.models import Message
from parley.notifications.reader import READER
from parley.notifications.tasks import deliver
from parley.organizations.models import Company, User
from tests.factories import CandidateFactory, CompanyFactory, InterviewFactory, SlotFactory, UserFactory
from tests.mailbox import Mailbox, body, entry, subject
from tests.outbox import wait_until_readable

pytestmark = pytest.mark.django_db(transaction=True)
NOW = datetime(2027, 3, 26, 8, tzinfo=UTC)  # a Friday; Berlin's clocks change on Sunday
NINE = datetime(2027, 3, 29, 7, tzinfo=UTC)  # Monday, 09:00 in Berlin


@pytest.fixture
def company() -> Company:
    return CompanyFactory(name="Acme", timezone="Europe/Berlin")


@pytest.fixture
def actor(company: Company) -> User:
    return UserFactory(company=company)


@pytest.fixture
def interview(company: Company) -> Interview:
    return InterviewFactory(candidate=CandidateFactory(company=company, full_name="Zoë", email="zoe@example.org"))


@pytest.fixture
def slots(company: Company) -> list[InterviewSlot]:
    """Monday at nine and at eleven."""
    return [SlotFactory(company=company, start_time=NINE + timedelta(hours=hours)) for hours in (0, 2)]


@pytest.fixture
def lost(interview: Interview, slots: list[InterviewSlot], actor: User) -> Interview:
    """It was booked at nine, and that fell away."""
    book_interview(interview_id=interview.pk, slot_id=slots[0].pk, notes="", actor=actor, now=NOW)
    cancel_slot(slot_id=slots[0].pk, cascade=True, reason="Power cut.", actor=actor, now=NOW)
    return interview


def send_what_is_due(now: datetime = NOW) -> None:
    wait_until_readable()
    while read_on(READER, now=now):
        pass
    due = Message.objects.filter(state="waiting", due_at__lte=now).order_by("event_id")
    for key in due.values_list("pk", flat=True):
        deliver(key, now=now)


def kinds() -> list[tuple[str, str]]:
    rows = Message.objects.exclude(kind="reminder").order_by("event_id")
    return list(rows.values_list("kind", "state"))


def test_one_mail_tells_of_the_lost_place_and_the_new_one(
    mailbox: Mailbox, lost: Interview, company: Company, actor: User
) -> None:
    send_what_is_due()
    reseat(company_id=company.pk, actor=SYSTEM, now=NOW)
    send_what_is_due()
    send_what_is_due(NOW + timedelta(minutes=2))
    booked, proposed = mailbox.got
    assert kinds() == [("booked", "sent"), ("unseated", "skipped"), ("proposed", "sent")]
    assert subject(proposed) == (
        "A new time for your interview with Acme: Monday, 29 March 2027, 11:00\u201312:00 (Europe/Berlin, UTC+02:00)"
    )
    assert "kept for you until 09:00 on Saturday, 27 March" in body(proposed)
    assert "60 minutes" in body(proposed)
    assert "Power cut" not in body(proposed)
    old, gone = entry(booked), entry(proposed)
    assert (old.method.value, gone.method.value) == ("REQUEST", "CANCEL")
    assert old.vevent.uid.value == gone.vevent.uid.value
    assert (old.vevent.sequence.value, gone.vevent.sequence.value) == ("0", "1")
    assert gone.vevent.dtstart.value == NINE
    token = invite_candidate(
        interview_id=lost.pk, interview_type="", valid_for=timedelta(days=9), actor=actor, now=NOW
    ).link
    accept_by_link(token=token, now=NOW)
    send_what_is_due()
    again = entry(mailbox.got[-1])
    assert (again.method.value, again.vevent.sequence.value) == ("REQUEST", "2")
    assert (again.vevent.uid.value, again.vevent.dtstart.value) == (old.vevent.uid.value, NINE + timedelta(hours=2))


def test_where_it_is_booked_at_once_the_new_time_is_told(mailbox: Mailbox, lost: Interview, company: Company) -> None:
    SchedulingPolicy.objects.create(company=company, reseat_mode="book", updated_at=NOW)
    reseat(company_id=company.pk, actor=SYSTEM, now=NOW)
    send_what_is_due()
    send_what_is_due(NOW + timedelta(minutes=2))
    assert kinds() == [("booked", "skipped"), ("unseated", "skipped"), ("booked", "sent")] or kinds() == [
        ("booked", "sent"),
        ("unseated", "skipped"),
        ("booked", "sent"),
    ]
    assert entry(mailbox.got[-1]).vevent.dtstart.value == NINE + timedelta(hours=2)


def test_where_people_decide_the_candidate_is_asked_at_once(
    mailbox: Mailbox, lost: Interview, company: Company
) -> None:
    SchedulingPolicy.objects.create(company=company, reseat_mode="off", updated_at=NOW)
    send_what_is_due()
    assert kinds() == [("booked", "sent"), ("unseated", "sent")]
    assert entry(mailbox.got[-1]).method.value == "CANCEL"


def test_where_nothing_is_found_the_candidate_is_asked_a_little_later(
    mailbox: Mailbox, lost: Interview, slots: list[InterviewSlot], actor: User
) -> None:
    cancel_slot(slot_id=slots[1].pk, cascade=True, reason="", actor=actor, now=NOW)
    send_what_is_due()
    assert kinds() == [("booked", "sent"), ("unseated", "waiting")]
    send_what_is_due(NOW + timedelta(minutes=1))
    assert subject(mailbox.got[-1]) == "Your interview with Acme needs another time"


@pytest.mark.parametrize("how", ["expired", "withdrawn", "declined"])
def test_a_place_that_is_held_no_longer_is_told_once(
    mailbox: Mailbox, lost: Interview, company: Company, actor: User, how: str
) -> None:
    reseat(company_id=company.pk, actor=SYSTEM, now=NOW)
    send_what_is_due()
    later = NOW + timedelta(hours=25)
    if how == "expired":
        expire_holds(now=later)
    elif how == "withdrawn":
        undo_resolution(conflict_id=PlaceHold.objects.get().conflict_id, actor=actor, now=later)  # type: ignore[arg-type]
    else:
        days = timedelta(days=9)
        token = invite_candidate(interview_id=lost.pk, interview_type="", valid_for=days, actor=actor, now=NOW).link
        decline_by_link(token=token, now=later)
    send_what_is_due(later + timedelta(minutes=1))
    send_what_is_due(later + timedelta(minutes=3))
    told = [kind for kind, state in kinds() if state == "sent" and kind in ("unseated", "proposed")]
    # Who declines is on the page already, and may choose.
    assert told == (["proposed"] if how == "declined" else ["proposed", "unseated"])


def test_who_is_told_of_the_cancellation_is_not_asked_to_choose(
    mailbox: Mailbox, lost: Interview, company: Company, actor: User
) -> None:
    send_what_is_due()
    reseat(company_id=company.pk, actor=SYSTEM, now=NOW)
    send_what_is_due()
    resolve_conflict(
        conflict_id=PlaceHold.objects.get().conflict_id,  # type: ignore[arg-type]
        resolution=Resolution.CANCELLED,
        slot_id=None,
        notes="",
        actor=actor,
        now=NOW,
    )
    send_what_is_due()
    send_what_is_due(NOW + timedelta(minutes=3))
    assert [kind for kind, state in kinds() if state == "sent"] == ["booked", "proposed", "cancelled"]


def test_a_proposal_that_is_answered_before_the_mail_is_not_sent(
    mailbox: Mailbox, lost: Interview, company: Company, actor: User
) -> None:
    send_what_is_due()
    reseat(company_id=company.pk, actor=SYSTEM, now=NOW)
    undo_resolution(conflict_id=PlaceHold.objects.get().conflict_id, actor=actor, now=NOW)  # type: ignore[arg-type]
    send_what_is_due()
    assert ("proposed", "skipped") in kinds()


def test_who_waits_is_told_when_the_offer_falls_away_and_when_the_wait_is_over(
    mailbox: Mailbox, interview: Interview, slots: list[InterviewSlot], company: Company, actor: User
) -> None:
    until = NINE + timedelta(hours=1)
    join_waitlist(
        interview_id=interview.pk, interview_type="", start_after=None, start_before=until, actor=actor, now=NOW
    )
    offer_places(company_id=company.pk, now=NOW)
    send_what_is_due()
    cancel_slot(slot_id=slots[0].pk, cascade=False, reason="", actor=actor, now=NOW)
    send_what_is_due()
    assert end_waiting(now=until) == 1
    send_what_is_due(until)
    assert kinds() == [("offered", "sent"), ("offer_gone", "sent"), ("wait_over", "sent")]
    assert [subject(mail) for mail in mailbox.got[1:]] == [
        "The time that was kept for you is gone: your interview with Acme",
        "Your interview with Acme needs a time",
    ]
    assert all("/interview/" in body(mail) for mail in mailbox.got[1:])


def test_who_has_left_the_waitlist_or_is_booked_is_not_told_of_it(
    mailbox: Mailbox, interview: Interview, slots: list[InterviewSlot], company: Company, actor: User
) -> None:
    until = NINE + timedelta(days=1)
    entry = join_waitlist(
        interview_id=interview.pk, interview_type="", start_after=None, start_before=until, actor=actor, now=NOW
    )
    offer_places(company_id=company.pk, now=NOW)
    leave(entry_id=entry.pk, actor=actor, now=NOW)
    join_waitlist(
        interview_id=interview.pk, interview_type="", start_after=None, start_before=until, actor=actor, now=NOW
    )
    offer_places(company_id=company.pk, now=NOW)
    book_interview(interview_id=interview.pk, slot_id=slots[1].pk, notes="", actor=actor, now=NOW)
    send_what_is_due()
    assert [kind for kind, state in kinds() if state == "sent"] == ["booked"]


def test_who_waits_is_told_what_became_free(
    mailbox: Mailbox, interview: Interview, slots: list[InterviewSlot], company: Company, actor: User
) -> None:
    join_waitlist(
        interview_id=interview.pk,
        interview_type="",
        start_after=None,
        start_before=NINE + timedelta(days=1),
        actor=actor,
        now=NOW,
    )
    offer_places(company_id=company.pk, now=NOW)
    send_what_is_due()
    (offer,) = mailbox.got
    assert subject(offer).startswith(
        "A time has become free for your interview with Acme: Monday, 29 March 2027, 09:00"
    )
    assert "until 11:00 on Friday, 26 March" in body(offer)
    assert [part.get_content_type() for part in offer.walk()].count("text/calendar") == 0
    assert kinds() == [("offered", "sent")]
