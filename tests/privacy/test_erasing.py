"""Deleting a candidate's data: nothing that tells who it was is left anywhere, and what is no person's stays."""

import os
import threading
from datetime import timedelta
from pathlib import Path

import pytest
from django.conf import LazySettings
from django.db import connection
from django.utils import timezone

from parley.conversations.models import InterviewSession, SessionFeedback, Turn
from parley.core.errors import Conflict, Forbidden, Invalid, NotFound
from parley.core.idempotency import Answer, once
from parley.core.models import Event
from parley.evaluations.models import CandidateRequest, Decision, Review
from parley.hiring.models import Candidate, Resume
from parley.hiring.operations.candidates import update_candidate
from parley.interviews.links import LinkOver, open_link
from parley.interviews.models import Interview, InterviewLink, InterviewSchedule, InterviewSlot, WaitlistEntry
from parley.interviews.operations.booking import book_interview
from parley.interviews.operations.inviting import invite_to_job
from parley.interviews.operations.links import invite_candidate
from parley.notifications.models import Message
from parley.notifications.reader import plan_mails
from parley.organizations.models import Role, User
from parley.privacy.models import DeletionProof
from parley.privacy.operations.erasing import drop_left_files, erase_candidate
from parley.privacy.queries import broken_proofs
from parley.webhooks.models import WebhookDelivery
from tests.api.tenants import make_tenant, unchanged
from tests.factories import CandidateFactory, InterviewFactory, SlotFactory, UserFactory
from tests.privacy.marked import ADDRESS, WORD, marked_candidate, places_of

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def user(db: None) -> User:
    return UserFactory(full_name="Rosa Recruiter")


@pytest.fixture
def files(settings: LazySettings, tmp_path: Path) -> Path:
    settings.MEDIA_ROOT = tmp_path
    return tmp_path


@pytest.fixture
def candidate(user: User, files: Path) -> Candidate:
    return marked_candidate(user)


def erase(candidate: Candidate, user: User, email: str = ADDRESS) -> DeletionProof:
    return erase_candidate(candidate_id=candidate.pk, email=email, actor=user, now=timezone.now())


def test_the_word_is_in_every_text_about_the_candidate_and_then_in_none(
    candidate: Candidate, user: User, files: Path
) -> None:
    assert sorted(places_of(WORD)) == [
        "conversations_interviewsession.draft",
        "conversations_sessionfeedback.text",
        "conversations_turn.attempts",
        "conversations_turn.client_id",
        "conversations_turn.text",
        "core_event.after",
        "core_event.before",
        "django_admin_log.change_message",
        "django_admin_log.object_repr",
        "evaluations_candidaterequest.answer",
        "evaluations_candidaterequest.message",
        "evaluations_decision.note",
        "evaluations_review.note",
        "evaluations_review.notes",
        "hiring_candidate.domain",
        "hiring_candidate.email",
        "hiring_candidate.full_name",
        "hiring_candidate.phone",
        "hiring_candidate.poc_email",
        "hiring_candidate.role",
        "hiring_importrow.cells",
        "hiring_importrow.problems",
        "hiring_importrow.values",
        "hiring_resume.emails",
        "hiring_resume.filename",
        "hiring_resume.full_name",
        "hiring_resume.links",
        "hiring_resume.phones",
        "hiring_resume.text",
        "interviews_interview.candidate_hours",
        "interviews_interview.feedback",
        "interviews_interview.interview_round",
        "interviews_interviewconflict.conflict_details",
        "interviews_interviewconflict.resolution_notes",
        "interviews_interviewlink.nonce",
        "interviews_interviewlink.timezone",
        "interviews_interviewschedule.booking_notes",
        "interviews_interviewschedule.cancellation_reason",
        "interviews_interviewslot.notes",
        "interviews_invitationrow.reason",
        "notifications_message.last_error",
        "notifications_message.recipient",
        "webhooks_webhookattempt.answer_body",
        "webhooks_webhookattempt.answer_headers",
        "webhooks_webhookdelivery.body",
    ]
    assert len(list(files.rglob("*.pdf"))) == 1
    erase(candidate, user)
    assert places_of(WORD) == {}
    assert list(files.rglob("*.pdf")) == []


