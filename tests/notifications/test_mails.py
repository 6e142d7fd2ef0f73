"""From a change to the mail that tells of it, over a real mail server; read with parsers that are not ours."""

from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest
from django.conf import LazySettings
from django.db import connection

from parley.core.models import Event
from parley.core.outbox import read_on
from parley.interviews.links import open_link
from parley.interviews.models import Interview, InterviewLink, InterviewSchedule, InterviewSlot
from parley.interviews.operations.booking import (
    book_interview,
    cancel_booking,
    release_slot,
    reschedule_booking,
)
from parley.interviews.operations.links import book_by_link, invite_candidate, revoke_link
from parley.interviews.operations.slots import cancel_slot
from parley.notifications.jobs import SEND_WAITING
from parley.notifications.models import MailPolicy, Message
from parley.notifications.operations.sending import (
    CLAIM_LASTS,
    Claimed,
    claim,
    send_again,
    settle_failed,
    settle_sent,
)
from parley.notifications.reader import READER, plan_mails
from parley.notifications.rules import ATTEMPTS, PAUSES
from parley.notifications.tasks import deliver, send_due
from parley.organizations.models import Company, User
from parley.organizations.operations.branding import update_branding
from tests.factories import CandidateFactory, CompanyFactory, InterviewFactory, JobFactory, SlotFactory, UserFactory
from tests.mailbox import Mailbox, body, entry, subject
from tests.outbox import wait_until_readable

pytestmark = pytest.mark.django_db(transaction=True)
NOW = datetime(2027, 3, 26, 8, tzinfo=UTC)  # a Friday; Berlin's clocks change on Sunday
NAME = 'Zo\u00eb "Z" M\u00fcller-\u738b'


@pytest.fixture
def company() -> Company:
    return CompanyFactory(name="J\u00fcrgen & Co.\r\nBcc: all@example.org", timezone="Europe/Berlin")


@pytest.fixture
def actor(company: Company) -> User:
    return UserFactory(company=company)


@pytest.fixture
def interview(company: Company) -> Interview:
    candidate = CandidateFactory(company=company, full_name=NAME, email="zoe@example.org")
    return InterviewFactory(candidate=candidate, job=JobFactory(company=company, job_title="Baker <b>&amp;</b>"))


@pytest.fixture
def slots(company: Company) -> list[InterviewSlot]:
    """Saturday, Sunday (the clocks have changed), Monday: 09:00 in Berlin."""
    starts = [
        datetime(2027, 3, 27, 8, tzinfo=UTC),
        datetime(2027, 3, 28, 7, tzinfo=UTC),
        datetime(2027, 3, 29, 7, tzinfo=UTC),
    ]
    return [SlotFactory(company=company, start_time=start) for start in starts]


def book(interview: Interview, slot: InterviewSlot, actor: User, now: datetime = NOW) -> InterviewSchedule:
    return book_interview(interview_id=interview.pk, slot_id=slot.pk, notes="", actor=actor, now=now)


def send_what_is_due(now: datetime = NOW) -> None:
    """What dispatcher and workers do: read the events, then send in the order of the jobs."""
    wait_until_readable()
    while read_on(READER, now=now):
        pass
    for key in (
        Message.objects.filter(state="waiting", due_at__lte=now).order_by("event_id").values_list("pk", flat=True)
    ):
        deliver(key, now=now)


def states() -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for kind, state in Message.objects.order_by("event_id", "due_at").values_list("kind", "state"):
        found.setdefault(kind, []).append(state)
    return found


# --- what is said -----------------------------------------------------------------------------------------


