"""The candidate's pages: the interview of a personal link. They work without scripts."""

import hashlib
from contextlib import suppress
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseRedirect
from django.shortcuts import redirect
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from parley.core.addresses import client_address
from parley.core.errors import DomainError, NotFound
from parley.core.throttling import count_guess
from parley.core.timezones import today_in
from parley.interviews import queries
from parley.interviews.links import open_link
from parley.interviews.models import InterviewSlot
from parley.interviews.operations.links import (
    book_by_link,
    cancel_by_link,
    reschedule_by_link,
)
from parley.web.clocks import weekdays, zone_choices
from parley.web.faces import for_candidates
from parley.web.holding import booking, picked, told
from parley.web.languages import in_language
from parley.web.offering import choice_of, nearest_to
from parley.web.pages import page
from parley.web.refusals import is_gone, kindly
from parley.web.visits import Visit, chosen_zone, day_of, kept, more, slot_id_of, zone_name

WAIT_FOR = timedelta(days=14)  # that the form of the waitlist begins with


@in_language
@for_candidates
@require_safe
def interview(request: HttpRequest, link: str) -> HttpResponse:
    """The interview: its booking, or the times to choose from, or the one that was picked (``?slot=``)."""
    return show(request, link)


@in_language
@for_candidates
@require_safe
def times(request: HttpRequest, link: str) -> HttpResponse:
    """What of the page changes while somebody chooses: 304 as long as it has not, 204 where it does not matter."""
    now = timezone.now()
    try:
        visit = Visit.of(request, link, now=now)
    except DomainError as error:
        return closed(request, link, error, now=now)
    wanted = _wanted(visit)
    if not visit.may_choose() or (wanted and picked(visit, wanted)):
        return HttpResponse(status=204)
    values = {**_common(visit), **_offer(visit, wanted)}
    content = render_to_string("web/booking/offer.html", values, request)
    etag = f'"{hashlib.sha256(content.encode()).hexdigest()[:32]}"'
    answer = HttpResponse(content) if request.headers.get("If-None-Match") != etag else HttpResponse(status=304)
    answer["ETag"] = etag
    return answer


@in_language
@for_candidates
@require_POST
def book(request: HttpRequest, link: str) -> HttpResponse:
    """Take a time, or move to it where one is held."""
    now = timezone.now()
    slot_id = slot_id_of(request.POST.get("slot", ""))
    if slot_id is None:
        return show(request, link, refusal=_("Choose one of the times below."), status=400)
    try:
        opened, _holder = open_link(link, now=now)
        is_move = queries.live_schedule(opened.interview_id) is not None
        take = reschedule_by_link if is_move else book_by_link
        take(token=link, slot_id=slot_id, timezone=zone_name(request.POST.get("timezone", "")), now=now)
    except DomainError as error:
        if _has_it(link, slot_id, now=now):
            return to_interview(request, link, done="booked")
        lost = slot_id if is_gone(error) else None
        return show(request, link, refusal=kindly(error), status=error.status, lost=lost)
    return to_interview(request, link, done="moved" if is_move else "booked")


def _has_it(link: str, slot_id: UUID, *, now: datetime) -> bool:
    """Whether that time is the booked one: the form was sent twice, or from another tab."""
    with suppress(DomainError):
        held = queries.live_schedule(open_link(link, now=now)[0].interview_id)
        return held is not None and held.slot_id == slot_id
    return False


@in_language
@for_candidates
@require_POST
def cancel(request: HttpRequest, link: str) -> HttpResponse:
    """Give the booking up."""
    try:
        cancel_by_link(token=link, reason=request.POST.get("reason", "").replace("\0", "")[:2000], now=timezone.now())
    except DomainError as error:
        return show(request, link, refusal=kindly(error), status=error.status)
    return to_interview(request, link, done="cancelled")


def to_interview(request: HttpRequest, link: str, **more: str) -> HttpResponseRedirect:
    """Back to the page, in the zone and language that were chosen."""
    query = urlencode(kept(request) | more)
    return redirect(f"{reverse('interview', args=[link])}{'?' if query else ''}{query}")


