"""The candidate's pages: the interview of a personal link. They work without scripts."""

from calendar import day_name
from datetime import date, datetime, timedelta
from itertools import groupby
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.views.decorators.http import require_POST, require_safe

from parley.core.addresses import client_address
from parley.core.errors import DomainError, NotFound
from parley.core.throttling import count_guess
from parley.core.timezones import today_in, zone_names
from parley.interviews import queries
from parley.interviews.links import open_link
from parley.interviews.models import InterviewLink, InterviewSchedule, InterviewSlot
from parley.interviews.operations.links import book_by_link, cancel_by_link, reschedule_by_link
from parley.interviews.rules.hours import CandidateHours
from parley.interviews.rules.policy import JOIN_BEFORE
from parley.interviews.rules.states import BOOKABLE_INTERVIEW
from parley.web.faces import for_candidates
from parley.web.pages import page

DAYS_SHOWN = 14
WEEKDAYS = list(enumerate(day_name, start=1))
MOST_SLOTS = 500


@for_candidates
@require_safe
def interview(request: HttpRequest, link: str) -> HttpResponse:
    """The interview: its booking, or the times to choose from."""
    return show(request, link)


@for_candidates
@require_POST
def book(request: HttpRequest, link: str) -> HttpResponse:
    """Take a time, or move to it where one is held."""
    now = timezone.now()
    try:
        opened, _ = open_link(link, now=now)
        slot_id, zone = UUID(request.POST.get("slot", "")), zone_name(request.POST.get("timezone", ""))
        take = reschedule_by_link if queries.live_schedule(opened.interview_id) else book_by_link
        take(token=link, slot_id=slot_id, timezone=zone, now=now)
    except ValueError:
        return show(request, link, refusal="Choose one of the times below.", status=400)
    except DomainError as error:
        return show(request, link, refusal=kindly(error), status=error.status)
    return redirect("interview", link=link)


@for_candidates
@require_POST
def cancel(request: HttpRequest, link: str) -> HttpResponse:
    """Give the booking up."""
    try:
        cancel_by_link(token=link, reason=request.POST.get("reason", "").replace("\0", "")[:2000], now=timezone.now())
    except DomainError as error:
        return show(request, link, refusal=kindly(error), status=error.status)
    return redirect("interview", link=link)


def show(request: HttpRequest, token: str, *, refusal: str = "", status: int = 200) -> HttpResponse:
    """The page of a link, with a ``refusal`` of what was just tried; the reason where the link does not open."""
    now = timezone.now()
    try:
        link, _ = open_link(token, now=now)
    except DomainError as error:
        return _closed(request, error, now=now)
    held = queries.live_schedule(link.interview_id)
    zone = _zone(request, link)
    proposal = queries.live_hold(link.interview_id)
    is_choosing = held is None or "change" in request.GET or bool(refusal)
    shown = {
        "link": token,
        "interview": link.interview,
        "held": held,
        "zone": zone,
        "zones": sorted(zone_names()),
        "proposal": proposal,
        "waiting": queries.live_waiting(link.interview_id),
        "hours": CandidateHours.of(link.interview.candidate_hours),
        "weekdays": WEEKDAYS,
        "refusal": refusal,
        "is_choosing": is_choosing and link.interview.status in BOOKABLE_INTERVIEW,
        **(_booking(link, held, now=now) if held else {}),
        **_choice(request, link, zone, now=now),
    }
    with timezone.override(zone):
        return page(request, "web/interview.html", shown, status=status)


def _booking(link: InterviewLink, held: InterviewSchedule, *, now: datetime) -> dict[str, Any]:
    until = queries.policy_of(link.interview.company_id).can_change_until(held.start_time)
    return {"change_until": until, "can_change": now <= until, "join_from": held.start_time - JOIN_BEFORE}


def _choice(request: HttpRequest, link: InterviewLink, zone: ZoneInfo, *, now: datetime) -> dict[str, Any]:
    today = today_in(zone, now)
    first = max(day_of(request.GET.get("from", "")) or today, today)
    last = first + timedelta(days=DAYS_SHOWN - 1)
    slots = queries.offered_slots(link, first=first, last=last, zone=zone, now=now, most=MOST_SLOTS)
    days = [(day, list(group)) for day, group in groupby(slots, key=lambda slot: _local_day(slot, zone))]
    return {
        "days": days,
        "first": first,
        "last": last,
        "earlier": max(first - timedelta(days=DAYS_SHOWN), today) if first > today else None,
        "later": last + timedelta(days=1),
    }


def _local_day(slot: InterviewSlot, zone: ZoneInfo) -> date:
    return slot.start_time.astimezone(zone).date()


def day_of(text: str) -> date | None:
    """The date that was written, where it is a sensible one."""
    try:
        day = date.fromisoformat(text)
    except ValueError:
        return None
    return day if date(2000, 1, 1) <= day <= date(2199, 12, 1) else None


def zone_name(text: str) -> str:
    """The name, where it is one of a time zone."""
    return text if text in zone_names() else ""


def _zone(request: HttpRequest, link: InterviewLink) -> ZoneInfo:
    """The zone that was chosen here, else the one in which a time was chosen before, else the company's."""
    company = link.interview.company
    named = zone_name(request.GET.get("timezone", "") or request.POST.get("timezone", "")) or link.timezone
    return ZoneInfo(named or (company.timezone if company else "UTC"))


def kindly(error: DomainError) -> str:
    """A refusal in words for candidates."""
    if error.code in ("slot_full", "slot_cancelled", "slot_in_past", "slot_not_offered", "slot_not_found"):
        return "Sorry, this time has just gone. Please choose another one."
    return error.detail


def _closed(request: HttpRequest, error: DomainError, *, now: datetime) -> HttpResponse:
    if isinstance(error, NotFound):
        wait = count_guess(client_address(request), now=now)
        if wait is not None:
            answer = page(request, "web/too_often.html", {"wait": wait}, status=429)
            answer["Retry-After"] = str(wait)
            return answer
    return page(request, "web/link_closed.html", {"reason": error.detail}, status=error.status)
