"""The inbox of conflicts, as a browser without scripts uses it."""

from datetime import timedelta
from uuid import uuid4

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from django.utils.dateformat import format as format_date

from parley.core.models import Event
from parley.interviews.models import InterviewConflict, InterviewSchedule, InterviewSlot
from parley.interviews.operations.conflicts import resolve_conflict
from parley.interviews.operations.reseating import reseat
from parley.interviews.operations.slots import cancel_slot
from parley.interviews.rules.states import Resolution
from parley.organizations.models import Company, User
from parley.web.inbox import distance
from tests.factories import AdminFactory, SlotFactory, UserFactory, book
from tests.invariants import broken_invariants

pytestmark = pytest.mark.django_db
PAGE = "/app/conflicts/"
SOME = "6875d0ab-4cc0-452f-b7c7-98290a873c1c"  # the same in every process: it names a test


def html(client: Client, address: str = PAGE, **query: str) -> str:
    answer = client.get(address, query, follow=True)
    assert answer.status_code == 200
    return answer.content.decode()


def local(slot: InterviewSlot) -> str:
    return format_date(slot.start_time.astimezone(slot.company.zone), "l, j F Y, H:i")


def settle(client: Client, conflict: InterviewConflict, **values: str) -> str:
    answer = client.post(f"{PAGE}{conflict.pk}/settle/", values, follow=True)
    assert answer.redirect_chain == [(f"{PAGE}?state=all&page=1", 302)]
    return answer.content.decode()


def test_a_conflict_says_who_what_when_and_where_to(
    logged_in: Client, conflict: InterviewConflict, places: list[InterviewSlot]
) -> None:
    page = html(logged_in)
    assert "The time has fallen away: Ada &lt;b&gt;Lovelace&lt;/b&gt;" in page
    assert f"{local(places[0])}</time> (Europe/Berlin)" in page
    assert "Power cut." in page
    assert page.index(f"{local(places[1])}</span><small>1 hour away") < page.index(f"{local(places[2])}</span>")
    assert "2 days away" in page
    assert "Opened (Rosa Recruiter)" in page


def test_one_click_moves_it_and_another_one_undoes_that(
    logged_in: Client, conflict: InterviewConflict, places: list[InterviewSlot]
) -> None:
    page = settle(logged_in, conflict, resolution="rescheduled", slot=str(places[2].pk))
    assert "The interview is moved." in page
    assert page.count(f'action="{PAGE}{conflict.pk}/undo/"') == 2  # with the message, and at the conflict
    booked = InterviewSchedule.objects.get(status="pending")
    assert booked.slot == places[2]
    answer = logged_in.post(f"{PAGE}{conflict.pk}/undo/", {"state": "open", "page": "1"}, follow=True)
    assert answer.redirect_chain == [(f"{PAGE}?state=open&page=1", 302)]
    assert "Undone: the conflict is open, and left to you." in answer.content.decode()
    conflict.refresh_from_db()
    assert (conflict.resolution, conflict.is_manual) == ("pending", True)
    assert not InterviewSchedule.objects.filter(status="pending").exists()
    assert broken_invariants() == {}


@pytest.mark.parametrize(
    ("resolution", "said", "interview"),
    [
        ("cancelled", "The interview is cancelled.", "cancelled"),
        ("resolved", "The conflict is settled, and all is left as it is.", "scheduled"),
    ],
)
def test_it_can_be_cancelled_or_left(
    logged_in: Client, conflict: InterviewConflict, resolution: str, said: str, interview: str
) -> None:
    assert said in settle(logged_in, conflict, resolution=resolution)
    conflict.refresh_from_db()
    assert conflict.primary_interview
    assert (conflict.resolution, conflict.primary_interview.status) == (resolution, interview)


@pytest.mark.parametrize("values", [{}, {"resolution": "pending"}, {"resolution": "rescheduled", "slot": "x"}])
def test_what_cannot_be_meant_changes_nothing(
    logged_in: Client, conflict: InterviewConflict, values: dict[str, str]
) -> None:
    before = Event.objects.count()
    assert "alert-danger" in settle(logged_in, conflict, **values)
    conflict.refresh_from_db()
    assert (conflict.resolution, Event.objects.count()) == ("pending", before)


def test_a_place_that_has_gone_is_said_and_changes_nothing(
    logged_in: Client, conflict: InterviewConflict, places: list[InterviewSlot]
) -> None:
    book(places[1])
    before = Event.objects.count()
    page = settle(logged_in, conflict, resolution="rescheduled", slot=str(places[1].pk))
    assert "alert-danger" in page
    conflict.refresh_from_db()
    assert (conflict.resolution, Event.objects.count()) == ("pending", before)


def test_a_held_place_is_shown_and_can_be_taken_back(
    logged_in: Client, conflict: InterviewConflict, places: list[InterviewSlot]
) -> None:
    reseat(company_id=conflict.company_id, actor=UserFactory(company=conflict.company), now=timezone.now())
    page = html(logged_in)
    assert f"{local(places[1])}</time>, until <time" in page
    assert "1 hour away, held" in page
    logged_in.post(f"{PAGE}{conflict.pk}/undo/")
    places[1].refresh_from_db()
    assert places[1].held_places == 0


