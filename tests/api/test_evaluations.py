"""Ratings, decisions and results through the API."""

import csv
from io import StringIO
from typing import Any

import pytest
from pypdf import PdfReader
from rest_framework.test import APIClient

from parley.core.models import Event
from parley.evaluations.models import Decision, Review
from tests.api.tenants import Tenant, assert_problem, unchanged
from tests.evaluations.held import hold

GOOD = {"depth": 4, "clarity": 3}


@pytest.fixture
def address(ours: Tenant) -> str:
    return f"/api/interviews/{ours.held_interview.pk}/"


@pytest.fixture
def colleague(ours: Tenant) -> APIClient:
    return ours.client("recruiter")


def rate(client: APIClient, address: str, ratings: dict[str, Any] | None = None, **more: Any) -> Any:
    return client.post(f"{address}reviews/", {"ratings": ratings or GOOD} | more, format="json")


def test_before_anybody_has_rated(ours: Tenant, api: APIClient, address: str) -> None:
    answer = api.get(f"{address}evaluation/")
    assert answer.status_code == 200
    found = answer.json()
    assert {key: found[key] for key in ("id", "status", "is_blind", "overall", "ratings_count", "ratings")} == {
        "id": None,
        "status": "needs_ratings",
        "is_blind": True,
        "overall": None,
        "ratings_count": 0,
        "ratings": [],
    }
    assert (found["decision"], found["kit_name"], found["kit_version"]) == (None, "alphaworks kit", 1)
    assert found["agreement"] is None


def test_rating_blind_then_seeing_others_then_deciding(
    ours: Tenant, api: APIClient, colleague: APIClient, address: str
) -> None:
    answer = rate(api, address, notes={"depth": "Queues."}, note="Good.")
    assert answer.status_code == 201
    assert (answer.json()["ratings"], answer.json()["notes"], answer.json()["was_blind"]) == (
        GOOD,
        {"depth": "Queues."},
        True,
    )
    hidden = colleague.get(f"{address}evaluation/").json()
    assert (hidden["is_blind"], hidden["ratings"], hidden["ratings_count"], hidden["overall"]) == (True, [], 1, None)
    assert "Queues" not in colleague.get(f"{address}results.csv").content.decode()
    assert colleague.get(f"{address}reviews/").json() == []
    assert_problem(
        colleague.post(f"{address}decision/", {"decision": "advance"}, format="json"), 409, code="rate_first"
    )
    assert rate(colleague, address, {"depth": 2, "clarity": None}).status_code == 201
    shown = colleague.get(f"{address}evaluation/").json()
    assert (shown["is_blind"], len(shown["ratings"]), shown["overall"]) == (False, 2, 3.0)
    assert shown["agreement"] == {"interviews": 1, "icc": None, "kappa": {"clarity": None, "depth": None}}
    assert shown["criteria"][0] == {
        "key": "depth",
        "name": "depth",
        "weight": 1,
        "level": 3.0,
        "level_by": "people",
        "spread": None,
        "evidence": [],
        "insufficient": False,
        "reasons": [],
        "samples": [],
        "override": None,
        "ai_level": None,
        "people_level": 3.0,
        "lowest": 2,
        "highest": 4,
        "ratings": 2,
    }
    decided = colleague.post(f"{address}decision/", {"decision": "advance", "note": "Yes."}, format="json")
    assert decided.status_code == 201
    assert (decided.json()["decision"], decided.json()["decided_by"]) == ("advance", ours.users["recruiter"].pk)
    assert api.get(f"{address}evaluation/").json()["decision"]["note"] == "Yes."
    with unchanged():
        assert_problem(rate(api, address), 409, code="already_decided")


@pytest.mark.parametrize(
    ("values", "field", "code"),
    [
        ({"ratings": {"depth": 4}}, "ratings", "rating_missing"),
        ({"ratings": {**GOOD, "wit": 1}}, "ratings", "unknown_criterion"),
        ({"ratings": {"depth": 6, "clarity": 1}}, "ratings", "bad_level"),
        ({"ratings": {"depth": 3.0, "clarity": 1}}, "ratings", "bad_level"),
        ({"ratings": {"depth": "3", "clarity": 1}}, "ratings", "bad_level"),
        ({"ratings": {"depth": None, "clarity": None}}, "ratings", "nothing_rated"),
        ({"ratings": [4, 3]}, "ratings", "invalid"),
        ({"ratings": GOOD, "notes": {"wit": "x"}}, "notes", "unknown_criterion"),
        ({"ratings": GOOD, "notes": {"depth": 7}}, "notes", "invalid"),
        ({"ratings": GOOD, "note": "x" * 4001}, "note", "invalid"),
        ({}, "ratings", "invalid"),
    ],
    ids=[
        "missing",
        "unknown",
        "high",
        "fraction",
        "text",
        "nothing",
        "list",
        "note-unknown",
        "note-number",
        "long",
        "empty",
    ],
)
def test_what_does_not_fit_the_rubric_is_refused(
    values: dict[str, Any], field: str, code: str, api: APIClient, address: str
) -> None:
    with unchanged():
        assert_problem(api.post(f"{address}reviews/", values, format="json"), 400, field, code)


