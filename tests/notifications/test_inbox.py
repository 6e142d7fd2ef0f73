"""From a change to what users find in the product: whom it is told, once, and in which words."""

from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest
from django.db import connection, connections
from django.test.utils import CaptureQueriesContext

from parley.core.actors import SYSTEM
from parley.core.events import Change, record
from parley.core.models import Event
from parley.core.outbox import read_on
from parley.interviews.links import LinkHolder
from parley.interviews.models import Interview, InterviewConflict, InterviewSchedule, InterviewSlot
from parley.interviews.operations.booking import book_interview, cancel_booking, release_slot, reschedule_booking
from parley.interviews.operations.conflicts import resolve_conflict
from parley.interviews.operations.slots import cancel_slot
from parley.interviews.rules.states import ConflictType, Resolution
from parley.notifications.inbox import counts, told
from parley.notifications.inbox_reader import READER, tell_users
from parley.notifications.inbox_rules import OF_EVENT, USUAL, Topic
from parley.notifications.inbox_texts import BUDGET, CONFLICTS, MAILS, RESOLUTIONS, TITLES
from parley.notifications.models import Message, Notification
from parley.notifications.operations.inbox import choose_kinds, forget_old, mark_all_read, mark_read
from parley.notifications.operations.sending import claim, settle_failed
from parley.notifications.rules import ATTEMPTS, PAUSES, Kind
from parley.notifications.tasks import tidy_inbox
from parley.organizations.models import Company, User
from tests.factories import (
    AdminFactory,
    CandidateFactory,
    CompanyFactory,
    InterviewFactory,
    JobFactory,
    SlotFactory,
    UserFactory,
)
from tests.live import all_at_once
from tests.outbox import wait_until_readable

pytestmark = pytest.mark.django_db(transaction=True)
NOW = datetime(2027, 3, 26, 8, tzinfo=UTC)  # a Friday; Berlin's clocks change on Sunday
DAY = timedelta(days=1)
WHO = 'Zo\u00eb "Z" M\u00fcller-\u738b (Baker)'
SUNDAY = "Sunday, 28 March 2027, 09:00\u201310:00 (Europe/Berlin, UTC+02:00)"
SATURDAY = "Saturday, 27 March 2027, 09:00\u201310:00 (Europe/Berlin, UTC+01:00)"


@pytest.fixture
def company() -> Company:
    return CompanyFactory(timezone="Europe/Berlin")


@pytest.fixture
def actor(company: Company) -> User:
    """Who does things."""
    return UserFactory(company=company)


@pytest.fixture
def colleague(company: Company) -> User:
    """Who is told of them."""
    return UserFactory(company=company)


@pytest.fixture
def interview(company: Company) -> Interview:
    candidate = CandidateFactory(company=company, full_name=WHO.removesuffix(" (Baker)"))
    return InterviewFactory(candidate=candidate, job=JobFactory(company=company, job_title="Baker"))


@pytest.fixture
def slots(company: Company) -> list[InterviewSlot]:
    """Saturday, and Sunday when the clocks have changed: 09:00 in Berlin."""
    starts = [datetime(2027, 3, 27, 8, tzinfo=UTC), datetime(2027, 3, 28, 7, tzinfo=UTC)]
    return [SlotFactory(company=company, start_time=start) for start in starts]


def book(interview: Interview, slot: InterviewSlot, actor: Any) -> InterviewSchedule:
    return book_interview(interview_id=interview.pk, slot_id=slot.pk, notes="", actor=actor, now=NOW)


def read(now: datetime = NOW) -> None:
    wait_until_readable()
    while read_on(READER, now=now):
        pass


def inbox(user: User) -> list[tuple[str, str, str]]:
    """Kind, title and text of what a user finds, the oldest first."""
    rows = list(Notification.objects.visible_to(user).order_by("event_id"))
    assert user.company is not None
    return [(each.row.kind, each.title, each.text) for each in told(rows, zone=user.company.zone, actor=user)]