def test_a_booking_moved_twice_and_cancelled_is_one_calendar_entry(
    mailbox: Mailbox, interview: Interview, slots: list[InterviewSlot], actor: User
) -> None:
    schedule = book(interview, slots[0], actor)
    for slot in slots[1:]:
        schedule = reschedule_booking(schedule_id=schedule.pk, slot_id=slot.pk, actor=actor, now=NOW)
    cancel_booking(schedule_id=schedule.pk, reason="Budget.", actor=actor, now=NOW)
    send_what_is_due()
    entries = [entry(mail) for mail in mailbox.got]
    told = [
        (each.method.value, each.vevent.status.value, int(each.vevent.sequence.value), each.vevent.dtstart.value)
        for each in entries
    ]
    assert told == [
        ("REQUEST", "CONFIRMED", 0, slots[0].start_time),
        ("REQUEST", "CONFIRMED", 1, slots[1].start_time),
        ("REQUEST", "CONFIRMED", 2, slots[2].start_time),
        ("CANCEL", "CANCELLED", 3, slots[2].start_time),
    ]
    assert {each.vevent.uid.value for each in entries} == {f"{interview.pk}@parley"}
    assert {each.vevent.attendee.value for each in entries} == {"mailto:zoe@example.org"}
    assert {each.vevent.organizer.value for each in entries} == {"mailto:interviews@parley.example"}
    assert [subject(mail).rpartition(": ")[2] for mail in mailbox.got[:3]] == [
        "Saturday, 27 March 2027, 09:00\u201310:00 (Europe/Berlin, UTC+01:00)",
        "Sunday, 28 March 2027, 09:00\u201310:00 (Europe/Berlin, UTC+02:00)",
        "Monday, 29 March 2027, 09:00\u201310:00 (Europe/Berlin, UTC+02:00)",
    ]
    assert "Budget" not in body(mailbox.got[3])  # a note among colleagues, unless the company's own words give it


def test_names_are_only_names(mailbox: Mailbox, interview: Interview, slots: list[InterviewSlot], actor: User) -> None:
    book(interview, slots[0], actor)
    send_what_is_due()
    (mail,) = mailbox.got
    assert mail["To"] == "zoe@example.org"
    assert mail["Bcc"] is None
    assert mail["From"].addresses[0].display_name == "J\u00fcrgen & Co. Bcc: all@example.org"
    assert mail["From"].addresses[0].addr_spec == "interviews@parley.example"
    assert NAME in body(mail)
    assert "Baker &lt;b&gt;&amp;amp;&lt;/b&gt;" in body(mail, "html")
    assert entry(mail).vevent.attendee.params["CN"] == [NAME.replace('"', "'")]


def test_the_link_in_a_mail_opens_the_interview_also_where_nobody_was_invited(
    mailbox: Mailbox, interview: Interview, slots: list[InterviewSlot], actor: User
) -> None:
    schedule = book(interview, slots[0], actor)
    send_what_is_due()
    reschedule_booking(schedule_id=schedule.pk, slot_id=slots[1].pk, actor=actor, now=NOW)
    send_what_is_due()
    tokens = {body(mail).partition("/interview/")[2].split("/")[0] for mail in mailbox.got}
    (token,) = tokens  # the one in the older mail goes on to work
    assert open_link(token, now=NOW)[0].interview_id == interview.pk
    assert InterviewLink.objects.count() == 1
    assert token in body(mailbox.got[0], "html")
    assert not Message.objects.filter(kind="invitation").exists()


def test_a_link_that_was_revoked_does_not_come_back_by_a_mail(
    mailbox: Mailbox, interview: Interview, slots: list[InterviewSlot], actor: User
) -> None:
    invite_candidate(interview_id=interview.pk, interview_type="", valid_for=timedelta(days=30), actor=actor, now=NOW)
    revoke_link(interview_id=interview.pk, actor=actor, now=NOW)
    book(interview, slots[0], actor)
    send_what_is_due()
    assert InterviewLink.objects.filter(revoked_at__isnull=True).count() == 0
    assert [subject for subject in map(body, mailbox.got) if "/interview/" in subject] == []
    assert Message.objects.get(kind="invitation").state == "skipped"
    assert len(mailbox.got) == 1  # of the booking, without a link


def test_times_are_told_in_the_zone_in_which_the_candidate_chose(
    mailbox: Mailbox, interview: Interview, slots: list[InterviewSlot], actor: User
) -> None:
    invited = invite_candidate(
        interview_id=interview.pk, interview_type="", valid_for=timedelta(days=30), actor=actor, now=NOW
    )
    book_by_link(token=invited.link, slot_id=slots[1].pk, timezone="Asia/Kolkata", now=NOW)
    send_what_is_due()
    invitation, booked = mailbox.got
    assert invited.link in body(invitation)
    assert "Sunday, 28 March 2027, 12:30\u201313:30 (Asia/Kolkata, UTC+05:30)" in body(booked)


