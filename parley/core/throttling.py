"""Counting attempts in fixed windows, in the database, so that all processes and machines count together."""

import math
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import connection
from django.db.models import F

from parley.core.environment import PERIODS
from parley.core.models import ThrottleWindow


@dataclass(frozen=True)
class Rate:
    """At most ``limit`` in ``seconds``."""

    limit: int
    seconds: int

    @classmethod
    def parse(cls, text: str) -> "Rate":
        """``10/minute`` and the like."""
        limit, _, period = text.partition("/")
        return cls(int(limit), PERIODS[period])


def count(bucket: str, *, rate: Rate, now: datetime) -> int | None:
    """Count one more in ``bucket``: None while within ``rate``, else the seconds to wait.

    One statement, so attempts at the same time are all counted.
    """
    start = _window_start(rate, now)
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO core_throttlewindow AS w (bucket, window_start, count) VALUES (%(bucket)s, %(start)s, 1)"
            " ON CONFLICT (bucket) DO UPDATE SET window_start = excluded.window_start, count = CASE"
            " WHEN w.window_start = excluded.window_start THEN LEAST(w.count + 1, 1000000) ELSE 1 END"
            " RETURNING count",
            {"bucket": bucket[:200], "start": start},
        )
        (counted,) = cursor.fetchone()
    if counted <= rate.limit:
        return None
    return math.ceil((start + timedelta(seconds=rate.seconds) - now).total_seconds())


GUESSES = Rate(30, 60)


def count_guess(address: str, *, now: datetime) -> int | None:
    """Count a secret that led nowhere, tried from ``address`` (hashed): None while there is patience, else seconds.

    All that is opened by a secret in its address counts together, so that nobody guesses at several doors.
    """
    return count(f"link:{address}", rate=GUESSES, now=now)


def give_back(bucket: str, *, rate: Rate, now: datetime) -> None:
    """Take back what ``count`` counted at the same ``now``: the attempt turned out to be a good one."""
    window = ThrottleWindow.objects.filter(bucket=bucket[:200], window_start=_window_start(rate, now), count__gt=0)
    window.update(count=F("count") - 1)


def _window_start(rate: Rate, now: datetime) -> datetime:
    return datetime.fromtimestamp(now.timestamp() // rate.seconds * rate.seconds, tz=now.tzinfo)


def forget_old(*, now: datetime) -> int:
    """Drop windows that ended more than a day ago; returns how many."""
    return ThrottleWindow.objects.filter(window_start__lt=now - timedelta(days=1)).delete()[0]
