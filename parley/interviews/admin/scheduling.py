"""Scheduling for operators: everything to look at, and operations as actions."""

from calendar import day_name
from typing import Any

from django.conf import settings
from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest

from parley.core.admin import LookingAdmin
from parley.interviews.models import (
    AIInterviewConfiguration,
    Interview,
    InterviewConflict,
    InterviewSchedule,
    InterviewSlot,
    SchedulingPolicy,
)
from parley.interviews.operations.booking import cancel_booking, confirm_booking, release_slot
from parley.interviews.operations.configurations import delete_configuration
from parley.interviews.operations.conflicts import resolve_conflict
from parley.interviews.operations.interviews import delete_interview
from parley.interviews.operations.materialise import materialise
from parley.interviews.operations.slots import cancel_slot, complete_slot
from parley.interviews.rules.states import Resolution
from parley.organizations.admin import operator

REASON = "Cancelled by an administrator."


@admin.register(AIInterviewConfiguration)
class ConfigurationAdmin(LookingAdmin):
    """Weekly patterns."""

    list_display = [
        "company",
        "interview_type",
        "weekday",
        "start_time",
        "end_time",
        "zone_name",
        "slot_duration",
        "break_duration",
        "max_candidates",
        "holidays",
        "valid_from",
        "valid_until",
        "generated_until",
    ]
    list_filter = ["interview_type", "day_of_week", "company"]
    list_select_related = ["company"]
    search_fields = ["company__name"]
    ordering = ["company_id", "interview_type", "day_of_week", "start_time", "pk"]
    actions = ["make_slots", "delete_with_free_slots"]

    @admin.display(description="day", ordering="day_of_week")
    def weekday(self, configuration: AIInterviewConfiguration) -> str:
        """The name of the day."""
        return day_name[configuration.day_of_week - 1]

    @admin.display(description="time zone")
    def zone_name(self, configuration: AIInterviewConfiguration) -> str:
        """The zone that holds."""
        return configuration.zone.key

    @admin.action(description="Make the coming slots now, as the periodic job does")
    def make_slots(self, request: HttpRequest, rows: QuerySet[AIInterviewConfiguration]) -> None:
        """Safe to repeat."""
        days = settings.PARLEY_SLOT_HORIZON_DAYS
        self.each(
            request,
            rows,
            lambda key, now: materialise(configuration_id=key, days=days, now=now),
            done="are in step",
        )

    @admin.action(description="Delete with the free future slots; booked ones stay and open conflicts")
    def delete_with_free_slots(self, request: HttpRequest, rows: QuerySet[AIInterviewConfiguration]) -> None:
        """As through the API."""
        self.each(
            request,
            rows,
            lambda key, now: delete_configuration(configuration_id=key, actor=operator(request), now=now),
            done="are deleted",
        )


@admin.register(InterviewSlot)
class SlotAdmin(LookingAdmin):
    """Slots."""

    list_display = [
        "start_time",
        "duration",
        "company",
        "ai_interview_type",
        "status",
        "taken",
        "job",
        "slot_type",
    ]
    list_filter = ["status", "ai_interview_type", "slot_type", "start_time", "company"]
    list_select_related = ["company", "job"]
    search_fields = ["=id", "company__name", "job__job_title"]
    ordering = ["start_time", "pk"]
    actions = ["cancel_free", "cancel_with_bookings", "complete"]

    @admin.display(description="minutes", ordering="duration_minutes")
    def duration(self, slot: InterviewSlot) -> int:
        """Minutes."""
        return slot.duration_minutes

    @admin.display(description="taken", ordering="current_bookings")
    def taken(self, slot: InterviewSlot) -> str:
        """Bookings and places."""
        return f"{slot.current_bookings} of {slot.max_candidates}"

    @admin.action(description="Cancel those that nobody has booked")
    def cancel_free(self, request: HttpRequest, rows: QuerySet[InterviewSlot]) -> None:
        """Booked ones are refused."""
        self._cancel(request, rows, cascade=False)

    @admin.action(description="Cancel with their bookings, which opens conflicts")
    def cancel_with_bookings(self, request: HttpRequest, rows: QuerySet[InterviewSlot]) -> None:
        """The interviews stay open and wait for another place."""
        self._cancel(request, rows, cascade=True)

    @admin.action(description="Complete those that have begun")
    def complete(self, request: HttpRequest, rows: QuerySet[InterviewSlot]) -> None:
        """The periodic job does so when their time is over."""
        self.each(
            request,
            rows,
            lambda key, now: complete_slot(slot_id=key, actor=operator(request), now=now),
            done="are completed",
        )

    def _cancel(self, request: HttpRequest, rows: QuerySet[InterviewSlot], *, cascade: bool) -> None:
        actor = operator(request)
        self.each(
            request,
            rows,
            lambda key, now: cancel_slot(slot_id=key, cascade=cascade, reason=REASON, actor=actor, now=now),
            done="are cancelled",
        )


