"""The candidate's link, the waitlist, and mails sent once more."""

from datetime import date, timedelta
from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_POST

from parley.core.errors import DomainError, Invalid
from parley.core.timezones import start_of_day
from parley.interviews.operations.links import invite_candidate, revoke_link
from parley.interviews.operations.waitlist import join_waitlist, leave
from parley.interviews.queries import live_waiting
from parley.interviews.rules.states import InterviewType
from parley.interviews.tasks import invitations_last
from parley.notifications.models import Message
from parley.notifications.operations.sending import send_again
from parley.organizations.models import User
from parley.web.app import back, colleague, tell, tell_refusal
from parley.web.interviews.doing import done


@colleague
@require_POST
def invite(request: HttpRequest, user: User, pk: UUID) -> HttpResponse:
    """Make a link and send it; an earlier one ends with it."""
    kind = request.POST.get("interview_type", "")

    def act(now: Any) -> str:
        wanted = kind if kind in InterviewType.values else ""
        invite_candidate(interview_id=pk, interview_type=wanted, valid_for=invitations_last(), actor=user, now=now)
        return "The invitation is on its way by e-mail. Earlier links do not open any more."

    return done(request, user, pk, act)


@colleague
@require_POST
def revoke(request: HttpRequest, user: User, pk: UUID) -> HttpResponse:
    """End the link."""

    def act(now: Any) -> str:
        revoke_link(interview_id=pk, actor=user, now=now)
        return "The link does not open any more. Invite again to send a new one."

    return done(request, user, pk, act)


@colleague
@require_POST
def wait(request: HttpRequest, user: User, pk: UUID) -> HttpResponse:
    """Let the interview wait for a place on some days, both included."""

    def act(now: Any) -> str:
        zone = user.company.zone if user.company else timezone.get_default_timezone()
        first, last = _day(request.POST.get("first", "")), _day(request.POST.get("last", ""))
        join_waitlist(
            interview_id=pk,
            interview_type="",
            start_after=start_of_day(first, zone),
            start_before=start_of_day(last + timedelta(days=1), zone),
            actor=user,
            now=now,
        )
        return "It waits: the candidate is offered the next place that becomes free."

    return done(request, user, pk, act, undo=lambda: reverse("app-interview-stop-waiting", args=[pk]))


@colleague
@require_POST
def stop_waiting(request: HttpRequest, user: User, pk: UUID) -> HttpResponse:
    """Take it off the waitlist."""

    def act(now: Any) -> str:
        entry = live_waiting(pk)
        if entry is None:
            raise Invalid("It is not on the waitlist any more.")
        leave(entry_id=entry.pk, actor=user, now=now)
        return "It is off the waitlist."

    return done(request, user, pk, act)


@colleague
@require_POST
def mail_again(request: HttpRequest, user: User, pk: UUID) -> HttpResponse:
    """Send a mail once more that did not arrive."""
    message = Message.objects.seen_by(user, pk=pk, thing="message")
    try:
        send_again(message_id=pk, actor=user, now=timezone.now())
        tell(request, "It is sent once more.")
    except DomainError as error:
        tell_refusal(request, error.detail)
    return back(request, reverse("app-interview", args=[message.interview_id]))


def _day(text: str) -> date:
    try:
        day = date.fromisoformat(text)
    except ValueError as error:
        raise Invalid("Say from which day until which it would wait.") from error
    if day.year >= 9000:
        raise Invalid("Choose days within a year from now.")
    return day
