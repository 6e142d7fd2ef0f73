"""What candidates can know and ask afterwards, on their pages."""

import pytest
from django.test import Client
from django.utils import timezone

from parley.conversations.models import InterviewSession
from parley.evaluations.models import CandidateRequest
from parley.organizations.models import User
from tests.evaluations.held import hold
from tests.evaluations.test_operations import rate, settle
from tests.evaluations.test_requests import answer, link_to
from tests.factories import InterviewFactory

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def session(user: User) -> InterviewSession:
    assert user.company
    return hold(user.company)


@pytest.fixture
def token(session: InterviewSession, user: User) -> str:
    return link_to(session.interview, user)


def sent(client: Client, token: str, **values: str) -> dict[str, str]:
    """A form with its token, which is in the page."""
    page = client.get(f"/interview/{token}/room/explanation/").content.decode()
    key = page.split('name="form_token" value="')[1].split('"')[0] if 'name="form_token"' in page else ""
    return {"form_token": key, **values}


def test_the_thank_you_page_leads_there_and_it_shows_criteria_and_no_level(
    client: Client, session: InterviewSession, token: str, user: User
) -> None:
    rate(session, user, note="Weak.")
    settle(session, user, "reject", note="Too weak.")
    address = f"/interview/{token}/room/explanation/"
    assert address in client.get(f"/interview/{token}/room/").content.decode()
    page = client.get(address).content.decode()
    for words in ("People decide", "depth", "clarity", "Ask for an explanation", "Ask for a review by a person"):
        assert words in page
    for secret in ("Weak.", "Too weak.", "eject"):
        assert secret not in page


def test_asking_and_the_answer(client: Client, session: InterviewSession, token: str, user: User) -> None:
    address = f"/interview/{token}/room/"
    done = client.post(f"{address}ask/", sent(client, token, kind="explanation", message="Why <b>me</b>?"))
    assert (done.status_code, done["Location"]) == (302, f"{address}explanation/")
    assert CandidateRequest.objects.get().message == "Why <b>me</b>?"
    page = client.get(f"{address}explanation/").content.decode()
    assert "Why &lt;b&gt;me&lt;/b&gt;?" in page
    assert "A person answers: here, and by e-mail." in page
    again = client.post(f"{address}ask/", sent(client, token, kind="explanation"))
    assert (again.status_code, CandidateRequest.objects.count()) == (409, 1)
    assert "You have asked for this already." in again.content.decode()
    answer(session, user, "Because of the queues.")
    page = client.get(f"{address}explanation/").content.decode()
    assert "Because of the queues." in page
    assert "Answer of Rosa Recruiter" in page
    assert "A person answers" not in page


@pytest.mark.parametrize(
    ("language", "words"),
    [
        ("de", "Menschen entscheiden"),
        ("es", "Deciden personas"),
        ("fr", "Des personnes décident"),
        ("hi", "निर्णय लोग लेते हैं"),
    ],
)
def test_in_the_candidates_language(language: str, words: str, client: Client, token: str) -> None:
    page = client.get(f"/interview/{token}/room/explanation/?lang={language}").content.decode()
    assert words in page
    assert "Ask for" not in page


def test_too_long_a_message_stays_in_the_form(client: Client, token: str) -> None:
    address = f"/interview/{token}/room/ask/"
    refused = client.post(address, sent(client, token, kind="review", message="x" * 2001))
    assert (refused.status_code, CandidateRequest.objects.count()) == (400, 0)
    assert "at most 2,000 characters" in refused.content.decode()
    assert "x" * 2001 in refused.content.decode()


def test_before_the_interview_the_page_is_the_room(client: Client, user: User) -> None:
    token = link_to(InterviewFactory(candidate__company=user.company), user)
    answered = client.get(f"/interview/{token}/room/explanation/")
    assert (answered.status_code, answered["Location"]) == (302, f"/interview/{token}/room/")


def test_what_was_deleted_is_said_to_be(client: Client, token: str) -> None:
    InterviewSession.objects.update(said_deleted_at=timezone.now())
    page = client.get(f"/interview/{token}/room/explanation/").content.decode()
    assert "was deleted on" in page
    assert "Ask for an explanation" not in page
    assert "How was it for you?" not in client.get(f"/interview/{token}/room/").content.decode()
