"""``/api/interviews/configurations/``."""

from typing import Any

import django_filters
from django_filters.rest_framework import FilterSet
from drf_spectacular.utils import extend_schema
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from parley.api.filters import KeyFilter
from parley.api.resource import Resource, refuse_move
from parley.api.serializers.configurations import (
    ChangedOut,
    ConfigurationIn,
    ConfigurationOut,
    GenerateIn,
    GenerateOut,
    configuration_out,
    report_out,
)
from parley.interviews import queries
from parley.interviews.models import AIInterviewConfiguration
from parley.interviews.operations.configurations import (
    create_configuration,
    delete_configuration,
    update_configuration,
)
from parley.interviews.operations.materialise import generate
from parley.interviews.rules.states import InterviewType


class ConfigurationFilter(FilterSet):  # type: ignore[misc]  # django-filter is untyped
    """Filters of the list."""

    interview_type = django_filters.ChoiceFilter(choices=InterviewType.choices)
    company = KeyFilter(field_name="company_id")
    day_of_week = KeyFilter()

    class Meta:
        model = AIInterviewConfiguration
        fields: list[str] = []


class ConfigurationViewSet(Resource):
    """Weekly patterns of the caller's company; of all companies for administrators."""

    filterset_class = ConfigurationFilter
    serializer_class = ConfigurationOut
    lookup_value_converter = "int"
    queryset = AIInterviewConfiguration.objects.none()

    def list(self, request: Request) -> Response:
        """List patterns."""
        return self.page_of(self.filter_queryset(queries.configurations(self.actor)), configuration_out)

    def retrieve(self, request: Request, pk: Any) -> Response:
        """One pattern."""
        found = queries.configurations(self.actor).seen_by(self.actor, pk=pk, thing="configuration")
        return Response(configuration_out(found))

    @extend_schema(request=ConfigurationIn, responses={201: ConfigurationOut})
    def create(self, request: Request) -> Response:
        """Make a pattern; `generate` or the periodic job makes its slots."""
        values = self.input(ConfigurationIn)
        made = create_configuration(
            company_id=values.pop("company", None), fields=values, actor=self.actor, now=self.now
        )
        return Response(configuration_out(made), status=201)

    @extend_schema(request=ConfigurationIn, responses=ChangedOut)
    def update(self, request: Request, pk: Any) -> Response:
        """Change a pattern: its free future slots follow at once, booked ones are left and listed."""
        return self._change(pk, self.input(ConfigurationIn))

    @extend_schema(request=ConfigurationIn, responses=ChangedOut)
    def partial_update(self, request: Request, pk: Any) -> Response:
        """Change some of a pattern."""
        return self._change(pk, self.input(ConfigurationIn, partial=True))

    @extend_schema(responses={204: None})
    def destroy(self, request: Request, pk: Any) -> Response:
        """Remove a pattern with its free future slots; booked ones stay, each with a conflict."""
        delete_configuration(configuration_id=pk, actor=self.actor, now=self.now)
        return Response(status=204)

    @extend_schema(request=GenerateIn, responses=GenerateOut)
    @action(detail=True, methods=["post"])
    def generate(self, request: Request, pk: Any) -> Response:
        """Make the slots up to a day: the same as the periodic job makes. Twice adds nothing."""
        values = self.input(GenerateIn)
        report = generate(
            configuration_id=pk, until=values["until"], dry_run=values["dry_run"], actor=self.actor, now=self.now
        )
        return Response(report_out(report))

    def _change(self, pk: Any, values: dict[str, Any]) -> Response:
        found = queries.configurations(self.actor).seen_by(self.actor, pk=pk, thing="configuration")
        refuse_move(values, found.company_id)
        changed, report = update_configuration(configuration_id=pk, fields=values, actor=self.actor, now=self.now)
        return Response(configuration_out(changed) | report_out(report))
