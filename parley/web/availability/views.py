"""The list of weeks, and the editor of one."""

from typing import Any
from zoneinfo import ZoneInfo

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from parley.core.errors import DomainError, NotFound
from parley.interviews import queries
from parley.interviews.models import AIInterviewConfiguration
from parley.interviews.operations.weeks import Week, WeekReport, preview_week, save_week
from parley.interviews.rules.states import InterviewType
from parley.organizations.models import User
from parley.web.app import back, colleague, show, tell, tell_refusal
from parley.web.availability import keeping
from parley.web.availability.countries import calendars
from parley.web.availability.editing import Editor
from parley.web.availability.shown import Preview, ShownWeek

Patterns = list[AIInterviewConfiguration]


@colleague
@require_safe
def weeks(request: HttpRequest, user: User) -> HttpResponse:
    """All weeks of the company."""
    shown = [ShownWeek.of(week) for week in queries.weeks(user)]
    return show(request, "web/app/availability/weeks.html", {"weeks": shown, "here": "app-availability"})


@colleague
@require_http_methods(["GET", "HEAD", "POST"])
def new_week(request: HttpRequest, user: User) -> HttpResponse:
    """A week that is not there yet, with usual hours filled in."""
    return _edit(request, user, [])


@colleague
@require_http_methods(["GET", "HEAD", "POST"])
def week(request: HttpRequest, user: User, pk: int) -> HttpResponse:
    """The week that a pattern belongs to."""
    found = next((each for each in queries.weeks(user) if any(pattern.pk == pk for pattern in each)), None)
    if found is None:
        raise NotFound.of("week")
    return _edit(request, user, found)


@colleague
@require_POST
def undo(request: HttpRequest, user: User) -> HttpResponse:
    """Bring the week before back."""
    before = keeping.take(request)
    if before is None:
        tell_refusal(request, "There is nothing to undo any more.")
        return back(request, reverse("app-availability"))
    try:
        report = _save(user, before)
    except DomainError as error:
        tell_refusal(request, error.detail)
        return redirect("app-availability")
    tell(request, f"Undone: the week is as it was. {_told(report)}")
    return redirect("app-availability")


def _edit(request: HttpRequest, user: User, was: Patterns) -> HttpResponse:
    editor = Editor.of(request, user, was)
    if request.method != "POST":
        return _page(request, user, editor)
    if "row" in request.POST or not editor.is_valid():
        return _page(request, user, editor, status=200 if "row" in request.POST else 400)
    try:
        if "publish" in request.POST or "remove" in request.POST:
            return _publish(request, user, editor, was)
        report = preview_week(
            company_id=None,
            week=editor.week(),
            days=settings.PARLEY_SLOT_HORIZON_DAYS,
            actor=user,
            now=timezone.now(),
        )
    except DomainError as error:
        editor.refuse(error)
        return _page(request, user, editor, status=error.status)
    return _page(request, user, editor, preview=Preview.of(report, _zone(user, editor)))


def _publish(request: HttpRequest, user: User, editor: Editor, was: Patterns) -> HttpResponse:
    wanted = editor.week(without_windows="remove" in request.POST)
    report = _save(user, wanted)
    keeping.keep(request, was, report, wanted.interview_type)
    name = InterviewType(wanted.interview_type).label
    done = "is published" if report.configurations else "is removed"
    tell(request, f"The week “{name}” {done}. {_told(report)}", undo=reverse("app-week-undo"))
    return redirect("app-availability")


def _save(user: User, wanted: Week) -> WeekReport:
    days = settings.PARLEY_SLOT_HORIZON_DAYS
    return save_week(company_id=None, week=wanted, days=days, actor=user, now=timezone.now())


def _told(report: WeekReport) -> str:
    words = [f"Slots made: {len(report.created)}, removed: {len(report.removed)}."]
    if report.left:
        words.append(f"Booked and not offered any more: {len(report.left)}, see Conflicts.")
    return " ".join(words)


def _zone(user: User, editor: Editor) -> ZoneInfo:
    assert user.company is not None  # noqa: S101 (for colleagues alone)
    return ZoneInfo(editor.form.cleaned_data["timezone"] or user.company.timezone)


def _page(
    request: HttpRequest, user: User, editor: Editor, *, preview: Preview | None = None, status: int = 200
) -> HttpResponse:
    values: dict[str, Any] = {
        "here": "app-availability",
        "editor": editor,
        "form": editor.form,
        "windows": editor.windows,
        "preview": preview,
        "horizon": settings.PARLEY_SLOT_HORIZON_DAYS,
        "calendars": calendars(),
    }
    if request.headers.get("HX-Request"):  # while it is edited: what it would do, or what is wrong; always shown
        return show(request, "web/app/availability/preview.html", values | {"is_part": True})
    return show(request, "web/app/availability/week.html", values, status=status)
