"""What a company's calendar shows: its slots in a stretch of time, who could be booked on one, and what has changed."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.db.models import Exists, OuterRef, Q

from parley.core.actors import Actor
from parley.core.models import Event
from parley.core.sql import fetch_all, fetch_one
from parley.hiring.models import Candidate, Job
from parley.interviews.models import Interview, InterviewSchedule, InterviewSlot
from parley.interviews.rules.limits import MAX_SLOT_MINUTES
from parley.interviews.rules.states import BOOKABLE_INTERVIEW, LIVE_SCHEDULE
from parley.organizations.tenancy import visible, visible_parameters

NAMES_OF_A_SLOT = 3


@dataclass(frozen=True)
class Drawn:
    """A slot as a calendar draws it; ``names`` are the first candidates who are booked on it."""

    id: UUID
    start: datetime
    end: datetime
    interview_type: str
    status: str
    capacity: int
    booked: int
    held: int
    job_id: int | None
    job_title: str | None
    names: list[str]


# What a filter by status means. Full is a slot whose last place is only held, too.
_STATES = {
    "": "slot.cancelled_at IS NULL",
    "free": "slot.status = 'available' AND slot.current_bookings + slot.held_places < slot.max_candidates",
    "taken": "slot.current_bookings > 0",
    "full": (
        "slot.status IN ('available', 'booked') AND slot.current_bookings + slot.held_places >= slot.max_candidates"
    ),
    "over": "slot.status = 'completed'",
    "cancelled": "slot.status = 'cancelled'",
}
STATES = tuple(_STATES)
_DRAWN = f"""
SELECT slot.id, slot.start_time, slot.end_time, slot.ai_interview_type, slot.status, slot.max_candidates,
       slot.current_bookings, slot.held_places, slot.job_id, job.job_title, COALESCE(booked.names, '{{{{}}}}')
  FROM {InterviewSlot._meta.db_table} slot
  LEFT JOIN {Job._meta.db_table} job ON job.id = slot.job_id
  LEFT JOIN (
       SELECT schedule.slot_id,
              (array_agg(candidate.full_name ORDER BY schedule.booked_at))[1:{NAMES_OF_A_SLOT}] AS names
         FROM {InterviewSchedule._meta.db_table} schedule
         JOIN {Candidate._meta.db_table} candidate ON candidate.id = schedule.candidate_id
        WHERE {{booking_visible}} AND schedule.status IN ('pending', 'confirmed')
          AND schedule.start_time >= %(from)s AND schedule.start_time < %(end)s
        GROUP BY schedule.slot_id) booked ON booked.slot_id = slot.id
 WHERE {{conditions}}
 ORDER BY slot.start_time, slot.ai_interview_type, slot.id LIMIT %(limit)s OFFSET %(offset)s