@pytest.mark.parametrize("how", ["release", "slot"])
def test_who_loses_the_place_is_asked_to_choose_another(
    mailbox: Mailbox, interview: Interview, slots: list[InterviewSlot], actor: User, how: str
) -> None:
    book(interview, slots[0], actor)
    if how == "release":
        release_slot(slot_id=slots[0].pk, schedule_id=None, interview_id=None, actor=actor, now=NOW)
    else:
        cancel_slot(slot_id=slots[0].pk, cascade=True, reason="Power cut.", actor=actor, now=NOW)
    send_what_is_due()
    assert len(mailbox.got) == (2 if how == "release" else 1)  # a lost place waits whether Parley finds another
    send_what_is_due(NOW + timedelta(minutes=1))
    lost = mailbox.got[1]
    assert subject(lost).endswith("needs another time")
    assert (entry(lost).method.value, "/interview/" in body(lost)) == ("CANCEL", True)
    assert "Power cut" not in body(lost)


def test_a_company_s_own_words_and_reply_address_are_used(
    mailbox: Mailbox, interview: Interview, slots: list[InterviewSlot], actor: User, company: Company
) -> None:
    MailPolicy.objects.create(
        company=company,
        reminder_minutes=[],
        reply_to="jobs@example.org",
        texts={"booked": {"subject": "Termin: {when}", "body": "Hallo {candidate_name}, {unknown} bis dann."}},
        updated_at=NOW,
    )
    book(interview, slots[0], actor)
    send_what_is_due()
    (mail,) = mailbox.got
    assert subject(mail).startswith("Termin: Saturday, 27 March")
    assert mail["Reply-To"] == "jobs@example.org"
    assert body(mail).startswith(f"Hallo {NAME}, {{unknown}} bis dann.")
    assert states() == {"booked": ["sent"]}


def test_the_name_that_candidates_know_is_in_the_mail_its_sender_and_the_calendar(
    mailbox: Mailbox, interview: Interview, slots: list[InterviewSlot], actor: User, company: Company
) -> None:
    fields = {"display_name": "Jürgen & Co.\r\nBcc: all@example.org", "accent": "#ffdd00"}
    update_branding(company_id=company.pk, fields=fields, actor=actor, now=NOW)
    book(interview, slots[0], actor)
    send_what_is_due()
    (mail,) = mailbox.got
    name = "Jürgen & Co. Bcc: all@example.org"
    assert mail["Bcc"] is None
    assert mail["From"].addresses[0].display_name == name
    assert subject(mail).startswith(f"Your interview with {name}: Saturday")
    assert "background:#ffdd00;color:#000000;" in body(mail, "html")
    assert entry(mail).vevent.summary.value == f"Interview with {name}"


def test_a_reason_is_given_where_the_company_s_own_words_do(
    mailbox: Mailbox, interview: Interview, slots: list[InterviewSlot], actor: User, company: Company
) -> None:
    texts = {"cancelled": {"subject": "Off", "body": "It is off{reason}."}}
    MailPolicy.objects.create(company=company, texts=texts, updated_at=NOW)
    schedule = book(interview, slots[0], actor)
    cancel_booking(schedule_id=schedule.pk, reason="We are ill.", actor=actor, now=NOW)
    send_what_is_due()
    assert body(mailbox.got[1]).startswith("It is off: We are ill.")


# --- reminders ----------------------------------------------------------------------------------------------


def test_a_booking_is_reminded_of_once_at_each_time(
    mailbox: Mailbox, interview: Interview, slots: list[InterviewSlot], actor: User
) -> None:
    book(interview, slots[2], actor)  # Monday 07:00 UTC
    moments = [datetime(2027, 3, 28, 7, tzinfo=UTC), datetime(2027, 3, 29, 6, tzinfo=UTC)]
    for moment in (NOW, moments[0] - timedelta(seconds=1), moments[0], moments[0], moments[1], moments[1]):
        send_what_is_due(moment)
    assert [subject(mail).partition(":")[0] for mail in mailbox.got[1:]] == ["Reminder", "Reminder"]
    assert states() == {"booked": ["sent"], "reminder": ["sent", "sent"]}


