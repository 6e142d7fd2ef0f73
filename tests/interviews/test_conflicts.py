"""Opening conflicts, and resolving them for real."""

from datetime import UTC, datetime, timedelta

import pytest

from parley.core.errors import Conflict, Invalid
from parley.core.models import Event
from parley.interviews.models import InterviewConflict, InterviewSchedule, InterviewSlot
from parley.interviews.operations.booking import (
    book_interview,
    cancel_booking,
    release_slot,
    reschedule_booking,
)
from parley.interviews.operations.configurations import delete_configuration
from parley.interviews.operations.conflicts import resolve_conflict
from parley.interviews.operations.imports import Row, import_bookings
from parley.interviews.operations.slots import cancel_slot, delete_slot
from parley.interviews.queries import with_current_proposals
from parley.interviews.rules.states import Resolution
from parley.organizations.models import Company, User
from tests.factories import CandidateFactory, ConfigurationFactory, InterviewFactory, JobFactory, SlotFactory, book
from tests.invariants import broken_invariants

pytestmark = pytest.mark.django_db
NOON = datetime(2027, 3, 8, 12, tzinfo=UTC)


@pytest.fixture
def slots(company: Company) -> list[InterviewSlot]:
    """Noon, and free ones 3, 1, 2 and 26 hours away."""
    return [SlotFactory(company=company, start_time=NOON + timedelta(hours=hours)) for hours in (0, 3, -1, 2, 26)]


@pytest.fixture
def conflict(slots: list[InterviewSlot], actor: User, now: datetime) -> InterviewConflict:
    """The noon slot was cancelled with one booking on it."""
    book(slots[0], booking_notes="Bring a pencil.")
    cancel_slot(slot_id=slots[0].pk, cascade=True, reason="Power cut.", actor=actor, now=now)
    return InterviewConflict.objects.get()


def test_a_cancelled_slot_unseats_its_bookings_and_proposes_the_nearest(
    conflict: InterviewConflict, slots: list[InterviewSlot]
) -> None:
    schedule = InterviewSchedule.objects.get()
    slots[0].refresh_from_db()
    assert (slots[0].status, slots[0].current_bookings) == ("cancelled", 0)
    assert (schedule.status, schedule.cancellation_reason) == ("cancelled", "Power cut.")
    assert schedule.interview.status == "scheduled"  # it waits for another place
    assert conflict.conflict_type == "slot_unavailable"
    assert conflict.primary_interview_id == schedule.interview_id
    assert conflict.conflict_details["reason"] == "Power cut."
    nearest = [slots[2], slots[3], slots[1], slots[4]]
    assert [(each["rank"], each["slot_id"]) for each in conflict.proposals] == [
        (rank, str(slot.pk)) for rank, slot in enumerate(nearest, start=1)
    ]
    assert [each["minutes_away"] for each in conflict.proposals] == [60, 120, 180, 1560]
    assert list(Event.objects.order_by("id").values_list("type", flat=True)) == [
        "interview.unseated",
        "slot.cancelled",
        "conflict.opened",
    ]


def test_without_cascade_a_booked_slot_is_neither_cancelled_nor_deleted(
    slots: list[InterviewSlot], actor: User, now: datetime
) -> None:
    book(slots[0])
    for operation in (
        lambda: cancel_slot(slot_id=slots[0].pk, cascade=False, reason="", actor=actor, now=now),
        lambda: delete_slot(slot_id=slots[0].pk, cascade=False, actor=actor, now=now),
    ):
        with pytest.raises(Conflict) as refusal:
            operation()
        assert refusal.value.code == "slot_has_bookings"
    slots[0].refresh_from_db()
    assert (slots[0].status, slots[0].current_bookings) == ("booked", 1)
    assert InterviewConflict.objects.count() == 0


