"""The same machine with what happens by itself: holds, re-seating, the waitlist, undoing."""

import os
from datetime import timedelta
from functools import partial
from random import Random
from typing import Any

import pytest

from parley.core.actors import SYSTEM
from parley.interviews.models import (
    Interview,
    InterviewConflict,
    InterviewSlot,
    PlaceHold,
    Reseating,
    SchedulingPolicy,
    WaitlistEntry,
)
from parley.interviews.operations.holds import expire_holds
from parley.interviews.operations.links import accept_by_link, decline_by_link, invite_candidate
from parley.interviews.operations.reseating import reseat, undo_reseating
from parley.interviews.operations.slots import cancel_slot
from parley.interviews.operations.undoing import undo_resolution
from parley.interviews.operations.waitlist import end_waiting, join_waitlist, leave, offer_places
from parley.interviews.rules.policy import ReseatMode
from parley.interviews.rules.states import InterviewType, Resolution
from tests.interviews.test_state_machine import MONDAY, Scheduling, interviews, pick

SEEDS = int(os.environ.get("PARLEY_SEATING_SEEDS", "8"))
SETTLED = [Resolution.RESCHEDULED, Resolution.CANCELLED, Resolution.RESOLVED]
MODES = [ReseatMode.PROPOSE.value] * 3 + [ReseatMode.BOOK.value] * 2 + [ReseatMode.OFF.value]


class Seating(Scheduling):
    """Places are found, held, accepted and given back in between everything else."""

    def choose_mode(self, mode: str) -> None:
        SchedulingPolicy.objects.update_or_create(
            company_id=self.company_id, defaults={"reseat_mode": mode, "updated_at": self.now}
        )

    def __init__(self) -> None:
        super().__init__()
        for number in range(4):  # enough bookings and room to lose and find something from the first step
            self.book_what_looks_free(number, number)

    def lose_a_place(self, choice: int, seat: bool) -> None:
        booked = InterviewSlot.objects.filter(current_bookings__gt=0, start_time__gt=self.now)
        if slot := pick(list(booked.order_by("start_time", "pk")), choice):
            self.attempt(cancel_slot, slot_id=slot.pk, cascade=True, reason="")
            if seat:
                self.seat()

    def wait_and_be_offered(self, choice: int) -> None:
        bookable = Interview.objects.exclude(schedules__status__in=["pending", "confirmed"]).order_by("pk")
        if interview := pick(list(bookable), choice):
            self.attempt(
                join_waitlist,
                interview_id=interview.pk,
                interview_type="",
                start_after=None,
                start_before=self.now + timedelta(days=7),
            )
            self.share_out()

    def seat(self) -> None:
        reseat(company_id=self.company_id, actor=SYSTEM, now=self.now)
        assert reseat(company_id=self.company_id, actor=SYSTEM, now=self.now) is None

    def share_out(self) -> None:
        offer_places(company_id=self.company_id, now=self.now)
        assert offer_places(company_id=self.company_id, now=self.now) == 0

    def tidy_up(self, hours: int) -> None:
        self.now += timedelta(hours=hours)
        expire_holds(now=self.now)
        end_waiting(now=self.now)
        assert not PlaceHold.objects.filter(status="held", expires_at__lte=self.now).exists()

    def answer(self, choice: int, accept: bool) -> None:
        if hold := pick(list(PlaceHold.objects.filter(status="held").order_by("created_at", "pk")), choice):
            token = invite_candidate(
                interview_id=hold.interview_id,
                interview_type="",
                valid_for=timedelta(days=9),
                actor=self.actor,
                now=self.now,
            ).link
            by_link: Any = accept_by_link if accept else decline_by_link
            self.attempt(partial(without_actor, by_link, token=token))

    def wait(self, choice: int, kind: str, first: int, days: int) -> None:
        if interview_id := pick(interviews(), choice):
            after = MONDAY + timedelta(days=first)
            self.attempt(
                join_waitlist,
                interview_id=interview_id,
                interview_type=str(kind),
                start_after=after,
                start_before=after + timedelta(days=days),
            )

    def wait_no_longer(self, choice: int) -> None:
        ids = list(WaitlistEntry.objects.order_by("created_at", "pk").values_list("pk", flat=True))
        if entry_id := pick(ids, choice):
            self.attempt(leave, entry_id=entry_id)

    def undo(self, choice: int) -> None:
        ids = list(InterviewConflict.objects.order_by("detected_at", "pk").values_list("pk", flat=True))
        if conflict_id := pick(ids, choice):
            self.attempt(undo_resolution, conflict_id=conflict_id)

    def undo_a_run(self, choice: int) -> None:
        ids = list(Reseating.objects.order_by("created_at", "pk").values_list("pk", flat=True))
        if reseating_id := pick(ids, choice):
            self.attempt(undo_reseating, reseating_id=reseating_id)

    @property
    def company_id(self) -> int:
        assert self.actor.company_id is not None
        return self.actor.company_id


def without_actor(operation: Any, *, actor: Any, **arguments: Any) -> Any:
    """Who bears a link is known by it."""
    return operation(**arguments)


def steps(chance: Random) -> list[tuple[Any, ...]]:
    """One of each kind of step, with what it is about chosen by chance."""
    some = partial(chance.randrange, 1000)
    kind = chance.choice([InterviewType.CODING, InterviewType.GENERAL])
    return [
        ("choose_mode", chance.choice(MODES)),
        ("lose_a_place", some(), True),
        ("lose_a_place", some(), False),
        ("seat",),
        ("wait_and_be_offered", some()),
        ("wait", some(), kind, chance.randrange(7), 3),
        ("wait_no_longer", some()),
        ("share_out",),
        ("tidy_up", chance.choice([0, 0, 0, 3, 26])),
        ("answer", some(), True),
        ("answer", some(), False),
        ("undo", some()),
        ("undo_a_run", some()),
        ("settle", some(), chance.choice(SETTLED), chance.choice([None, some()])),
        ("make_interview", chance.randrange(3)),
        ("drop_interview", some()),
        ("book_what_looks_free", some(), some()),
        ("move_what_is_live", some(), some()),
        ("take_over", [some(), some(), some()], some()),
        ("cancel", some()),
        ("release", some()),
        ("make_many", chance.randrange(7), kind, chance.choice([1, 2]), 60),
        ("change_slot", some(), chance.choice([1, 2, 3]), chance.choice([0, 30])),
        ("drop_slot", some(), True, chance.choice([True, False])),
        ("make_pattern", chance.randrange(1, 8), chance.randrange(20), kind, 1),
        ("change_pattern", some(), chance.randrange(20), 60),
        ("drop_pattern", some()),
        ("run_periodic_jobs", 5),
    ]


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("seed", range(SEEDS))
def test_every_rule_holds_with_what_happens_by_itself(seed: int) -> None:
    """Plain chance instead of a search: what is to be seen needs several of these steps in a row."""
    chance = Random(seed)
    machine = Seating()
    for _ in range(60):
        name, *values = chance.choice(steps(chance))
        print(name, *values)  # noqa: T201 (pytest shows it where the test fails)
        getattr(machine, name)(*values)
        machine.rules_hold()
        machine.history_is_complete()
