"""``/api/kits/``: what interviews ask, and the rubric by which they are rated."""

from typing import Any

import django_filters
from django.db.models import Prefetch
from django_filters.rest_framework import FilterSet
from drf_spectacular.utils import extend_schema
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from parley.api.filters import FlagFilter, KeyFilter
from parley.api.resource import Resource, refuse_move
from parley.api.serializers.kits import (
    KitChangeIn,
    KitIn,
    KitOut,
    ShippedOut,
    VersionIn,
    VersionOut,
    kit_out,
    version_out,
)
from parley.conversations.library import LANGUAGES, shipped
from parley.conversations.models import InterviewKit, KitVersion
from parley.conversations.operations.kits import add_version, create_kit, update_kit
from parley.conversations.rules.kits import content_hash
from parley.interviews.rules.states import InterviewType
from parley.organizations.tenancy import CompanyOwnedQuerySet


class KitFilter(FilterSet):  # type: ignore[misc]  # django-filter is untyped
    """Filters of the list."""

    company = KeyFilter(field_name="company_id")
    interview_type = django_filters.ChoiceFilter(choices=InterviewType.choices)
    is_active = FlagFilter()

    class Meta:
        model = InterviewKit
        fields: list[str] = []


class NoFilter(FilterSet):  # type: ignore[misc]  # django-filter is untyped
    """Versions are not filtered."""


class KitViewSet(Resource):
    """Kits of the caller's company; of all companies for administrators."""

    filterset_class = KitFilter
    serializer_class = KitOut
    lookup_value_converter = "anyuuid"
    queryset = InterviewKit.objects.none()

    def list(self, request: Request) -> Response:
        """List kits."""
        return self.page_of(self.filter_queryset(self._kits().order_by("name", "pk")), kit_out)

    def retrieve(self, request: Request, pk: Any) -> Response:
        """One kit."""
        return Response(kit_out(self._seen(pk)))

    @extend_schema(request=KitIn, responses={201: KitOut})
    def create(self, request: Request) -> Response:
        """Make a kit; without `content`, a copy of the one that Parley ships for the type in `language`."""
        values = self.input(KitIn)
        kit = create_kit(
            company_id=values.get("company"),
            interview_type=values["interview_type"],
            name=values["name"],
            job_id=values.get("job_id"),
            content=values.get("content"),
            language=values["language"],
            actor=self.actor,
            now=self.now,
        )
        return Response(kit_out(kit), status=201)

    @extend_schema(request=KitChangeIn, responses=KitOut)
    def update(self, request: Request, pk: Any) -> Response:
        """Change name, job, or whether it is active."""
        return self._change(pk, self.input(KitChangeIn))

    @extend_schema(request=KitChangeIn, responses=KitOut)
    def partial_update(self, request: Request, pk: Any) -> Response:
        """Change name, job, or whether it is active."""
        return self._change(pk, self.input(KitChangeIn, partial=True))

    @extend_schema(responses={204: None})
    def destroy(self, request: Request, pk: Any) -> Response:
        """Archive a kit: no interview begins by it any more; those that were held keep their version."""
        update_kit(kit_id=pk, fields={"is_active": False}, actor=self.actor, now=self.now)
        return Response(status=204)

    @extend_schema(methods=["get"], responses=VersionOut(many=True))
    @extend_schema(methods=["post"], request=VersionIn, responses={201: VersionOut})
    @action(detail=True, methods=["get", "post"], filterset_class=NoFilter, queryset=KitVersion.objects.none())
    def versions(self, request: Request, pk: Any) -> Response:
        """The versions of a kit, the latest first; or a new one, which interviews use that begin from now on."""
        if request.method != "POST":
            return self.page_of(self._seen(pk).versions.order_by("-number"), version_out)
        values = self.input(VersionIn)
        version = add_version(
            kit_id=pk,
            content=values["content"],
            based_on=values.get("based_on"),
            actor=self.actor,
            now=self.now,
        )
        return Response(version_out(version), status=201)

    @extend_schema(responses=ShippedOut(many=True), filters=False)
    @action(detail=False, methods=["get"], pagination_class=None)
    def shipped(self, request: Request) -> Response:
        """The kits that Parley ships: to copy, and to see what a kit consists of."""
        kits = [(kind, code, shipped(kind, code)) for code in LANGUAGES for kind in InterviewType.values]
        return Response(
            [
                {
                    "interview_type": kind,
                    "language": code,
                    "content_hash": content_hash(content),
                    "content": content,
                }
                for kind, code, content in kits
                if content is not None
            ]
        )

    def _kits(self) -> CompanyOwnedQuerySet[InterviewKit]:
        numbers = Prefetch("versions", queryset=KitVersion.objects.defer("content"))
        return InterviewKit.objects.visible_to(self.actor).filter(company__isnull=False).prefetch_related(numbers)

    def _seen(self, pk: Any) -> InterviewKit:
        return self._kits().seen_by(self.actor, pk=pk, thing="kit")

    def _change(self, pk: Any, values: dict[str, Any]) -> Response:
        refuse_move(values, self._seen(pk).company_id)
        return Response(kit_out(update_kit(kit_id=pk, fields=values, actor=self.actor, now=self.now)))