def test_figures_states_and_times_stay(candidate: Candidate, user: User) -> None:
    before = InterviewSession.objects.get()
    erase(candidate, user)
    session = InterviewSession.objects.get()
    kept = ("state", "ending", "consented_at", "started_at", "ended_at", "consent_version", "plan")
    assert {name: getattr(session, name) for name in kept} == {name: getattr(before, name) for name in kept}
    assert session.said_deleted_at is not None
    assert not Turn.objects.exists()
    assert SessionFeedback.objects.get().rating == 4
    assert Review.objects.get().levels == {"depth": 4, "clarity": 3}
    decision = Decision.objects.get()
    assert (decision.verdict, decision.note, decision.decided_by) == ("advance", "", user)
    assert CandidateRequest.objects.get().state == "answered"
    candidate.refresh_from_db()
    assert (candidate.full_name, candidate.email) == ("Deleted candidate", f"deleted-{candidate.pk}@deleted.invalid")
    assert candidate.erased_at is not None
    event = Event.objects.get(type="interview.hours_stated")
    assert (event.before, event.after) == ({}, {"status": "scheduled", "said": ["[deleted]"]})
    assert WebhookDelivery.objects.get().body.startswith('{"type":"interview.hours_stated","data":{"interview_id":')


def test_what_is_open_is_cancelled_and_its_place_is_free(candidate: Candidate, user: User) -> None:
    schedule = InterviewSchedule.objects.get(interview__status="scheduled")
    erase(candidate, user)
    schedule.refresh_from_db()
    assert (schedule.status, schedule.cancelled_by) == ("cancelled", user)
    slot = InterviewSlot.objects.get(pk=schedule.slot_id)
    assert (slot.status, slot.current_bookings) == ("available", 0)
    assert sorted(Interview.objects.values_list("status", flat=True)) == ["cancelled", "cancelled", "completed"]
    assert WaitlistEntry.objects.get().status == "left"
    assert InterviewLink.objects.get().revoked_at is not None
    assert Event.objects.filter(type="interview.cancelled").count() == 2


def test_the_link_ends_and_nobody_is_written_to(user: User) -> None:
    now = timezone.now()
    candidate = CandidateFactory(company=user.company, email=ADDRESS)
    interview = InterviewFactory(candidate=candidate)
    made = invite_candidate(
        interview_id=interview.pk, interview_type="", valid_for=timedelta(days=3), actor=user, now=now
    )
    erase(candidate, user)
    with pytest.raises(LinkOver) as refused:
        open_link(made.link, now=now)
    assert refused.value.code == "link_revoked"
    plan_mails(list(Event.objects.order_by("id")), now)
    assert not Message.objects.exists()


def test_mails_that_wait_are_not_sent(candidate: Candidate, user: User) -> None:
    erase(candidate, user)
    assert sorted(Message.objects.values_list("state", "recipient")) == [
        ("sent", "deleted@deleted.invalid"),
        ("skipped", "deleted@deleted.invalid"),
    ]


def test_the_proof_counts_and_its_hash_holds(candidate: Candidate, user: User) -> None:
    proof = erase(candidate, user)
    assert (proof.number, proof.reason, proof.rule) == (1, "request", {"candidate": candidate.pk})
    assert proof.counts == {
        "admin_log": 1,
        "bookings": 1,
        "candidates": 1,
        "conflicts": 1,
        "decision_notes": 1,
        "drafts": 1,
        "events": 1,
        "feedback": 1,
        "import_rows": 2,
        "interview_notes": 1,
        "interviews": 1,
        "invitations": 1,
        "links": 1,
        "mails": 2,
        "requests": 1,
        "resumes": 1,
        "review_notes": 1,
        "texts_with_the_name": 2,
        "turns": 4,
        "webhook_deliveries": 1,
        "wishes_for_a_person": 1,
    }
    assert user.company_id
    assert broken_proofs(user.company_id) == []
    told = Event.objects.get(type="deletion.proven")
    assert (told.object_id, told.actor_id) == (str(proof.pk), user.pk)
    assert told.after is not None
    assert told.after["hash"] == proof.hash
    assert Event.objects.filter(type="candidate.erased", object_id=str(candidate.pk), actor_id=user.pk).count() == 1


def test_once_more_changes_nothing(candidate: Candidate, user: User) -> None:
    proof = erase(candidate, user)
    with unchanged():
        assert erase(candidate, user) == proof
        assert erase(candidate, user, "") == proof


def test_what_is_written_afterwards_goes_the_next_time(candidate: Candidate, user: User) -> None:
    first = erase(candidate, user)
    Interview.objects.filter(status="completed").update(feedback=f"{WORD}, I remember")
    second = erase(candidate, user, "")
    assert (second.number, second.counts, second.previous_hash) == (2, {"interview_notes": 1}, first.hash)
    assert places_of(WORD) == {}


