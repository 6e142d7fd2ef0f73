"""A slot's page, and what is done with it: make, change, move, cancel, complete, and take that back."""

from collections.abc import Callable
from datetime import datetime, timedelta
from urllib.parse import urlencode
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from parley.core.errors import DomainError
from parley.interviews import queries
from parley.interviews.models import InterviewSlot
from parley.interviews.operations.slots import (
    cancel_slot,
    complete_slot,
    create_slot,
    delete_slot,
    repeat_slot,
    update_slot,
)
from parley.organizations.models import User
from parley.web.app import back, colleague, page_of, show, tell, tell_refusal
from parley.web.calendar import times
from parley.web.calendar.detail import Detail, booked, live_bookings, waiting
from parley.web.calendar.filters import jobs_to_choose
from parley.web.calendar.forms import WHILE_FREE, SlotForm, as_given
from parley.web.calendar.views import company_of
from parley.web.calendar.words import TYPES, in_words

BOOKINGS_PER_PAGE = 20


@colleague
@require_safe
def slot(request: HttpRequest, user: User, pk: UUID) -> HttpResponse:
    """A slot: who is booked on it, who could be, and what can be done."""
    now = timezone.now()
    found = seen(user, pk)
    detail = Detail.of(found, now)
    text = request.GET.get("q", "").replace("\0", "").strip()[:100]
    page = page_of(request, live_bookings(user, found), size=BOOKINGS_PER_PAGE)
    people, has_more = waiting(user, found, text=text) if detail.has_room else ([], False)
    values = {
        "here": "app-calendar",
        "detail": detail,
        "page": page,
        "bookings": booked(list(page.object_list), found.company.zone, now=now),
        "people": people,
        "has_more": has_more,
        "q": text,
        "calendar": calendar_at(detail.day),
    }
    return show(request, "web/app/calendar/slot.html", values)


@colleague
@require_http_methods(["GET", "HEAD", "POST"])
def new(request: HttpRequest, user: User) -> HttpResponse:
    """Make a slot; the address may say the date, the start, the minutes, the type and the job."""
    zone = company_of(user).zone
    given = {name: request.GET[name] for name in (*WHILE_FREE, "max_candidates") if name in request.GET}
    wanted = {"date": f"{timezone.now().astimezone(zone) + timedelta(days=1):%Y-%m-%d}", "start": "09:00", **given}
    wanted["ai_interview_type"] = request.GET.get("type", wanted.get("ai_interview_type", "technical"))
    form = SlotForm(request.POST or None, zone=zone, jobs=jobs_to_choose(user), initial=wanted)
    if request.method == "POST" and form.is_valid() and (made := _create(form, user)) is not None:
        tell(request, f"{_named(made)} is made.", undo=reverse("app-slot-remove", args=[made.pk]))
        return back(request, calendar_at(f"{made.start_time.astimezone(zone):%Y-%m-%d}"))
    return _form(request, form, title="New slot", button="Make the slot")


@colleague
@require_http_methods(["GET", "HEAD", "POST"])
def edit(request: HttpRequest, user: User, pk: UUID) -> HttpResponse:
    """Change a slot; while somebody is booked on it, only its places and notes."""
    found = seen(user, pk)
    zone = found.company.zone
    jobs = jobs_to_choose(user, including=found.job_id)
    form = SlotForm(request.POST or None, zone=zone, jobs=jobs, initial=as_given(found, zone))
    is_free = Detail.of(found, timezone.now()).is_free
    if not is_free:
        form.freeze()
    if request.method == "POST" and form.is_valid() and _change(form, found, user, is_free=is_free):
        tell(request, f"{_named(seen(user, pk))} is changed.", undo=_put_back(found) if is_free else "")
        return redirect("app-slot", pk=pk)
    more = {"slot": found, "is_free": is_free}
    return _form(request, form, title="Change the slot", button="Save", **more)


@colleague
@require_POST
def move(request: HttpRequest, user: User, pk: UUID) -> HttpResponse:
    """Give a slot another time: ``start`` and ``end`` on the wall clock, or ``from`` and ``until`` as instants."""
    found = seen(user, pk)

    def act() -> str:
        start, end = _wanted(request, found)
        fields = {"start_time": start, "end_time": end}
        update_slot(slot_id=pk, fields=fields, actor=user, now=timezone.now())
        moved = times.Stretch.of(start, end, found.company.zone)
        return f"The slot is moved to {moved.text}."

    return done(request, pk, act, undo=None if "from" in request.GET else lambda: _put_back(found))


@colleague
@require_POST
def cancel(request: HttpRequest, user: User, pk: UUID) -> HttpResponse:
    """Cancel a slot with its bookings; one without any can be made again."""
    found = seen(user, pk)

    def act() -> str:
        reason = request.POST.get("reason", "").replace("\0", "").strip()[:2000]
        cancel_slot(slot_id=pk, cascade=True, reason=reason, actor=user, now=timezone.now())
        lost = found.current_bookings
        return "The slot is cancelled." + (f" {_lost(lost)}" if lost else "")

    is_undoable = not found.current_bookings
    return done(request, pk, act, undo=(lambda: reverse("app-slot-again", args=[pk])) if is_undoable else None)


