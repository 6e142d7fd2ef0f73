"""Inviting candidates: one from the own page, several or all of a list, and the report what became of it."""

from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_POST, require_safe

from parley.core.errors import DomainError
from parley.hiring.models import Candidate
from parley.interviews.models import InvitationBatch
from parley.interviews.operations.inviting import AT_ONCE, MOST, begin_inviting, invite_next, invite_to_job
from parley.interviews.rules.states import InvitingState, InvitingStatus
from parley.interviews.tasks import invitations_last
from parley.organizations.models import User
from parley.web.app import back, colleague, page_of, show, tell, tell_refusal
from parley.web.candidates.forms import InviteForm
from parley.web.candidates.listing import Filter
from parley.web.choices import number_of

STATES = {"": "All", "invited": "Invited", "refused": "Not invited"}


@colleague
@require_POST
def invite_one(request: HttpRequest, user: User, pk: int) -> HttpResponse:
    """Invite one candidate, and go to the interview, which has the link to copy."""
    candidate = Candidate.objects.seen_by(user, pk=pk, thing="candidate")
    form = InviteForm(request.POST, user=user)
    otherwise = redirect("app-candidate", pk=pk)
    if not form.is_valid():
        tell_refusal(request, _first_error(form))
        return otherwise
    try:
        interview = invite_to_job(
            candidate_id=pk, **form.wishes(), valid_for=invitations_last(), actor=user, now=timezone.now()
        )
    except DomainError as error:
        tell_refusal(request, error.detail)
        return otherwise
    tell(request, f"{candidate.full_name} is invited: the e-mail is on its way.")
    return redirect("app-interview", pk=interview.pk)


@colleague
@require_POST
def invite_many(request: HttpRequest, user: User) -> HttpResponse:
    """Invite those who are ticked, or all whom the filter finds."""
    form = InviteForm(request.POST, user=user, prefix="to")
    otherwise = back(request, reverse("app-candidates"))
    if not form.is_valid():
        tell_refusal(request, _first_error(form))
        return otherwise
    now = timezone.now()
    try:
        batch = begin_inviting(candidate_ids=_chosen(request, user), **form.wishes(), actor=user, now=now)
        if batch.total <= AT_ONCE:
            invite_next(batch_id=batch.pk, valid_for=invitations_last(), now=now)
    except DomainError as error:
        tell_refusal(request, error.errors["candidates"][0] if "candidates" in error.errors else error.detail)
        return otherwise
    return redirect("app-invited", pk=batch.pk)


@colleague
@require_safe
def invited(request: HttpRequest, user: User, pk: UUID) -> HttpResponse:
    """Who was invited and who could not be, and why; how far it has come, as long as it goes on."""
    rows = InvitationBatch.objects.select_related("job")
    batch = rows.seen_by(user, pk=pk, thing="invitation batch")
    state = request.GET.get("state", "")
    state = state if state in STATES else ""
    shown = batch.rows.exclude(state=InvitingState.WAITING).select_related("candidate").order_by("pk")
    page = page_of(request, shown.filter(state=state) if state else shown)
    values: dict[str, Any] = {
        "batch": batch,
        "is_running": batch.status == InvitingStatus.RUNNING,
        "page": page,
        "state": state,
        "states": STATES,
        "here": "app-candidates",
    }
    return show(request, "web/app/candidates/invited.html", values)


def _chosen(request: HttpRequest, user: User) -> list[int]:
    if request.POST.get("everyone"):
        return list(Filter.of(request.POST).rows(user).values_list("pk", flat=True)[: MOST + 1])
    numbers = (number_of(text) for text in request.POST.getlist("candidate"))
    return [number for number in numbers if number is not None]


def _first_error(form: InviteForm) -> str:
    name, messages = next(iter(form.errors.items()))
    label = form.fields[name].label if name in form.fields else ""
    return f"{label}: {messages[0]}" if label else str(messages[0])
