"""Waiting for a place: joining, leaving, and being offered what becomes free, in order and for a limited time."""

from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from uuid import UUID

from parley.core.actors import SYSTEM, Actor
from parley.core.errors import Conflict, Invalid, NotFound
from parley.core.events import record
from parley.core.transactions import operation
from parley.interviews.locks import lock_interview, lock_interviews, lock_slots, lock_waiting
from parley.interviews.models import Interview, InterviewSchedule, PlaceHold, WaitlistEntry
from parley.interviews.models.waitlist import already_waiting
from parley.interviews.operations.holds import (
    end_waits,
    hold_places,
    leave_waitlist,
    waiting_change,
    withdraw_holds_for,
)
from parley.interviews.queries import live_schedule, policy_of
from parley.interviews.rules.assignment import Place
from parley.interviews.rules.booking import has_room
from parley.interviews.rules.policy import Policy
from parley.interviews.rules.states import (
    BOOKABLE_INTERVIEW,
    LIVE_SCHEDULE,
    OPEN_WAITING,
    InterviewStatus,
    WaitingStatus,
)
from parley.interviews.rules.waiting import LONGEST_WAIT_DAYS, share_out
from parley.interviews.seating import free_slots, in_turn, unwanted_slots, waiting_entries

ROUNDS = 5  # so often it is shared out anew, because others were quicker


@operation
def join_waitlist(
    *,
    interview_id: UUID,
    interview_type: str,
    start_after: datetime | None,
    start_before: datetime,
    actor: Actor,
    now: datetime,
) -> WaitlistEntry:
    """Let an interview wait for a place that begins in ``[start_after, start_before)``, from now on at most.

    ``interview_type`` narrows what is offered; an empty one allows every type. Raises ``Invalid`` for a range that
    cannot be, ``Conflict`` ``already_waiting``, ``interview_already_booked`` or ``interview_<status>``.
    """
    return join(
        interview_id=interview_id,
        interview_type=interview_type,
        start_after=start_after,
        start_before=start_before,
        actor=actor,
        now=now,
    )


def join(
    *,
    interview_id: UUID,
    interview_type: str,
    start_after: datetime | None,
    start_before: datetime,
    actor: Actor,
    now: datetime,
) -> WaitlistEntry:
    """``join_waitlist`` inside the caller's operation."""
    interview = lock_interview(interview_id, actor=actor)
    first = max(start_after or now, now)
    _refuse_bad_range(first, start_before, now=now)
    company_id = _refuse_not_waiting(interview)
    entry = WaitlistEntry(
        company_id=company_id,
        interview=interview,
        ai_interview_type=interview_type or _type_of_link(interview),
        start_after=first,
        start_before=start_before,
        created_at=now,
    )
    entry.save(force_insert=True)
    record(waiting_change("waitlist.joined", entry), actor=actor, now=now)
    return entry


@operation
def leave(*, entry_id: UUID, actor: Actor, now: datetime) -> WaitlistEntry:
    """Take an entry off the waitlist; a place that is held for it is free again. Raises ``Conflict`` where it has."""
    entry = WaitlistEntry.objects.seen_by(actor, pk=entry_id, thing="waitlist entry")
    return stop_waiting(entry.interview_id, entry_id=entry.pk, actor=actor, now=now)


def stop_waiting(interview_id: UUID, *, entry_id: UUID | None, actor: Actor, now: datetime) -> WaitlistEntry:
    """``leave`` inside the caller's operation, for an interview; for one of its entries where that is named."""
    lock_interview(interview_id, actor=actor)
    found = lock_waiting(interview_id=interview_id, **({"pk": entry_id} if entry_id is not None else {}))
    if not found:
        raise Conflict("This interview is not on the waitlist.", code="not_waiting")
    left = leave_waitlist(interview_id, WaitingStatus.LEFT, actor=actor, now=now)
    withdraw_holds_for(entry__in=left, actor=actor, now=now)
    return left[0]


