"""The candidate's calls, on a real server where it matters: streams, the same and other answers at once."""

import json
from typing import Any

import httpx
import pytest
from django.db import connection
from django.utils import timezone
from rest_framework.test import APIClient

from parley.conversations.models import Turn
from parley.conversations.operations.speaking import next_words
from parley.conversations.rules.consent import NOTICE, VERSION
from parley.organizations.models import Company
from tests.conversations.conftest import Booked, make_booked, make_kit
from tests.factories import CompanyFactory, UserFactory
from tests.live import all_at_once, client, codes, live_server

ANSWER = "We wrote to a queue and another service read from it until the queue was empty."


@pytest.fixture
def soon(company: Company, kit: Any) -> Booked:
    """An interview that begins now."""
    return make_booked(company, timezone.now().replace(microsecond=0))


def calls(soon: Booked) -> str:
    return f"/api/public/interviews/{soon.token}"


def begin(soon: Booked) -> Any:
    body = {"consent_version": VERSION, "accepted": True}
    answer = APIClient().post(f"{calls(soon)}/session/start/", body, format="json")
    assert answer.status_code == 200, answer.content
    return answer.json()


@pytest.mark.django_db
def test_an_interview_by_the_api(soon: Booked) -> None:
    api, base = APIClient(), calls(soon)
    waiting = api.get(f"{base}/session/").json()
    assert (waiting["state"], waiting["consent_version"], waiting["notice"]) == ("waiting", VERSION, list(NOTICE))
    assert (waiting["turns"], waiting["language"], waiting["time_left_seconds"]) == ([], None, None)
    begun = begin(soon)
    assert (begun["state"], begun["language"], begun["introduction"]) == ("running", "en", "Hello.")
    assert (begun["questions_total"], begun["questions_asked"]) == (4, 1)
    assert 1795 <= begun["time_left_seconds"] <= 1800
    assert [(turn["role"], turn["kind"], turn["text"], turn["answer"]) for turn in begun["turns"]] == [
        ("interviewer", "question", "Ask d1?", "text")
    ]
    assert api.put(f"{base}/session/draft/", {"text": " half a"}, format="json").status_code == 204
    assert api.get(f"{base}/session/").json()["draft"] == " half a"
    body = {"client_id": "a", "text": ANSWER, "turn": begun["turns"][0]["id"]}
    said = api.post(f"{base}/session/answers/", body, format="json")
    assert (said.status_code, said.json()["text"], said.json()["number"]) == (200, "Ask d2?", 3)
    assert api.post(f"{base}/session/answers/", body, format="json").json() == said.json()
    refused = api.post(f"{base}/session/answers/", body | {"client_id": "b"}, format="json")
    assert (refused.status_code, refused.json()["code"]) == (409, "answered_already")
    asked = api.post(f"{base}/session/human/", {"message": "Rather a person."}, format="json").json()
    assert asked["human_requested_at"] is not None
    assert api.post(f"{base}/feedback/", {"rating": 3}, format="json").json()["code"] == "session_not_over"
    over = api.post(f"{base}/session/finish/", {}, format="json").json()
    assert (over["state"], over["time_left_seconds"], len(over["turns"])) == ("finished", None, 3)
    feedback = api.post(f"{base}/feedback/", {"rating": 3, "text": "Fair."}, format="json").json()
    assert (feedback["rating"], feedback["text"]) == (3, "Fair.")


@pytest.mark.django_db
def test_begun_under_an_idempotency_key_it_begins_once(soon: Booked) -> None:
    body, headers = {"consent_version": VERSION, "accepted": True}, {"Idempotency-Key": "begin"}
    first, second = [
        APIClient().post(f"{calls(soon)}/session/start/", body, format="json", headers=headers) for _ in range(2)
    ]
    assert (first.status_code, len(first.json()["turns"])) == (200, 1)
    assert (second.content, second["Idempotency-Replayed"]) == (first.content, "true")
    assert soon.events() == ["interview.started"]


@pytest.mark.django_db
def test_what_is_refused_changes_nothing(soon: Booked) -> None:
    api, base = APIClient(), calls(soon)
    refusals = [
        (api.post(f"{base}/session/start/", {"consent_version": VERSION, "accepted": False}, format="json"), 400),
        (api.post(f"{base}/session/start/", {"consent_version": "old", "accepted": True}, format="json"), 409),
        (api.post(f"{base}/session/start/", {"accepted": True}, format="json"), 400),
        (api.post(f"{base}/session/answers/", {"client_id": "a", "text": "x"}, format="json"), 404),
        (api.put(f"{base}/session/draft/", {"text": "x"}, format="json"), 404),
        (api.post(f"{base}/session/finish/", {}, format="json"), 404),
        (api.post(f"{base}/feedback/", {"rating": 9}, format="json"), 400),
    ]
    assert [answer.status_code for answer, _ in refusals] == [status for _, status in refusals]
    assert (soon.events(), Turn.objects.count()) == ([], 0)