def show(
    request: HttpRequest, token: str, *, refusal: str = "", status: int = 200, lost: UUID | None = None
) -> HttpResponse:
    """The page of a link, with a ``refusal`` of what was just tried, and what is near to a slot that was ``lost``.

    Shows the reason where the link does not open.
    """
    now = timezone.now()
    try:
        visit = Visit.of(request, token, now=now)
    except DomainError as error:
        return closed(request, token, error, now=now)
    is_choosing = visit.seeker.held is None or "change" in request.GET or bool(refusal)
    wanted = lost or (_wanted(visit) if not refusal else None)
    may_choose = visit.may_choose()
    chosen = picked(visit, wanted) if wanted and may_choose else None
    shown = {
        **_common(visit),
        **told(visit),
        **booking(visit),
        **_page(visit),
        "refusal": refusal,
        "picked": chosen,
        "is_choosing": (is_choosing or wanted is not None) and may_choose,
    }
    if shown["is_choosing"] and chosen is None:
        shown |= _offer(visit, wanted)
    return page(request, "web/interview.html", shown, status=status)


def _wanted(visit: Visit) -> UUID | None:
    """The time that was picked; not where it is the booked one by now, as after going back."""
    wanted, held = slot_id_of(visit.request.GET.get("slot", "")), visit.seeker.held
    return wanted if held is None or held.slot_id != wanted else None


def _common(visit: Visit) -> dict[str, Any]:
    """What each part of the page stands on."""
    stays = kept(visit.request)
    choosing = stays | ({"change": "1"} if visit.seeker.held else {})
    return {
        "link": visit.token,
        "here": reverse("interview", args=[visit.token]),  # what answers a form is at another address
        "interview": visit.link.interview,
        "held": visit.seeker.held,
        "clock": visit.clock,
        "kept": more(stays),
        "choosing": more(choosing),
    }


def _page(visit: Visit) -> dict[str, Any]:
    """What surrounds the times."""
    request, clock = visit.request, visit.clock
    is_guess = request.method == "GET" and not (chosen_zone(request) or visit.link.timezone)
    today = today_in(clock.zone, visit.now)
    return {
        "languages": _languages(request, visit.token),
        "zones": zone_choices(str(clock.locale)),
        "guess": clock.zone.key if is_guess else "",
        "stays": {name: value for name, value in request.GET.items() if name in ("lang", "change", "day", "slot")},
        "weekdays": weekdays(clock.locale),
        "first": today.isoformat(),
        "last": (today + WAIT_FOR).isoformat(),
    }


def _offer(visit: Visit, wanted: UUID | None) -> dict[str, Any]:
    """The times to choose from; where a ``wanted`` one is gone, those nearest to it as well."""
    lost = InterviewSlot.objects.visible_to(visit.holder).filter(pk=wanted).first() if wanted else None
    day, month = day_of(visit.request.GET.get("day", "")), day_of(f"{visit.request.GET.get('month', '')}-01")
    if lost is not None:
        day = visit.clock.local_day(lost.start_time)
    return {
        "is_gone": wanted is not None,
        "wanted": wanted,
        "nearest": nearest_to(visit.seeker, lost.start_time, visit.clock, now=visit.now) if lost else [],
        "choice": choice_of(visit.seeker, visit.clock, day=day, month=month, now=visit.now),
    }


def _languages(request: HttpRequest, token: str) -> list[tuple[str, str, str]]:
    """The languages, each with its name and this page's address in it."""
    path = reverse("interview", args=[token])
    shown = {name: request.GET[name] for name in ("timezone", "change", "day", "month", "slot") if name in request.GET}
    return [(code, name, f"{path}?{urlencode(shown | {'lang': code})}") for code, name in settings.LANGUAGES]


def closed(request: HttpRequest, token: str, error: DomainError, *, now: datetime) -> HttpResponse:
    """The page of a link that does not open, with the reason."""
    shown: dict[str, Any] = {"languages": _languages(request, token), "reason": kindly(error)}
    if isinstance(error, NotFound):
        wait = count_guess(client_address(request), now=now)
        if wait is not None:
            answer = page(request, "web/too_often.html", shown | {"wait": wait}, status=429)
            answer["Retry-After"] = str(wait)
            return answer
    return page(request, "web/link_closed.html", shown, status=error.status)
