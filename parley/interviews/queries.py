"""Reads: each a constant number of statements, whatever the number of rows."""

import functools
import hashlib
import json
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from django.db.models import (
    Count,
    DateTimeField,
    DurationField,
    Exists,
    ExpressionWrapper,
    F,
    Prefetch,
    Q,
    QuerySet,
    Value,
)
from django.db.models.functions import Coalesce

from parley.core.actors import Actor
from parley.core.models import Event
from parley.core.sql import fetch_all
from parley.core.timezones import Hours, hours_of, local_days
from parley.hiring.models import Candidate, Job
from parley.interviews.models import (
    AIInterviewConfiguration,
    Interview,
    InterviewConflict,
    InterviewLink,
    InterviewSchedule,
    InterviewSlot,
    PlaceHold,
    Reseating,
    SchedulingPolicy,
    WaitlistEntry,
)
from parley.interviews.rules.policy import Policy
from parley.interviews.rules.proposals import HOW_MANY, FreePlace, rank
from parley.interviews.rules.states import LIVE_SCHEDULE, OPEN_WAITING, HoldStatus, Resolution, SlotStatus
from parley.organizations.models import Company
from parley.organizations.tenancy import CompanyOwnedQuerySet, visible, visible_parameters

PROPOSE_WITHIN = timedelta(days=30)
# Of a booking: the last moment at which it can be begun, as ``Policy.join_window`` has it.
JOIN_UNTIL = ExpressionWrapper(
    F("start_time")
    + ExpressionWrapper(
        Coalesce(F("company__scheduling_policy__join_grace_minutes"), Policy().join_grace_minutes)
        * Value(timedelta(minutes=1)),
        output_field=DurationField(),
    ),
    output_field=DateTimeField(),
)


def slots(actor: Actor) -> CompanyOwnedQuerySet[InterviewSlot]:
    """Slots with what an answer shows of them."""
    return InterviewSlot.objects.visible_to(actor).select_related("company", "job").order_by("start_time", "pk")


def schedules(actor: Actor) -> CompanyOwnedQuerySet[InterviewSchedule]:
    """Bookings with what an answer shows of them."""
    rows = InterviewSchedule.objects.visible_to(actor).select_related("interview__candidate", "slot__company")
    return rows.order_by("start_time", "pk")


def interviews(actor: Actor) -> CompanyOwnedQuerySet[Interview]:
    """Interviews with candidate, job and, as ``live_schedules``, the booking that holds."""
    live = InterviewSchedule.objects.filter(status__in=LIVE_SCHEDULE).select_related("slot")
    rows: Any = Interview.objects.visible_to(actor).select_related("candidate", "job")
    shown: CompanyOwnedQuerySet[Interview] = rows.prefetch_related(
        Prefetch("schedules", queryset=live, to_attr="live_schedules")
    ).order_by("created_at", "pk")
    return shown


def configurations(actor: Actor) -> CompanyOwnedQuerySet[AIInterviewConfiguration]:
    """Weekly patterns with their company."""
    return AIInterviewConfiguration.objects.visible_to(actor).select_related("company").order_by("pk")


def weeks(actor: Actor) -> list[list[AIInterviewConfiguration]]:
    """The patterns by weeks: those of one type that share all settings, each in order of day and time."""
    found = configurations(actor).order_by("interview_type", "valid_from", "day_of_week", "start_time", "pk")
    grouped: dict[str, list[AIInterviewConfiguration]] = {}
    for configuration in found:
        grouped.setdefault(_shared(configuration), []).append(configuration)
    return list(grouped.values())


def _shared(configuration: AIInterviewConfiguration) -> str:
    state = configuration.state() | {"company": configuration.company_id, "ai_settings": configuration.ai_settings}
    own = ("day_of_week", "start_time", "end_time")
    return json.dumps({name: value for name, value in state.items() if name not in own}, sort_keys=True)


@dataclass(frozen=True)
class Progress:
    """How far a new company has come."""

    has_slots: bool
    has_job: bool
    has_candidate: bool
    has_invited: bool


def progress(actor: Actor) -> Progress:
    """What the actor's company has already, by one statement; weekly patterns count as slots."""
    if actor.company_id is None:
        return Progress(has_slots=False, has_job=False, has_candidate=False, has_invited=False)
    own = {"company_id": actor.company_id}
    found = Company.objects.annotate(
        has_week=Exists(AIInterviewConfiguration.objects.filter(**own)),
        has_slot=Exists(InterviewSlot.objects.filter(**own)),
        has_job=Exists(Job.objects.filter(**own)),
        has_candidate=Exists(Candidate.objects.filter(**own)),
        has_link=Exists(InterviewLink.objects.filter(interview__company_id=actor.company_id)),
    ).values("has_week", "has_slot", "has_job", "has_candidate", "has_link")
    told = found.get(pk=actor.company_id)
    return Progress(
        has_slots=told["has_week"] or told["has_slot"],
        has_job=told["has_job"],
        has_candidate=told["has_candidate"],
        has_invited=told["has_link"],
    )