def kinds(user: User) -> list[str]:
    return list(Notification.objects.filter(user=user).order_by("event_id").values_list("kind", flat=True))


def happen(kind: str, *, key: object, company: Company | None, actor: Any = SYSTEM, after: Any = None) -> None:
    """An event that another part will write."""
    company_id = company.pk if company else None
    record(Change(type=kind, object_id=key, company_id=company_id, after=after), actor=actor, now=NOW)  # type: ignore[arg-type]  # any key will do


# --- what is said ---------------------------------------------------------------------------------------------


def test_a_booking_moved_and_cancelled_is_told_with_its_times(
    interview: Interview, slots: list[InterviewSlot], actor: User, colleague: User
) -> None:
    schedule = book(interview, slots[0], actor)
    schedule = reschedule_booking(schedule_id=schedule.pk, slot_id=slots[1].pk, actor=actor, now=NOW)
    cancel_booking(schedule_id=schedule.pk, reason="Budget.", actor=actor, now=NOW)
    read()
    assert inbox(colleague) == [
        ("interview_booked", "Interview booked", f"{WHO}: {SATURDAY}."),
        ("interview_rescheduled", "Interview moved", f"{WHO}: {SUNDAY}."),
        ("interview_cancelled", "Interview cancelled", f"{WHO}: {SUNDAY}."),
    ]
    row = Notification.objects.visible_to(colleague).earliest("event_id")
    assert (row.object_type, row.object_id, row.created_at, row.read_at) == (
        "interview",
        str(interview.pk),
        NOW,
        None,
    )


def test_a_lost_place_and_its_conflict_are_told_and_their_end_if_wished(
    interview: Interview, slots: list[InterviewSlot], actor: User, colleague: User
) -> None:
    book(interview, slots[0], actor)
    choose_kinds(kinds={"conflict_resolved": True, "interview_booked": False}, replace=False, actor=colleague, now=NOW)
    cancel_slot(slot_id=slots[0].pk, cascade=True, reason="", actor=actor, now=NOW)
    conflict = InterviewConflict.objects.get()
    resolve_conflict(
        conflict_id=conflict.pk,
        resolution=Resolution.RESCHEDULED,
        slot_id=slots[1].pk,
        notes="",
        actor=actor,
        now=NOW,
    )
    read()
    said = "the slot is not available any more"
    assert sorted(inbox(colleague)) == [
        ("conflict_opened", "Conflict to be settled", f"{WHO}: {said}."),
        ("conflict_resolved", "Conflict settled", f"{WHO}: {said}; moved to another time."),
        ("interview_unseated", "Interview has lost its place", f"{WHO}: {SATURDAY}."),
    ]
    row = Notification.objects.get(kind="conflict_opened")
    assert (row.object_type, row.object_id) == ("conflict", str(conflict.pk))


def test_a_released_place_is_told_as_lost(
    interview: Interview, slots: list[InterviewSlot], actor: User, colleague: User
) -> None:
    book(interview, slots[0], actor)
    release_slot(slot_id=slots[0].pk, schedule_id=None, interview_id=None, actor=actor, now=NOW)
    read()
    assert inbox(colleague)[1:] == [("interview_unseated", "Interview has lost its place", f"{WHO}: {SATURDAY}.")]


def test_a_mail_that_was_given_up_is_told(interview: Interview, company: Company, colleague: User) -> None:
    message = Message.objects.create(
        company=company,
        interview=interview,
        kind=Kind.BOOKED,
        key="1:booked",
        event_id=1,
        recipient="zoe@example.org",
        due_at=NOW,
        next_attempt_at=NOW,
        attempts=ATTEMPTS - 2,
        created_at=NOW,
    )
    for now in (NOW, NOW + PAUSES[-1], NOW + PAUSES[-1]):  # the last one finds nothing to settle
        claim(message_id=message.pk, now=now)
        settle_failed(message_id=message.pk, claimed_at=now, error="451", now=now)
    event = Event.objects.get(type="message.undelivered")
    assert (event.object_type, event.object_id, event.company_id) == ("message", str(message.pk), company.pk)
    assert event.after == {
        "state": "undelivered",
        "kind": "booked",
        "interview_id": str(interview.pk),
        "attempts": ATTEMPTS,
    }
    read()
    assert inbox(colleague) == [
        ("mail_undelivered", "Mail not delivered", f"{WHO}: the confirmation of the booking could not be delivered.")
    ]


