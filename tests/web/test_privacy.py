"""The pages for what is kept how long, and for one candidate's data."""

from datetime import timedelta
from pathlib import Path

import pytest
from django.conf import LazySettings
from django.test import Client
from django.utils import timezone

from parley.conversations.models import InterviewSession
from parley.core.models import Event
from parley.evaluations.models import CandidateRequest
from parley.hiring.models import Candidate
from parley.organizations.models import Role, User
from parley.privacy.models import DeletionProof
from parley.privacy.operations.retention import delete_said
from parley.privacy.queries import months_of
from tests.api.tenants import unchanged
from tests.evaluations.held import hold
from tests.factories import CandidateFactory
from tests.privacy.marked import ADDRESS, WORD, marked_candidate, places_of
from tests.privacy.test_retention import held_ago, keep

pytestmark = pytest.mark.django_db(transaction=True)
SETTINGS = "/app/settings/data/"


@pytest.fixture
def candidate(user: User, settings: LazySettings, tmp_path: Path) -> Candidate:
    settings.MEDIA_ROOT = tmp_path
    return marked_candidate(user)


def test_the_rule_is_set_and_taken_back(logged_in: Client, user: User) -> None:
    assert "Nothing yet." in logged_in.get(SETTINGS).content.decode()
    assert user.company_id
    answer = logged_in.post(SETTINGS, {"months": "6"}, follow=True)
    assert "What is past 6 months goes tonight." in answer.content.decode()
    assert months_of(user.company_id) == 6
    with unchanged():
        assert logged_in.post(SETTINGS, {"months": "0"}).status_code == 400
        assert logged_in.post(SETTINGS, {"months": "121"}).status_code == 400
        assert logged_in.post(SETTINGS, {"months": "soon"}).status_code == 400
    logged_in.post(SETTINGS, {"months": ""})
    assert months_of(user.company_id) is None


def test_proofs_are_shown_and_whether_the_chain_is_whole(logged_in: Client, user: User) -> None:
    session = held_ago(user, 100)
    keep(user, 1)
    assert delete_said(company_id=user.company_id or 0, now=timezone.now()) == 1
    proof = DeletionProof.objects.get()
    page = logged_in.get(SETTINGS).content.decode()
    for words in ("1. Past 1 month", "urns of conversations: 4", proof.hash, proof.ids_hash, "The chain is whole"):
        assert words in page
    for address in ("results/", "transcript/"):
        page = logged_in.get(f"/app/interviews/{session.interview_id}/{address}").content.decode()
        assert "was deleted on" in page
    assert "Keep my ratings" not in page


def test_recruiters_do_not_open_it(logged_in: Client, user: User) -> None:
    User.objects.filter(pk=user.pk).update(role=Role.RECRUITER)
    assert logged_in.get(SETTINGS).status_code == 403


def test_the_export_is_a_file_and_kept_in_the_history(logged_in: Client, user: User, candidate: Candidate) -> None:
    assert (
        f"/app/candidates/{candidate.pk}/export/" in logged_in.get(f"/app/candidates/{candidate.pk}/").content.decode()
    )
    answer = logged_in.get(f"/app/candidates/{candidate.pk}/export/")
    assert (answer.status_code, answer["Content-Type"], answer.content[:2]) == (200, "application/zip", b"PK")
    assert Event.objects.get(type="candidate.exported").actor_id == user.pk


def test_deleting_asks_for_the_address(logged_in: Client, candidate: Candidate) -> None:
    address = f"/app/candidates/{candidate.pk}/erase/"
    assert address in logged_in.get(f"/app/candidates/{candidate.pk}/").content.decode()
    with unchanged():
        assert "This cannot be undone." in logged_in.get(address).content.decode()
        for typed in ("", "other@example.org"):
            assert logged_in.post(address, {"email": typed}).status_code == 400
    done = logged_in.post(address, {"email": ADDRESS})
    assert (done.status_code, done["Location"]) == (302, f"/app/candidates/{candidate.pk}/")
    assert places_of(WORD) == {}
    page = logged_in.get(f"/app/candidates/{candidate.pk}/").content.decode()
    assert "The data of this candidate were deleted on" in page
    assert address not in page
    assert f"Candidate number {candidate.pk}, on request" in logged_in.get(SETTINGS).content.decode()


def test_recruiters_export_and_do_not_delete(logged_in: Client, user: User) -> None:
    User.objects.filter(pk=user.pk).update(role=Role.RECRUITER)
    candidate = CandidateFactory(company=user.company)
    page = logged_in.get(f"/app/candidates/{candidate.pk}/").content.decode()
    assert f"/app/candidates/{candidate.pk}/export/" in page
    assert f"/app/candidates/{candidate.pk}/erase/" not in page
    with unchanged():
        assert logged_in.get(f"/app/candidates/{candidate.pk}/erase/").status_code == 403
        assert logged_in.post(f"/app/candidates/{candidate.pk}/erase/", {"email": candidate.email}).status_code == 403


def test_requests_are_answered_on_the_results(logged_in: Client, user: User) -> None:
    assert user.company
    session: InterviewSession = hold(user.company)
    address = f"/app/interviews/{session.interview_id}/results/"
    assert logged_in.post(f"{address}answer/", {"kind": "review", "answer": "No."}).status_code == 404
    for kind in ("explanation", "review"):
        CandidateRequest.objects.create(
            company=user.company,
            session=session,
            kind=kind,
            message=f"My {kind}?",
            created_at=timezone.now() - timedelta(days=1),
        )
    page = logged_in.get(address).content.decode()
    for words in ("The candidate asks for an explanation", "My explanation?", "My review?", "Send the answer"):
        assert words in page
    refused = logged_in.post(f"{address}answer/", {"kind": "review", "answer": " "})
    assert refused.status_code == 400
    assert "Write what the candidate shall read." in refused.content.decode()
    assert logged_in.post(f"{address}answer/", {"answer": ""}).status_code == 400
    done = logged_in.post(f"{address}answer/", {"kind": "review", "answer": "I looked again."})
    assert (done.status_code, done["Location"]) == (302, address)
    request = CandidateRequest.objects.get(kind="review")
    assert (request.state, request.answer, request.answered_by) == ("answered", "I looked again.", user)
    assert "I looked again." in logged_in.get(address).content.decode()
