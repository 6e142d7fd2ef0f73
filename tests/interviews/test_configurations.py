"""Weekly patterns and the slots that follow them."""

from datetime import UTC, date, datetime, time, timedelta
from typing import Any

import pytest

from parley.core.errors import Invalid, NotFound
from parley.core.models import Event
from parley.interviews.models import AIInterviewConfiguration, InterviewConflict, InterviewSlot
from parley.interviews.operations.configurations import (
    create_configuration,
    delete_configuration,
    update_configuration,
)
from parley.interviews.operations.conflicts import resolve_conflict
from parley.interviews.operations.materialise import generate, materialise
from parley.interviews.operations.slots import delete_slot, update_slot
from parley.interviews.rules.states import Resolution
from parley.organizations.models import Company, User
from tests.factories import SlotFactory, UserFactory, book
from tests.invariants import broken_invariants

pytestmark = pytest.mark.django_db
MONDAYS = [date(2027, 3, 8), date(2027, 3, 15), date(2027, 3, 22), date(2027, 3, 29)]


def pattern(actor: User, now: datetime, **fields: Any) -> AIInterviewConfiguration:
    values = {
        "interview_type": "technical",
        "day_of_week": 1,
        "start_time": time(9),
        "end_time": time(12),
        "slot_duration": 60,
        "break_duration": 0,
        **fields,
    }
    return create_configuration(company_id=None, fields=values, actor=actor, now=now)


def made(actor: User, now: datetime, *, until: date = MONDAYS[0], **fields: Any) -> AIInterviewConfiguration:
    """A pattern whose slots are made until a Monday."""
    configuration = pattern(actor, now, **fields)
    generate(configuration_id=configuration.pk, until=until, dry_run=False, actor=actor, now=now)
    return configuration


def local_starts(zone: str = "Europe/Berlin") -> list[str]:
    from zoneinfo import ZoneInfo  # noqa: PLC0415

    slots = InterviewSlot.objects.exclude(status="cancelled").order_by("start_time")
    return [slot.start_time.astimezone(ZoneInfo(zone)).strftime("%m-%d %H:%M") for slot in slots]


def test_generating_makes_the_pattern_s_slots_and_twice_adds_nothing(actor: User, now: datetime) -> None:
    configuration = pattern(actor, now, max_candidates=3, ai_settings={"difficulty": "hard"})
    report = generate(configuration_id=configuration.pk, until=MONDAYS[1], dry_run=False, actor=actor, now=now)
    # Today is a Monday, too, and 09:00 has just struck: that one is not in the future any more.
    assert local_starts() == [
        "03-01 10:00",
        "03-01 11:00",
        *(f"03-{day:02} {hour:02}:00" for day in (8, 15) for hour in (9, 10, 11)),
    ]
    assert [(each.start.strftime("%H:%M"), each.reason) for each in report.skipped] == [("09:00", "in_past")]
    slot = InterviewSlot.objects.order_by("start_time").last()
    assert slot is not None
    assert (slot.max_candidates, slot.ai_configuration, slot.slot_type) == (3, {"difficulty": "hard"}, "recurring")
    assert Event.objects.filter(type="slot.created").count() == 8
    again = generate(configuration_id=configuration.pk, until=MONDAYS[1], dry_run=False, actor=actor, now=now)
    assert again.created == []
    assert InterviewSlot.objects.count() == 8


def test_a_dry_run_says_the_same_and_makes_nothing(actor: User, now: datetime) -> None:
    configuration = pattern(actor, now)
    report = generate(configuration_id=configuration.pk, until=MONDAYS[1], dry_run=True, actor=actor, now=now)
    assert len(report.created) == 8
    assert InterviewSlot.objects.count() == 0
    assert Event.objects.filter(type="slot.created").count() == 0


def test_the_periodic_job_makes_the_same_slots_and_moves_on_with_time(actor: User, now: datetime) -> None:
    configuration = pattern(actor, now)
    assert len(materialise(configuration_id=configuration.pk, days=7, now=now).created) == 5
    assert len(materialise(configuration_id=configuration.pk, days=7, now=now).created) == 0
    later = now + timedelta(days=7)
    assert len(materialise(configuration_id=configuration.pk, days=7, now=later).created) == 3
    assert local_starts()[-3:] == ["03-15 09:00", "03-15 10:00", "03-15 11:00"]


