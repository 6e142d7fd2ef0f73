"""The interview room as a browser without scripts uses it, and what the company's pages show of it."""

import re
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone, translation

from parley.conversations.models import InterviewSession, SessionFeedback, Turn
from parley.conversations.operations.ending import miss_interview
from parley.conversations.rules.consent import NOTICE, VERSION
from parley.core.models import Event
from parley.interviews.models import InterviewConflict
from parley.organizations.models import User
from parley.web.room.notice import NOTICE as SHOWN
from tests.conversations.conftest import Booked, make_booked, make_kit
from tests.factories import UserFactory

pytestmark = pytest.mark.django_db
ATTACK = "<script>alert(1)</script> & more"


@pytest.fixture
def soon(user: User) -> Booked:
    """An interview that begins now."""
    assert user.company is not None
    make_kit(user.company)
    return make_booked(user.company, timezone.now().replace(microsecond=0))


@pytest.fixture
def room(soon: Booked) -> str:
    return f"/interview/{soon.token}/room/"


def begin(client: Client, room: str) -> str:
    answer = client.post(f"{room}start/", {"consent_version": VERSION, "accepted": "1"}, follow=True)
    assert answer.redirect_chain == [(room, 302)]
    return answer.content.decode()


def hidden(html: str, name: str) -> str:
    found: list[str] = re.findall(rf'name="{name}" value="([^"]+)"', html)
    return found[0]


def answer(client: Client, room: str, html: str, **values: str) -> str:
    body = {"turn": hidden(html, "turn"), "client_id": hidden(html, "client_id"), **values}
    return client.post(f"{room}answer/", body, follow=True).content.decode()


def test_the_page_says_what_the_record_keeps() -> None:
    with translation.override("en"):
        assert tuple(map(str, SHOWN)) == NOTICE


def test_from_waiting_to_feedback(client: Client, soon: Booked, room: str) -> None:
    assert f'href="{room}?"' in client.get(f"/interview/{soon.token}/").content.decode()
    shown = client.get(room)
    assert (shown.status_code, shown["Referrer-Policy"]) == (200, "same-origin")
    assert "frame-ancestors 'none'" in shown["Content-Security-Policy"]
    assert all(sentence in shown.content.decode() for sentence in NOTICE)
    html = begin(client, room)
    assert "Question 1 of 4" in html
    assert "Ask d1?" in html
    refused = client.post(f"{room}answer/", {"turn": hidden(html, "turn"), "client_id": "a", "text": "  "})
    assert refused.status_code == 400
    assert "Write an answer, or leave the question out." in refused.content.decode()
    assert Turn.objects.count() == 1
    following = answer(
        client, room, html, text=f"{ATTACK}\r\nA second line with more than twelve words in all, I think."
    )
    assert "&lt;script&gt;alert(1)&lt;/script&gt; &amp; more\nA second line" in following
    again = answer(client, room, html, text="The same form once more")  # the browser's back button
    assert "Question 2 of 4" in again
    assert Turn.objects.count() == 3
    other = client.post(f"{room}answer/", {"turn": hidden(html, "turn"), "client_id": "b", "text": "Late"})
    assert other.status_code == 409
    assert "This question was answered already" in other.content.decode()
    left_out = answer(client, room, following, skip="1")
    assert "Left out" in left_out
    over = client.post(f"{room}finish/", follow=True).content.decode()
    assert "Thank you for the interview" in over
    assert client.post(f"{room}feedback/", {"rating": "7"}).status_code == 400
    assert SessionFeedback.objects.count() == 0
    thanks = client.post(f"{room}feedback/", {"rating": "5", "text": ATTACK}, follow=True).content.decode()
    assert "Thank you for your feedback." in thanks
    assert ATTACK not in thanks
    assert SessionFeedback.objects.get().rating == 5
    assert "This interview is over. Thank you." in client.get(f"/interview/{soon.token}/").content.decode()


def test_without_the_tick_nothing_begins(client: Client, room: str) -> None:
    refused = client.post(f"{room}start/", {"consent_version": VERSION})
    assert refused.status_code == 400
    assert "The interview begins once you agree: tick the box." in refused.content.decode()
    assert InterviewSession.objects.count() == 0


def test_a_form_from_elsewhere_is_refused(soon: Booked, room: str) -> None:
    client = Client(enforce_csrf_checks=True)
    body = {"consent_version": VERSION, "accepted": "1"}
    assert client.post(f"{room}start/", body).status_code == 403
    token = hidden(client.get(room).content.decode(), "form_token")
    elsewhere = client.post(f"{room}start/", body | {"form_token": token}, headers={"Sec-Fetch-Site": "cross-site"})
    assert elsewhere.status_code == 403
    assert InterviewSession.objects.count() == 0
    assert client.post(f"{room}start/", body | {"form_token": token}).status_code == 302
    assert soon.session.state == "running"


