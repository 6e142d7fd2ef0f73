"""The page of an interview's results. Each look at it is kept in the interview's history."""

from typing import Any
from uuid import UUID

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.views.decorators.http import require_POST, require_safe

from parley.core.errors import DomainError, NotFound
from parley.evaluations.export import table_of
from parley.evaluations.operations.decisions import decide
from parley.evaluations.operations.judging import ask_again
from parley.evaluations.operations.looks import note_look
from parley.evaluations.operations.overrides import override_level
from parley.evaluations.operations.requests import answer_request
from parley.evaluations.operations.reviews import submit_review
from parley.evaluations.queries import Results, results_of
from parley.evaluations.report import report_of
from parley.evaluations.rules.states import Verdict
from parley.interviews.models import Interview
from parley.organizations.models import User
from parley.web.app import colleague, show, tell, tell_refusal
from parley.web.results.forms import AnswerForm, DecisionForm, OverrideForm, RatingForm, values_of
from parley.web.results.shown import page_of_results, requests_shown

SAID = {
    Verdict.ADVANCE: "Decided: the candidate advances.",
    Verdict.HOLD: "Decided: the candidate is on hold.",
    Verdict.REJECT: "Decided: the candidate is rejected.",
}


@colleague
@require_safe
def results(request: HttpRequest, user: User, pk: UUID) -> HttpResponse:
    """What was said, the ratings that may be seen, and the forms for what can be done."""
    return _page(request, user, _looked(user, pk, "results"))


@colleague
@require_POST
def rate(request: HttpRequest, user: User, pk: UUID) -> HttpResponse:
    """Keep the user's ratings."""
    found = _found(user, pk)
    form = RatingForm(request.POST, kit=found.kit)
    if form.is_valid():
        try:
            submit_review(
                interview_id=pk,
                levels=form.levels,
                notes=form.notes,
                note=form.cleaned_data["note"],
                actor=user,
                now=timezone.now(),
            )
        except DomainError as error:
            form.refuse(error)
        else:
            tell(request, "Your ratings are kept." if found.own else "Your ratings are kept. Now you see all of them.")
            return redirect("app-interview-results", pk=pk)
    return _page(request, user, _looked(user, pk, "results"), rating=form)


@colleague
@require_POST
def decide_on(request: HttpRequest, user: User, pk: UUID) -> HttpResponse:
    """Keep what the user decides."""
    form = DecisionForm(request.POST)
    _found(user, pk)
    if form.is_valid():
        verdict, reason = form.cleaned_data["decision"], form.cleaned_data["reason"]
        try:
            decide(interview_id=pk, verdict=verdict, note=reason, actor=user, now=timezone.now())
        except DomainError as error:
            form.refuse(error)
        else:
            tell(request, SAID[Verdict(verdict)])
            return redirect("app-interview-results", pk=pk)
    return _page(request, user, _looked(user, pk, "results"), decision=form)


@colleague
@require_POST
def answer(request: HttpRequest, user: User, pk: UUID) -> HttpResponse:
    """Answer what the candidate has asked for."""
    _found(user, pk)
    kind = request.POST.get("kind", "")
    form = AnswerForm(request.POST, auto_id=f"{kind}_%s")
    if form.is_valid():
        text = form.cleaned_data["answer"]
        try:
            answer_request(interview_id=pk, kind=kind, answer=text, actor=user, now=timezone.now())
        except NotFound:
            raise
        except DomainError as error:
            form.refuse(error)
        else:
            tell(request, "Your answer is on its way to the candidate.")
            return redirect("app-interview-results", pk=pk)
    return _page(request, user, _looked(user, pk, "results"), answered=form)


@colleague
@require_POST
def override(request: HttpRequest, user: User, pk: UUID) -> HttpResponse:
    """Set a level in the place of the AI's."""
    _found(user, pk)
    form = OverrideForm(request.POST, key=request.POST.get("criterion", ""))
    if form.is_valid():
        criterion, because = form.cleaned_data["criterion"], form.cleaned_data["because"]
        try:
            override_level(
                interview_id=pk,
                criterion=criterion,
                level=form.given,
                reason=because,
                actor=user,
                now=timezone.now(),
            )
        except DomainError as error:
            form.refuse(error)
        else:
            tell(request, "Your level is kept beside the AI's.")
            return redirect("app-interview-results", pk=pk)
    return _page(request, user, _looked(user, pk, "results"), override=form)


@colleague
@require_POST
def ask_ai(request: HttpRequest, user: User, pk: UUID) -> HttpResponse:
    """Ask the AI again."""
    _found(user, pk)
    try:
        ask_again(interview_id=pk, actor=user, now=timezone.now())
    except DomainError as error:
        tell_refusal(request, error.detail)
    else:
        tell(request, "The AI is asked. That may take some minutes.")
    return redirect("app-interview-results", pk=pk)


@colleague
@require_safe
def report(request: HttpRequest, user: User, pk: UUID) -> HttpResponse:
    """The results as PDF."""
    found = _looked(user, pk, "report")
    company = found.session.company
    pdf = report_of(found, company=company.name, zone=company.zone, now=timezone.now())
    return _file(pdf, "application/pdf", f"interview-{pk}.pdf")


@colleague
@require_safe
def table(request: HttpRequest, user: User, pk: UUID) -> HttpResponse:
    """The ratings for a spreadsheet."""
    return _file(table_of(_looked(user, pk, "export")), "text/csv; charset=utf-8", f"interview-{pk}.csv")


def _found(user: User, pk: UUID) -> Results:
    rows = Interview.objects.select_related("candidate", "job", "company")
    found = results_of(rows.seen_by(user, pk=pk, thing="interview"), user)
    if found is None:
        raise Http404
    return found


def _looked(user: User, pk: UUID, what: str) -> Results:
    found = _found(user, pk)
    note_look(interview_id=pk, what=what, actor=user, now=timezone.now())
    return found


def _page(
    request: HttpRequest,
    user: User,
    found: Results,
    *,
    rating: RatingForm | None = None,
    decision: DecisionForm | None = None,
    answered: AnswerForm | None = None,
    override: OverrideForm | None = None,
) -> HttpResponse:
    assert user.company is not None  # noqa: S101 (``colleague`` has looked)
    wrong = rating or decision or answered or override
    values: dict[str, Any] = page_of_results(found, user, override) | {
        "requests": requests_shown(found, user.company.zone, answered),
        "rating": rating or RatingForm(kit=found.kit, initial=values_of(found.own)),
        "decision_form": decision or DecisionForm(),
        "wrong": wrong,
        "here": "app-interviews",
    }
    return show(request, "web/app/results/results.html", values, status=400 if wrong else 200)


def _file(content: str | bytes, content_type: str, name: str) -> HttpResponse:
    answer = HttpResponse(content, content_type=content_type)
    answer["Content-Disposition"] = f'attachment; filename="{name}"'
    return answer