def test_nine_o_clock_stays_nine_o_clock_after_the_clocks_change(actor: User, now: datetime) -> None:
    made(actor, now, until=MONDAYS[3], valid_from=MONDAYS[2])
    starts = InterviewSlot.objects.order_by("start_time").values_list("start_time", flat=True)
    assert [start.strftime("%m-%d %H:%M") for start in starts] == [
        *("03-22 08:00", "03-22 09:00", "03-22 10:00"),
        *("03-29 07:00", "03-29 08:00", "03-29 09:00"),  # summer time began on 28 March
    ]


def test_validity_holidays_and_excluded_dates_are_kept(actor: User, now: datetime) -> None:
    configuration = pattern(
        actor,
        now,
        end_time=time(10),
        valid_from=MONDAYS[0],
        valid_until=MONDAYS[3],
        holidays="DE",
        excluded_dates=[MONDAYS[1]],
    )
    report = generate(configuration_id=configuration.pk, until=date(2027, 4, 30), dry_run=False, actor=actor, now=now)
    assert local_starts() == ["03-08 09:00", "03-22 09:00"]
    assert [(each.start.date(), each.reason, each.detail) for each in report.skipped] == [
        (MONDAYS[1], "excluded_date", ""),
        (MONDAYS[3], "public_holiday", "Easter Monday"),
    ]


def test_the_zone_is_the_company_s_unless_the_pattern_names_one(actor: User, now: datetime) -> None:
    made(actor, now, end_time=time(10), valid_from=MONDAYS[0], timezone="Asia/Kolkata")
    assert local_starts("Asia/Kolkata") == ["03-08 09:00"]
    assert local_starts("UTC") == ["03-08 03:30"]


def test_a_company_that_changes_its_zone_moves_the_free_slots(company: Company, actor: User, now: datetime) -> None:
    configuration = made(actor, now, end_time=time(10), valid_from=MONDAYS[0])
    Company.objects.filter(pk=company.pk).update(timezone="America/New_York")
    materialise(configuration_id=configuration.pk, days=7, now=now)
    assert local_starts("America/New_York") == ["03-08 09:00"]


def test_a_changed_pattern_moves_free_slots_and_leaves_booked_ones(actor: User, now: datetime) -> None:
    configuration = made(actor, now, valid_from=MONDAYS[0])
    booked = InterviewSlot.objects.get(start_time=datetime(2027, 3, 8, 8, tzinfo=UTC))
    schedule = book(booked)
    _, report = update_configuration(
        configuration_id=configuration.pk, fields={"start_time": time(13), "end_time": time(15)}, actor=actor, now=now
    )
    assert local_starts() == ["03-08 09:00", "03-08 13:00", "03-08 14:00"]
    assert (len(report.created), len(report.removed), report.left) == (2, 2, [booked])
    schedule.refresh_from_db()
    assert schedule.status == "pending"
    conflict = InterviewConflict.objects.get()
    assert (conflict.conflict_type, conflict.resolution) == ("slot_unavailable", "pending")
    assert conflict.primary_interview_id == schedule.interview_id
    assert [each["slot_id"] for each in conflict.proposals] == [
        str(slot.pk) for slot in InterviewSlot.objects.filter(status="available").order_by("start_time")
    ]
    update_configuration(configuration_id=configuration.pk, fields={}, actor=actor, now=now)
    assert InterviewConflict.objects.count() == 1  # the same trouble is open once
    assert broken_invariants() == {}


def test_who_leaves_a_stranded_booking_as_it_is_will_not_be_asked_again(actor: User, now: datetime) -> None:
    configuration = made(actor, now, valid_from=MONDAYS[0])
    book(InterviewSlot.objects.earliest("start_time"))
    update_configuration(configuration_id=configuration.pk, fields={"start_time": time(10)}, actor=actor, now=now)
    conflict = InterviewConflict.objects.get()
    resolve_conflict(
        conflict_id=conflict.pk, resolution=Resolution.RESOLVED, slot_id=None, notes="Fine.", actor=actor, now=now
    )
    materialise(configuration_id=configuration.pk, days=10, now=now)
    update_configuration(configuration_id=configuration.pk, fields={"end_time": time(11)}, actor=actor, now=now)
    assert InterviewConflict.objects.get().resolution_notes == "Fine."


