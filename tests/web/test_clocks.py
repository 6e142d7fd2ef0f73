"""Times for candidates, above all where clocks change."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from babel import Locale

from parley.web.clocks import Clock, place_name, weekdays, zone_choices

BRITISH, INDIAN, AMERICAN = Locale.parse("en_GB"), Locale.parse("hi_IN"), Locale.parse("en_US")


def clock(zone: str, company: str = "UTC", locale: Locale = BRITISH) -> Clock:
    return Clock(ZoneInfo(zone), ZoneInfo(company), locale)


@pytest.mark.parametrize(
    ("zone", "starts", "texts"),
    [
        # 2026-11-01: at 02:00 the clocks go back to 01:00
        ("America/New_York", ["05:00", "05:30", "06:00", "06:30", "07:00"],
         ["01:00 (UTC-04:00)", "01:30 (UTC-04:00)", "01:00 (UTC-05:00)", "01:30 (UTC-05:00)", "02:00"]),
        ("Asia/Kolkata", ["05:00", "06:00"], ["10:30", "11:30"]),
        ("UTC", ["05:00", "06:00"], ["05:00", "06:00"]),
    ],
    ids=["New_York", "Kolkata", "UTC"],
)  # fmt: skip
def test_an_hour_that_comes_twice_is_told_apart(zone: str, starts: list[str], texts: list[str]) -> None:
    instants = [datetime.fromisoformat(f"2026-11-01T{start}:00+00:00") for start in starts]
    assert [clock(zone).time(each) for each in instants] == texts


def test_half_an_hour_comes_twice_on_lord_howe() -> None:
    lord_howe = clock("Australia/Lord_Howe")  # 2027-04-04: at 02:00 the clocks go back to 01:30
    change = datetime(2027, 4, 3, 15, tzinfo=UTC)
    shown = [lord_howe.time(change + timedelta(minutes=minutes)) for minutes in (-60, -30, -15, 0, 15, 30)]
    assert shown == [
        "01:00", "01:30 (UTC+11:00)", "01:45 (UTC+11:00)", "01:30 (UTC+10:30)", "01:45 (UTC+10:30)", "02:00",
    ]  # fmt: skip


def test_an_interview_over_the_change_tells_both_offsets() -> None:
    span = clock("America/New_York").span(*_hour(datetime(2027, 3, 14, 6, 30, tzinfo=UTC)))
    assert (span.start, span.end, span.minutes) == ("01:30 (UTC-05:00)", "03:30 (UTC-04:00)", 60)
    span = clock("America/New_York").span(*_hour(datetime(2026, 11, 1, 5, 30, tzinfo=UTC)))
    assert (span.start, span.end) == ("01:30 (UTC-04:00)", "01:30 (UTC-05:00)")


def _hour(start: datetime) -> tuple[datetime, datetime]:
    return start, start + timedelta(hours=1)


@pytest.mark.parametrize(
    ("start", "there", "in_full"),
    [
        ("2026-11-26T10:00", "05:00", "Thursday, 26 November 2026, 05:00"),
        ("2026-11-26T03:00", "Wed 25 Nov, 22:00", "Wednesday, 25 November 2026, 22:00"),
        ("2026-11-01T06:30", "01:30 (UTC-05:00)", "Sunday, 1 November 2026, 01:30 (UTC-05:00)"),
    ],
    ids=["same-day", "day-before", "twice"],
)
def test_the_company_s_clock_is_told_where_it_shows_another_time(start: str, there: str, in_full: str) -> None:
    span = clock("UTC", "America/New_York").span(*_hour(datetime.fromisoformat(f"{start}:00+00:00")))
    assert (span.there, span.there_in_full) == (there, in_full)


def test_the_company_s_clock_is_not_told_where_it_shows_the_same() -> None:
    winter, summer = datetime(2026, 12, 1, 12, tzinfo=UTC), datetime(2026, 7, 1, 12, tzinfo=UTC)
    assert [clock("Europe/Oslo", "Europe/Berlin").span(*_hour(each)).there for each in (winter, summer)] == ["", ""]
    assert [clock("Africa/Lagos", "Europe/Berlin").span(*_hour(each)).there for each in (winter, summer)] == [
        "", "14:00",
    ]  # fmt: skip


def test_days_and_weeks_as_people_write_them() -> None:
    assert clock("UTC", locale=AMERICAN).moment(datetime(2026, 11, 26, 14, tzinfo=UTC)) == (
        "Thursday, November 26, 2026, 2:00\u202fPM"
    )
    assert [number for number, _, _ in weekdays(BRITISH)] == [1, 2, 3, 4, 5, 6, 7]
    assert [number for number, _, _ in weekdays(INDIAN)] == [7, 1, 2, 3, 4, 5, 6]
    assert weekdays(Locale.parse("de_DE"))[0] == (1, "Montag", "Mo")


def test_zones_are_named_for_people() -> None:
    assert place_name("Asia/Kolkata", "en_GB") == "Kolkata (India)"
    assert place_name("Asia/Singapore", "en_GB") == "Singapore"
    assert place_name("Europe/Berlin", "fr_FR") == "Berlin (Allemagne)"
    assert place_name("UTC", "hi_IN") == "UTC"
    names = [name for name, _ in zone_choices("en_GB")]
    assert {"UTC", "Asia/Kolkata", "Europe/Oslo"} <= set(names)
    assert "Asia/Calcutta" not in names
    assert len(names) == len(set(names))
