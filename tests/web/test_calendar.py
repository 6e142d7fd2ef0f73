"""The calendar, as a browser without scripts uses it; and what its script is told."""

import json
import threading
import time
from datetime import UTC, date, datetime, timedelta
from typing import Any
from uuid import uuid4
from zoneinfo import ZoneInfo

import pytest
from django.db import connection, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from parley.core.models import Event
from parley.interviews import agenda
from parley.interviews.models import InterviewConflict, InterviewSchedule, InterviewSlot
from parley.organizations.models import Company, User
from parley.web.calendar import times
from parley.web.calendar.times import Stretch
from tests.factories import (
    AdminFactory,
    CandidateFactory,
    InterviewFactory,
    JobFactory,
    SlotFactory,
    UserFactory,
    book,
    in_future,
)
from tests.invariants import broken_invariants

pytestmark = pytest.mark.django_db
PAGE = "/app/calendar/"
BERLIN = ZoneInfo("Europe/Berlin")


def html(client: Client, address: str = PAGE, **query: Any) -> str:
    answer = client.get(address, query, follow=True)
    assert answer.status_code == 200, answer.content
    return answer.content.decode()


def rows(client: Client, first: date, days: int = 7, **query: Any) -> list[list[object]]:
    asked = {"start": first.isoformat(), "end": (first + timedelta(days=days)).isoformat(), **query}
    answer = client.get(f"{PAGE}slots/", asked)
    assert answer.status_code == 200, answer.content
    found: list[list[object]] = answer.json()["slots"]
    return found


def local_day(slot: InterviewSlot) -> date:
    return slot.start_time.astimezone(slot.company.zone).date()


def send(client: Client, address: str, **values: object) -> str:
    answer = client.post(address, values, follow=True)
    assert answer.status_code == 200, answer.content
    return answer.content.decode()


def undo_in(page: str) -> str:
    """The address behind Undo."""
    assert ">Undo</button>" in page
    before = page.split(">Undo</button>", maxsplit=1)[0]
    return before.rsplit('action="', 1)[1].split('"')[0].replace("&amp;", "&")


def given(start: datetime, /, **more: object) -> dict[str, object]:
    """The form of a slot at a local time."""
    return {
        "date": f"{start:%Y-%m-%d}",
        "start": f"{start:%H:%M}",
        "minutes": 45,
        "ai_interview_type": "coding",
        "job": "",
        "max_candidates": 2,
        "notes": "",
        **more,
    }


@pytest.fixture
def slot(user: User) -> InterviewSlot:
    return SlotFactory(company=user.company, start_time=in_future(days=9), max_candidates=2)


def test_the_week_is_a_list_with_links(logged_in: Client, slot: InterviewSlot) -> None:
    book(slot, InterviewFactory(candidate=CandidateFactory(company=slot.company, full_name="Ada <b>Lovelace</b>")))
    page = html(logged_in, date=local_day(slot))
    local = slot.start_time.astimezone(BERLIN)
    assert f'<a href="/app/slots/{slot.pk}/">' in page
    assert f"{local:%H:%M}" in page
    assert "1 of 2 places taken: Ada &lt;b&gt;Lovelace&lt;/b&gt;" in page
    assert "Times are those of Europe/Berlin." in page
    assert "No slots in these days" in html(logged_in, date=local_day(slot) + timedelta(days=30))


def test_the_start_page_is_the_calendar_but_for_administrators(client: Client, logged_in: Client) -> None:
    assert logged_in.get("/")["Location"] == "/app/start/"  # nothing is published yet
    SlotFactory(company=User.objects.get().company)
    assert logged_in.get("/")["Location"] == PAGE
    client.force_login(AdminFactory())
    assert client.get("/")["Location"] == "/app/companies/"
    assert client.get(PAGE).status_code == 403


