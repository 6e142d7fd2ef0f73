"""The pipeline, and the page of each interview."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from parley.core.errors import DomainError, Invalid
from parley.interviews import pipeline
from parley.interviews.models import Interview
from parley.interviews.operations.interviews import delete_interview, update_interview
from parley.interviews.rules.stages import BESIDE, PIPELINE, Stage
from parley.organizations.models import User
from parley.web.app import colleague, page_of, show, tell, tell_refusal
from parley.web.choices import TYPES, jobs_of, number_of, search_of
from parley.web.interviews.doing import done
from parley.web.interviews.forms import FeedbackForm, InterviewForm
from parley.web.interviews.shown import page_of_interview
from parley.web.stages import Card, cards_of

IN_COLUMN = 15
HERE = {"here": "app-interviews"}
EMPTY = {
    Stage.INVITED: "Nobody is asked to choose a time at the moment. Invite candidates, and they show up here.",
    Stage.BOOKED: "No time is booked. Candidates who choose one move here by themselves.",
    Stage.HELD: "No interview was held yet. Those that are over move here by themselves.",
    Stage.DECIDED: "No interview is decided yet. Rate one that was held, and decide how it goes on.",
    Stage.UNINVITED: "All who have an interview are invited.",
    Stage.MISSED: "Nobody has missed an interview.",
    Stage.FAILED: "No interview has failed.",
    Stage.CANCELLED: "No interview is cancelled.",
}


@dataclass(frozen=True)
class Column:
    """A stage with its first interviews."""

    stage: Stage
    number: int
    cards: list[Card]
    empty: str

    @property
    def more(self) -> int:
        """How many it does not show."""
        return self.number - len(self.cards)


@colleague
@require_safe
def interviews(request: HttpRequest, user: User) -> HttpResponse:
    """The stages side by side; or all of one stage."""
    search, job_id = search_of(request), number_of(request.GET.get("job", ""))
    rows = pipeline.pipeline(user, search=search, job_id=job_id)
    numbers = pipeline.counts(rows)
    stage = request.GET.get("stage", "")
    values: dict[str, Any] = {
        "search": search,
        "job_id": job_id,
        "jobs": jobs_of(user),
        "is_narrow": bool(search or job_id),
        "total": sum(numbers.values()),
        "stage": stage if stage in Stage.values else "",
        "tabs": [(each, numbers[each]) for each in (*PIPELINE, *BESIDE)],
    }
    if values["stage"]:
        values |= _one_stage(request, rows, Stage(stage), _zone(user))
    else:
        values["columns"] = _columns(rows, numbers, _zone(user), now=timezone.now())
    return show(request, "web/app/interviews/interviews.html", values | HERE)


@colleague
@require_safe
def interview(request: HttpRequest, user: User, pk: UUID) -> HttpResponse:
    """One, with all that can be done about it, and what has happened."""
    found = pipeline.pipeline(user).seen_by(user, pk=pk, thing="interview")
    values = page_of_interview(found, user, _zone(user), now=timezone.now())
    forms = {"feedback": FeedbackForm(initial={"feedback": found.feedback}), "types": TYPES}
    return show(request, "web/app/interviews/interview.html", values | forms | HERE)


@colleague
@require_http_methods(["GET", "HEAD", "POST"])
def edit(request: HttpRequest, user: User, pk: UUID) -> HttpResponse:
    """Change job and round."""
    found = Interview.objects.select_related("candidate").seen_by(user, pk=pk, thing="interview")
    initial = {"job": found.job_id, "interview_round": found.interview_round}
    form = InterviewForm(request.POST if request.method == "POST" else None, user=user, initial=initial)
    if request.method == "POST" and form.is_valid():
        fields = {"job_id": form.cleaned_data["job"], "interview_round": form.cleaned_data["interview_round"]}
        try:
            update_interview(interview_id=pk, fields=fields, actor=user, now=timezone.now())
        except DomainError as error:
            form.refuse(error)
        else:
            tell(request, "The changes are saved.")
            return redirect("app-interview", pk=pk)
    values = {"interview": found, "form": form}
    return show(request, "web/app/interviews/edit.html", values | HERE, status=400 if form.errors else 200)


@colleague
@require_POST
def feedback(request: HttpRequest, user: User, pk: UUID) -> HttpResponse:
    """Keep what somebody thought of it."""
    form = FeedbackForm(request.POST)

    def act(now: datetime) -> str:
        if not form.is_valid():
            raise Invalid("Feedback has at most 50,000 characters.")
        update_interview(interview_id=pk, fields=form.cleaned_data, actor=user, now=now)
        return "The feedback is kept."

    return done(request, user, pk, act)


@colleague
@require_http_methods(["GET", "HEAD", "POST"])
def delete(request: HttpRequest, user: User, pk: UUID) -> HttpResponse:
    """Ask once, as it cannot be undone; then remove one that was never booked."""
    found = Interview.objects.select_related("candidate", "job").seen_by(user, pk=pk, thing="interview")
    if request.method != "POST":
        values = {"interview": found, "is_used": found.schedules.exists()}
        return show(request, "web/app/interviews/delete.html", values | HERE)
    try:
        delete_interview(interview_id=pk, actor=user, now=timezone.now())
    except DomainError as error:
        tell_refusal(request, error.detail)
        return redirect("app-interview", pk=pk)
    tell(request, f"The interview of {found.candidate.full_name} is deleted.")
    return redirect("app-interviews")


def _one_stage(request: HttpRequest, rows: Any, stage: Stage, zone: ZoneInfo) -> dict[str, Any]:
    page = page_of(request, pipeline.in_stage(rows, stage))
    return {
        "page": page,
        "cards": cards_of(page, zone, now=timezone.now()),
        "label": stage.label,
        "empty": EMPTY[stage],
    }


def _columns(rows: Any, numbers: Mapping[Stage, int], zone: ZoneInfo, *, now: datetime) -> list[Column]:
    return [
        Column(
            stage=stage,
            number=numbers[stage],
            cards=cards_of(pipeline.in_stage(rows, stage)[:IN_COLUMN], zone, now=now),
            empty=EMPTY[stage],
        )
        for stage in PIPELINE
    ]


def _zone(user: User) -> ZoneInfo:
    assert user.company is not None  # noqa: S101 (``colleague`` has looked)
    return user.company.zone
