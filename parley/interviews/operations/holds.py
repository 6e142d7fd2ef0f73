"""Places that are held for a while: taken, given up, accepted. Inside operations that hold the locks of the slots."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db.models import F

from parley.core.actors import SYSTEM, Actor
from parley.core.events import Change, record_all
from parley.core.transactions import operation
from parley.interviews.locks import lock_conflicts, lock_holds, lock_interviews, lock_slots, lock_waiting
from parley.interviews.models import InterviewConflict, InterviewSlot, PlaceHold, WaitlistEntry
from parley.interviews.rules.states import HoldStatus, Resolution, WaitingStatus
from parley.interviews.rules.waiting import MISSED_OFFERS

EXPIRE_AT_ONCE = 500


def held_slot_of(interview_id: UUID) -> list[UUID]:
    """The slot of which a place is held for an interview, in a list, to be locked along with others."""
    rows = PlaceHold.objects.filter(interview_id=interview_id, status=HoldStatus.HELD, slot__isnull=False)
    return list(rows.values_list("slot_id", flat=True))


def hold_places(holds: Sequence[PlaceHold], *, actor: Actor, now: datetime) -> None:
    """Keep a place for each; the slots are locked and have room. Constant statements for each number of places a slot.

    Tells it: ``interview.proposed`` and ``conflict.proposed``, or ``waitlist.offered``.
    """
    for count, slot_ids in _by_count(holds).items():
        InterviewSlot.objects.filter(pk__in=slot_ids).update(held_places=F("held_places") + count, updated_at=now)
    PlaceHold.objects.bulk_create(holds)
    record_all((change for hold in holds for change in _proposed(hold)), actor=actor, now=now)


def settle_holds(holds: Sequence[PlaceHold], status: HoldStatus, *, actor: Actor, now: datetime) -> None:
    """End holds that are locked, as their slots are; their places are free again, to be booked by the caller or others.

    A candidate who does not want the place, or does not answer, is not asked again by itself.
    """
    if not holds:
        return
    for count, slot_ids in _by_count(holds).items():
        InterviewSlot.objects.filter(pk__in=slot_ids).update(held_places=F("held_places") - count, updated_at=now)
    for hold in holds:
        hold.status, hold.settled_at = status, now
    PlaceHold.objects.filter(pk__in=[hold.pk for hold in holds]).update(status=status, settled_at=now)
    record_all((change for hold in holds for change in _settled(hold)), actor=actor, now=now)
    if status in (HoldStatus.DECLINED, HoldStatus.EXPIRED):
        conflicts = lock_conflicts(holds__in=holds, resolution=Resolution.PENDING)
        InterviewConflict.objects.filter(pk__in=[each.pk for each in conflicts]).update(is_manual=True)
    if status is not HoldStatus.ACCEPTED:
        _wait_on(holds, now=now)


def withdraw_holds_on(slots: Mapping[UUID, InterviewSlot], *, actor: Actor, now: datetime) -> None:
    """Give up what is held on slots that fall away; ``slots`` are locked, and their counts follow."""
    if not any(slot.held_places for slot in slots.values()):
        return
    settle_holds(lock_holds(slot__in=slots), HoldStatus.WITHDRAWN, actor=actor, now=now)
    for slot in slots.values():
        slot.held_places = 0


def withdraw_holds_for(*, actor: Actor, now: datetime, **which: Any) -> int:
    """Give up what is held for these interviews or conflicts; their slots are locked. Returns how many there were."""
    rows = PlaceHold.objects.filter(status=HoldStatus.HELD, **which)
    if slot_ids := list(rows.values_list("slot_id", flat=True)):
        lock_slots(slot_ids)
        holds = lock_holds(**which)
        settle_holds(holds, HoldStatus.WITHDRAWN, actor=actor, now=now)
        return len(holds)
    return 0


def let_go(interview_id: UUID, *, into: UUID | None, actor: Actor, now: datetime) -> dict[UUID, int]:
    """End what is held for an interview that now has a place, or needs none: accepted where it is on the slot ``into``.

    Returns how many places each slot has got back. The interview is locked; so is the slot, nearly always.
    """
    wanted = held_slot_of(interview_id)
    if not wanted:
        return {}
    lock_slots(wanted)
    holds = lock_holds(interview_id=interview_id)
    for hold in holds:
        status = HoldStatus.ACCEPTED if hold.slot_id == into else HoldStatus.WITHDRAWN
        settle_holds([hold], status, actor=actor, now=now)
    return dict(Counter(hold.slot_id for hold in holds if hold.slot_id is not None))


def leave_waitlist(interview_id: UUID, status: WaitingStatus, *, actor: Actor, now: datetime) -> list[WaitlistEntry]:
    """End the wait of an interview that is locked, where there is one."""
    entries = lock_waiting(interview_id=interview_id)
    end_waits(entries, status, actor=actor, now=now)
    return entries


def end_waits(entries: Sequence[WaitlistEntry], status: WaitingStatus, *, actor: Actor, now: datetime) -> None:
    """End waits that are locked, and tell it; two statements, whatever their number."""
    for entry in entries:
        entry.status, entry.ended_at = status, now
    WaitlistEntry.objects.filter(pk__in=[entry.pk for entry in entries]).update(status=status, ended_at=now)
    record_all((waiting_change(f"waitlist.{status}", entry) for entry in entries), actor=actor, now=now)


@operation
def expire_holds(*, now: datetime) -> int:
    """End holds whose time is up; returns how many. Two at once share the work, and do none twice."""
    due = PlaceHold.objects.filter(status=HoldStatus.HELD, expires_at__lte=now).order_by("expires_at")
    found = list(due.values_list("pk", "slot_id", "interview_id")[:EXPIRE_AT_ONCE])
    lock_slots(slot_id for _, slot_id, _ in found)
    lock_interviews(interview_id for _, _, interview_id in found)
    holds = lock_holds(pk__in=[key for key, _, _ in found], expires_at__lte=now)
    settle_holds(holds, HoldStatus.EXPIRED, actor=SYSTEM, now=now)
    return len(holds)


def waiting_change(event: str, entry: WaitlistEntry) -> Change:
    """The event of an entry's change."""
    return Change(type=event, object_id=entry.pk, company_id=entry.company_id, after=entry.state())