def test_slots_of_another_job_type_or_company_are_not_proposed(company: Company, actor: User, now: datetime) -> None:
    job, other_job = JobFactory(company=company), JobFactory(company=company)
    lost = SlotFactory(company=company, start_time=NOON)
    SlotFactory(start_time=NOON)
    SlotFactory(company=company, start_time=NOON, ai_interview_type="coding")
    SlotFactory(company=company, start_time=NOON + timedelta(hours=1), job=other_job)
    fitting = SlotFactory(company=company, start_time=NOON + timedelta(hours=2), job=job)
    book(lost, InterviewFactory(candidate=CandidateFactory(company=company), job=job))
    delete_slot(slot_id=lost.pk, cascade=True, actor=actor, now=now)
    assert [each["slot_id"] for each in InterviewConflict.objects.get().proposals] == [str(fitting.pk)]


def test_the_candidate_s_own_job_and_other_bookings_narrow_the_proposals(
    company: Company, actor: User, now: datetime
) -> None:
    job, other_job = JobFactory(company=company), JobFactory(company=company)
    candidate = CandidateFactory(company=company, job=job)
    lost = SlotFactory(company=company, start_time=NOON)
    SlotFactory(company=company, start_time=NOON + timedelta(hours=1), job=other_job)
    SlotFactory(company=company, start_time=NOON + timedelta(hours=2))
    elsewhere = SlotFactory(
        company=company, start_time=NOON + timedelta(hours=2, minutes=30), ai_interview_type="coding"
    )
    SlotFactory(company=company, start_time=NOON + timedelta(hours=3, minutes=15))
    fitting = SlotFactory(company=company, start_time=NOON + timedelta(hours=5))
    book(elsewhere, InterviewFactory(candidate=candidate))  # overlaps with both of the free ones beside it
    book(lost, InterviewFactory(candidate=candidate))
    delete_slot(slot_id=lost.pk, cascade=True, actor=actor, now=now)
    assert [each["slot_id"] for each in InterviewConflict.objects.get().proposals] == [str(fitting.pk)]


def test_every_booking_gets_its_own_nearest_proposals_however_many_slots_there_are(
    company: Company, actor: User, now: datetime
) -> None:
    """Two bookings of one pattern, half a year apart, with 2,700 free slots between them."""
    configuration = ConfigurationFactory(company=company, valid_from=now.date())
    lost = [
        SlotFactory(
            company=company,
            start_time=NOON + timedelta(days=days),
            configuration=configuration,
            occurrence_start=NOON + timedelta(days=days),
        )
        for days in (1, 181)
    ]
    InterviewSlot.objects.bulk_create(
        InterviewSlot(
            company=company,
            ai_interview_type="technical",
            start_time=NOON + timedelta(hours=1, minutes=100 * n),
            end_time=NOON + timedelta(hours=1, minutes=100 * n + 10),
            duration_minutes=10,
            created_at=now,
            updated_at=now,
        )
        for n in range(2700)
        if not any(
            abs(NOON + timedelta(hours=1, minutes=100 * n) - slot.start_time) < timedelta(hours=1, minutes=10)
            for slot in lost
        )
    )
    for slot in lost:
        book(slot)
    delete_configuration(configuration_id=configuration.pk, actor=actor, now=now)
    for conflict in InterviewConflict.objects.all():
        assert len(conflict.proposals) == 5
        assert max(each["minutes_away"] for each in conflict.proposals) <= 300


def test_what_is_settled_without_a_look_at_the_conflict_closes_it(
    conflict: InterviewConflict, slots: list[InterviewSlot], actor: User, now: datetime
) -> None:
    interview_id = conflict.primary_interview_id
    assert interview_id is not None
    book_interview(interview_id=interview_id, slot_id=slots[1].pk, notes="", actor=actor, now=now)
    conflict.refresh_from_db()
    assert (conflict.resolution, conflict.resolved_by, conflict.resolved_at) == ("rescheduled", actor, now)
    assert conflict.resolution_notes == "The interview was booked elsewhere."
    assert Event.objects.filter(type="conflict.resolved", object_id=str(conflict.pk)).count() == 1