def test_answers_kept_under_a_key_are_gone_and_the_key_stays(candidate: Candidate, user: User) -> None:
    other = CandidateFactory(company=user.company, full_name="Ada Lovelace")

    def ask(key: str, body: str) -> tuple[Answer, bool]:
        return once(
            scope=f"user:{user.pk}",
            key=key,
            fingerprint=key,
            now=timezone.now(),
            run=lambda: Answer(201, body.encode()),
        )

    ask("one", f'{{"full_name": "{WORD} Miller"}}')
    ask("two", f'{{"full_name": "{other.full_name}"}}')
    assert erase(candidate, user).counts["kept_answers"] == 1
    answer, repeated = ask("one", "{}")
    assert (answer.status, repeated) == (410, True)
    assert WORD.encode() not in answer.body
    assert b"answer_deleted" in answer.body
    assert ask("two", "{}") == (Answer(201, b'{"full_name": "Ada Lovelace"}'), True)


@pytest.mark.parametrize("email", ["", "other@example.org", WORD])
def test_who_it_is_must_be_confirmed(email: str, candidate: Candidate, user: User) -> None:
    with unchanged(), pytest.raises(Invalid) as refused:
        erase(candidate, user, email)
    assert refused.value.code == "not_confirmed"


@pytest.mark.parametrize("role", [Role.RECRUITER, Role.HIRING_AGENCY])
def test_only_company_users_delete(role: str, candidate: Candidate, user: User) -> None:
    colleague = UserFactory(company=user.company, role=role)
    with unchanged(), pytest.raises(Forbidden):
        erase(candidate, colleague)


def test_another_company_finds_nobody(candidate: Candidate) -> None:
    stranger = UserFactory()
    with unchanged(), pytest.raises(NotFound):
        erase(candidate, stranger)


def test_who_is_being_interviewed_is_not_deleted(candidate: Candidate, user: User) -> None:
    Interview.objects.filter(status="scheduled", schedules__isnull=False).update(status="in_progress")
    with unchanged(), pytest.raises(Conflict) as refused:
        erase(candidate, user)
    assert refused.value.code == "interview_started"


def test_nothing_of_others_is_touched(candidate: Candidate, user: User) -> None:
    tenant = make_tenant("abcde")
    mine = CandidateFactory(company=user.company, full_name="Ada Lovelace")
    InterviewFactory(candidate=mine, feedback="Good.")
    before = places_of("abcde")
    erase(candidate, user)
    assert places_of("abcde") == before
    assert Interview.objects.get(candidate=mine).feedback == "Good."
    assert Resume.objects.filter(candidate=tenant.candidate).exists()


def test_nothing_new_is_kept_of_a_deleted_candidate(candidate: Candidate, user: User) -> None:
    erase(candidate, user)
    now = timezone.now()
    cancelled = Interview.objects.filter(candidate=candidate, status="cancelled").first()
    assert cancelled
    slot = SlotFactory(company=user.company)
    tries = (
        lambda: update_candidate(candidate_id=candidate.pk, fields={"full_name": WORD}, actor=user, now=now),
        lambda: book_interview(interview_id=cancelled.pk, slot_id=slot.pk, notes="", actor=user, now=now),
        lambda: invite_to_job(
            candidate_id=candidate.pk,
            job_id=None,
            interview_round="Next",
            interview_type="",
            valid_for=timedelta(days=3),
            actor=user,
            now=now,
        ),
    )
    with unchanged():
        for attempt in tries:
            with pytest.raises(Conflict) as refused:
                attempt()
            assert refused.value.code == "candidate_erased"


def test_files_left_by_a_process_that_died_go_the_next_day(candidate: Candidate, user: User, files: Path) -> None:
    erase(candidate, user)
    folder = files / "resumes" / str(candidate.pk)
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "left.pdf").write_bytes(b"%PDF")
    other = files / "resumes" / "0"
    other.mkdir()
    (other / "kept.pdf").write_bytes(b"%PDF")
    drop_left_files(now=timezone.now())
    assert [path.name for path in files.rglob("*.pdf")] == ["kept.pdf"]
    assert os.listdir(folder) == []


def test_two_at_once_make_one_proof(candidate: Candidate, user: User) -> None:
    proofs: list[DeletionProof] = []

    def act() -> None:
        try:
            proofs.append(erase(candidate, user))
        finally:
            connection.close()

    threads = [threading.Thread(target=act) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(proofs) == 2
    assert DeletionProof.objects.count() == 1
    assert places_of(WORD) == {}
