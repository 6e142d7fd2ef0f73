"""A company full of everything, clients of its people, and what tests of the API ask of answers."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from django.core.files.base import ContentFile
from django.db import connection
from django.utils import timezone
from knox.models import AuthToken
from rest_framework.test import APIClient

from parley.conversations.models import InterviewKit, InterviewSession, KitVersion, Turn
from parley.conversations.rules.kits import content_hash
from parley.evaluations.models import CandidateRequest
from parley.hiring.models import Candidate, CandidateImport, ImportRow, Job, Resume
from parley.interviews.models import (
    AIInterviewConfiguration,
    Interview,
    InterviewConflict,
    InterviewSchedule,
    InterviewSlot,
    InvitationBatch,
    InvitationRow,
    Reseating,
    WaitlistEntry,
)
from parley.interviews.rules.states import ConflictType
from parley.notifications.models import CalendarFeed, Message, Notification
from parley.organizations.models import ApiToken, Company, Role, User
from parley.privacy.models import DeletionProof
from parley.webhooks.models import WebhookAttempt, WebhookDelivery, WebhookEndpoint
from parley.webhooks.signing import sealed
from tests.conversations.test_rules import content
from tests.evaluations.held import hold, version_of
from tests.factories import (
    CandidateFactory,
    CompanyFactory,
    ConfigurationFactory,
    InterviewFactory,
    JobFactory,
    SlotFactory,
    UserFactory,
    book,
)

ROLES = ("company", "hiring_agency", "recruiter")
# What may change without anything having happened: counters of attempts, and the queue's own workings.
NOT_STATE = ("core_throttlewindow", "django_migrations", "procrastinate_workers")
Rows = dict[str, tuple[int, str]]


def token_for(user: User) -> str:
    """A fresh token's key."""
    return str(AuthToken.objects.create(user=user)[1])


def client_for(user: User | None) -> APIClient:
    """A client with a token of its own; anonymous without a user."""
    client = APIClient()
    if user is not None:
        client.credentials(HTTP_AUTHORIZATION=f"Token {token_for(user)}")
    return client


def state() -> Rows:
    """Every table's number of rows and a digest of all that is in them."""
    tables = [name for name in connection.introspection.table_names() if name not in NOT_STATE]
    each = [
        f"SELECT '{name}', count(*), coalesce(md5(string_agg(t::text, '|' ORDER BY t::text)), '') FROM {name} t"
        for name in tables
    ]
    with connection.cursor() as cursor:
        cursor.execute(" UNION ALL ".join(each))
        return {name: (rows, digest) for name, rows, digest in cursor.fetchall()}


@contextmanager
def unchanged() -> Iterator[None]:
    """Nothing in the database changes in here."""
    before = state()
    yield
    after = state()
    assert after == before, {name: (before[name], after[name]) for name in after if after[name] != before[name]}


@dataclass
class Tenant:
    """A company with one of everything, all under names that occur nowhere else."""

    company: Company
    users: dict[str, User]
    job: Job
    candidate: Candidate
    free_candidate: Candidate
    interview: Interview
    booked_interview: Interview
    held_interview: Interview
    kit: InterviewKit
    slot: InterviewSlot
    booked_slot: InterviewSlot
    schedule: InterviewSchedule
    conflict: InterviewConflict
    configuration: AIInterviewConfiguration
    message: Message
    notification: Notification
    feed: CalendarFeed
    reseating: Reseating
    waiting: WaitlistEntry
    webhook: WebhookEndpoint
    delivery: WebhookDelivery
    candidate_import: CandidateImport
    invitations: InvitationBatch
    token: ApiToken

    @property
    def user(self) -> User:
        """One of the colleagues."""
        return self.users[Role.RECRUITER]

    def client(self, role: str = Role.COMPANY) -> APIClient:
        """A client of the role's user."""
        return client_for(self.users[role])


