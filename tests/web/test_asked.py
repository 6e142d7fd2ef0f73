"""What candidates answer on their page, as a browser without scripts sends it."""

from datetime import UTC, datetime, timedelta

import pytest
from django.test import Client
from django.utils import timezone

from parley.core.actors import SYSTEM
from parley.interviews.models import Interview, InterviewSchedule, InterviewSlot, PlaceHold, WaitlistEntry
from parley.interviews.operations.links import invite_candidate
from parley.interviews.operations.reseating import reseat
from parley.interviews.operations.slots import cancel_slot
from parley.interviews.operations.waitlist import offer_places
from tests.factories import CandidateFactory, CompanyFactory, InterviewFactory, SlotFactory, book, in_future
from tests.invariants import broken_invariants

pytestmark = pytest.mark.django_db


@pytest.fixture
def interview() -> Interview:
    company = CompanyFactory(name="Acme", timezone="Europe/Berlin")
    return InterviewFactory(candidate=CandidateFactory(company=company))


@pytest.fixture
def page(interview: Interview) -> str:
    days = timedelta(days=30)
    invited = invite_candidate(
        interview_id=interview.pk, interview_type="", valid_for=days, actor=SYSTEM, now=timezone.now()
    )
    return f"/interview/{invited.link}/"


@pytest.fixture
def proposed(interview: Interview, page: str) -> InterviewSlot:
    """The place that is held for an interview whose own fell away."""
    lost = SlotFactory(company=interview.company, start_time=in_future(days=3))
    near = SlotFactory(company=interview.company, start_time=in_future(days=3, hours=2))
    book(lost, interview)
    now = timezone.now()
    cancel_slot(slot_id=lost.pk, cascade=True, reason="Power cut.", actor=SYSTEM, now=now)
    reseat(company_id=lost.company_id, actor=SYSTEM, now=now)
    return near


def test_a_proposed_time_is_taken(client: Client, page: str, proposed: InterviewSlot) -> None:
    html = client.get(page).content.decode()
    assert "A new time is kept for you" in html
    assert "Power cut" not in html
    local = proposed.start_time.astimezone(proposed.company.zone)
    assert f'<time datetime="{local.isoformat()}">' in html
    assert client.post(f"{page}answer/", {"answer": "accept"}).status_code == 302
    assert InterviewSchedule.objects.get(status="pending").slot == proposed
    html = client.get(page).content.decode()
    assert "A new time is kept for you" not in html
    assert "Your time" in html
    late = client.post(f"{page}answer/", {"answer": "accept"})
    assert late.status_code == 409
    assert "No place is held for you" in late.content.decode()
    assert broken_invariants() == {}


def test_a_proposed_time_is_given_back(client: Client, page: str, proposed: InterviewSlot) -> None:
    assert str(proposed.pk) not in client.get(page).content.decode()  # it is held: nobody is offered it in the list
    assert client.post(f"{page}answer/", {"answer": "decline"}).status_code == 302
    assert PlaceHold.objects.get().status == "declined"
    assert str(proposed.pk) in client.get(page).content.decode()


def test_a_time_is_waited_for(client: Client, page: str, interview: Interview) -> None:
    first = (timezone.now() + timedelta(days=10)).date()
    values = {"first": first.isoformat(), "last": first.isoformat(), "timezone": "Asia/Kolkata"}
    assert "tell me when a time becomes free" in client.get(page).content.decode()
    assert client.post(f"{page}wait/", values).status_code == 302
    entry = WaitlistEntry.objects.get()
    midnight = datetime.combine(first, datetime.min.time(), tzinfo=UTC) - timedelta(hours=5, minutes=30)
    assert (entry.start_after, entry.start_before) == (midnight, midnight + timedelta(days=1))
    html = client.get(page).content.decode()
    assert "You are on the waitlist" in html
    assert "00:00" in html  # in the candidate's own zone
    SlotFactory(company=interview.company, start_time=midnight + timedelta(hours=3))
    assert offer_places(company_id=entry.company_id, now=timezone.now()) == 1
    assert "A time has become free for you" in client.get(page).content.decode()
    assert client.post(f"{page}wait/", {"stop": "1"}).status_code == 302
    assert PlaceHold.objects.get().status == "withdrawn"
    assert "You are on the waitlist" not in client.get(page).content.decode()
    assert broken_invariants() == {}


@pytest.mark.parametrize(
    "values", [{}, {"first": "2027-02-30", "last": "x"}, {"first": "2030-01-02", "last": "2030-01-01"}]
)
def test_days_that_are_none(client: Client, page: str, values: dict[str, str]) -> None:
    answer = client.post(f"{page}wait/", values)
    assert answer.status_code == 400
    assert "from which day until which" in answer.content.decode()
    assert WaitlistEntry.objects.count() == 0


def test_hours_are_kept_and_shown_again(client: Client, page: str, interview: Interview) -> None:
    values = {"timezone": "Asia/Kolkata", "earliest": "09:30", "latest": "17:00", "days": ["1", "3"]}
    assert client.post(f"{page}hours/", values).status_code == 302
    interview.refresh_from_db()
    assert interview.candidate_hours == {
        "timezone": "Asia/Kolkata",
        "earliest": "09:30",
        "latest": "17:00",
        "days_of_week": [1, 3],
        "notice_minutes": 0,
    }
    html = client.get(page).content.decode()
    assert 'name="earliest" type="time" value="09:30"' in html
    assert 'value="3" checked' in html
    assert "What you said before is in the zone of Kolkata (India)." in html
    assert client.post(f"{page}hours/", {"timezone": "UTC"}).status_code == 302
    interview.refresh_from_db()
    assert interview.candidate_hours is None


@pytest.mark.parametrize(
    "values", [{"earliest": "9"}, {"days": ["x"]}, {"earliest": "10:00", "latest": "09:00"}, {"latest": "25:00"}]
)
def test_hours_that_are_none(client: Client, page: str, interview: Interview, values: dict[str, str]) -> None:
    assert client.post(f"{page}hours/", values).status_code == 400
    interview.refresh_from_db()
    assert interview.candidate_hours is None


@pytest.mark.parametrize("what", ["answer", "wait", "hours"])
def test_a_link_that_leads_nowhere(client: Client, what: str) -> None:
    values = {"first": "2030-01-01", "last": "2030-01-02"}
    assert client.post(f"/interview/{'a' * 43}/{what}/", values).status_code == 404
    assert client.get(f"/interview/{'a' * 43}/{what}/").status_code == 302
