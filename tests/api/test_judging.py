"""What the AI gives, through the API: hidden first, then with its evidence, its label, and what people set instead."""

import csv
from io import StringIO
from typing import Any

import pytest
from django.utils import timezone
from pypdf import PdfReader
from rest_framework.test import APIClient

from parley.evaluations.models import Evaluation, Override
from parley.evaluations.operations.judging import judge
from tests.api.tenants import Tenant, assert_problem, unchanged
from tests.judge import REAL, Double

GOOD = {"depth": 4, "clarity": 2}


@pytest.fixture
def address(ours: Tenant, judge_model: Double) -> str:
    """Of an interview that the AI has judged."""
    judge(ours.held_interview.pk, clock=timezone.now)
    return f"/api/interviews/{ours.held_interview.pk}/"


def rate(client: APIClient, address: str) -> None:
    assert client.post(f"{address}reviews/", {"ratings": GOOD}, format="json").status_code == 201


def evaluation(client: APIClient, address: str) -> Any:
    answer = client.get(f"{address}evaluation/")
    assert answer.status_code == 200
    return answer.json()


def override(client: APIClient, address: str, **values: Any) -> Any:
    given = {"criterion": "depth", "level": 5, "reason": "Said more."} | values
    return client.post(f"{address}overrides/", given, format="json")


def test_nothing_of_the_ai_is_shown_before_the_own_ratings(api: APIClient, address: str) -> None:
    found = evaluation(api, address)
    assert (found["status"], found["judge"], found["is_blind"], found["advisory"]) == (
        "needs_ratings",
        "done",
        True,
        True,
    )
    assert (found["overall"], found["ai_overall"], found["ai_agreement"]) == (None, None, None)
    for each in found["criteria"]:
        assert (each["level"], each["ai_level"], each["spread"], each["insufficient"]) == (None, None, None, False)
        assert (each["evidence"], each["reasons"], each["samples"]) == ([], [], [])
    for what in ("results.json", "results.csv", "evaluation/"):
        assert "Names a queue." not in api.get(address + what).content.decode()


def test_levels_come_with_their_evidence(ours: Tenant, api: APIClient, address: str) -> None:
    rate(api, address)
    found = evaluation(api, address)
    assert (found["status"], found["model"], found["samples"]) == ("rated", "openai:local", 3)
    assert (found["overall"], found["ai_overall"], found["people_overall"], found["advisory"]) == (3.0, 3.0, 3.0, True)
    assert found["kit_version_hash"] == ours.held_interview.sessions.get().kit_version.content_hash
    assert found["criteria"][0] == {
        "key": "depth",
        "name": "depth",
        "weight": 1,
        "level": 3.0,
        "level_by": "ai",
        "spread": 0,
        "evidence": [{"turn": 2, "quote": REAL}],
        "insufficient": False,
        "reasons": ["Names a queue."] * 3,
        "samples": [{"outcome": "level", "level": 3, "refused_quotes": 0}] * 3,
        "override": None,
        "ai_level": 3.0,
        "people_level": 4.0,
        "lowest": 4,
        "highest": 4,
        "ratings": 1,
    }
    assert found["ai_agreement"] == {
        "interviews": 1,
        "interviews_needed": 20,
        "needed": 0.6,
        "icc": None,
        "kappa": {"clarity": None, "depth": None},
    }
    assert [each["ratings"] for each in found["ratings"]] == [GOOD]


def test_a_level_that_a_person_sets_is_shown_beside_the_ais(ours: Tenant, api: APIClient, address: str) -> None:
    with unchanged():
        assert_problem(override(api, address), 409, code="rate_first")
    rate(api, address)
    answer = override(api, address)
    assert answer.status_code == 201
    assert (answer.json()["level"], answer.json()["overridden_by_name"]) == (5, "alphaworks company")
    found = evaluation(api, address)
    depth = found["criteria"][0]
    assert (depth["level"], depth["level_by"], depth["ai_level"]) == (5.0, "override", 3.0)
    assert depth["override"]["reason"] == "Said more."
    assert (found["overall"], found["ai_overall"]) == (4.0, 3.0)
    assert override(api, address, level=None).json()["level"] is None
    assert Override.objects.count() == 2


