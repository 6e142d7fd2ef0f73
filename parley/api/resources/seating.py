"""``/api/interviews/reseatings/`` and ``/api/interviews/waitlist/``: what happens by itself, seen and undone."""

from typing import Any

import django_filters
from django_filters.rest_framework import FilterSet
from drf_spectacular.utils import extend_schema
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from parley.api.filters import IdFilter, StableOrdering
from parley.api.resource import Resource
from parley.api.serializers.seating import (
    ReseatingOut,
    SeatIn,
    UndoneOut,
    WaitIn,
    WaitlistOut,
    kept_out,
    reseating_out,
    waitlist_out,
)
from parley.core.errors import Conflict, Invalid
from parley.interviews import queries
from parley.interviews.models import Reseating, WaitlistEntry
from parley.interviews.operations.reseating import reseat, undo_reseating
from parley.interviews.operations.waitlist import join_waitlist, leave
from parley.interviews.rules.policy import ReseatMode
from parley.interviews.rules.states import WaitingStatus
from parley.organizations.models import Company
from parley.organizations.tenancy import company_for


class ReseatingFilter(FilterSet):  # type: ignore[misc]  # django-filter is untyped
    """Filters of the list."""

    ordering = StableOrdering(fields=["created_at"])

    class Meta:
        model = Reseating
        fields: list[str] = []


class ReseatingViewSet(Resource):
    """Runs of the re-seating of the caller's company; of all companies for administrators."""

    filterset_class = ReseatingFilter
    serializer_class = ReseatingOut
    lookup_value_converter = "anyuuid"
    queryset = Reseating.objects.none()

    def list(self, request: Request) -> Response:
        """List runs, the latest first."""
        return self.page_of(self.filter_queryset(queries.reseatings(self.actor)), reseating_out)

    def retrieve(self, request: Request, pk: Any) -> Response:
        """One run."""
        return Response(reseating_out(queries.reseatings(self.actor).seen_by(self.actor, pk=pk, thing="reseating")))

    @extend_schema(request=SeatIn, responses={201: ReseatingOut})
    def create(self, request: Request) -> Response:
        """Look for places now, for all interviews that have lost theirs; Parley does so by itself, too."""
        company_id = company_for(self.actor, named=self.input(SeatIn).get("company"))
        if not Company.objects.filter(pk=company_id).exists():
            raise Invalid.field("company", "There is no such company.", code="company_not_found")
        if queries.policy_of(company_id).reseat_mode == ReseatMode.OFF:
            raise Conflict("The company leaves this to people (reseat_mode).", code="reseating_off")
        run = reseat(company_id=company_id, actor=self.actor, now=self.now)
        if run is None:
            raise Conflict("There is nobody to seat, or no place that would do.", code="nobody_to_seat")
        return Response(reseating_out(run), status=201)

    @extend_schema(request=None, responses=UndoneOut)
    @action(detail=True, methods=["post"])
    def undo(self, request: Request, pk: Any) -> Response:
        """Undo a run as far as it can be; what was changed since stays, and is told."""
        run, refused = undo_reseating(reseating_id=pk, actor=self.actor, now=self.now)
        kept = [kept_out(conflict_id, error) for conflict_id, error in refused.items()]
        return Response(reseating_out(run) | {"kept": kept})


class WaitlistFilter(FilterSet):  # type: ignore[misc]  # django-filter is untyped
    """Filters of the list."""

    status = django_filters.ChoiceFilter(choices=WaitingStatus.choices)
    interview = IdFilter(field_name="interview_id")
    ordering = StableOrdering(fields=["created_at", "start_after"])

    class Meta:
        model = WaitlistEntry
        fields: list[str] = []


class WaitlistViewSet(Resource):
    """Interviews of the caller's company that wait for a place; of all companies for administrators."""

    filterset_class = WaitlistFilter
    serializer_class = WaitlistOut
    lookup_value_converter = "anyuuid"
    queryset = WaitlistEntry.objects.none()

    def list(self, request: Request) -> Response:
        """List the waitlist, in its order."""
        return self.page_of(self.filter_queryset(queries.waitlist(self.actor)), waitlist_out)

    def retrieve(self, request: Request, pk: Any) -> Response:
        """One entry."""
        return Response(self._shown(pk))

    @extend_schema(request=WaitIn, responses={201: WaitlistOut})
    def create(self, request: Request) -> Response:
        """Let an interview wait for a place; it is offered one that becomes free, in order and for a limited time."""
        values = self.input(WaitIn)
        entry = join_waitlist(
            interview_id=values["interview_id"],
            interview_type=values.get("ai_interview_type") or "",
            start_after=values.get("start_after"),
            start_before=values["start_before"],
            actor=self.actor,
            now=self.now,
        )
        return Response(self._shown(entry.pk), status=201)

    @extend_schema(responses={204: None})
    def destroy(self, request: Request, pk: Any) -> Response:
        """Let it wait no longer."""
        leave(entry_id=pk, actor=self.actor, now=self.now)
        return Response(status=204)

    def _shown(self, pk: Any) -> dict[str, Any]:
        return waitlist_out(queries.waitlist(self.actor).seen_by(self.actor, pk=pk, thing="waitlist entry"))
