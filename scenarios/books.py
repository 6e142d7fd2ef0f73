"""What the HTTP answers said, kept by company: the database has to agree with it."""

from collections import Counter
from dataclasses import dataclass, field
from datetime import UTC, datetime
from threading import RLock
from typing import Any
from zoneinfo import ZoneInfo

from scenarios.patterns import Pattern, Quarter

LIVE = ("pending", "confirmed")


@dataclass(kw_only=True)
class Slot:
    """A slot as the API showed it."""

    id: str
    kind: str
    start: datetime
    end: datetime
    places: int
    status: str
    count: int

    @classmethod
    def of(cls, row: dict[str, Any]) -> "Slot":
        """From an answer."""
        return cls(
            id=row["id"],
            kind=row["ai_interview_type"],
            start=instant(row["start_time"]),
            end=instant(row["end_time"]),
            places=row["max_candidates"],
            status=row["status"],
            count=row["current_bookings"],
        )


@dataclass(kw_only=True)
class Booking:
    """A schedule as the API showed it."""

    id: str
    interview: str
    slot: str
    status: str


@dataclass(kw_only=True)
class Books:
    """One company. The methods may be called from many threads."""

    id: int
    name: str
    zone: ZoneInfo
    holidays: str
    quarter: Quarter
    patterns: tuple[Pattern, ...]
    tokens: list[str] = field(default_factory=list)
    job: int = 0
    candidates: dict[str, int] = field(default_factory=dict)  # by e-mail address
    interviews: dict[str, int] = field(default_factory=dict)  # the candidate of each
    slots: dict[str, Slot] = field(default_factory=dict)
    removed: set[datetime] = field(default_factory=set)  # starts of slots that were deleted
    bookings: dict[str, Booking] = field(default_factory=dict)
    conflicts: dict[str, str] = field(default_factory=dict)  # the resolution of each
    events: Counter[str] = field(default_factory=Counter)
    refusals: Counter[str] = field(default_factory=Counter)
    repeats: int = 0
    lock: RLock = field(default_factory=RLock)

    def happened(self, event: str, times: int = 1) -> None:
        """A change of state was answered for."""
        with self.lock:
            self.events[event] += times

    def refused(self, code: str) -> None:
        """A 409 with its code."""
        with self.lock:
            self.refusals[code] += 1

    def booked(self, row: dict[str, Any], *, instead_of: Booking | None = None) -> Booking:
        """A new booking, also one that a reschedule made."""
        booking = Booking(id=row["id"], interview=row["interview"], slot=row["slot"], status=row["status"])
        with self.lock:
            self.bookings[booking.id] = booking
            self._count(booking.slot, 1)
            if instead_of is not None:
                instead_of.status = "rescheduled"
                self._count(instead_of.slot, -1)
            self.happened("interview.rescheduled" if instead_of else "interview.booked")
        return booking

    def ended(self, booking: Booking, event: str) -> None:
        """A booking was cancelled, released, or lost its slot."""
        with self.lock:
            booking.status = "cancelled"
            self._count(booking.slot, -1)
            self.happened(event)

    def taken_away(self, slot: Slot, *, remains: bool) -> None:
        """A slot was cancelled, or is gone altogether."""
        with self.lock:
            if remains:
                slot.status = "cancelled"
            else:
                del self.slots[slot.id]
                self.removed.add(slot.start)
            self.happened("slot.cancelled" if remains else "slot.deleted")

    def live(self) -> list[Booking]:
        """Those that hold a place."""
        with self.lock:
            return [booking for booking in self.bookings.values() if booking.status in LIVE]

    def open_slots(self) -> list[Slot]:
        """Those that are neither cancelled nor completed, the next ones first."""
        with self.lock:
            found = [slot for slot in self.slots.values() if slot.status in ("available", "booked")]
            return sorted(found, key=lambda slot: (slot.start, slot.id))

    def _count(self, slot_id: str, change: int) -> None:
        slot = self.slots[slot_id]
        slot.count += change
        if slot.status != "cancelled":
            slot.status = "booked" if slot.count >= slot.places else "available"


def instant(text: str) -> datetime:
    """An ISO 8601 instant in UTC."""
    return datetime.fromisoformat(text).astimezone(UTC)
