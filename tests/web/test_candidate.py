"""The candidate's pages, as a browser without scripts uses them."""

import re
from dataclasses import replace
from datetime import date, timedelta
from uuid import uuid4
from zoneinfo import ZoneInfo

import pytest
import vobject
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from parley.core import throttling
from parley.core.actors import SYSTEM
from parley.interviews.models import Interview, InterviewLink, InterviewSchedule, InterviewSlot
from parley.interviews.operations.booking import cancel_booking
from parley.interviews.operations.links import invite_candidate
from tests.factories import (
    CandidateFactory,
    CompanyFactory,
    InterviewFactory,
    JobFactory,
    SlotFactory,
    UserFactory,
    in_future,
)

pytestmark = pytest.mark.django_db
BERLIN = ZoneInfo("Europe/Berlin")


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
    """The slots that can be picked, those that are nearest to a lost one first."""
    return re.findall(r'href="/interview/[\w-]+/\?slot=([^"&]+)', html)


def days(html: str) -> list[str]:
    return re.findall(r'data-day="([^"]+)"', html)


def of_day(client: Client, page: str, day: date, **more: str) -> str:
    return client.get(page, {"day": day.isoformat(), **more}).content.decode()


def test_a_candidate_chooses_moves_and_cancels(client: Client, page: str, slots: list[InterviewSlot]) -> None:
    shown = client.get(page)
    html = shown.content.decode()
    assert (shown.status_code, shown["Referrer-Policy"]) == (200, "same-origin")
    policy = "script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'"
    assert policy in shown["Content-Security-Policy"]
    assert offered(html) == [str(slots[0].pk)]  # of the first day that has any
    assert "Baker &lt;script&gt;" in html
    assert "Bäckerei &lt;Müller&gt;" in html
    html = client.get(page, {"slot": str(slots[0].pk)}).content.decode()
    assert "Book this time?" in html
    assert re.findall(r'name="slot" value="([^"]+)"', html) == [str(slots[0].pk)]
    answer = client.post(f"{page}book/?lang=en", {"slot": str(slots[0].pk)})
    assert (answer.status_code, answer["Location"]) == (302, f"{page}?lang=en&done=booked")
    html = client.get(answer["Location"]).content.decode()
    assert "Your interview is booked" in html
    start = slots[0].start_time
    assert f'<time datetime="{start.astimezone(slots[0].company.zone).isoformat()}">' in html
    assert offered(html) == []
    html = of_day(client, page, slots[1].start_time.astimezone(BERLIN).date(), change="1")
    assert offered(html) == [str(slots[1].pk)]
    assert "Until now it is on" in client.get(page, {"slot": str(slots[1].pk), "change": "1"}).content.decode()
    assert client.post(f"{page}book/", {"slot": str(slots[1].pk)})["Location"] == f"{page}?done=moved"
    assert InterviewSchedule.objects.get(status="pending").slot == slots[1]
    assert client.post(f"{page}cancel/", {"reason": "Ill.\x00"})["Location"] == f"{page}?done=cancelled"
    assert InterviewSchedule.objects.filter(status="pending").count() == 0
    assert offered(client.get(page).content.decode()) == [str(slots[0].pk)]


def test_cancelling_and_moving_can_be_undone(client: Client, page: str, slots: list[InterviewSlot]) -> None:
    take(client, page, slots[0])
    take(client, page, slots[1])
    html = client.get(f"{page}?done=moved").content.decode()
    assert "Your interview is moved." in html
    assert re.findall(r'name="slot" value="([^"]+)"', html) == [str(slots[0].pk)]
    client.post(f"{page}cancel/")
    html = client.get(f"{page}?done=cancelled").content.decode()
    assert "Your interview is cancelled." in html
    assert re.findall(r'name="slot" value="([^"]+)"', html) == [str(slots[1].pk)]
    assert take(client, page, slots[1]) == 302
    assert InterviewSchedule.objects.get(status="pending").slot == slots[1]
    client.post(f"{page}cancel/")
    InterviewSlot.objects.filter(pk=slots[1].pk).update(current_bookings=1, status="booked")
    html = client.get(f"{page}?done=cancelled").content.decode()
    assert "Undo" not in html  # somebody else has it
    assert "done" not in re.findall(r'class="([a-z]+)"', client.get(f"{page}?done=moved").content.decode())  # not true


