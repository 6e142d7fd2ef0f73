"""How long things are kept, what was deleted, and one candidate's data, through the API."""

import io
import json
import zipfile
from pathlib import Path
from typing import Any

import pytest
from django.conf import LazySettings
from django.utils import timezone
from rest_framework.test import APIClient

from parley.conversations.models import InterviewSession
from parley.core.models import Event
from parley.evaluations.models import Review
from parley.hiring.models import Candidate
from parley.organizations.models import User
from parley.privacy.models import DeletionProof
from parley.privacy.operations.retention import delete_said
from tests.api.tenants import assert_problem, client_for, unchanged
from tests.evaluations.test_operations import rate
from tests.factories import UserFactory
from tests.privacy.marked import ADDRESS, WORD, marked_candidate, places_of
from tests.privacy.test_retention import held_ago

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def user(db: None) -> User:
    return UserFactory(full_name="Rosa Recruiter")


@pytest.fixture
def api(user: User) -> APIClient:
    return client_for(user)


@pytest.fixture
def candidate(user: User, settings: LazySettings, tmp_path: Path) -> Candidate:
    settings.MEDIA_ROOT = tmp_path
    return marked_candidate(user)


def test_retention_is_read_and_set(api: APIClient, user: User) -> None:
    address = f"/api/companies/{user.company_id}/retention/"
    assert api.get(address).json() == {"months": None}
    assert api.patch(address, {"months": 6}, format="json").json() == {"months": 6}
    with unchanged():
        assert_problem(api.patch(address, {"months": 0}, format="json"), 400, "months")
        assert_problem(api.patch(address, {}, format="json"), 400, "months")
    assert api.patch(address, {"months": None}, format="json").json() == {"months": None}


def test_only_company_users_set_it(user: User) -> None:
    recruiter = client_for(UserFactory(company=user.company, role="recruiter"))
    address = f"/api/companies/{user.company_id}/retention/"
    with unchanged():
        assert_problem(recruiter.patch(address, {"months": 6}, format="json"), 403)
    assert recruiter.get(address).json() == {"months": None}


def test_proofs_are_listed_and_what_was_deleted_is_said_to_be(api: APIClient, user: User) -> None:
    session = held_ago(user, 100)
    company = f"/api/companies/{user.company_id}/"
    api.patch(f"{company}retention/", {"months": 1}, format="json")
    assert delete_said(company_id=user.company_id or 0, now=timezone.now()) == 1
    answer = api.get(f"{company}deletions/")
    proof = DeletionProof.objects.get()
    assert answer["X-Total-Count"] == "1"
    assert answer.json() == [
        {
            "id": str(proof.pk),
            "company": user.company_id,
            "number": 1,
            "reason": "retention",
            "rule": {"months": 1},
            "counts": {"decision_notes": 1, "drafts": 1, "feedback": 1, "review_notes": 1, "turns": 4},
            "ids_hash": proof.ids_hash,
            "previous_hash": "0" * 64,
            "hash": proof.hash,
            "created_at": proof.content()["created_at"],
        }
    ]
    address = f"/api/interviews/{session.interview_id}/"
    deleted = InterviewSession.objects.get().said_deleted_at
    assert deleted is not None
    for what in ("session/", "evaluation/", "results.json"):
        assert api.get(f"{address}{what}").json()["said_deleted_at"] is not None
    assert api.get(f"{address}transcript/").json()["session"]["said_deleted_at"] is not None
    assert api.get(f"{address}transcript/").json()["turns"] == []


def archive(answer: Any) -> tuple[dict[str, Any], zipfile.ZipFile]:
    assert (answer.status_code, answer["Content-Type"]) == (200, "application/zip")
    files = zipfile.ZipFile(io.BytesIO(answer.content))
    return json.loads(files.read("candidate.json")), files


