"""Doing something to an interview, and saying on its page what has become of it."""

from collections.abc import Callable
from datetime import datetime
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils import timezone

from parley.core.errors import DomainError
from parley.interviews.models import Interview
from parley.organizations.models import User
from parley.web.app import back, tell, tell_refusal


def done(
    request: HttpRequest,
    user: User,
    pk: UUID,
    act: Callable[[datetime], str],
    *,
    undo: Callable[[], str] | None = None,
) -> HttpResponse:
    """Do it and go to the page of the interview; a refusal in its own words. ``act`` returns what to say."""
    Interview.objects.seen_by(user, pk=pk, thing="interview")
    try:
        said = act(timezone.now())
        tell(request, said, undo=undo() if undo is not None else "")
    except DomainError as error:
        messages = [message for several in error.errors.values() for message in several]
        tell_refusal(request, messages[0] if messages else error.detail)
    return back(request, reverse("app-interview", args=[pk]))


def undo_address(pk: UUID, schedule_id: UUID) -> str:
    """Where the change that left this booking behind is taken back."""
    return f"{reverse('app-interview-undo', args=[pk])}?schedule={schedule_id}"
