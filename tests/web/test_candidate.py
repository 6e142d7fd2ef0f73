"""The candidate's pages, as a browser without scripts uses them."""

import re
from datetime import timedelta

import pytest
import vobject
from django.test import Client
from django.utils import timezone

from parley.core.actors import SYSTEM
from parley.interviews.models import Interview, InterviewLink, InterviewSchedule, InterviewSlot
from parley.interviews.operations.links import invite_candidate
from tests.factories import CandidateFactory, CompanyFactory, InterviewFactory, JobFactory, SlotFactory, in_future

pytestmark = pytest.mark.django_db


@pytest.fixture
def interview() -> Interview:
    company = CompanyFactory(name="Bäckerei <Müller>", timezone="Europe/Berlin")
    job = JobFactory(company=company, job_title="Baker <script>")
    return InterviewFactory(candidate=CandidateFactory(company=company), job=job)


@pytest.fixture
def slots(interview: Interview) -> list[InterviewSlot]:
    starts = [in_future(days=days).replace(hour=20) for days in (3, 4, 20)]  # UTC: in Kolkata it is the next day
    return [SlotFactory(company=interview.company, start_time=start) for start in starts]


@pytest.fixture
def page(interview: Interview) -> str:
    invited = invite_candidate(
        interview_id=interview.pk,
        interview_type="",
        valid_for=timedelta(days=30),
        actor=SYSTEM,
        now=timezone.now(),
    )
    return f"/interview/{invited.link}/"


def take(client: Client, page: str, slot: InterviewSlot, **more: str) -> int:
    return client.post(f"{page}book/", {"slot": str(slot.pk), **more}).status_code


def offered(html: str) -> list[str]:
    return re.findall(r'name="slot" value="([^"]+)"', html)


def test_a_candidate_chooses_moves_and_cancels(client: Client, page: str, slots: list[InterviewSlot]) -> None:
    shown = client.get(page)
    html = shown.content.decode()
    assert (shown.status_code, shown["Referrer-Policy"]) == (200, "same-origin")
    assert "script" not in shown["Content-Security-Policy"]
    assert offered(html) == [str(slot.pk) for slot in slots[:2]]  # of the next two weeks
    assert "Baker &lt;script&gt;" in html
    assert "Bäckerei &lt;Müller&gt;" in html
    assert take(client, page, slots[0]) == 302
    html = client.get(page).content.decode()
    start = slots[0].start_time
    assert f'<time datetime="{start.astimezone(slots[0].company.zone).isoformat()}">' in html
    assert offered(html) == []
    assert offered(client.get(f"{page}?change=1").content.decode()) == [str(slots[1].pk)]
    assert take(client, page, slots[1]) == 302
    assert InterviewSchedule.objects.get(status="pending").slot == slots[1]
    assert client.post(f"{page}cancel/", {"reason": "Ill.\x00"}).status_code == 302
    assert InterviewSchedule.objects.filter(status="pending").count() == 0
    assert offered(client.get(page).content.decode()) == [str(slot.pk) for slot in slots[:2]]


def test_times_are_shown_in_the_zone_that_is_chosen(client: Client, page: str, slots: list[InterviewSlot]) -> None:
    html = client.get(page, {"timezone": "Asia/Kolkata"}).content.decode()
    assert re.findall(r'<time datetime="[^"]+">(\d\d:\d\d)</time>', html) == ["01:30", "01:30"]
    assert "The company is in Europe/Berlin." in html
    take(client, page, slots[0], timezone="Asia/Kolkata")
    assert "time zone Asia/Kolkata" in client.get(page).content.decode()  # remembered
    assert InterviewLink.objects.get().timezone == "Asia/Kolkata"
    assert "time zone Asia/Kolkata" in client.get(page, {"timezone": "Mars/Olympus"}).content.decode()


