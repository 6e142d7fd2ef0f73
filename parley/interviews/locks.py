"""Every lock and every claim of this part. Always in this order, so that nothing waits in a circle:

company (its slots' lanes) → slots → candidates and their interviews → schedules → places held, waitlist → conflicts;
equals by primary key.

The locks are ``NO KEY``: rows that refer to a locked one can still be inserted.
"""

import functools
from collections.abc import Iterable
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db.models import Q

from parley.core.actors import Actor
from parley.core.errors import NotFound
from parley.core.sql import columns, fetch_one, instances
from parley.hiring.models import Candidate
from parley.interviews.models import (
    Interview,
    InterviewConflict,
    InterviewSchedule,
    InterviewSlot,
    PlaceHold,
    WaitlistEntry,
)
from parley.interviews.rules.states import LIVE_SCHEDULE, OPEN_WAITING, HoldStatus
from parley.organizations.models import Company
from parley.organizations.tenancy import visible, visible_parameters


@functools.cache
def _claim(*, sees_all: bool) -> str:
    """The claim: it succeeds only while there is room, and a second one waits for the row and then looks again.

    The same statement then locks who is to sit there: rows are locked as they come out of the join, so after the claim.
    """
    return f"""
WITH slot AS (
    UPDATE {InterviewSlot._meta.db_table} AS slot
       SET current_bookings = slot.current_bookings + 1,
           status = CASE WHEN slot.current_bookings + 1 >= slot.max_candidates THEN 'booked' ELSE 'available' END,
           updated_at = %(now)s
     WHERE slot.id = %(slot)s AND slot.status = 'available'
       AND slot.current_bookings + slot.held_places < slot.max_candidates
       AND slot.start_time > %(now)s AND {visible("slot", sees_all=sees_all)}
    RETURNING *
)
SELECT {columns(InterviewSlot, "slot")}, {columns(Company, "company")},
       {columns(Interview, "interview")}, {columns(Candidate, "candidate")}
  FROM slot
  JOIN {Company._meta.db_table} company ON company.id = slot.company_id
  JOIN {Interview._meta.db_table} interview ON interview.id = %(interview)s
       AND {visible("interview", sees_all=sees_all)}
  JOIN {Candidate._meta.db_table} candidate ON candidate.id = interview.candidate_id
   FOR NO KEY UPDATE OF candidate, interview
"""  # noqa: S608 (names of our own tables and columns)


@functools.cache
def something_is_open() -> str:
    """Whether a conflict, a place held or a wait is open about the interview ``%(loose)s``: an expression.

    To be asked in a statement after the one that locked the interview: that one still sees what was before it waited.
    """
    return f"""
EXISTS (SELECT FROM {InterviewConflict._meta.db_table} conflict
         WHERE (conflict.primary_interview_id = %(loose)s OR conflict.conflicting_interview_id = %(loose)s)
           AND conflict.resolution = 'pending')
OR EXISTS (SELECT FROM {PlaceHold._meta.db_table} held
            WHERE held.interview_id = %(loose)s AND held.status = 'held')
OR EXISTS (SELECT FROM {WaitlistEntry._meta.db_table} entry
            WHERE entry.interview_id = %(loose)s AND entry.status IN ('waiting', 'offered'))
"""  # noqa: S608 (names of our own tables and columns)


@functools.cache
def _interview(*, sees_all: bool) -> str:
    return f"""
SELECT {columns(Interview, "interview")}, {columns(Candidate, "candidate")}
  FROM {Interview._meta.db_table} interview
  JOIN {Candidate._meta.db_table} candidate ON candidate.id = interview.candidate_id
 WHERE interview.id = %(interview)s AND {visible("interview", sees_all=sees_all)}
   FOR NO KEY UPDATE OF candidate, interview
"""  # noqa: S608 (names of our own tables and columns)


def claim_place(
    *, slot_id: UUID, interview_id: UUID, actor: Actor, now: datetime
) -> tuple[InterviewSlot, Interview] | None:
    """Take one place of an open future slot for an interview, which is locked with its candidate.

    None where there is nothing to take, or no such interview: the caller then gives up its transaction.
    """
    parameters = {"slot": slot_id, "interview": interview_id, "now": now, **visible_parameters(actor)}
    row = fetch_one(_claim(sees_all=actor.sees_all), parameters)
    if row is None:
        return None
    slot, company, interview, candidate = instances(row, InterviewSlot, Company, Interview, Candidate)
    slot.company, interview.candidate = company, candidate
    return slot, interview


