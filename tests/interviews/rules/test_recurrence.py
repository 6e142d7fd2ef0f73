"""Patterns across every clock change of 2027, in the zones that do it differently."""

from datetime import UTC, date, datetime, time, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from parley.interviews.rules.recurrence import Occurrence, Skipped, SkipReason, Window, count, occurrences

NEW_YORK, BERLIN, KOLKATA, LORD_HOWE, UTC_ZONE = (
    ZoneInfo(name) for name in ("America/New_York", "Europe/Berlin", "Asia/Kolkata", "Australia/Lord_Howe", "UTC")
)
LONG_AGO = datetime(2000, 1, 1, tzinfo=UTC)
EVERY_DAY = range(1, 8)


def cut(
    zone: ZoneInfo, start: str, end: str, minutes: int, day: str, last: str | None = None, pause: int = 0
) -> tuple[list[Occurrence], list[Skipped]]:
    window = Window(
        days=EVERY_DAY,
        start=time.fromisoformat(start),
        end=time.fromisoformat(end),
        slot_minutes=minutes,
        break_minutes=pause,
        zone=zone,
    )
    return occurrences(window, date.fromisoformat(day), date.fromisoformat(last or day), not_before=LONG_AGO)


def starts(found: list[Occurrence]) -> list[str]:
    return [occurrence.start.strftime("%m-%d %H:%M") for occurrence in found]


def reasons(skipped: list[Skipped]) -> list[tuple[str, str]]:
    return [(each.start.replace(tzinfo=None).isoformat(timespec="minutes"), each.reason.value) for each in skipped]


@pytest.mark.parametrize("zone", [NEW_YORK, BERLIN, KOLKATA, LORD_HOWE, UTC_ZONE], ids=str)
def test_nine_o_clock_stays_nine_o_clock_on_every_day_of_the_year(zone: ZoneInfo) -> None:
    found, skipped = cut(zone, "09:00", "10:00", 60, "2027-01-01", "2027-12-31")
    assert skipped == []
    assert [occurrence.start.astimezone(zone).replace(tzinfo=None) for occurrence in found] == [
        datetime(2027, 1, 1, 9, tzinfo=UTC).replace(tzinfo=None) + timedelta(days=n) for n in range(365)
    ]
    assert {occurrence.end - occurrence.start for occurrence in found} == {timedelta(hours=1)}


@pytest.mark.parametrize(
    ("zone", "before", "after"),
    [
        (NEW_YORK, ("2027-03-13", "03-13 14:00"), ("2027-03-14", "03-14 13:00")),
        (NEW_YORK, ("2027-11-06", "11-06 13:00"), ("2027-11-07", "11-07 14:00")),
        (BERLIN, ("2027-03-27", "03-27 08:00"), ("2027-03-28", "03-28 07:00")),
        (BERLIN, ("2027-10-30", "10-30 07:00"), ("2027-10-31", "10-31 08:00")),
        (LORD_HOWE, ("2027-04-03", "04-02 22:00"), ("2027-04-04", "04-03 22:30")),
        (LORD_HOWE, ("2027-10-02", "10-01 22:30"), ("2027-10-03", "10-02 22:00")),
        (KOLKATA, ("2027-03-27", "03-27 03:30"), ("2027-03-28", "03-28 03:30")),
    ],
)
def test_the_instant_of_nine_o_clock_moves_with_the_clocks(
    zone: ZoneInfo, before: tuple[str, str], after: tuple[str, str]
) -> None:
    for day, start in (before, after):
        found, _ = cut(zone, "09:00", "10:00", 60, day)
        assert starts(found) == [start]


def test_starts_that_the_clocks_skip_make_no_slot_and_are_reported() -> None:
    found, skipped = cut(NEW_YORK, "01:00", "05:00", 60, "2027-03-14")
    assert starts(found) == ["03-14 06:00", "03-14 07:00", "03-14 08:00"]  # 01:00 EST, 03:00 and 04:00 EDT
    assert reasons(skipped) == [("2027-03-14T02:00", "nonexistent_local_time")]
    found, skipped = cut(BERLIN, "01:30", "04:00", 30, "2027-03-28")
    assert starts(found) == ["03-28 00:30", "03-28 01:00", "03-28 01:30"]
    assert reasons(skipped) == [
        ("2027-03-28T02:00", "nonexistent_local_time"),
        ("2027-03-28T02:30", "nonexistent_local_time"),
    ]


def test_half_an_hour_is_skipped_on_lord_howe() -> None:
    found, skipped = cut(LORD_HOWE, "01:30", "03:30", 30, "2027-10-03")
    assert starts(found) == ["10-02 15:00", "10-02 15:30", "10-02 16:00"]  # 01:30, 02:30, 03:00 local
    assert reasons(skipped) == [("2027-10-03T02:00", "nonexistent_local_time")]


@pytest.mark.parametrize(
    ("zone", "day", "first"),
    [
        (NEW_YORK, "2027-11-07", "11-07 05:00"),
        (BERLIN, "2027-10-31", "10-31 00:00"),
    ],
)
def test_starts_that_the_clocks_repeat_make_one_slot_of_the_right_length(zone: ZoneInfo, day: str, first: str) -> None:
    hour = 1 if zone is NEW_YORK else 2
    found, skipped = cut(zone, f"{hour:02}:00", f"{hour + 2:02}:00", 60, day)
    assert starts(found)[0] == first
    assert skipped == []
    # The repeated hour lies between the two: the second starts two hours of elapsed time later.
    assert [occurrence.start - found[0].start for occurrence in found] == [timedelta(0), timedelta(hours=2)]
    assert {occurrence.end - occurrence.start for occurrence in found} == {timedelta(hours=1)}


