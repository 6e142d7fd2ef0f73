"""Reads for the automatic seating: who has lost a place or waits for one, and which places would do."""

from collections import Counter
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from django.db.models import Exists, F, OuterRef, Q

from parley.interviews.models import (
    Interview,
    InterviewConflict,
    InterviewSchedule,
    InterviewSlot,
    PlaceHold,
    WaitlistEntry,
)
from parley.interviews.queries import PROPOSE_WITHIN
from parley.interviews.rules.assignment import Place, Seeker, within_reach
from parley.interviews.rules.hours import CandidateHours
from parley.interviews.rules.policy import Policy
from parley.interviews.rules.states import (
    LIVE_SCHEDULE,
    OPEN_SLOT,
    ConflictType,
    HoldStatus,
    InterviewStatus,
    Resolution,
    SlotStatus,
    WaitingStatus,
)
from parley.interviews.rules.waiting import Waiting

MOST_AT_ONCE = 1000  # interviews in one run: the solver's time grows faster than their number
ALL = 10**9
LOST_A_PLACE = (ConflictType.SLOT_UNAVAILABLE, ConflictType.AI_SYSTEM_ERROR, ConflictType.CANDIDATE_UNAVAILABLE)


@dataclass(frozen=True, kw_only=True)
class Lost:
    """An interview to be seated, and the place that it lost."""

    conflict: InterviewConflict
    interview: Interview
    slot: InterviewSlot  # the lost one
    schedule_id: UUID | None  # the booking to be moved, where it still holds


@dataclass(frozen=True)
class FreeSlot(Place):
    """A free place with what decides for whom it would do."""

    interview_type: str
    job_id: int | None


Busy = dict[int, list[tuple[datetime, datetime, UUID]]]  # by candidate: from, to, and for which interview


def seated_by_conflict(conflict: InterviewConflict) -> UUID | None:
    """The interview that a conflict leaves without a place, or on one that is not wanted any more.

    Of a candidate whom an import would have booked twice, it is the one that was not booked.
    """
    if conflict.conflict_type == ConflictType.CANDIDATE_UNAVAILABLE and conflict.conflicting_interview_id:
        return conflict.conflicting_interview_id
    return conflict.primary_interview_id


def lost_places(company_id: int) -> list[Lost]:
    """The interviews of a company for which Parley may find a place by itself, the earliest first; three statements.

    Each once, and none for which a place is held already.
    """
    rows = (
        InterviewConflict.objects.filter(
            company_id=company_id, resolution=Resolution.PENDING, is_manual=False, conflict_type__in=LOST_A_PLACE
        )
        .filter(slot__isnull=False, primary_interview__isnull=False)
        .select_related("slot", "primary_interview__candidate", "conflicting_interview__candidate", "schedule")
        .order_by("slot__start_time", "pk")[:MOST_AT_ONCE]
    )
    conflicts = list(rows)
    interviews = [seated_by_conflict(conflict) for conflict in conflicts]
    live = {
        schedule.interview_id: schedule.pk
        for schedule in InterviewSchedule.objects.filter(interview__in=interviews, status__in=LIVE_SCHEDULE)
    }
    asked = PlaceHold.objects.filter(interview__in=interviews, status=HoldStatus.HELD)
    done = set(asked.values_list("interview_id", flat=True))
    found: list[Lost] = []
    for conflict in conflicts:
        lost = _lost(conflict, live)
        if lost is not None and lost.interview.pk not in done:
            found.append(lost)
            done.add(lost.interview.pk)
    return found


def _lost(conflict: InterviewConflict, live: dict[UUID, UUID]) -> Lost | None:
    interview = (
        conflict.primary_interview
        if seated_by_conflict(conflict) == conflict.primary_interview_id
        else conflict.conflicting_interview
    )
    if interview is None or conflict.slot is None or interview.status != InterviewStatus.SCHEDULED:
        return None
    held = live.get(interview.pk)
    if held is not None and held != conflict.schedule_id:
        return None  # it has found a place otherwise
    return Lost(conflict=conflict, interview=interview, slot=conflict.slot, schedule_id=held)


def seekers(lost: Sequence[Lost], policy: Policy, *, now: datetime) -> list[Seeker]:
    """Each with the places that would do; five statements, whatever the number.

    A place does where it is of the same company and interview type, not kept for another job, within 30 days of the
    old time, beyond the company's notice and the candidate's, within the candidate's hours, and beside nothing else
    that the candidate has.
    """
    if not lost:
        return []
    wanted = [each.slot.start_time for each in lost]
    after = max(now + timedelta(minutes=policy.min_notice_minutes), min(wanted) - PROPOSE_WITHIN)
    company_id = lost[0].conflict.company_id
    free = free_slots(company_id, after=after, until=max(wanted) + PROPOSE_WITHIN, but=unwanted_slots(company_id))
    by_type: dict[str, list[FreeSlot]] = {}
    for slot in free:
        by_type.setdefault(slot.interview_type, []).append(slot)
    busy = busy_times({each.interview.candidate_id for each in lost}, after=after)
    interviews_of = Counter(each.interview.candidate_id for each in lost)
    return [
        Seeker(
            key=each.conflict.pk,
            candidate_id=each.interview.candidate_id,
            wanted=each.slot.start_time,
            places=within_reach(
                each.slot.start_time,
                by_type.get(each.slot.ai_interview_type, []),
                suits=_Suits(each.interview, busy, wanted=each.slot.start_time, now=now),
                seekers=len(lost) if interviews_of[each.interview.candidate_id] == 1 else ALL,
            ),
        )
        for each in lost
    ]


