"""A session of a booking: opened, begun, its time extended."""

from dataclasses import replace
from datetime import datetime, timedelta
from uuid import UUID

from parley.conversations.locks import lock_session_of
from parley.conversations.models import InterviewSession
from parley.conversations.operations.choosing import version_for, wishes_for
from parley.conversations.operations.telling import step_to
from parley.conversations.queries import kept_wishes, session_of
from parley.conversations.rules.consent import refuse_without_consent
from parley.conversations.rules.kits import kit_of
from parley.conversations.rules.plan import plan_of
from parley.conversations.rules.states import SessionState, refuse_step
from parley.conversations.rules.timing import MOST_EXTRA_MINUTES, refuse_outside_window
from parley.core.actors import Actor
from parley.core.errors import Conflict, Invalid, NotFound
from parley.core.events import Change, record
from parley.core.transactions import operation
from parley.interviews.links import open_link
from parley.interviews.locks import lock_interview
from parley.interviews.models import Interview, InterviewSchedule
from parley.interviews.queries import live_schedule, policy_of
from parley.interviews.rules.states import InterviewStatus


@operation
def start_session(*, token: str, consent_version: str, accepted: bool, now: datetime) -> InterviewSession:
    """Begin the interview of a link within its window, with the candidate's consent to the notice of that version.

    Begun again, it is the session that runs. Raises ``Invalid`` and ``Conflict``; then nothing has changed.
    """
    link, actor = open_link(token, now=now)
    interview = lock_interview(link.interview_id, actor=actor)
    session = session_of(interview.pk)
    if session is not None and session.state == SessionState.RUNNING:
        return session
    refuse_without_consent(consent_version, accepted=accepted)
    if session is not None:
        refuse_step(session.state, SessionState.RUNNING)
    schedule = booking_of(interview)
    refuse_outside_window(policy_of(interview.company_id), schedule.start_time, now=now)
    session = open_session(interview, schedule, now=now)
    session.state = SessionState.RUNNING
    session.consent_version, session.consented_at, session.started_at = consent_version, now, now
    session.ends_at = now + timedelta(minutes=session.minutes + session.extra_minutes)
    session.save()
    interview.started_at = now
    interview.save(update_fields=["started_at"])
    step_to(
        InterviewStatus.IN_PROGRESS,
        "interview.started",
        interview,
        schedule,
        session_id=session.pk,
        actor=actor,
        now=now,
    )
    return session


def open_session(interview: Interview, schedule: InterviewSchedule, *, now: datetime) -> InterviewSession:
    """The locked session of a booking, made where there is none; one that waits asks what is asked as of now."""
    session = InterviewSession.objects.filter(schedule=schedule).first()
    if session is not None:
        session = lock_session_of(interview, pk=session.pk)
        if session.state != SessionState.WAITING:
            return session
    else:
        session = InterviewSession(
            company_id=schedule.company_id, interview=interview, schedule=schedule, created_at=now
        )
    wishes = wishes_for(schedule)
    session.kit_version = version_for(schedule, wishes, now=now)
    kit = kit_of(session.kit_version.content)
    session.minutes = wishes.duration_minutes or min(kit.minutes, schedule.slot.duration_minutes)
    wishes = replace(wishes, duration_minutes=session.minutes)
    session.plan, session.wishes = plan_of(kit, wishes), kept_wishes(wishes)
    session.save()
    return session


@operation
def grant_time(*, interview_id: UUID, extra_minutes: int, actor: Actor, now: datetime) -> InterviewSession:
    """Give a candidate so many minutes beyond the usual, before the interview or while it is held."""
    if not 0 <= extra_minutes <= MOST_EXTRA_MINUTES:
        words = f"Must be a whole number from 0 to {MOST_EXTRA_MINUTES}."
        raise Invalid.field("extra_minutes", words, code="out_of_range")
    interview = lock_interview(interview_id, actor=actor)
    session = session_of(interview.pk)
    if session is None or session.state == SessionState.WAITING:
        session = open_session(interview, booking_of(interview), now=now)
    else:
        session = lock_session_of(interview, pk=session.pk)
    if session.state not in (SessionState.WAITING, SessionState.RUNNING):
        raise Conflict("This interview is over.", code="session_over")
    before, session.extra_minutes = session.extra_minutes, extra_minutes
    if session.ends_at is not None:
        session.ends_at += timedelta(minutes=extra_minutes - before)
    session.save(update_fields=["extra_minutes", "ends_at"])
    change = Change(
        type="interview.time_extended",
        object_id=interview.pk,
        company_id=interview.company_id,
        before={"extra_minutes": before},
        after={"extra_minutes": extra_minutes},
    )
    record(change, actor=actor, now=now)
    return session


def booking_of(interview: Interview) -> InterviewSchedule:
    """The booking of a locked interview; raises ``NotFound`` where it has none."""
    schedule = live_schedule(interview.pk)
    if schedule is None:
        raise NotFound("There is no booking.", code="schedule_not_found")
    return schedule