def test_times_are_shown_in_the_zone_that_is_chosen(client: Client, page: str, slots: list[InterviewSlot]) -> None:
    html = client.get(page, {"timezone": "Asia/Kolkata"}).content.decode()
    assert re.findall(r'<time datetime="[^"]+">(\d\d:\d\d)</time>', html) == ["01:30"]
    there = slots[0].start_time.astimezone(BERLIN)
    assert re.findall(r'<span class="small there">([^<]+)</span>', html) == [
        f"Berlin: {there:%a} {there.day} {there:%b}, {there:%H:%M}".replace("Sep", "Sept")
    ]
    assert "parley-zone" not in html
    take(client, page, slots[0], timezone="Asia/Calcutta")  # as browsers still call it
    assert "Time zone: Kolkata (India)" in client.get(page).content.decode()  # remembered
    assert InterviewLink.objects.get().timezone == "Asia/Kolkata"
    assert "Time zone: Kolkata (India)" in client.get(page, {"timezone": "Mars/Olympus"}).content.decode()


def test_the_zone_is_a_guess_until_somebody_chooses(client: Client, page: str, slots: list[InterviewSlot]) -> None:
    html = client.get(page).content.decode()
    assert '<meta name="parley-zone" content="Europe/Berlin">' in html
    assert "small there" not in html  # the company's clock shows the same
    assert '<option value="Europe/Berlin" selected>Berlin (Germany)</option>' in html


def test_other_months_are_a_click_away(client: Client, page: str, slots: list[InterviewSlot]) -> None:
    far = [slot.start_time.astimezone(BERLIN).date() for slot in slots]
    html = client.get(page).content.decode()
    assert days(html) == [day.isoformat() for day in far if day.month == far[0].month]
    html = of_day(client, page, far[2])
    assert offered(html) == [str(slots[2].pk)]
    assert ('rel="prev"' in html, 'rel="next"' in html) == (far[2].month != far[0].month, False)
    html = client.get(page, {"month": f"{far[2]:%Y-%m}"}).content.decode()
    assert days(html) == [day.isoformat() for day in far if day.month == far[2].month]
    html = of_day(client, page, far[0] + timedelta(days=3))
    assert "No times are left on this day." in html or far[0].month != (far[0] + timedelta(days=3)).month
    for nonsense in ("x", "9999-12-31", "2027-02-30", "1999-01-01"):
        assert client.get(page, {"day": nonsense, "month": nonsense, "slot": nonsense}).status_code == 200


def test_a_lost_race_is_told_kindly_with_the_nearest(client: Client, page: str, slots: list[InterviewSlot]) -> None:
    InterviewSlot.objects.filter(pk=slots[1].pk).update(current_bookings=1, status="booked")
    answer = client.post(f"{page}book/", {"slot": str(slots[1].pk)})
    html = answer.content.decode()
    assert answer.status_code == 409
    assert "Sorry, this time has just gone." in html
    assert offered(html)[:2] == [str(slots[0].pk), str(slots[2].pk)]
    picked = client.get(page, {"slot": str(slots[1].pk)})
    assert "Sorry, this time has just gone." in picked.content.decode()
    for nonsense in ("", "x", "\x00"):
        assert client.post(f"{page}book/", {"slot": nonsense}).status_code == 400
    assert InterviewSchedule.objects.count() == 0


def test_whoever_moves_and_is_too_late_keeps_the_old_time(
    client: Client, page: str, slots: list[InterviewSlot]
) -> None:
    take(client, page, slots[0])
    InterviewSlot.objects.filter(pk=slots[1].pk).update(current_bookings=1, status="booked")
    answer = client.post(f"{page}book/?change=1", {"slot": str(slots[1].pk)})
    assert answer.status_code == 409
    assert "You keep the time that you have." in answer.content.decode()
    assert InterviewSchedule.objects.get(status="pending").slot == slots[0]


