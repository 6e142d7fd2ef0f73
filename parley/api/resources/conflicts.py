"""``/api/interviews/conflicts/``."""

from typing import Any

import django_filters
from django_filters.rest_framework import FilterSet
from drf_spectacular.utils import extend_schema
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from parley.api.filters import IdFilter, StableOrdering
from parley.api.resource import Resource
from parley.api.serializers.interviews import ConflictOut, ResolveIn, conflict_out
from parley.api.serializers.seating import StepOut, step_out
from parley.interviews import queries
from parley.interviews.models import InterviewConflict
from parley.interviews.operations.conflicts import resolve_conflict
from parley.interviews.operations.undoing import undo_resolution
from parley.interviews.rules.states import ConflictType, Resolution


class ConflictFilter(FilterSet):  # type: ignore[misc]  # django-filter is untyped
    """Filters of the list."""

    conflict_type = django_filters.ChoiceFilter(choices=ConflictType.choices)
    resolution = django_filters.ChoiceFilter(choices=Resolution.choices)
    primary_interview = IdFilter(field_name="primary_interview_id")
    ordering = StableOrdering(fields=["detected_at", "resolved_at"])

    class Meta:
        model = InterviewConflict
        fields: list[str] = []


class ConflictViewSet(Resource):
    """Conflicts of the caller's company; of all companies for administrators."""

    filterset_class = ConflictFilter
    serializer_class = ConflictOut
    lookup_value_converter = "anyuuid"
    queryset = InterviewConflict.objects.none()

    def list(self, request: Request) -> Response:
        """List conflicts, the latest first."""
        page = self.paginate_queryset(self.filter_queryset(queries.conflicts(self.actor))) or []
        shown = queries.with_current_proposals(page, now=self.now)
        return self.get_paginated_response([conflict_out(conflict) for conflict in shown])

    def retrieve(self, request: Request, pk: Any) -> Response:
        """One conflict."""
        return Response(self._shown(pk))

    @extend_schema(request=ResolveIn, responses=ConflictOut)
    @action(detail=True, methods=["post"])
    def resolve_conflict(self, request: Request, pk: Any) -> Response:
        """Settle a conflict, and do what the resolution says."""
        values = self.input(ResolveIn)
        conflict = resolve_conflict(
            conflict_id=pk,
            resolution=Resolution(values["resolution"]),
            slot_id=values.get("slot_id"),
            notes=values.get("resolution_notes", ""),
            actor=self.actor,
            now=self.now,
        )
        return Response(self._shown(conflict.pk))

    @extend_schema(request=None, responses=ConflictOut)
    @action(detail=True, methods=["post"])
    def undo(self, request: Request, pk: Any) -> Response:
        """Undo how a conflict was settled, or withdraw what is proposed; it is open again, for people alone."""
        conflict = undo_resolution(conflict_id=pk, actor=self.actor, now=self.now)
        return Response(self._shown(conflict.pk))

    @extend_schema(responses=StepOut(many=True), filters=False)
    @action(detail=True, methods=["get"], filterset_class=None)
    def log(self, request: Request, pk: Any) -> Response:
        """Every step of a conflict, in order."""
        conflict = queries.conflicts(self.actor).seen_by(self.actor, pk=pk, thing="conflict")
        return self.page_of(queries.steps_of(conflict), step_out)

    def _shown(self, pk: Any) -> dict[str, Any]:
        found = queries.conflicts(self.actor).seen_by(self.actor, pk=pk, thing="conflict")
        (shown,) = queries.with_current_proposals([found], now=self.now)
        return conflict_out(shown)