def test_later_days_are_a_click_away(client: Client, page: str, slots: list[InterviewSlot]) -> None:
    html = client.get(page).content.decode()
    later = re.search(r'href="(\?from=[^"]+)#times">Later', html)
    assert later
    html = client.get(page + later[1].replace("&amp;", "&")).content.decode()
    assert offered(html) == [str(slots[2].pk)]
    assert "Earlier" in html
    for nonsense in ("x", "9999-12-31", "2027-02-30", "1999-01-01"):
        assert client.get(page, {"from": nonsense}).status_code == 200


def test_a_lost_race_is_told_kindly_with_what_is_left(client: Client, page: str, slots: list[InterviewSlot]) -> None:
    InterviewSlot.objects.filter(pk=slots[0].pk).update(current_bookings=1, status="booked")
    answer = client.post(f"{page}book/", {"slot": str(slots[0].pk)})
    html = answer.content.decode()
    assert answer.status_code == 409
    assert "Sorry, this time has just gone." in html
    assert offered(html) == [str(slots[1].pk)]
    for nonsense in ("", "x", "\x00"):
        assert client.post(f"{page}book/", {"slot": nonsense}).status_code == 400
    assert InterviewSchedule.objects.count() == 0


def test_after_the_cutoff_there_is_nothing_to_press(client: Client, page: str, interview: Interview) -> None:
    slot = SlotFactory(company=interview.company, start_time=timezone.now() + timedelta(minutes=90))
    assert take(client, page, slot) == 302
    html = client.get(f"{page}?change=1").content.decode()
    assert "too late to change it here" in html
    assert "<button" not in html
    answer = client.post(f"{page}cancel/")
    assert (answer.status_code, InterviewSchedule.objects.get().status) == (409, "pending")


@pytest.mark.parametrize(("what", "status"), [("expired", 410), ("revoked", 410), ("tampered", 404)])
def test_a_link_that_does_not_open_has_a_clear_page(
    client: Client, page: str, slots: list[InterviewSlot], what: str, status: int
) -> None:
    if what == "expired":
        InterviewLink.objects.update(expires_at=timezone.now())
    if what == "revoked":
        InterviewLink.objects.update(revoked_at=timezone.now())
    if what == "tampered":
        page = page[:-2] + ("A/" if page[-2] != "A" else "B/")
    for answer in (
        client.get(page),
        client.post(f"{page}book/", {"slot": str(slots[0].pk)}),
        client.post(f"{page}cancel/"),
    ):
        html = answer.content.decode()
        assert (answer.status_code, "This link does not open an interview" in html) == (status, True)
        assert ("Bäckerei &lt;Müller&gt;" in html) == (what != "tampered")
    assert InterviewSchedule.objects.count() == 0


def test_guessing_links_is_slowed_down(client: Client, page: str) -> None:
    answers = [client.get(f"/interview/{'A' * 43}/").status_code for _ in range(33)]
    assert answers == [404] * 30 + [429] * 3
    assert client.get(page).status_code == 200


def test_other_sites_cannot_press_the_buttons(page: str, slots: list[InterviewSlot]) -> None:
    strict = Client(enforce_csrf_checks=True)
    assert take(strict, page, slots[0]) == 403
    html = strict.get(page).content.decode()
    token = re.search(r'name="form_token" value="([^"]+)"', html)
    assert token
    assert take(strict, page, slots[0], form_token=token[1]) == 302


def test_the_booking_goes_into_the_candidate_s_own_calendar(
    client: Client, page: str, interview: Interview, slots: list[InterviewSlot]
) -> None:
    address = f"/api/public/interviews/{page.split('/')[2]}/invitation.ics"
    assert client.get(address).status_code == 404
    take(client, page, slots[0])
    take(client, page, slots[1])
    answer = client.get(address)
    assert (answer.status_code, answer["Content-Type"]) == (200, "text/calendar; charset=utf-8")
    event = vobject.readOne(answer.content.decode()).vevent
    assert (event.uid.value, event.sequence.value, event.dtstart.value) == (
        f"{interview.pk}@parley",
        "1",
        slots[1].start_time,
    )