def test_open_ones_come_first_and_can_be_filtered(logged_in: Client, conflict: InterviewConflict, user: User) -> None:
    assert conflict.primary_interview
    resolve_conflict(
        conflict_id=conflict.pk,
        resolution=Resolution.RESOLVED,
        slot_id=None,
        notes="",
        actor=user,
        now=timezone.now(),
    )
    lost = SlotFactory(company=user.company)
    opened_earlier = timezone.now() - timedelta(days=9)
    book(lost)
    cancel_slot(slot_id=lost.pk, cascade=True, reason="", actor=user, now=timezone.now())
    other = InterviewConflict.objects.get(resolution="pending")
    InterviewConflict.objects.filter(pk=other.pk).update(detected_at=opened_earlier)
    ids = {name: f'id="conflict-{each.pk}"' for name, each in (("open", other), ("settled", conflict))}
    page = html(logged_in)
    assert page.index(ids["open"]) < page.index(ids["settled"])
    for state, hidden in (("open", "settled"), ("settled", "open")):
        page = html(logged_in, state=state)
        assert (ids[state] in page, ids[hidden] in page) == (True, False)


def test_an_empty_inbox_says_what_to_do(logged_in: Client) -> None:
    assert "Nothing needs you" in html(logged_in)
    assert "Nothing is settled yet" in html(logged_in, state="settled")
    assert "Nothing needs you" in html(logged_in, state="x", page="-7")


def test_another_companys_conflict_is_not_there(client: Client, conflict: InterviewConflict) -> None:
    client.force_login(UserFactory())
    assert "Lovelace" not in html(client)
    for what in ("settle", "undo"):
        for pk in (conflict.pk, uuid4()):
            answer = client.post(f"{PAGE}{pk}/{what}/", {"resolution": "resolved"}, headers={"Accept": "text/html"})
            assert answer.status_code == 404
            assert "There is nothing at this address" in answer.content.decode()
    conflict.refresh_from_db()
    assert conflict.resolution == "pending"


def test_an_administrator_sees_whose_it_is(client: Client, conflict: InterviewConflict) -> None:
    client.force_login(AdminFactory())
    assert "<dt>Company</dt><dd>Acme</dd>" in html(client)


@pytest.mark.parametrize("address", [PAGE, f"{PAGE}{SOME}/settle/", f"{PAGE}{SOME}/undo/"])
def test_without_a_login_nobody_gets_in(client: Client, address: str) -> None:
    answer = client.get(address)
    assert (answer.status_code, answer["Location"]) == (302, f"/login/?next={address}")
    answer = client.post(address)
    assert (answer.status_code, answer["Location"]) == (302, "/login/?next=/")


def test_forms_of_other_sites_are_refused(user: User, conflict: InterviewConflict) -> None:
    strict = Client(enforce_csrf_checks=True)
    strict.force_login(user)
    for what in ("settle", "undo"):
        assert strict.post(f"{PAGE}{conflict.pk}/{what}/", {"resolution": "resolved"}).status_code == 403
    assert strict.post("/logout/").status_code == 403
    conflict.refresh_from_db()
    assert conflict.resolution == "pending"


def test_statements_are_the_same_for_1_3_and_300(logged_in: Client, conflict: InterviewConflict, user: User) -> None:
    def statements() -> int:
        with CaptureQueriesContext(connection) as captured:
            html(logged_in)
        return len(captured)

    def more(company: Company | None, number: int) -> None:
        slot = SlotFactory(company=company, max_candidates=number)
        for _ in range(number):
            book(slot)
        cancel_slot(slot_id=slot.pk, cascade=True, reason="", actor=user, now=timezone.now())

    counts = [statements()]
    for number in (2, 297):
        more(user.company, number)
        counts.append(statements())
    assert InterviewConflict.objects.count() == 300
    assert counts == [counts[0]] * 3
    assert counts[0] <= 12


def test_pages_of_a_long_list(logged_in: Client, user: User) -> None:
    slot = SlotFactory(company=user.company, max_candidates=45)
    for _ in range(45):
        book(slot)
    cancel_slot(slot_id=slot.pk, cascade=True, reason="", actor=user, now=timezone.now())
    numbers = [html(logged_in, page=page).count('<article class="card conflict"') for page in ("1", "2", "3", "99")]
    assert numbers == [20, 20, 5, 5]
    assert "Page 2 of 3" in html(logged_in, page="2")


@pytest.mark.parametrize(
    ("minutes", "said"),
    [
        (0, "the same time"),
        (1, "1 minute away"),
        (60, "1 hour away"),
        (1505, "1 day 1 hour away"),
        (2881, "2 days 1 minute away"),
    ],
)
def test_distances(minutes: int, said: str) -> None:
    assert distance(minutes) == said


def test_whoever_is_logged_out_meanwhile_is_sent_to_log_in_as_a_whole(
    client: Client, conflict: InterviewConflict
) -> None:
    address = f"/app/conflicts/{conflict.pk}/settle/"
    answer = client.post(address, {"resolution": "cancelled"}, headers={"HX-Request": "true"})
    assert (answer.status_code, answer["HX-Redirect"]) == (204, "/login/?next=/")
    assert client.post(address, {"resolution": "cancelled"})["Location"] == "/login/?next=/"
    conflict.refresh_from_db()
    assert conflict.resolution == "pending"
