"""What users find in the product, and what they want to hear of."""

from typing import Any

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from parley.api.fields import InstantField
from parley.notifications.inbox import Counts, Told
from parley.notifications.inbox_rules import USUAL, Topic


class NotificationOut(serializers.Serializer[Any]):
    """One notification, in words made when it is read."""

    id = serializers.UUIDField()
    kind = serializers.ChoiceField(Topic.choices)
    title = serializers.CharField()
    text = serializers.CharField()
    object_type = serializers.CharField(help_text="What it is about: interview, conflict, message, webhook, waitlist.")
    object_id = serializers.CharField(help_text="The id of that; it may be gone by now.")
    created_at = serializers.DateTimeField()
    read_at = serializers.DateTimeField(allow_null=True)
    is_read = serializers.BooleanField()


def notification_out(told: Told) -> dict[str, Any]:
    """As ``NotificationOut``."""
    row = told.row
    return {
        "id": row.pk,
        "kind": row.kind,
        "title": told.title,
        "text": told.text,
        "object_type": row.object_type,
        "object_id": row.object_id,
        "created_at": row.created_at,
        "read_at": row.read_at,
        "is_read": row.read_at is not None,
    }


class MarkAllReadIn(serializers.Serializer[Any]):
    """Up to when."""

    before = InstantField(
        required=False,
        help_text="Only those that came up to this instant, such as the `created_at` of the latest that was shown.",
    )


class MarkAllReadOut(serializers.Serializer[Any]):
    """How many were unread until now."""

    marked = serializers.IntegerField()


class CountsByKindOut(serializers.Serializer[Any]):
    """A number for each kind."""

    def get_fields(self) -> dict[str, Any]:
        """One for each kind."""
        return {kind: serializers.IntegerField() for kind in Topic.values}


class SummaryOut(serializers.Serializer[Any]):
    """How many there are."""

    unread = serializers.IntegerField()
    total = serializers.IntegerField()
    by_kind = CountsByKindOut(help_text="The unread ones.")


def summary_out(counts: Counts) -> dict[str, Any]:
    """As ``SummaryOut``."""
    return {"unread": counts.unread, "total": counts.total, "by_kind": counts.by_kind}


@extend_schema_field(
    {
        "type": "object",
        "description": "By kind: whether the user is told of it.",
        "properties": {kind: {"type": "boolean"} for kind in USUAL},
        "additionalProperties": False,
    }
)
class KindsField(serializers.Field):  # type: ignore[type-arg]
    """true or false by kind."""

    def to_internal_value(self, data: Any) -> dict[str, bool]:
        """What is said of the kinds that are named."""
        if not isinstance(data, dict):
            raise serializers.ValidationError("Must be a JSON object.")
        if unknown := sorted(set(data) - set(USUAL)):
            raise serializers.ValidationError({unknown[0]: [f"There are: {', '.join(USUAL)}."]})
        for kind, value in data.items():
            if not isinstance(value, bool):
                raise serializers.ValidationError({kind: ["Must be true or false."]})
        return dict(data)

    def to_representation(self, value: dict[str, bool]) -> dict[str, bool]:
        """As they are."""
        return value


class PreferencesIn(serializers.Serializer[Any]):
    """What changes (PATCH), or what holds from now on (PUT): kinds that are left out go back to what is usual."""

    kinds = KindsField()


class PreferencesOut(serializers.Serializer[Any]):
    """All kinds."""

    kinds = KindsField()
