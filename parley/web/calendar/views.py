"""The calendar's page, the slots that its script draws, and whether anything has changed."""

import hashlib
from datetime import date, timedelta
from typing import Any

import orjson
from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.cache import get_conditional_response
from django.views.decorators.gzip import gzip_page
from django.views.decorators.http import require_safe

from parley.core.timezones import local_days
from parley.interviews import agenda
from parley.organizations.models import Company, User
from parley.web.app import colleague, show
from parley.web.calendar.drawing import days, row
from parley.web.calendar.filters import STATE_NAMES, VIEWS, Chosen, jobs_to_choose
from parley.web.calendar.times import wall
from parley.web.calendar.words import TYPES

MOST_DAYS = 45  # a month's view shows six weeks
MOST_SLOTS = 12_000
PER_PAGE = 100


@colleague
@require_safe
def calendar(request: HttpRequest, user: User) -> HttpResponse:
    """The page: with scripts a calendar, without them a list of the week."""
    now, company = timezone.now(), company_of(user)
    mark = agenda.mark_now(user)  # before anything is read, so that what comes meanwhile is news
    chosen = Chosen.of(request.GET, company, now)
    values = {
        "here": "app-calendar",
        "chosen": chosen,
        "views": VIEWS,
        "types": TYPES,
        "states": STATE_NAMES,
        "jobs": jobs_to_choose(user, including=chosen.job_id),
        "zone": company.zone.key,
        "mark": str(mark),
        "wall": wall(now, company.zone),
        **_week(request, user, chosen),
    }
    return show(request, "web/app/calendar/calendar.html", values)


@gzip_page
@colleague
@require_safe
def slots(request: HttpRequest, user: User) -> HttpResponse:
    """The slots of a stretch of local days, ``start`` included and ``end`` not; 304 where the script has them."""
    now, company = timezone.now(), company_of(user)
    stretch = _stretch(request)
    if stretch is None:
        return HttpResponse("Ask for at most 45 days.\n", content_type="text/plain", status=400)
    begin, end = local_days(stretch[0], stretch[1] - timedelta(days=1), company.zone)
    asked = Chosen.of(request.GET, company, now).asked()
    found = agenda.drawn_slots(user, begin=begin, end=end, limit=MOST_SLOTS + 1, **asked)
    content = orjson.dumps(
        {
            "slots": [row(slot, company.zone) for slot in found[:MOST_SLOTS]],
            "jobs": {str(slot.job_id): slot.job_title for slot in found if slot.job_id is not None},
            "more": len(found) > MOST_SLOTS,
        }
    )
    etag = f'"{hashlib.sha256(content).hexdigest()}"'
    answer = HttpResponse(content, content_type="application/json", headers={"ETag": etag})
    known: HttpResponse | None = get_conditional_response(request, etag=etag, response=answer)
    return known or answer


@colleague
@require_safe
def changes(request: HttpRequest, user: User) -> HttpResponse:
    """Whether anything has happened since the mark that is named; and the company's clock."""
    mark = agenda.Mark.parse(request.GET.get("since", ""))
    if mark is None:
        return HttpResponse("Not a mark.\n", content_type="text/plain", status=400)
    news = agenda.news_since(user, mark)
    said = {
        "since": str(news.mark),
        "events": news.events,
        "others": news.by_others,
        "now": wall(timezone.now(), company_of(user).zone),
    }
    return HttpResponse(orjson.dumps(said), content_type="application/json")


def company_of(user: User) -> Company:
    """The company of a ``colleague``."""
    assert user.company is not None  # noqa: S101 (else the page is another one)
    return user.company


def _week(request: HttpRequest, user: User, chosen: Chosen) -> dict[str, Any]:
    """The list of the chosen week, a page of it: one statement."""
    number = request.GET.get("page", "1")
    page = max(1, int(number)) if number.isascii() and number.isdigit() and len(number) < 5 else 1
    zone = company_of(user).zone
    begin, end = local_days(chosen.monday, chosen.monday + timedelta(days=6), zone)
    offset = (page - 1) * PER_PAGE
    found = agenda.drawn_slots(user, begin=begin, end=end, limit=PER_PAGE + 1, offset=offset, **chosen.asked())
    return {
        "days": days(found[:PER_PAGE], zone),
        "page_number": page,
        "has_next": len(found) > PER_PAGE,
        "last_day": chosen.monday + timedelta(days=6),
        "earlier": chosen.with_day(chosen.day - timedelta(days=7)),
        "later": chosen.with_day(chosen.day + timedelta(days=7)),
    }


def _stretch(request: HttpRequest) -> tuple[date, date] | None:
    try:
        first, last = (date.fromisoformat(request.GET.get(name, "")[:10]) for name in ("start", "end"))
    except ValueError:
        return None
    is_sane = date(1971, 1, 1) < first < last < date(9990, 1, 1) and (last - first).days <= MOST_DAYS
    return (first, last) if is_sane else None
