"""The list of notifications, read one by one or all at once, and the number beside the bell."""

from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID
from zoneinfo import ZoneInfo

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_POST, require_safe

from parley.notifications import inbox
from parley.notifications.inbox_rules import Topic
from parley.notifications.models import Notification
from parley.notifications.operations.inbox import mark_all_read, mark_read
from parley.organizations.models import User
from parley.organizations.operations.users import manages_people
from parley.web.app import back, colleague, page_of, polled, show, tell
from parley.web.moments import Moment
from parley.web.when import brief

HERE = "app-notifications"
STATES = {"": "All", "unread": "Unread"}
ABOUT_RESULTS = (Topic.RATINGS_WANTED, Topic.REQUEST_OPENED)


@dataclass(frozen=True)
class Line:
    """A notification in the list; without an address there is nothing to open."""

    told: inbox.Told
    when: Moment
    address: str


@colleague
@require_safe
def notifications(request: HttpRequest, user: User) -> HttpResponse:
    """A page of them, the latest first."""
    state = request.GET.get("state", "")
    state = state if state in STATES else ""
    rows = Notification.objects.visible_to(user).order_by("-event_id")
    page = page_of(request, rows.filter(read_at__isnull=True) if state else rows, size=30)
    told = inbox.told(list(page), zone=_zone(user), actor=user)
    values = {
        "page": page,
        "lines": [_line(each, user, now=timezone.now()) for each in told],
        "state": state,
        "states": STATES,
        "until": max((each.row.created_at for each in told), default=None),
        "here": HERE,
    }
    return show(request, "web/app/notifications/notifications.html", values)


@colleague
@require_POST
def read(request: HttpRequest, user: User, pk: UUID) -> HttpResponse:
    """Mark one as read."""
    mark_read(notification_id=pk, actor=user, now=timezone.now())
    return back(request, reverse(HERE))


@colleague
@require_POST
def open_it(request: HttpRequest, user: User, pk: UUID) -> HttpResponse:
    """Mark one as read, and go to what it is about."""
    row = mark_read(notification_id=pk, actor=user, now=timezone.now())
    told = inbox.told([row], zone=_zone(user), actor=user)
    return redirect(_address(told[0], user) or HERE)


@colleague
@require_POST
def read_all(request: HttpRequest, user: User) -> HttpResponse:
    """Mark as read what has come until the page was shown: what came later was not seen yet."""
    until = None
    with suppress(ValueError):
        until = datetime.fromisoformat(request.POST.get("until", ""))
    if until is not None and until.tzinfo is not None:
        marked = mark_all_read(until=until, actor=user, now=timezone.now())
        tell(request, f"{marked} notification{'' if marked == 1 else 's'} marked as read.")
    return back(request, reverse(HERE))


@polled
@colleague
@require_safe
def number(request: HttpRequest, user: User) -> HttpResponse:
    """What the bell shows."""
    return show(request, "web/app/notifications/number.html")


def _line(told: inbox.Told, user: User, *, now: datetime) -> Line:
    return Line(told, brief(told.row.created_at, _zone(user), now=now), _address(told, user))


def _address(told: inbox.Told, user: User) -> str:
    row = told.row
    if row.kind == Topic.CONFLICT_OPENED:
        return f"{reverse('conflicts')}?state=open#conflict-{row.object_id}"
    if row.kind == Topic.WEBHOOK_DISABLED:
        return reverse("app-webhook", args=[row.object_id]) if manages_people(user) else ""
    page = "app-interview-results" if row.kind in ABOUT_RESULTS else "app-interview"
    return reverse(page, args=[told.interview_id]) if told.interview_id else ""


def _zone(user: User) -> ZoneInfo:
    assert user.company is not None  # noqa: S101 (``colleague`` has looked)
    return user.company.zone