def fingerprint(week: Iterable[AIInterviewConfiguration]) -> str:
    """Another one whenever a configuration of the week is made, changed or removed."""
    told = sorted(f"{each.pk}:{each.updated_at.isoformat()}" for each in week)
    return hashlib.sha256("|".join(told).encode()).hexdigest()[:32]


def conflicts(actor: Actor) -> CompanyOwnedQuerySet[InterviewConflict]:
    """Conflicts, the latest first, with the place that is held for each as ``live_holds``."""
    rows: Any = InterviewConflict.objects.visible_to(actor).order_by("-detected_at", "pk")
    held = PlaceHold.objects.filter(status=HoldStatus.HELD)
    shown: CompanyOwnedQuerySet[InterviewConflict] = rows.prefetch_related(
        Prefetch("holds", queryset=held, to_attr="live_holds")
    )
    return shown


@dataclass(frozen=True, kw_only=True)
class Wanted:
    """What a search asks for. Days and times of day are local in ``zone``; both days are included."""

    first: date
    last: date
    zone: ZoneInfo
    company_id: int | None = None
    interview_type: str | None = None
    job_id: int | None = None
    earliest: time | None = None
    latest: time | None = None
    duration_minutes: int | None = None


# What an answer shows of a slot, under the names of the contract; a test holds it against ``slot_out``.
_SHOWN = {
    "id": "slot.id",
    "slot_type": "slot.slot_type",
    "status": "slot.status",
    "start_time": "slot.start_time",
    "end_time": "slot.end_time",
    "duration_minutes": "slot.duration_minutes",
    "ai_interview_type": "slot.ai_interview_type",
    "ai_configuration": "slot.ai_configuration",
    "company": "slot.company_id",
    "company_name": "company.name",
    "job": "slot.job_id",
    "job_title": "job.job_title",
    "is_recurring": "slot.slot_type = 'recurring'",
    "recurring_pattern": "slot.recurring_pattern",
    "notes": "slot.notes",
    "max_candidates": "slot.max_candidates",
    "current_bookings": "slot.current_bookings",
    "is_available": "true",
    "held_places": "slot.held_places",
    "available_spots": "slot.max_candidates - slot.current_bookings - slot.held_places",
    "created_at": "slot.created_at",
    "updated_at": "slot.updated_at",
}
_HAS_ROOM = "slot.status = 'available' AND slot.current_bookings + slot.held_places < slot.max_candidates"
WITH_ROOM = Q(status=SlotStatus.AVAILABLE, max_candidates__gt=F("current_bookings") + F("held_places"))
_SEARCH = f"""
SELECT count(*) OVER (), {", ".join(_SHOWN.values())}
  FROM {InterviewSlot._meta.db_table} slot
  JOIN {Company._meta.db_table} company ON company.id = slot.company_id
  LEFT JOIN {Job._meta.db_table} job ON job.id = slot.job_id
 WHERE {{conditions}}
 ORDER BY slot.start_time, slot.id LIMIT %(limit)s OFFSET %(offset)s
"""  # noqa: S608 (names of our own tables and columns; what is asked for goes in as parameters)
_NARROWED = {
    "company_id": "slot.company_id = %(company_id)s",
    "interview_type": "slot.ai_interview_type = %(interview_type)s",
    "job_id": "(slot.job_id = %(job_id)s OR slot.job_id IS NULL)",
    "duration_minutes": "slot.duration_minutes = %(duration_minutes)s",
    # The hours of each local day as instants: PostgreSQL's own time zones may be of another year than Python's.
    "hours": (
        "EXISTS (SELECT FROM unnest(%(start_from)s::timestamptz[], %(start_before)s::timestamptz[],"
        " %(end_after)s::timestamptz[], %(end_until)s::timestamptz[]) AS hours (a, b, c, d)"
        " WHERE slot.start_time >= a AND slot.start_time < b AND slot.end_time > c AND slot.end_time <= d)"
    ),
}


