"""Deleting a candidate's data on request: all that tells who it was goes; figures, states and times stay."""

from datetime import datetime, timedelta

from django.core.files.storage import Storage
from django.db import transaction

from parley.conversations.models import InterviewSession
from parley.core.actors import Actor
from parley.core.emails import canonical_email
from parley.core.errors import Forbidden, Invalid
from parley.core.events import Change, record
from parley.core.transactions import operation
from parley.hiring.models import Candidate, Resume
from parley.interviews.locks import lock_company
from parley.interviews.operations.withdrawing import withdraw
from parley.notifications.models import Message
from parley.notifications.rules import UNSETTLED, State
from parley.organizations.operations.users import manages_people
from parley.privacy.models import DeletionProof
from parley.privacy.operations.proving import prove
from parley.privacy.queries import proofs_of
from parley.privacy.rules.proofs import Reason
from parley.privacy.steps import PERSON, SAID, Gone, run
from parley.privacy.traces import Person, forget_traces

LOOKED_BACK = timedelta(days=7)  # for files that could not be removed at once


@operation
def erase_candidate(*, candidate_id: int, email: str, actor: Actor, now: datetime) -> DeletionProof:
    """Delete all that tells who a candidate was, and prove it; who it was must be confirmed by the ``email``.

    What is open is cancelled first. Once more, it deletes what somebody has written since, and changes nothing else;
    the address is not asked for then. Raises ``Conflict`` ``interview_started`` for who is being interviewed.
    """
    seen = Candidate.objects.all().seen_by(actor, pk=candidate_id, thing="candidate")
    if not manages_people(actor):
        raise Forbidden("Only company users and administrators delete the data of candidates.")
    if seen.company_id is not None:
        lock_company(seen.company_id)
    if seen.erased_at is None and canonical_email(email) != seen.email.lower():
        raise Invalid.field("email", "This is not the address of the candidate.", code="not_confirmed")
    interview_ids = list(seen.interviews.order_by("pk").values_list("pk", flat=True))
    withdraw(interview_ids, actor=actor, now=now)
    candidate = Candidate.objects.select_for_update(no_key=True).get(pk=candidate_id)
    gone = _empty(candidate, now=now)
    if not gone and (proof := _proof_of(candidate)) is not None:
        return proof
    change = Change(type="candidate.erased", object_id=candidate.pk, company_id=candidate.company_id)
    record(change, actor=actor, now=now)
    rule = {"candidate": candidate.pk}
    company_id = candidate.company_id
    return prove(gone, company_id=company_id, reason=Reason.REQUEST, rule=rule, actor=actor, now=now)


def drop_left_files(*, now: datetime) -> None:
    """Remove files of candidates deleted lately that are still there, because a process died."""
    for key in Candidate.objects.filter(erased_at__gt=now - LOOKED_BACK).values_list("pk", flat=True):
        drop_files(key)


def drop_files(candidate_id: int) -> None:
    """Remove all files of a candidate: resumes have a folder of their own (``resume_path``)."""
    storage: Storage = Resume._meta.get_field("file").storage
    folder = f"resumes/{candidate_id}"
    try:
        _, names = storage.listdir(folder)
    except FileNotFoundError:
        return
    for name in names:
        storage.delete(f"{folder}/{name}")


def _empty(candidate: Candidate, *, now: datetime) -> Gone:
    gone: Gone = {}
    person = Person.of(candidate)
    sessions = InterviewSession.objects.filter(interview__candidate=candidate)
    locked = sessions.order_by("pk").select_for_update(no_key=True, of=("self",)).values_list("pk", flat=True)
    run(SAID, list(locked), gone)
    begun = sessions.filter(started_at__isnull=False, said_deleted_at__isnull=True)
    begun.update(said_deleted_at=now)
    unsent = Message.objects.filter(interview__candidate=candidate, state__in=UNSETTLED)
    unsent.update(state=State.SKIPPED, next_attempt_at=None, claimed_at=None)
    forget_traces(person, gone)
    run(PERSON, [candidate.pk], gone)
    Candidate.objects.filter(pk=candidate.pk, erased_at__isnull=True).update(erased_at=now)
    key = candidate.pk
    transaction.on_commit(lambda: drop_files(key))
    return gone


def _proof_of(candidate: Candidate) -> DeletionProof | None:
    rows = proofs_of(candidate.company_id).filter(reason=Reason.REQUEST)
    return rows.filter(rule={"candidate": candidate.pk}).order_by("number").last()