def test_nobody_is_reminded_of_what_was_moved_or_cancelled(
    mailbox: Mailbox, interview: Interview, slots: list[InterviewSlot], actor: User
) -> None:
    schedule = book(interview, slots[1], actor)
    send_what_is_due()
    schedule = reschedule_booking(schedule_id=schedule.pk, slot_id=slots[2].pk, actor=actor, now=NOW)
    send_what_is_due()
    send_what_is_due(slots[1].start_time - timedelta(minutes=30))  # both reminders of the old time
    assert len(mailbox.got) == 2
    send_what_is_due(slots[1].start_time)
    assert [subject(mail).partition(":")[0] for mail in mailbox.got[2:]] == ["Reminder"]  # a day before the new one
    assert "29 March" in subject(mailbox.got[2])
    cancel_booking(schedule_id=schedule.pk, reason="", actor=actor, now=slots[1].start_time)
    send_what_is_due(slots[2].start_time - timedelta(minutes=30))
    assert [subject(mail).rpartition(" ")[2] for mail in mailbox.got[3:]] == ["cancelled"]
    assert states()["reminder"].count("skipped") == 3


# --- exactly once -------------------------------------------------------------------------------------------


def test_an_event_that_is_read_twice_makes_its_mails_once(
    interview: Interview, slots: list[InterviewSlot], actor: User
) -> None:
    book(interview, slots[2], actor)
    events = list(Event.objects.filter(type="interview.booked"))
    for _ in range(2):
        plan_mails(events, NOW)
    assert states() == {"booked": ["waiting"], "reminder": ["waiting", "waiting"]}
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT count(*) FROM procrastinate_jobs WHERE task_name = %s AND status = 'todo'", [SEND_WAITING]
        )
        assert cursor.fetchone() == (1,)


def test_what_waits_is_sent_once_and_a_refused_mail_once_more_when_its_pause_is_over(
    mailbox: Mailbox, interview: Interview, slots: list[InterviewSlot], actor: User
) -> None:
    schedule = book(interview, slots[2], actor)
    reschedule_booking(schedule_id=schedule.pk, slot_id=slots[1].pk, actor=actor, now=NOW)
    wait_until_readable()
    read_on(READER, now=NOW)
    mailbox.refuse = "451 Try later"
    assert (send_due(now=NOW), send_due(now=NOW)) == (2, 0)
    mailbox.refuse = ""
    later = NOW + PAUSES[0]
    assert (send_due(now=later - timedelta(seconds=1)), mailbox.got) == (0, [])
    assert (send_due(now=later), send_due(now=later), len(mailbox.got)) == (2, 0, 2)
    assert send_due(now=slots[1].start_time - timedelta(hours=2)) == 1  # a day before the new time
    assert send_due(now=slots[1].start_time) == 2  # an hour before it, too late; a day before the old one, idle
    assert len(mailbox.got) == 3


def test_a_failure_that_comes_after_the_claim_has_ended_disturbs_nobody(
    mailbox: Mailbox, interview: Interview, slots: list[InterviewSlot], actor: User
) -> None:
    """The first sender was only slow; meanwhile another has the mail."""
    book(interview, slots[0], actor)
    wait_until_readable()
    read_on(READER, now=NOW)
    key = Message.objects.get(kind="booked").pk
    second = NOW + CLAIM_LASTS
    assert claim(message_id=key, now=NOW) is not None
    assert claim(message_id=key, now=second) is not None
    settle_failed(message_id=key, claimed_at=NOW, error="TimeoutError", now=second)
    message = Message.objects.get(pk=key)
    assert (message.state, message.claimed_at, message.last_error) == ("sending", second, "")
    settle_sent(message_id=key, now=second)
    message.refresh_from_db()
    assert (message.state, message.claimed_at, message.next_attempt_at) == ("sent", None, None)


def test_a_fault_of_ours_is_tried_again_and_the_mails_behind_it_go_on(
    mailbox: Mailbox, interview: Interview, slots: list[InterviewSlot], actor: User
) -> None:
    schedule = book(interview, slots[0], actor)
    reschedule_booking(schedule_id=schedule.pk, slot_id=slots[1].pk, actor=actor, now=NOW)
    wait_until_readable()
    read_on(READER, now=NOW)
    Message.objects.filter(kind="booked").update(recipient="no\naddress")  # which makes no header
    assert (send_due(now=NOW), send_due(now=NOW)) == (2, 0)
    broken = Message.objects.get(kind="booked")
    assert (broken.state, broken.attempts, broken.next_attempt_at) == ("waiting", 1, NOW + PAUSES[0])
    assert broken.last_error == "ValueError"
    assert [mail["To"] for mail in mailbox.got] == ["zoe@example.org"]