def test_an_address_that_means_nothing_shows_this_week(logged_in: Client) -> None:
    wrong = {"date": "9999-12-31", "view": "year", "type": "x", "job": "x", "status": "x", "page": "0"}
    assert 'data-view="" data-date="' + f"{timezone.now().astimezone(BERLIN):%Y-%m-%d}" in html(logged_in, **wrong)
    assert html(logged_in, date="0001-01-01", page="x")


def test_filters_choose_by_type_job_and_state(logged_in: Client, user: User) -> None:
    start = in_future(days=9)
    job, other = JobFactory(company=user.company), JobFactory(company=user.company)
    free = SlotFactory(company=user.company, start_time=start, ai_interview_type="technical", job=job)
    taken = SlotFactory(company=user.company, start_time=start, ai_interview_type="coding", max_candidates=2)
    full = SlotFactory(company=user.company, start_time=start, ai_interview_type="general", job=other)
    gone = SlotFactory(
        company=user.company, start_time=start, status="cancelled", cancelled_at=timezone.now(), job=other
    )
    book(taken)
    book(full)
    day = local_day(free)

    def found(**query: Any) -> set[object]:
        return {each[0] for each in rows(logged_in, day, days=2, **query)}

    def ids(*slots: InterviewSlot) -> set[object]:
        return {str(each.pk) for each in slots}

    assert found() == ids(free, taken, full)
    assert found(type=["technical", "coding"]) == ids(free, taken)
    assert found(job=job.pk) == ids(free, taken)  # one without a job is for all
    assert found(status="free") == ids(free, taken)
    assert found(status="taken") == ids(taken, full)
    assert found(status="full") == ids(full)
    assert found(status="cancelled") == ids(gone)
    assert found(status="over") == set()


def test_a_row_tells_all_that_is_drawn(logged_in: Client, slot: InterviewSlot) -> None:
    for name in ("Ada", "Grace"):
        book(slot, InterviewFactory(candidate=CandidateFactory(company=slot.company, full_name=name)))
    local = slot.start_time.astimezone(BERLIN)
    expected = [
        str(slot.pk),
        f"{local:%Y-%m-%dT%H:%M}",
        f"{local + timedelta(hours=1):%Y-%m-%dT%H:%M}",
        "technical",
        "booked",
        2,
        2,
        0,
        None,
        ["Ada", "Grace"],
        "",
    ]
    assert rows(logged_in, local_day(slot), days=1) == [expected]


def test_what_began_on_the_day_before_is_there(logged_in: Client, user: User) -> None:
    day = in_future(days=9).astimezone(BERLIN).date()
    night = datetime(day.year, day.month, day.day, 23, tzinfo=BERLIN)
    SlotFactory(company=user.company, start_time=night.astimezone(UTC), duration_minutes=120)
    assert len(rows(logged_in, day + timedelta(days=1), days=1)) == 1
    assert rows(logged_in, day + timedelta(days=2), days=1) == []


def test_what_the_script_has_is_not_sent_again(logged_in: Client, slot: InterviewSlot) -> None:
    asked = {"start": local_day(slot).isoformat(), "end": (local_day(slot) + timedelta(days=7)).isoformat()}
    headers = {"Accept-Encoding": "gzip"}
    first = logged_in.get(f"{PAGE}slots/", asked, headers=headers)
    again = logged_in.get(f"{PAGE}slots/", asked, headers={**headers, "If-None-Match": first["ETag"]})
    assert (first.status_code, again.status_code, again.content) == (200, 304, b"")
    book(slot)
    changed = logged_in.get(f"{PAGE}slots/", asked, headers={**headers, "If-None-Match": first["ETag"]})
    assert changed.status_code == 200


@pytest.mark.parametrize(
    "query",
    [{}, {"start": "2026-11-01"}, {"start": "x", "end": "y"}, {"start": "2026-11-02", "end": "2026-11-01"}],
    ids=["nothing", "no-end", "no-dates", "backwards"],
)
def test_a_stretch_that_is_none_is_refused(logged_in: Client, query: dict[str, str]) -> None:
    assert logged_in.get(f"{PAGE}slots/", query).status_code == 400
    assert logged_in.get(f"{PAGE}slots/", {"start": "2026-01-01", "end": "2026-03-01"}).status_code == 400


