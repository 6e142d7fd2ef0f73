"""The page of an interview's results."""

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from parley.conversations.models import InterviewSession
from parley.core.models import Event
from parley.evaluations.models import Decision, Override, Review
from parley.evaluations.operations.judging import judge
from parley.organizations.models import User
from tests.api.tenants import unchanged
from tests.evaluations.held import hold
from tests.evaluations.test_operations import rate
from tests.factories import InterviewFactory, UserFactory
from tests.judge import Double

pytestmark = pytest.mark.django_db(transaction=True)
RATED = {"level_depth": "4", "note_depth": "Queues.", "level_clarity": "none", "note_clarity": "", "note": "Good."}


@pytest.fixture
def session(user: User) -> InterviewSession:
    assert user.company
    return hold(user.company)


@pytest.fixture
def address(session: InterviewSession) -> str:
    return f"/app/interviews/{session.interview_id}/results/"


def test_the_page_shows_what_was_said_and_asks_for_ratings(
    logged_in: Client, session: InterviewSession, address: str
) -> None:
    page = logged_in.get(address).content.decode()
    assert "I would put a queue between them." in page
    assert "depth 3" in page  # an anchor
    assert "How does it go on" not in page
    assert [each.after for each in Event.objects.filter(type="interview.results_viewed")] == [{"what": "results"}]
    assert address in logged_in.get(f"/app/interviews/{session.interview_id}/").content.decode()


def test_ratings_are_kept_and_shown(logged_in: Client, user: User, address: str) -> None:
    answer = logged_in.post(f"{address}rate/", RATED)
    assert (answer.status_code, answer["Location"]) == (302, address)
    review = Review.objects.get()
    assert (review.reviewer, review.levels, review.notes, review.note) == (
        user,
        {"depth": 4, "clarity": None},
        {"depth": "Queues."},
        "Good.",
    )
    page = logged_in.get(address).content.decode()
    for words in ("Now you see all of them.", "4.00", "Queues.", "How does it go on"):
        assert words in page


def test_lists_say_that_ratings_are_wanted_until_they_are_there(
    logged_in: Client, user: User, session: InterviewSession
) -> None:
    pages = ("/app/interviews/", "/app/candidates/", f"/app/interviews/{session.interview_id}/")
    for page in pages:
        assert "Read and rate what was said" in logged_in.get(page).content.decode()
    rate(session, user)
    for page in pages:
        assert "Decide how to go on" in logged_in.get(page).content.decode()


def test_a_page_of_held_interviews_takes_as_many_statements_as_one(
    logged_in: Client, user: User, session: InterviewSession
) -> None:
    def statements(page: str) -> int:
        with CaptureQueriesContext(connection) as captured:
            assert logged_in.get(page).status_code == 200
        return len(captured)

    pages = ("/app/interviews/", "/app/candidates/")
    before = [statements(page) for page in pages]
    for _ in range(3):
        another = InterviewFactory(candidate__company=user.company)
        hold(session.company, interview=another, version=session.kit_version)
    assert [statements(page) for page in pages] == before


def test_what_is_missing_is_said_beside_its_field_and_the_rest_stays(logged_in: Client, address: str) -> None:
    before = Review.objects.count()
    answer = logged_in.post(f"{address}rate/", RATED | {"level_clarity": ""})
    page = answer.content.decode()
    assert (answer.status_code, Review.objects.count()) == (400, before)
    assert "Choose a level, or say that the answers do not tell." in page
    assert "Queues." in page
    answer = logged_in.post(f"{address}rate/", RATED | {"level_depth": "none"})
    assert (answer.status_code, Review.objects.count()) == (400, before)
    assert "At least one criterion needs a level." in answer.content.decode()


def test_others_ratings_are_hidden_before_the_own(
    logged_in: Client, user: User, session: InterviewSession, address: str
) -> None:
    other = UserFactory(company=user.company, full_name="Hal Manager")
    rate(session, other, {"depth": 1, "clarity": 1}, note="Weak.")
    page = logged_in.get(address).content.decode()
    assert "1 person has rated this interview" in page
    for words in ("Hal Manager", "Weak."):
        assert words not in page
        assert words not in logged_in.get(f"{address}ratings.csv").content.decode()
    logged_in.post(f"{address}rate/", RATED)
    page = logged_in.get(address).content.decode()
    assert "Hal Manager" in page
    assert "Weak." in page


def test_a_decision_is_kept_with_its_name(logged_in: Client, user: User, address: str) -> None:
    logged_in.post(f"{address}rate/", RATED)
    answer = logged_in.post(f"{address}decide/", {"decision": "hold", "reason": "Second talk."})
    assert (answer.status_code, answer["Location"]) == (302, address)
    decision = Decision.objects.get()
    assert (decision.verdict, decision.note, decision.decided_by) == ("hold", "Second talk.", user)
    page = logged_in.get(address).content.decode()
    assert "Decision: Hold" in page
    assert "Keep my ratings" not in page
    logged_in.post(f"{address}decide/", {"decision": "advance", "reason": ""})
    page = logged_in.get(address).content.decode()
    assert "Decision: Advance" in page
    assert "Hold: Second talk." in page


def test_no_decision_without_a_choice_or_before_rating(logged_in: Client, address: str) -> None:
    answer = logged_in.post(f"{address}decide/", {"decision": "advance"})
    assert (answer.status_code, Decision.objects.count()) == (400, 0)
    logged_in.post(f"{address}rate/", RATED)
    answer = logged_in.post(f"{address}decide/", {})
    assert (answer.status_code, Decision.objects.count()) == (400, 0)
    assert "Choose one of the three." in answer.content.decode()