def test_what_is_no_decision_is_refused(api: APIClient, address: str) -> None:
    rate(api, address)
    with unchanged():
        assert_problem(api.post(f"{address}decision/", {"decision": "maybe"}, format="json"), 400, "decision")
    assert Decision.objects.count() == 0


def test_what_was_not_held_has_no_results(ours: Tenant, api: APIClient) -> None:
    address = f"/api/interviews/{ours.interview.pk}/"
    with unchanged():
        for what in ("evaluation/", "reviews/", "results.json", "results.csv", "report.pdf"):
            assert_problem(api.get(address + what), 404, code="evaluation_not_found")
        assert_problem(rate(api, address), 409, code="not_held")
    assert Review.objects.count() == 0


def test_each_look_is_kept(ours: Tenant, api: APIClient, address: str) -> None:
    for what in ("evaluation/", "reviews/", "results.json", "results.csv", "report.pdf"):
        assert api.get(address + what).status_code == 200
    looks = Event.objects.filter(type="interview.results_viewed").order_by("id")
    assert [each.after for each in looks] == [
        {"what": what} for what in ("results", "results", "export", "export", "report")
    ]
    assert {(each.object_id, each.actor_id) for each in looks} == {
        (str(ours.held_interview.pk), ours.users["company"].pk)
    }


def test_results_to_take_along(ours: Tenant, api: APIClient, address: str) -> None:
    rate(api, address, notes={"depth": "=1+1"})
    whole = api.get(f"{address}results.json").json()
    assert [each["text"] for each in whole["transcript"]] == [
        "Ask d1?",
        "I would put a queue between them.",
        "Ask t1?",
        "First I would ask what they need.",
    ]
    assert whole["candidate_name"] == "alphaworks bob"
    answer = api.get(f"{address}results.csv")
    assert answer["Content-Type"] == "text/csv; charset=utf-8"
    lines = list(csv.DictReader(StringIO(answer.content.decode("utf-8-sig"))))
    assert [(each["criterion"], each["level"], each["note"], each["overall_level"]) for each in lines] == [
        ("depth", "4", "'=1+1", "3.5"),
        ("clarity", "3", "", "3.5"),
    ]


def test_the_report_says_what_was_rated_and_decided(ours: Tenant, api: APIClient, address: str, tmp_path: Any) -> None:
    """What people write is text: nothing of it is read as a command of the typesetter."""
    rate(api, address, notes={"depth": '#panic("x") $x^2$ *bold*'}, note="On the whole fine.")
    api.post(f"{address}decision/", {"decision": "advance", "note": "Second round."}, format="json")
    answer = api.get(f"{address}report.pdf")
    assert (answer.status_code, answer["Content-Type"]) == (200, "application/pdf")
    path = tmp_path / "report.pdf"
    path.write_bytes(answer.content)
    text = "\n".join(page.extract_text() for page in PdfReader(path).pages)
    for words in (
        "alphaworks bob",
        "alphaworks engineer",
        "3.50",
        "Advance",
        "Second round.",
        '#panic("x") $x^2$ *bold*',
        "I would put a queue between them.",
    ):
        assert words in " ".join(text.split()), text


def test_the_report_of_one_who_has_not_rated_hides_the_ratings(
    ours: Tenant, api: APIClient, colleague: APIClient, address: str, tmp_path: Any
) -> None:
    rate(api, address, note="Secret so far.")
    path = tmp_path / "report.pdf"
    path.write_bytes(colleague.get(f"{address}report.pdf").content)
    text = " ".join("\n".join(page.extract_text() for page in PdfReader(path).pages).split())
    assert "Hidden until you have rated the interview yourself." in text
    assert "Secret so far." not in text
    assert "3.50" not in text


def test_a_session_that_expired_can_be_rated(ours: Tenant, api: APIClient) -> None:
    session = hold(ours.company, state="expired", ending="time")
    assert rate(api, f"/api/interviews/{session.interview_id}/").status_code == 201
