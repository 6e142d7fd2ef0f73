"""Interviews that were held in the days before, one that nobody came to, and one whose room is open now."""

from collections.abc import Mapping
from datetime import date, datetime, time, timedelta
from itertools import count

from parley.conversations.models import Turn
from parley.conversations.operations.answering import answer_question
from parley.conversations.operations.asking import give_feedback
from parley.conversations.operations.ending import miss_interview
from parley.conversations.operations.opening import start_session
from parley.conversations.operations.speaking import speak
from parley.conversations.rules.consent import VERSION
from parley.conversations.rules.states import TurnKind
from parley.demo.bookings import ROUNDS, Desk
from parley.demo.talks import INVITED, MISSED, TALKS, Opinion, Talk
from parley.evaluations.operations.decisions import decide
from parley.evaluations.operations.reviews import submit_review
from parley.hiring.models import Candidate
from parley.interviews.links import link_of
from parley.interviews.models import Interview, InterviewLink, InterviewSchedule, InterviewSlot
from parley.interviews.operations.booking import book_interview
from parley.interviews.operations.interviews import create_interview
from parley.interviews.operations.links import invite_candidate
from parley.interviews.operations.policies import update_policy
from parley.interviews.operations.slots import create_slot
from parley.interviews.queries import policy_of
from parley.interviews.rules.states import LIVE_SCHEDULE, InterviewStatus, InterviewType
from parley.organizations.models import User

EVENING, AFTERNOON = time(17, 15), time(16)  # the weekly patterns have no such slots then
SATURDAY = 6
JOIN_GRACE = 120  # minutes: whoever looks around a little first can still enter
VALID_FOR = timedelta(days=30)
STEP = timedelta(minutes=5)


def hold_all(desk: Desk, colleagues: Mapping[str, User]) -> None:
    """Those that were held, with what people thought of them; the one that was missed; the one that is due now."""
    fields = {"join_grace_minutes": JOIN_GRACE}
    update_policy(company_id=_company(desk), fields=fields, actor=desk.user, now=desk.ago(100))
    for talk in TALKS:
        _hold(desk, talk, colleagues)
    _miss(desk)
    _open_room(desk)


def open_room(*, now: datetime) -> tuple[str, int] | None:
    """The path of the room that can be entered now, and for how many minutes it still can; None where none can."""
    rows = InterviewSchedule.objects.filter(
        interview__candidate__email=INVITED,
        interview__status__in=(InterviewStatus.SCHEDULED, InterviewStatus.IN_PROGRESS),
        status__in=LIVE_SCHEDULE,
        start_time__lte=now + timedelta(minutes=15),
    )
    booking = rows.order_by("-start_time").first()
    if booking is None:
        return None
    _opens, closes = policy_of(booking.company_id).join_window(booking.start_time)
    link = InterviewLink.objects.filter(interview_id=booking.interview_id, revoked_at__isnull=True).first()
    if link is None or closes <= now:
        return None
    return f"/interview/{link_of(booking.interview_id, link.nonce)}/room/", int((closes - now) / timedelta(minutes=1))


def _hold(desk: Desk, talk: Talk, colleagues: Mapping[str, User]) -> None:
    start = _at(desk, talk.workdays_ago, EVENING)
    booked, minutes, questions = start - timedelta(days=1), talk.minutes, talk.questions
    interview, link = _book(desk, talk.email, talk.kind, start, minutes=minutes, questions=questions, now=booked)
    ended = _talk(talk, link, begin=start + timedelta(minutes=1))
    give_feedback(token=link, rating=talk.rating, text=talk.feedback, now=ended + timedelta(minutes=1))
    for hours, opinion in zip(count(2), talk.opinions, strict=False):
        _rate(interview, opinion, colleagues[opinion.email], now=ended + timedelta(hours=hours))
    if talk.verdict is not None:
        decider = colleagues[talk.opinions[0].email]
        then = ended + timedelta(hours=18)
        decide(interview_id=interview.pk, verdict=talk.verdict, note=talk.reason, actor=decider, now=then)


