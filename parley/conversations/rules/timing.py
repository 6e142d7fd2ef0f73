"""When a session may begin, and what time is left of it."""

import math
from datetime import datetime, timedelta

from parley.core.errors import Conflict
from parley.interviews.rules.policy import Policy

TYPING = timedelta(minutes=1)  # after the end, an answer that was being written is still taken
MOST_EXTRA_MINUTES = 240


def refuse_outside_window(policy: Policy, start: datetime, *, now: datetime) -> None:
    """Raise where the interview that is booked for ``start`` cannot begin now."""
    opens, _ = policy.join_window(start)
    if now < opens:
        raise Conflict("The room is not open yet: come back shortly before your time.", code="room_not_open")
    if is_missed(policy, start, now=now):
        raise Conflict("It is too late to begin this interview: write to the company.", code="room_closed")


def is_missed(policy: Policy, start: datetime, *, now: datetime) -> bool:
    """Whether it is too late to begin."""
    _, closes = policy.join_window(start)
    return now > closes


def is_over(ends_at: datetime, *, now: datetime) -> bool:
    """Whether no answer is taken any more."""
    return now > ends_at + TYPING


def seconds_left(ends_at: datetime, *, now: datetime) -> int:
    """Whole seconds until the end, never less than none."""
    return max(math.ceil((ends_at - now).total_seconds()), 0)