def offer_places(*, company_id: int, now: datetime) -> int:
    """Offer a company's free places to those that wait, in order; returns how many were. Safe to run twice."""
    for _ in range(ROUNDS):
        entries = waiting_entries(company_id, now=now)
        if not entries:
            return 0
        policy = policy_of(company_id)
        given = _shares(company_id, entries, policy, now=now)
        offered = _offer([each for each in entries if each.pk in given], given, policy, now=now) if given else 0
        if offered is not None:
            return offered
    return 0


@operation
def end_waiting(*, now: datetime, at_most: int = 500) -> int:
    """End the wait of those whose range is over; returns how many."""
    over = WaitlistEntry.objects.filter(status=WaitingStatus.WAITING, start_before__lte=now)
    found = dict(over.values_list("pk", "interview_id")[:at_most])
    lock_interviews(found.values())
    # Looked at again: one that is asked about a place by now goes on until that is answered.
    entries = lock_waiting(pk__in=found, status=WaitingStatus.WAITING)
    end_waits(entries, WaitingStatus.LAPSED, actor=SYSTEM, now=now)
    return len(entries)


def _shares(company_id: int, entries: Sequence[WaitlistEntry], policy: Policy, *, now: datetime) -> dict[UUID, Place]:
    after = now + timedelta(minutes=policy.min_notice_minutes)
    until = max(entry.start_before for entry in entries)
    places = free_slots(company_id, after=after, until=until, but=unwanted_slots(company_id))
    return share_out(in_turn(entries, after=now, now=now), places)


@operation
def _offer(
    entries: Sequence[WaitlistEntry], given: Mapping[UUID, Place], policy: Policy, *, now: datetime
) -> int | None:
    """Hold the places and ask; None where somebody else was quicker, and nothing was done."""
    wanted = Counter(place.slot_id for place in given.values())
    slots = lock_slots(wanted)
    interviews = [entry.interview_id for entry in entries]
    lock_interviews(interviews)
    waiting = {entry.pk: entry for entry in lock_waiting(pk__in=given, status=WaitingStatus.WAITING)}
    fits = all(has_room(slots.get(slot_id), count, now=now) for slot_id, count in wanted.items())
    booked = InterviewSchedule.objects.filter(interview__in=interviews, status__in=LIVE_SCHEDULE).exists()
    if not fits or booked or len(waiting) < len(given):
        return None
    WaitlistEntry.objects.filter(pk__in=waiting).update(status=WaitingStatus.OFFERED)
    holds = [_hold(entry, given[entry.pk], policy, now=now) for entry in waiting.values()]
    hold_places(holds, actor=SYSTEM, now=now)
    return len(holds)


def _hold(entry: WaitlistEntry, place: Place, policy: Policy, *, now: datetime) -> PlaceHold:
    return PlaceHold(
        company_id=entry.company_id,
        slot_id=place.slot_id,
        interview_id=entry.interview_id,
        entry=entry,
        start_time=place.start,
        end_time=place.end,
        expires_at=policy.offer_until(place.start, now=now),
        created_at=now,
    )


def _type_of_link(interview: Interview) -> str:
    """What the candidate was invited to book; else any."""
    link = interview.links.filter(revoked_at__isnull=True).first()
    return link.ai_interview_type if link is not None else ""


def _refuse_bad_range(first: datetime, last: datetime, *, now: datetime) -> None:
    if last <= first:
        raise Invalid.field("start_before", "Must be in the future, and after start_after.", code="end_before_start")
    if last - now > timedelta(days=LONGEST_WAIT_DAYS):
        raise Invalid.field("start_before", "Must be within a year from now.", code="too_far_ahead")


def _refuse_not_waiting(interview: Interview) -> int:
    """The company whose places the interview may wait for."""
    if interview.company_id is None:
        raise NotFound.of("interview")
    if interview.status not in BOOKABLE_INTERVIEW:
        label = InterviewStatus(interview.status).label.lower()
        raise Conflict(f"This interview is {label}: it cannot wait.", code=f"interview_{interview.status}")
    if live_schedule(interview.pk) is not None:
        raise Conflict("This interview has a booking: reschedule that one.", code="interview_already_booked")
    if interview.waitlist.filter(status__in=OPEN_WAITING).exists():
        raise already_waiting()
    return interview.company_id
