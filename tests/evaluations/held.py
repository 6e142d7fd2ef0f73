"""Interviews that were held: their sessions and turns as rows."""

import json
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from django.utils import timezone

from parley import conversations
from parley.conversations.models import InterviewKit, InterviewSession, KitVersion, Turn
from parley.conversations.rules.kits import content_hash
from parley.interviews.models import Interview
from parley.interviews.rules.states import InterviewStatus, InterviewType
from parley.organizations.models import Company
from tests.conversations.test_rules import content
from tests.factories import CandidateFactory, InterviewFactory, JobFactory, SlotFactory, book

ANSWERS = {"d1": "I would put a queue between them.", "t1": "First I would ask what they need."}


def version_of(company: Company | None, words: dict[str, Any] | None = None, name: str = "Engineers") -> KitVersion:
    """The first version of a new kit."""
    now, words = timezone.now(), words or content()
    kit = InterviewKit.objects.create(
        company=company, interview_type=InterviewType.TECHNICAL, name=name, created_at=now, updated_at=now
    )
    return KitVersion.objects.create(kit=kit, number=1, content=words, content_hash=content_hash(words), created_at=now)


def hold(
    company: Company,
    *,
    version: KitVersion | None = None,
    interview: Interview | None = None,
    answers: dict[str, str] | None = None,
    **fields: Any,
) -> InterviewSession:
    """A session that is finished, of an interview that is completed with it; ``answers`` by question."""
    if interview is None:
        candidate = CandidateFactory(company=company, full_name="Ada Lovelace")
        job = JobFactory(company=company, job_title="Engineer")
        interview = InterviewFactory(candidate=candidate, job=job)
    schedule = interview.schedules.first() or book(SlotFactory(company=company), interview)
    start: datetime = timezone.now() - timedelta(hours=2)
    session = InterviewSession.objects.create(
        company=company,
        interview=interview,
        schedule=schedule,
        kit_version=version or version_of(company),
        plan=["d1", "t1"],
        minutes=30,
        created_at=start,
        **{
            "state": "finished",
            "ending": "complete",
            "consented_at": start,
            "started_at": start,
            "ends_at": start + timedelta(minutes=30),
            "ended_at": start + timedelta(minutes=25),
            **fields,
        },
    )
    Interview.objects.filter(pk=interview.pk).update(status=InterviewStatus.COMPLETED)
    _talk(session, start, ANSWERS | (answers or {}))
    return session


def _talk(session: InterviewSession, start: datetime, answers: dict[str, str]) -> None:
    said = [(key, role) for key in ("d1", "t1") for role in ("interviewer", "candidate")]
    for number, (key, role) in enumerate(said, start=1):
        asks = role == "interviewer"
        Turn.objects.create(
            session=session,
            number=number,
            role=role,
            kind="question" if asks else "answer",
            question_key=key,
            text=f"Ask {key}?" if asks else answers[key],
            created_at=start + timedelta(minutes=number),
        )


def shipped(kind: str) -> KitVersion:
    """The first version of a kit with the words that Parley ships for a type of interview."""
    path = Path(conversations.__file__).parent / "kits" / "en" / f"{kind}.json"
    return version_of(None, json.loads(path.read_text(encoding="utf-8")))
