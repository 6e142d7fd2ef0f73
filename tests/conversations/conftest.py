"""A candidate with a booking, and a company with a kit of its own."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest
from django.utils import timezone

from parley.conversations.models import InterviewKit, InterviewSession, KitVersion, Turn
from parley.conversations.operations.answering import answer_question
from parley.conversations.operations.opening import start_session
from parley.conversations.operations.speaking import speak
from parley.conversations.queries import session_of, turns_of
from parley.conversations.rules.consent import VERSION
from parley.conversations.rules.kits import content_hash
from parley.core.actors import SYSTEM
from parley.core.models import Event
from parley.interviews.models import Interview, InterviewSchedule
from parley.interviews.operations.links import invite_candidate
from parley.organizations.models import Company
from tests.conversations.test_rules import content
from tests.factories import CandidateFactory, CompanyFactory, InterviewFactory, JobFactory, SlotFactory, book, free_hour


def make_kit(company: Company | None, given: dict[str, Any] | None = None, **fields: Any) -> KitVersion:
    """A kit with one version."""
    now, text = timezone.now(), given or content()
    values = {"interview_type": "technical", "name": "Our kit", "created_at": now, "updated_at": now}
    kit = InterviewKit.objects.create(company=company, **values | fields)
    return KitVersion.objects.create(kit=kit, number=1, content=text, content_hash=content_hash(text), created_at=now)


@dataclass(frozen=True)
class Booked:
    """A candidate's link, and what is behind it; ``now`` is within the window to begin."""

    token: str
    interview: Interview
    schedule: InterviewSchedule
    start: datetime

    @property
    def now(self) -> datetime:
        return self.start - timedelta(minutes=5)

    @property
    def session(self) -> InterviewSession:
        found = session_of(self.interview.pk)
        assert found is not None
        return found

    def begin(self, *, at: datetime | None = None) -> InterviewSession:
        session = start_session(token=self.token, consent_version=VERSION, accepted=True, now=at or self.now)
        speak(session.pk, now=at or self.now)
        return session

    def answer(
        self, text: str, *, client_id: str = "", turn_id: UUID | None = None, at: datetime | None = None
    ) -> Turn:
        key = client_id or uuid4().hex
        return answer_question(token=self.token, client_id=key, text=text, turn_id=turn_id, now=at or self.now)

    def said(self) -> list[tuple[str, str]]:
        """Kind and text of all turns."""
        return [(str(turn.kind), turn.text) for turn in turns_of(self.session)]

    def events(self) -> list[str]:
        rows = Event.objects.filter(object_type="interview", object_id=str(self.interview.pk))
        return list(rows.exclude(type="interview.invited").order_by("id").values_list("type", flat=True))


def make_booked(company: Company, start: datetime | None = None, **slot: Any) -> Booked:
    """An interview booked for ``start``, else for a free hour, with its link."""
    begin = start or free_hour()
    job = JobFactory(company=company, job_title="Site reliability engineer")
    candidate = CandidateFactory(company=company, full_name="Ada Lovelace")
    interview = InterviewFactory(candidate=candidate, job=job)
    schedule = book(SlotFactory(company=company, start_time=begin, **slot), interview)
    invited = invite_candidate(
        interview_id=interview.pk,
        interview_type="",
        valid_for=timedelta(days=500),
        actor=SYSTEM,
        now=timezone.now(),
    )
    return Booked(invited.link, interview, schedule, begin)


@pytest.fixture
def company(db: None) -> Company:
    return CompanyFactory(name="Northwind Talent", timezone="Europe/Berlin")


@pytest.fixture
def kit(company: Company) -> KitVersion:
    return make_kit(company)


@pytest.fixture
def booked(company: Company, kit: KitVersion) -> Booked:
    return make_booked(company)


@pytest.fixture
def another(company: Company, kit: KitVersion) -> Callable[..., Booked]:
    return lambda **slot: make_booked(company, **slot)
