"""Candidates: list, one page each, new, changed, deleted."""

from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_safe

from parley.core.errors import DomainError
from parley.hiring.models import Candidate
from parley.hiring.operations.candidates import create_candidate, delete_candidate, update_candidate
from parley.interviews import pipeline
from parley.organizations.models import User
from parley.organizations.operations.users import manages_people
from parley.privacy.operations.erasing import erase_candidate
from parley.privacy.operations.exporting import export_candidate
from parley.web.app import colleague, page_of, show, tell, tell_refusal
from parley.web.candidates.forms import REQUIRED, CandidateForm, EraseForm, InviteForm, values_of
from parley.web.candidates.listing import SORTS, STAGES, Filter, lines
from parley.web.choices import jobs_of
from parley.web.stages import cards_of
from parley.web.when import brief_day

form_methods = require_http_methods(["GET", "HEAD", "POST"])
HERE = {"here": "app-candidates"}


@colleague
@require_safe
def candidates(request: HttpRequest, user: User) -> HttpResponse:
    """A page of them; some or all can be invited."""
    wanted = Filter.of(request.GET)
    page = page_of(request, wanted.rows(user))
    values = {
        "page": page,
        "lines": lines(list(page), _zone(user), now=timezone.now()),
        "wanted": wanted,
        "stages": STAGES,
        "sorts": SORTS,
        "jobs": jobs_of(user),
        "invite": InviteForm(user=user, initial={"job": wanted.job_id}, prefix="to"),
    }
    return show(request, "web/app/candidates/candidates.html", values | HERE)


@colleague
@require_safe
def candidate(request: HttpRequest, user: User, pk: int) -> HttpResponse:
    """One, with the interviews and what was read from the resume."""
    found = pipeline.candidates(user).select_related("job", "resume").defer("resume__text")
    shown: Any = found.seen_by(user, pk=pk, thing="candidate")
    values = {
        "candidate": shown,
        "resume": getattr(shown, "resume", None),
        "may_erase": manages_people(user),
        "erased": brief_day(shown.erased_at, _zone(user)) if shown.erased_at else None,
        "added": brief_day(shown.created_at, _zone(user)),
        "cards": cards_of(shown.staged_interviews, _zone(user), now=timezone.now()),
        "invite": InviteForm(user=user, initial={"job": shown.job_id}),
    }
    return show(request, "web/app/candidates/candidate.html", values | HERE)


@colleague
@form_methods
def new_candidate(request: HttpRequest, user: User) -> HttpResponse:
    """Make one, with or without a resume."""
    form = CandidateForm(request.POST or None, request.FILES or None, user=user)
    if request.method == "POST" and form.is_valid():
        try:
            made = create_candidate(
                company_id=None,
                job_id=form.cleaned_data["job"],
                fields=form.fields_to_keep(),
                resume=form.upload(),
                actor=user,
                now=timezone.now(),
            )
        except DomainError as error:
            form.refuse(error)
        else:
            tell(request, f"{made.full_name} is added.")
            return redirect("app-candidate", pk=made.pk)
    return _form(request, form, None)


@colleague
@form_methods
def edit_candidate(request: HttpRequest, user: User, pk: int) -> HttpResponse:
    """Change one; a new resume replaces the one before."""
    found = Candidate.objects.select_related("resume").defer("resume__text")
    shown = found.seen_by(user, pk=pk, thing="candidate")
    is_sent = request.method == "POST"
    files = request.FILES if is_sent else None
    form = CandidateForm(request.POST if is_sent else None, files, user=user, initial=values_of(shown))
    if is_sent and form.is_valid():
        try:
            _change(form, request, user, pk)
        except DomainError as error:
            form.refuse(error)
        else:
            tell(request, "The changes are saved.")
            return redirect("app-candidate", pk=pk)
    return _form(request, form, shown)


@colleague
@form_methods
def delete(request: HttpRequest, user: User, pk: int) -> HttpResponse:
    """Ask once, as it cannot be undone; then remove one who was never invited."""
    found = Candidate.objects.seen_by(user, pk=pk, thing="candidate")
    if request.method != "POST":
        values = {"candidate": found, "is_used": found.interviews.exists()}
        return show(request, "web/app/candidates/delete.html", values | HERE)
    try:
        delete_candidate(candidate_id=pk, actor=user, now=timezone.now())
    except DomainError as error:
        tell_refusal(request, error.detail)
        return redirect("app-candidate", pk=pk)
    tell(request, f"{found.full_name} is deleted.")
    return redirect("app-candidates")


@colleague
@require_safe
def export(request: HttpRequest, user: User, pk: int) -> HttpResponse:
    """All that is kept of one, as a ZIP; it is in the history."""
    answer = HttpResponse(
        export_candidate(candidate_id=pk, actor=user, now=timezone.now()), content_type="application/zip"
    )
    answer["Content-Disposition"] = f'attachment; filename="candidate-{pk}.zip"'
    return answer


@colleague
@form_methods
def erase(request: HttpRequest, user: User, pk: int) -> HttpResponse:
    """Ask for the address, as it cannot be undone; then delete all that tells who it was."""
    found = Candidate.objects.seen_by(user, pk=pk, thing="candidate")
    if not manages_people(user):
        raise PermissionDenied
    form = EraseForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            erase_candidate(candidate_id=pk, email=form.cleaned_data["email"], actor=user, now=timezone.now())
        except DomainError as error:
            form.refuse(error)
        else:
            tell(request, "The data are deleted. The proof is in the settings, under data protection.")
            return redirect("app-candidate", pk=pk)
    values = {"candidate": found, "form": form} | HERE
    return show(request, "web/app/candidates/erase.html", values, status=400 if form.errors else 200)


def _change(form: CandidateForm, request: HttpRequest, user: User, pk: int) -> None:
    # Beside a resume name and address may be left empty: they stay as they are.
    kept = {name: value for name, value in form.fields_to_keep().items() if value or name not in REQUIRED}
    update_candidate(
        candidate_id=pk,
        fields={**kept, "job_id": form.cleaned_data["job"]},
        resume=form.upload(),
        drop_resume=bool(request.POST.get("drop_resume")),
        actor=user,
        now=timezone.now(),
    )


def _form(request: HttpRequest, form: CandidateForm, candidate: Candidate | None) -> HttpResponse:
    resume = getattr(candidate, "resume", None)
    values = {"form": form, "candidate": candidate, "resume": resume}
    return show(request, "web/app/candidates/form.html", values | HERE, status=400 if form.errors else 200)


def _zone(user: User) -> Any:
    assert user.company is not None  # noqa: S101 (``colleague`` has looked)
    return user.company.zone
