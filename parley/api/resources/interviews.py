"""``/api/interviews/``."""

from datetime import timedelta
from typing import Any

import django_filters
from django.conf import settings
from django_filters.rest_framework import FilterSet
from drf_spectacular.utils import extend_schema
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from parley.api.filters import KeyFilter, StableOrdering
from parley.api.resource import Resource, refuse_move
from parley.api.serializers.interviews import (
    InterviewChangeIn,
    InterviewIn,
    InterviewOut,
    InvitationOut,
    InviteIn,
    interview_out,
)
from parley.api.serializers.seating import hours_of
from parley.api.serializers.sessions import GrantIn, SessionOut, TranscriptOut, session_out, transcript_out
from parley.conversations.operations.opening import grant_time
from parley.conversations.operations.reading import read_transcript
from parley.conversations.queries import session_of
from parley.core.errors import Invalid, NotFound
from parley.interviews import queries
from parley.interviews.models import Interview
from parley.interviews.operations.interviews import (
    create_interview,
    delete_interview,
    update_interview,
)
from parley.interviews.operations.links import invite_candidate, revoke_link
from parley.interviews.rules.states import InterviewStatus


class InterviewFilter(FilterSet):  # type: ignore[misc]  # django-filter is untyped
    """Filters of the list."""

    status = django_filters.ChoiceFilter(choices=InterviewStatus.choices)
    candidate = KeyFilter(field_name="candidate_id")
    job = KeyFilter(field_name="job_id")
    company = KeyFilter(field_name="company_id")
    ordering = StableOrdering(fields=["created_at", "updated_at"])

    class Meta:
        model = Interview
        fields: list[str] = []


class InterviewViewSet(Resource):
    """Interviews of the caller's company; of all companies for administrators."""

    filterset_class = InterviewFilter
    serializer_class = InterviewOut
    lookup_value_converter = "anyuuid"
    queryset = Interview.objects.none()

    def list(self, request: Request) -> Response:
        """List interviews."""
        return self.page_of(self.filter_queryset(queries.interviews(self.actor)), interview_out)

    def retrieve(self, request: Request, pk: Any) -> Response:
        """One interview."""
        return Response(self._shown(pk))

    @extend_schema(request=InterviewIn, responses={201: InterviewOut})
    def create(self, request: Request) -> Response:
        """Make an interview for a candidate."""
        values = self.input(InterviewIn)
        named = values.pop("company", None)
        interview = create_interview(
            candidate_id=values.pop("candidate_id"),
            job_id=values.pop("job_id", None),
            fields=_with_hours(values),
            company_id=named,
            actor=self.actor,
            now=self.now,
        )
        return Response(self._shown(interview.pk), status=201)

    @extend_schema(request=InterviewChangeIn, responses=InterviewOut)
    def update(self, request: Request, pk: Any) -> Response:
        """Change job, round or feedback."""
        return self._change(pk)

    @extend_schema(request=InterviewChangeIn, responses=InterviewOut)
    def partial_update(self, request: Request, pk: Any) -> Response:
        """Change job, round or feedback."""
        return self._change(pk)

    @extend_schema(responses={204: None})
    def destroy(self, request: Request, pk: Any) -> Response:
        """Remove an interview that was never booked."""
        delete_interview(interview_id=pk, actor=self.actor, now=self.now)
        return Response(status=204)

    @extend_schema(request=InviteIn, responses={201: InvitationOut})
    @action(detail=True, methods=["post"])
    def invite(self, request: Request, pk: Any) -> Response:
        """Make the candidate's personal link; an earlier one ends with it."""
        invitation = invite_candidate(
            interview_id=pk,
            interview_type=self.input(InviteIn).get("ai_interview_type") or "",
            valid_for=timedelta(days=settings.PARLEY_INVITATION_DAYS),
            actor=self.actor,
            now=self.now,
        )
        url = f"{settings.PARLEY_BASE_URL}/interview/{invitation.link}/"
        return Response({"link": invitation.link, "url": url, "expires_at": invitation.expires_at}, status=201)

    @extend_schema(request=None, responses={204: None})
    @action(detail=True, methods=["post"])
    def revoke_link(self, request: Request, pk: Any) -> Response:
        """End the candidate's personal link."""
        revoke_link(interview_id=pk, actor=self.actor, now=self.now)
        return Response(status=204)

    @extend_schema(responses=SessionOut)
    @action(detail=True, methods=["get"])
    def session(self, request: Request, pk: Any) -> Response:
        """How the interview is, or was, held; 404 before anybody has opened it."""
        Interview.objects.seen_by(self.actor, pk=pk, thing="interview")
        return Response(self._session(pk))

    @extend_schema(responses=TranscriptOut)
    @action(detail=True, methods=["get"])
    def transcript(self, request: Request, pk: Any) -> Response:
        """Everything that was said. Every look at it is kept in the history."""
        session, turns = read_transcript(interview_id=pk, actor=self.actor, now=self.now)
        return Response(transcript_out(session, turns))

    @extend_schema(request=GrantIn, responses=SessionOut)
    @action(detail=True, methods=["post"])
    def grant_time(self, request: Request, pk: Any) -> Response:
        """Give the candidate more time, before the interview or while it is held."""
        minutes = self.input(GrantIn)["extra_minutes"]
        grant_time(interview_id=pk, extra_minutes=minutes, actor=self.actor, now=self.now)
        return Response(self._session(pk))

    def _session(self, pk: Any) -> dict[str, Any]:
        session = session_of(pk)
        if session is None:
            raise NotFound("This interview has not begun.", code="session_not_found")
        return session_out(session)

    def _change(self, pk: Any) -> Response:
        values = self.input(InterviewChangeIn, partial=True)
        interview = queries.interviews(self.actor).seen_by(self.actor, pk=pk, thing="interview")
        refuse_move(values, interview.company_id)
        if values.pop("candidate_id", interview.candidate_id) != interview.candidate_id:
            raise Invalid.field("candidate", "The candidate of an interview cannot be changed.", code="candidate_fixed")
        update_interview(interview_id=pk, fields=_with_hours(values), actor=self.actor, now=self.now)
        return Response(self._shown(pk))

    def _shown(self, pk: Any) -> dict[str, Any]:
        return interview_out(queries.interviews(self.actor).seen_by(self.actor, pk=pk, thing="interview"))


def _with_hours(values: dict[str, Any]) -> dict[str, Any]:
    """The values with the candidate's hours as they are kept."""
    if values.get("candidate_hours"):
        values["candidate_hours"] = hours_of(values["candidate_hours"]).as_json()
    return values
