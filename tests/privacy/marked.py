"""A candidate about whom the same unmistakable word stands in every text that there can be."""

from datetime import timedelta
from typing import Any

from django.contrib.admin.models import CHANGE, LogEntry
from django.contrib.contenttypes.models import ContentType
from django.core.files.base import ContentFile
from django.db import connection
from django.utils import timezone

from parley.conversations.models import InterviewSession, SessionFeedback
from parley.core.models import Event
from parley.evaluations.models import CandidateRequest, Decision, Evaluation, Review
from parley.hiring.models import Candidate, CandidateImport, ImportRow, Resume
from parley.interviews.models import (
    Interview,
    InterviewConflict,
    InterviewLink,
    InvitationBatch,
    InvitationRow,
    WaitlistEntry,
)
from parley.interviews.rules.states import ConflictType
from parley.notifications.models import Message
from parley.organizations.models import User
from parley.webhooks.models import WebhookAttempt, WebhookDelivery, WebhookEndpoint
from parley.webhooks.signing import sealed
from tests.evaluations.held import hold
from tests.factories import AdminFactory, CandidateFactory, InterviewFactory, JobFactory, SlotFactory, book

WORD = "Xyzzyqvark"
ADDRESS = f"{WORD.lower()}@example.org"


def marked_candidate(user: User) -> Candidate:
    """With one interview that was held, one that is booked, one that waits, and all that can be written about them."""
    company, now = user.company, timezone.now()
    assert company
    candidate = CandidateFactory(
        company=company,
        job=JobFactory(company=company),
        full_name=f"{WORD} Miller",
        email=ADDRESS,
        phone=f"+49 {WORD}",
        domain=f"{WORD} domain",
        role=f"{WORD} role",
        poc_email=f"agency-{ADDRESS}",
        work_experience=7,
    )
    _resume(candidate)
    _import(candidate)
    held = InterviewFactory(candidate=candidate, feedback=f"{WORD} was good", interview_round=f"Round of {WORD} Miller")
    _held(hold(company, interview=held), user)
    slot = SlotFactory(company=company, max_candidates=2, notes=f"For {WORD} Miller only")
    booked = InterviewFactory(candidate=candidate, candidate_hours={"zone": WORD})
    schedule = book(slot, booked, booking_notes=f"{WORD} comes by train", cancellation_reason=f"{WORD} is ill")
    InterviewConflict.objects.create(
        company=company,
        conflict_type=ConflictType.SLOT_UNAVAILABLE,
        cause="test",
        primary_interview=booked,
        schedule=schedule,
        slot=slot,
        conflict_details={"reason": f"{WORD} is not there", "slot_id": str(slot.pk)},
        resolution_notes=f"{WORD} was called",
        detected_at=now,
    )
    InterviewLink.objects.create(
        interview=booked,
        token_hash="f" * 64,
        nonce=WORD,
        timezone=WORD,
        created_at=now,
        expires_at=now + timedelta(days=3),
    )
    waiting = InterviewFactory(candidate=candidate)
    WaitlistEntry.objects.create(
        company=company,
        interview=waiting,
        start_after=now,
        start_before=now + timedelta(days=30),
        created_at=now,
    )
    batch = InvitationBatch.objects.create(company=company, interview_round="First", total=1, created_at=now)
    InvitationRow.objects.create(batch=batch, candidate=candidate, state="refused", reason=f"{WORD} was invited")
    _told(booked, user)
    return candidate


def _resume(candidate: Candidate) -> None:
    resume = Resume(
        candidate=candidate,
        kind="pdf",
        filename=f"{WORD}.pdf",
        content_type="application/pdf",
        size=8,
        text=f"I am {WORD}",
        full_name=f"{WORD} Miller",
        emails=[ADDRESS],
        phones=[WORD],
        links=[f"https://example.org/{WORD}"],
        uploaded_at=timezone.now(),
    )
    resume.file.save(f"{WORD}.pdf", ContentFile(b"%PDF-1.7"), save=False)
    resume.save()


def _import(candidate: Candidate) -> None:
    """The row that became the candidate, and an earlier one of the same person that was refused."""
    batch = CandidateImport.objects.create(
        company_id=candidate.company_id or 0,
        filename="all.csv",
        headers=["Name", "E-mail"],
        total=2,
        created_at=timezone.now(),
    )
    cells = [f"{WORD} Miller", ADDRESS]
    values = {"full_name": cells[0], "email": cells[1]}
    ImportRow.objects.create(batch=batch, number=2, cells=cells, values=values, state="done", candidate=candidate)
    ImportRow.objects.create(batch=batch, number=3, cells=cells, problems=[{"sentence": f"{WORD} is there already"}])


