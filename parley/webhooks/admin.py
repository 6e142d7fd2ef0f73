"""Webhooks for operators: which receivers there are, how they do, what was sent. Secrets are not shown."""

from typing import Any, ClassVar

from django.contrib import admin

from parley.core.admin import LookingAdmin
from parley.webhooks.models import WebhookAttempt, WebhookDelivery, WebhookEndpoint
from parley.webhooks.rules.addresses import without_query


class _ShortAddress(LookingAdmin):
    @admin.display(description="address")
    def address(self, row: Any) -> str:
        """Without the query, which may be a secret."""
        return without_query(row.url)


@admin.register(WebhookEndpoint)
class WebhookEndpointAdmin(_ShortAddress):
    """Receivers."""

    list_display = [
        "created_at",
        "company",
        "address",
        "is_active",
        "consecutive_failures",
        "failing_since",
        "paused_until",
        "disabled_reason",
    ]
    list_filter = ["is_active", "company"]
    list_select_related = ["company"]
    search_fields = ["=id", "company__name"]
    ordering = ["-created_at", "pk"]
    exclude: ClassVar[list[str]] = ["url", "secret", "previous_secret"]
    readonly_fields: ClassVar[list[str]] = ["address"]


@admin.register(WebhookDelivery)
class WebhookDeliveryAdmin(LookingAdmin):
    """What was sent, and whether it arrived."""

    list_display = [
        "created_at",
        "endpoint",
        "type",
        "state",
        "attempts",
        "next_attempt_at",
        "last_status",
        "last_error",
    ]
    list_filter = ["state", "type"]
    list_select_related = ["endpoint"]
    search_fields = ["=id", "=endpoint__id"]
    ordering = ["-created_at", "pk"]


@admin.register(WebhookAttempt)
class WebhookAttemptAdmin(LookingAdmin):
    """Each request, with what came back."""

    list_display = ["at", "delivery", "number", "status_code", "duration_ms", "error"]
    list_select_related = ["delivery"]
    search_fields = ["=delivery__id"]
    ordering = ["-at", "pk"]
