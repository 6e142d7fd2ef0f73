"""What candidates answer on their page: to a place that is held for them, when they have time, that they would wait."""

from collections.abc import Callable
from datetime import datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from parley.core.errors import DomainError
from parley.core.timezones import start_of_day
from parley.interviews.operations.links import (
    accept_by_link,
    decline_by_link,
    state_hours_by_link,
    stop_waiting_by_link,
    wait_by_link,
)
from parley.interviews.rules.hours import CandidateHours
from parley.web.candidate import show, to_interview
from parley.web.faces import for_candidates
from parley.web.languages import in_language
from parley.web.refusals import kindly
from parley.web.visits import day_of, zone_name


@in_language
@for_candidates
@require_POST
def answer(request: HttpRequest, link: str) -> HttpResponse:
    """Take the place that is held, or give it back."""
    act = accept_by_link if request.POST.get("answer") == "accept" else decline_by_link
    return _done(request, link, lambda now: act(token=link, now=now))


@in_language
@for_candidates
@require_POST
def wait(request: HttpRequest, link: str) -> HttpResponse:
    """Wait for a time on some days, both included; or wait no longer."""
    if request.POST.get("stop"):
        return _done(request, link, lambda now: stop_waiting_by_link(token=link, now=now))
    first, last = day_of(request.POST.get("first", "")), day_of(request.POST.get("last", ""))
    zone = zone_name(request.POST.get("timezone", "")) or "UTC"
    if first is None or last is None or last < first:
        return show(request, link, refusal=_("Say from which day until which you would wait."), status=400)
    begin, end = start_of_day(first, ZoneInfo(zone)), start_of_day(last + timedelta(days=1), ZoneInfo(zone))

    def join(now: datetime) -> Any:
        return wait_by_link(token=link, start_after=begin, start_before=end, timezone=zone, now=now)

    return _done(request, link, join)


@in_language
@for_candidates
@require_POST
def hours(request: HttpRequest, link: str) -> HttpResponse:
    """Say when there is time; with nothing said, there is at any time."""
    zone = zone_name(request.POST.get("timezone", "")) or "UTC"
    try:
        earliest, latest = _clock(request.POST.get("earliest", "")), _clock(request.POST.get("latest", ""))
        days = {int(day) for day in request.POST.getlist("days") if 1 <= int(day) <= 7}
    except ValueError:
        return show(request, link, refusal=_("Write times as 09:00."), status=400)
    if earliest is not None and latest not in (None, time.min) and latest <= earliest:
        return show(request, link, refusal=_("The latest time is before the earliest."), status=400)
    said = None
    if earliest is not None or latest is not None or 0 < len(days) < 7:
        said = CandidateHours(timezone=zone, earliest=earliest, latest=latest, days_of_week=tuple(sorted(days)))
    return _done(request, link, lambda now: state_hours_by_link(token=link, hours=said, now=now))


def _done(request: HttpRequest, link: str, act: Callable[[datetime], Any]) -> HttpResponse:
    """Do it, and show the page anew; or with why it could not be."""
    try:
        act(timezone.now())
    except DomainError as error:
        return show(request, link, refusal=kindly(error), status=error.status)
    return to_interview(request, link)


def _clock(text: str) -> time | None:
    return time.fromisoformat(text).replace(second=0, microsecond=0, tzinfo=None) if text else None
