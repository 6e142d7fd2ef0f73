"""What the measured server finds in its database."""

from datetime import datetime, timedelta

from django.utils import timezone
from knox.models import AuthToken

from parley.hiring.models import Candidate
from parley.interviews.models import Interview, InterviewSlot
from parley.organizations.models import Company, Role, User

SLOTS = 10_000
WEEK = 20  # free slots in the week that is searched


def seed() -> tuple[str, list[tuple[str, str]], tuple[str, str]]:
    """A token, pairs of an interview and a slot of its own, and the first and last day of the week to search."""
    now = timezone.now()
    company = Company.objects.create(name="Measured", email="measured@example.com")
    user = User.objects.create(email="measured@example.com", full_name="M", role=Role.COMPANY, company=company)
    monday = (now + timedelta(days=14)).replace(hour=0, minute=0, second=0, microsecond=0)
    slots = [_slot(company, monday + timedelta(hours=8 * n)) for n in range(WEEK)]
    rest = monday + timedelta(days=7)
    slots += [_slot(company, rest + timedelta(minutes=30 * n)) for n in range(SLOTS - WEEK)]
    InterviewSlot.objects.bulk_create(slots)
    candidates = Candidate.objects.bulk_create(
        Candidate(company=company, full_name=f"C {n}", email=f"c{n}@example.com") for n in range(SLOTS - WEEK)
    )
    interviews = Interview.objects.bulk_create(
        Interview(company=company, candidate=candidate, created_at=now, updated_at=now) for candidate in candidates
    )
    pairs = [(str(interview.pk), str(slot.pk)) for interview, slot in zip(interviews, slots[WEEK:], strict=True)]
    _, token = AuthToken.objects.create(user=user)
    return token, pairs, (monday.date().isoformat(), (monday + timedelta(days=6)).date().isoformat())


def _slot(company: Company, start: datetime) -> InterviewSlot:
    now = timezone.now()
    return InterviewSlot(
        company=company,
        start_time=start,
        end_time=start + timedelta(minutes=30),
        duration_minutes=30,
        created_at=now,
        updated_at=now,
    )
