"""For operators: mails and whether they arrived, what users were told in the product, and calendar feeds."""

from typing import Any

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest

from parley.core.admin import LookingAdmin
from parley.notifications.models import CalendarFeed, InboxPreferences, MailPolicy, Message, Notification
from parley.notifications.operations.sending import send_again
from parley.organizations.admin import operator


@admin.register(Message)
class MessageAdmin(LookingAdmin):
    """Mails to candidates."""

    list_display = [
        "created_at",
        "company",
        "kind",
        "recipient",
        "state",
        "due_at",
        "next_attempt_at",
        "sent_at",
        "attempts",
        "last_error",
    ]
    list_filter = ["state", "kind", "company"]
    list_select_related = ["company"]
    search_fields = ["=id", "=recipient", "company__name"]
    ordering = ["-created_at", "pk"]
    actions = ["again"]

    @admin.action(description="Send undelivered ones again")
    def again(self, request: HttpRequest, rows: QuerySet[Any]) -> None:
        """Others are refused."""
        actor = operator(request)
        self.each(
            request, rows, lambda key, now: send_again(message_id=key, actor=actor, now=now), done="are sent again"
        )


@admin.register(MailPolicy)
class MailPolicyAdmin(LookingAdmin):
    """What companies say of their mails; those that never said anything are not here."""

    list_display = ["company", "reminder_minutes", "reply_to", "updated_at"]
    list_select_related = ["company"]
    search_fields = ["company__name"]
    ordering = ["company_id"]


@admin.register(Notification)
class NotificationAdmin(LookingAdmin):
    """What users were told; the words are theirs to read."""

    list_display = ["created_at", "company", "user", "kind", "object_type", "object_id", "read_at"]
    list_filter = ["kind"]
    list_select_related = ["company", "user"]
    search_fields = ["=id", "=object_id", "=user__email"]
    ordering = ["-created_at", "pk"]


@admin.register(InboxPreferences)
class InboxPreferencesAdmin(LookingAdmin):
    """Which kinds users want; those that never said anything are not here."""

    list_display = ["user", "kinds", "updated_at"]
    list_select_related = ["user"]
    search_fields = ["=user__email"]
    ordering = ["user_id"]


@admin.register(CalendarFeed)
class CalendarFeedAdmin(LookingAdmin):
    """Addresses under which calendars look up bookings, without their secrets."""

    list_display = ["created_at", "company", "user", "scope", "name", "last_used_at"]
    list_select_related = ["company", "user"]
    search_fields = ["=id", "=user__email", "company__name"]
    ordering = ["-created_at", "pk"]
    exclude = ["token_hash"]
