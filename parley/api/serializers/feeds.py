"""Calendar feeds as they go in and out."""

from typing import Any

from rest_framework import serializers

from parley.api.fields import KeyField, LineField
from parley.notifications.feed_rules import Scope
from parley.notifications.feeds import feed_url
from parley.notifications.models import CalendarFeed
from parley.notifications.operations.feeds import NewAddress


class FeedIn(serializers.Serializer[Any]):
    """A feed to make. *mine* shows what its user booked, or invited the candidate to."""

    scope = serializers.ChoiceField(Scope.choices)
    company = KeyField(required=False, allow_null=True, help_text="Administrators must name it.")
    name = LineField(required=False, allow_blank=True, max_length=100, help_text="What calendars call it.")


class FeedOut(serializers.Serializer[Any]):
    """A feed; its address is not shown again."""

    id = serializers.UUIDField()
    scope = serializers.ChoiceField(Scope.choices)
    company = serializers.IntegerField()
    name = serializers.CharField()
    created_at = serializers.DateTimeField()
    last_used_at = serializers.DateTimeField(allow_null=True, help_text="To some minutes.")


class NewFeedOut(FeedOut):
    """A feed with its secret address, this once."""

    url = serializers.CharField()


def feed_out(feed: CalendarFeed) -> dict[str, Any]:
    """As ``FeedOut``."""
    return {
        "id": feed.pk,
        "scope": feed.scope,
        "company": feed.company_id,
        "name": feed.name,
        "created_at": feed.created_at,
        "last_used_at": feed.last_used_at,
    }


def new_feed_out(made: NewAddress) -> dict[str, Any]:
    """As ``NewFeedOut``."""
    return feed_out(made.feed) | {"url": feed_url(made.token)}
