"""Stretches of time as people write them."""

import re

import pytest

from parley.web.durations import minutes_of, written


@pytest.mark.parametrize(
    ("minutes", "said"),
    [
        (0, "0 minutes"),
        (1, "1 minute"),
        (90, "1 hour 30 minutes"),
        (1440, "1 day"),
        (2161, "1 day 12 hours 1 minute"),
        (7 * 1440, "1 week"),
        (9 * 1440, "9 days"),
        (30 * 1440, "30 days"),
    ],
)
def test_minutes_are_written_and_read_again(minutes: int, said: str) -> None:
    assert (written(minutes), minutes_of(said)) == (said, minutes)


@pytest.mark.parametrize(
    ("text", "minutes"),
    [
        ("90", 90),
        (" 2 Hours ", 120),
        ("1h30", 90),
        ("1 d 2 hrs 3 min", 1563),
        ("1 day and 1 hour", 1500),
        ("2w", 20160),
    ],
)
def test_it_is_read_as_it_is_meant(text: str, minutes: int) -> None:
    assert minutes_of(text) == minutes


@pytest.mark.parametrize("text", ["", " ", "soon", "-5", "1.5 h", "2 hour s", "1 year", "hours", "5,", "9" * 7, "٣"])
def test_what_is_none_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match=re.escape(text.strip())):
        minutes_of(text)
