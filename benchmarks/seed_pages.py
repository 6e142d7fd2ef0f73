"""What the measured pages show: a company with a month of 5,000 slots, and lists of hundreds."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from importlib import import_module

from django.conf import settings
from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
from django.utils import timezone

from parley.conversations.operations.opening import start_session
from parley.conversations.operations.speaking import speak
from parley.conversations.rules.consent import VERSION
from parley.core.actors import SYSTEM
from parley.hiring.models import Candidate, Job
from parley.interviews.models import Interview, InterviewSchedule, InterviewSlot
from parley.interviews.operations.booking import book_interview
from parley.interviews.operations.links import invite_candidate
from parley.interviews.rules.states import InterviewType
from parley.organizations.models import Company, Role, User

SLOTS = 5000
MINUTES = 40
PEOPLE = 400
BOOKED = 150
KINDS = tuple(InterviewType)


@dataclass
class Seeded:
    """A session's key, the pages to measure, and what is drawn in a browser: its address, what is there when it is."""

    session: str
    pages: list[str]
    drawn: dict[str, tuple[str, str]]


def seed() -> Seeded:
    """Fill the database."""
    now = timezone.now()
    company = Company.objects.create(name="Measured", email="measured@example.com")
    user = User.objects.create(email="mia@example.com", full_name="Mia", role=Role.COMPANY, company=company)
    first = (now.replace(day=1) + timedelta(days=32)).replace(day=1, hour=0, minute=0, second=0, microsecond=0)
    slots = InterviewSlot.objects.bulk_create(_slot(company, first, number) for number in range(SLOTS))
    jobs = Job.objects.bulk_create(Job(company=company, job_title=f"Engineer {number}") for number in range(60))
    candidates = Candidate.objects.bulk_create(
        Candidate(company=company, full_name=f"Candidate {n}", email=f"c{n}@example.com", job=jobs[n % 60])
        for n in range(PEOPLE)
    )
    interviews = Interview.objects.bulk_create(
        Interview(company=company, candidate=each, job=each.job, created_at=now, updated_at=now) for each in candidates
    )
    for interview, slot in zip(interviews[:BOOKED], slots[::11], strict=False):
        book_interview(interview_id=interview.pk, slot_id=slot.pk, notes="", actor=user, now=now)
    links = [_invite(interviews[0]), _invite(interviews[-1])]
    booking = InterviewSchedule.objects.get(interview=interviews[0])
    month = f"{first:%Y-%m-%d}"
    pages = [
        f"/app/calendar/?view=month&date={month}",
        f"/app/calendar/slots/?view=month&start={month}&end={first + timedelta(days=42):%Y-%m-%d}",
        f"/app/slots/{booking.slot_id}/",
        "/app/availability/",
        "/app/availability/new/",
        "/app/candidates/",
        f"/app/candidates/{candidates[0].pk}/",
        "/app/jobs/",
        f"/app/jobs/{jobs[0].pk}/",
        "/app/interviews/",
        f"/app/interviews/{interviews[0].pk}/",
        "/app/conflicts/",
        "/app/imports/",
        "/app/settings/",
        "/app/settings/members/",
        "/app/settings/webhooks/",
        *(f"/interview/{link}/" for link in links),
        f"/interview/{_hold(company, candidates[-2], user)}/room/",
    ]
    later = f"{first + timedelta(days=400):%Y-%m-%d}"
    drawn = {
        "an empty month": (f"/app/calendar/?view=month&date={later}", "#calendar[data-loaded]"),
        "a month of 5,000 slots": (f"/app/calendar/?view=month&date={month}", "#calendar a.cal-event"),
        "a day of 180 slots": (f"/app/calendar/?view=day&date={month}", "#calendar [data-slot]"),
    }
    return Seeded(session=_session(user), pages=pages, drawn=drawn)


def _slot(company: Company, first: datetime, number: int) -> InterviewSlot:
    start = first + timedelta(minutes=MINUTES * (number // len(KINDS)))
    now = timezone.now()
    return InterviewSlot(
        company=company,
        ai_interview_type=KINDS[number % len(KINDS)],
        start_time=start,
        end_time=start + timedelta(minutes=MINUTES),
        duration_minutes=MINUTES,
        created_at=now,
        updated_at=now,
    )


def _invite(interview: Interview) -> str:
    valid_for, now = timedelta(days=90), timezone.now()
    return invite_candidate(
        interview_id=interview.pk, interview_type="", valid_for=valid_for, actor=SYSTEM, now=now
    ).link


def _hold(company: Company, candidate: Candidate, user: User) -> str:
    """The link of an interview that is being held, with a question open that is answered in code."""
    now = timezone.now()
    start = now + timedelta(minutes=5)
    interview = Interview.objects.create(company=company, candidate=candidate, created_at=now, updated_at=now)
    slot = InterviewSlot.objects.create(
        company=company,
        ai_interview_type=InterviewType.CODING,
        start_time=start,
        end_time=start + timedelta(minutes=MINUTES),
        duration_minutes=MINUTES,
        created_at=now,
        updated_at=now,
    )
    book_interview(interview_id=interview.pk, slot_id=slot.pk, notes="", actor=user, now=now)
    link = _invite(interview)
    session = start_session(token=link, consent_version=VERSION, accepted=True, now=now)
    speak(session.pk, now=now)
    return link


def _session(user: User) -> str:
    """The key of a session in which the user is logged in."""
    session = import_module(settings.SESSION_ENGINE).SessionStore()
    session[SESSION_KEY] = str(user.pk)
    session[BACKEND_SESSION_KEY] = settings.AUTHENTICATION_BACKENDS[0]
    session[HASH_SESSION_KEY] = user.get_session_auth_hash()
    session.create()
    key: str = session.session_key
    return key