def test_changes_are_told_once_and_whose_they_are(logged_in: Client, user: User, slot: InterviewSlot) -> None:
    colleague = UserFactory(company=user.company)
    mark = html(logged_in).split('data-mark="')[1].split('"')[0]

    def look(since: str) -> dict[str, object]:
        answer = logged_in.get(f"{PAGE}changes/", {"since": since})
        assert answer.status_code == 200
        said: dict[str, object] = answer.json()
        return said

    assert (look(mark)["events"], look(mark)["others"]) == (0, 0)
    for actor in (user, colleague, UserFactory()):
        tell_of(slot.company if actor.company_id == user.company_id else actor.company, actor)
    said = look(mark)
    assert (said["events"], said["others"]) == (2, 1)
    assert said["now"] == f"{timezone.now().astimezone(BERLIN):%Y-%m-%dT%H:%M}"
    assert logged_in.get(f"{PAGE}changes/", {"since": "1; DROP"}).status_code == 400


@pytest.mark.django_db(transaction=True)
def test_an_event_that_commits_late_under_a_lower_id_is_told(user: User) -> None:
    late, early = threading.Event(), threading.Event()

    def slow() -> None:
        with transaction.atomic():
            tell_of(user.company, user)
            late.set()
            early.wait()
        connection.close()

    before = agenda.mark_now(user)
    thread = threading.Thread(target=slow)
    thread.start()
    late.wait()
    tell_of(user.company, user)
    first = agenda.news_since(user, before)
    early.set()
    thread.join()
    second = agenda.news_since(user, first.mark)
    assert (first.events, second.events) == (1, 2)  # the early one once more: a look too many does no harm
    # A transaction of any other database in the same server holds the marks back while it runs.
    deadline = time.monotonic() + 60
    while agenda.news_since(user, second.mark).events and time.monotonic() < deadline:
        second = agenda.news_since(user, second.mark)
    assert agenda.news_since(user, second.mark).events == 0


def tell_of(company: Company | None, actor: User) -> None:
    Event.objects.create(
        type="slot.created",
        object_type="slot",
        object_id="1",
        company_id=company.pk if company else None,
        actor_kind="user",
        actor_id=actor.pk,
        occurred_at=timezone.now(),
    )


def test_a_slot_is_made_and_taken_back(logged_in: Client, user: User) -> None:
    job = JobFactory(company=user.company)
    start = in_future(days=9).astimezone(BERLIN)
    page = send(logged_in, "/app/slots/new/", **given(start, job=job.pk, notes="<i>Quiet room</i>"))
    slot = InterviewSlot.objects.get()
    assert (slot.start_time, slot.duration_minutes, slot.job, slot.max_candidates) == (start, 45, job, 2)
    assert (slot.ai_interview_type, slot.notes, slot.company) == ("coding", "<i>Quiet room</i>", user.company)
    assert "The coding slot on" in page
    assert "&lt;i&gt;Quiet room" in html(logged_in, f"/app/slots/{slot.pk}/")
    assert "Undone: the slot is gone." in send(logged_in, undo_in(page))
    assert not InterviewSlot.objects.exists()


def test_making_a_slot_is_not_undone_under_somebody(logged_in: Client, slot: InterviewSlot) -> None:
    book(slot)
    page = send(logged_in, f"/app/slots/{slot.pk}/remove/")
    assert "Somebody is booked on this slot" in page
    slot.refresh_from_db()
    assert slot.status == "available"