@colleague
@require_POST
def again(request: HttpRequest, user: User, pk: UUID) -> HttpResponse:
    """Make a cancelled slot once more."""
    seen(user, pk)
    made: list[UUID] = []

    def act() -> str:
        made.append(repeat_slot(slot_id=pk, actor=user, now=timezone.now()).pk)
        return "The slot is there again."

    return done(request, pk, act, otherwise=lambda: made[0] if made else pk)


@colleague
@require_POST
def remove(request: HttpRequest, user: User, pk: UUID) -> HttpResponse:
    """Take back a slot that has just been made, unless somebody is booked on it by now."""
    found = seen(user, pk)
    day = f"{found.start_time.astimezone(found.company.zone):%Y-%m-%d}"
    try:
        delete_slot(slot_id=pk, cascade=False, actor=user, now=timezone.now())
    except DomainError as error:
        tell_refusal(request, in_words(error))
        return redirect("app-slot", pk=pk)
    tell(request, "Undone: the slot is gone.")
    return back(request, calendar_at(day))


@colleague
@require_POST
def complete(request: HttpRequest, user: User, pk: UUID) -> HttpResponse:
    """Close a slot whose time has begun."""
    seen(user, pk)

    def act() -> str:
        complete_slot(slot_id=pk, actor=user, now=timezone.now())
        return "The slot is marked as over."

    return done(request, pk, act)


def done(
    request: HttpRequest,
    pk: UUID,
    act: Callable[[], str],
    *,
    undo: Callable[[], str] | None = None,
    otherwise: Callable[[], UUID] | None = None,
) -> HttpResponse:
    """Do it, and go back with what has become of it, to the slot unless the form says where; a refusal in words."""
    try:
        said = act()
        tell(request, said, undo=undo() if undo else "")
    except DomainError as error:
        tell_refusal(request, in_words(error))
    return back(request, reverse("app-slot", args=[otherwise() if otherwise else pk]))


def seen(user: User, pk: UUID) -> InterviewSlot:
    """The slot, with company and job; raises ``NotFound``."""
    return queries.slots(user).seen_by(user, pk=pk, thing="slot")


def calendar_at(day: str) -> str:
    """The calendar's address at a day."""
    return f"{reverse('app-calendar')}?{urlencode({'date': day})}"


def _create(form: SlotForm, user: User) -> InterviewSlot | None:
    values = form.cleaned_data
    try:
        return create_slot(
            company_id=None,
            job_id=form.job_id,
            start_time=values["start_time"],
            end_time=values["end_time"],
            duration_minutes=None,
            fields=form.slot_fields,
            actor=user,
            now=timezone.now(),
        )
    except DomainError as error:
        form.refuse(error)
        return None


def _change(form: SlotForm, found: InterviewSlot, user: User, *, is_free: bool) -> bool:
    values = form.cleaned_data
    fields = form.slot_fields
    if is_free:
        fields |= {"start_time": values["start_time"], "end_time": values["end_time"], "job_id": form.job_id}
    else:
        fields.pop("ai_interview_type")
    try:
        update_slot(slot_id=found.pk, fields=fields, actor=user, now=timezone.now())
    except DomainError as error:
        form.refuse(error)
        return False
    return True


def _form(request: HttpRequest, form: SlotForm, *, title: str, button: str, **more: object) -> HttpResponse:
    values = {
        "here": "app-calendar",
        "form": form,
        "title": title,
        "button": button,
        "next": request.POST.get("next", request.GET.get("next", "")),
        "calendar": reverse("app-calendar"),
        **more,
    }
    return show(request, "web/app/calendar/form.html", values, status=400 if form.errors else 200)


def _wanted(request: HttpRequest, found: InterviewSlot) -> tuple[datetime, datetime]:
    """The new start and end. A wall clock's end is read as the first time after the start that it can mean."""
    if "from" in request.GET:
        return times.read_instant(request.GET["from"]), times.read_instant(request.GET.get("until", ""))
    zone = found.company.zone
    wall_start, wall_end = (request.POST.get(name, "") for name in ("start", "end"))
    start = found.start_time
    if wall_start and wall_start != times.wall(found.start_time, zone):
        start = times.start_at(times.read_wall(wall_start), zone)
    if not wall_end:
        return start, start + (found.end_time - found.start_time)
    return start, times.end_at(times.read_wall(wall_end), zone, after=start)


def _put_back(found: InterviewSlot) -> str:
    when = {"from": found.start_time.isoformat(), "until": found.end_time.isoformat()}
    return f"{reverse('app-slot-move', args=[found.pk])}?{urlencode(when)}"


def _named(found: InterviewSlot) -> str:
    when = times.Stretch.of(found.start_time, found.end_time, found.company.zone)
    return f"The {TYPES[found.ai_interview_type].lower()} slot on {when.text}"


def _lost(number: int) -> str:
    who = "1 interview has lost its time" if number == 1 else f"{number} interviews have lost their time"
    return f"{who}: see the conflicts."
