"""What was said is deleted when its time is over, with a proof that cannot be changed."""

import hashlib
import threading
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.db import DatabaseError, connection
from django.utils import timezone

from parley.conversations.models import InterviewSession, SessionFeedback, Turn
from parley.conversations.operations.asking import ask_for_human, give_feedback
from parley.core.errors import Conflict, Forbidden, Invalid, NotFound
from parley.core.models import Event
from parley.evaluations.export import whole_values
from parley.evaluations.models import Decision, Review
from parley.evaluations.operations.reviews import submit_review
from parley.evaluations.queries import results_of
from parley.evaluations.report import report_values
from parley.interviews.models import InterviewConflict, InterviewSchedule
from parley.interviews.operations.links import invite_candidate
from parley.organizations.models import Role, User
from parley.privacy import tasks
from parley.privacy.models import DeletionProof, RetentionPolicy
from parley.privacy.operations import retention
from parley.privacy.operations.retention import delete_said, set_retention
from parley.privacy.queries import broken_proofs, months_of
from parley.privacy.rules.proofs import FIRST, chained, ids_hash
from parley.privacy.rules.retention import cutoff
from tests.api.tenants import unchanged
from tests.conversations.conftest import make_booked, make_kit
from tests.evaluations.held import hold, version_of
from tests.evaluations.test_operations import rate, settle
from tests.factories import CompanyFactory, UserFactory

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def user(db: None) -> User:
    return UserFactory(full_name="Rosa Recruiter")


def keep(user: User, months: int | None) -> RetentionPolicy:
    assert user.company_id
    return set_retention(company_id=user.company_id, months=months, actor=user, now=timezone.now())


def held_ago(user: User, days: int, **fields: Any) -> InterviewSession:
    """An interview that ended so many days ago, rated and decided with notes."""
    assert user.company
    session = hold(user.company, version=version_of(user.company, name=f"Kit {days}"))
    rate(session, user, notes={"depth": "Knows queues."}, note="Clear.")
    settle(session, user, note="Second round.")
    SessionFeedback.objects.create(session=session, rating=5, text="I liked it.", created_at=timezone.now())
    ended = timezone.now() - timedelta(days=days)
    InterviewSession.objects.filter(pk=session.pk).update(ended_at=ended, draft="I would", **fields)
    session.refresh_from_db()
    return session


def run(user: User) -> int:
    assert user.company_id
    return delete_said(company_id=user.company_id, now=timezone.now())


@pytest.mark.parametrize(
    ("now", "months", "then"),
    [
        ((2027, 3, 31), 1, (2027, 2, 28)),
        ((2028, 3, 31), 1, (2028, 2, 29)),
        ((2027, 1, 15), 1, (2026, 12, 15)),
        ((2027, 1, 15), 25, (2024, 12, 15)),
        ((2028, 2, 29), 12, (2027, 2, 28)),
    ],
)
def test_months_are_those_of_the_calendar(now: tuple[int, int, int], months: int, then: tuple[int, int, int]) -> None:
    assert cutoff(months, now=datetime(*now, 4, 5, 6, tzinfo=UTC)) == datetime(*then, 4, 5, 6, tzinfo=UTC)


def test_nothing_is_deleted_by_default(user: User) -> None:
    held_ago(user, 4000)
    with unchanged():
        assert run(user) == 0
        tasks.delete_old(0)


def test_words_go_and_levels_states_and_times_stay(user: User) -> None:
    session = held_ago(user, 100)
    young = held_ago(user, 20)
    keep(user, 1)
    assert run(user) == 1
    before, session = session, InterviewSession.objects.get(pk=session.pk)
    assert session.said_deleted_at is not None
    kept = ("state", "ending", "started_at", "ended_at", "consented_at", "plan", "kit_version_id")
    assert all(getattr(session, name) == getattr(before, name) for name in kept)
    assert (session.draft, session.feedback.rating, session.feedback.text) == ("", 5, "")
    assert session.turns.count() == 0
    review = Review.objects.get(evaluation__session=session)
    assert (review.levels, review.notes, review.note) == ({"depth": 4, "clarity": 3}, {}, "")
    decision = Decision.objects.get(evaluation__session=session)
    assert (decision.verdict, decision.note, decision.decided_by) == ("advance", "", user)
    young.refresh_from_db()
    assert (young.said_deleted_at, young.draft, young.turns.count()) == (None, "I would", 4)
    assert Review.objects.get(evaluation__session=young).note == "Clear."


