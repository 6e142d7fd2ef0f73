"""What candidates may do themselves, and until when."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from parley.core.errors import Conflict

JOIN_BEFORE = timedelta(minutes=15)  # before the start, the room opens
JOIN_GRACE = timedelta(minutes=15)  # after the start, it is too late to come in


@dataclass(frozen=True, kw_only=True)
class Policy:
    """The defaults are what a company has that never said anything."""

    change_cutoff_minutes: int = 120  # so long before the start, a booking can be moved or cancelled
    min_notice_minutes: int = 60  # so long before the start, a slot can be taken
    max_days_ahead: int = 60  # so far ahead, slots are offered

    def can_change_until(self, start: datetime) -> datetime:
        """The last moment at which a booking that starts at ``start`` can be moved or cancelled."""
        return start - timedelta(minutes=self.change_cutoff_minutes)

    def offered(self, now: datetime) -> tuple[datetime, datetime]:
        """The stretch of starts that can be taken at ``now``: after the first instant, up to the second."""
        return now + timedelta(minutes=self.min_notice_minutes), now + timedelta(days=self.max_days_ahead)


def refuse_after_cutoff(policy: Policy, start: datetime, *, now: datetime) -> None:
    """Raise where a candidate cannot move or cancel the booking any more."""
    if now > policy.can_change_until(start):
        raise Conflict("It is too late to change this booking here: write to the company.", code="change_cutoff_passed")


def refuse_not_offered(policy: Policy, start: datetime, *, now: datetime) -> None:
    """Raise where a candidate cannot take a slot: it begins too soon, or too far ahead."""
    first, last = policy.offered(now)
    if not first < start <= last:
        raise Conflict("This time cannot be booked here: choose another one.", code="slot_not_offered")
