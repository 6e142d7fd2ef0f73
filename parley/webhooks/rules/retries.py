"""When a delivery is tried again, how long a failing receiver is left alone, and when it is given up."""

from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime

from django.db.models import TextChoices


class State(TextChoices):
    """Where a delivery stands."""

    WAITING = "waiting"
    SENDING = "sending"
    DELIVERED = "delivered"
    FAILED = "failed"


UNSETTLED = (State.WAITING, State.SENDING)
SETTLED = (State.DELIVERED, State.FAILED)
PAUSES = (  # after the first attempt, the second …: over a day in all
    timedelta(seconds=5),
    timedelta(minutes=5),
    timedelta(minutes=30),
    timedelta(hours=2),
    timedelta(hours=5),
    timedelta(hours=8),
    timedelta(hours=10),
)
ATTEMPTS = len(PAUSES) + 1
LONGEST_REQUESTED = timedelta(hours=1)  # as long as a receiver may ask to be left alone
LONGEST_REST = timedelta(minutes=10)
GIVEN_UP_AFTER = timedelta(days=3)  # of failures without any success
CLAIM_LASTS = timedelta(minutes=2)  # much longer than a receiver is waited for
GONE = 410
_HEEDED = (429, 503)


def is_success(status: int | None) -> bool:
    """Whether the receiver has taken it. A redirect is none: the address was checked for the URL that was given."""
    return status is not None and 200 <= status < 300


def next_attempt(attempts: int, *, requested: timedelta, now: datetime) -> datetime | None:
    """When to try once more after so many ``attempts``; None after the last one."""
    if attempts >= ATTEMPTS:
        return None
    return now + max(PAUSES[attempts - 1], requested)


def rest_of(failures: int, *, requested: timedelta) -> timedelta:
    """How long a receiver gets nothing at all after so many ``failures`` in a row: 5 seconds, 10, 20 … 10 minutes."""
    doubled = timedelta(seconds=5 * (1 << min(failures - 1, 10)))
    return max(min(doubled, LONGEST_REST), requested)


def requested_pause(status: int | None, header: str, *, now: datetime) -> timedelta:
    """What ``Retry-After`` asks for, in seconds or as a date (RFC 9110, 10.2.3); at most ``LONGEST_REQUESTED``."""
    text = header.strip()
    if status not in _HEEDED or not text:
        return timedelta()
    if text.isascii() and text.isdigit():
        return min(timedelta(seconds=int(text[:9])), LONGEST_REQUESTED)
    try:
        moment = parsedate_to_datetime(text)
        left = (moment if moment.tzinfo else moment.replace(tzinfo=UTC)) - now
    except (ArithmeticError, LookupError, TypeError, ValueError):  # the library raises each of them for some nonsense
        return timedelta()
    return max(timedelta(), min(left, LONGEST_REQUESTED))


def is_given_up(*, failing_since: datetime, now: datetime) -> bool:
    """Whether a receiver has failed for so long that it is switched off."""
    return now - failing_since >= GIVEN_UP_AFTER