def test_half_an_hour_is_repeated_on_lord_howe() -> None:
    found, skipped = cut(LORD_HOWE, "01:00", "03:00", 30, "2027-04-04")
    # 01:00 and 01:30 summer time, then 02:00 and 02:30 standard time: 01:30 to 02:00 stands on the clocks twice.
    assert starts(found) == ["04-03 14:00", "04-03 14:30", "04-03 15:30", "04-03 16:00"]
    assert skipped == []
    assert {occurrence.end - occurrence.start for occurrence in found} == {timedelta(minutes=30)}


def test_a_slot_that_runs_over_the_gap_pushes_out_the_next() -> None:
    found, skipped = cut(NEW_YORK, "01:30", "06:00", 90, "2027-03-14")
    # 01:30 EST lasts until 04:00 EDT, so that 03:00 EDT would overlap with it.
    assert starts(found) == ["03-14 06:30", "03-14 08:30"]
    assert reasons(skipped) == [("2027-03-14T03:00", "overlaps_after_clock_change")]


def test_days_of_the_week_are_local_days() -> None:
    window = Window(
        days=[1], start=time(8), end=time(9), slot_minutes=60, break_minutes=0, zone=ZoneInfo("Pacific/Auckland")
    )
    found, _ = occurrences(window, date(2027, 5, 1), date(2027, 5, 14), not_before=LONG_AGO)
    assert [occurrence.start.isoweekday() for occurrence in found] == [7, 7]  # Sundays in UTC
    assert [occurrence.start.astimezone(window.zone).isoweekday() for occurrence in found] == [1, 1]


def test_a_window_to_midnight_ends_with_the_day() -> None:
    found, _ = cut(UTC_ZONE, "22:00", "00:00", 60, "2027-05-03")
    assert starts(found) == ["05-03 22:00", "05-03 23:00"]
    found, _ = cut(UTC_ZONE, "00:00", "00:00", 60, "2027-05-03")
    assert len(found) == 24


def test_breaks_stand_between_slots_and_the_last_slot_ends_within_the_window() -> None:
    found, _ = cut(UTC_ZONE, "09:00", "12:00", 50, "2027-05-03", pause=15)
    assert starts(found) == ["05-03 09:00", "05-03 10:05", "05-03 11:10"]
    found, _ = cut(UTC_ZONE, "09:00", "11:59", 50, "2027-05-03", pause=15)
    assert starts(found) == ["05-03 09:00", "05-03 10:05"]


def test_past_starts_and_excluded_days_are_reported() -> None:
    window = Window(days=EVERY_DAY, start=time(9), end=time(11), slot_minutes=60, break_minutes=0, zone=UTC_ZONE)
    christmas = Skipped(LONG_AGO, SkipReason.HOLIDAY, "Christmas Day")
    found, skipped = occurrences(
        window,
        date(2027, 12, 24),
        date(2027, 12, 25),
        not_before=datetime(2027, 12, 24, 9, tzinfo=UTC),
        excluded={date(2027, 12, 25): christmas},
    )
    assert starts(found) == ["12-24 10:00"]
    assert [(each.reason.value, each.detail) for each in skipped] == [
        ("in_past", ""),
        ("public_holiday", "Christmas Day"),
        ("public_holiday", "Christmas Day"),
    ]


@given(
    zone=st.sampled_from(
        [NEW_YORK, BERLIN, KOLKATA, LORD_HOWE, UTC_ZONE, ZoneInfo("America/Santiago"), ZoneInfo("Africa/Cairo")]
    ),
    first=st.dates(date(2027, 1, 1), date(2027, 12, 1)),
    days=st.integers(0, 21),
    start=st.integers(0, 20),
    hours=st.integers(1, 4),
    minutes=st.sampled_from([15, 30, 45, 60, 90]),
    pause=st.sampled_from([0, 10, 15]),
    weekdays=st.sets(st.integers(1, 7), min_size=1),
)
def test_slots_never_overlap_and_begin_where_the_clock_on_the_wall_says(
    zone: ZoneInfo, first: date, days: int, start: int, hours: int, minutes: int, pause: int, weekdays: set[int]
) -> None:
    window = Window(
        days=weekdays,
        start=time(start),
        end=time((start + hours) % 24),
        slot_minutes=minutes,
        break_minutes=pause,
        zone=zone,
    )
    last = first + timedelta(days=days)
    found, skipped = occurrences(window, first, last, not_before=LONG_AGO)
    assert len(found) + len(skipped) == count(window, first, last)
    assert all(before.end <= after.start for before, after in pairwise(found))
    for occurrence in found:
        local = occurrence.start.astimezone(zone)
        assert occurrence.end - occurrence.start == timedelta(minutes=minutes)
        assert local.isoweekday() in weekdays
        assert (local.hour * 60 + local.minute - start * 60) % (minutes + pause) == 0
        assert local.fold == 0
    for each in skipped:
        assert each.reason in (SkipReason.CLOCKS_SKIP_IT, SkipReason.CLOCKS_CHANGE)