def test_what_has_changed_is_asked_for_cheaply(client: Client, page: str, slots: list[InterviewSlot]) -> None:
    first = client.get(f"{page}times/")
    assert (first.status_code, offered(first.content.decode())) == (200, [str(slots[0].pk)])
    unchanged = client.get(f"{page}times/", headers={"If-None-Match": first["ETag"]})
    assert (unchanged.status_code, unchanged.content) == (304, b"")
    picked = f"{page}times/?slot={slots[0].pk}"
    assert client.get(picked).status_code == 204
    InterviewSlot.objects.filter(pk=slots[0].pk).update(current_bookings=1, status="booked")
    changed = client.get(f"{page}times/", headers={"If-None-Match": first["ETag"]})
    assert (changed.status_code, offered(changed.content.decode())) == (200, [str(slots[1].pk)])
    gone = client.get(picked).content.decode()
    assert "Sorry, this time has just gone." in gone
    assert offered(gone)[:2] == [str(slots[1].pk), str(slots[2].pk)]
    assert client.get(f"/interview/{'a' * 43}/times/").status_code == 404
    InterviewLink.objects.update(expires_at=timezone.now())
    assert client.get(f"{page}times/").status_code == 410


def test_the_page_takes_as_many_statements_for_many_times(client: Client, page: str, interview: Interview) -> None:
    day = in_future(days=40).replace(hour=0)
    with CaptureQueriesContext(connection) as none:
        client.get(page)
    SlotFactory(company=interview.company, start_time=day, duration_minutes=20)
    with CaptureQueriesContext(connection) as one:
        client.get(page)
    for number in range(1, 300):
        start = day + timedelta(minutes=20 * number)
        SlotFactory(company=interview.company, start_time=start, duration_minutes=20)
    with CaptureQueriesContext(connection) as many:
        html = client.get(page, {"day": (day + timedelta(days=1)).date().isoformat()}).content.decode()
    assert len(offered(html)) > 60
    assert (len(none), len(one), len(many)) == (7, 9, 9)


def test_what_the_company_cancelled_offers_nothing(
    client: Client, page: str, interview: Interview, slots: list[InterviewSlot]
) -> None:
    take(client, page, slots[0])
    user = UserFactory(company=interview.company)
    schedule = InterviewSchedule.objects.get()
    cancel_booking(schedule_id=schedule.pk, reason="Filled.", actor=user, now=timezone.now())
    html = client.get(page).content.decode()
    assert "The company has cancelled this interview." in html
    assert (offered(html), days(html), "<button" in html) == ([], [], False)
    answer = client.post(f"{page}book/", {"slot": str(slots[1].pk)})
    assert answer.status_code == 409
    assert "The company has cancelled this interview." in answer.content.decode()
    assert client.get(f"{page}times/").status_code == 204
    assert InterviewSchedule.objects.filter(status="pending").count() == 0


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


def test_guessing_links_is_slowed_down(client: Client, page: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(throttling, "GUESSES", replace(throttling.GUESSES, seconds=86_400))  # or its minute may end
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


def test_the_address_of_a_form_opened_once_more_leads_to_the_page(
    client: Client, page: str, slots: list[InterviewSlot]
) -> None:
    answer = client.get(f"{page}book/?lang=de&timezone=Asia%2FKolkata")
    assert (answer.status_code, answer["Location"]) == (302, f"{page}?lang=de&timezone=Asia%2FKolkata")
    assert client.put(f"{page}book/").status_code == 405


def test_whoever_goes_back_to_what_is_booked_by_now_sees_the_booking(
    client: Client, page: str, slots: list[InterviewSlot]
) -> None:
    assert take(client, page, slots[0]) == 302
    shown = client.get(f"{page}?slot={slots[0].pk}").content.decode()
    assert "this time has just gone" not in shown
    assert "Your time" in shown
    assert "Choose another time" in shown
    assert "this time has just gone" in client.get(f"{page}?slot={uuid4()}").content.decode()


def test_a_booking_that_is_sent_twice_is_booked_once(
    client: Client, page: str, interview: Interview, slots: list[InterviewSlot]
) -> None:
    first, second = (client.post(f"{page}book/?lang=de", {"slot": str(slots[0].pk)}) for _ in range(2))
    assert (first.status_code, second.status_code) == (302, 302)
    assert first["Location"] == second["Location"] == f"{page}?lang=de&done=booked"
    assert InterviewSchedule.objects.filter(interview=interview).count() == 1
    slots[0].refresh_from_db()
    assert slots[0].current_bookings == 1
