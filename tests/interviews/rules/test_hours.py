from datetime import UTC, datetime, time, timedelta

import pytest

from parley.interviews.rules.hours import CandidateHours

NOW = datetime(2027, 3, 1, tzinfo=UTC)
OFFICE = CandidateHours(timezone="Europe/Berlin", earliest=time(9), latest=time(17), days_of_week=(1, 2, 3, 4, 5))


def suit(hours: CandidateHours, start: str, minutes: int = 60, now: datetime = NOW) -> bool:
    begin = datetime.fromisoformat(start)
    return hours.suit(begin, begin + timedelta(minutes=minutes), now=now)


@pytest.mark.parametrize(
    ("start", "expected"),
    [
        ("2027-03-08T08:00Z", True),  # Monday, 09:00 in Berlin
        ("2027-03-08T07:59Z", False),
        ("2027-03-08T15:00Z", True),  # ends at 17:00
        ("2027-03-08T15:01Z", False),
        ("2027-03-06T10:00Z", False),  # Saturday
        ("2027-03-29T07:00Z", True),  # after the change of the clocks, 09:00 is an hour earlier
        ("2027-03-29T06:59Z", False),
    ],
)
def test_local_hours(start: str, expected: bool) -> None:
    assert suit(OFFICE, start) is expected


def test_the_day_is_the_candidate_s() -> None:
    """Monday in Auckland begins on Sunday at noon, in UTC."""
    mondays = CandidateHours(timezone="Pacific/Auckland", days_of_week=(1,))
    assert suit(mondays, "2027-03-07T12:00Z")
    assert not suit(mondays, "2027-03-08T12:00Z")


def test_midnight_ends_the_day() -> None:
    evening = CandidateHours(timezone="UTC", earliest=time(18), latest=time(0))
    assert suit(evening, "2027-03-08T23:00Z")
    assert not suit(evening, "2027-03-08T23:01Z")


def test_an_interview_into_the_next_day_ends_after_the_latest_hour() -> None:
    assert not suit(CandidateHours(timezone="UTC", latest=time(23)), "2027-03-08T22:30Z", minutes=120)


def test_notice() -> None:
    notice = CandidateHours(timezone="UTC", notice_minutes=90)
    assert suit(notice, "2027-03-01T01:30Z")
    assert not suit(notice, "2027-03-01T01:29Z")


def test_kept_and_read_again() -> None:
    assert CandidateHours.of(OFFICE.as_json()) == OFFICE
    assert CandidateHours.of(CandidateHours(timezone="UTC").as_json()) == CandidateHours(timezone="UTC")
    assert CandidateHours.of(None) is None