@pytest.mark.parametrize(
    ("how", "resolution"), [("move", "rescheduled"), ("cancel", "cancelled"), ("release", "resolved")]
)
def test_a_stranded_booking_that_ends_closes_its_conflict(
    how: str, resolution: str, company: Company, actor: User, now: datetime
) -> None:
    configuration = ConfigurationFactory(company=company, valid_from=now.date())
    slot = SlotFactory(company=company, start_time=NOON, configuration=configuration, occurrence_start=NOON)
    free = SlotFactory(company=company, start_time=NOON + timedelta(hours=4))
    schedule = book(slot)
    delete_configuration(configuration_id=configuration.pk, actor=actor, now=now)
    assert InterviewConflict.objects.get().resolution == "pending"
    if how == "move":
        reschedule_booking(schedule_id=schedule.pk, slot_id=free.pk, actor=actor, now=now)
    elif how == "cancel":
        cancel_booking(schedule_id=schedule.pk, reason="", actor=actor, now=now)
    else:
        release_slot(slot_id=slot.pk, schedule_id=None, interview_id=None, actor=actor, now=now)
    conflict = InterviewConflict.objects.get()
    assert (conflict.resolution, conflict.resolved_by) == (resolution, actor)
    assert broken_invariants() == {}


def test_rescheduling_books_the_named_slot(
    conflict: InterviewConflict, slots: list[InterviewSlot], actor: User, now: datetime
) -> None:
    resolved = resolve_conflict(
        conflict_id=conflict.pk,
        resolution=Resolution.RESCHEDULED,
        slot_id=slots[4].pk,
        notes="Next day.",
        actor=actor,
        now=now,
    )
    assert (resolved.resolution, resolved.resolution_notes, resolved.resolved_at) == ("rescheduled", "Next day.", now)
    assert resolved.resolved_by == actor
    live = InterviewSchedule.objects.get(status="pending")
    assert (live.slot_id, live.interview_id) == (slots[4].pk, conflict.primary_interview_id)
    assert broken_invariants() == {}


def test_rescheduling_without_a_slot_takes_the_best_proposal_that_is_still_free(
    conflict: InterviewConflict, slots: list[InterviewSlot], actor: User, now: datetime
) -> None:
    book(slots[2])
    resolve_conflict(
        conflict_id=conflict.pk, resolution=Resolution.RESCHEDULED, slot_id=None, notes="", actor=actor, now=now
    )
    live = InterviewSchedule.objects.get(interview=conflict.primary_interview, status="pending")
    assert live.slot_id == slots[3].pk


def test_a_refused_resolution_changes_nothing(
    conflict: InterviewConflict, slots: list[InterviewSlot], actor: User, now: datetime
) -> None:
    book(slots[3])
    with pytest.raises(Conflict) as refusal:
        resolve_conflict(
            conflict_id=conflict.pk,
            resolution=Resolution.RESCHEDULED,
            slot_id=slots[3].pk,
            notes="",
            actor=actor,
            now=now,
        )
    assert refusal.value.code == "slot_full"
    conflict.refresh_from_db()
    assert conflict.resolution == "pending"
    assert InterviewSchedule.objects.filter(status="pending").count() == 1


def test_cancelling_cancels_the_interview(conflict: InterviewConflict, actor: User, now: datetime) -> None:
    resolve_conflict(
        conflict_id=conflict.pk, resolution=Resolution.CANCELLED, slot_id=None, notes="", actor=actor, now=now
    )
    assert InterviewSchedule.objects.get().interview.status == "cancelled"


def test_resolved_leaves_everything_as_it_is_and_only_once(
    conflict: InterviewConflict, actor: User, now: datetime
) -> None:
    resolution = {"resolution": Resolution.RESOLVED, "slot_id": None, "notes": ""}
    resolve_conflict(conflict_id=conflict.pk, actor=actor, now=now, **resolution)  # type: ignore[arg-type]
    with pytest.raises(Conflict) as refusal:
        resolve_conflict(conflict_id=conflict.pk, actor=actor, now=now, **resolution)  # type: ignore[arg-type]
    assert refusal.value.code == "already_resolved"
    assert Event.objects.filter(type="conflict.resolved").count() == 1
    assert InterviewSchedule.objects.get().status == "cancelled"


