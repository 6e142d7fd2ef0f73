"""What candidates can know afterwards: what was asked about, that people decide, and what a person answers."""

from typing import Any
from urllib.parse import urlencode

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST, require_safe

from parley.core.errors import DomainError
from parley.evaluations.operations.requests import ask_by_link
from parley.evaluations.queries import Explanation, explanation_of
from parley.evaluations.rules.states import LONGEST_MESSAGE, Wish
from parley.web.candidate import closed
from parley.web.faces import for_candidates
from parley.web.languages import in_language
from parley.web.pages import page
from parley.web.refusals import kindly
from parley.web.visits import Visit, kept, more

_TITLES = {
    Wish.EXPLANATION: gettext_lazy("Ask for an explanation"),
    Wish.REVIEW: gettext_lazy("Ask for a review by a person"),
}
_MEANINGS = {
    Wish.EXPLANATION: gettext_lazy("A person tells you what counted in the decision about your interview."),
    Wish.REVIEW: gettext_lazy("A person looks at your interview once more, and tells you what comes of it."),
}


@in_language
@for_candidates
@require_safe
def explanation(request: HttpRequest, link: str) -> HttpResponse:
    """What the interview asked about, and what a person has answered."""
    return show(request, link)


@in_language
@for_candidates
@require_POST
def ask(request: HttpRequest, link: str) -> HttpResponse:
    """Ask for an explanation or a review."""
    message = request.POST.get("message", "").replace("\0", "").replace("\r\n", "\n")
    if len(message) > LONGEST_MESSAGE:
        refusal = _("This is too long: at most 2,000 characters are taken.")
        return show(request, link, refusal=refusal, status=400, typed=message)
    try:
        ask_by_link(token=link, kind=request.POST.get("kind", ""), message=message, now=timezone.now())
    except DomainError as error:
        return show(request, link, refusal=kindly(error), status=error.status, typed=message)
    query = urlencode(kept(request))
    return redirect(f"{reverse('room-explanation', args=[link])}{'?' if query else ''}{query}")


def show(request: HttpRequest, token: str, *, refusal: str = "", status: int = 200, typed: str = "") -> HttpResponse:
    """The page, with a ``refusal`` of what was just tried; an interview that is not over has none."""
    now = timezone.now()
    try:
        visit = Visit.of(request, token, now=now)
    except DomainError as error:
        return closed(request, token, error, now=now)
    found = explanation_of(visit.link.interview)
    if found is None:
        query = urlencode(kept(request))
        return redirect(f"{reverse('room', args=[token])}{'?' if query else ''}{query}")
    values = _shown(visit, found) | {"refusal": refusal, "typed": typed, "sent": request.POST.get("kind", "")}
    return page(request, "web/room/explanation.html", values, status=status)


def _shown(visit: Visit, found: Explanation) -> dict[str, Any]:
    deleted = found.session.said_deleted_at
    return {
        "link": visit.token,
        "interview": visit.link.interview,
        "clock": visit.clock,
        "kept": more(kept(visit.request)),
        "languages": _languages(visit),
        "kit": found.kit,
        "deleted": visit.clock.day(visit.clock.local_day(deleted)) if deleted else "",
        "requests": [_request(kind, visit, found) for kind in Wish],
        "longest": LONGEST_MESSAGE,
    }


def _request(kind: Wish, visit: Visit, found: Explanation) -> dict[str, Any]:
    made = found.request(kind)
    asked = visit.clock.day(visit.clock.local_day(made.created_at)) if made else ""
    answered = visit.clock.day(visit.clock.local_day(made.answered_at)) if made and made.answered_at else ""
    who = made.answered_by.full_name if made and made.answered_by else ""
    return {
        "kind": kind.value,
        "title": _TITLES[kind],
        "meaning": _MEANINGS[kind],
        "made": made,
        "asked": asked,
        "answered": answered,
        "who": who,
    }


def _languages(visit: Visit) -> list[tuple[str, str, str]]:
    path, stays = reverse("room-explanation", args=[visit.token]), kept(visit.request)
    return [(code, name, f"{path}?{urlencode(stays | {'lang': code})}") for code, name in settings.LANGUAGES]