def test_what_other_parts_tell_is_understood(interview: Interview, company: Company, colleague: User) -> None:
    times = {"start_time": "2027-03-28T07:00:00+00:00", "end_time": "2027-03-28T08:00:00+00:00"}
    for url in ("https://user:pw@hooks.example.com:8443/secret?x", "http://[nonsense", None):
        happen("webhook.disabled", key=uuid4(), company=company, after={"url": url} if url else None)
    happen("waitlist.joined", key=7, company=company, after={"interview_id": interview.pk})
    for how in ("accepted", "declined", "expired"):
        happen(f"interview.proposal_{how}", key=interview.pk, company=company, after=times)
    happen("company.ai_budget_used_up", key=company.pk, company=company, after={"monthly_tokens": 1})
    read()
    failing = "deliveries kept failing; switch it on again when the receiver works."
    assert inbox(colleague) == [
        ("webhook_disabled", "Webhook switched off", f"hooks.example.com: {failing}"),
        ("webhook_disabled", "Webhook switched off", f"A webhook: {failing}"),
        ("webhook_disabled", "Webhook switched off", f"A webhook: {failing}"),
        ("waitlist_joined", "Candidate waits for another time", f"{WHO}."),
        ("proposal_accepted", "Proposed time accepted", f"{WHO}: {SUNDAY}."),
        ("proposal_declined", "Proposed time declined", f"{WHO}: {SUNDAY}."),
        ("proposal_expired", "Proposed time not answered", f"{WHO}: {SUNDAY}."),
        ("ai_budget_used_up", "AI budget used up", f"{BUDGET}."),
    ]


def test_what_is_gone_or_another_companys_is_said_to_be_gone(company: Company, colleague: User) -> None:
    foreign = InterviewFactory()
    happen("interview.booked", key=foreign.pk, company=company)
    happen("conflict.opened", key=uuid4(), company=company)
    happen("message.undelivered", key=uuid4(), company=company)
    happen("waitlist.joined", key="x", company=company, after={"interview_id": "nonsense"})
    read()
    Event.objects.filter(type="interview.booked").delete()  # and not even the history knows
    assert [text for _, _, text in inbox(colleague)] == [
        "The interview is not there any more.",
        "The conflict is not there any more.",
        "The interview is not there any more: a mail could not be delivered.",
        "The interview is not there any more.",
    ]


def test_there_are_words_for_everything() -> None:
    assert set(TITLES) == set(OF_EVENT.values()) == set(Topic)
    assert set(MAILS) == set(Kind.values)
    assert set(CONFLICTS) == set(ConflictType.values)
    assert set(RESOLUTIONS) == set(Resolution.values)
    assert [kind for kind, is_on in USUAL.items() if not is_on] == ["conflict_resolved"]
    assert max(map(len, Topic.values)) <= 32


def test_reading_a_page_takes_three_statements(company: Company, actor: User, colleague: User) -> None:
    numbers, hours = [], 0
    for rows in (1, 2, 97):
        for _ in range(rows):
            interview = InterviewFactory(candidate=CandidateFactory(company=company), job=JobFactory(company=company))
            hours += 1
            slot = SlotFactory(company=company, start_time=NOW + timedelta(hours=hours))
            book(interview, slot, actor)
            cancel_slot(slot_id=slot.pk, cascade=True, reason="", actor=actor, now=NOW)
        read()
        page = list(Notification.objects.visible_to(colleague))
        with CaptureQueriesContext(connection) as captured:
            told(page, zone=company.zone, actor=colleague)
        numbers.append((len(page), len(captured)))
    assert numbers == [(3, 3), (9, 3), (300, 3)]


