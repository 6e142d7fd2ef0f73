"""Interviews that lost their places are seated again: all together, held or booked, and undone."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from parley.core.actors import SYSTEM
from parley.core.errors import Conflict
from parley.core.models import Event
from parley.interviews.models import (
    Interview,
    InterviewConflict,
    InterviewSchedule,
    InterviewSlot,
    PlaceHold,
    Reseating,
    SchedulingPolicy,
)
from parley.interviews.operations.booking import book_interview, cancel_booking, reschedule_booking
from parley.interviews.operations.conflicts import resolve_conflict
from parley.interviews.operations.holds import expire_holds
from parley.interviews.operations.imports import Row, import_bookings
from parley.interviews.operations.links import accept_by_link, decline_by_link, invite_candidate
from parley.interviews.operations.reseating import reseat, undo_reseating
from parley.interviews.operations.slots import cancel_slot, delete_slot, update_slot
from parley.interviews.operations.undoing import undo_resolution
from parley.interviews.queries import with_current_proposals
from parley.interviews.rules.policy import ReseatMode
from parley.interviews.rules.states import Resolution
from parley.organizations.models import Company, User
from tests.factories import CandidateFactory, InterviewFactory, JobFactory, SlotFactory, book
from tests.invariants import broken_invariants

pytestmark = pytest.mark.django_db
NOON = datetime(2027, 3, 8, 12, tzinfo=UTC)


def slot_at(company: Company, hours: float, **fields: Any) -> InterviewSlot:
    return SlotFactory(company=company, start_time=NOON + timedelta(hours=hours), **fields)


def policy(company: Company, now: datetime, **fields: Any) -> None:
    SchedulingPolicy.objects.update_or_create(company=company, defaults={"updated_at": now, **fields})


def lose(slots: list[InterviewSlot], actor: User, now: datetime) -> list[InterviewConflict]:
    """Cancel booked slots; the conflicts that this opens, in the same order."""
    for slot in slots:
        cancel_slot(slot_id=slot.pk, cascade=True, reason="Power cut.", actor=actor, now=now)
    return [InterviewConflict.objects.get(slot=slot, resolution="pending") for slot in slots]


def link_to(interview: Interview, actor: User, now: datetime) -> str:
    days = timedelta(days=30)
    return invite_candidate(interview_id=interview.pk, interview_type="", valid_for=days, actor=actor, now=now).link


def told(*types: str) -> list[str]:
    return list(Event.objects.filter(type__in=types).order_by("id").values_list("type", flat=True)) if types else []


@pytest.fixture
def lost(company: Company, actor: User, now: datetime) -> InterviewConflict:
    """A booking at noon whose slot was cancelled."""
    noon = slot_at(company, 0)
    book(noon, booking_notes="Bring a pencil.")
    (conflict,) = lose([noon], actor, now)
    return conflict


def test_the_nearest_place_is_held_and_proposed(lost: InterviewConflict, company: Company, now: datetime) -> None:
    far, near = slot_at(company, 5), slot_at(company, 2)
    run = reseat(company_id=company.pk, actor=SYSTEM, now=now)
    assert run is not None
    assert (run.mode, run.affected, run.seated, run.displacement_minutes) == ("propose", 1, 1, 120)
    hold = PlaceHold.objects.get()
    assert (hold.slot, hold.interview, hold.conflict) == (near, lost.primary_interview, lost)
    assert (hold.status, hold.expires_at) == ("held", now + timedelta(hours=24))
    near.refresh_from_db()
    far.refresh_from_db()
    assert (near.current_bookings, near.held_places, near.status, near.places_left) == (0, 1, "available", 0)
    assert far.held_places == 0
    lost.refresh_from_db()
    assert (lost.resolution, lost.reseating) == ("pending", run)
    assert told("interview.proposed", "conflict.proposed") == ["interview.proposed", "conflict.proposed"]
    assert broken_invariants() == {}


def test_the_held_place_is_among_the_proposals_of_its_own_conflict_alone(
    company: Company, actor: User, now: datetime
) -> None:
    noon, one, near, far = slot_at(company, 0), slot_at(company, 1), slot_at(company, 2), slot_at(company, 30)
    for slot in (noon, one):
        book(slot)
    first, second = (shown.pk for shown in lose([noon, one], actor, now))
    reseat(company_id=company.pk, actor=SYSTEM, now=now)
    shown = with_current_proposals(list(InterviewConflict.objects.order_by("slot__start_time")), now=now)
    assert {each.pk: [place["slot_id"] for place in each.proposals] for each in shown} == {
        first: [str(near.pk)],
        second: [str(far.pk)],
    }


def test_running_twice_changes_nothing(lost: InterviewConflict, company: Company, now: datetime) -> None:
    slot_at(company, 2)
    reseat(company_id=company.pk, actor=SYSTEM, now=now)
    events = Event.objects.count()
    assert reseat(company_id=company.pk, actor=SYSTEM, now=now) is None
    assert (Event.objects.count(), PlaceHold.objects.count(), Reseating.objects.count()) == (events, 1, 1)


def test_nobody_else_gets_a_held_place(lost: InterviewConflict, company: Company, actor: User, now: datetime) -> None:
    near = slot_at(company, 2)
    reseat(company_id=company.pk, actor=SYSTEM, now=now)
    other = InterviewFactory(candidate=CandidateFactory(company=company))
    with pytest.raises(Conflict) as refusal:
        book_interview(interview_id=other.pk, slot_id=near.pk, notes="", actor=actor, now=now)
    assert refusal.value.code == "slot_full"
    busy = book(slot_at(company, 9), other)
    with pytest.raises(Conflict) as refusal:
        reschedule_booking(schedule_id=busy.pk, slot_id=near.pk, actor=actor, now=now)
    assert refusal.value.code == "slot_full"
    later = {"start_time": NOON + timedelta(hours=3), "end_time": NOON + timedelta(hours=4)}
    for fields in (later, {"job_id": JobFactory(company=company).pk}):
        with pytest.raises(Conflict) as refusal:
            update_slot(slot_id=near.pk, fields=fields, actor=actor, now=now)
        assert refusal.value.code == "slot_has_holds"
    assert InterviewSchedule.objects.filter(slot=near).count() == 0
    assert broken_invariants() == {}


def test_an_accepted_place_is_booked(lost: InterviewConflict, company: Company, actor: User, now: datetime) -> None:
    near = slot_at(company, 2)
    reseat(company_id=company.pk, actor=SYSTEM, now=now)
    assert lost.primary_interview is not None
    token = link_to(lost.primary_interview, actor, now)
    schedule = accept_by_link(token=token, now=now + timedelta(hours=1))
    assert (schedule.slot, schedule.status, schedule.interview) == (near, "pending", lost.primary_interview)
    near.refresh_from_db()
    assert (near.current_bookings, near.held_places, near.status) == (1, 0, "booked")
    lost.refresh_from_db()
    assert (lost.resolution, lost.settled_schedule) == ("rescheduled", schedule)
    assert PlaceHold.objects.get().status == "accepted"
    with pytest.raises(Conflict) as refusal:
        accept_by_link(token=token, now=now + timedelta(hours=1))
    assert refusal.value.code == "no_proposal"
    assert broken_invariants() == {}


def test_a_declined_place_is_free_and_nothing_is_proposed_again(
    lost: InterviewConflict, company: Company, actor: User, now: datetime
) -> None:
    near = slot_at(company, 2)
    reseat(company_id=company.pk, actor=SYSTEM, now=now)
    assert lost.primary_interview is not None
    token = link_to(lost.primary_interview, actor, now)
    decline_by_link(token=token, now=now)
    near.refresh_from_db()
    lost.refresh_from_db()
    assert (near.held_places, lost.resolution, lost.is_manual) == (0, "pending", True)
    assert PlaceHold.objects.get().status == "declined"
    assert reseat(company_id=company.pk, actor=SYSTEM, now=now) is None
    for answer in (accept_by_link, decline_by_link):
        with pytest.raises(Conflict) as refusal:
            answer(token=token, now=now)
        assert refusal.value.code == "no_proposal"
    assert broken_invariants() == {}


def test_a_place_is_held_until_its_time_is_up(
    lost: InterviewConflict, company: Company, actor: User, now: datetime
) -> None:
    near = slot_at(company, 2)
    reseat(company_id=company.pk, actor=SYSTEM, now=now)
    assert lost.primary_interview is not None
    token = link_to(lost.primary_interview, actor, now)
    end = now + timedelta(hours=24)
    assert expire_holds(now=end - timedelta(seconds=1)) == 0
    with pytest.raises(Conflict) as refusal:
        accept_by_link(token=token, now=end)
    assert refusal.value.code == "proposal_expired"
    assert expire_holds(now=end) == 1
    assert expire_holds(now=end) == 0
    near.refresh_from_db()
    lost.refresh_from_db()
    assert (near.held_places, lost.resolution, lost.is_manual) == (0, "pending", True)
    assert told("interview.proposal_expired") == ["interview.proposal_expired"]
    assert broken_invariants() == {}


def test_the_company_may_take_the_held_place_or_another(company: Company, actor: User, now: datetime) -> None:
    noon, one, near, far = slot_at(company, 0), slot_at(company, 1), slot_at(company, 2), slot_at(company, 30)
    book(noon)
    book(one)
    first, second = lose([noon, one], actor, now)
    reseat(company_id=company.pk, actor=SYSTEM, now=now)
    held = {hold.conflict_id: hold.slot_id for hold in PlaceHold.objects.all()}
    assert held == {first.pk: near.pk, second.pk: far.pk}
    resolved = resolve_conflict(
        conflict_id=first.pk, resolution=Resolution.RESCHEDULED, slot_id=None, notes="", actor=actor, now=now
    )
    assert resolved.settled_schedule is not None
    assert resolved.settled_schedule.slot_id == held[first.pk]
    later = slot_at(company, 50)
    resolve_conflict(
        conflict_id=second.pk, resolution=Resolution.RESCHEDULED, slot_id=later.pk, notes="", actor=actor, now=now
    )
    assert sorted(PlaceHold.objects.values_list("status", flat=True)) == ["accepted", "withdrawn"]
    assert sum(InterviewSlot.objects.values_list("held_places", flat=True)) == 0
    assert broken_invariants() == {}


@pytest.mark.parametrize("resolution", [Resolution.CANCELLED, Resolution.RESOLVED])
def test_a_settled_conflict_holds_nothing(
    lost: InterviewConflict, company: Company, actor: User, now: datetime, resolution: Resolution
) -> None:
    near = slot_at(company, 2)
    reseat(company_id=company.pk, actor=SYSTEM, now=now)
    resolve_conflict(conflict_id=lost.pk, resolution=resolution, slot_id=None, notes="", actor=actor, now=now)
    near.refresh_from_db()
    assert (near.held_places, PlaceHold.objects.get().status) == (0, "withdrawn")
    assert broken_invariants() == {}


def test_a_held_slot_that_falls_away_is_replaced(
    lost: InterviewConflict, company: Company, actor: User, now: datetime
) -> None:
    near, far = slot_at(company, 2), slot_at(company, 5)
    reseat(company_id=company.pk, actor=SYSTEM, now=now)
    delete_slot(slot_id=near.pk, cascade=False, actor=actor, now=now)
    assert PlaceHold.objects.get().status == "withdrawn"
    reseat(company_id=company.pk, actor=SYSTEM, now=now)
    assert PlaceHold.objects.get(status="held").slot == far
    assert broken_invariants() == {}


def test_booked_at_once_where_the_company_wants_it(lost: InterviewConflict, company: Company, now: datetime) -> None:
    policy(company, now, reseat_mode=ReseatMode.BOOK)
    near = slot_at(company, 2)
    run = reseat(company_id=company.pk, actor=SYSTEM, now=now)
    assert run is not None
    assert (run.mode, run.seated) == ("book", 1)
    schedule = InterviewSchedule.objects.get(status="pending")
    assert (schedule.slot, schedule.interview) == (near, lost.primary_interview)
    lost.refresh_from_db()
    assert (lost.resolution, lost.resolved_by, lost.settled_schedule) == ("rescheduled", None, schedule)
    assert PlaceHold.objects.count() == 0
    assert broken_invariants() == {}


def test_left_to_people_where_the_company_wants_that(lost: InterviewConflict, company: Company, now: datetime) -> None:
    policy(company, now, reseat_mode=ReseatMode.OFF)
    slot_at(company, 2)
    assert reseat(company_id=company.pk, actor=SYSTEM, now=now) is None
    assert PlaceHold.objects.count() == 0


def test_all_together_is_better_than_one_after_the_other(company: Company, actor: User, now: datetime) -> None:
    """Greedily the first takes 13:00, and the second must go to 10:00: four hours more than need be."""
    policy(company, now, reseat_mode=ReseatMode.BOOK)
    noon, two = slot_at(company, 0), slot_at(company, 2)
    first, second = book(noon), book(two)
    early, between = slot_at(company, -2), slot_at(company, 1)
    lose([noon, two], actor, now)
    run = reseat(company_id=company.pk, actor=SYSTEM, now=now)
    assert run is not None
    assert run.displacement_minutes == 180
    seats = dict(InterviewSchedule.objects.filter(status="pending").values_list("interview_id", "slot_id"))
    assert seats == {first.interview_id: early.pk, second.interview_id: between.pk}


def test_who_finds_no_place_stays_open_with_proposals_and_is_told_once(
    company: Company, actor: User, now: datetime
) -> None:
    noon = slot_at(company, 0, max_candidates=3)
    for _ in range(3):
        book(noon)
    slot_at(company, 2, max_candidates=2)
    lose_all = cancel_slot(slot_id=noon.pk, cascade=True, reason="", actor=actor, now=now)
    assert lose_all.status == "cancelled"
    run = reseat(company_id=company.pk, actor=SYSTEM, now=now)
    assert run is not None
    assert (run.affected, run.seated) == (3, 2)
    assert reseat(company_id=company.pk, actor=SYSTEM, now=now) is None
    assert told("conflict.unplaced") == ["conflict.unplaced"]
    assert InterviewConflict.objects.filter(resolution="pending").count() == 3
    more = slot_at(company, 4)
    reseat(company_id=company.pk, actor=SYSTEM, now=now)
    assert PlaceHold.objects.filter(status="held", slot=more).count() == 1
    assert broken_invariants() == {}


def test_only_equivalent_places_within_hours_and_notice(company: Company, actor: User, now: datetime) -> None:
    job = JobFactory(company=company)
    interview = InterviewFactory(
        candidate=CandidateFactory(company=company),
        job=job,
        candidate_hours={"timezone": "Europe/Berlin", "earliest": "15:00", "latest": "18:00", "days_of_week": [1, 2]},
    )
    noon = slot_at(company, 0, job=job)
    book(noon, interview)
    slot_at(company, 1, ai_interview_type="coding")
    slot_at(company, 2, job=JobFactory(company=company))
    SlotFactory(start_time=NOON + timedelta(hours=3))  # another company's
    slot_at(company, -1)  # noon in Berlin: too early for the candidate
    slot_at(company, 48 + 3)  # Wednesday
    busy = slot_at(company, 3, ai_interview_type="general")
    book(busy, InterviewFactory(candidate=interview.candidate))
    slot_at(company, 3.5)  # beside the other interview
    fitting = slot_at(company, 24 + 2)
    lose([noon], actor, now)
    reseat(company_id=company.pk, actor=SYSTEM, now=now)
    assert PlaceHold.objects.get().slot == fitting


def test_the_company_s_notice_is_kept(lost: InterviewConflict, company: Company, now: datetime) -> None:
    policy(company, now, min_notice_minutes=180)
    near = slot_at(company, 2)
    soon = near.start_time - timedelta(minutes=180)
    assert reseat(company_id=company.pk, actor=SYSTEM, now=soon) is None
    run = reseat(company_id=company.pk, actor=SYSTEM, now=soon - timedelta(minutes=1))
    assert run is not None
    hold = PlaceHold.objects.get()
    left = near.start_time - (soon - timedelta(minutes=1))
    assert hold.expires_at == soon - timedelta(minutes=1) + left / 2  # at least half of what is left


def test_a_booking_that_still_holds_keeps_its_place_until_the_other_is_accepted(
    company: Company, actor: User, now: datetime
) -> None:
    """The pattern has changed; the booked time is not offered any more, but nobody has taken it away."""
    from parley.interviews.operations.configurations import create_configuration, update_configuration  # noqa: PLC0415
    from parley.interviews.operations.materialise import materialise  # noqa: PLC0415

    fields = {
        "interview_type": "technical",
        "day_of_week": 1,
        "start_time": NOON.time(),
        "end_time": (NOON + timedelta(hours=1)).time(),
        "slot_duration": 60,
        "break_duration": 0,
        "timezone": "UTC",
        "valid_from": now.date(),
    }
    pattern = create_configuration(company_id=None, fields=fields, actor=actor, now=now)
    materialise(configuration_id=pattern.pk, days=10, now=now)
    old = InterviewSlot.objects.get(start_time=NOON)
    held = book(old)
    changed = {"start_time": (NOON + timedelta(hours=3)).time(), "end_time": (NOON + timedelta(hours=4)).time()}
    update_configuration(configuration_id=pattern.pk, fields=changed, actor=actor, now=now)
    conflict = InterviewConflict.objects.get()
    run = reseat(company_id=company.pk, actor=SYSTEM, now=now)
    assert run is not None
    new = InterviewSlot.objects.get(start_time=NOON + timedelta(hours=3))
    assert PlaceHold.objects.get().slot == new
    held.refresh_from_db()
    assert held.status == "pending"
    schedule = accept_by_link(token=link_to(held.interview, actor, now), now=now)
    held.refresh_from_db()
    conflict.refresh_from_db()
    assert (schedule.slot, held.status, held.replaced_by) == (new, "rescheduled", schedule)
    assert conflict.resolution == "rescheduled"
    assert broken_invariants() == {}
    undone = undo_resolution(conflict_id=conflict.pk, actor=actor, now=now)
    back = InterviewSchedule.objects.get(status="pending")
    assert (back.slot, undone.resolution, undone.schedule, undone.is_manual) == (old, "pending", back, True)
    assert reseat(company_id=company.pk, actor=SYSTEM, now=now) is None
    assert broken_invariants() == {}


def test_whom_an_import_would_have_booked_twice_is_seated_beside(company: Company, actor: User, now: datetime) -> None:
    candidate = CandidateFactory(company=company)
    coding, technical = slot_at(company, 0, ai_interview_type="coding"), slot_at(company, 0)
    first, second = InterviewFactory(candidate=candidate), InterviewFactory(candidate=candidate)
    free = slot_at(company, 1)
    rows = [Row(interview_id=first.pk, slot_id=coding.pk), Row(interview_id=second.pk, slot_id=technical.pk)]
    report = import_bookings(rows=rows, actor=actor, now=now)
    assert len(report.conflicts) == 1
    reseat(company_id=company.pk, actor=SYSTEM, now=now)
    hold = PlaceHold.objects.get()
    assert (hold.interview, hold.slot) == (second, free)
    accept_by_link(token=link_to(second, actor, now), now=now)
    seats = dict(InterviewSchedule.objects.filter(status="pending").values_list("interview_id", "slot_id"))
    assert seats == {first.pk: coding.pk, second.pk: free.pk}
    assert InterviewConflict.objects.get().resolution == "rescheduled"
    undo_resolution(conflict_id=report.conflicts[0].pk, actor=actor, now=now)
    seats = dict(InterviewSchedule.objects.filter(status="pending").values_list("interview_id", "slot_id"))
    assert seats == {first.pk: coding.pk}
    assert broken_invariants() == {}


@pytest.fixture
def double_booked(company: Company, actor: User, now: datetime) -> list[InterviewConflict]:
    """One candidate with three interviews at noon: the first is booked, an import could not book the others."""
    candidate = CandidateFactory(company=company)
    slots = [slot_at(company, 0, ai_interview_type=kind) for kind in ("coding", "technical", "general")]
    rows = [Row(interview_id=InterviewFactory(candidate=candidate).pk, slot_id=slot.pk) for slot in slots]
    return sorted(
        import_bookings(rows=rows, actor=actor, now=now).conflicts,
        key=lambda conflict: [str(row.interview_id) for row in rows].index(str(conflict.conflicting_interview_id)),
    )


def test_each_of_several_double_bookings_is_seated_for_itself(
    double_booked: list[InterviewConflict], company: Company, actor: User, now: datetime
) -> None:
    for kind, hours in (("technical", 1), ("general", 2)):
        slot_at(company, hours, ai_interview_type=kind)
    reseat(company_id=company.pk, actor=SYSTEM, now=now)
    first, second = double_booked
    assert first.conflicting_interview is not None
    accept_by_link(token=link_to(first.conflicting_interview, actor, now), now=now)
    second.refresh_from_db()
    assert (second.resolution, second.holds.get().status) == ("pending", "held")
    assert second.conflicting_interview is not None
    accept_by_link(token=link_to(second.conflicting_interview, actor, now), now=now)
    assert InterviewConflict.objects.filter(resolution="pending").count() == 0
    assert InterviewSchedule.objects.filter(status="pending").count() == 3
    assert broken_invariants() == {}


def test_a_double_booking_closes_when_the_other_interview_is_booked_by_hand(
    double_booked: list[InterviewConflict], company: Company, actor: User, now: datetime
) -> None:
    first, second = double_booked
    elsewhere = slot_at(company, 5)
    assert first.conflicting_interview_id is not None
    book_interview(interview_id=first.conflicting_interview_id, slot_id=elsewhere.pk, notes="", actor=actor, now=now)
    first.refresh_from_db()
    second.refresh_from_db()
    assert (first.resolution, second.resolution) == ("rescheduled", "pending")


def test_a_double_booking_stays_open_when_the_booked_one_loses_its_place(
    double_booked: list[InterviewConflict], company: Company, actor: User, now: datetime
) -> None:
    first, second = double_booked
    free = slot_at(company, 2)
    reseat(company_id=company.pk, actor=SYSTEM, now=now)
    booked = InterviewSlot.objects.get(ai_interview_type="coding")
    cancel_slot(slot_id=booked.pk, cascade=True, reason="", actor=actor, now=now)
    first.refresh_from_db()
    second.refresh_from_db()
    assert (first.resolution, second.resolution) == ("pending", "pending")
    assert first.conflicting_interview is not None
    schedule = accept_by_link(token=link_to(first.conflicting_interview, actor, now), now=now)
    assert schedule.slot == free
    # What is settled by hand is now about the one that was not booked.
    wanted = InterviewSlot.objects.get(ai_interview_type="general")
    resolve_conflict(
        conflict_id=second.pk, resolution=Resolution.RESCHEDULED, slot_id=wanted.pk, notes="", actor=actor, now=now
    )
    assert InterviewSchedule.objects.get(slot=wanted).interview_id == second.conflicting_interview_id
    assert broken_invariants() == {}


def test_what_a_person_settled_after_a_run_is_not_undone_with_it(
    lost: InterviewConflict, company: Company, actor: User, now: datetime
) -> None:
    slot_at(company, 2)
    run = reseat(company_id=company.pk, actor=SYSTEM, now=now)
    assert run is not None
    assert lost.primary_interview is not None
    decline_by_link(token=link_to(lost.primary_interview, actor, now), now=now)
    chosen = slot_at(company, 9)
    resolve_conflict(
        conflict_id=lost.pk, resolution=Resolution.RESCHEDULED, slot_id=chosen.pk, notes="", actor=actor, now=now
    )
    undo_reseating(reseating_id=run.pk, actor=actor, now=now)
    assert InterviewSchedule.objects.get(status="pending").slot == chosen
    lost.refresh_from_db()
    assert lost.resolution == "rescheduled"


def test_a_run_of_which_nothing_can_be_undone_may_be_tried_again(
    lost: InterviewConflict, company: Company, actor: User, now: datetime
) -> None:
    policy(company, now, reseat_mode=ReseatMode.BOOK)
    slot_at(company, 2)
    run = reseat(company_id=company.pk, actor=SYSTEM, now=now)
    assert run is not None
    schedule = InterviewSchedule.objects.get(status="pending")
    reschedule_booking(schedule_id=schedule.pk, slot_id=slot_at(company, 9).pk, actor=actor, now=now)
    undone, refused = undo_reseating(reseating_id=run.pk, actor=actor, now=now)
    assert (undone.undone_at, [error.code for error in refused.values()]) == (None, ["changed_since"])


def test_a_withdrawn_proposal_frees_the_place(
    lost: InterviewConflict, company: Company, actor: User, now: datetime
) -> None:
    near = slot_at(company, 2)
    reseat(company_id=company.pk, actor=SYSTEM, now=now)
    undone = undo_resolution(conflict_id=lost.pk, actor=actor, now=now)
    near.refresh_from_db()
    assert (undone.resolution, undone.is_manual, near.held_places) == ("pending", True, 0)
    assert reseat(company_id=company.pk, actor=SYSTEM, now=now) is None
    with pytest.raises(Conflict) as refusal:
        undo_resolution(conflict_id=lost.pk, actor=actor, now=now)
    assert refusal.value.code == "nothing_to_undo"


def test_undone_an_interview_that_lost_its_place_waits_again(
    lost: InterviewConflict, company: Company, actor: User, now: datetime
) -> None:
    policy(company, now, reseat_mode=ReseatMode.BOOK)
    near = slot_at(company, 2)
    reseat(company_id=company.pk, actor=SYSTEM, now=now)
    undone = undo_resolution(conflict_id=lost.pk, actor=actor, now=now)
    near.refresh_from_db()
    assert (near.current_bookings, near.status) == (0, "available")
    assert InterviewSchedule.objects.filter(status="pending").count() == 0
    assert (undone.resolution, undone.resolved_at, undone.is_manual) == ("pending", None, True)
    assert Interview.objects.get().status == "scheduled"
    assert told("conflict.reopened") == ["conflict.reopened"]
    assert broken_invariants() == {}


def test_a_cancellation_is_undone_where_the_place_is_still_there(company: Company, actor: User, now: datetime) -> None:
    candidate = CandidateFactory(company=company)
    coding, technical = slot_at(company, 0, ai_interview_type="coding"), slot_at(company, 0)
    first, second = InterviewFactory(candidate=candidate), InterviewFactory(candidate=candidate)
    rows = [Row(interview_id=first.pk, slot_id=coding.pk), Row(interview_id=second.pk, slot_id=technical.pk)]
    (conflict,) = import_bookings(rows=rows, actor=actor, now=now).conflicts
    resolve_conflict(
        conflict_id=conflict.pk, resolution=Resolution.CANCELLED, slot_id=None, notes="", actor=actor, now=now
    )
    assert InterviewSchedule.objects.filter(status="pending").count() == 0
    undo_resolution(conflict_id=conflict.pk, actor=actor, now=now)
    assert InterviewSchedule.objects.get(status="pending").slot == coding
    resolve_conflict(
        conflict_id=conflict.pk, resolution=Resolution.CANCELLED, slot_id=None, notes="", actor=actor, now=now
    )
    book(InterviewSlot.objects.get(pk=coding.pk))
    with pytest.raises(Conflict) as refusal:
        undo_resolution(conflict_id=conflict.pk, actor=actor, now=now)
    assert refusal.value.code == "slot_full"
    conflict.refresh_from_db()
    assert conflict.resolution == "cancelled"
    assert broken_invariants() == {}


def test_what_was_changed_since_is_not_undone(
    lost: InterviewConflict, company: Company, actor: User, now: datetime
) -> None:
    policy(company, now, reseat_mode=ReseatMode.BOOK)
    slot_at(company, 2)
    reseat(company_id=company.pk, actor=SYSTEM, now=now)
    schedule = InterviewSchedule.objects.get(status="pending")
    cancel_booking(schedule_id=schedule.pk, reason="", actor=actor, now=now)
    events = Event.objects.count()
    with pytest.raises(Conflict) as refusal:
        undo_resolution(conflict_id=lost.pk, actor=actor, now=now)
    assert refusal.value.code == "changed_since"
    assert Event.objects.count() == events


def test_a_run_is_undone_as_far_as_it_can_be(company: Company, actor: User, now: datetime) -> None:
    policy(company, now, reseat_mode=ReseatMode.BOOK)
    gone = [slot_at(company, hours) for hours in range(3)]
    bookings = [book(slot) for slot in gone]
    places = [slot_at(company, 24 + hours) for hours in range(3)]
    lose(gone, actor, now)
    run = reseat(company_id=company.pk, actor=SYSTEM, now=now)
    assert run is not None
    moved = InterviewSchedule.objects.get(status="pending", interview=bookings[0].interview)
    reschedule_booking(schedule_id=moved.pk, slot_id=slot_at(company, 99).pk, actor=actor, now=now)
    undone, refused = undo_reseating(reseating_id=run.pk, actor=actor, now=now)
    assert (undone.undone_at, undone.undone_by) == (now, actor)
    changed = InterviewConflict.objects.get(primary_interview=bookings[0].interview)
    assert {key: error.code for key, error in refused.items()} == {changed.pk: "changed_since"}
    assert InterviewSchedule.objects.filter(status="pending").count() == 1
    assert InterviewConflict.objects.filter(resolution="pending").count() == 2
    assert [InterviewSlot.objects.get(pk=place.pk).current_bookings for place in places] == [0, 0, 0]
    with pytest.raises(Conflict) as refusal:
        undo_reseating(reseating_id=run.pk, actor=actor, now=now)
    assert refusal.value.code == "already_undone"
    assert broken_invariants() == {}
