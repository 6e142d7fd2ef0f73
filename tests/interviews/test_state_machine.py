"""All operations in random order on the real database; after every step each rule must hold, and the history too."""

import os
from collections.abc import Callable
from datetime import UTC, datetime, time, timedelta
from typing import Any

import pytest
from django.db import connection
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule, run_state_machine_as_test

from parley.core.errors import DomainError
from parley.core.models import Event
from parley.interviews.models import (
    AIInterviewConfiguration,
    Interview,
    InterviewConflict,
    InterviewSchedule,
    InterviewSlot,
    PlaceHold,
    WaitlistEntry,
)
from parley.interviews.operations.booking import (
    book_interview,
    cancel_booking,
    confirm_booking,
    release_slot,
    reschedule_booking,
)
from parley.interviews.operations.configurations import (
    create_configuration,
    delete_configuration,
    update_configuration,
)
from parley.interviews.operations.conflicts import resolve_conflict
from parley.interviews.operations.imports import Row, import_bookings
from parley.interviews.operations.interviews import create_interview, delete_interview
from parley.interviews.operations.materialise import materialise
from parley.interviews.operations.recurring import Pattern, create_recurring
from parley.interviews.operations.slots import (
    cancel_slot,
    complete_past_slots,
    complete_slot,
    create_slot,
    delete_slot,
    update_slot,
)
from parley.interviews.rules.states import InterviewType, Resolution
from tests.factories import CandidateFactory, CompanyFactory, UserFactory
from tests.invariants import broken_invariants

EXAMPLES = int(os.environ.get("PARLEY_STATE_MACHINE_EXAMPLES", "25"))
MONDAY = datetime(2027, 3, 22, tzinfo=UTC)  # the week in which Europe changes its clocks
TYPES = st.sampled_from([InterviewType.CODING, InterviewType.GENERAL])
HALF_HOURS = st.integers(0, 7 * 48)
TABLES = (
    "core_event",
    "interviews_placehold",
    "interviews_waitlistentry",
    "interviews_schedulingpolicy",
    "interviews_interviewlink",
    "interviews_interviewconflict",
    "interviews_reseating",
    "interviews_interviewschedule",
    "interviews_interview",
    "interviews_interviewslot",
    "interviews_aiinterviewconfiguration",
    "hiring_candidate",
    "organizations_user",
    "organizations_company",
    "core_idempotencyrecord",
)


def pick(ids: list[Any], choice: int) -> Any:
    return ids[choice % len(ids)] if ids else None


