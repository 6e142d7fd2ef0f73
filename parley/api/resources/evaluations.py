"""``/api/interviews/{id}/evaluation/`` and its like: ratings, decisions, and results to take along.

Each call that shows what was said, or how it was rated, is kept in the history of the interview.
"""

from typing import Any

from django.http import HttpResponse
from django.utils import timezone
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiResponse, extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from parley.api.resource import Endpoint
from parley.api.serializers.evaluations import (
    DecisionIn,
    DecisionOut,
    EvaluationOut,
    JudgeOut,
    OverrideIn,
    OverrideOut,
    ResultsOut,
    ReviewIn,
    ReviewOut,
)
from parley.core.errors import NotFound
from parley.evaluations.export import (
    decision_values,
    evaluation_values,
    override_values,
    review_values,
    table_of,
    whole_values,
)
from parley.evaluations.operations.decisions import decide
from parley.evaluations.operations.judging import ask_again
from parley.evaluations.operations.looks import note_look
from parley.evaluations.operations.overrides import override_level
from parley.evaluations.operations.reviews import submit_review
from parley.evaluations.queries import Results, results_of
from parley.evaluations.report import report_of
from parley.interviews.models import Interview


class _OfInterview(Endpoint):
    """The base of these."""

    queryset = Interview.objects.none()  # for the document

    def looked(self, pk: Any, what: str) -> Results:
        """The results, and the look at them kept; raises ``NotFound``."""
        rows = Interview.objects.select_related("candidate", "job", "company")
        results = results_of(rows.seen_by(self.actor, pk=pk, thing="interview"), self.actor)
        if results is None:
            raise NotFound("There is nothing to see: this interview was not held.", code="evaluation_not_found")
        note_look(interview_id=pk, what=what, actor=self.actor, now=self.now)
        return results


class EvaluationView(_OfInterview):
    """What people think of an interview."""

    @extend_schema(responses=EvaluationOut)
    def get(self, request: Request, pk: Any) -> Response:
        """The evaluation of an interview that was held."""
        return Response(evaluation_values(self.looked(pk, "results"), self.actor))


class ReviewsView(_OfInterview):
    """People's ratings."""

    @extend_schema(responses=ReviewOut(many=True))
    def get(self, request: Request, pk: Any) -> Response:
        """The ratings that the caller may see: none of others before their own are there, or a decision is."""
        results = self.looked(pk, "results")
        return Response([review_values(each) for each in results.reviews])

    @extend_schema(request=ReviewIn, responses={201: ReviewOut})
    def post(self, request: Request, pk: Any) -> Response:
        """Rate an interview, or change the own ratings, until a person has decided."""
        values = self.input(ReviewIn)
        review = submit_review(
            interview_id=pk,
            levels=values["ratings"],
            notes=values.get("notes", {}),
            note=values.get("note", ""),
            actor=self.actor,
            now=self.now,
        )
        return Response(review_values(review), status=201)


class DecisionView(_OfInterview):
    """How it goes on."""

    @extend_schema(request=DecisionIn, responses={201: DecisionOut})
    def post(self, request: Request, pk: Any) -> Response:
        """Advance, hold or reject; a later decision takes the place of this one, which is kept."""
        values = self.input(DecisionIn)
        decision = decide(
            interview_id=pk,
            verdict=values["decision"],
            note=values.get("note", ""),
            actor=self.actor,
            now=self.now,
        )
        return Response(decision_values(decision), status=201)


class OverridesView(_OfInterview):
    """Levels that people set in the AI's place."""

    @extend_schema(request=OverrideIn, responses={201: OverrideOut})
    def post(self, request: Request, pk: Any) -> Response:
        """Set a level in the place of the AI's, which is kept. Only who has rated can, until a person has decided."""
        values = self.input(OverrideIn)
        override = override_level(interview_id=pk, actor=self.actor, now=self.now, **values)
        return Response(override_values(override), status=201)


class JudgeView(_OfInterview):
    """The AI as a judge."""

    @extend_schema(request=None, responses={202: JudgeOut})
    def post(self, request: Request, pk: Any) -> Response:
        """Ask the AI (again), where it has failed or no model was set. What it has answered is not asked anew."""
        evaluation = ask_again(interview_id=pk, actor=self.actor, now=self.now)
        return Response({"status": evaluation.state, "judge": evaluation.judge_state}, status=202)


class ResultsView(_OfInterview):
    """Everything in one document."""

    @extend_schema(responses=ResultsOut)
    def get(self, request: Request, pk: Any) -> Response:
        """The evaluation with candidate, job and transcript."""
        return Response(whole_values(self.looked(pk, "export"), self.actor))


class ResultsTable(_OfInterview):
    """The ratings for spreadsheets."""

    @extend_schema(responses={(200, "text/csv"): OpenApiTypes.STR})
    def get(self, request: Request, pk: Any) -> HttpResponse:
        """The levels as CSV: a line for each criterion and reviewer, and one for the AI."""
        answer = HttpResponse(table_of(self.looked(pk, "export")), content_type="text/csv; charset=utf-8")
        answer["Content-Disposition"] = f'attachment; filename="interview-{pk}.csv"'
        return answer


class ReportView(_OfInterview):
    """The results for people who read on paper."""

    @extend_schema(responses={(200, "application/pdf"): OpenApiResponse(OpenApiTypes.BINARY, "The report.")})
    def get(self, request: Request, pk: Any) -> HttpResponse:
        """The results as PDF, with times in the zone of the interview's company."""
        results = self.looked(pk, "report")
        company = results.session.company
        pdf = report_of(results, company=company.name, zone=company.zone, now=timezone.now())
        answer = HttpResponse(pdf, content_type="application/pdf")
        answer["Content-Disposition"] = f'inline; filename="interview-{pk}.pdf"'
        return answer
