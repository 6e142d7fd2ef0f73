"""The booking of an interview: a time chosen, confirmed, moved, given up; and each taken back."""

from datetime import date, timedelta
from itertools import groupby
from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.dateformat import format as format_date
from django.views.decorators.http import require_POST, require_safe

from parley.core.errors import Conflict, Invalid
from parley.core.timezones import today_in
from parley.interviews import queries
from parley.interviews.models import Interview, InterviewSchedule
from parley.interviews.operations.booking import (
    book_interview,
    cancel_booking,
    confirm_booking,
    release_slot,
    reschedule_booking,
)
from parley.interviews.operations.reverting import undo_booking_change
from parley.organizations.models import User
from parley.web.app import colleague, show
from parley.web.interviews.doing import done, undo_address
from parley.web.moments import Moment

DAYS = 14
MOST = 300
UNDONE = {
    "moved": "Undone: the interview is at its old time again.",
    "released": "Undone: the time is free again, and the interview open.",
    "booked": "Undone: the interview is booked at its old time again.",
}


@colleague
@require_safe
def times(request: HttpRequest, user: User, pk: UUID) -> HttpResponse:
    """Free times to choose from, two weeks at a time."""
    rows = Interview.objects.select_related("candidate", "job", "company")
    interview = rows.seen_by(user, pk=pk, thing="interview")
    held = queries.live_schedule(pk)
    zone = user.company.zone if user.company else interview.company.zone  # type: ignore[union-attr]  # one of them is
    now = timezone.now()
    today = today_in(zone, now)
    first = max(_day(request.GET.get("from", "")) or today, today)
    wanted = queries.Wanted(
        first=first,
        last=first + timedelta(days=DAYS - 1),
        zone=zone,
        company_id=interview.company_id,
        interview_type=held.slot.ai_interview_type if held else None,
        job_id=interview.job_id or interview.candidate.job_id,
    )
    found, total = queries.available_slots(user, wanted, now=now, limit=MOST, offset=0)
    values = {
        "interview": interview,
        "held": Moment.of(held.start_time, zone) if held else None,
        "zone": zone.key,
        "days": _by_day([slot for slot in found if not held or slot["id"] != held.slot_id], zone),
        "is_cut": total > MOST,
        "first": first,
        "last": wanted.last,
        "earlier": max(first - timedelta(days=DAYS), today) if first > today else None,
        "later": wanted.last + timedelta(days=1),
        "here": "app-interviews",
    }
    return show(request, "web/app/interviews/times.html", values)


@colleague
@require_POST
def book(request: HttpRequest, user: User, pk: UUID) -> HttpResponse:
    """Book a time, or move the booking there."""
    made: list[InterviewSchedule] = []

    def act(now: Any) -> str:
        slot_id = _uuid(request.POST.get("slot", ""))
        held = queries.live_schedule(pk)
        if held is None:
            made.append(book_interview(interview_id=pk, slot_id=slot_id, notes="", actor=user, now=now))
            return f"Booked: {_when(made[0], user)}. The candidate is told by e-mail."
        made.append(reschedule_booking(schedule_id=held.pk, slot_id=slot_id, actor=user, now=now))
        return f"Moved to {_when(made[0], user)}. The candidate is told by e-mail."

    return done(request, user, pk, act, undo=lambda: undo_address(pk, made[0].pk))


@colleague
@require_POST
def confirm(request: HttpRequest, user: User, pk: UUID) -> HttpResponse:
    """Confirm the time that is booked."""

    def act(now: Any) -> str:
        confirm_booking(schedule_id=_held(pk).pk, actor=user, now=now)
        return "The time is confirmed."

    return done(request, user, pk, act)


@colleague
@require_POST
def cancel(request: HttpRequest, user: User, pk: UUID) -> HttpResponse:
    """Cancel the interview and free its place."""
    ended: list[InterviewSchedule] = []

    def act(now: Any) -> str:
        reason = request.POST.get("reason", "").replace("\0", "").strip()[:2000]
        ended.append(cancel_booking(schedule_id=_held(pk).pk, reason=reason, actor=user, now=now))
        return "The interview is cancelled, and the candidate told by e-mail."

    return done(request, user, pk, act, undo=lambda: undo_address(pk, ended[0].pk))


@colleague
@require_POST
def release(request: HttpRequest, user: User, pk: UUID) -> HttpResponse:
    """Free the place; the candidate chooses another one."""
    ended: list[InterviewSchedule] = []

    def act(now: Any) -> str:
        held = _held(pk)
        release_slot(slot_id=held.slot_id, schedule_id=held.pk, interview_id=None, actor=user, now=now)
        ended.append(held)
        return "The time is free again. The candidate is asked to choose another one."

    return done(request, user, pk, act, undo=lambda: undo_address(pk, ended[0].pk))


@colleague
@require_POST
def undo(request: HttpRequest, user: User, pk: UUID) -> HttpResponse:
    """Take back what was done last to the booking."""

    def act(now: Any) -> str:
        schedule_id = _uuid(request.GET.get("schedule", ""))
        if not InterviewSchedule.objects.visible_to(user).filter(pk=schedule_id, interview_id=pk).exists():
            raise Conflict("The booking was changed since: see what it is now.", code="changed_since")
        return UNDONE[undo_booking_change(schedule_id=schedule_id, actor=user, now=now)]

    return done(request, user, pk, act)


def _held(pk: UUID) -> InterviewSchedule:
    held = queries.live_schedule(pk)
    if held is None:
        raise Conflict("No time is booked any more: see what has become of it.", code="not_booked")
    return held


def _when(schedule: InterviewSchedule, user: User) -> str:
    zone = user.company.zone if user.company else schedule.company.zone
    return Moment.of(schedule.start_time, zone).text


def _uuid(text: str) -> UUID:
    try:
        return UUID(text)
    except ValueError as error:
        raise Invalid("Choose one of the times.") from error


def _day(text: str) -> date | None:
    try:
        day = date.fromisoformat(text)
    except ValueError:
        return None
    return day if day.year < 9000 else None


def _by_day(slots: list[dict[str, Any]], zone: Any) -> list[tuple[str, list[dict[str, Any]]]]:
    shown = [
        {"id": slot["id"], "kind": slot["ai_interview_type"].replace("_", " "), "places": slot["available_spots"]}
        | {"start": slot["start_time"].astimezone(zone), "end": slot["end_time"].astimezone(zone)}
        for slot in slots
    ]
    days = groupby(shown, key=lambda slot: slot["start"].date())
    return [(format_date(day, "l, j F Y"), [_with_text(slot) for slot in several]) for day, several in days]


def _with_text(slot: dict[str, Any]) -> dict[str, Any]:
    """With its times as people write them; Django's own filters would show them in the server's zone."""
    times = {name: format_date(slot[name], "H:i") for name in ("start", "end")}
    return {**slot, "iso": slot["start"].isoformat(), **times}