class Scheduling(RuleBasedStateMachine):
    """One company with three candidates; the clock moves on through the week."""

    def __init__(self) -> None:
        super().__init__()
        with connection.cursor() as cursor:
            cursor.execute(f"TRUNCATE {', '.join(TABLES)} CASCADE")
        company = CompanyFactory(timezone="Europe/Berlin")
        self.actor = UserFactory(company=company)
        self.candidates = [CandidateFactory(company=company) for _ in range(3)]
        self.now = MONDAY - timedelta(hours=1)
        for choice in range(6):
            self.make_interview(choice % 3)
        for at in range(6):
            self.make_slot(at=4 + 3 * at, halves=2, kind=InterviewType.CODING, room=1 + at % 2)
            self.make_slot(at=5 + 3 * at, halves=2, kind=InterviewType.GENERAL, room=1)

    def attempt(self, operation: Callable[..., Any], **arguments: Any) -> Any:
        """Do it, or be refused with a domain error; a refusal changes nothing."""
        before = fingerprint()
        try:
            return operation(**arguments, actor=self.actor, now=self.now)
        except DomainError:
            assert fingerprint() == before
            return None

    # --- slots ---

    @rule(at=HALF_HOURS, halves=st.integers(1, 4), kind=TYPES, room=st.integers(1, 3))
    def make_slot(self, at: int, halves: int, kind: InterviewType, room: int) -> None:
        start = MONDAY + timedelta(minutes=30 * at)
        self.attempt(
            create_slot,
            company_id=None,
            job_id=None,
            start_time=start,
            end_time=start + timedelta(minutes=30 * halves),
            duration_minutes=None,
            fields={"ai_interview_type": kind, "max_candidates": room},
        )

    @rule(day=st.integers(0, 6), kind=TYPES, room=st.integers(1, 2), minutes=st.sampled_from([30, 60, 90]))
    def make_many(self, day: int, kind: InterviewType, room: int, minutes: int) -> None:
        start = MONDAY.date() + timedelta(days=day)
        pattern = Pattern(
            start_date=start,
            end_date=start + timedelta(days=3),
            start_time=time(1),
            end_time=time(5),
            days_of_week=[1, 3, 5, 7],
            slot_duration=minutes,
            break_duration=0,
            timezone=None,
        )
        fields = {"ai_interview_type": kind, "max_candidates": room}
        self.attempt(create_recurring, company_id=None, job_id=None, pattern=pattern, fields=fields, dry_run=False)

    @rule(choice=st.integers(0, 999), room=st.integers(1, 3), shift=st.sampled_from([0, 0, 30, -30]))
    def change_slot(self, choice: int, room: int, shift: int) -> None:
        if slot := InterviewSlot.objects.filter(pk=pick(slots(), choice)).first():
            fields: dict[str, Any] = {"max_candidates": room}
            if shift:
                fields["start_time"] = slot.start_time + timedelta(minutes=shift)
                fields["end_time"] = slot.end_time + timedelta(minutes=shift)
            self.attempt(update_slot, slot_id=slot.pk, fields=fields)

    @rule(choice=st.integers(0, 999), cascade=st.booleans(), delete=st.booleans())
    def drop_slot(self, choice: int, cascade: bool, delete: bool) -> None:
        if slot_id := pick(slots(), choice):
            if delete:
                self.attempt(delete_slot, slot_id=slot_id, cascade=cascade)
            else:
                self.attempt(cancel_slot, slot_id=slot_id, cascade=cascade, reason="")

    @rule(choice=st.integers(0, 999))
    def complete(self, choice: int) -> None:
        if slot_id := pick(slots(), choice):
            self.attempt(complete_slot, slot_id=slot_id)

    # --- interviews and bookings ---

    @rule(choice=st.integers(0, 2))
    def make_interview(self, choice: int) -> None:
        candidate_id = self.candidates[choice].pk
        self.attempt(create_interview, candidate_id=candidate_id, job_id=None, fields={}, company_id=None)

    @rule(choice=st.integers(0, 999))
    def drop_interview(self, choice: int) -> None:
        if interview_id := pick(interviews(), choice):
            self.attempt(delete_interview, interview_id=interview_id)

    @rule(who=st.integers(0, 999), where=st.integers(0, 999))
    def book(self, who: int, where: int) -> None:
        interview_id, slot_id = pick(interviews(), who), pick(slots(), where)
        if interview_id and slot_id:
            self.attempt(book_interview, interview_id=interview_id, slot_id=slot_id, notes="")

    @rule(who=st.integers(0, 999), where=st.integers(0, 999))
    def book_what_looks_free(self, who: int, where: int) -> None:
        open_ones = Interview.objects.exclude(schedules__status__in=["pending", "confirmed"]).order_by("pk")
        free = InterviewSlot.objects.filter(status="available", start_time__gt=self.now).order_by("start_time", "pk")
        interview = pick(list(open_ones), who)
        slot = pick(list(free), where)
        if interview and slot:
            self.attempt(book_interview, interview_id=interview.pk, slot_id=slot.pk, notes="")

    @rule(who=st.integers(0, 999), where=st.integers(0, 999))
    def move_what_is_live(self, who: int, where: int) -> None:
        live = InterviewSchedule.objects.filter(status__in=["pending", "confirmed"]).order_by("booked_at", "pk")
        free = InterviewSlot.objects.filter(status="available", start_time__gt=self.now).order_by("start_time", "pk")
        schedule, slot = pick(list(live), who), pick(list(free), where)
        if schedule and slot:
            self.attempt(reschedule_booking, schedule_id=schedule.pk, slot_id=slot.pk)

    @rule(who=st.lists(st.integers(0, 999), min_size=1, max_size=4), where=st.integers(0, 999))
    def take_over(self, who: list[int], where: int) -> None:
        rows = [
            Row(interview_id=pick(interviews(), each), slot_id=pick(slots(), where + each))
            for each in who
            if interviews() and slots()
        ]
        if rows:
            self.attempt(import_bookings, rows=rows)

    @rule(choice=st.integers(0, 999))
    def confirm(self, choice: int) -> None:
        if schedule_id := pick(schedules(), choice):
            self.attempt(confirm_booking, schedule_id=schedule_id)

    @rule(choice=st.integers(0, 999))
    def cancel(self, choice: int) -> None:
        if schedule_id := pick(schedules(), choice):
            self.attempt(cancel_booking, schedule_id=schedule_id, reason="")

    @rule(choice=st.integers(0, 999), where=st.integers(0, 999))
    def reschedule(self, choice: int, where: int) -> None:
        schedule_id, slot_id = pick(schedules(), choice), pick(slots(), where)
        if schedule_id and slot_id:
            self.attempt(reschedule_booking, schedule_id=schedule_id, slot_id=slot_id)

    @rule(where=st.integers(0, 999))
    def release(self, where: int) -> None:
        if slot_id := pick(slots(), where):
            self.attempt(release_slot, slot_id=slot_id, schedule_id=None, interview_id=None)

    @rule(
        choice=st.integers(0, 999),
        how=st.sampled_from([Resolution.RESCHEDULED, Resolution.CANCELLED, Resolution.RESOLVED]),
        where=st.none() | st.integers(0, 999),
    )
    def settle(self, choice: int, how: Resolution, where: int | None) -> None:
        ids = list(InterviewConflict.objects.order_by("detected_at", "pk").values_list("pk", flat=True))
        if conflict_id := pick(ids, choice):
            slot_id = None if where is None else pick(slots(), where)
            self.attempt(resolve_conflict, conflict_id=conflict_id, resolution=how, slot_id=slot_id, notes="")

    # --- patterns ---

    @rule(day=st.integers(1, 7), hour=st.integers(0, 20), kind=TYPES, room=st.integers(1, 2))
    def make_pattern(self, day: int, hour: int, kind: InterviewType, room: int) -> None:
        fields = {
            "interview_type": kind,
            "day_of_week": day,
            "start_time": time(hour),
            "end_time": time(hour + 3),
            "slot_duration": 60,
            "break_duration": 0,
            "max_candidates": room,
            "valid_from": MONDAY.date(),
        }
        self.attempt(create_configuration, company_id=None, fields=fields)

    @rule(choice=st.integers(0, 999), hour=st.integers(0, 20), minutes=st.sampled_from([30, 60]))
    def change_pattern(self, choice: int, hour: int, minutes: int) -> None:
        if pattern_id := pick(patterns(), choice):
            fields = {"start_time": time(hour), "end_time": time(hour + 3), "slot_duration": minutes}
            self.attempt(update_configuration, configuration_id=pattern_id, fields=fields)

    @rule(choice=st.integers(0, 999), day=st.integers(0, 7))
    def exclude_day(self, choice: int, day: int) -> None:
        if pattern_id := pick(patterns(), choice):
            excluded = [MONDAY.date() + timedelta(days=day)]
            self.attempt(update_configuration, configuration_id=pattern_id, fields={"excluded_dates": excluded})

    @rule(choice=st.integers(0, 999))
    def drop_pattern(self, choice: int) -> None:
        if pattern_id := pick(patterns(), choice):
            self.attempt(delete_configuration, configuration_id=pattern_id)

    # --- time ---

    @rule(days=st.integers(1, 9))
    def run_periodic_jobs(self, days: int) -> None:
        for pattern_id in patterns():
            materialise(configuration_id=pattern_id, days=days, now=self.now)
            assert materialise(configuration_id=pattern_id, days=days, now=self.now).created == []
        complete_past_slots(now=self.now)
        assert complete_past_slots(now=self.now) == 0

    @rule(hours=st.integers(1, 3))
    def time_passes(self, hours: int) -> None:
        self.now += timedelta(hours=hours)

    # --- what holds ---

    @invariant()
    def rules_hold(self) -> None:
        assert broken_invariants() == {}

    @invariant()
    def history_is_complete(self) -> None:
        """The events alone, played in order, give the state of every slot and booking."""
        told_slots, told_bookings = replay()
        assert told_slots == {
            str(pk): (status, count)
            for pk, status, count in InterviewSlot.objects.values_list("pk", "status", "current_bookings")
        }
        assert told_bookings == {
            str(pk): status for pk, status in InterviewSchedule.objects.values_list("pk", "status")
        }


