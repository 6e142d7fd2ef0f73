"""Which mails follow from which event, and when: pure functions over plain values."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import TextChoices


class Kind(TextChoices):
    """What a mail to a candidate says."""

    INVITATION = "invitation"
    BOOKED = "booked"
    RESCHEDULED = "rescheduled"
    CANCELLED = "cancelled"
    UNSEATED = "unseated", "place lost"
    PROPOSED = "proposed", "new place proposed"
    OFFERED = "offered", "waited-for place offered"
    OFFER_GONE = "offer_gone", "offered place lost"
    WAIT_OVER = "wait_over", "no longer on the waitlist"
    REMINDER = "reminder"
    ANSWERED = "answered", "answer of a person"


class State(TextChoices):
    """Where a mail stands."""

    WAITING = "waiting"
    SENDING = "sending"
    SENT = "sent"
    SKIPPED = "skipped"
    UNDELIVERED = "undelivered"


UNSETTLED = (State.WAITING, State.SENDING)
PAUSES = (  # after the first attempt, the second …: over six hours in all
    timedelta(seconds=5),
    timedelta(minutes=1),
    timedelta(minutes=5),
    timedelta(minutes=15),
    timedelta(hours=1),
    timedelta(hours=2),
    timedelta(hours=3),
)
ATTEMPTS = len(PAUSES) + 1

OF_EVENT = {
    "interview.invited": Kind.INVITATION,
    "interview.booked": Kind.BOOKED,
    "interview.rescheduled": Kind.RESCHEDULED,
    "interview.cancelled": Kind.CANCELLED,
    "interview.released": Kind.UNSEATED,
    "interview.unseated": Kind.UNSEATED,
    "interview.proposed": Kind.PROPOSED,
    "interview.proposal_expired": Kind.UNSEATED,
    "interview.proposal_withdrawn": Kind.UNSEATED,
    "waitlist.offered": Kind.OFFERED,
    "waitlist.offer_withdrawn": Kind.OFFER_GONE,
    "waitlist.lapsed": Kind.WAIT_OVER,
    "request.answered": Kind.ANSWERED,
}
# Of these another mail tells better, where Parley finds a new place by itself: they wait for it a little.
MAY_FIND_ANOTHER = ("interview.unseated", "interview.proposal_withdrawn")
PATIENCE = timedelta(minutes=1)
# These move or end what a calendar shows: each raises the SEQUENCE of the interview's entry (RFC 5545, 3.8.7.4).
CALENDAR_EVENTS = [
    "interview.booked",
    "interview.rescheduled",
    "interview.cancelled",
    "interview.released",
    "interview.unseated",
]
HOLDS_A_PLACE = (Kind.BOOKED, Kind.RESCHEDULED)
ASKS_ABOUT_A_PLACE = (Kind.PROPOSED, Kind.OFFERED)
ABOUT_WAITING = (Kind.OFFER_GONE, Kind.WAIT_OVER)
CHANGES_NOTHING = (Kind.INVITATION, Kind.REMINDER, Kind.ANSWERED, *ASKS_ABOUT_A_PLACE, *ABOUT_WAITING)
DEFAULT_REMINDERS = (24 * 60, 60)  # minutes before the start
MOST_REMINDERS = 5


@dataclass(frozen=True)
class Planned:
    """A mail to come; ``key`` is the same where the same event is read again."""

    kind: Kind
    key: str
    due_at: datetime


def planned(
    event_id: int,
    kind: Kind,
    *,
    start: datetime | None,
    reminders: Sequence[int],
    now: datetime,
    after: timedelta = timedelta(),
) -> list[Planned]:
    """The mail of an event, and the reminders where it gave the candidate a place that begins at ``start``.

    The mail is due so long ``after`` now. A reminder whose moment has passed already is left out.
    """
    mails = [Planned(kind, f"{event_id}:{kind.value}", now + after)]
    if kind in HOLDS_A_PLACE and start is not None:
        moments = {minutes: start - timedelta(minutes=minutes) for minutes in sorted(set(reminders), reverse=True)}
        mails += [
            Planned(Kind.REMINDER, f"{event_id}:reminder:{minutes}", moment)
            for minutes, moment in moments.items()
            if moment > now
        ]
    return mails


def next_attempt(attempts: int, *, now: datetime) -> datetime | None:
    """When to try once more after so many ``attempts``; None after the last one."""
    return None if attempts >= ATTEMPTS else now + PAUSES[max(attempts, 1) - 1]


def is_reminder_idle(*, is_live: bool, start: datetime, due_at: datetime, planned_for: datetime, now: datetime) -> bool:
    """Whether a reminder must not be sent: its booking has ended or moved, or the interview has begun."""
    return not is_live or start != planned_for or start <= now or now < due_at