def available_slots(
    actor: Actor, wanted: Wanted, *, now: datetime, limit: int, offset: int
) -> tuple[list[dict[str, Any]], int]:
    """Future slots with room that start on one of the local days, as an answer shows them, and how many there are.

    A slot that is kept for another job than the one asked for is left out.
    """
    begin, end = local_days(wanted.first, wanted.last, wanted.zone)
    parameters: dict[str, Any] = {"begin": begin, "end": end}
    conditions = ["slot.start_time >= %(begin)s", "slot.start_time < %(end)s", _HAS_ROOM]
    conditions += ["slot.start_time > %(now)s", visible("slot", sees_all=actor.sees_all)]
    for name, values in _narrowing(wanted).items():
        parameters |= values
        conditions.append(_NARROWED[name])
    parameters |= {"now": now, "limit": limit, "offset": offset, **visible_parameters(actor)}
    statement = _SEARCH.format(conditions=" AND ".join(conditions))
    rows = fetch_all(statement, parameters)
    if not rows and offset:  # past the end there is no row to tell the total
        return [], available_slots(actor, wanted, now=now, limit=1, offset=0)[1]
    return [dict(zip(_SHOWN, row[1:], strict=True)) for row in rows], rows[0][0] if rows else 0


def _narrowing(wanted: Wanted) -> dict[str, dict[str, Any]]:
    """Which of the conditions apply, with their parameters."""
    named = {name: getattr(wanted, name) for name in ("company_id", "interview_type", "job_id", "duration_minutes")}
    narrowing: dict[str, dict[str, Any]] = {name: {name: value} for name, value in named.items() if value is not None}
    latest = None if wanted.latest == time.min else wanted.latest  # 00:00 is the end of the day, and no limit
    if wanted.earliest is not None or latest is not None:
        days = hours_of(wanted.first, wanted.last, wanted.zone, earliest=wanted.earliest, latest=latest)
        hours = list(days)
        narrowing["hours"] = {
            name: [getattr(each, name) for each in hours] for name in map(str, Hours.__dataclass_fields__)
        }
    return narrowing


@dataclass(frozen=True)
class Calendar:
    """A stretch of a calendar: the live bookings and the slots by status."""

    bookings: list[InterviewSchedule]
    total: int
    available: int
    booked: int


def calendar(actor: Actor, *, first: date, last: date, zone: ZoneInfo, company_id: int | None = None) -> Calendar:
    """What starts on the local days ``first`` to ``last``, both included; cancelled slots do not count."""
    begin, end = local_days(first, last, zone)
    of_company: dict[str, Any] = {} if company_id is None else {"company_id": company_id}
    bookings = schedules(actor).filter(
        start_time__gte=begin, start_time__lt=end, status__in=LIVE_SCHEDULE, **of_company
    )
    in_range = InterviewSlot.objects.visible_to(actor).filter(
        start_time__gte=begin, start_time__lt=end, cancelled_at__isnull=True, **of_company
    )
    counts = in_range.aggregate(
        total=Count("pk"),
        available=Count("pk", filter=WITH_ROOM),
        booked=Count("pk", filter=Q(status=SlotStatus.BOOKED)),
    )
    return Calendar(bookings=list(bookings), **counts)


# For each booking the nearest free places on both sides of its time: equivalent ones (same company and interview type,
# not kept for another job) at which the candidate has nothing else; a place held for the interview is free to it.
# Two short index scans a booking. Hours and notice are for what happens by itself: people may know better.
_NEAREST = """
SELECT booking.id, booking.start_time, place.id, place.start_time, place.end_time
  FROM {schedule} booking
  JOIN {slot} lost ON lost.id = booking.slot_id
  JOIN {interview} interview ON interview.id = booking.interview_id
  JOIN {candidate} candidate ON candidate.id = interview.candidate_id
 CROSS JOIN LATERAL (
     ({later})
     UNION ALL
     ({earlier})
 ) place
 WHERE booking.id = ANY(%(bookings)s)
"""
_ONE_SIDE = """
SELECT slot.id, slot.start_time, slot.end_time
  FROM {slot} slot
 WHERE slot.company_id = booking.company_id AND slot.ai_interview_type = lost.ai_interview_type
   AND ({has_room} OR slot.id = (SELECT slot_id FROM {hold}
                                  WHERE interview_id = booking.interview_id AND status = 'held'))
   AND slot.id <> lost.id
   AND slot.start_time > %(now)s AND slot.start_time {side}
   AND (slot.job_id IS NULL OR COALESCE(interview.job_id, candidate.job_id, slot.job_id) = slot.job_id)
   AND NOT EXISTS (
       SELECT FROM {schedule} other
        WHERE other.candidate_id = booking.candidate_id AND other.id <> booking.id
          AND other.status IN ('pending', 'confirmed')
          AND tstzrange(other.start_time, other.end_time) && tstzrange(slot.start_time, slot.end_time))
 ORDER BY slot.start_time {order} LIMIT %(each)s
"""


