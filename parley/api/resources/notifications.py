"""``/api/notifications/``: what the caller is told of in the product."""

from typing import Any

import django_filters
from django_filters.rest_framework import FilterSet
from drf_spectacular.utils import extend_schema
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from parley.api.filters import FlagFilter
from parley.api.resource import Resource
from parley.api.serializers.notifications import (
    MarkAllReadIn,
    MarkAllReadOut,
    NotificationOut,
    PreferencesIn,
    PreferencesOut,
    SummaryOut,
    notification_out,
    summary_out,
)
from parley.api.zones import zone_of_caller
from parley.core.errors import NotFound
from parley.notifications import inbox
from parley.notifications.inbox_rules import Topic, wanted
from parley.notifications.models import Notification, wishes_of
from parley.notifications.operations.inbox import choose_kinds, mark_all_read, mark_read


class NotificationFilter(FilterSet):  # type: ignore[misc]  # django-filter is untyped
    """Filters of the list."""

    unread_only = FlagFilter(method="leave_out_read")
    kind = django_filters.ChoiceFilter(choices=Topic.choices)

    class Meta:
        model = Notification
        fields: list[str] = []

    def leave_out_read(self, rows: Any, name: str, value: bool) -> Any:
        """Only what is unread; with ``false`` all."""
        return rows.filter(read_at__isnull=True) if value else rows


class NotificationViewSet(Resource):
    """The caller's own; colleagues have theirs."""

    filterset_class = NotificationFilter
    serializer_class = NotificationOut
    lookup_value_converter = "anyuuid"
    queryset = Notification.objects.none()

    def list(self, request: Request) -> Response:
        """List one's notifications, the latest first."""
        rows = self.filter_queryset(Notification.objects.visible_to(self.actor).order_by("-event_id"))
        return self.get_paginated_response(self._shown(self.paginate_queryset(rows) or []))

    def retrieve(self, request: Request, pk: Any) -> Response:
        """One notification; it stays unread."""
        row = Notification.objects.visible_to(self.actor).filter(pk=pk).first()
        if row is None:
            raise NotFound.of("notification")
        return Response(*self._shown([row]))

    @extend_schema(request=None, responses=NotificationOut)
    @action(detail=True, methods=["post"])
    def mark_read(self, request: Request, pk: Any) -> Response:
        """Mark one as read; again changes nothing."""
        return Response(*self._shown([mark_read(notification_id=pk, actor=self.actor, now=self.now)]))

    @extend_schema(request=MarkAllReadIn, responses=MarkAllReadOut, filters=False)
    @action(detail=False, methods=["post"])
    def mark_all_read(self, request: Request) -> Response:
        """Mark all as read, or those up to an instant: what has come since then stays unread."""
        until = self.input(MarkAllReadIn).get("before")
        return Response({"marked": mark_all_read(until=until, actor=self.actor, now=self.now)})

    @extend_schema(responses=SummaryOut, filters=False)
    @action(detail=False, methods=["get"], pagination_class=None)
    def summary(self, request: Request) -> Response:
        """How many there are, and how many of them unread."""
        return Response(summary_out(inbox.counts(self.actor)))

    @extend_schema(methods=["GET"], responses=PreferencesOut, filters=False)
    @extend_schema(methods=["PUT", "PATCH"], request=PreferencesIn, responses=PreferencesOut)
    @action(detail=False, methods=["get", "put", "patch"], pagination_class=None)
    def preferences(self, request: Request) -> Response:
        """Which kinds one is told of. A change holds for what happens from then on."""
        if request.method == "GET":
            return Response({"kinds": wanted(wishes_of(self.actor.pk))})
        is_whole = request.method == "PUT"
        kinds = self.input(PreferencesIn, partial=not is_whole).get("kinds", {})
        return Response({"kinds": choose_kinds(kinds=kinds, replace=is_whole, actor=self.actor, now=self.now)})

    def _shown(self, rows: Any) -> Any:
        told = inbox.told(rows, zone=zone_of_caller(self.request), actor=self.actor)
        return [notification_out(each) for each in told]