def _held(session: InterviewSession, user: User) -> None:
    now = timezone.now()
    session.turns.filter(role="candidate").update(text=f"My name is {WORD}", attempts=[{"said": WORD}])
    session.turns.filter(role="candidate", number=4).update(client_id=WORD)
    InterviewSession.objects.filter(pk=session.pk).update(draft=f"{WORD} begins", draft_saved_at=now)
    SessionFeedback.objects.create(session=session, rating=4, text=f"{WORD} liked it", created_at=now)
    evaluation = Evaluation.objects.create(
        company=session.company,
        interview=session.interview,
        session=session,
        state="decided",
        created_at=now,
        updated_at=now,
    )
    Review.objects.create(
        evaluation=evaluation,
        reviewer=user,
        levels={"depth": 4, "clarity": 3},
        notes={"depth": f"{WORD} knows queues"},
        note=f"{WORD} is clear",
        was_blind=True,
        created_at=now,
    )
    Decision.objects.create(
        evaluation=evaluation, verdict="advance", note=f"{WORD} shall go on", decided_by=user, created_at=now
    )
    CandidateRequest.objects.create(
        company=session.company,
        session=session,
        kind="explanation",
        state="answered",
        message=f"Why, asks {WORD}",
        created_at=now,
        answer=f"Because, {WORD}",
        answered_by=user,
        answered_at=now,
    )
    InterviewConflict.objects.create(
        company=session.company,
        conflict_type=ConflictType.AI_SYSTEM_ERROR,
        resolution="resolved",
        resolved_at=now,
        cause=f"human:{session.schedule_id}",
        primary_interview=session.interview,
        schedule=session.schedule,
        conflict_details={"asked_for": "human", "reason": f"{WORD} prefers people"},
        detected_at=now,
    )


def _told(interview: Interview, user: User) -> None:
    """What was sent, told to others, and kept of it."""
    now, company = timezone.now(), interview.company
    assert company
    event = Event.objects.create(
        company_id=company.pk,
        type="interview.hours_stated",
        object_type="interview",
        object_id=str(interview.pk),
        actor_kind="candidate",
        occurred_at=now,
        before={"hours": WORD},
        after={"hours": {"zone": WORD}, "status": "scheduled", "said": [f"My name is {WORD} Miller"]},
    )
    for state in ("sent", "waiting"):
        Message.objects.create(
            company=company,
            interview=interview,
            kind="invitation",
            key=f"{state}:invitation",
            event_id=event.pk,
            recipient=ADDRESS,
            due_at=now,
            state=state,
            sent_at=now if state == "sent" else None,
            next_attempt_at=now if state == "waiting" else None,
            last_error=f"550 {ADDRESS}: no such user",
            created_at=now,
        )
    webhook = WebhookEndpoint.objects.create(
        company=company,
        url="https://hooks.example.com/in",
        events=["*"],
        secret=sealed("whsec_x"),
        created_at=now,
        updated_at=now,
    )
    delivery = WebhookDelivery.objects.create(
        endpoint=webhook,
        event_id=event.pk,
        type=event.type,
        body=f'{{"type":"interview.hours_stated","data":{{"interview_id":"{interview.pk}","who":"{WORD} Miller"}}}}',
        state="delivered",
        settled_at=now,
        attempts=1,
        created_at=now,
    )
    WebhookAttempt.objects.create(
        delivery=delivery,
        number=1,
        at=now,
        duration_ms=7,
        status_code=200,
        answer_headers={"X-Who": WORD},
        answer_body=f"Thanks, {WORD}",
    )
    LogEntry.objects.create(
        user=AdminFactory(),
        content_type=ContentType.objects.get_for_model(Candidate),
        object_id=str(interview.candidate_id),
        object_repr=f"{WORD} Miller",
        action_flag=CHANGE,
        change_message=f"Changed {WORD}",
    )


def places_of(word: str) -> dict[str, int]:
    """Every table and column of the database in which the word stands, in capitals or not, and in how many rows."""
    found: dict[str, int] = {}
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT table_name, column_name FROM information_schema.columns"
            " JOIN information_schema.tables USING (table_schema, table_name)"
            " WHERE table_schema = 'public' AND table_type = 'BASE TABLE' AND (data_type IN"
            " ('text', 'character varying', 'character', 'json', 'jsonb', 'ARRAY', 'USER-DEFINED') OR udt_name = 'xml')"
        )
        for table, column in cursor.fetchall():
            cursor.execute(
                f'SELECT count(*) FROM "{table}" WHERE "{column}"::text ILIKE %s',
                [f"%{word}%"],
            )
            if rows := cursor.fetchone()[0]:
                found[f"{table}.{column}"] = rows
    return found


def values_of(rows: Any, *names: str) -> list[tuple[Any, ...]]:
    """Of rows, in their order."""
    return list(rows.values_list(*names))