# --- whom it is told ------------------------------------------------------------------------------------------


def test_all_active_colleagues_but_whoever_did_it_are_told(
    interview: Interview, slots: list[InterviewSlot], company: Company, actor: User, colleague: User
) -> None:
    gone = UserFactory(company=company, is_active=False)
    outsider, operator = UserFactory(), AdminFactory()
    book(interview, slots[0], actor)
    read()
    assert {user: kinds(user) for user in (actor, colleague, gone, outsider, operator)} == {
        actor: [],
        colleague: ["interview_booked"],
        gone: [],
        outsider: [],
        operator: [],
    }


def test_what_a_candidate_or_the_system_does_is_told_to_all(company: Company, actor: User, colleague: User) -> None:
    happen("interview.booked", key=uuid4(), company=company, actor=LinkHolder(company.pk))
    happen("interview.cancelled", key=uuid4(), company=company)
    happen("interview.booked", key=uuid4(), company=None)
    read()
    expected = ["interview_booked", "interview_cancelled"]
    assert (kinds(actor), kinds(colleague), Notification.objects.count()) == (expected, expected, 4)


def test_slots_and_invitations_are_told_to_nobody(company: Company, colleague: User) -> None:
    for kind in ("slot.created", "slot.cancelled", "slot.completed", "interview.invited", "interview.created"):
        happen(kind, key=uuid4(), company=company)
    read()
    assert Notification.objects.count() == 0


def test_an_event_that_is_read_twice_is_told_once(company: Company, actor: User, colleague: User) -> None:
    happen("interview.booked", key=uuid4(), company=company)
    events = list(Event.objects.all())
    tell_users(events, NOW)
    first = list(Notification.objects.order_by("pk").values())
    tell_users(events, NOW + DAY)
    assert list(Notification.objects.order_by("pk").values()) == first
    assert len(first) == 2


def test_an_event_that_is_read_by_several_at_once_is_told_once(company: Company) -> None:
    for _ in range(5):
        UserFactory(company=company)
    for _ in range(20):
        happen("interview.booked", key=uuid4(), company=company)
    events = list(Event.objects.all())

    def tell() -> None:
        try:
            tell_users(events, NOW)
        finally:
            connections.close_all()

    all_at_once([tell] * 4)
    assert Notification.objects.count() == 100


def test_a_batch_takes_one_statement_however_many_are_told(company: Company) -> None:
    for _ in range(20):
        UserFactory(company=company)
    numbers = []
    for rows in (1, 3, 100):
        for _ in range(rows):
            happen("interview.booked", key=uuid4(), company=company)
        with CaptureQueriesContext(connection) as captured:
            tell_users(list(Event.objects.all()), NOW)
        numbers.append((len(captured), Notification.objects.count()))
    assert numbers == [(2, 20), (2, 80), (2, 2080)]  # one of them reads the events here


# --- what users want --------------------------------------------------------------------------------------------


def test_wishes_hold_from_then_on_for_their_user_alone(company: Company, actor: User, colleague: User) -> None:
    happen("interview.booked", key=uuid4(), company=company)
    read()
    choose_kinds(kinds={"interview_booked": False}, replace=False, actor=colleague, now=NOW)
    happen("interview.booked", key=uuid4(), company=company)
    happen("conflict.resolved", key=uuid4(), company=company)
    read()
    assert kinds(colleague) == ["interview_booked"]
    assert kinds(actor) == ["interview_booked", "interview_booked"]
    choose_kinds(kinds={"conflict_resolved": True}, replace=True, actor=colleague, now=NOW)
    happen("interview.booked", key=uuid4(), company=company)
    happen("conflict.resolved", key=uuid4(), company=company)
    read()
    assert kinds(colleague) == ["interview_booked", "interview_booked", "conflict_resolved"]