@pytest.mark.parametrize(
    ("wrong", "field", "said"),
    [
        ({"date": "2020-01-01"}, "start", "That time is over."),
        ({"date": "0001-01-01"}, "date", "Choose a date of this century."),
        ({"date": "9999-12-31"}, "date", "Choose a date of this century."),
        ({"date": "2999-01-01"}, "start", "more than five years"),
        ({"date": "x"}, "date", "Enter a valid date."),
        ({"start": "25:00"}, "start", "Enter a valid time."),
        ({"minutes": "0"}, "minutes", "greater than or equal to 1"),
        ({"minutes": "2000"}, "minutes", "less than or equal to 1440"),
        ({"max_candidates": "0"}, "max_candidates", "greater than or equal to 1"),
        ({"job": "999"}, "job", "Select a valid choice."),
        ({"ai_interview_type": "x"}, "ai_interview_type", "Select a valid choice."),
    ],
)
def test_a_slot_that_cannot_be_is_refused_at_its_field(
    logged_in: Client, wrong: dict[str, object], field: str, said: str
) -> None:
    before = Event.objects.count()
    answer = logged_in.post("/app/slots/new/", given(in_future(days=9), **wrong))
    page = answer.content.decode()
    assert answer.status_code == 400
    assert said in page.split(f'id="id_{field}_error"')[1].split("</ul>")[0]
    assert (InterviewSlot.objects.count(), Event.objects.count()) == (0, before)


def test_two_slots_of_a_type_at_once_are_refused_in_plain_words(logged_in: Client, slot: InterviewSlot) -> None:
    local = slot.start_time.astimezone(BERLIN)
    answer = logged_in.post("/app/slots/new/", given(local, ai_interview_type="technical"))
    page = answer.content.decode()
    assert answer.status_code == 400
    assert "There is a slot of this type at that time already." in page.split('id="id_start_error"')[1]
    assert InterviewSlot.objects.count() == 1


def test_a_slot_is_moved_and_moved_back(logged_in: Client, slot: InterviewSlot) -> None:
    local = slot.start_time.astimezone(BERLIN).replace(tzinfo=None)
    later = local + timedelta(days=1, minutes=15)
    page = send(logged_in, f"/app/slots/{slot.pk}/move/", start=later.strftime(times.WALL))
    was = (slot.start_time, slot.end_time)
    slot.refresh_from_db()
    assert (slot.start_time - was[0], slot.duration_minutes) == (timedelta(days=1, minutes=15), 60)
    assert "The slot is moved to" in page
    page = send(logged_in, undo_in(page))
    slot.refresh_from_db()
    assert ((slot.start_time, slot.end_time), "Undo</button>" in page) == (was, False)


def test_a_slot_is_made_longer(logged_in: Client, slot: InterviewSlot) -> None:
    local = slot.start_time.astimezone(BERLIN).replace(tzinfo=None)
    until = (local + timedelta(minutes=90)).strftime(times.WALL)
    send(logged_in, f"/app/slots/{slot.pk}/move/", start=local.strftime(times.WALL), end=until)
    start = slot.start_time
    slot.refresh_from_db()
    assert (slot.start_time, slot.duration_minutes) == (start, 90)


@pytest.mark.parametrize(
    ("values", "said"),
    [
        ({"start": "x"}, "That is not a time."),
        ({"start": "0001-01-01T00:00"}, "That is not a time."),
        ({"start": "2020-01-01T10:00"}, "That time is over."),
        ({"start": "2027-03-28T02:30"}, "skip 02:30"),
        ({"end": "2020-01-01T10:00"}, "A slot must end after it starts."),
    ],
    ids=["no-time", "year-1", "past", "skipped", "ends-before"],
)
def test_a_move_that_cannot_be_changes_nothing(
    logged_in: Client, slot: InterviewSlot, values: dict[str, str], said: str
) -> None:
    before = Event.objects.count()
    page = send(logged_in, f"/app/slots/{slot.pk}/move/", **values)
    was = slot.start_time
    slot.refresh_from_db()
    assert said in page
    assert "alert-danger" in page
    assert (slot.start_time, Event.objects.count()) == (was, before)