@pytest.mark.django_db
def test_the_company_reads_session_and_transcript(soon: Booked, company: Company) -> None:
    api, where = APIClient(), f"/api/interviews/{soon.interview.pk}"
    api.force_authenticate(UserFactory(company=company))
    assert api.get(f"{where}/session/").json()["code"] == "session_not_found"
    assert api.post(f"{where}/grant_time/", {"extra_minutes": 10}, format="json").json()["extra_minutes"] == 10
    begin(soon)
    session = api.get(f"{where}/session/").json()
    assert (session["state"], session["minutes"], session["extra_minutes"], session["ending"]) == (
        "running",
        30,
        10,
        None,
    )
    assert session["kit_version_hash"] == soon.session.kit_version.content_hash
    transcript = api.get(f"{where}/transcript/").json()
    assert [turn["text"] for turn in transcript["turns"]] == ["Ask d1?"]
    assert transcript["session"] == session
    asked = transcript["turns"][0]
    assert (asked["interviewer"], asked["model"], asked["question_key"]) == ("scripted", "", "d1")
    assert (asked["input_tokens"], asked["output_tokens"], asked["cost_micros"], asked["attempts"]) == (0, 0, 0, [])
    assert asked["first_token_ms"] <= asked["total_ms"]
    assert soon.events() == ["interview.time_extended", "interview.started", "interview.transcript_read"]


def events(text: str) -> list[tuple[str, Any]]:
    found = []
    for block in text.strip().split("\n\n"):
        name, data = block.split("\n")
        found.append((name.removeprefix("event: "), json.loads(data.removeprefix("data: "))))
    return found


@pytest.mark.django_db(transaction=True)
def test_streams_and_answers_at_once() -> None:
    company = CompanyFactory()
    make_kit(company)
    soon = make_booked(company, timezone.now().replace(microsecond=0))
    with live_server(workers=1) as address, client(address, UserFactory(company=company)) as http:
        base = f"{address}{calls(soon)}"
        begun = http.post(f"{base}/session/start/", json={"consent_version": VERSION, "accepted": True}).json()
        question = begun["turns"][0]["id"]

        def send(key: str) -> httpx.Response:
            body = {"client_id": key, "text": ANSWER, "turn": question}
            return http.post(f"{base}/session/answers/", json=body)

        same = all_at_once([lambda: send("same")] * 6)
        assert {answer.status_code for answer in same} == {200}
        assert len({answer.json()["id"] for answer in same}) == 1
        assert soon.said() == [("question", "Ask d1?"), ("answer", ANSWER), ("question", "Ask d2?")]
        question = same[0].json()["id"]
        keys = [f"key-{number}" for number in range(6)]
        others = all_at_once([lambda key=key: send(key) for key in keys])  # type: ignore[misc]
        assert codes(others) == [(200, None), *[(409, "answered_already")] * 5]
        assert [text for _, text in soon.said()][3:] == [ANSWER, "Ask t1?"]
        body = {"client_id": "streamed", "text": "I did."}
        streamed = http.post(f"{base}/session/answers/", json=body, headers={"Accept": "text/event-stream"})
        assert streamed.headers["content-type"] == "text/event-stream"
        told = events(streamed.text)
        assert [name for name, _ in told] == ["turn", "delta", "delta", "done"]
        assert told[0][1]["text"] == "I did."
        assert "".join(data["text"] for name, data in told if name == "delta") == "Ask t2?"
        assert told[-1][1]["turn"]["text"] == "Ask t2?"
        again = http.post(f"{base}/session/answers/", json=body, headers={"Accept": "text/event-stream"})
        assert events(again.text)[-1] == told[-1]
        assert len(soon.said()) == 7


@pytest.mark.django_db(transaction=True)
def test_no_connection_is_held_while_the_interviewer_speaks() -> None:
    company = CompanyFactory()
    make_kit(company)
    soon = make_booked(company)
    session = soon.begin()
    soon.answer(ANSWER)
    assert connection.connection is not None
    words = next_words(session.pk, now=soon.now)
    assert next(words) == "Ask "
    assert connection.connection is None
    assert [each for each in words if isinstance(each, Turn)] == [Turn.objects.get(number=3)]