def test_what_was_written_to_ask_for_a_person_goes_also_where_nothing_was_held(user: User) -> None:
    """The candidate asked before the interview, which nobody began, and for which no other end was set."""
    assert user.company
    make_kit(user.company)
    booked = make_booked(user.company)
    ask_for_human(token=booked.token, message="I am deaf.", now=booked.now)
    past = timezone.now() - timedelta(days=100)
    InterviewSchedule.objects.update(start_time=past - timedelta(hours=1), end_time=past)
    keep(user, 6)
    assert run(user) == 0
    assert InterviewConflict.objects.get().conflict_details["reason"] == "I am deaf."
    keep(user, 1)
    assert run(user) == 1
    assert "reason" not in InterviewConflict.objects.get().conflict_details
    assert run(user) == 0


def test_the_proof_says_what_went_by_which_rule(user: User) -> None:
    session = held_ago(user, 100)
    turns = [str(key) for key in session.turns.values_list("pk", flat=True)]
    review, decision = Review.objects.get(), Decision.objects.get()
    keep(user, 2)
    run(user)
    proof = DeletionProof.objects.get()
    assert (proof.company, proof.number, proof.reason, proof.rule) == (user.company, 1, "retention", {"months": 2})
    counts = {"decision_notes": 1, "drafts": 1, "feedback": 1, "review_notes": 1, "turns": 4}
    assert proof.counts == counts
    lines = [
        f"decision_notes:{decision.pk}",
        f"drafts:{session.pk}",
        f"feedback:{session.pk}",
        f"review_notes:{review.pk}",
        *(f"turns:{key}" for key in turns),
    ]
    assert proof.ids_hash == hashlib.sha256("\n".join(sorted(lines)).encode()).hexdigest()
    assert proof.previous_hash == FIRST
    content = {
        "company": user.company_id,
        "number": 1,
        "reason": "retention",
        "rule": {"months": 2},
        "counts": counts,
        "ids_hash": proof.ids_hash,
        "created_at": proof.created_at.astimezone(UTC).isoformat(timespec="microseconds"),
    }
    assert proof.hash == chained(FIRST, content)
    event = Event.objects.get(type="deletion.proven")
    assert (event.actor_kind, event.company_id, event.object_id) == ("system", user.company_id, str(proof.pk))
    assert event.after == {"number": 1, "reason": "retention", "counts": counts, "hash": proof.hash}


def test_again_finds_nothing(user: User) -> None:
    held_ago(user, 100)
    keep(user, 1)
    tasks.delete_old(0)
    assert DeletionProof.objects.count() == 1
    with unchanged():
        tasks.delete_old(0)


def test_killed_halfway_nothing_has_happened(user: User, monkeypatch: pytest.MonkeyPatch) -> None:
    held_ago(user, 100)
    keep(user, 1)

    def die(*args: Any, **kwargs: Any) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(retention, "prove", die)
    with unchanged(), pytest.raises(KeyboardInterrupt):
        run(user)
    monkeypatch.undo()
    assert run(user) == 1


def test_many_go_in_small_transactions_and_proofs_are_chained(user: User, monkeypatch: pytest.MonkeyPatch) -> None:
    for module in (retention, tasks):
        monkeypatch.setattr(module, "AT_ONCE", 1)
    for days in (100, 90, 80):
        held_ago(user, days)
    keep(user, 1)
    tasks.delete_old(0)
    proofs = list(DeletionProof.objects.order_by("number"))
    assert [proof.number for proof in proofs] == [1, 2, 3]
    assert [proof.previous_hash for proof in proofs] == [FIRST, proofs[0].hash, proofs[1].hash]
    assert user.company_id
    assert broken_proofs(user.company_id) == []


def test_two_at_once_delete_once(user: User) -> None:
    held_ago(user, 100)
    keep(user, 1)
    found: list[int] = []

    def act() -> None:
        try:
            found.append(run(user))
        finally:
            connection.close()

    threads = [threading.Thread(target=act) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(found) == [0, 1]
    assert DeletionProof.objects.count() == 1


def test_one_company_does_not_delete_for_another(user: User) -> None:
    other = UserFactory()
    session = held_ago(other, 100)
    keep(user, 1)
    with unchanged():
        tasks.delete_old(0)
    assert Turn.objects.filter(session=session).count() == 4


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE privacy_deletionproof SET counts = '{}'",
        "UPDATE privacy_deletionproof SET rule = rule",
        "DELETE FROM privacy_deletionproof",
    ],
)
def test_a_proof_never_changes(statement: str, user: User) -> None:
    held_ago(user, 100)
    keep(user, 1)
    run(user)
    with unchanged(), connection.cursor() as cursor, pytest.raises(DatabaseError, match="never changes"):
        cursor.execute(statement)


