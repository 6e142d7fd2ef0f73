"""What happens by itself, for operators: places held, runs of the re-seating, the waitlist."""

from typing import Any

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest

from parley.core.admin import LookingAdmin
from parley.interviews.models import InvitationBatch, PlaceHold, Reseating, WaitlistEntry
from parley.interviews.operations.reseating import undo_reseating
from parley.interviews.operations.waitlist import leave
from parley.organizations.admin import operator


@admin.register(PlaceHold)
class HoldAdmin(LookingAdmin):
    """Places that are or were held."""

    list_display = ["created_at", "company", "candidate", "start_time", "status", "expires_at", "settled_at"]
    list_filter = ["status", "company"]
    list_select_related = ["company", "interview__candidate"]
    search_fields = ["=id", "company__name", "interview__candidate__full_name"]
    ordering = ["-created_at", "pk"]

    @admin.display(description="candidate")
    def candidate(self, hold: PlaceHold) -> str:
        """For whom."""
        return hold.interview.candidate.full_name


@admin.register(Reseating)
class ReseatingAdmin(LookingAdmin):
    """Runs of the re-seating."""

    list_display = ["created_at", "company", "mode", "affected", "seated", "displacement_minutes", "undone_at"]
    list_filter = ["mode", "company"]
    list_select_related = ["company"]
    search_fields = ["=id", "company__name"]
    ordering = ["-created_at", "pk"]
    actions = ["undo"]

    @admin.action(description="Undo, as far as it can be")
    def undo(self, request: HttpRequest, rows: QuerySet[Any]) -> None:
        """What was changed since stays."""
        actor = operator(request)
        self.each(
            request, rows, lambda key, now: undo_reseating(reseating_id=key, actor=actor, now=now), done="are undone"
        )


@admin.register(WaitlistEntry)
class WaitlistAdmin(LookingAdmin):
    """Who waits for a place."""

    list_display = ["created_at", "company", "candidate", "ai_interview_type", "start_after", "start_before", "status"]
    list_filter = ["status", "ai_interview_type", "company"]
    list_select_related = ["company", "interview__candidate"]
    search_fields = ["=id", "company__name", "interview__candidate__full_name"]
    ordering = ["-created_at", "pk"]
    actions = ["take_off"]

    @admin.display(description="candidate")
    def candidate(self, entry: WaitlistEntry) -> str:
        """Who waits."""
        return entry.interview.candidate.full_name

    @admin.action(description="Take off the waitlist")
    def take_off(self, request: HttpRequest, rows: QuerySet[Any]) -> None:
        """A place that is held is free again."""
        actor = operator(request)
        self.each(request, rows, lambda key, now: leave(entry_id=key, actor=actor, now=now), done="wait no longer")


@admin.register(InvitationBatch)
class InvitationBatchAdmin(LookingAdmin):
    """Candidates who were invited together."""

    list_display = ["created_at", "company", "job", "interview_round", "status", "total", "invited", "refused"]
    list_filter = ["status", "company"]
    list_select_related = ["company", "job"]
    search_fields = ["=id", "company__name", "interview_round"]
    ordering = ["-created_at", "pk"]
