"""Rating blind, deciding, and what becomes of it."""

import threading
from fractions import Fraction
from typing import Any

import pytest
from django.db import connection
from django.utils import timezone

from parley.conversations.models import InterviewSession
from parley.core.actors import SYSTEM
from parley.core.errors import Conflict, Forbidden, Invalid, NotFound
from parley.core.models import Event
from parley.evaluations.models import Decision, Evaluation, Review
from parley.evaluations.operations.decisions import decide
from parley.evaluations.operations.looks import note_look
from parley.evaluations.operations.reviews import submit_review
from parley.evaluations.queries import agreement_of, results_of
from parley.interviews.pipeline import pipeline
from parley.interviews.rules.stages import Stage
from parley.organizations.models import User
from tests.api.tenants import unchanged
from tests.evaluations.held import hold, version_of
from tests.factories import UserFactory

pytestmark = pytest.mark.django_db(transaction=True)
GOOD = {"depth": 4, "clarity": 3}


@pytest.fixture
def rosa(db: None) -> User:
    return UserFactory(full_name="Rosa Recruiter")


@pytest.fixture
def hal(rosa: User) -> User:
    return UserFactory(full_name="Hal Manager", company=rosa.company)


@pytest.fixture
def session(rosa: User) -> InterviewSession:
    assert rosa.company
    return hold(rosa.company)


def rate(session: InterviewSession, user: Any, levels: dict[str, Any] | None = None, **more: Any) -> Review:
    values = {"levels": levels or GOOD, "notes": {}, "note": ""} | more
    return submit_review(interview_id=session.interview_id, actor=user, now=timezone.now(), **values)


def settle(session: InterviewSession, user: Any, verdict: str = "advance", note: str = "") -> Decision:
    return decide(interview_id=session.interview_id, verdict=verdict, note=note, actor=user, now=timezone.now())


def events() -> list[str]:
    return list(Event.objects.order_by("id").values_list("type", flat=True))


def test_the_first_rating_makes_the_evaluation_ready(session: InterviewSession, rosa: User) -> None:
    review = rate(session, rosa, notes={"depth": " Queues. ", "clarity": " "}, note="Good talk.")
    evaluation = Evaluation.objects.get()
    assert (evaluation.session_id, evaluation.interview_id, evaluation.company_id, evaluation.state) == (
        session.pk,
        session.interview_id,
        rosa.company_id,
        "rated",
    )
    assert (review.levels, review.notes, review.note, review.was_blind) == (
        GOOD,
        {"depth": "Queues."},
        "Good talk.",
        True,
    )
    assert events() == ["review.submitted", "evaluation.ready"]
    ready = Event.objects.get(type="evaluation.ready")
    assert (ready.object_id, ready.after) == (
        str(evaluation.pk),
        {"status": "rated", "interview_id": str(session.interview_id)},
    )


def test_a_changed_rating_replaces_the_earlier_one_which_stays(session: InterviewSession, rosa: User) -> None:
    rate(session, rosa)
    rate(session, rosa, {"depth": 2, "clarity": None})
    assert [(each.levels, each.replaced_at is None) for each in Review.objects.all()] == [
        (GOOD, False),
        ({"depth": 2, "clarity": None}, True),
    ]
    assert events() == ["review.submitted", "evaluation.ready", "review.submitted"]


def test_others_ratings_are_hidden_until_the_own_ones_are_there(
    session: InterviewSession, rosa: User, hal: User
) -> None:
    rate(session, rosa)
    seen = results_of(session.interview, hal)
    assert seen is not None
    assert (seen.is_blind, seen.reviews, seen.review_count, seen.overall) == (True, (), 1, None)
    rate(session, hal, {"depth": 2, "clarity": 3})
    seen = results_of(session.interview, hal)
    assert seen is not None
    assert (seen.is_blind, [each.reviewer for each in seen.reviews], seen.overall) == (False, [rosa, hal], Fraction(3))


def test_what_was_given_after_seeing_others_is_not_blind(session: InterviewSession, rosa: User, hal: User) -> None:
    rate(session, rosa)
    assert rate(session, hal).was_blind
    assert not rate(session, hal, {"depth": 5, "clarity": 3}).was_blind


def test_a_person_decides_and_ratings_end(session: InterviewSession, rosa: User, hal: User) -> None:
    rate(session, rosa)
    assert pipeline(rosa).get(pk=session.interview_id).stage == Stage.HELD
    decision = settle(session, rosa, "hold", " Ask for a second talk. ")
    assert (decision.verdict, decision.note, decision.decided_by) == ("hold", "Ask for a second talk.", rosa)
    assert Evaluation.objects.get().state == "decided"
    assert pipeline(rosa).get(pk=session.interview_id).stage == Stage.DECIDED
    made = Event.objects.get(type="decision.made")
    assert made.after == {
        "evaluation_id": str(decision.evaluation_id),
        "interview_id": str(session.interview_id),
        "decision": "hold",
        "decided_by": rosa.pk,
    }
    with unchanged(), pytest.raises(Conflict) as refused:
        rate(session, hal)
    assert refused.value.code == "already_decided"
    seen = results_of(session.interview, hal)
    assert seen is not None
    assert not seen.is_blind