def make_tenant(word: str, zone: str = "UTC", *, held: bool = True) -> Tenant:
    """A company whose every text contains ``word``; with an interview of its own that was ``held``."""
    company = CompanyFactory(name=f"{word} Inc", email=f"office@{word}.example.com", timezone=zone)
    users = {
        role: UserFactory(company=company, role=role, email=f"{role}@{word}.example.com", full_name=f"{word} {role}")
        for role in ROLES
    }
    job = JobFactory(company=company, job_title=f"{word} engineer", description=f"{word} work")
    people = [
        CandidateFactory(company=company, job=job, full_name=f"{word} {name}", email=f"{name}@{word}.example.org")
        for name in ("ann", "bob")
    ]
    _attach_resume(people[0], word)
    interview = InterviewFactory(candidate=people[0], feedback=f"{word} feedback")
    booked_interview = InterviewFactory(candidate=people[0], job=job)
    slot = SlotFactory(company=company, notes=f"{word} notes")
    booked_slot = SlotFactory(company=company, job=job, notes=f"{word} notes", max_candidates=2)
    schedule = book(booked_slot, booked_interview, booking_notes=f"{word} booking")
    conflict = InterviewConflict.objects.create(
        company=company,
        conflict_type=ConflictType.SLOT_UNAVAILABLE,
        cause="test",
        primary_interview=booked_interview,
        schedule=schedule,
        slot=booked_slot,
        conflict_details={"reason": f"{word} reason"},
        proposals=[],
        detected_at=timezone.now(),
    )
    _open_session(schedule, word)
    configuration = ConfigurationFactory(company=company, ai_settings={"note": f"{word} settings"})
    message = Message.objects.create(
        company=company,
        interview=booked_interview,
        schedule=schedule,
        kind="booked",
        key=f"{word}:booked",
        event_id=1,
        recipient=people[0].email,
        due_at=timezone.now(),
        state="undelivered",
        last_error=f"{word} error",
        created_at=timezone.now(),
    )
    notification = Notification.objects.create(
        user=users["company"],
        company=company,
        kind="conflict_opened",
        event_id=1,
        object_type="conflict",
        object_id=str(conflict.pk),
        created_at=timezone.now(),
    )
    feed = CalendarFeed.objects.create(
        user=users["company"],
        company=company,
        scope="company",
        name=f"{word} feed",
        token_hash=f"{word} hash",
        created_at=timezone.now(),
    )
    reseating = Reseating.objects.create(
        company=company, mode="book", affected=1, seated=1, displacement_minutes=60, created_at=timezone.now()
    )
    waiting = WaitlistEntry.objects.create(
        company=company,
        interview=InterviewFactory(candidate=people[0], job=job),
        start_after=timezone.now(),
        start_before=timezone.now() + timedelta(days=30),
        created_at=timezone.now(),
    )
    webhook = WebhookEndpoint.objects.create(
        company=company,
        url=f"https://hooks.{word}.example.com/in?token={word}",
        events=["*"],
        description=f"{word} receiver",
        secret=sealed(f"whsec_{word}"),
        created_at=timezone.now(),
        updated_at=timezone.now(),
    )
    version = version_of(company, content(introduction=f"{word} introduction"), f"{word} kit")
    held_interview = booked_interview
    if held:
        held_interview = InterviewFactory(candidate=people[1], job=job)
        _ask(hold(company, version=version, interview=held_interview), word)
    return Tenant(
        company=company,
        users=users,
        job=job,
        candidate=people[0],
        free_candidate=people[1],
        interview=interview,
        booked_interview=booked_interview,
        held_interview=held_interview,
        kit=version.kit,
        slot=slot,
        booked_slot=booked_slot,
        schedule=schedule,
        conflict=conflict,
        configuration=configuration,
        message=message,
        notification=notification,
        feed=feed,
        token=ApiToken.objects.create(
            token=AuthToken.objects.create(user=users[Role.COMPANY])[0], name=f"{word} script"
        ),
        reseating=reseating,
        waiting=waiting,
        webhook=webhook,
        delivery=_deliver(webhook, word),
        candidate_import=_import(company, word),
        invitations=_invite(people[0], word),
    )


