"""What is done with the bookings of a slot: book, confirm, move, release, cancel; each is taken back by another."""

from urllib.parse import urlencode
from uuid import UUID
from zoneinfo import ZoneInfo

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_POST

from parley.core.errors import Invalid
from parley.interviews.models import InterviewSchedule
from parley.interviews.operations.booking import (
    book_interview,
    cancel_booking,
    confirm_booking,
    release_slot,
    reschedule_booking,
)
from parley.organizations.models import User
from parley.web.app import colleague
from parley.web.calendar.slots import done, seen
from parley.web.calendar.times import Stretch


@colleague
@require_POST
def book(request: HttpRequest, user: User, pk: UUID) -> HttpResponse:
    """Book the named interview on the slot."""
    found = seen(user, pk)
    undo: list[str] = []

    def act() -> str:
        interview_id = _key(request, "interview", "Choose who is to be booked.")
        booking = book_interview(interview_id=interview_id, slot_id=pk, notes="", actor=user, now=timezone.now())
        undo.append(_address("app-slot-release", pk, booking=booking.pk))
        return f"{booking.interview.candidate.full_name} is booked: {_when(booking, found.company.zone)}."

    return done(request, pk, act, undo=lambda: undo[0])


@colleague
@require_POST
def release(request: HttpRequest, user: User, pk: UUID) -> HttpResponse:
    """Free the place of a booking; its interview waits for another time."""
    seen(user, pk)
    undo: list[str] = []

    def act() -> str:
        booking = _booking(user, _key(request, "booking", "Choose a booking."))
        release_slot(slot_id=pk, schedule_id=booking.pk, interview_id=None, actor=user, now=timezone.now())
        undo.append(_address("app-slot-book", pk, interview=booking.interview_id))
        return f"The place is free again. {booking.interview.candidate.full_name} has no time now."

    return done(request, pk, act, undo=lambda: undo[0])


@colleague
@require_POST
def move(request: HttpRequest, user: User, pk: UUID) -> HttpResponse:
    """Move a booking to another slot, and show that one."""
    booking = _booking(user, pk)
    moved: list[InterviewSchedule] = []

    def act() -> str:
        slot_id = _key(request, "slot", "Choose one of the times.")
        moved.append(reschedule_booking(schedule_id=pk, slot_id=slot_id, actor=user, now=timezone.now()))
        return f"{booking.interview.candidate.full_name} is moved to {_when(moved[0], booking.slot.company.zone)}."

    def undo() -> str:
        return _address("app-booking-move", moved[0].pk, slot=booking.slot_id)

    return done(request, booking.slot_id, act, undo=undo, otherwise=lambda: (moved or [booking])[0].slot_id)


@colleague
@require_POST
def confirm(request: HttpRequest, user: User, pk: UUID) -> HttpResponse:
    """Confirm a booking."""
    booking = _booking(user, pk)

    def act() -> str:
        confirm_booking(schedule_id=pk, actor=user, now=timezone.now())
        return f"The booking of {booking.interview.candidate.full_name} is confirmed."

    return done(request, booking.slot_id, act)


@colleague
@require_POST
def cancel(request: HttpRequest, user: User, pk: UUID) -> HttpResponse:
    """Cancel a booking and its interview."""
    booking = _booking(user, pk)

    def act() -> str:
        reason = request.POST.get("reason", "").replace("\0", "").strip()[:2000]
        cancel_booking(schedule_id=pk, reason=reason, actor=user, now=timezone.now())
        return f"The interview of {booking.interview.candidate.full_name} is cancelled."

    undo = _address("app-slot-book", booking.slot_id, interview=booking.interview_id)
    return done(request, booking.slot_id, act, undo=lambda: undo)


def _booking(user: User, pk: UUID) -> InterviewSchedule:
    rows = InterviewSchedule.objects.select_related("interview__candidate", "slot__company")
    return rows.seen_by(user, pk=pk, thing="schedule")


def _key(request: HttpRequest, name: str, otherwise: str) -> UUID:
    """An id that a form or, for what takes something back, the address names."""
    try:
        return UUID(request.POST.get(name) or request.GET.get(name) or "")
    except ValueError as error:
        raise Invalid(otherwise) from error


def _address(name: str, pk: UUID, **query: UUID) -> str:
    return f"{reverse(name, args=[pk])}?{urlencode(query)}"


def _when(booking: InterviewSchedule, zone: ZoneInfo) -> str:
    return Stretch.of(booking.start_time, booking.end_time, zone).text