def lock_company(company_id: int) -> Company:
    """The company's lanes: whoever makes or moves slots holds this, so that overlap is decided by one at a time."""
    return Company.objects.select_for_update(no_key=True).get(pk=company_id)


def lock_slots(slot_ids: Iterable[UUID]) -> dict[UUID, InterviewSlot]:
    """The slots that exist, by id, with their company."""
    rows = (
        InterviewSlot.objects.filter(pk__in=set(slot_ids))
        .select_related("company")
        .order_by("pk")
        .select_for_update(no_key=True, of=("self",))
    )
    return {slot.pk: slot for slot in rows}


def lock_slot(slot_id: UUID, *, actor: Actor) -> InterviewSlot:
    """One slot; raises ``NotFound`` where the actor does not see it."""
    rows = InterviewSlot.objects.select_related("company", "job").select_for_update(no_key=True, of=("self",))
    return rows.seen_by(actor, pk=slot_id, thing="slot")


def lock_interviews(interview_ids: Iterable[UUID]) -> dict[UUID, Interview]:
    """The interviews that exist, by id, each with its candidate locked as well.

    Two bookings of one candidate wait for each other here. The rows are read after the locks are held: a join would
    show what the other transaction has changed of one table only.
    """
    wanted = set(interview_ids)
    candidates = Candidate.objects.filter(interviews__in=wanted).values("pk")
    by_id = {
        candidate.pk: candidate
        for candidate in Candidate.objects.filter(pk__in=candidates).order_by("pk").select_for_update(no_key=True)
    }
    rows = Interview.objects.filter(pk__in=wanted).order_by("pk").select_for_update(no_key=True)
    interviews = {interview.pk: interview for interview in rows}
    for interview in interviews.values():
        interview.candidate = by_id[interview.candidate_id]
    return interviews


def lock_interview(interview_id: UUID, *, actor: Actor) -> Interview:
    """One interview with its candidate, both locked by one statement; raises ``NotFound`` where it is not the actor's.

    An interview's candidate never changes, and what matters of the candidate does not either, so that a join is enough.
    """
    row = fetch_one(_interview(sees_all=actor.sees_all), {"interview": interview_id, **visible_parameters(actor)})
    if row is None:
        raise NotFound.of("interview")
    interview, candidate = instances(row, Interview, Candidate)
    interview.candidate = candidate
    return interview  # type: ignore[no-any-return]


def lock_live_schedules(slot_id: UUID) -> list[InterviewSchedule]:
    """The live bookings of a slot that is locked already."""
    rows = InterviewSchedule.objects.filter(slot_id=slot_id, status__in=LIVE_SCHEDULE)
    return list(rows.order_by("pk").select_for_update(no_key=True))


def lock_schedule(schedule_id: UUID, *, actor: Actor) -> InterviewSchedule:
    """One booking; raises ``NotFound`` where the actor does not see it."""
    return InterviewSchedule.objects.select_for_update(no_key=True).seen_by(actor, pk=schedule_id, thing="schedule")


def lock_holds(**which: Any) -> list[PlaceHold]:
    """The places held, and not settled yet, that these look-ups find. Their slots are locked first."""
    rows = PlaceHold.objects.filter(status=HoldStatus.HELD, **which).order_by("pk")
    return list(rows.select_for_update(no_key=True, of=("self",)))


def lock_waiting(**which: Any) -> list[WaitlistEntry]:
    """The open entries of the waitlist that these look-ups find, in their order."""
    rows = WaitlistEntry.objects.filter(status__in=OPEN_WAITING, **which).order_by("created_at", "pk")
    return list(rows.select_for_update(no_key=True, of=("self",)))


def lock_conflicts(*where: Q, **which: Any) -> list[InterviewConflict]:
    """The conflicts that these look-ups find; the last of the locks."""
    return list(
        InterviewConflict.objects.filter(*where, **which).order_by("pk").select_for_update(no_key=True, of=("self",))
    )