def test_a_pattern_that_wants_the_time_again_closes_the_conflict(actor: User, now: datetime) -> None:
    configuration = made(actor, now, valid_from=MONDAYS[0])
    book(InterviewSlot.objects.earliest("start_time"))
    for start, resolution in ((time(10), "pending"), (time(9), "resolved"), (time(10), "pending")):
        update_configuration(configuration_id=configuration.pk, fields={"start_time": start}, actor=actor, now=now)
        conflict = InterviewConflict.objects.order_by("resolution").first()
        assert conflict is not None
        assert (conflict.resolution, conflict.resolved_by) == (resolution, None)
    assert InterviewConflict.objects.count() == 2


def test_a_changed_capacity_or_setting_reaches_free_slots_only(actor: User, now: datetime) -> None:
    configuration = made(actor, now, end_time=time(11), valid_from=MONDAYS[0])
    booked = InterviewSlot.objects.earliest("start_time")
    book(booked)
    _, report = update_configuration(
        configuration_id=configuration.pk, fields={"max_candidates": 4}, actor=actor, now=now
    )
    assert list(InterviewSlot.objects.order_by("start_time").values_list("max_candidates", flat=True)) == [1, 4]
    assert report.left == []
    assert InterviewConflict.objects.count() == 0


def test_slots_that_a_person_cancelled_or_edited_are_left_alone(actor: User, now: datetime) -> None:
    configuration = made(actor, now, valid_from=MONDAYS[0])
    first, second, _ = InterviewSlot.objects.order_by("start_time")
    delete_slot(slot_id=first.pk, cascade=False, actor=actor, now=now)
    moved = {"start_time": datetime(2027, 3, 8, 12, tzinfo=UTC), "end_time": datetime(2027, 3, 8, 13, tzinfo=UTC)}
    update_slot(slot_id=second.pk, fields=moved, actor=actor, now=now)
    report = materialise(configuration_id=configuration.pk, days=10, now=now)
    assert (report.created, report.removed) == ([], [])
    assert local_starts() == ["03-08 11:00", "03-08 13:00"]


def test_notes_or_an_empty_change_make_no_slot_a_person_s_own(actor: User, now: datetime) -> None:
    configuration = made(actor, now, valid_from=MONDAYS[0])
    noted, untouched, booked = InterviewSlot.objects.order_by("start_time")
    book(booked)
    update_slot(slot_id=noted.pk, fields={"notes": "Bring a pencil."}, actor=actor, now=now)
    update_slot(slot_id=untouched.pk, fields={}, actor=actor, now=now)
    update_slot(slot_id=booked.pk, fields={"notes": "x", "max_candidates": 1}, actor=actor, now=now)
    _, report = update_configuration(
        configuration_id=configuration.pk, fields={"start_time": time(13), "end_time": time(14)}, actor=actor, now=now
    )
    assert (len(report.removed), report.left) == (2, [booked])
    assert local_starts() == ["03-08 11:00", "03-08 13:00"]


def test_an_edited_slot_goes_with_its_start_and_a_moved_one_with_its_pattern(actor: User, now: datetime) -> None:
    configuration = made(actor, now, valid_from=MONDAYS[0])
    larger, moved, booked = InterviewSlot.objects.order_by("start_time")
    update_slot(slot_id=larger.pk, fields={"max_candidates": 5}, actor=actor, now=now)
    times = {"start_time": datetime(2027, 3, 8, 16, tzinfo=UTC), "end_time": datetime(2027, 3, 8, 17, tzinfo=UTC)}
    update_slot(slot_id=moved.pk, fields=times, actor=actor, now=now)
    update_slot(slot_id=booked.pk, fields={"max_candidates": 2}, actor=actor, now=now)
    schedule = book(InterviewSlot.objects.get(pk=booked.pk))
    _, report = update_configuration(
        configuration_id=configuration.pk, fields={"start_time": time(13), "end_time": time(14)}, actor=actor, now=now
    )
    assert (len(report.removed), report.left) == (1, [booked])
    assert local_starts() == ["03-08 11:00", "03-08 13:00", "03-08 17:00"]
    assert InterviewConflict.objects.get().schedule == schedule
    delete_configuration(configuration_id=configuration.pk, actor=actor, now=now)
    assert local_starts() == ["03-08 11:00"]


def test_a_change_that_would_make_too_many_slots_is_refused(actor: User, now: datetime) -> None:
    configuration = made(actor, now, start_time=time(0), end_time=time(0), until=date(2027, 3, 8))
    AIInterviewConfiguration.objects.filter(pk=configuration.pk).update(generated_until=date(2031, 12, 1))
    before = list(InterviewSlot.objects.order_by("pk").values_list("pk", flat=True))
    with pytest.raises(Invalid) as refusal:
        update_configuration(configuration_id=configuration.pk, fields={"slot_duration": 5}, actor=actor, now=now)
    assert (refusal.value.code, list(refusal.value.errors)) == ("too_many_slots", ["slot_duration"])
    assert list(InterviewSlot.objects.order_by("pk").values_list("pk", flat=True)) == before


