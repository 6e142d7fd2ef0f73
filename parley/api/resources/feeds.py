"""``/api/calendar_feeds/``: addresses under which the caller's calendar looks up bookings."""

from typing import Any

from drf_spectacular.utils import extend_schema
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from parley.api.resource import Resource
from parley.api.serializers.feeds import FeedIn, FeedOut, NewFeedOut, feed_out, new_feed_out
from parley.notifications.feed_rules import Scope
from parley.notifications.models import CalendarFeed
from parley.notifications.operations.feeds import create_feed, revoke_feed, rotate_feed


class FeedViewSet(Resource):
    """The caller's own; colleagues and administrators have theirs."""

    serializer_class = FeedOut
    lookup_value_converter = "anyuuid"
    queryset = CalendarFeed.objects.none()

    def list(self, request: Request) -> Response:
        """List one's feeds, the oldest first."""
        rows = CalendarFeed.objects.visible_to(self.actor).order_by("created_at", "pk")
        return self.page_of(rows, feed_out)

    def retrieve(self, request: Request, pk: Any) -> Response:
        """One feed."""
        return Response(feed_out(CalendarFeed.objects.all().seen_by(self.actor, pk=pk, thing="feed")))

    @extend_schema(request=FeedIn, responses={201: NewFeedOut})
    def create(self, request: Request) -> Response:
        """Make a feed; its secret address is shown this once."""
        values = self.input(FeedIn)
        made = create_feed(
            scope=Scope(values["scope"]),
            company_id=values.get("company"),
            name=values.get("name", ""),
            actor=self.actor,
            now=self.now,
        )
        return Response(new_feed_out(made), status=201)

    @extend_schema(responses={204: None})
    def destroy(self, request: Request, pk: Any) -> Response:
        """End a feed: its address leads nowhere from now on."""
        revoke_feed(feed_id=pk, actor=self.actor, now=self.now)
        return Response(status=204)

    @extend_schema(request=None, responses=NewFeedOut)
    @action(detail=True, methods=["post"])
    def rotate(self, request: Request, pk: Any) -> Response:
        """Give a feed another address, which is shown this once; the one before ends."""
        return Response(new_feed_out(rotate_feed(feed_id=pk, actor=self.actor, now=self.now)))