def free_slots(company_id: int, *, after: datetime, until: datetime, but: Collection[UUID]) -> list[FreeSlot]:
    """The slots with room that begin after the first instant and up to the second, by start."""
    rows = InterviewSlot.objects.filter(
        company_id=company_id,
        status=SlotStatus.AVAILABLE,
        start_time__gt=after,
        start_time__lte=until,
        max_candidates__gt=F("current_bookings") + F("held_places"),
    ).order_by("start_time", "pk")
    return [
        FreeSlot(slot.pk, slot.start_time, slot.end_time, slot.places_left, slot.ai_interview_type, slot.job_id)
        for slot in rows.only(
            "start_time", "end_time", "max_candidates", "current_bookings", "held_places", "ai_interview_type", "job_id"
        )
        if slot.pk not in but
    ]


def unwanted_slots(company_id: int) -> set[UUID]:
    """The slots that no one is to be seated on, though they are open: their pattern does not offer them any more."""
    rows = InterviewConflict.objects.filter(
        company_id=company_id,
        resolution=Resolution.PENDING,
        conflict_type=ConflictType.SLOT_UNAVAILABLE,
        slot__status__in=OPEN_SLOT,
    )
    return set(rows.values_list("slot_id", flat=True))


def busy_times(candidates: Iterable[int], *, after: datetime) -> Busy:
    """When the candidates have other interviews, or places held for such; two statements."""
    who = set(candidates)
    busy: Busy = {}
    booked = InterviewSchedule.objects.filter(candidate_id__in=who, status__in=LIVE_SCHEDULE, end_time__gt=after)
    for candidate, start, end, interview in booked.values_list(
        "candidate_id", "start_time", "end_time", "interview_id"
    ):
        busy.setdefault(candidate, []).append((start, end, interview))
    held = PlaceHold.objects.filter(interview__candidate_id__in=who, status=HoldStatus.HELD, end_time__gt=after)
    for candidate, start, end, interview in held.values_list(
        "interview__candidate_id", "start_time", "end_time", "interview_id"
    ):
        busy.setdefault(candidate, []).append((start, end, interview))
    return busy


class _Suits:
    """Whether a place would do for an interview; its type is looked at before."""

    def __init__(self, interview: Interview, busy: Busy, *, wanted: datetime | None, now: datetime) -> None:
        self.job_id = interview.job_id or interview.candidate.job_id
        self.busy = [(start, end) for start, end, of in busy.get(interview.candidate_id, ()) if of != interview.pk]
        self.hours = CandidateHours.of(interview.candidate_hours)
        self.wanted, self.now = wanted, now

    def __call__(self, place: Place) -> bool:
        assert isinstance(place, FreeSlot)  # noqa: S101 (what ``free_slots`` gives)
        if place.job_id is not None and self.job_id is not None and place.job_id != self.job_id:
            return False
        if self.wanted is not None and abs(place.start - self.wanted) > PROPOSE_WITHIN:
            return False
        if any(start < place.end and place.start < end for start, end in self.busy):
            return False
        return self.hours is None or self.hours.suit(place.start, place.end, now=self.now)


def waiting_entries(company_id: int, *, now: datetime) -> list[WaitlistEntry]:
    """Who waits, in their order; not those whose range is over, or who have a place or are asked about one just now."""
    asked = PlaceHold.objects.filter(interview=OuterRef("interview"), status=HoldStatus.HELD)
    booked = InterviewSchedule.objects.filter(interview=OuterRef("interview"), status__in=LIVE_SCHEDULE)
    rows = (
        WaitlistEntry.objects.filter(company_id=company_id, status=WaitingStatus.WAITING, start_before__gt=now)
        .exclude(Exists(asked))
        .exclude(Exists(booked))
        .select_related("interview__candidate")
    )
    return list(rows.order_by("created_at", "pk")[:MOST_AT_ONCE])


def in_turn(entries: Sequence[WaitlistEntry], *, after: datetime, now: datetime) -> list[Waiting]:
    """The same, with which places would do for each; three statements."""
    busy = busy_times({entry.interview.candidate_id for entry in entries}, after=after)
    return [Waiting(entry.pk, _SuitsWaiting(entry, busy, now=now)) for entry in entries]


class _SuitsWaiting(_Suits):
    """The same for one that waits."""

    def __init__(self, entry: WaitlistEntry, busy: Busy, *, now: datetime) -> None:
        super().__init__(entry.interview, busy, wanted=None, now=now)
        self.entry = entry

    def __call__(self, place: Place) -> bool:
        assert isinstance(place, FreeSlot)  # noqa: S101 (what ``free_slots`` gives)
        entry = self.entry
        return (
            entry.start_after <= place.start < entry.start_before
            and entry.ai_interview_type in ("", place.interview_type)
            and place.slot_id not in entry.refused_slots
            and super().__call__(place)
        )


def companies_to_seat() -> list[int]:
    """The companies with somebody who has lost a place, or waits for one."""
    lost = InterviewConflict.objects.filter(
        Q(resolution=Resolution.PENDING, is_manual=False, conflict_type__in=LOST_A_PLACE)
    )
    waiting = WaitlistEntry.objects.filter(status=WaitingStatus.WAITING)
    return sorted({*lost.values_list("company_id", flat=True), *waiting.values_list("company_id", flat=True)})