def slots() -> list[Any]:
    return list(InterviewSlot.objects.order_by("start_time", "pk").values_list("pk", flat=True))


def interviews() -> list[Any]:
    return list(Interview.objects.order_by("created_at", "pk").values_list("pk", flat=True))


def schedules() -> list[Any]:
    return list(InterviewSchedule.objects.order_by("booked_at", "pk").values_list("pk", flat=True))


def patterns() -> list[Any]:
    return list(AIInterviewConfiguration.objects.order_by("pk").values_list("pk", flat=True))


def fingerprint() -> list[Any]:
    """The states of everything, to show that a refusal has changed nothing."""
    return [
        sorted(
            InterviewSlot.objects.values_list(
                "pk", "status", "current_bookings", "held_places", "start_time", "max_candidates"
            )
        ),
        sorted(PlaceHold.objects.values_list("pk", "status")),
        sorted(WaitlistEntry.objects.values_list("pk", "status")),
        sorted(InterviewSchedule.objects.values_list("pk", "status", "slot_id")),
        sorted(Interview.objects.values_list("pk", "status")),
        sorted(InterviewConflict.objects.values_list("pk", "resolution")),
        patterns(),
        Event.objects.count(),
    ]


def replay() -> tuple[dict[str, Any], dict[str, str]]:
    told_slots: dict[str, Any] = {}
    told_bookings: dict[str, str] = {}
    for event in Event.objects.order_by("id"):
        after = event.after or {}
        if event.object_type == "slot":
            _replay_slot(event, after, told_slots)
        elif "schedule_id" in after:
            told_bookings[after["schedule_id"]] = after["status"]
            if "slot_status" in after:
                told_slots[after["slot_id"]] = (after["slot_status"], after["slot_current_bookings"])
            if "freed_slot_id" in after:
                told_slots[after["freed_slot_id"]] = (after["freed_slot_status"], after["freed_slot_current_bookings"])
                told_bookings[(event.before or {})["schedule_id"]] = "rescheduled"
    return told_slots, told_bookings


def _replay_slot(event: Event, after: dict[str, Any], told_slots: dict[str, Any]) -> None:
    if event.type == "slot.deleted":
        del told_slots[event.object_id]
    elif event.type in ("slot.completed", "slot.cancelled"):
        _, count = told_slots[event.object_id]
        told_slots[event.object_id] = (event.type.removeprefix("slot."), count)
    else:
        told_slots[event.object_id] = (after["status"], after["current_bookings"])


@pytest.mark.django_db(transaction=True)
def test_every_rule_holds_after_every_operation_in_any_order() -> None:
    run_state_machine_as_test(
        Scheduling,
        settings=settings(
            max_examples=EXAMPLES, stateful_step_count=40, deadline=None, suppress_health_check=list(HealthCheck)
        ),
    )