def _talk(talk: Talk, link: str, *, begin: datetime) -> datetime:
    """Say it all, at the pace of somebody who thinks and types; returns when it was over."""
    session = start_session(token=link, consent_version=VERSION, accepted=True, now=begin)
    answers, now = {key: iter(texts) for key, texts in talk.answers.items()}, begin
    asked: Turn | None = speak(session.pk, now=now)
    while asked is not None and asked.kind != TurnKind.CLOSING:
        text = next(answers[asked.question_key], "")
        now += timedelta(seconds=25 + 1.5 * len(text.split()))
        answer_question(token=link, client_id=str(asked.pk), text=text, turn_id=asked.pk, now=now)
        asked = speak(session.pk, now=now + timedelta(seconds=1))
    return now


def _rate(interview: Interview, opinion: Opinion, user: User, *, now: datetime) -> None:
    submit_review(
        interview_id=interview.pk,
        levels=opinion.levels,
        notes=opinion.notes,
        note=opinion.note,
        actor=user,
        now=now,
    )


def _miss(desk: Desk) -> None:
    start = _at(desk, 1, AFTERNOON)
    interview, _link = _book(desk, MISSED, InterviewType.GENERAL, start, minutes=30, now=start - timedelta(days=1))
    _opens, closes = policy_of(_company(desk)).join_window(start)
    miss_interview(interview_id=interview.pk, now=closes + timedelta(minutes=1))


def _open_room(desk: Desk) -> None:
    """Due in ten minutes or a little more, of a kind that has no slot just then: its room is open already."""
    start = datetime.min.replace(tzinfo=desk.now.tzinfo)
    start += -(-(desk.now + 2 * STEP - start) // STEP) * STEP
    end = start + timedelta(hours=1)
    slots = InterviewSlot.objects.visible_to(desk.user).filter(start_time__lt=end, end_time__gt=start)
    taken = set(slots.values_list("ai_interview_type", flat=True))
    kind = next(each for each in (InterviewType.CODING, *InterviewType) if each not in taken)
    _book(desk, INVITED, kind, start, minutes=60, now=desk.ago(2))


def _book(
    desk: Desk,
    email: str,
    kind: InterviewType,
    start: datetime,
    *,
    minutes: int,
    now: datetime,
    questions: int | None = None,
) -> tuple[Interview, str]:
    """An interview with its booking on a slot of its own, and its link."""
    candidate = Candidate.objects.visible_to(desk.user).get(email=email)
    interview = create_interview(
        candidate_id=candidate.pk,
        job_id=candidate.job_id,
        fields={"interview_round": ROUNDS[kind]},
        company_id=None,
        actor=desk.user,
        now=now,
    )
    invited = invite_candidate(
        interview_id=interview.pk, interview_type=kind, valid_for=VALID_FOR, actor=desk.user, now=now
    )
    slot = create_slot(
        company_id=None,
        job_id=None,
        start_time=start,
        end_time=start + timedelta(minutes=minutes),
        duration_minutes=None,
        fields={"ai_interview_type": kind, "ai_configuration": {"questions": questions} if questions else {}},
        actor=desk.user,
        now=now,
    )
    book_interview(interview_id=interview.pk, slot_id=slot.pk, notes="", actor=desk.user, now=now)
    return interview, invited.link


def _at(desk: Desk, workdays_ago: int, clock: time) -> datetime:
    """That time of the company's day, so many of its workdays ago."""
    assert desk.user.company is not None  # noqa: S101 (the demo's users have one)
    zone = desk.user.company.zone
    day: date = desk.now.astimezone(zone).date()
    while workdays_ago:
        day -= timedelta(days=1)
        workdays_ago -= day.isoweekday() < SATURDAY
    return datetime.combine(day, clock, tzinfo=zone)


def _company(desk: Desk) -> int:
    assert desk.user.company_id is not None  # noqa: S101 (likewise)
    return desk.user.company_id