def test_an_import_books_what_it_can_and_opens_a_conflict_for_the_double_booked(
    company: Company, actor: User, now: datetime
) -> None:
    candidate = CandidateFactory(company=company)
    here = SlotFactory(company=company, start_time=NOON)
    there = SlotFactory(company=company, start_time=NOON + timedelta(minutes=30), ai_interview_type="coding")
    free = SlotFactory(company=company, start_time=NOON + timedelta(hours=5))
    held, wanted, other = (
        InterviewFactory(candidate=each) for each in (candidate, candidate, CandidateFactory(company=company))
    )
    book(here, held)
    rows = [
        Row(interview_id=wanted.pk, slot_id=there.pk),
        Row(interview_id=other.pk, slot_id=free.pk, notes="From the old system."),
        Row(interview_id=other.pk, slot_id=here.pk),
    ]
    report = import_bookings(rows=rows, actor=actor, now=now)
    assert list(report.booked) == [1]
    assert {index: error.code for index, error in report.refused.items()} == {0: "candidate_busy", 2: "slot_full"}
    conflict = InterviewConflict.objects.get()
    assert (conflict.conflict_type, conflict.primary_interview, conflict.conflicting_interview) == (
        "candidate_unavailable",
        held,
        wanted,
    )
    again = import_bookings(rows=rows, actor=actor, now=now)
    assert [schedule.pk for schedule in again.booked.values()] == [report.booked[1].pk]
    assert InterviewConflict.objects.count() == 1
    assert InterviewSchedule.objects.count() == 2
    assert broken_invariants() == {}


def test_only_a_live_booking_can_be_moved_by_a_resolution_that_says_so(
    company: Company, actor: User, now: datetime
) -> None:
    conflict = InterviewConflict.objects.create(
        company=company, conflict_type="overlap", cause="overlap:x", detected_at=now
    )
    with pytest.raises(Invalid) as refusal:
        resolve_conflict(
            conflict_id=conflict.pk, resolution=Resolution.RESCHEDULED, slot_id=None, notes="", actor=actor, now=now
        )
    assert refusal.value.code == "nothing_to_move"


def test_an_interview_that_holds_a_place_is_moved_by_the_resolution(
    conflict: InterviewConflict, slots: list[InterviewSlot], actor: User, now: datetime
) -> None:
    assert conflict.primary_interview is not None
    held = book(slots[1], conflict.primary_interview)
    resolve_conflict(
        conflict_id=conflict.pk,
        resolution=Resolution.RESCHEDULED,
        slot_id=slots[2].pk,
        notes="",
        actor=actor,
        now=now,
    )
    held.refresh_from_db()
    assert held.status == "rescheduled"
    assert held.replaced_by is not None
    cancel_booking(schedule_id=held.replaced_by.pk, reason="", actor=actor, now=now)
    assert broken_invariants() == {}


def test_a_stranded_booking_whose_slot_is_cancelled_has_one_open_conflict(
    company: Company, actor: User, now: datetime
) -> None:
    configuration = ConfigurationFactory(company=company, valid_from=now.date())
    slot = SlotFactory(company=company, start_time=NOON, configuration=configuration, occurrence_start=NOON)
    schedule = book(slot)
    delete_configuration(configuration_id=configuration.pk, actor=actor, now=now)
    cancel_slot(slot_id=slot.pk, cascade=True, reason="", actor=actor, now=now)
    conflicts = InterviewConflict.objects.order_by("resolution").values_list("cause", "resolution")
    assert list(conflicts) == [(f"unseated:{schedule.pk}", "pending"), (f"stranded:{schedule.pk}", "resolved")]
    assert broken_invariants() == {}


def test_proposals_are_those_of_the_moment(
    conflict: InterviewConflict, slots: list[InterviewSlot], actor: User, now: datetime
) -> None:
    delete_slot(slot_id=slots[2].pk, cascade=False, actor=actor, now=now)
    fresh = SlotFactory(company=slots[0].company, start_time=NOON + timedelta(minutes=30), duration_minutes=30)
    (shown,) = with_current_proposals([conflict], now=now)
    assert [each["slot_id"] for each in shown.proposals] == [
        str(slot.pk) for slot in (fresh, slots[3], slots[1], slots[4])
    ]
    resolve_conflict(
        conflict_id=conflict.pk, resolution=Resolution.RESCHEDULED, slot_id=None, notes="", actor=actor, now=now
    )
    assert InterviewSchedule.objects.get(status="pending").slot_id == fresh.pk