def test_a_booked_slot_stays_where_it_is(logged_in: Client, slot: InterviewSlot) -> None:
    book(slot)
    local = slot.start_time.astimezone(BERLIN).replace(tzinfo=None) + timedelta(hours=3)
    assert "Somebody is booked" in send(logged_in, f"/app/slots/{slot.pk}/move/", start=local.strftime(times.WALL))
    page = html(logged_in, f"/app/slots/{slot.pk}/edit/")
    assert page.count(" disabled") == 5
    send(logged_in, f"/app/slots/{slot.pk}/edit/", **given(local, max_candidates=3, notes="Bring water."))
    was = slot.start_time
    slot.refresh_from_db()
    assert (slot.start_time, slot.ai_interview_type, slot.duration_minutes) == (was, "technical", 60)
    assert (slot.max_candidates, slot.notes) == (3, "Bring water.")
    book(slot)
    answer = logged_in.post(f"/app/slots/{slot.pk}/edit/", given(local, max_candidates=1))
    assert "More people than that" in answer.content.decode()


def test_a_free_slot_is_changed_and_put_back(logged_in: Client, slot: InterviewSlot) -> None:
    local = slot.start_time.astimezone(BERLIN) + timedelta(hours=5)
    page = send(logged_in, f"/app/slots/{slot.pk}/edit/", **given(local))
    was = slot.start_time
    slot.refresh_from_db()
    assert (slot.start_time, slot.ai_interview_type, slot.duration_minutes) == (local, "coding", 45)
    send(logged_in, undo_in(page))
    slot.refresh_from_db()
    assert (slot.start_time, slot.duration_minutes) == (was, 60)


def test_a_slot_is_cancelled_and_offered_again(logged_in: Client, slot: InterviewSlot) -> None:
    page = send(logged_in, f"/app/slots/{slot.pk}/cancel/", reason="A holiday.")
    slot.refresh_from_db()
    assert slot.status == "cancelled"
    assert "The slot is there again." in send(logged_in, undo_in(page))
    twin = InterviewSlot.objects.exclude(pk=slot.pk).get()
    same = ("start_time", "end_time", "ai_interview_type", "max_candidates", "company_id")
    assert [getattr(twin, name) for name in same] == [getattr(slot, name) for name in same]
    assert "There is a slot of this type" in send(logged_in, f"/app/slots/{slot.pk}/again/")
    assert "This slot is not cancelled." in send(logged_in, f"/app/slots/{twin.pk}/again/")
    assert InterviewSlot.objects.count() == 2
    assert broken_invariants() == {}


def test_cancelling_a_booked_slot_says_what_becomes_of_the_bookings(logged_in: Client, slot: InterviewSlot) -> None:
    book(slot)
    assert "1 booking will end. A conflict is opened" in html(logged_in, f"/app/slots/{slot.pk}/")
    page = send(logged_in, f"/app/slots/{slot.pk}/cancel/")
    assert "1 interview has lost its time: see the conflicts." in page
    assert "Undo</button>" not in page
    assert InterviewConflict.objects.filter(resolution="pending").count() == 1


def test_a_slot_that_has_begun_is_marked_as_over(logged_in: Client, user: User, slot: InterviewSlot) -> None:
    begun = SlotFactory(company=user.company, start_time=timezone.now().replace(second=0, microsecond=0))
    assert "Mark as over" in html(logged_in, f"/app/slots/{begun.pk}/")
    send(logged_in, f"/app/slots/{begun.pk}/complete/")
    begun.refresh_from_db()
    assert begun.status == "completed"
    assert "This slot has not begun yet." in send(logged_in, f"/app/slots/{slot.pk}/complete/")