@pytest.mark.parametrize(
    ("values", "field", "code"),
    [
        ({"level": 6}, "level", "invalid"),
        ({"level": "5"}, "level", "invalid"),
        ({"reason": ""}, "reason", "invalid"),
        ({"criterion": "wit"}, "criterion", "unknown_criterion"),
    ],
    ids=["high", "text", "no-reason", "unknown"],
)
def test_what_is_no_override_is_refused(
    values: dict[str, Any], field: str, code: str, api: APIClient, address: str
) -> None:
    rate(api, address)
    with unchanged():
        assert_problem(override(api, address, **values), 400, field, code)


def test_the_ai_is_asked_again_where_it_failed(ours: Tenant, api: APIClient, judge_model: Double) -> None:
    address = f"/api/interviews/{ours.held_interview.pk}/"
    judge_model.fails_after = 0
    judge(ours.held_interview.pk, clock=timezone.now)
    found = evaluation(api, address)
    assert (found["status"], found["judge"], found["advisory"], found["model"]) == (
        "needs_ratings",
        "failed",
        False,
        None,
    )
    attempts = found["judge_attempts"]
    assert {(each["model"], each["problem"]) for each in attempts} == {("openai:local", "server_error")}
    answer = api.post(f"{address}judge/")
    assert (answer.status_code, answer.json()) == (202, {"status": "needs_ratings", "judge": "asked"})
    with unchanged():
        assert_problem(api.post(f"{address}judge/"), 409, code="judge_not_failed")
    judge_model.fails_after = None
    judge(ours.held_interview.pk, clock=timezone.now)
    found = evaluation(api, address)
    assert (found["judge"], found["judge_attempts"]) == ("done", [])


def test_the_table_and_the_report_have_the_ais_levels(api: APIClient, address: str, tmp_path: Any) -> None:
    rate(api, address)
    override(api, address, reason='=#panic("x")')
    lines = list(csv.DictReader(StringIO(api.get(f"{address}results.csv").content.decode("utf-8-sig"))))
    assert [
        (each["criterion"], each["by"], each["reviewer"], each["level"], each["result_level"]) for each in lines
    ] == [
        ("depth", "person", "alphaworks company", "4", "5.0"),
        ("depth", "ai", "AI", "3.0", "5.0"),
        ("clarity", "person", "alphaworks company", "2", "3.0"),
        ("clarity", "ai", "AI", "3.0", "3.0"),
    ]
    ai = lines[1]
    assert (ai["model"], ai["spread"], ai["insufficient"], ai["advisory"]) == ("openai:local", "0", "no", "yes")
    assert (ai["evidence"], ai["override_reason"], ai["overridden_level"]) == (f"turn 2: {REAL}", '\'=#panic("x")', "5")
    path = tmp_path / "report.pdf"
    path.write_bytes(api.get(f"{address}report.pdf").content)
    text = " ".join("\n".join(page.extract_text() for page in PdfReader(path).pages).split())
    for words in ("(advisory)", "Names a queue.", REAL, "(turn 2)", "openai:local", '=#panic("x")', "4.00"):
        assert words in text, text


def test_insufficient_evidence_is_said(ours: Tenant, api: APIClient, judge_model: Double) -> None:
    judge_model.answers = ['{"level": null, "reason": "Nothing said.", "quotes": []}'] * 6
    judge(ours.held_interview.pk, clock=timezone.now)
    address = f"/api/interviews/{ours.held_interview.pk}/"
    rate(api, address)
    found = evaluation(api, address)
    assert [(each["level"], each["insufficient"], each["spread"]) for each in found["criteria"]] == [
        (None, True, None)
    ] * 2
    assert (found["overall"], found["people_overall"]) == (None, 3.0)
    assert Evaluation.objects.get().judge_state == "done"
