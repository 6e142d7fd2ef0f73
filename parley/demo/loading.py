"""Making the demo data, through the operations that people use: all or nothing, once."""

from datetime import datetime, timedelta

from django.conf import settings
from django.db import connection
from knox.models import AuthToken

from parley.core.actors import SYSTEM
from parley.core.errors import Conflict
from parley.core.events import Change, record
from parley.core.outbox import skip_to_here
from parley.core.transactions import operation, run_atomically
from parley.demo.bookings import Desk, book_all, make_trouble
from parley.demo.content import ADMINISTRATOR, PASSWORD, Applicant, Person, Position, Story, Week
from parley.demo.globex import GLOBEX
from parley.demo.interviews import hold_all
from parley.demo.northwind import NORTHWIND
from parley.demo.resumes import resume_pdf
from parley.hiring.models import Candidate, Job
from parley.hiring.operations.candidates import Upload, create_candidate, create_candidates, read_upload
from parley.hiring.operations.jobs import create_job
from parley.interviews.operations.configurations import create_configuration
from parley.interviews.operations.materialise import materialise
from parley.interviews.operations.slots import complete_past_slots
from parley.organizations.models import Company, User
from parley.organizations.operations.companies import create_company
from parley.organizations.operations.users import add_user

STORIES = (NORTHWIND, GLOBEX)
PEOPLE = (ADMINISTRATOR, *NORTHWIND.users, *GLOBEX.users)
SINCE = timedelta(days=6)  # the companies have been here for a while
LEAST_DAYS = 35  # of slots, however short the setting is
_LOCK = 7_302_114_071_951_002  # any number, the same for every process of one database


def load_demo(*, if_empty: bool, now: datetime) -> bool:
    """Make the demo data; says whether it did. Another process at the same time waits for them.

    Does nothing where they are there already, or, with ``if_empty``, where there is any company or user.
    Raises ``Conflict`` where somebody else has one of their e-mail addresses.
    """
    if not _is_wanted(if_empty=if_empty):
        return False
    uploads = _read_resumes()  # before the transaction: it takes seconds

    def load() -> bool:
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_xact_lock(%s)", [_LOCK])
        if not _is_wanted(if_empty=if_empty):
            return False
        add_person(ADMINISTRATOR, company=None, now=now - SINCE)
        for story in STORIES:
            _tell(story, uploads, now=now)
        complete_past_slots(now=now)
        skip_to_here(now=now)  # nobody is written to about an invented past
        return True

    return run_atomically(load, joined=True)


def known_logins() -> list[User]:
    """Who of the demo data can still log in with the known password."""
    users = User.objects.select_related("company").filter(email__in=[person.email for person in PEOPLE])
    return [user for user in users if user.is_active and user.check_password(PASSWORD)]


@operation
def end_known_logins(*, now: datetime) -> int:
    """End the access of those; returns how many."""
    users = known_logins()
    for user in users:
        user.is_active = False
        user.save(update_fields=["is_active"])
        AuthToken.objects.filter(user=user).delete()
        change = Change(type="user.updated", object_id=user.pk, company_id=user.company_id, after={"is_active": False})
        record(change, actor=SYSTEM, now=now)
    return len(users)


def add_person(person: Person, *, company: Company | None, now: datetime) -> User:
    """A user with the known password."""
    return add_user(
        email=person.email,
        full_name=person.full_name,
        role=person.role,
        company_id=company.pk if company else None,
        password=PASSWORD,
        actor=SYSTEM,
        now=now,
    )


def _is_wanted(*, if_empty: bool) -> bool:
    if if_empty:
        return not (Company.objects.exists() or User.objects.exists())
    there = User.objects.filter(email__in=[person.email for person in PEOPLE]).count()
    if there not in (0, len(PEOPLE)):
        raise Conflict("Some users have e-mail addresses of the demo data: they cannot be loaded here.")
    return there == 0


def _read_resumes() -> dict[str, Upload]:
    return {
        person.email: read_upload(
            content=resume_pdf(
                name=person.name,
                title=story.positions[person.job].title,
                contacts=[person.email, person.phone],
                career=person.career,
            ),
            filename=f"{person.email.partition('@')[0].replace('.', '-')}.pdf",
        )
        for story in STORIES
        for person in story.applicants
        if person.career
    }


def _tell(story: Story, uploads: dict[str, Upload], *, now: datetime) -> None:
    then = now - SINCE
    company = create_company(
        name=story.name, email=story.email, timezone=story.timezone, password=None, actor=SYSTEM, now=then
    )
    people = [add_person(person, company=company, now=then) for person in story.users]
    user = people[0]
    jobs = [_job(position, user, now=then) for position in story.positions]
    candidates = _candidates(story, jobs, uploads, user, now=then)
    for week in story.weeks:
        _open_week(week, story, user, now=then)
    desk = Desk(user=user, candidates=candidates, now=now)
    book_all(desk)
    if story is NORTHWIND:
        make_trouble(desk)
        hold_all(desk, {each.email: each for each in people})


def _job(position: Position, user: User, *, now: datetime) -> Job:
    fields = {
        "job_title": position.title,
        "location": position.location,
        "tech_stack": list(position.stack),
        "description": position.description,
        "requirements": position.requirements,
    }
    return create_job(company_id=None, fields=fields, actor=user, now=now)


def _candidates(
    story: Story, jobs: list[Job], uploads: dict[str, Upload], user: User, *, now: datetime
) -> list[Candidate]:
    """In the order of the story: those with a resume one by one, the others as from a spreadsheet."""
    found = {
        person.email: create_candidate(
            company_id=None,
            job_id=jobs[person.job].pk,
            fields=_fields(person),
            resume=uploads[person.email],
            actor=user,
            now=now,
        )
        for person in story.applicants
        if person.career
    }
    for number, job in enumerate(jobs):
        rows = [_fields(person) for person in story.applicants if person.job == number and not person.career]
        made = create_candidates(company_id=None, job_id=job.pk, rows=rows, actor=user, now=now)
        found |= {candidate.email: candidate for candidate in made}
    return [found[person.email] for person in story.applicants]


def _fields(person: Applicant) -> dict[str, object]:
    return {
        "full_name": person.name,
        "email": person.email,
        "phone": person.phone,
        "work_experience": person.years,
        "domain": person.domain,
        "poc_email": person.came_through,
    }


def _open_week(week: Week, story: Story, user: User, *, now: datetime) -> None:
    for day in week.days:
        configuration = create_configuration(
            company_id=None,
            fields={
                "interview_type": week.kind,
                "day_of_week": day,
                "start_time": week.start,
                "end_time": week.end,
                "slot_duration": week.slot,
                "break_duration": week.pause,
                "max_candidates": week.places,
                "holidays": story.holidays,
                "ai_settings": dict(week.ai_settings),
            },
            actor=user,
            now=now,
        )
        days = max(settings.PARLEY_SLOT_HORIZON_DAYS, LEAST_DAYS) + SINCE.days
        materialise(configuration_id=configuration.pk, days=days, now=now)
