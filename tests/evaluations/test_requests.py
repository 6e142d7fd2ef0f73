"""Candidates ask for an explanation or a review; a named person answers, and the answer reaches them."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.core import mail
from django.utils import timezone
from rest_framework.test import APIClient

from parley.conversations.models import InterviewSession
from parley.core.actors import SYSTEM
from parley.core.errors import Conflict, DomainError, Forbidden, Invalid, NotFound
from parley.core.models import Event
from parley.evaluations.models import CandidateRequest
from parley.evaluations.operations.requests import answer_request, ask_by_link
from parley.interviews.models import Interview
from parley.interviews.operations.links import invite_candidate
from parley.notifications.inbox import told
from parley.notifications.inbox_reader import tell_users
from parley.notifications.models import Notification
from parley.notifications.reader import plan_mails
from parley.notifications.tasks import send_due
from parley.organizations.models import User
from tests.api.tenants import assert_problem, client_for, unchanged
from tests.evaluations.held import hold
from tests.evaluations.test_operations import rate, settle
from tests.factories import InterviewFactory, UserFactory

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def rosa(db: None) -> User:
    return UserFactory(full_name="Rosa Recruiter")


@pytest.fixture
def session(rosa: User) -> InterviewSession:
    assert rosa.company
    return hold(rosa.company)


def link_to(interview: Interview, user: User) -> str:
    """A personal link, also to what was held."""
    Interview.objects.filter(pk=interview.pk).update(status="scheduled")
    made = invite_candidate(
        interview_id=interview.pk, interview_type="", valid_for=timedelta(days=3), actor=user, now=timezone.now()
    )
    Interview.objects.filter(pk=interview.pk).update(status="completed")
    return made.link


@pytest.fixture
def token(session: InterviewSession, rosa: User) -> str:
    return link_to(session.interview, rosa)


def ask(token: str, kind: str = "explanation", message: str = "Why?") -> CandidateRequest:
    return ask_by_link(token=token, kind=kind, message=message, now=timezone.now())


def answer(session: InterviewSession, user: Any, text: str = "Because.", kind: str = "explanation") -> CandidateRequest:
    return answer_request(interview_id=session.interview_id, kind=kind, answer=text, actor=user, now=timezone.now())


def refused(act: Callable[[], object]) -> DomainError:
    with unchanged(), pytest.raises(DomainError) as error:
        act()
    return error.value


def test_asked_before_and_after_the_decision_and_once_of_each(
    session: InterviewSession, token: str, rosa: User
) -> None:
    request = ask(token, message="  Why?\n")
    assert (request.kind, request.state, request.message, request.company) == (
        "explanation",
        "open",
        "Why?",
        rosa.company,
    )
    rate(session, rosa)
    settle(session, rosa, "reject")
    assert ask(token, "review", "").message == ""
    for kind in ("explanation", "review"):
        assert refused(lambda kind=kind: ask(token, kind)).code == "already_asked"  # type: ignore[misc]  # it takes one
    event = Event.objects.filter(type="request.opened").order_by("id")[0]
    assert (event.actor_kind, event.object_id) == ("candidate", str(request.pk))
    assert event.after == {"interview_id": str(session.interview_id), "kind": "explanation", "status": "open"}


def test_what_cannot_be_asked_is_refused(token: str, rosa: User) -> None:
    assert isinstance(refused(lambda: ask(token, "money")), Invalid)
    assert isinstance(refused(lambda: ask(token, message="x" * 2001)), Invalid)
    early = invite_candidate(
        interview_id=InterviewFactory(candidate__company=rosa.company).pk,
        interview_type="",
        valid_for=timedelta(days=3),
        actor=rosa,
        now=timezone.now(),
    )
    assert refused(lambda: ask(early.link)).code == "session_not_over"


def test_the_company_is_told_and_who_answers_is_named(session: InterviewSession, token: str, rosa: User) -> None:
    ask(token)
    tell_users(list(Event.objects.filter(type="request.opened")), timezone.now())
    row = Notification.objects.get(user=rosa)
    assert rosa.company
    said = told([row], zone=rosa.company.zone, actor=rosa)[0]
    assert (said.title, said.text, said.interview_id) == (
        "Candidate asks about the interview",
        "Ada Lovelace (Engineer): asks for an explanation.",
        session.interview_id,
    )
    request = answer(session, rosa, " Your questions to the team. ")
    assert (request.state, request.answer, request.answered_by) == ("answered", "Your questions to the team.", rosa)
    event = Event.objects.get(type="request.answered")
    assert (event.actor_id, event.after) == (
        rosa.pk,
        {"interview_id": str(session.interview_id), "kind": "explanation", "status": "answered"},
    )


def test_the_answer_comes_by_mail(session: InterviewSession, token: str, rosa: User) -> None:
    ask(token)
    answer(session, rosa, "Your questions to the team.")
    plan_mails(list(Event.objects.filter(type="request.answered")), timezone.now())
    assert send_due(now=timezone.now()) == 1
    sent = mail.outbox[-1]
    assert sent.to == [session.interview.candidate.email]
    assert sent.subject.startswith("Your request about the interview with")
    assert "Your questions to the team." in sent.body
    assert f"/interview/{token}/room/explanation/" in sent.body


def test_who_may_answer_what(session: InterviewSession, token: str, rosa: User) -> None:
    assert isinstance(refused(lambda: answer(session, rosa)), NotFound)  # nobody has asked
    ask(token)
    stranger = UserFactory()
    assert isinstance(refused(lambda: answer(session, stranger)), NotFound)
    assert isinstance(refused(lambda: answer(session, SYSTEM)), Forbidden)
    assert refused(lambda: answer(session, rosa, "  ")).code == "required"
    assert isinstance(refused(lambda: answer(session, rosa, "x" * 10_001)), Invalid)
    assert isinstance(refused(lambda: answer(session, rosa, kind="review")), NotFound)


def test_another_answer_takes_its_place(session: InterviewSession, token: str, rosa: User) -> None:
    ask(token)
    answer(session, rosa, "One.")
    hal = UserFactory(company=rosa.company)
    assert (answer(session, hal, "Two.").answer, CandidateRequest.objects.get().answered_by) == ("Two.", hal)
    assert Event.objects.filter(type="request.answered").count() == 2


def test_nothing_is_asked_about_what_was_deleted(session: InterviewSession, token: str, rosa: User) -> None:
    ask(token)
    InterviewSession.objects.update(said_deleted_at=timezone.now())
    assert isinstance(refused(lambda: ask(token, "review")), Conflict)
    assert refused(lambda: answer(session, rosa)).code == "said_deleted"


def test_the_public_calls_show_criteria_and_answers_and_no_level(
    session: InterviewSession, token: str, rosa: User
) -> None:
    api, address = APIClient(), f"/api/public/interviews/{token}/"
    rate(session, rosa, note="Weak.")
    settle(session, rosa, "reject", note="Too weak.")
    asked = api.post(f"{address}requests/", {"kind": "review", "message": "Look again."}, format="json")
    assert (asked.status_code, asked.json()["state"]) == (201, "open")
    assert_problem(api.post(f"{address}requests/", {"kind": "review"}, format="json"), 409, code="already_asked")
    answer(session, rosa, "I did. It stays so.", "review")
    shown = api.get(f"{address}explanation/")
    body = shown.json()
    assert [each["name"] for each in body["criteria"]] == ["depth", "clarity"]
    assert body["decided_by"] == "people"
    assert [(each["kind"], each["answer"], each["answered_by_name"]) for each in body["requests"]] == [
        ("review", "I did. It stays so.", "Rosa Recruiter")
    ]
    for secret in ("Weak.", "Too weak.", "reject", "level"):
        assert secret not in shown.content.decode()


def test_before_the_end_there_is_no_explanation(rosa: User) -> None:
    interview = InterviewFactory(candidate__company=rosa.company)
    made = invite_candidate(
        interview_id=interview.pk, interview_type="", valid_for=timedelta(days=3), actor=rosa, now=timezone.now()
    )
    address = f"/api/public/interviews/{made.link}/explanation/"
    assert_problem(APIClient().get(address), 409, code="session_not_over")


def test_the_companys_calls(session: InterviewSession, token: str, rosa: User) -> None:
    ask(token)
    api, address = client_for(rosa), f"/api/interviews/{session.interview_id}/requests/"
    assert [(each["kind"], each["message"], each["answer"]) for each in api.get(address).json()] == [
        ("explanation", "Why?", "")
    ]
    assert Event.objects.get(type="interview.results_viewed").after == {"what": "requests"}
    answered = api.post(address, {"kind": "explanation", "answer": "Because."}, format="json")
    assert (answered.status_code, answered.json()["answered_by_name"]) == (200, "Rosa Recruiter")
    results = api.get(f"/api/interviews/{session.interview_id}/evaluation/").json()
    assert [each["answer"] for each in results["requests"]] == ["Because."]
