"""What candidates ask for after the interview, and what they are told, from their side and from the company's."""

from typing import Any

from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from parley.api.resource import Endpoint
from parley.api.resources.public import LinkEndpoint
from parley.api.serializers.privacy import (
    AnswerRequestIn,
    AskIn,
    ExplanationOut,
    PublicRequestOut,
    RequestOut,
    explanation_out,
    public_request_out,
)
from parley.core.errors import Conflict, NotFound
from parley.evaluations.export import request_values
from parley.evaluations.operations.looks import note_look
from parley.evaluations.operations.requests import answer_request, ask_by_link
from parley.evaluations.queries import explanation_of, results_of
from parley.interviews.links import open_link
from parley.interviews.models import Interview


class PublicExplanation(LinkEndpoint):
    """Looking."""

    @extend_schema(responses=ExplanationOut, auth=[])
    def get(self, request: Request, link: str) -> Response:
        """What the interview asked about, and what people have answered; once it is over."""
        opened, _ = open_link(link, now=self.now)
        explanation = explanation_of(opened.interview)
        if explanation is None:
            raise Conflict("The explanation is there once the interview is over.", code="session_not_over")
        return Response(explanation_out(explanation))


class PublicRequests(LinkEndpoint):
    """Asking."""

    @extend_schema(request=AskIn, responses={201: PublicRequestOut}, auth=[])
    def post(self, request: Request, link: str) -> Response:
        """Ask a person for an explanation, or to look once more: the company is told; once of each."""
        values = self.input(AskIn)
        asked = ask_by_link(token=link, kind=values["kind"], message=values.get("message", ""), now=self.now)
        return Response(public_request_out(asked), status=201)


class RequestsView(Endpoint):
    """What a candidate has asked for."""

    queryset = Interview.objects.none()  # for the document

    @extend_schema(responses=RequestOut(many=True))
    def get(self, request: Request, pk: Any) -> Response:
        """What the candidate has asked for, and the answers. Every look is kept in the history."""
        results = results_of(Interview.objects.all().seen_by(self.actor, pk=pk, thing="interview"), self.actor)
        if results is None:
            raise NotFound("There is nothing to see: this interview was not held.", code="evaluation_not_found")
        note_look(interview_id=pk, what="requests", actor=self.actor, now=self.now)
        return Response([request_values(each) for each in results.requests])

    @extend_schema(request=AnswerRequestIn, responses=RequestOut)
    def post(self, request: Request, pk: Any) -> Response:
        """Answer: the candidate reads it behind the link, and by mail. Another answer takes the place of this one."""
        values = self.input(AnswerRequestIn)
        answered = answer_request(
            interview_id=pk, kind=values["kind"], answer=values["answer"], actor=self.actor, now=self.now
        )
        return Response(request_values(answered))