def test_before_the_room_opens_the_page_waits(client: Client, user: User) -> None:
    assert user.company is not None
    make_kit(user.company)
    later = make_booked(user.company, timezone.now().replace(microsecond=0) + timedelta(hours=2))
    room = f"/interview/{later.token}/room/"
    html = client.get(room).content.decode()
    seconds = int(re.findall(r'http-equiv="refresh" content="(\d+)"', html)[0])
    assert 6290 <= seconds <= 6301  # an hour and three quarters
    assert "Begin the interview" not in html
    refused = client.post(f"{room}start/", {"consent_version": VERSION, "accepted": "1"})
    assert refused.status_code == 409
    assert "The room is not open yet" in refused.content.decode()
    assert InterviewSession.objects.count() == 0


def test_who_came_too_late_is_told(client: Client, user: User) -> None:
    assert user.company is not None
    make_kit(user.company)
    late = make_booked(user.company, timezone.now().replace(microsecond=0) - timedelta(minutes=20))
    for _ in range(2):  # before the job has noticed, and after
        assert "The interview could be begun until" in client.get(f"/interview/{late.token}/room/").content.decode()
        miss_interview(interview_id=late.interview.pk, now=timezone.now())
    assert "The time of this interview has passed." in client.get(f"/interview/{late.token}/").content.decode()


def test_who_has_no_booking_has_no_room(client: Client, soon: Booked, room: str) -> None:
    soon.schedule.status, soon.schedule.cancelled_at = "cancelled", timezone.now()
    soon.schedule.save()
    assert client.get(room)["Location"] == f"/interview/{soon.token}/"
    assert client.get("/interview/nonsense/room/").status_code == 404


def test_a_person_is_asked_for_and_the_company_sees_it(
    client: Client, logged_in: Client, soon: Booked, room: str
) -> None:
    html = Client().post(f"{room}human/", {"message": ATTACK}, follow=True).content.decode()
    assert "The company knows that you would like to talk to a person." in html
    assert InterviewConflict.objects.get().conflict_details["reason"] == ATTACK
    inbox = logged_in.get("/app/conflicts/").content.decode()
    assert "The candidate asks for an interview with a person" in inbox
    assert ATTACK not in inbox
    page = logged_in.get(f"/app/interviews/{soon.interview.pk}/").content.decode()
    assert "The candidate has asked for an interview with a person." in page


def test_the_company_reads_the_transcript(logged_in: Client, user: User, soon: Booked) -> None:
    page = f"/app/interviews/{soon.interview.pk}/"
    assert logged_in.get(f"{page}transcript/").status_code == 404
    shown = logged_in.get(page).content.decode()
    assert "It has not begun." in shown
    assert "Free the time" in shown
    soon.begin()
    soon.answer(ATTACK)
    shown = logged_in.get(page).content.decode()
    assert "Read the transcript" in shown
    assert "Free the time" not in shown  # what has begun is neither moved nor given up
    html = logged_in.get(f"{page}transcript/").content.decode()
    assert "Ask d1?" in html
    assert "&lt;script&gt;alert(1)&lt;/script&gt; &amp; more" in html
    assert ATTACK not in html
    looked = Event.objects.get(type="interview.transcript_read")
    assert (looked.actor_id, looked.object_id) == (user.pk, str(soon.interview.pk))
    assert "The transcript was opened" in logged_in.get(page).content.decode()
    stranger = Client()
    stranger.force_login(UserFactory())
    assert stranger.get(f"{page}transcript/").status_code == 404
    assert Event.objects.filter(type="interview.transcript_read").count() == 1


def test_the_company_gives_more_time(logged_in: Client, soon: Booked) -> None:
    page = f"/app/interviews/{soon.interview.pk}/"
    told = logged_in.post(f"{page}time/", {"extra_minutes": "15"}, follow=True).content.decode()
    assert "The candidate has 45 minutes." in told
    for said in ("", "-1", "999", "many"):
        logged_in.post(f"{page}time/", {"extra_minutes": said})
    assert soon.session.extra_minutes == 15


def test_the_room_speaks_the_candidates_language(client: Client, room: str) -> None:
    assert "Das Interview beginnen" in client.get(room, {"lang": "de"}).content.decode()
    begun = begin(client, room)
    assert "Frage 1 von 4" in begun
    assert '<ol class="talk" id="talk" lang="en"' in begun


@pytest.mark.parametrize(
    ("slot", "practice", "is_code"),
    [
        ({"ai_configuration": {"language": "de"}}, "Welches Werkzeug benutzen Sie bei der Arbeit am häufigsten", False),
        ({"ai_interview_type": "coding"}, "returns the larger of two numbers.", True),
    ],
    ids=["words", "code"],
)
def test_the_kit_brings_its_own_practice(
    client: Client, user: User, slot: dict[str, Any], practice: str, is_code: bool
) -> None:
    assert user.company is not None
    booked = make_booked(user.company, timezone.now() + timedelta(minutes=5), **slot)
    html = client.get(f"/interview/{booked.token}/room/").content.decode()
    assert practice in html
    assert "What have you learned lately" not in html
    assert ('id="code-language"' in html) is is_code
    assert InterviewSession.objects.count() == 0
