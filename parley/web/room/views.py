"""The room's page, and its forms."""

from collections.abc import Callable
from datetime import datetime
from typing import Any
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from parley.conversations.operations.answering import answer_question
from parley.conversations.operations.asking import ask_for_human, give_feedback
from parley.conversations.operations.ending import finish_session
from parley.conversations.operations.opening import start_session
from parley.conversations.operations.speaking import resume
from parley.core.errors import DomainError
from parley.web.candidate import closed, to_interview
from parley.web.faces import for_candidates
from parley.web.languages import in_language
from parley.web.pages import page
from parley.web.refusals import kindly
from parley.web.room.shown import room_of, template_of
from parley.web.visits import Visit, kept, slot_id_of

LONGEST_ANSWER = 20_000


@in_language
@for_candidates
@require_safe
def room(request: HttpRequest, link: str) -> HttpResponse:
    """Where the interview stands: waited for, held, or over."""
    return show(request, link)


@in_language
@for_candidates
@require_POST
def start(request: HttpRequest, link: str) -> HttpResponse:
    """Begin, with consent."""
    version, accepted = request.POST.get("consent_version", ""), request.POST.get("accepted") == "1"
    return _done(
        request,
        link,
        lambda now: start_session(token=link, consent_version=version, accepted=accepted, now=now),
        beside="consent",
    )


@in_language
@for_candidates
@require_POST
def answer(request: HttpRequest, link: str) -> HttpResponse:
    """Answer the open question, or leave it out."""
    text = _text(request, "text")
    if request.POST.get("skip"):
        text = ""
    elif not text.strip():
        return show(request, link, refusal=_("Write an answer, or leave the question out."), status=400, beside="text")
    if len(text) > LONGEST_ANSWER:
        refusal = _("This answer is too long: at most 20,000 characters are taken.")
        return show(request, link, refusal=refusal, status=400, beside="text", typed=text)
    client_id = _text(request, "client_id")[:64]
    turn_id = slot_id_of(request.POST.get("turn", ""))
    return _done(
        request,
        link,
        lambda now: answer_question(token=link, client_id=client_id, text=text, turn_id=turn_id, now=now),
        typed=text,
    )


@in_language
@for_candidates
@require_POST
def finish(request: HttpRequest, link: str) -> HttpResponse:
    """End the interview."""
    return _done(request, link, lambda now: finish_session(token=link, now=now))


@in_language
@for_candidates
@require_POST
def human(request: HttpRequest, link: str) -> HttpResponse:
    """Ask for a person."""
    message = _text(request, "message")[:2000]
    return _done(request, link, lambda now: ask_for_human(token=link, message=message, now=now))


@in_language
@for_candidates
@require_POST
def feedback(request: HttpRequest, link: str) -> HttpResponse:
    """Keep what the candidate thought of it."""
    said, text = request.POST.get("rating", ""), _text(request, "text")[:5000]
    rating = int(said) if said in ("1", "2", "3", "4", "5") else 0
    if not rating:
        return show(request, link, refusal=_("Choose one of the five."), status=400, beside="rating")
    return _done(request, link, lambda now: give_feedback(token=link, rating=rating, text=text, now=now))


def show(
    request: HttpRequest, token: str, *, refusal: str = "", status: int = 200, beside: str = "", typed: str = ""
) -> HttpResponse:
    """The room of a link, with a ``refusal`` of what was just tried ``beside`` a field, and what was ``typed``."""
    now = timezone.now()
    try:
        visit = Visit.of(request, token, now=now)
    except DomainError as error:
        return closed(request, token, error, now=now)
    try:
        standing = resume(visit.link.interview, now=now)
    except DomainError:
        return to_interview(request, token)
    values = room_of(visit, standing) | {"refusal": refusal, "beside": beside}
    if typed:
        values["draft"] = typed
    return page(request, template_of(visit, standing), values, status=status)


def _done(
    request: HttpRequest, link: str, act: Callable[[datetime], Any], *, beside: str = "", typed: str = ""
) -> HttpResponse:
    """Do it, and show the room anew; or with why it could not be."""
    try:
        act(timezone.now())
    except DomainError as error:
        return show(request, link, refusal=kindly(error), status=error.status, beside=beside, typed=typed)
    query = urlencode(kept(request))
    return redirect(f"{reverse('room', args=[link])}{'?' if query else ''}{query}")


def _text(request: HttpRequest, name: str) -> str:
    """What was written; line breaks as they are kept everywhere."""
    return request.POST.get(name, "").replace("\0", "").replace("\r\n", "\n")