def _wait_on(holds: Sequence[PlaceHold], *, now: datetime) -> None:
    """Who did not take an offered place waits for another one; who did not answer several times, not any more."""
    of_entry = {hold.entry_id: hold for hold in holds if hold.entry_id is not None}
    entries = lock_waiting(pk__in=of_entry, status=WaitingStatus.OFFERED)
    for entry in entries:
        hold = of_entry[entry.pk]
        entry.status = WaitingStatus.WAITING
        if hold.slot_id is not None and hold.status != HoldStatus.WITHDRAWN:
            entry.refused_slots = [*entry.refused_slots, hold.slot_id]
        entry.missed_offers = entry.missed_offers + 1 if hold.status == HoldStatus.EXPIRED else 0
    WaitlistEntry.objects.bulk_update(entries, ["status", "refused_slots", "missed_offers"])
    lapsed = [entry for entry in entries if entry.missed_offers >= MISSED_OFFERS]
    end_waits(lapsed, WaitingStatus.LAPSED, actor=SYSTEM, now=now)


def _by_count(holds: Iterable[PlaceHold]) -> dict[int, list[UUID]]:
    """The slots by how many of the holds are on each."""
    counted: dict[int, list[UUID]] = {}
    for slot_id, count in Counter(hold.slot_id for hold in holds if hold.slot_id is not None).items():
        counted.setdefault(count, []).append(slot_id)
    return counted


def _proposed(hold: PlaceHold) -> list[Change]:
    if hold.entry_id is not None:
        return [_change("waitlist.offered", hold.entry_id, hold)]
    return [
        _change("interview.proposed", hold.interview_id, hold),
        _change("conflict.proposed", hold.conflict_id, hold),
    ]


def _settled(hold: PlaceHold) -> list[Change]:
    if hold.entry_id is not None:
        return [_change(f"waitlist.offer_{hold.status}", hold.entry_id, hold)]
    return [
        _change(f"interview.proposal_{hold.status}", hold.interview_id, hold),
        _change(f"conflict.proposal_{hold.status}", hold.conflict_id, hold),
    ]


def _change(event: str, object_id: UUID | None, hold: PlaceHold) -> Change:
    assert object_id is not None  # noqa: S101 (a hold is for a conflict or an entry: the database keeps that)
    return Change(type=event, object_id=object_id, company_id=hold.company_id, after=hold.state())
