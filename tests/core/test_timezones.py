"""Local days and hours as instants, held against walking through each day minute by minute."""

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest

from parley.core.timezones import comes_twice, hours_of, instants_of, local_days, offset_text, place_of

DAYS = [
    ("America/New_York", date(2027, 3, 14)),
    ("America/New_York", date(2027, 11, 7)),
    ("Europe/Berlin", date(2027, 3, 28)),
    ("Europe/Berlin", date(2027, 10, 31)),
    ("Australia/Lord_Howe", date(2027, 4, 4)),
    ("Australia/Lord_Howe", date(2027, 10, 3)),
    ("America/Santiago", date(2027, 9, 5)),  # midnight is skipped
    ("Africa/Cairo", date(2027, 10, 28)),
    ("CET", date(2027, 7, 1)),  # for PostgreSQL a fixed offset
    ("Asia/Kolkata", date(2027, 7, 1)),
]


@pytest.mark.parametrize(("name", "day"), DAYS)
@pytest.mark.parametrize(
    ("earliest", "latest"),
    [
        (time(9), time(10)),
        (time(2, 30), None),
        (None, time(2, 30)),
        (time(0), time(1, 15)),
        (time(1, 45), time(3, 15)),
        (None, None),
    ],
)
def test_hours_of_a_day_are_what_its_clocks_show(
    name: str, day: date, earliest: time | None, latest: time | None
) -> None:
    zone, length = ZoneInfo(name), timedelta(minutes=45)
    hours = list(hours_of(day, day, zone, earliest=earliest, latest=latest))
    begin, end = local_days(day, day, zone)
    start = begin - timedelta(hours=2)
    while start < end + timedelta(hours=2):
        local_start, local_end = start.astimezone(zone), (start + length).astimezone(zone)
        expected = local_start.date() == day and (earliest is None or local_start.time() >= earliest)
        if latest is not None:
            expected = expected and local_end.date() == day and local_end.time() <= latest
        found = any(
            each.start_from <= start < each.start_before and each.end_after < start + length <= each.end_until
            for each in hours
        )
        assert found == expected, local_start
        start += timedelta(minutes=5)


def test_the_locked_rules_hold_and_not_those_of_the_machine() -> None:
    """British Columbia keeps its summer time from 2026 on, which older systems do not know."""
    noon = datetime(2027, 1, 15, 12, tzinfo=ZoneInfo("America/Vancouver"))
    assert noon.utcoffset() == timedelta(hours=-7)


def test_days_follow_each_other_without_a_gap() -> None:
    found = list(hours_of(date(2027, 10, 30), date(2027, 11, 1), ZoneInfo("Europe/Berlin"), earliest=None, latest=None))
    assert found[0].start_from == datetime(2027, 10, 29, 22, tzinfo=UTC)
    assert [each.start_from for each in found[1:]] == [each.start_before for each in found[:-1]]


@pytest.mark.parametrize(
    ("name", "local", "instants"),
    [
        ("Europe/Berlin", "2027-07-01T09:00", ["2027-07-01T07:00:00+00:00"]),
        ("Europe/Berlin", "2027-03-28T02:30", []),
        (
            "Australia/Lord_Howe",
            "2027-04-04T01:45",
            ["2027-04-03T14:45:00+00:00", "2027-04-03T15:15:00+00:00"],
        ),
    ],
    ids=["once", "skipped", "twice"],
)
def test_a_wall_clock_has_no_instant_one_or_two(name: str, local: str, instants: list[str]) -> None:
    assert [each.isoformat() for each in instants_of(datetime.fromisoformat(local), ZoneInfo(name))] == instants


@pytest.mark.parametrize(
    ("said", "place"),
    [
        ("Asia/Calcutta", "Asia/Kolkata"),
        ("US/Eastern", "America/New_York"),
        ("Etc/UTC", "UTC"),
        ("Europe/Oslo", "Europe/Oslo"),  # a place of its own, although its clocks are those of Berlin
        ("Etc/GMT+5", "Etc/GMT+5"),
        ("Mars/Olympus", "Mars/Olympus"),
    ],
)
def test_the_name_by_which_a_zone_is_chosen(said: str, place: str) -> None:
    assert place_of(said) == place


def test_offsets_and_times_that_come_twice() -> None:
    howe, york = ZoneInfo("Australia/Lord_Howe"), ZoneInfo("America/New_York")
    assert offset_text(datetime(2027, 4, 4, 1, 45, tzinfo=howe)) == "UTC+11:00"
    assert offset_text(datetime(2027, 4, 4, 1, 45, tzinfo=howe, fold=1)) == "UTC+10:30"
    assert offset_text(datetime(2027, 1, 1, tzinfo=york)) == "UTC-05:00"
    assert comes_twice(datetime(2027, 4, 4, 1, 45, tzinfo=howe))
    assert not comes_twice(datetime(2027, 4, 4, 2, tzinfo=howe))
    assert not comes_twice(datetime(2027, 1, 1, tzinfo=york))
