"""``/api/messages/``: the mails to candidates, and whether they arrived."""

from typing import Any

import django_filters
from django_filters.rest_framework import FilterSet
from drf_spectacular.utils import extend_schema
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from parley.api.filters import IdFilter, StableOrdering
from parley.api.resource import Resource
from parley.api.serializers.messages import MessageOut, message_out
from parley.notifications.models import Message
from parley.notifications.operations.sending import send_again
from parley.notifications.rules import Kind, State


class MessageFilter(FilterSet):  # type: ignore[misc]  # django-filter is untyped
    """Filters of the list."""

    state = django_filters.ChoiceFilter(choices=State.choices)
    kind = django_filters.ChoiceFilter(choices=Kind.choices)
    interview = IdFilter(field_name="interview_id")
    ordering = StableOrdering(fields=["created_at", "due_at"])

    class Meta:
        model = Message
        fields: list[str] = []


class MessageViewSet(Resource):
    """Mails of the caller's company; of all companies for administrators."""

    filterset_class = MessageFilter
    serializer_class = MessageOut
    lookup_value_converter = "anyuuid"
    queryset = Message.objects.none()

    def list(self, request: Request) -> Response:
        """List mails, the latest first."""
        rows = Message.objects.visible_to(self.actor).order_by("-created_at", "pk")
        return self.page_of(self.filter_queryset(rows), message_out)

    def retrieve(self, request: Request, pk: Any) -> Response:
        """One mail."""
        return Response(message_out(Message.objects.all().seen_by(self.actor, pk=pk, thing="message")))

    @extend_schema(request=None, responses=MessageOut)
    @action(detail=True, methods=["post"])
    def send_again(self, request: Request, pk: Any) -> Response:
        """Send an undelivered mail once more."""
        return Response(message_out(send_again(message_id=pk, actor=self.actor, now=self.now)))