def test_a_later_decision_takes_the_place_of_the_earlier_one(session: InterviewSession, rosa: User, hal: User) -> None:
    rate(session, rosa)
    settle(session, rosa, "hold")
    settle(session, hal, "reject")
    assert [(each.verdict, each.replaced_at is None) for each in Decision.objects.all()] == [
        ("hold", False),
        ("reject", True),
    ]
    before = Event.objects.filter(type="decision.made").latest("id").before
    assert before is not None
    assert (before["decision"], before["decided_by"]) == ("hold", rosa.pk)


def test_nobody_decides_too_early(session: InterviewSession, rosa: User, hal: User) -> None:
    with unchanged(), pytest.raises(Conflict) as refused:
        settle(session, rosa)
    assert refused.value.code == "not_rated"
    rate(session, rosa)
    with unchanged(), pytest.raises(Conflict) as refused:
        settle(session, hal)
    assert refused.value.code == "rate_first"


def test_what_is_no_decision_or_no_rating_is_refused(session: InterviewSession, rosa: User) -> None:
    for levels in ({"depth": 9, "clarity": 1}, {"depth": 1}):
        with unchanged(), pytest.raises(Invalid):
            rate(session, rosa, levels)
    with unchanged(), pytest.raises(Invalid):
        rate(session, rosa, note="x" * 4001)
    rate(session, rosa)
    with unchanged(), pytest.raises(Invalid):
        settle(session, rosa, "maybe")
    with unchanged(), pytest.raises(Invalid):
        settle(session, rosa, note="x" * 4001)


def test_only_a_person_rates_or_decides(session: InterviewSession) -> None:
    with unchanged(), pytest.raises(Forbidden):
        rate(session, SYSTEM)
    with unchanged(), pytest.raises(Forbidden):
        settle(session, SYSTEM)


@pytest.mark.parametrize("state", ["waiting", "running", "missed"])
def test_what_was_not_held_is_not_rated(state: str, rosa: User) -> None:
    assert rosa.company
    session = hold(rosa.company, state=state)
    with unchanged(), pytest.raises(Conflict) as refused:
        rate(session, rosa)
    assert refused.value.code == "not_held"
    assert results_of(session.interview, rosa) is None


def test_another_companys_interview_is_not_there(session: InterviewSession) -> None:
    stranger = UserFactory()
    for act in (rate, settle):
        with unchanged(), pytest.raises(NotFound):
            act(session, stranger)
    with unchanged(), pytest.raises(NotFound):
        note_look(interview_id=session.interview_id, what="results", actor=stranger, now=timezone.now())


def test_a_look_is_kept(session: InterviewSession, rosa: User) -> None:
    note_look(interview_id=session.interview_id, what="results", actor=rosa, now=timezone.now())
    seen = Event.objects.get()
    assert (seen.type, seen.object_id, seen.actor_id, seen.after) == (
        "interview.results_viewed",
        str(session.interview_id),
        rosa.pk,
        {"what": "results"},
    )


def test_two_tabs_of_one_person_leave_one_current_review(session: InterviewSession, rosa: User) -> None:
    start = threading.Barrier(2)

    def send(level: int) -> None:
        start.wait()
        try:
            rate(session, rosa, {"depth": level, "clarity": 3})
        finally:
            connection.close()

    tabs = [threading.Thread(target=send, args=(level,)) for level in (1, 5)]
    for tab in tabs:
        tab.start()
    for tab in tabs:
        tab.join()
    assert Review.objects.filter(replaced_at__isnull=True).count() == 1
    assert Review.objects.count() == 2
    assert events().count("evaluation.ready") == 1


def test_agreement_counts_what_was_given_blind(rosa: User, hal: User) -> None:
    """Depth: pairs (1,1), (2,3), (3,3), by hand 0.8 (tests/evaluations/test_rules.py); clarity never varies."""
    assert rosa.company
    version = version_of(rosa.company)
    sessions = [hold(rosa.company, version=version) for _ in range(3)]
    for session, (first, second) in zip(sessions, [(1, 1), (2, 3), (3, 3)], strict=True):
        rate(session, rosa, {"depth": first, "clarity": 3})
        rate(session, hal, {"depth": second, "clarity": 3})
    rate(sessions[0], hal, {"depth": 5, "clarity": 5})  # after seeing the other's
    rate(hold(rosa.company, version=version), rosa)  # by one person alone
    seen = results_of(sessions[0].interview, rosa)
    assert seen is not None
    found = agreement_of(version.pk, seen.kit.criteria, rosa)
    assert (found.interviews, found.kappa["clarity"]) == (3, None)
    assert found.kappa["depth"] == pytest.approx(0.8)
    assert found.icc == pytest.approx(6 / 7)  # in units of depth: BMS 13/6, JMS 1/6, EMS 1/6
    assert agreement_of(version.pk, seen.kit.criteria, UserFactory()).interviews == 0