def test_a_slot_with_a_history_is_cancelled_instead_of_removed(actor: User, now: datetime) -> None:
    configuration = made(actor, now, end_time=time(10), valid_from=MONDAYS[0])
    slot = InterviewSlot.objects.get()
    book(slot, status="cancelled", cancelled_at=now)
    InterviewSlot.objects.update(current_bookings=0, status="available")
    update_configuration(
        configuration_id=configuration.pk, fields={"excluded_dates": [MONDAYS[0]]}, actor=actor, now=now
    )
    slot.refresh_from_db()
    assert (slot.status, slot.configuration_id) == ("cancelled", None)
    update_configuration(configuration_id=configuration.pk, fields={"excluded_dates": []}, actor=actor, now=now)
    assert local_starts() == ["03-08 09:00"]


def test_what_stands_in_the_way_is_reported_and_opens_one_conflict(
    company: Company, actor: User, now: datetime
) -> None:
    SlotFactory(company=company, start_time=datetime(2027, 3, 8, 8, 30, tzinfo=UTC))
    configuration = pattern(actor, now, valid_from=MONDAYS[0])
    report = generate(configuration_id=configuration.pk, until=MONDAYS[0], dry_run=False, actor=actor, now=now)
    assert [each.reason for each in report.skipped] == ["slot_overlap", "slot_overlap"]
    assert [slot.start_time.hour for slot in report.created] == [10]
    conflict = InterviewConflict.objects.get()
    assert conflict.conflict_type == "overlap"
    assert conflict.conflict_details["refused"] == 2
    generate(configuration_id=configuration.pk, until=MONDAYS[0], dry_run=False, actor=actor, now=now)
    materialise(configuration_id=configuration.pk, days=10, now=now)
    assert InterviewConflict.objects.count() == 1


def test_removing_a_pattern_removes_free_slots_and_strands_booked_ones(actor: User, now: datetime) -> None:
    configuration = made(actor, now, valid_from=MONDAYS[0])
    booked = InterviewSlot.objects.earliest("start_time")
    schedule = book(booked)
    report = delete_configuration(configuration_id=configuration.pk, actor=actor, now=now)
    assert (len(report.removed), report.left) == (2, [booked])
    assert list(InterviewSlot.objects.values_list("pk", flat=True)) == [booked.pk]
    assert InterviewConflict.objects.get().primary_interview_id == schedule.interview_id
    assert not AIInterviewConfiguration.objects.exists()


@pytest.mark.parametrize(
    "other",
    [
        {"start_time": time(11), "end_time": time(13)},
        {"valid_from": date(2027, 6, 1)},
        {"timezone": "Asia/Kolkata"},
    ],
)
def test_overlapping_patterns_are_refused(actor: User, now: datetime, other: dict[str, Any]) -> None:
    pattern(actor, now)
    with pytest.raises(Invalid) as refusal:
        pattern(actor, now, **other)
    assert (refusal.value.code, list(refusal.value.errors)) == ("configuration_overlap", ["start_time"])


@pytest.mark.parametrize(
    "other",
    [
        {"start_time": time(12), "end_time": time(13)},
        {"day_of_week": 2},
        {"interview_type": "coding"},
        {"valid_from": date(2027, 7, 1)},
    ],
)
def test_patterns_beside_each_other_are_taken(actor: User, now: datetime, other: dict[str, Any]) -> None:
    pattern(actor, now, valid_until=date(2027, 6, 30))
    pattern(actor, now, **other)
    assert AIInterviewConfiguration.objects.count() == 2


def test_another_company_s_pattern_is_not_there(actor: User, now: datetime) -> None:
    configuration = pattern(actor, now)
    stranger = UserFactory()
    for operation, arguments in (
        (generate, {"until": MONDAYS[0], "dry_run": False}),
        (update_configuration, {"fields": {"max_candidates": 9}}),
        (delete_configuration, {}),
    ):
        call: Any = operation
        with pytest.raises(NotFound):
            call(configuration_id=configuration.pk, actor=stranger, now=now, **arguments)
    configuration.refresh_from_db()
    assert configuration.max_candidates == 1