def test_the_export_has_all_texts_and_no_secret(api: APIClient, user: User, candidate: Candidate) -> None:
    answer = api.get(f"/api/candidates/{candidate.pk}/export/")
    whole, files = archive(answer)
    assert sorted(files.namelist()) == ["candidate.json", "resume.pdf"]
    assert files.read("resume.pdf") == b"%PDF-1.7"
    assert answer["Content-Disposition"] == f'attachment; filename="candidate-{candidate.pk}.zip"'
    text = json.dumps(whole)
    for said in (
        "Miller",
        "domain",
        "role",
        "I am Xyzzyqvark",
        "was good",
        "comes by train",
        "is ill",
        "is not there",
        "was called",
        "was invited",
        "My name is Xyzzyqvark",
        "begins",
        "liked it",
        "knows queues",
        "is clear",
        "shall go on",
        "Why, asks",
        "Because,",
        "prefers people",
    ):
        assert said in text, said
    held = whole["interviews"][0]["sessions"][0]
    assert [each["ratings"] for each in held["ratings"]] == [{"depth": 4, "clarity": 3}]
    assert held["consented_at"] is not None
    assert [each["kind"] for each in whole["mails"]] == ["invitation", "invitation"]
    assert "interview.hours_stated" in [each["type"] for each in whole["history"]]
    assert set(whole["interviews"][1]["links"][0]) == {
        "ai_interview_type",
        "timezone",
        "created_at",
        "expires_at",
        "revoked_at",
    }
    assert "f" * 64 not in text
    event = Event.objects.get(type="candidate.exported")
    assert (event.object_id, event.actor_id, event.after) == (str(candidate.pk), user.pk, None)


def test_whoever_has_exported_does_not_rate_blind(api: APIClient, user: User) -> None:
    session = held_ago(user, 1)
    Review.objects.all().delete()
    session.evaluation.decisions.all().delete()
    type(session.evaluation).objects.update(state="needs_ratings")
    recruiter = UserFactory(company=user.company, role="recruiter")
    client_for(recruiter).get(f"/api/candidates/{session.interview.candidate_id}/export/")
    assert rate(session, recruiter).was_blind is False
    assert rate(session, user).was_blind is True


def test_erasing_answers_with_the_proof_and_again_with_the_same(api: APIClient, candidate: Candidate) -> None:
    address = f"/api/candidates/{candidate.pk}/erase/"
    with unchanged():
        assert_problem(api.post(address, {"email": "other@example.org"}, format="json"), 400, "email", "not_confirmed")
        assert_problem(api.post(address, {}, format="json"), 400, "email")
    answer = api.post(address, {"email": ADDRESS.upper()}, format="json")
    proof = DeletionProof.objects.get()
    assert (answer.status_code, answer.json()["hash"]) == (200, proof.hash)
    assert places_of(WORD) == {}
    with unchanged():
        again = api.post(address, {"email": ADDRESS}, format="json")
    assert again.json() == answer.json()
    shown = api.get(f"/api/candidates/{candidate.pk}/").json()
    assert (shown["full_name"], shown["resume"]) == ("Deleted candidate", None)
    assert_problem(api.delete(f"/api/candidates/{candidate.pk}/"), 409, code="in_use")


def test_under_a_key_the_answer_stays(api: APIClient, candidate: Candidate) -> None:
    address = f"/api/candidates/{candidate.pk}/erase/"
    answers = [
        api.post(address, {"email": ADDRESS}, format="json", headers={"Idempotency-Key": "once"}) for _ in range(2)
    ]
    assert [answer.status_code for answer in answers] == [200, 200]
    assert answers[0].content == answers[1].content
    assert answers[1]["Idempotency-Replayed"] == "true"
    assert places_of(WORD) == {}


def test_recruiters_export_and_do_not_erase(user: User, candidate: Candidate) -> None:
    recruiter = client_for(UserFactory(company=user.company, role="recruiter"))
    assert recruiter.get(f"/api/candidates/{candidate.pk}/export/").status_code == 200
    with unchanged():
        answer = recruiter.post(f"/api/candidates/{candidate.pk}/erase/", {"email": ADDRESS}, format="json")
    assert_problem(answer, 403)