"""  # noqa: S608 (names of our own tables and columns; what is asked for goes in as parameters)


def drawn_slots(
    actor: Actor,
    *,
    begin: datetime,
    end: datetime,
    types: Collection[str],
    job_id: int | None,
    state: str,
    limit: int,
    offset: int = 0,
) -> list[Drawn]:
    """The slots that lie at least partly in ``[begin, end)``, by start; one statement.

    ``types`` are all where none is named; ``state`` is one of ``STATES``; a slot without a job is for every one.
    """
    # No slot is longer than a day, so that the index by start serves for those that began before.
    parameters: dict[str, Any] = {"from": begin - timedelta(minutes=MAX_SLOT_MINUTES), "begin": begin, "end": end}
    conditions = ["slot.start_time >= %(from)s", "slot.start_time < %(end)s", "slot.end_time > %(begin)s"]
    conditions += [visible("slot", sees_all=actor.sees_all), _STATES[state]]
    if types:
        conditions.append("slot.ai_interview_type = ANY(%(types)s)")
        parameters["types"] = sorted(types)
    if job_id is not None:
        conditions.append("(slot.job_id = %(job_id)s OR slot.job_id IS NULL)")
        parameters["job_id"] = job_id
    parameters |= {"limit": limit, "offset": offset, **visible_parameters(actor)}
    statement = _DRAWN.format(
        booking_visible=visible("schedule", sees_all=actor.sees_all), conditions=" AND ".join(conditions)
    )
    return [Drawn(*row) for row in fetch_all(statement, parameters)]


def bookable_interviews(actor: Actor, slot: InterviewSlot, *, text: str, at_most: int) -> list[Interview]:
    """The interviews that could take a place of the slot, those that wait longest first.

    They are not booked, not for another job, and their candidates have nothing else then; ``text`` is part of a name
    or an address.
    """
    live = InterviewSchedule.objects.filter(status__in=LIVE_SCHEDULE)
    busy = live.filter(
        candidate_id=OuterRef("candidate_id"), start_time__lt=slot.end_time, end_time__gt=slot.start_time
    )
    rows = (
        Interview.objects.visible_to(actor)
        .filter(~Exists(live.filter(interview_id=OuterRef("pk"))), ~Exists(busy))
        .filter(company_id=slot.company_id, status__in=BOOKABLE_INTERVIEW)
    )
    if slot.job_id is not None:
        own = Q(job_id=slot.job_id) | Q(job_id__isnull=True, candidate__job_id=slot.job_id)
        rows = rows.filter(own | Q(job_id__isnull=True, candidate__job_id__isnull=True))
    if text:
        rows = rows.filter(Q(candidate__full_name__icontains=text) | Q(candidate__email__icontains=text))
    return list(rows.select_related("candidate", "job").order_by("created_at", "pk")[:at_most])


@dataclass(frozen=True)
class Mark:
    """How far somebody has looked at a company's events: up to ``event``, and all transactions before ``snapshot``."""

    event: int
    snapshot: int

    @classmethod
    def parse(cls, text: str) -> "Mark | None":
        """As ``str`` has written it; None for anything else."""
        event, _, snapshot = text.partition("-")
        known = all(part.isascii() and part.isdigit() and len(part) < 19 for part in (event, snapshot))
        return cls(int(event), int(snapshot)) if known else None

    def __str__(self) -> str:
        return f"{self.event}-{self.snapshot}"


# A transaction that took a lower id may commit later. So a look goes back by some ids, and takes of them what the
# look before cannot have seen. What took longer still comes with the next look at everything.
_BACK = 1000
_SINCE = f"""
SELECT COALESCE(max(event.id), %(event)s), pg_snapshot_xmin(pg_current_snapshot())::text::bigint,
       count(*) FILTER (WHERE {{of_interest}}),
       count(*) FILTER (WHERE {{of_interest}} AND event.actor_id IS DISTINCT FROM %(actor)s)
  FROM {Event._meta.db_table} event
 WHERE event.company_id = %(company)s AND event.id > %(event)s - {_BACK}
   AND event.transaction_id >= %(snapshot)s::text::xid8
""".format(of_interest="event.object_type IN ('slot', 'interview', 'candidate', 'job')")  # noqa: S608 (our own table)


@dataclass(frozen=True)
class News:
    """What has happened to a company's calendar since a mark: how many events, and how many of them by others."""

    mark: Mark
    events: int
    by_others: int


def news_since(actor: Actor, mark: Mark) -> News:
    """What the calendar's readers may want to look at; one statement along the company's newest events."""
    parameters = {
        "company": actor.company_id,
        "actor": actor.actor_id,
        "event": mark.event,
        "snapshot": str(mark.snapshot),
    }
    row = fetch_one(_SINCE, parameters)
    assert row is not None  # noqa: S101 (an aggregate has a row)
    event, snapshot, events, by_others = row
    return News(Mark(max(event, mark.event), snapshot), events, by_others)


def mark_now(actor: Actor) -> Mark:
    """The mark of who looks at everything right after it; one statement."""
    row = fetch_one(_NOW, {"company": actor.company_id})
    assert row is not None  # noqa: S101 (there is always a snapshot)
    return Mark(*row)


_NOW = f"""
SELECT COALESCE((SELECT max(id) FROM {Event._meta.db_table} WHERE company_id = %(company)s), 0),
       pg_snapshot_xmin(pg_current_snapshot())::text::bigint
"""  # noqa: S608 (our own table)
