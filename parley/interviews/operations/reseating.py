"""Seating by itself those who lost their places: all of a company together, on the places nearest to their old times.

The plan is made without locks, as solving takes a moment; then everything is locked and looked at again. Where a place
of the plan has gone meanwhile, nothing is done, and a new plan is made.
"""

from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from uuid import UUID

import structlog
from django.db import IntegrityError, transaction

from parley.core.actors import SYSTEM, Actor
from parley.core.errors import Conflict, DomainError
from parley.core.events import Change, record_all
from parley.core.transactions import operation
from parley.interviews.locks import lock_conflicts, lock_interviews, lock_slots
from parley.interviews.models import InterviewConflict, InterviewSchedule, PlaceHold, Reseating
from parley.interviews.operations.conflicts import settle
from parley.interviews.operations.holds import hold_places
from parley.interviews.operations.undoing import undo
from parley.interviews.queries import policy_of
from parley.interviews.rules.assignment import Place, Seeker, assign, displacement
from parley.interviews.rules.booking import has_room
from parley.interviews.rules.policy import Policy, ReseatMode
from parley.interviews.rules.states import LIVE_SCHEDULE, Resolution
from parley.interviews.seating import Lost, lost_places, seekers

log = structlog.get_logger("parley.reseating")
PLANS = 5  # so often a plan is made anew, because others were quicker
NOTES = "Seated by Parley on the place nearest to the old time."


class PlanOutdated(Exception):
    """Since the plan was made, somebody has taken one of its places, or settled one of its conflicts."""


def reseat(*, company_id: int, actor: Actor, now: datetime) -> Reseating | None:
    """Find places for all of a company's interviews that have lost theirs, as its policy says.

    *propose* holds the places and tells the candidates; *book* books them at once; *off* does nothing. What finds no
    place stays an open conflict. Safe to run twice: who has a place or a proposal is not looked at again. Returns the
    run, or None where there was nothing to do or nothing could be done.
    """
    policy = policy_of(company_id)
    if policy.reseat_mode == ReseatMode.OFF:
        return None
    for _ in range(PLANS):
        lost = lost_places(company_id)
        who = seekers(lost, policy, now=now)
        seated = assign(who)
        try:
            return _carry_out(lost, who, seated, company_id=company_id, policy=policy, actor=actor, now=now)
        except PlanOutdated:
            log.info("plan_outdated", company=company_id)
    return None


@operation
def _carry_out(
    lost: Sequence[Lost],
    who: Sequence[Seeker],
    seated: Mapping[UUID, Place],
    *,
    company_id: int,
    policy: Policy,
    actor: Actor,
    now: datetime,
) -> Reseating | None:
    chosen = [each for each in lost if each.conflict.pk in seated]
    conflicts = _locked(lost, chosen, seated, now=now)
    _tell_unplaced([conflicts[each.conflict.pk] for each in lost if each.conflict.pk not in seated], now=now)
    if not chosen:
        return None
    run = Reseating.objects.create(
        company_id=company_id,
        mode=policy.reseat_mode,
        affected=len(lost),
        seated=len(chosen),
        displacement_minutes=displacement(who, seated) // timedelta(minutes=1),
        created_at=now,
    )
    InterviewConflict.objects.filter(pk__in=[each.conflict.pk for each in chosen]).update(reseating=run)
    if policy.reseat_mode == ReseatMode.PROPOSE:
        holds = [_hold(each, seated[each.conflict.pk], policy, now=now) for each in chosen]
        hold_places(holds, actor=actor, now=now)
        return run
    run.seated = sum(_book(each, seated[each.conflict.pk], actor=actor, now=now) for each in chosen)
    run.save(update_fields=["seated"])
    return run


def _locked(
    lost: Sequence[Lost], chosen: Sequence[Lost], seated: Mapping[UUID, Place], *, now: datetime
) -> dict[UUID, InterviewConflict]:
    """Lock all that the plan touches, and look again; raises ``PlanOutdated``."""
    wanted = Counter(place.slot_id for place in seated.values())
    slots = lock_slots([*wanted, *(each.slot.pk for each in chosen)])
    lock_interviews(each.interview.pk for each in chosen)
    conflicts = {each.pk: each for each in lock_conflicts(pk__in=[each.conflict.pk for each in lost])}
    if any(not has_room(slots.get(slot_id), count, now=now) for slot_id, count in wanted.items()):
        raise PlanOutdated
    if len(conflicts) < len(lost) or any(each.resolution != Resolution.PENDING for each in conflicts.values()):
        raise PlanOutdated
    if _live(chosen) != {each.interview.pk: each.schedule_id for each in chosen if each.schedule_id}:
        raise PlanOutdated
    return conflicts


def _live(chosen: Sequence[Lost]) -> dict[UUID, UUID]:
    rows = InterviewSchedule.objects.filter(
        interview__in=[each.interview.pk for each in chosen], status__in=LIVE_SCHEDULE
    )
    return dict(rows.values_list("interview_id", "pk"))


def _hold(each: Lost, place: Place, policy: Policy, *, now: datetime) -> PlaceHold:
    return PlaceHold(
        company_id=each.conflict.company_id,
        slot_id=place.slot_id,
        interview=each.interview,
        conflict=each.conflict,
        start_time=place.start,
        end_time=place.end,
        expires_at=policy.hold_until(place.start, now=now),
        created_at=now,
    )


def _book(each: Lost, place: Place, *, actor: Actor, now: datetime) -> bool:
    """Book one; what cannot be after all, such as one whose candidate has just taken something else, is left open."""
    try:
        with transaction.atomic():  # a savepoint: one refusal leaves the others alone
            settle(
                each.conflict,
                resolution=Resolution.RESCHEDULED,
                slot_id=place.slot_id,
                notes=NOTES,
                actor=actor,
                now=now,
                interview_id=each.interview.pk,
            )
    except (DomainError, IntegrityError):
        return False
    return True


def _tell_unplaced(conflicts: Sequence[InterviewConflict], *, now: datetime) -> None:
    """Note in the log, once, that nothing was free."""
    fresh = [each for each in conflicts if "no_place_since" not in each.conflict_details]
    for conflict in fresh:
        conflict.conflict_details |= {"no_place_since": now.isoformat()}
    InterviewConflict.objects.bulk_update(fresh, ["conflict_details"])
    record_all(
        (Change(type="conflict.unplaced", object_id=each.pk, company_id=each.company_id) for each in fresh),
        actor=SYSTEM,
        now=now,
    )


@operation
def undo_reseating(*, reseating_id: UUID, actor: Actor, now: datetime) -> tuple[Reseating, dict[UUID, DomainError]]:
    """Undo a run as far as it can be: see ``undo_resolution``; what cannot be is left as it is, and told why."""
    rows = Reseating.objects.select_for_update(no_key=True, of=("self",))
    run = rows.seen_by(actor, pk=reseating_id, thing="reseating")
    if run.undone_at is not None:
        raise Conflict("This run is undone already.", code="already_undone")
    refused: dict[UUID, DomainError] = {}
    for conflict in run.conflicts.order_by("pk"):
        try:
            with transaction.atomic():  # a savepoint: one refusal leaves the others alone
                undo(conflict, actor=actor, now=now)
        except DomainError as error:
            refused[conflict.pk] = error
    if len(refused) < run.seated:  # else all is as it was, and may be tried again
        run.undone_at, run.undone_by_id = now, actor.actor_id
        run.save(update_fields=["undone_at", "undone_by"])
    return run, refused
