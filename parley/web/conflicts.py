"""The inbox of conflicts: settle one with a click, and undo it afterwards."""

from collections.abc import Callable
from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_POST, require_safe

from parley.core.errors import DomainError, Invalid
from parley.interviews.models import InterviewConflict
from parley.interviews.operations.conflicts import resolve_conflict
from parley.interviews.operations.undoing import undo_resolution
from parley.interviews.rules.states import Resolution
from parley.organizations.models import User
from parley.web.app import back, member, page_of, show, tell, tell_refusal
from parley.web.inbox import STATES, cards, inbox

PER_PAGE = 20
DONE = {
    Resolution.RESCHEDULED: "The interview is moved.",
    Resolution.CANCELLED: "The interview is cancelled.",
    Resolution.RESOLVED: "The conflict is settled, and all is left as it is.",
}


@member
@require_safe
def conflicts(request: HttpRequest, user: User) -> HttpResponse:
    """A page of them, open ones first."""
    state = _state(request.GET)
    page = page_of(request, inbox(user, state=state), size=PER_PAGE)
    values = {
        "state": state,
        "states": STATES,
        "page": page,
        "cards": cards(list(page.object_list), now=timezone.now()),
        "here": "conflicts",
        "shows_company": user.sees_all,
    }
    return show(request, "web/app/conflicts.html", values)


@member
@require_POST
def settle(request: HttpRequest, user: User, pk: UUID) -> HttpResponse:
    """Move the interview to a place, cancel it, or leave all as it is."""

    def act() -> str:
        resolution = _resolution(request.POST.get("resolution", ""))
        slot_id = _slot(request.POST.get("slot", ""))
        resolve_conflict(
            conflict_id=pk, resolution=resolution, slot_id=slot_id, notes="", actor=user, now=timezone.now()
        )
        return DONE[resolution]

    return _done(request, user, pk, act, undoable=True)


@member
@require_POST
def undo(request: HttpRequest, user: User, pk: UUID) -> HttpResponse:
    """Give back the state before, or take back a place that Parley holds."""

    def act() -> str:
        undo_resolution(conflict_id=pk, actor=user, now=timezone.now())
        return "Undone: the conflict is open, and left to you."

    return _done(request, user, pk, act, undoable=False)


def _done(request: HttpRequest, user: User, pk: UUID, act: Callable[[], str], *, undoable: bool) -> HttpResponse:
    """Do it, and go back to the list with what has become of it; a refusal in its own words."""
    InterviewConflict.objects.seen_by(user, pk=pk, thing="conflict")
    try:
        tell(request, act(), undo=reverse("conflict-undo", args=[pk]) if undoable else "")
    except DomainError as error:
        tell_refusal(request, error.detail)
    query = urlencode({"state": _state(request.POST), "page": request.POST.get("page", "1")[:9]})
    return back(request, f"{reverse('conflicts')}?{query}")


def _state(values: Any) -> str:
    state = values.get("state", "")
    return state if state in STATES else "all"


def _resolution(text: str) -> Resolution:
    if text not in DONE:
        raise Invalid("Choose what is to become of it.")
    return Resolution(text)


def _slot(text: str) -> UUID | None:
    try:
        return UUID(text) if text else None
    except ValueError as error:
        raise Invalid("Choose one of the places.") from error