def test_somebody_is_found_booked_released_and_booked_again(logged_in: Client, user: User, slot: InterviewSlot) -> None:
    ada = InterviewFactory(candidate=CandidateFactory(company=user.company, full_name="Ada Lovelace"))
    InterviewFactory(candidate=CandidateFactory(company=user.company, full_name="Alan Turing"))
    page = html(logged_in, f"/app/slots/{slot.pk}/", q="lOvE")
    assert ("Ada Lovelace" in page, "Alan Turing" in page) == (True, False)
    page = send(logged_in, f"/app/slots/{slot.pk}/book/", interview=ada.pk)
    booking = InterviewSchedule.objects.get(status="pending")
    assert (booking.interview, booking.slot) == (ada, slot)
    assert "Ada Lovelace is booked" in page
    page = send(logged_in, undo_in(page))
    booking.refresh_from_db()
    assert (booking.status, "The place is free again." in page) == ("cancelled", True)
    send(logged_in, undo_in(page))
    assert InterviewSchedule.objects.get(status="pending").interview == ada
    assert "has a time already" in send(logged_in, f"/app/slots/{slot.pk}/book/", interview=ada.pk)
    assert broken_invariants() == {}


def test_only_who_could_come_is_offered(logged_in: Client, user: User) -> None:
    job, other = JobFactory(company=user.company), JobFactory(company=user.company)
    slot = SlotFactory(company=user.company, job=job)
    names = {"Right job": job, "Other job": other, "No job": None}
    for name, wanted in names.items():
        InterviewFactory(candidate=CandidateFactory(company=user.company, full_name=name), job=wanted)
    busy = CandidateFactory(company=user.company, full_name="Busy then")
    beside = SlotFactory(company=user.company, start_time=slot.start_time, ai_interview_type="coding")
    book(beside, InterviewFactory(candidate=busy))
    InterviewFactory(candidate=busy)
    InterviewFactory(candidate=CandidateFactory(company=user.company, full_name="Done with"), status="completed")
    InterviewFactory(candidate=CandidateFactory(full_name="Of others"))
    page = html(logged_in, f"/app/slots/{slot.pk}/")
    shown = [name for name in (*names, "Busy then", "Done with", "Of others") if f"Book {name}" in page]
    assert shown == ["Right job", "No job"]


def test_a_booking_is_moved_and_moved_back(logged_in: Client, user: User, slot: InterviewSlot) -> None:
    booking = book(slot)
    free = SlotFactory(company=user.company, start_time=slot.start_time + timedelta(hours=3))
    page = html(logged_in, f"/app/slots/{slot.pk}/")
    assert f'name="slot" value="{free.pk}"' in page
    assert "3 hours away" in page
    page = send(logged_in, f"/app/bookings/{booking.pk}/move/", slot=free.pk)
    assert "is moved to" in page
    assert InterviewSchedule.objects.get(status="pending").slot == free
    send(logged_in, undo_in(page))
    assert InterviewSchedule.objects.get(status="pending").slot == slot
    assert broken_invariants() == {}


def test_a_booking_is_confirmed_and_cancelled_and_that_undone(logged_in: Client, slot: InterviewSlot) -> None:
    booking = book(slot)
    assert "is confirmed." in send(logged_in, f"/app/bookings/{booking.pk}/confirm/")
    page = send(logged_in, f"/app/bookings/{booking.pk}/cancel/", reason="Withdrew.")
    booking.refresh_from_db()
    assert (booking.status, booking.cancellation_reason) == ("cancelled", "Withdrew.")
    send(logged_in, undo_in(page))
    assert InterviewSchedule.objects.get(status="pending").slot == slot


@pytest.mark.parametrize("what", ["book", "release"])
@pytest.mark.parametrize("sent", [{}, {"interview": "x", "booking": "x"}], ids=["nothing", "nonsense"])
def test_what_names_nobody_changes_nothing(
    logged_in: Client, slot: InterviewSlot, what: str, sent: dict[str, str]
) -> None:
    before = Event.objects.count()
    assert "Choose" in send(logged_in, f"/app/slots/{slot.pk}/{what}/", **sent)
    assert Event.objects.count() == before