def _ask(session: InterviewSession, word: str) -> None:
    """The candidate has asked why, and something was deleted already."""
    now = timezone.now()
    CandidateRequest.objects.create(
        company=session.company, session=session, kind="explanation", message=f"{word} asks", created_at=now
    )
    proof = DeletionProof(
        company=session.company,
        number=1,
        reason="retention",
        rule={"months": 12},
        counts={f"{word} turns": 1},
        ids_hash="0" * 64,
        previous_hash="0" * 64,
        created_at=now,
    )
    proof.hash = proof.hash_of_content()
    proof.save()


def _open_session(schedule: InterviewSchedule, word: str) -> None:
    """The booked interview has been opened, by a kit of the company's own, and something was said."""
    now, text = timezone.now(), content(introduction=f"{word} welcome")
    values = {"created_at": now, "updated_at": now, "interview_type": schedule.slot.ai_interview_type}
    kit = InterviewKit.objects.create(company=schedule.company, name=f"{word} room", **values)
    version = KitVersion.objects.create(
        kit=kit, number=1, content=text, content_hash=content_hash(text), created_at=now
    )
    session = InterviewSession.objects.create(
        company=schedule.company,
        interview=schedule.interview,
        schedule=schedule,
        kit_version=version,
        plan=["d1"],
        minutes=30,
        created_at=now,
    )
    Turn.objects.create(
        session=session, number=1, role="interviewer", kind="question", text=f"{word} question", created_at=now
    )


def _import(company: Company, word: str) -> CandidateImport:
    batch = CandidateImport.objects.create(
        company=company, filename=f"{word}.csv", headers=[word, "E-mail"], total=1, created_at=timezone.now()
    )
    ImportRow.objects.create(batch=batch, number=2, cells=[word, f"carl@{word}.example.org"])
    return batch


def _invite(candidate: Candidate, word: str) -> InvitationBatch:
    assert candidate.company
    batch = InvitationBatch.objects.create(
        company=candidate.company, interview_round=f"{word} round", total=1, created_at=timezone.now()
    )
    InvitationRow.objects.create(batch=batch, candidate=candidate)
    return batch


def _deliver(webhook: WebhookEndpoint, word: str) -> WebhookDelivery:
    delivery = WebhookDelivery.objects.create(
        endpoint=webhook,
        event_id=1,
        type="slot.created",
        body=f'{{"type":"slot.created","data":"{word} data"}}',
        state="failed",
        settled_at=timezone.now(),
        attempts=8,
        last_error=f"{word} error",
        created_at=timezone.now(),
    )
    WebhookAttempt.objects.create(
        delivery=delivery, number=1, at=timezone.now(), duration_ms=7, status_code=500, answer_body=f"{word} answer"
    )
    return delivery


def _attach_resume(candidate: Candidate, word: str) -> None:
    resume = Resume(
        candidate=candidate,
        kind="pdf",
        filename=f"{word}.pdf",
        content_type="application/pdf",
        size=8,
        text=f"{word} text",
        uploaded_at=timezone.now(),
    )
    resume.file.save(f"{word}.pdf", ContentFile(b"%PDF-1.7"), save=False)
    resume.save()


def assert_problem(response: Any, status: int, field: str | None = None, code: str | None = None) -> dict[str, Any]:
    """The answer is a problem (RFC 9457) with this status, naming this field."""
    assert response.status_code == status, (response.status_code, response.content[:500])
    assert response["Content-Type"] == "application/problem+json"
    problem: dict[str, Any] = response.json()
    assert {"type", "title", "status", "detail", "code"} <= set(problem)
    assert problem["status"] == status
    if field is not None:
        assert field in problem.get("errors", {}), problem
    if code is not None:
        assert problem["code"] == code, problem
    return problem


def send(
    client: Any, method: str, address: str, content: bytes, content_type: str = "application/json", **more: Any
) -> Any:
    """A request with exactly these bytes as its body."""
    return client.generic(method, address, content, content_type=content_type, **more)