def test_a_choice_is_an_event_and_the_same_choice_again_is_none(colleague: User) -> None:
    wish, chosen = {"interview_booked": False}, {**USUAL, "interview_booked": False}
    for _ in range(2):
        assert choose_kinds(kinds=wish, replace=False, actor=colleague, now=NOW) == chosen
    event = Event.objects.get(type="user.notifications_chosen")
    assert (event.object_id, event.company_id, event.actor_id) == (
        str(colleague.pk),
        colleague.company_id,
        colleague.pk,
    )
    assert (event.before, event.after) == ({"kinds": USUAL}, {"kinds": chosen})


# --- reading ----------------------------------------------------------------------------------------------------


def test_reading_is_kept_and_reading_again_changes_nothing(company: Company, colleague: User) -> None:
    happen("interview.booked", key=uuid4(), company=company)
    read()
    key = Notification.objects.get().pk
    assert counts(colleague).by_kind["interview_booked"] == 1
    assert mark_read(notification_id=key, actor=colleague, now=NOW).read_at == NOW
    assert mark_read(notification_id=key, actor=colleague, now=NOW + DAY).read_at == NOW
    shown = counts(colleague)
    assert (shown.unread, shown.total, shown.by_kind) == (0, 1, dict.fromkeys(Topic.values, 0))


def test_what_came_meanwhile_stays_unread(company: Company, actor: User, colleague: User) -> None:
    for day in range(3):
        happen("interview.booked", key=uuid4(), company=company)
        read(NOW + day * DAY)
    assert mark_all_read(until=NOW + DAY, actor=colleague, now=NOW + 3 * DAY) == 2
    assert (counts(colleague).unread, counts(colleague).total, counts(actor).unread) == (1, 3, 3)
    assert mark_all_read(until=None, actor=colleague, now=NOW + 4 * DAY) == 1
    assert [row.read_at for row in Notification.objects.visible_to(colleague).order_by("event_id")] == [
        NOW + 3 * DAY,
        NOW + 3 * DAY,
        NOW + 4 * DAY,
    ]


def test_whoever_changes_company_leaves_the_old_ones_behind(company: Company, colleague: User) -> None:
    happen("interview.booked", key=uuid4(), company=company)
    read()
    colleague.company = CompanyFactory()
    colleague.save()
    assert not Notification.objects.visible_to(colleague).exists()
    assert (counts(colleague).total, mark_all_read(until=None, actor=colleague, now=NOW)) == (0, 0)
    assert Notification.objects.get().read_at is None


def test_old_ones_go_when_nobody_will_miss_them(company: Company, colleague: User) -> None:
    def row(came: timedelta, read_before: timedelta | None) -> UUID:
        made = Notification.objects.create(
            user=colleague,
            company=company,
            kind="interview_booked",
            event_id=Notification.objects.count(),
            object_type="interview",
            object_id=str(uuid4()),
            created_at=NOW - came,
            read_at=None if read_before is None else NOW - read_before,
        )
        return made.pk

    second = timedelta(seconds=1)
    kept = {
        row(365 * DAY, None),
        row(100 * DAY, 90 * DAY),
        row(DAY, DAY),
        row(364 * DAY, timedelta()),
    }
    for came, read_before in ((365 * DAY + second, None), (91 * DAY, 90 * DAY + second), (400 * DAY, None)):
        row(came, read_before)
    assert forget_old(now=NOW) == 3
    assert set(Notification.objects.values_list("pk", flat=True)) == kept
    assert forget_old(now=NOW) == 0


def test_the_daily_job_tidies_up(company: Company, colleague: User) -> None:
    happen("interview.booked", key=uuid4(), company=company)
    read(datetime(2020, 1, 1, tzinfo=UTC))
    tidy_inbox(timestamp=0)
    assert Notification.objects.count() == 0
