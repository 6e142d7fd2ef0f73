"""What candidates may do themselves, and until when."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import TextChoices

from parley.core.errors import Conflict

LEAST_JOIN_GRACE = 5  # minutes: with less, nobody who has to find the page could begin


class ReseatMode(TextChoices):
    """What happens by itself to an interview whose place falls away."""

    OFF = "off", "people decide"
    PROPOSE = "propose", "a place is held and proposed to the candidate"
    BOOK = "book", "the new place is booked at once"


@dataclass(frozen=True, kw_only=True)
class Policy:
    """The defaults are what a company has that never said anything."""

    change_cutoff_minutes: int = 120  # so long before the start, a booking can be moved or cancelled
    min_notice_minutes: int = 60  # so long before the start, a slot can be taken
    max_days_ahead: int = 60  # so far ahead, slots are offered
    reseat_mode: str = ReseatMode.PROPOSE.value
    hold_hours: int = 24  # so long, a proposed place is held
    offer_minutes: int = 120  # so long, a freed place is offered to one who waits
    join_before_minutes: int = 15  # so long before the start, the room opens
    join_grace_minutes: int = 15  # so long after the start, the interview can still be begun

    def can_change_until(self, start: datetime) -> datetime:
        """The last moment at which a booking that starts at ``start`` can be moved or cancelled."""
        return start - timedelta(minutes=self.change_cutoff_minutes)

    def offered(self, now: datetime) -> tuple[datetime, datetime]:
        """The stretch of starts that can be taken at ``now``: after the first instant, up to the second."""
        return now + timedelta(minutes=self.min_notice_minutes), now + timedelta(days=self.max_days_ahead)

    def join_window(self, start: datetime) -> tuple[datetime, datetime]:
        """The first and the last moment at which an interview that is booked for ``start`` can be begun."""
        return start - timedelta(minutes=self.join_before_minutes), start + timedelta(minutes=self.join_grace_minutes)

    def hold_until(self, start: datetime, *, now: datetime) -> datetime:
        """Until when a place that begins at ``start`` is held for a candidate who lost another one."""
        return self._until(start, now + timedelta(hours=self.hold_hours), now=now)

    def offer_until(self, start: datetime, *, now: datetime) -> datetime:
        """Until when a freed place that begins at ``start`` is kept for one who waits."""
        return self._until(start, now + timedelta(minutes=self.offer_minutes), now=now)

    def _until(self, start: datetime, limit: datetime, *, now: datetime) -> datetime:
        """The limit, or where the place begins soon, its notice; but at least half of the time that is left."""
        notice = start - timedelta(minutes=self.min_notice_minutes)
        return min(limit, max(notice, now + (start - now) / 2))


def refuse_after_cutoff(policy: Policy, start: datetime, *, now: datetime) -> None:
    """Raise where a candidate cannot move or cancel the booking any more."""
    if now > policy.can_change_until(start):
        raise Conflict("It is too late to change this booking here: write to the company.", code="change_cutoff_passed")


def refuse_not_offered(policy: Policy, start: datetime, *, now: datetime) -> None:
    """Raise where a candidate cannot take a slot: it begins too soon, or too far ahead."""
    first, last = policy.offered(now)
    if not first < start <= last:
        raise Conflict("This time cannot be booked here: choose another one.", code="slot_not_offered")
