"""Jobs: list, one page each, archived and brought back."""

from dataclasses import dataclass
from typing import Any

from django.db.models import Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from parley.core.errors import DomainError
from parley.hiring.models import Candidate, Job
from parley.hiring.operations.jobs import create_job, delete_job, update_job
from parley.interviews.pipeline import job_counts, pipeline
from parley.interviews.rules.stages import PIPELINE, Stage
from parley.organizations.models import User
from parley.web.app import back, colleague, page_of, show, tell, tell_refusal
from parley.web.choices import search_of
from parley.web.jobs.forms import JobForm, values_of
from parley.web.stages import cards_of

STATES = {"active": "Active", "archived": "Archived", "all": "All"}
LATEST = 20
form_methods = require_http_methods(["GET", "HEAD", "POST"])


@dataclass(frozen=True)
class Line:
    """A job with how many of its interviews are where."""

    job: Job
    counts: list[tuple[Stage, int]]
    total: int


@colleague
@require_safe
def jobs(request: HttpRequest, user: User) -> HttpResponse:
    """A page of them, by name."""
    state = request.GET.get("state", "")
    state = state if state in STATES else "active"
    search = search_of(request)
    rows = Job.objects.visible_to(user).order_by("job_title", "pk")
    if state != "all":
        rows = rows.filter(is_active=state == "active")
    if search:
        rows = rows.filter(Q(job_title__icontains=search) | Q(location__icontains=search))
    page = page_of(request, rows)
    values = {"page": page, "lines": _lines(list(page)), "state": state, "states": STATES, "search": search}
    return show(request, "web/app/jobs/jobs.html", {**values, "here": "app-jobs"})


@colleague
@form_methods
def new_job(request: HttpRequest, user: User) -> HttpResponse:
    """Make one."""
    form = JobForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            job = create_job(company_id=None, fields=form.cleaned_data, actor=user, now=timezone.now())
        except DomainError as error:
            form.refuse(error)
        else:
            tell(request, f"{job.job_title} is there. Candidates can be invited to it.")
            return redirect("app-job", pk=job.pk)
    return _form(request, form, None)


@colleague
@require_safe
def job(request: HttpRequest, user: User, pk: int) -> HttpResponse:
    """One, with where its interviews stand."""
    found = Job.objects.seen_by(user, pk=pk, thing="job")
    latest = pipeline(user, job_id=found.pk).order_by("-updated_at", "pk")[:LATEST]
    values = {
        "job": found,
        "line": _lines([found])[0],
        "candidates": Candidate.objects.visible_to(user).filter(job=found).count(),
        "cards": cards_of(latest, user.company.zone if user.company else found.company.zone, now=timezone.now()),
        "here": "app-jobs",
    }
    return show(request, "web/app/jobs/job.html", values)


@colleague
@form_methods
def edit_job(request: HttpRequest, user: User, pk: int) -> HttpResponse:
    """Change one."""
    found = Job.objects.seen_by(user, pk=pk, thing="job")
    form = JobForm(request.POST if request.method == "POST" else None, initial=values_of(found))
    if request.method == "POST" and form.is_valid():
        try:
            update_job(job_id=pk, fields=form.cleaned_data, actor=user, now=timezone.now())
        except DomainError as error:
            form.refuse(error)
        else:
            tell(request, "The changes are saved.")
            return redirect("app-job", pk=pk)
    return _form(request, form, found)


@colleague
@require_POST
def archive(request: HttpRequest, user: User, pk: int) -> HttpResponse:
    """Take one off the list; nobody is invited to it any more."""
    found = update_job(job_id=pk, fields={"is_active": False}, actor=user, now=timezone.now())
    tell(request, f"{found.job_title} is archived.", undo=reverse("app-job-restore", args=[pk]))
    return back(request, reverse("app-jobs"))


@colleague
@require_POST
def restore(request: HttpRequest, user: User, pk: int) -> HttpResponse:
    """Bring an archived one back."""
    found = update_job(job_id=pk, fields={"is_active": True}, actor=user, now=timezone.now())
    tell(request, f"{found.job_title} is active again.", undo=reverse("app-job-archive", args=[pk]))
    return back(request, reverse("app-job", args=[pk]))


@colleague
@form_methods
def delete(request: HttpRequest, user: User, pk: int) -> HttpResponse:
    """Ask once, as it cannot be undone; then remove one that nothing refers to."""
    found = Job.objects.seen_by(user, pk=pk, thing="job")
    if request.method != "POST":
        return show(request, "web/app/jobs/delete.html", {"job": found, "here": "app-jobs"})
    try:
        delete_job(job_id=pk, actor=user, now=timezone.now())
    except DomainError as error:
        in_use = "Candidates, interviews or slots belong to this job, so it is kept. Archive it instead."
        tell_refusal(request, in_use if error.code == "in_use" else error.detail)
        return redirect("app-job", pk=pk)
    tell(request, f"{found.job_title} is deleted.")
    return redirect("app-jobs")


def _form(request: HttpRequest, form: JobForm, job: Job | None) -> HttpResponse:
    values: dict[str, Any] = {"form": form, "job": job, "here": "app-jobs"}
    return show(request, "web/app/jobs/form.html", values, status=400 if form.errors else 200)


def _lines(jobs: list[Job]) -> list[Line]:
    counted = job_counts(job.pk for job in jobs)
    return [_line(job, counted.get(job.pk, {})) for job in jobs]


def _line(job: Job, counts: dict[Stage, int]) -> Line:
    return Line(job, [(stage, counts.get(stage, 0)) for stage in PIPELINE], sum(counts.values()))