def test_files_to_take_along(logged_in: Client, address: str) -> None:
    logged_in.post(f"{address}rate/", RATED)
    report = logged_in.get(f"{address}report.pdf")
    assert (report.status_code, report["Content-Type"], report.content[:5]) == (200, "application/pdf", b"%PDF-")
    table = logged_in.get(f"{address}ratings.csv")
    assert (table.status_code, table["Content-Type"]) == (200, "text/csv; charset=utf-8")
    assert [each.after for each in Event.objects.filter(type="interview.results_viewed").order_by("id")] == [
        {"what": "report"},
        {"what": "export"},
    ]


def test_what_was_not_held_has_no_results(logged_in: Client, user: User) -> None:
    interview = InterviewFactory(candidate__company=user.company)
    address = f"/app/interviews/{interview.pk}/results/"
    with unchanged():
        for answer in (
            logged_in.get(address),
            logged_in.get(f"{address}report.pdf"),
            logged_in.post(f"{address}rate/", RATED),
            logged_in.post(f"{address}decide/", {"decision": "hold"}),
        ):
            assert answer.status_code == 404
    assert address not in logged_in.get(f"/app/interviews/{interview.pk}/").content.decode()


@pytest.fixture
def judged(session: InterviewSession, judge_model: Double) -> InterviewSession:
    judge(session.interview_id, clock=timezone.now)
    return session


def test_without_a_model_the_page_says_so(logged_in: Client, address: str) -> None:
    page = logged_in.get(address).content.decode()
    assert "No AI rates this interview." in page
    assert "Ask the AI" not in page


def test_what_the_ai_gives_is_shown_after_the_own_ratings(
    logged_in: Client, judged: InterviewSession, address: str
) -> None:
    page = logged_in.get(address).content.decode()
    assert "The AI has judged this interview. You see how once you have rated it yourself." in page
    assert "What the AI gives is hidden until you have rated" in page
    assert "Names a queue." not in page
    logged_in.post(f"{address}rate/", RATED)
    page = " ".join(logged_in.get(address).content.decode().split())
    for words in (
        '<a href="#turn-2"><q>I would put a queue between them.</q></a>',
        '<li id="turn-2" class="answer">',
        "Advisory only: people and this model have both rated 1 of the 20 interviews",
        "Names a queue.",
        "Model openai:local, asked 3 times for each criterion",
        "3 of 3 samples count, all the same",
        "answers just now: the same.",
    ):
        assert words in page


def test_insufficient_evidence_is_said_plainly(
    logged_in: Client, session: InterviewSession, judge_model: Double, address: str
) -> None:
    judge_model.answers = [
        '{"level": 5, "reason": "Great.", "quotes": [{"turn": 2, "quote": "never said such words"}]}'
    ] * 6
    judge(session.interview_id, clock=timezone.now)
    logged_in.post(f"{address}rate/", RATED)
    page = logged_in.get(address).content.decode()
    assert page.count("<strong>Insufficient evidence</strong>") == 2
    assert "3 quotes did not count" in page
    assert "never said such words" not in page


def test_a_level_is_set_with_a_reason(logged_in: Client, user: User, judged: InterviewSession, address: str) -> None:
    logged_in.post(f"{address}rate/", RATED)
    answer = logged_in.post(f"{address}override/", {"criterion": "depth", "level": "5", "because": ""})
    assert (answer.status_code, "Say why." in answer.content.decode(), Override.objects.count()) == (400, True, 0)
    answer = logged_in.post(f"{address}override/", {"criterion": "depth", "level": "none", "because": "Not asked."})
    assert (answer.status_code, answer["Location"]) == (302, address)
    override = Override.objects.get()
    assert (override.criterion_key, override.level, override.reason, override.overridden_by) == (
        "depth",
        None,
        "Not asked.",
        user,
    )
    page = logged_in.get(address).content.decode()
    for words in ("the answers do not tell", f"set by {user.full_name}", "The AI gave 3.00", "Not asked."):
        assert words in page
    assert logged_in.post(f"{address}override/", {"criterion": "wit", "level": "5", "because": "x"}).status_code == 400


def test_the_ai_is_asked_again_by_a_button(
    logged_in: Client, session: InterviewSession, judge_model: Double, address: str
) -> None:
    judge_model.fails_after = 0
    judge(session.interview_id, clock=timezone.now)
    page = logged_in.get(address).content.decode()
    assert "could not judge this interview: the provider has failed (openai:local)." in page
    assert "Ask the AI again" in page
    answer = logged_in.post(f"{address}judge/")
    assert (answer.status_code, answer["Location"]) == (302, address)
    page = logged_in.get(address).content.decode()
    assert "The AI is asked. That may take some minutes." in page
    assert "The AI is reading this interview." in page
    logged_in.post(f"{address}judge/")
    assert "The AI has been asked, and has not failed." in logged_in.get(address).content.decode()


def test_levels_that_do_not_follow_from_the_answers_are_shown_as_such(
    logged_in: Client, judged: InterviewSession, address: str
) -> None:
    logged_in.post(f"{address}rate/", RATED)
    with connection.cursor() as cursor:
        cursor.execute("ALTER TABLE evaluations_judgement DISABLE TRIGGER judgement_never_changes")
        cursor.execute("UPDATE evaluations_judgement SET level = 5 WHERE sample = 1")
        cursor.execute("ALTER TABLE evaluations_judgement ENABLE TRIGGER judgement_never_changes")
    assert "These levels do not follow from what the model answered" in logged_in.get(address).content.decode()


def test_hidden_characters_are_pointed_at(logged_in: Client, session: InterviewSession, address: str) -> None:
    session.turns.filter(number=2).update(text="A queue.\u200b\U000e0041")
    assert "There are 2 hidden characters in this answer." in logged_in.get(address).content.decode()