@functools.cache
def _nearest() -> str:
    names = {
        "has_room": _HAS_ROOM,
        "hold": PlaceHold._meta.db_table,
        "schedule": InterviewSchedule._meta.db_table,
        "slot": InterviewSlot._meta.db_table,
        "interview": Interview._meta.db_table,
        "candidate": Candidate._meta.db_table,
    }
    later = _ONE_SIDE.format(**names, side="BETWEEN booking.start_time AND booking.start_time + %(within)s", order="")
    before = ">= booking.start_time - %(within)s AND slot.start_time < booking.start_time"
    return _NEAREST.format(**names, later=later, earlier=_ONE_SIDE.format(**names, side=before, order="DESC"))


def proposals_for(schedule_ids: Collection[UUID], *, now: datetime) -> dict[UUID, list[dict[str, Any]]]:
    """For each booking that lost its place, or may, the nearest equivalent places that are free now, best first."""
    parameters = {"bookings": list(schedule_ids), "within": PROPOSE_WITHIN, "each": HOW_MANY, "now": now}
    found: dict[UUID, list[FreePlace]] = {}
    wanted: dict[UUID, datetime] = {}
    for schedule_id, start, slot_id, slot_start, slot_end in fetch_all(_nearest(), parameters) if schedule_ids else ():
        wanted[schedule_id] = start
        found.setdefault(schedule_id, []).append(FreePlace(slot_id=slot_id, start=slot_start, end=slot_end))
    return {each: rank(wanted[each], found[each]) if each in found else [] for each in schedule_ids}


def with_current_proposals(conflicts: Sequence[InterviewConflict], *, now: datetime) -> Sequence[InterviewConflict]:
    """The same conflicts, those that are open with what is free now, and not when they were opened; one statement."""
    open_ones = [each for each in conflicts if each.resolution == Resolution.PENDING and each.schedule_id]
    current = proposals_for([each.schedule_id for each in open_ones if each.schedule_id], now=now)
    for conflict in open_ones:
        conflict.proposals = current[conflict.schedule_id] if conflict.schedule_id else []
    return conflicts


def policy_of(company_id: int | None) -> Policy:
    """What a company allows its candidates."""
    row = SchedulingPolicy.objects.filter(company_id=company_id).first() if company_id is not None else None
    return row.values if row is not None else Policy()


def live_schedule(interview_id: UUID) -> InterviewSchedule | None:
    """The booking that an interview holds, with what an answer shows of it."""
    rows = InterviewSchedule.objects.filter(interview_id=interview_id, status__in=LIVE_SCHEDULE)
    return rows.select_related("interview__candidate", "interview__company", "slot__company").first()


def live_hold(interview_id: UUID) -> PlaceHold | None:
    """The place that is held for an interview, with its slot and what it stands for."""
    rows = PlaceHold.objects.filter(interview_id=interview_id, status=HoldStatus.HELD)
    return rows.select_related("slot", "conflict", "entry").first()


def live_waiting(interview_id: UUID) -> WaitlistEntry | None:
    """The interview's open entry on the waitlist."""
    return WaitlistEntry.objects.filter(interview_id=interview_id, status__in=OPEN_WAITING).first()


def turn_of(entry: WaitlistEntry) -> int:
    """How many wait for a place that would do for them as well, this one included: 1 is the next."""
    before = WaitlistEntry.objects.filter(company_id=entry.company_id, status__in=OPEN_WAITING).filter(
        start_after__lt=entry.start_before, start_before__gt=entry.start_after
    )
    if entry.ai_interview_type:
        before = before.filter(ai_interview_type__in=["", entry.ai_interview_type])
    earlier = Q(created_at__lt=entry.created_at) | Q(created_at=entry.created_at, pk__lt=entry.pk)
    return before.filter(earlier).count() + 1


def waitlist(actor: Actor) -> CompanyOwnedQuerySet[WaitlistEntry]:
    """Who waits or waited, in their order, with candidate and job."""
    rows = WaitlistEntry.objects.visible_to(actor).select_related("interview__candidate", "interview__job")
    return rows.order_by("created_at", "pk")


def reseatings(actor: Actor) -> CompanyOwnedQuerySet[Reseating]:
    """The runs of the automatic re-seating, the latest first."""
    return Reseating.objects.visible_to(actor).order_by("-created_at", "pk")


def steps_of(conflict: InterviewConflict) -> QuerySet[Event]:
    """What happened to a conflict, in order."""
    return Event.objects.filter(object_type="conflict", object_id=str(conflict.pk)).order_by("id")
