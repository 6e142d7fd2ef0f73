"""``/api/webhooks/``: other systems that hear of events, and what was sent to them."""

from typing import Any
from uuid import UUID

import django_filters
from django_filters.rest_framework import FilterSet
from drf_spectacular.utils import extend_schema
from rest_framework.decorators import action
from rest_framework.exceptions import Throttled
from rest_framework.request import Request
from rest_framework.response import Response

from parley.api.filters import FlagFilter, KeyFilter
from parley.api.resource import Resource, refuse_move
from parley.api.serializers.webhooks import (
    DeliveryDetailOut,
    DeliveryOut,
    RecoverIn,
    RecoverOut,
    WebhookIn,
    WebhookOut,
    WebhookSecretOut,
    delivery_detail_out,
    delivery_out,
    webhook_out,
)
from parley.core.throttling import count
from parley.organizations.tenancy import company_for
from parley.webhooks.models import WebhookDelivery, WebhookEndpoint
from parley.webhooks.operations.deliveries import TEST_RATE, recover, replay, send_test
from parley.webhooks.operations.endpoints import create_endpoint, delete_endpoint, rotate_secret, update_endpoint
from parley.webhooks.rules.catalogue import DESCRIBED
from parley.webhooks.rules.retries import State


class WebhookFilter(FilterSet):  # type: ignore[misc]  # django-filter is untyped
    """Filters of the list."""

    company = KeyFilter(field_name="company_id")
    is_active = FlagFilter()

    class Meta:
        model = WebhookEndpoint
        fields: list[str] = []


class DeliveryFilter(FilterSet):  # type: ignore[misc]  # django-filter is untyped
    """Filters of the deliveries."""

    state = django_filters.ChoiceFilter(choices=State.choices)
    type = django_filters.ChoiceFilter(choices=[(name, name) for name in DESCRIBED])

    class Meta:
        model = WebhookDelivery
        fields: list[str] = []


class WebhookViewSet(Resource):
    """Webhooks of the caller's company; of all companies for administrators."""

    filterset_class = WebhookFilter
    serializer_class = WebhookOut
    lookup_value_converter = "anyuuid"
    queryset = WebhookEndpoint.objects.none()

    def list(self, request: Request) -> Response:
        """List webhooks."""
        rows = WebhookEndpoint.objects.visible_to(self.actor).order_by("created_at", "pk")
        return self.page_of(self.filter_queryset(rows), webhook_out)

    def retrieve(self, request: Request, pk: Any) -> Response:
        """One webhook."""
        return Response(webhook_out(self._seen(pk)))

    @extend_schema(request=WebhookIn, responses={201: WebhookSecretOut})
    def create(self, request: Request) -> Response:
        """Add a webhook (company users, administrators); its secret is in this answer alone."""
        values = self.input(WebhookIn)
        endpoint, secret = create_endpoint(
            company_id=company_for(self.actor, named=values.get("company")),
            url=values["url"],
            events=values.get("events", []),
            description=values.get("description", ""),
            is_active=values.get("is_active", True),
            actor=self.actor,
            now=self.now,
        )
        return Response(webhook_out(endpoint) | {"secret": secret}, status=201)

    @extend_schema(request=WebhookIn, responses=WebhookOut)
    def update(self, request: Request, pk: Any) -> Response:
        """Change a webhook; `is_active: true` forgets its failures."""
        return self._change(pk, self.input(WebhookIn))

    @extend_schema(request=WebhookIn, responses=WebhookOut)
    def partial_update(self, request: Request, pk: Any) -> Response:
        """Change some of a webhook; `is_active: true` forgets its failures."""
        return self._change(pk, self.input(WebhookIn, partial=True))

    @extend_schema(responses={204: None})
    def destroy(self, request: Request, pk: Any) -> Response:
        """Remove a webhook with all its deliveries."""
        delete_endpoint(endpoint_id=pk, actor=self.actor, now=self.now)
        return Response(status=204)

    @extend_schema(request=None, responses=WebhookSecretOut)
    @action(detail=True, methods=["post"])
    def rotate_secret(self, request: Request, pk: Any) -> Response:
        """Make another secret, shown in this answer alone; for a day the one before signs beside it."""
        endpoint, secret = rotate_secret(endpoint_id=pk, actor=self.actor, now=self.now)
        return Response(webhook_out(endpoint) | {"secret": secret})

    @extend_schema(request=None, responses={201: DeliveryOut})
    @action(detail=True, methods=["post"])
    def test(self, request: Request, pk: Any) -> Response:
        """Queue a delivery of the type `webhook.test`; at most ten a minute."""
        endpoint = self._seen(pk)
        if (wait := count(f"webhook-test:{endpoint.pk}", rate=TEST_RATE, now=self.now)) is not None:
            raise Throttled(wait=wait)
        return Response(delivery_out(send_test(endpoint_id=pk, actor=self.actor, now=self.now)), status=201)

    @extend_schema(request=RecoverIn, responses=RecoverOut)
    @action(detail=True, methods=["post"])
    def recover(self, request: Request, pk: Any) -> Response:
        """Deliver again all that was made at `since` or later and has failed."""
        values = self.input(RecoverIn)
        recovered = recover(endpoint_id=pk, since=values["since"], actor=self.actor, now=self.now)
        return Response({"recovered": recovered})

    @extend_schema(responses=DeliveryOut(many=True))
    @action(detail=True, methods=["get"], filterset_class=DeliveryFilter, queryset=WebhookDelivery.objects.none())
    def deliveries(self, request: Request, pk: Any) -> Response:
        """List what was sent to a webhook, the latest first; for thirty days."""
        rows = WebhookDelivery.objects.filter(endpoint=self._seen(pk)).order_by("-created_at", "pk")
        return self.page_of(self.filter_queryset(rows), delivery_out)

    @extend_schema(responses=DeliveryDetailOut)
    @action(detail=True, methods=["get"], url_path="deliveries/<anyuuid:delivery>")
    def delivery(self, request: Request, pk: Any, delivery: UUID) -> Response:
        """One delivery with its body and its attempts."""
        rows = WebhookDelivery.objects.filter(endpoint=self._seen(pk))
        return Response(delivery_detail_out(rows.seen_by(self.actor, pk=delivery, thing="delivery")))

    @extend_schema(request=None, responses=DeliveryOut)
    @action(detail=True, methods=["post"], url_path="deliveries/<anyuuid:delivery>/replay")
    def replay(self, request: Request, pk: Any, delivery: UUID) -> Response:
        """Deliver it again under the same `webhook-id`, once it is settled."""
        replayed = replay(endpoint_id=pk, delivery_id=delivery, actor=self.actor, now=self.now)
        return Response(delivery_out(replayed))

    def _seen(self, pk: Any) -> WebhookEndpoint:
        return WebhookEndpoint.objects.all().seen_by(self.actor, pk=pk, thing="webhook")

    def _change(self, pk: Any, values: dict[str, Any]) -> Response:
        refuse_move(values, self._seen(pk).company_id)
        return Response(webhook_out(update_endpoint(endpoint_id=pk, fields=values, actor=self.actor, now=self.now)))