def test_a_mail_that_is_being_sent_is_not_sent_by_another(
    mailbox: Mailbox, interview: Interview, slots: list[InterviewSlot], actor: User
) -> None:
    book(interview, slots[0], actor)
    wait_until_readable()
    read_on(READER, now=NOW)
    key = Message.objects.get(kind="booked").pk
    assert claim(message_id=key, now=NOW) is not None
    with pytest.raises(Claimed):
        claim(message_id=key, now=NOW + CLAIM_LASTS - timedelta(seconds=1))
    deliver(key, now=NOW + CLAIM_LASTS - timedelta(seconds=1))
    assert mailbox.got == []
    deliver(key, now=NOW + CLAIM_LASTS)  # whoever had it has died
    deliver(key, now=NOW + CLAIM_LASTS)
    (mail,) = mailbox.got
    assert mail["Message-ID"] == f"<{key}@parley.example>"


def test_a_mail_whose_sender_died_is_taken_up_with_those_that_wait(
    mailbox: Mailbox, interview: Interview, slots: list[InterviewSlot], actor: User
) -> None:
    book(interview, slots[2], actor)
    wait_until_readable()
    read_on(READER, now=NOW)
    key = Message.objects.get(kind="booked").pk
    assert claim(message_id=key, now=NOW) is not None
    assert send_due(now=NOW + CLAIM_LASTS - timedelta(seconds=1)) == 0
    assert mailbox.got == []
    assert (send_due(now=NOW + CLAIM_LASTS), send_due(now=NOW + CLAIM_LASTS)) == (1, 0)
    (mail,) = mailbox.got
    assert mail["Message-ID"] == f"<{key}@parley.example>"


def test_a_refused_mail_is_tried_again_and_in_the_end_shown_as_undelivered(
    mailbox: Mailbox, interview: Interview, slots: list[InterviewSlot], actor: User
) -> None:
    book(interview, slots[0], actor)
    wait_until_readable()
    read_on(READER, now=NOW)
    key = Message.objects.get(kind="booked").pk
    mailbox.refuse = "451 Try later"
    now = NOW
    for attempt, pause in enumerate(PAUSES, start=1):
        deliver(key, now=now)
        message = Message.objects.get(pk=key)
        assert (message.state, message.attempts, message.next_attempt_at) == ("waiting", attempt, now + pause)
        now += pause
    deliver(key, now=now)  # the last time
    message = Message.objects.get(pk=key)
    assert (message.state, message.attempts, message.next_attempt_at) == ("undelivered", ATTEMPTS, None)
    assert "451" in message.last_error
    mailbox.refuse = ""
    deliver(key, now=now)
    assert mailbox.got == []
    send_again(message_id=key, actor=actor, now=now)
    deliver(key, now=now)
    assert (len(mailbox.got), Message.objects.get(pk=key).state) == (1, "sent")


def test_a_mail_that_a_later_one_has_overtaken_is_left_out(
    mailbox: Mailbox, interview: Interview, slots: list[InterviewSlot], actor: User
) -> None:
    """The first was refused for a while, and comes after the cancellation."""
    schedule = book(interview, slots[0], actor)
    cancel_booking(schedule_id=schedule.pk, reason="", actor=actor, now=NOW)
    wait_until_readable()
    read_on(READER, now=NOW)
    booked, cancelled = Message.objects.exclude(kind="reminder").order_by("event_id")
    mailbox.refuse = "451 Try later"
    deliver(booked.pk, now=NOW)
    mailbox.refuse = ""
    deliver(cancelled.pk, now=NOW)
    deliver(booked.pk, now=NOW + PAUSES[0])
    assert [subject(mail).rpartition(" ")[2] for mail in mailbox.got] == ["cancelled"]
    booked.refresh_from_db()
    assert booked.state == "skipped"


def test_a_mail_server_that_is_not_there_changes_no_booking(
    interview: Interview, slots: list[InterviewSlot], actor: User, settings: LazySettings
) -> None:
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", 1
    schedule = book(interview, slots[0], actor)
    send_what_is_due()
    schedule.refresh_from_db()
    assert (schedule.status, states()["booked"]) == ("pending", ["waiting"])


def test_what_is_gone_is_written_to_nobody(actor: User) -> None:
    deliver(UUID(int=0), now=NOW)
    event = Event.objects.create(
        type="interview.booked",
        object_type="interview",
        object_id=str(UUID(int=0)),
        actor_kind="system",
        occurred_at=NOW,
    )
    plan_mails([event], NOW)
    assert not Message.objects.exists()
