"""What the measured server finds: interviews whose room is open, and places to book meanwhile."""

from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from django.utils import timezone
from knox.models import AuthToken

from parley.core.actors import SYSTEM
from parley.hiring.models import Candidate
from parley.interviews.models import Interview, InterviewSlot
from parley.interviews.operations.booking import book_interview
from parley.interviews.operations.links import invite_candidate
from parley.organizations.models import Company, Role, User

BOOKINGS = 2_000


@dataclass(frozen=True)
class Seeded:
    """A company's token, the candidates' links, and pairs of an interview and a place of its own."""

    token: str
    links: list[str]
    pairs: list[tuple[str, str]]


def seed(sessions: int) -> Seeded:
    """So many interviews that begin in a minute."""
    now = timezone.now()
    company = Company.objects.create(name="Measured", email="measured@example.com")
    user = User.objects.create(email="measured@example.com", full_name="M", role=Role.COMPANY, company=company)
    room = InterviewSlot.objects.create(**_hour(company, 1), max_candidates=sessions)
    links = []
    for number in range(sessions):
        candidate = Candidate.objects.create(company=company, full_name=f"S {number}", email=f"s{number}@example.com")
        interview = Interview.objects.create(company=company, candidate=candidate, created_at=now, updated_at=now)
        book_interview(interview_id=interview.pk, slot_id=room.pk, notes="", actor=SYSTEM, now=now)
        invited = invite_candidate(
            interview_id=interview.pk, interview_type="", valid_for=timedelta(days=7), actor=SYSTEM, now=now
        )
        links.append(invited.link)
    places = InterviewSlot.objects.bulk_create(
        InterviewSlot(**_hour(company, 60 * 24 * 14 + 60 * number)) for number in range(BOOKINGS)
    )
    people = Candidate.objects.bulk_create(
        Candidate(company=company, full_name=f"C {number}", email=f"c{number}@example.com")
        for number in range(BOOKINGS)
    )
    interviews = Interview.objects.bulk_create(
        Interview(company=company, candidate=person, created_at=now, updated_at=now) for person in people
    )
    _, token = AuthToken.objects.create(user=user)
    pairs = [(str(one.pk), str(two.pk)) for one, two in zip(interviews, places, strict=True)]
    return Seeded(token, links, pairs)


def _hour(company: Company, minutes: int) -> dict[str, Any]:
    now = timezone.now()
    start = now + timedelta(minutes=minutes)
    return {
        "company": company,
        "start_time": start,
        "end_time": start + timedelta(hours=1),
        "duration_minutes": 60,
        "ai_interview_type": "behavioral",
        "created_at": now,
        "updated_at": now,
    }
