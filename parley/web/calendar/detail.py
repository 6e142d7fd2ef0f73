"""A slot as its page shows it: its time, who is booked, what can be done. Constant statements, whatever is booked."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from parley.interviews import agenda, queries
from parley.interviews.models import Interview, InterviewSchedule, InterviewSlot
from parley.interviews.rules.booking import has_room
from parley.interviews.rules.states import LIVE_SCHEDULE, InterviewStatus, ScheduleStatus, SlotStatus
from parley.organizations.models import User
from parley.web.calendar.drawing import fill
from parley.web.calendar.times import Stretch
from parley.web.calendar.words import TYPES
from parley.web.inbox import distance

MOST_FOUND = 8
_STATES = {
    SlotStatus.AVAILABLE: "Free places",
    SlotStatus.BOOKED: "Full",
    SlotStatus.CANCELLED: "Cancelled",
    SlotStatus.COMPLETED: "Over",
}
_BOOKED = {ScheduleStatus.PENDING: "Not confirmed yet", ScheduleStatus.CONFIRMED: "Confirmed"}


@dataclass(frozen=True)
class Free:
    """A place to move to."""

    slot_id: str
    when: Stretch
    away: str


@dataclass(frozen=True)
class Booked:
    """Somebody's booking of the slot."""

    id: str
    who: str
    job: str
    state: str
    is_confirmed: bool
    has_begun: bool
    notes: str
    places: list[Free]


@dataclass(frozen=True)
class Waiting:
    """An interview that could take a place."""

    id: str
    who: str
    about: str


@dataclass(frozen=True)
class Detail:
    """A slot. Times are in the zone of its company, which ``zone`` names."""

    slot: InterviewSlot
    kind: str
    when: Stretch
    day: str
    zone: str
    state: str
    fill: str
    is_open: bool
    has_begun: bool
    has_room: bool
    is_free: bool

    @classmethod
    def of(cls, slot: InterviewSlot, now: datetime) -> "Detail":
        """A slot with its company and job."""
        zone = slot.company.zone
        return cls(
            slot=slot,
            kind=TYPES[slot.ai_interview_type],
            when=Stretch.of(slot.start_time, slot.end_time, zone),
            day=slot.start_time.astimezone(zone).date().isoformat(),
            zone=zone.key,
            state=_state(slot),
            fill=fill(
                status=slot.status, capacity=slot.max_candidates, booked=slot.current_bookings, held=slot.held_places
            ),
            is_open=slot.is_open,
            has_begun=slot.start_time <= now,
            has_room=has_room(slot, 1, now=now),
            is_free=not slot.current_bookings and not slot.held_places,
        )


def _state(slot: InterviewSlot) -> str:
    if slot.is_open and slot.places_left <= 0:
        return "Full"
    return _STATES[SlotStatus(slot.status)]


def live_bookings(user: User, slot: InterviewSlot) -> Any:
    """The live bookings of a slot, in the order in which they were made."""
    rows = InterviewSchedule.objects.visible_to(user).filter(slot_id=slot.pk, status__in=LIVE_SCHEDULE)
    return rows.select_related("interview__candidate", "interview__job").order_by("booked_at", "pk")


def booked(page: Sequence[InterviewSchedule], zone: ZoneInfo, *, now: datetime) -> list[Booked]:
    """A page of bookings, each with the nearest free places; one statement."""
    places = queries.proposals_for([each.pk for each in page], now=now)
    return [_booked(each, places[each.pk], zone) for each in page]


def _booked(booking: InterviewSchedule, places: Sequence[Mapping[str, Any]], zone: ZoneInfo) -> Booked:
    interview = booking.interview
    return Booked(
        id=str(booking.pk),
        who=interview.candidate.full_name,
        job=interview.job.job_title if interview.job else "",
        state=_BOOKED[ScheduleStatus(booking.status)],
        is_confirmed=booking.status == ScheduleStatus.CONFIRMED,
        has_begun=interview.status in (InterviewStatus.IN_PROGRESS, InterviewStatus.COMPLETED),
        notes=booking.booking_notes,
        places=[_free(each, zone) for each in places],
    )


def _free(place: Mapping[str, Any], zone: ZoneInfo) -> Free:
    start, end = (datetime.fromisoformat(place[name]) for name in ("start_time", "end_time"))
    return Free(place["slot_id"], Stretch.of(start, end, zone), distance(place["minutes_away"]))


def waiting(user: User, slot: InterviewSlot, *, text: str) -> tuple[list[Waiting], bool]:
    """The first interviews that could be booked on the slot, and whether there are more; one statement."""
    found = agenda.bookable_interviews(user, slot, text=text, at_most=MOST_FOUND + 1)
    return [_waiting(each) for each in found[:MOST_FOUND]], len(found) > MOST_FOUND


def _waiting(interview: Interview) -> Waiting:
    job = interview.job.job_title if interview.job else ""
    was = "" if interview.status == InterviewStatus.SCHEDULED else InterviewStatus(interview.status).label.lower()
    about = ", ".join(part for part in (job, was and f"the last one was {was}") if part)
    return Waiting(str(interview.pk), interview.candidate.full_name, about)