def test_a_full_slot_books_nobody_more(logged_in: Client, user: User, slot: InterviewSlot) -> None:
    book(slot)
    book(slot)
    late = InterviewFactory(candidate=CandidateFactory(company=user.company))
    page = send(logged_in, f"/app/slots/{slot.pk}/book/", interview=late.pk)
    assert "All places of this slot are taken." in page
    assert "Book somebody" not in page
    assert InterviewSchedule.objects.filter(interview=late).count() == 0


def test_another_companys_slots_are_not_there(logged_in: Client, user: User, slot: InterviewSlot) -> None:
    other = SlotFactory(start_time=slot.start_time, max_candidates=2)
    booking = book(other)
    theirs = InterviewFactory(candidate=CandidateFactory(company=other.company))
    assert [each[0] for each in rows(logged_in, local_day(slot), days=1)] == [str(slot.pk)]
    before = Event.objects.count()
    for address in ("", "edit/", "move/", "cancel/", "again/", "remove/", "complete/", "book/", "release/"):
        for pk in (other.pk, uuid4()):
            answer = logged_in.post(f"/app/slots/{pk}/{address}", {"start": "2027-01-01T10:00"})
            assert answer.status_code == (405 if address == "" else 404)
    for pk in (other.pk, uuid4()):
        assert logged_in.get(f"/app/slots/{pk}/").status_code == 404
    for what in ("move", "confirm", "cancel"):
        assert logged_in.post(f"/app/bookings/{booking.pk}/{what}/").status_code == 404
    assert "not there any more" in send(logged_in, f"/app/slots/{slot.pk}/book/", interview=theirs.pk)
    assert "not there any more" in send(logged_in, f"/app/slots/{slot.pk}/release/", booking=booking.pk)
    mine = book(slot)
    send(logged_in, f"/app/bookings/{mine.pk}/move/", slot=other.pk)
    mine.refresh_from_db()
    assert (mine.status, Event.objects.count()) == ("pending", before)


def test_forms_of_other_sites_are_refused(user: User, slot: InterviewSlot) -> None:
    strict = Client(enforce_csrf_checks=True)
    strict.force_login(user)
    for what in ("move", "cancel", "remove", "book"):
        assert strict.post(f"/app/slots/{slot.pk}/{what}/").status_code == 403
    assert InterviewSlot.objects.get().status == "available"


def test_statements_are_the_same_for_1_3_and_300(logged_in: Client, user: User) -> None:
    start = in_future(days=12).replace(hour=0)
    slots = [
        SlotFactory(company=user.company, start_time=start + timedelta(minutes=5 * number), duration_minutes=5)
        for number in range(300)
    ]
    wide = SlotFactory(company=user.company, ai_interview_type="general", start_time=start, max_candidates=301)
    day = local_day(slots[0])
    first = day - timedelta(days=day.weekday())
    InterviewSlot.objects.filter(pk__in=[each.pk for each in slots[1:]]).update(
        status="cancelled", cancelled_at=timezone.now()
    )
    counts = []
    for number in (1, 3, 300):
        InterviewSlot.objects.filter(pk__in=[each.pk for each in slots[:number]]).update(
            status="available", cancelled_at=None
        )
        while wide.current_bookings < number:
            book(wide)
        addresses = (f"{PAGE}?date={first}", f"{PAGE}slots/?start={first}&end={first + timedelta(days=14)}")
        each = []
        for address in (*addresses, f"/app/slots/{wide.pk}/"):
            with CaptureQueriesContext(connection) as captured:
                assert logged_in.get(address).status_code == 200
            each.append(len(captured))
        counts.append(each)
    assert counts == [counts[0]] * 3
    assert max(counts[0]) <= 12
    assert "Page 1" in html(logged_in, date=first)
    assert html(logged_in, date=first, page="2").count("/app/slots/") > 0


