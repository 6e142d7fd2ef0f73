"""Interviews and what becomes of them: booked, confirmed, moved, cancelled, and in conflict."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import cycle

from parley.hiring.models import Candidate
from parley.interviews.models import Interview, InterviewSchedule, InterviewSlot
from parley.interviews.operations.booking import (
    book_interview,
    cancel_booking,
    confirm_booking,
    reschedule_booking,
)
from parley.interviews.operations.imports import Row, import_bookings
from parley.interviews.operations.interviews import create_interview
from parley.interviews.operations.slots import cancel_slot
from parley.interviews.rules.states import LIVE_SCHEDULE, InterviewType, SlotStatus
from parley.organizations.models import User

ROUNDS = {
    InterviewType.GENERAL: "Screening",
    InterviewType.TECHNICAL: "Technical interview",
    InterviewType.BEHAVIORAL: "Team and motivation",
    InterviewType.CODING: "Coding exercise",
    InterviewType.SYSTEM_DESIGN: "System design",
}
BOOKED_OF_SEVEN = (0, 1, 2, 3, 5)  # the others wait for a time
SECOND_ROUND_EVERY = 5


@dataclass(frozen=True, kw_only=True)
class Desk:
    """Who books, for whom, and when it is."""

    user: User
    candidates: list[Candidate]
    now: datetime

    def ago(self, hours: float) -> datetime:
        """So many hours before now."""
        return self.now - timedelta(hours=hours)


def book_all(desk: Desk) -> None:
    """An interview for every candidate, a second round for some; most have a place, half are confirmed."""
    kinds = _kinds_on_offer(desk)
    places = {kind: _free(desk, kind) for kind in kinds}
    interviews = [
        (number, kind, _interview(desk, candidate, kind, hours_ago=100))
        for number, (candidate, kind) in enumerate(zip(desk.candidates, cycle(kinds), strict=False))
    ]
    bookings = [
        _book(desk, interview, next(places[kind]), hours_ago=60 - number)
        for number, kind, interview in interviews
        if number % 7 in BOOKED_OF_SEVEN
    ]
    for number, booking in enumerate(bookings[::2]):
        confirm_booking(schedule_id=booking.pk, actor=desk.user, now=desk.ago(20 - number / 2))
    for number, candidate in enumerate(desk.candidates[::SECOND_ROUND_EVERY]):
        _interview(desk, candidate, kinds[(number + 1) % len(kinds)], hours_ago=6)
    _change_minds(desk, cancelled=bookings[0], moved=bookings[1])


def make_trouble(desk: Desk) -> None:
    """Two open conflicts: a slot that had to go, and a candidate who was to be in two interviews at once."""
    live = InterviewSchedule.objects.visible_to(desk.user).filter(status__in=LIVE_SCHEDULE)
    cancel_slot(
        slot_id=live.latest("booked_at").slot_id,
        cascade=True,
        reason="Maintenance of the interview room.",
        actor=desk.user,
        now=desk.ago(3),
    )
    busy = set(live.values_list("candidate_id", flat=True))
    candidate = next(candidate for candidate in desk.candidates if candidate.pk not in busy)
    one, other = _overlapping(desk)
    first = _interview(desk, candidate, InterviewType.TECHNICAL, hours_ago=2.5)
    second = _interview(desk, candidate, InterviewType.BEHAVIORAL, hours_ago=2.5)
    _book(desk, first, one, hours_ago=2)
    import_bookings(rows=[Row(interview_id=second.pk, slot_id=other.pk)], actor=desk.user, now=desk.ago(1))


def _change_minds(desk: Desk, *, cancelled: InterviewSchedule, moved: InterviewSchedule) -> None:
    cancel_booking(
        schedule_id=cancelled.pk,
        reason="The candidate has accepted another offer.",
        actor=desk.user,
        now=desk.ago(5),
    )
    elsewhere = next(_free(desk, InterviewType(moved.slot.ai_interview_type), after_days=9))
    reschedule_booking(schedule_id=moved.pk, slot_id=elsewhere.pk, actor=desk.user, now=desk.ago(4))


def _interview(desk: Desk, candidate: Candidate, kind: InterviewType, *, hours_ago: float) -> Interview:
    return create_interview(
        candidate_id=candidate.pk,
        job_id=candidate.job_id,
        fields={"interview_round": ROUNDS[kind]},
        company_id=None,
        actor=desk.user,
        now=desk.ago(hours_ago),
    )


def _book(desk: Desk, interview: Interview, slot: InterviewSlot, *, hours_ago: float) -> InterviewSchedule:
    return book_interview(
        interview_id=interview.pk, slot_id=slot.pk, notes="", actor=desk.user, now=desk.ago(hours_ago)
    )


def _kinds_on_offer(desk: Desk) -> list[InterviewType]:
    offered = set(InterviewSlot.objects.visible_to(desk.user).values_list("ai_interview_type", flat=True))
    return [kind for kind in InterviewType if kind in offered]


def _free(desk: Desk, kind: InterviewType, *, after_days: int = 1) -> Iterator[InterviewSlot]:
    """Every second free slot of a kind, the next ones first: a calendar with room in it."""
    return iter(_open(desk, kind, after_days=after_days)[::2])


def _open(desk: Desk, kind: InterviewType, *, after_days: int) -> list[InterviewSlot]:
    rows = InterviewSlot.objects.visible_to(desk.user).filter(
        ai_interview_type=kind,
        status=SlotStatus.AVAILABLE,
        start_time__gt=desk.now + timedelta(days=after_days),
    )
    return list(rows.order_by("start_time"))


def _overlapping(desk: Desk) -> tuple[InterviewSlot, InterviewSlot]:
    """A technical and a behavioral slot with room that overlap; the weekly patterns have some on Mondays."""
    return next(
        (one, other)
        for one in _open(desk, InterviewType.TECHNICAL, after_days=2)
        for other in _open(desk, InterviewType.BEHAVIORAL, after_days=2)
        if one.start_time < other.end_time and other.start_time < one.end_time
    )