def test_a_chain_that_was_tampered_with_is_told(user: User, monkeypatch: pytest.MonkeyPatch) -> None:
    """By somebody who switches the trigger off."""
    monkeypatch.setattr(retention, "AT_ONCE", 1)
    for days in (100, 90, 80):
        held_ago(user, days)
    keep(user, 1)
    assert [run(user) for _ in range(3)] == [1, 1, 1]
    assert user.company_id

    def tamper(statement: str) -> list[int]:
        with connection.cursor() as cursor:
            cursor.execute("ALTER TABLE privacy_deletionproof DISABLE TRIGGER ALL")
            cursor.execute(statement)
            cursor.execute("ALTER TABLE privacy_deletionproof ENABLE TRIGGER ALL")
        return broken_proofs(user.company_id or 0)

    assert tamper("""UPDATE privacy_deletionproof SET counts = '{"turns": 1}' WHERE number = 2""") == [2]
    assert tamper("DELETE FROM privacy_deletionproof WHERE number = 2") == [3]


def test_what_is_deleted_is_said_to_be(user: User) -> None:
    session = held_ago(user, 100)
    keep(user, 1)
    run(user)
    session.refresh_from_db()
    results = results_of(session.interview, user)
    assert results is not None
    assert whole_values(results, user)["said_deleted_at"] == session.said_deleted_at
    assert whole_values(results, user)["transcript"] == []
    now = timezone.now()
    told = report_values(results, company="Acme", zone=user.company.zone, now=now)  # type: ignore[union-attr]  # it has
    assert told["deleted"] == f"{now.day} {now:%B %Y, %H:%M}"


def test_nothing_new_is_written_about_it(user: User) -> None:
    session = held_ago(user, 100)
    now = timezone.now()
    made = invite_link(session, user)
    keep(user, 1)
    run(user)
    other = UserFactory(company=user.company)
    ratings = {"levels": {"depth": 1, "clarity": 1}, "notes": {}, "note": "New."}
    with unchanged():
        for attempt in (
            lambda: submit_review(interview_id=session.interview_id, actor=other, now=now, **ratings),  # type: ignore[arg-type]  # right ones
            lambda: give_feedback(token=made, rating=1, text="New.", now=now),
        ):
            with pytest.raises(Conflict) as refused:
                attempt()
            assert refused.value.code == "said_deleted"


def invite_link(session: InterviewSession, user: User) -> str:
    """A link to an interview that was held."""
    interview = session.interview
    type(interview).objects.filter(pk=interview.pk).update(status="scheduled")
    made = invite_candidate(
        interview_id=interview.pk,
        interview_type="",
        valid_for=timedelta(days=3),
        actor=user,
        now=timezone.now(),
    )
    type(interview).objects.filter(pk=interview.pk).update(status="completed")
    return made.link


def test_a_decision_made_later_loses_its_note_the_next_night(user: User) -> None:
    session = held_ago(user, 100)
    keep(user, 1)
    run(user)
    settle(session, user, "reject", note="He said so.")
    assert run(user) == 1
    assert DeletionProof.objects.order_by("-number")[0].counts == {"decision_notes": 1}
    assert not Decision.objects.exclude(note="").exists()


def test_setting_it_is_in_the_history(user: User) -> None:
    keep(user, 6)
    keep(user, None)
    events = Event.objects.filter(type="company.retention_changed").order_by("id")
    assert [(event.before, event.after, event.actor_id) for event in events] == [
        ({"months": None}, {"months": 6}, user.pk),
        ({"months": 6}, {"months": None}, user.pk),
    ]
    assert months_of(user.company_id or 0) is None


@pytest.mark.parametrize("months", [0, -1, 121])
def test_months_out_of_range_are_refused(months: int, user: User) -> None:
    with unchanged(), pytest.raises(Invalid) as refused:
        keep(user, months)
    assert refused.value.code == "out_of_range"


def test_only_company_users_set_it_and_only_for_their_own(user: User) -> None:
    now, other = timezone.now(), CompanyFactory()
    recruiter = UserFactory(company=user.company, role=Role.RECRUITER)
    with unchanged():
        with pytest.raises(Forbidden):
            keep(recruiter, 3)
        with pytest.raises(NotFound):
            set_retention(company_id=other.pk, months=3, actor=user, now=now)


def test_the_hash_over_ids_does_not_depend_on_their_order() -> None:
    assert ids_hash({"b": ["2", "1"], "a": ["3"]}) == hashlib.sha256(b"a:3\nb:1\nb:2").hexdigest()
    assert ids_hash({"a": ["3"], "b": ["1", "2"]}) == ids_hash({"b": ["2", "1"], "a": ["3"]})