TURNS = [
    # Where, wall clock, which of two; the instant, or None where there is none.
    ("Europe/Berlin", "2027-03-28T02:30", False, None),
    ("Europe/Berlin", "2027-03-28T03:30", False, "2027-03-28T01:30:00+00:00"),
    ("Europe/Berlin", "2027-10-31T02:30", False, "2027-10-31T00:30:00+00:00"),
    ("Europe/Berlin", "2027-10-31T02:30", True, "2027-10-31T01:30:00+00:00"),
    ("America/New_York", "2027-03-14T02:30", False, None),
    ("America/New_York", "2027-11-07T01:30", False, "2027-11-07T05:30:00+00:00"),
    ("America/New_York", "2027-11-07T01:30", True, "2027-11-07T06:30:00+00:00"),
    ("Australia/Lord_Howe", "2027-10-03T02:15", False, None),
    ("Australia/Lord_Howe", "2027-04-04T01:45", False, "2027-04-03T14:45:00+00:00"),
    ("Australia/Lord_Howe", "2027-04-04T01:45", True, "2027-04-03T15:15:00+00:00"),
]


@pytest.mark.parametrize(("zone", "local", "second", "instant"), TURNS)
def test_a_wall_clock_means_one_instant_also_when_clocks_change(
    client: Client, zone: str, local: str, second: bool, instant: str | None
) -> None:
    user = UserFactory(company__timezone=zone)
    client.force_login(user)
    values = given(times.read_wall(local))
    answer = client.post("/app/slots/new/", values)
    page = answer.content.decode()
    if instant is None:
        assert (answer.status_code, "The clocks go forward that day and skip" in page) == (400, True)
        assert not InterviewSlot.objects.exists()
        return
    if "shows this time twice" in page or "show this time twice" in page:
        assert (answer.status_code, InterviewSlot.objects.count()) == (400, 0)
        client.post("/app/slots/new/", {**values, "occurrence": str(int(second))})
    made = InterviewSlot.objects.get()
    assert made.start_time.isoformat() == instant
    (row,) = rows(client, times.read_wall(local).date(), days=1)
    assert row[1] == local
    form = html(client, f"/app/slots/{made.pk}/edit/")
    assert ('value="1" required id="id_occurrence_1" checked' in form) == second


def test_an_hour_that_comes_twice_is_named_and_drawn_as_long_as_it_lasts() -> None:
    first = datetime(2027, 10, 31, 0, 30, tzinfo=UTC)  # 02:30 in Berlin, for the first time
    later = first + timedelta(hours=1)
    assert Stretch.of(first, later, BERLIN).clock == f"02:30 (UTC+2){times.TO}02:30 (UTC+1)"
    assert times.drawn_end(first, later, BERLIN) == "2027-10-31T03:30"
    howe = ZoneInfo("Australia/Lord_Howe")
    turn = datetime(2027, 4, 3, 14, 45, tzinfo=UTC)
    assert Stretch.of(turn, turn + timedelta(minutes=30), howe).clock == f"01:45 (UTC+11){times.TO}01:45 (UTC+10:30)"
    before = datetime(2027, 3, 28, 0, 30, tzinfo=UTC)  # 01:30, half an hour before the clocks go forward
    assert times.drawn_end(before, before + timedelta(hours=1), BERLIN) == "2027-03-28T03:30"


def test_a_slot_over_the_night_names_both_days() -> None:
    start = datetime(2026, 11, 24, 22, 30, tzinfo=UTC)
    assert Stretch.of(start, start + timedelta(hours=1), BERLIN).text == (
        f"Tuesday, 24 November 2026, 23:30{times.TO}Wednesday, 25 November 2026, 00:30"
    )


def test_the_policy_allows_nothing_from_elsewhere(logged_in: Client) -> None:
    policy = logged_in.get(PAGE)["Content-Security-Policy"]
    assert "unsafe" not in policy
    assert json.loads(logged_in.get(f"{PAGE}slots/?start=2026-11-01&end=2026-11-02").content)["more"] is False