@admin.register(Interview)
class InterviewAdmin(LookingAdmin):
    """Interviews."""

    list_display = ["candidate", "job", "company", "interview_round", "status", "created_at"]
    list_filter = ["status", "company"]
    list_select_related = ["candidate", "job", "company"]
    search_fields = ["=id", "candidate__full_name", "candidate__email", "job__job_title", "company__name"]
    ordering = ["-created_at", "pk"]
    actions = ["delete_never_booked"]

    @admin.action(description="Delete those that were never booked")
    def delete_never_booked(self, request: HttpRequest, rows: QuerySet[Interview]) -> None:
        """The history of the others is kept."""
        self.each(
            request,
            rows,
            lambda key, now: delete_interview(interview_id=key, actor=operator(request), now=now),
            done="are deleted",
        )


@admin.register(InterviewSchedule)
class ScheduleAdmin(LookingAdmin):
    """Bookings, ended ones too."""

    list_display = ["start_time", "candidate", "company", "kind", "status", "booked_at", "cancelled_at"]
    list_filter = ["status", "start_time", "company"]
    list_select_related = ["candidate", "company", "slot"]
    search_fields = ["=id", "candidate__full_name", "candidate__email", "company__name"]
    ordering = ["-booked_at", "pk"]
    actions = ["confirm", "cancel", "release"]

    @admin.display(description="interview type", ordering="slot__ai_interview_type")
    def kind(self, schedule: InterviewSchedule) -> str:
        """The slot's."""
        return schedule.slot.get_ai_interview_type_display()

    @admin.action(description="Confirm")
    def confirm(self, request: HttpRequest, rows: QuerySet[InterviewSchedule]) -> None:
        """Those that are pending."""
        self.each(
            request,
            rows,
            lambda key, now: confirm_booking(schedule_id=key, actor=operator(request), now=now),
            done="are confirmed",
        )

    @admin.action(description="Cancel with their interviews")
    def cancel(self, request: HttpRequest, rows: QuerySet[InterviewSchedule]) -> None:
        """The interviews can be booked again."""
        self.each(
            request,
            rows,
            lambda key, now: cancel_booking(schedule_id=key, reason=REASON, actor=operator(request), now=now),
            done="are cancelled",
        )

    @admin.action(description="Free their places; the interviews stay open")
    def release(self, request: HttpRequest, rows: QuerySet[InterviewSchedule]) -> None:
        """They wait for another place."""
        slots = dict(rows.values_list("pk", "slot_id"))
        self.each(
            request,
            rows,
            lambda key, now: release_slot(
                slot_id=slots[key], schedule_id=key, interview_id=None, actor=operator(request), now=now
            ),
            done="are released",
        )


@admin.register(InterviewConflict)
class ConflictAdmin(LookingAdmin):
    """What people have to settle."""

    list_display = ["detected_at", "company", "conflict_type", "candidate", "resolution", "resolved_at"]
    list_filter = ["resolution", "conflict_type", "company"]
    list_select_related = ["company", "primary_interview__candidate"]
    search_fields = ["=id", "company__name", "primary_interview__candidate__full_name"]
    ordering = ["-detected_at", "pk"]
    actions = ["move", "give_up", "leave"]

    @admin.display(description="candidate")
    def candidate(self, conflict: InterviewConflict) -> str:
        """Whose interview it is about."""
        interview = conflict.primary_interview
        return interview.candidate.full_name if interview else ""

    @admin.action(description="Resolve by moving to the best proposed slot that is free")
    def move(self, request: HttpRequest, rows: QuerySet[InterviewConflict]) -> None:
        """Refused where none is free any more."""
        self._resolve(request, rows, Resolution.RESCHEDULED)

    @admin.action(description="Resolve by cancelling the interview")
    def give_up(self, request: HttpRequest, rows: QuerySet[InterviewConflict]) -> None:
        """It can be booked again."""
        self._resolve(request, rows, Resolution.CANCELLED)

    @admin.action(description="Mark as resolved, and leave all as it is")
    def leave(self, request: HttpRequest, rows: QuerySet[InterviewConflict]) -> None:
        """For what was settled elsewhere."""
        self._resolve(request, rows, Resolution.RESOLVED)

    def _resolve(self, request: HttpRequest, rows: QuerySet[Any], resolution: Resolution) -> None:
        actor = operator(request)
        self.each(
            request,
            rows,
            lambda key, now: resolve_conflict(
                conflict_id=key,
                resolution=resolution,
                slot_id=None,
                notes="Settled by an administrator.",
                actor=actor,
                now=now,
            ),
            done="are resolved",
        )


@admin.register(SchedulingPolicy)
class PolicyAdmin(LookingAdmin):
    """What companies allow their candidates; those that never said anything are not here."""

    list_display = [
        "company",
        "change_cutoff_minutes",
        "min_notice_minutes",
        "max_days_ahead",
        "join_before_minutes",
        "join_grace_minutes",
        "reseat_mode",
        "updated_at",
    ]
    list_select_related = ["company"]
    search_fields = ["company__name"]
    ordering = ["company_id"]
