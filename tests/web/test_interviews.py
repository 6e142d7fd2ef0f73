"""The pipeline and the page of an interview, as a browser without scripts uses them."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from django.utils.dateformat import format as format_date

from parley.core.models import Event
from parley.interviews.models import Interview, InterviewLink, InterviewSchedule, InterviewSlot, WaitlistEntry
from parley.interviews.operations.booking import book_interview, confirm_booking
from parley.interviews.operations.links import invite_candidate
from parley.interviews.operations.slots import cancel_slot
from parley.notifications.models import Message
from parley.organizations.models import User
from tests.factories import CandidateFactory, InterviewFactory, JobFactory, SlotFactory, book, in_future
from tests.invariants import broken_invariants

pytestmark = pytest.mark.django_db
PAGE = "/app/interviews/"


@pytest.fixture
def interview(user: User) -> Interview:
    job = JobFactory(company=user.company, job_title="Engineer")
    candidate = CandidateFactory(company=user.company, full_name="Ada <b>Lovelace</b>", job=job)
    return InterviewFactory(candidate=candidate, job=job, interview_round="Screening")


@pytest.fixture
def slots(user: User) -> list[InterviewSlot]:
    return [SlotFactory(company=user.company, start_time=in_future(days=3, hours=hour)) for hour in (0, 1)]


def html(client: Client, address: str = PAGE, **query: str) -> str:
    answer = client.get(address, query)
    assert answer.status_code == 200
    return answer.content.decode()


def do(client: Client, interview: Interview, what: str, **values: str) -> str:
    address = f"{PAGE}{interview.pk}/"
    answer = client.post(f"{address}{what}/" if "?" not in what else f"{address}{what}", values, follow=True)
    assert answer.redirect_chain == [(address, 302)]
    return answer.content.decode()


def local(slot: InterviewSlot) -> str:
    return format_date(slot.start_time.astimezone(slot.company.zone), "l, j F Y, H:i")


def live(interview: Interview) -> InterviewSchedule:
    return InterviewSchedule.objects.get(interview=interview, status__in=["pending", "confirmed"])


def invite(interview: Interview, user: User, *, days: int = 30) -> None:
    valid_for = timedelta(days=days)
    invite_candidate(interview_id=interview.pk, interview_type="", valid_for=valid_for, actor=user, now=timezone.now())


def test_an_empty_pipeline_says_what_to_do(logged_in: Client) -> None:
    assert "There are no interviews yet" in html(logged_in)
    assert "No interview is decided yet." in html(logged_in, stage="decided")


def test_stages_follow_from_states(logged_in: Client, user: User, slots: list[InterviewSlot]) -> None:
    made = {
        name: InterviewFactory(candidate__company=user.company, candidate__full_name=f"Person {name}", **fields)
        for name, fields in {
            "uninvited": {},
            "invited": {},
            "booked": {},
            "held": {"status": "completed"},
            "missed": {"status": "no_show"},
            "failed": {"status": "error"},
            "cancelled": {"status": "cancelled"},
        }.items()
    }
    invite(made["invited"], user)
    book(slots[0], made["booked"])
    for stage in made:
        page = html(logged_in, stage=stage)
        assert [name for name in made if f"Person {name}<" in page] == [stage]
    board = html(logged_in)
    assert [name for name in made if f"Person {name}<" in board] == ["invited", "booked", "held"]
    assert "Nothing" not in board
    assert board.count('<span class="quiet">1</span></a>') == 7


@pytest.mark.parametrize(
    ("state", "said"),
    [
        ("new", "Invite the candidate"),
        ("invited", "Waits for the candidate to choose a time"),
        ("expired", "The link has expired: invite again"),
        ("waiting", "On the waitlist: a free time is offered"),
        ("booked", "Confirm the time"),
        ("confirmed", "Confirmed: nothing to do"),
        ("unseated", "Needs a decision: see Conflicts"),
        ("held", "Write down your feedback"),
    ],
)
def test_each_says_what_is_next(
    logged_in: Client, user: User, interview: Interview, slots: list[InterviewSlot], state: str, said: str
) -> None:
    now = timezone.now()
    if state in ("invited", "expired", "waiting"):
        invite(interview, user)
    if state == "expired":
        InterviewLink.objects.update(expires_at=now)
    if state == "waiting":
        do(logged_in, interview, "wait", first=str(now.date()), last=str((now + timedelta(days=9)).date()))
    if state in ("booked", "confirmed", "unseated"):
        booked = book_interview(interview_id=interview.pk, slot_id=slots[0].pk, notes="", actor=user, now=now)
        if state == "confirmed":
            confirm_booking(schedule_id=booked.pk, actor=user, now=now)
    if state == "unseated":
        cancel_slot(slot_id=slots[0].pk, cascade=True, reason="", actor=user, now=now)
    if state == "held":
        Interview.objects.update(status="completed")
    assert f"<strong>{said}</strong>" in html(logged_in, f"{PAGE}{interview.pk}/")


def test_the_page_says_who_what_and_when(
    logged_in: Client, user: User, interview: Interview, slots: list[InterviewSlot]
) -> None:
    invite(interview, user)
    book_interview(interview_id=interview.pk, slot_id=slots[0].pk, notes="", actor=user, now=timezone.now())
    page = html(logged_in, f"{PAGE}{interview.pk}/")
    assert "Ada &lt;b&gt;Lovelace&lt;/b&gt;" in page
    assert f'">{local(slots[0])}</time>' in page
    assert "(Europe/Berlin)" in page
    assert f"<p>Booked: {local(slots[0])}</p>" in page
    assert page.index("<p>Booked: ") < page.index("<p>The candidate was invited</p>")
    assert ", Rosa Recruiter</p>" in page
    link = page.partition('id="url" readonly value="')[2].partition('"')[0]
    assert logged_in.get(link).status_code == 200


def test_a_time_is_chosen_and_that_undone(logged_in: Client, interview: Interview, slots: list[InterviewSlot]) -> None:
    times = html(logged_in, f"{PAGE}{interview.pk}/times/")
    assert [f'value="{slot.pk}"' in times for slot in slots] == [True, True]
    page = do(logged_in, interview, "book", slot=str(slots[0].pk))
    assert f"Booked: {local(slots[0])}. The candidate is told by e-mail." in page
    undo = f"undo/?schedule={live(interview).pk}"
    assert f'action="{PAGE}{interview.pk}/{undo}"' in page
    assert "Undone: the time is free again, and the interview open." in do(logged_in, interview, undo)
    interview.refresh_from_db()
    assert (interview.status, interview.schedules.get().status) == ("scheduled", "cancelled")
    assert broken_invariants() == {}


def test_it_is_moved_and_that_undone(logged_in: Client, interview: Interview, slots: list[InterviewSlot]) -> None:
    do(logged_in, interview, "book", slot=str(slots[0].pk))
    times = html(logged_in, f"{PAGE}{interview.pk}/times/")
    assert [f'value="{slot.pk}"' in times for slot in slots] == [False, True]
    assert f"Moved to {local(slots[1])}." in do(logged_in, interview, "book", slot=str(slots[1].pk))
    undo = f"undo/?schedule={live(interview).pk}"
    assert "Undone: the interview is at its old time again." in do(logged_in, interview, undo)
    assert live(interview).slot == slots[0]
    assert "The booking was changed since" in do(logged_in, interview, undo)  # once is enough
    assert live(interview).slot == slots[0]
    assert broken_invariants() == {}


@pytest.mark.parametrize(("what", "status"), [("cancel", "cancelled"), ("release", "scheduled")])
def test_it_is_given_up_and_that_undone(
    logged_in: Client, interview: Interview, slots: list[InterviewSlot], what: str, status: str
) -> None:
    do(logged_in, interview, "book", slot=str(slots[0].pk))
    ended = live(interview)
    page = do(logged_in, interview, what, reason="Office closed")
    interview.refresh_from_db()
    assert interview.status == status
    undo = f"undo/?schedule={ended.pk}"
    assert f'action="{PAGE}{interview.pk}/{undo}"' in page
    assert "is booked at its old time again" in do(logged_in, interview, undo)
    assert live(interview).slot == slots[0]
    assert broken_invariants() == {}


def test_undo_says_why_where_the_place_is_taken(
    logged_in: Client, interview: Interview, slots: list[InterviewSlot]
) -> None:
    do(logged_in, interview, "book", slot=str(slots[0].pk))
    ended = live(interview)
    do(logged_in, interview, "cancel")
    slots[0].refresh_from_db()
    book(slots[0])
    before = Event.objects.count()
    page = do(logged_in, interview, f"undo/?schedule={ended.pk}")
    assert "All places of this slot are taken: choose another one." in page
    assert Event.objects.count() == before


def test_it_is_confirmed(logged_in: Client, interview: Interview, slots: list[InterviewSlot]) -> None:
    do(logged_in, interview, "book", slot=str(slots[0].pk))
    assert "The time is confirmed." in do(logged_in, interview, "confirm")
    assert live(interview).status == "confirmed"


@pytest.mark.parametrize(
    ("what", "values", "said"),
    [
        ("book", {"slot": "x"}, "Choose one of the times."),
        ("book", {"slot": "6875d0ab-4cc0-452f-b7c7-98290a873c1c"}, "No slot with this id."),
        ("confirm", {}, "No time is booked any more"),
        ("cancel", {}, "No time is booked any more"),
        ("release", {}, "No time is booked any more"),
        ("undo", {}, "Choose one of the times."),
        ("wait", {}, "Say from which day until which it would wait."),
        ("wait", {"first": "2020-01-01", "last": "2020-01-02"}, "Must be in the future"),
        ("stop-waiting", {}, "It is not on the waitlist any more."),
    ],
)
def test_what_cannot_be_done_is_said_and_changes_nothing(
    logged_in: Client, interview: Interview, what: str, values: dict[str, str], said: str
) -> None:
    before = Event.objects.count()
    page = do(logged_in, interview, what, **values)
    assert "alert-danger" in page
    assert said in page
    assert Event.objects.count() == before


def test_the_link_is_made_sent_again_and_revoked(logged_in: Client, interview: Interview) -> None:
    assert "The invitation is on its way" in do(logged_in, interview, "invite", interview_type="coding")
    first = InterviewLink.objects.get()
    assert first.ai_interview_type == "coding"
    do(logged_in, interview, "invite")
    first.refresh_from_db()
    assert first.revoked_at is not None
    assert "The link does not open any more." in do(logged_in, interview, "revoke")
    assert not InterviewLink.objects.filter(revoked_at=None).exists()
    assert "Invite the candidate" in html(logged_in, f"{PAGE}{interview.pk}/")


def test_it_waits_and_waits_no_longer(logged_in: Client, interview: Interview) -> None:
    today = timezone.now().date()
    do(logged_in, interview, "wait", first=str(today), last=str(today + timedelta(days=7)))
    assert WaitlistEntry.objects.get().status == "waiting"
    assert "It is off the waitlist." in do(logged_in, interview, "stop-waiting")
    assert WaitlistEntry.objects.get().status == "left"


def test_job_round_and_feedback_are_changed(logged_in: Client, user: User, interview: Interview) -> None:
    other = JobFactory(company=user.company)
    do(logged_in, interview, "edit", job=str(other.pk), interview_round="Second round")
    assert "The feedback is kept." in do(logged_in, interview, "feedback", feedback="Good <i>answers</i>")
    interview.refresh_from_db()
    assert (interview.job, interview.interview_round) == (other, "Second round")
    assert "Good &lt;i&gt;answers&lt;/i&gt;" in html(logged_in, f"{PAGE}{interview.pk}/")


def test_one_that_was_never_booked_is_deleted(
    logged_in: Client, interview: Interview, slots: list[InterviewSlot]
) -> None:
    used = InterviewFactory(candidate=interview.candidate)
    book(slots[0], used)
    assert "its history is kept" in html(logged_in, f"{PAGE}{used.pk}/delete/")
    assert "its history is kept" in do(logged_in, used, "delete")
    logged_in.post(f"{PAGE}{interview.pk}/delete/")
    assert list(Interview.objects.all()) == [used]


def test_mails_are_shown_and_sent_again(logged_in: Client, user: User, interview: Interview) -> None:
    now = timezone.now()
    message = Message.objects.create(
        company=user.company,
        interview=interview,
        kind="invitation",
        key="1:invitation",
        event_id=1,
        recipient="ada@example.com",
        due_at=now,
        state="undelivered",
        last_error="Mailbox <full>",
        created_at=now,
    )
    page = html(logged_in, f"{PAGE}{interview.pk}/")
    assert "Could not be delivered" in page
    assert "Mailbox &lt;full&gt;" in page
    answer = logged_in.post(f"/app/messages/{message.pk}/send-again/", follow=True)
    assert answer.redirect_chain == [(f"{PAGE}{interview.pk}/", 302)]
    assert "It is sent once more." in answer.content.decode()
    message.refresh_from_db()
    assert message.state == "waiting"
    again = logged_in.post(f"/app/messages/{message.pk}/send-again/", follow=True).content.decode()
    assert "Only an undelivered message is sent again." in again


def test_search_and_job_narrow_the_pipeline(logged_in: Client, user: User, interview: Interview) -> None:
    other = InterviewFactory(candidate__company=user.company, candidate__full_name="Grace Hopper")
    for each in (interview, other):
        invite(each, user)
    page = html(logged_in, q="grace")
    assert ("Grace Hopper" in page, "Lovelace" in page) == (True, False)
    assert "1 interview found." in page
    page = html(logged_in, job=str(interview.job_id))
    assert ("Grace Hopper" in page, "Lovelace" in page) == (False, True)
    assert "Grace Hopper" in html(logged_in, job="x", q="\0")


def test_statements_are_the_same_for_1_3_and_300(logged_in: Client, user: User) -> None:
    slot = SlotFactory(company=user.company, max_candidates=400)
    counts = []
    for number in (1, 2, 297):
        for _ in range(number):
            book(slot, InterviewFactory(candidate__company=user.company))
        each = []
        for query in ({}, {"stage": "booked"}):
            with CaptureQueriesContext(connection) as captured:
                html(logged_in, **query)
            each.append(len(captured))
        counts.append(each)
    assert counts == [counts[0]] * 3
    assert max(counts[0]) <= 10


def test_an_interview_takes_as_many_statements_however_long_its_history(
    logged_in: Client, interview: Interview, slots: list[InterviewSlot]
) -> None:
    def statements() -> int:
        with CaptureQueriesContext(connection) as captured:
            html(logged_in, f"{PAGE}{interview.pk}/")
        return len(captured)

    do(logged_in, interview, "book", slot=str(slots[0].pk))
    before = statements()
    for _ in range(5):
        do(logged_in, interview, "book", slot=str(slots[1].pk))
        do(logged_in, interview, "book", slot=str(slots[0].pk))
    assert statements() == before <= 18
