"""Slots as they go in and out."""

from typing import Any

from django.utils import timezone
from rest_framework import serializers

from parley.api.fields import (
    ClockField,
    DayField,
    FlagField,
    IdField,
    InstantField,
    ItemsField,
    KeyField,
    NumberField,
    ObjectField,
    SettingsField,
    TextField,
    ZoneField,
)
from parley.interviews.models import InterviewSlot
from parley.interviews.rules.limits import MAX_CAPACITY, MAX_SLOT_MINUTES
from parley.interviews.rules.recurrence import Skipped
from parley.interviews.rules.states import InterviewType, SlotStatus, SlotType


class SlotOut(serializers.Serializer[Any]):
    """The shape of ``slot_out``, for the OpenAPI document."""

    id = serializers.UUIDField()
    slot_type = serializers.ChoiceField(SlotType.choices)
    status = serializers.ChoiceField(SlotStatus.choices)
    start_time = serializers.DateTimeField()
    end_time = serializers.DateTimeField()
    duration_minutes = serializers.IntegerField()
    ai_interview_type = serializers.ChoiceField(InterviewType.choices)
    ai_configuration = ObjectField()
    company = serializers.IntegerField()
    company_name = serializers.CharField()
    job = serializers.IntegerField(allow_null=True)
    job_title = serializers.CharField(allow_null=True)
    is_recurring = serializers.BooleanField()
    recurring_pattern = ObjectField(allow_null=True)
    notes = serializers.CharField()
    max_candidates = serializers.IntegerField()
    current_bookings = serializers.IntegerField()
    held_places = serializers.IntegerField(help_text="Kept for candidates who are asked whether they want them.")
    is_available = serializers.BooleanField()
    available_spots = serializers.IntegerField()
    created_at = serializers.DateTimeField()
    updated_at = serializers.DateTimeField()


def slot_out(slot: InterviewSlot) -> dict[str, Any]:
    """A slot with its company and job loaded. Written out plainly: it is what searches spend their time on."""
    is_open = slot.status == SlotStatus.AVAILABLE and slot.start_time > timezone.now()
    open_spots = slot.places_left if is_open else 0
    return {
        "id": slot.id,
        "slot_type": slot.slot_type,
        "status": slot.status,
        "start_time": slot.start_time,
        "end_time": slot.end_time,
        "duration_minutes": slot.duration_minutes,
        "ai_interview_type": slot.ai_interview_type,
        "ai_configuration": slot.ai_configuration,
        "company": slot.company_id,
        "company_name": slot.company.name,
        "job": slot.job_id,
        "job_title": slot.job.job_title if slot.job else None,
        "is_recurring": slot.slot_type == SlotType.RECURRING,
        "recurring_pattern": slot.recurring_pattern,
        "notes": slot.notes,
        "max_candidates": slot.max_candidates,
        "current_bookings": slot.current_bookings,
        "held_places": slot.held_places,
        "is_available": open_spots > 0,
        "available_spots": open_spots,
        "created_at": slot.created_at,
        "updated_at": slot.updated_at,
    }


class SlotIn(serializers.Serializer[Any]):
    """A slot to make, or (partial) to change."""

    company = KeyField(required=False, allow_null=True)
    job = KeyField(source="job_id", required=False, allow_null=True)
    start_time = InstantField()
    end_time = InstantField()
    duration_minutes = NumberField(required=False, allow_null=True, min_value=1, max_value=MAX_SLOT_MINUTES)
    slot_type = serializers.ChoiceField(SlotType.choices, required=False)
    ai_interview_type = serializers.ChoiceField(InterviewType.choices, required=False)
    ai_configuration = SettingsField(required=False)
    max_candidates = NumberField(required=False, min_value=1, max_value=MAX_CAPACITY)
    notes = TextField(required=False, allow_blank=True, max_length=10_000)


class SearchIn(serializers.Serializer[Any]):
    """What to search for; dates are local days in ``timezone`` or the company's zone, both included."""

    start_date = DayField()
    end_date = DayField()
    company_id = KeyField(required=False, allow_null=True)
    ai_interview_type = serializers.ChoiceField(InterviewType.choices, required=False, allow_null=True)
    job_id = KeyField(required=False, allow_null=True)
    start_time = ClockField(required=False, allow_null=True, help_text="Earliest local time of day.")
    end_time = ClockField(
        required=False, allow_null=True, help_text="Latest local time of day at which a slot may end."
    )
    duration_minutes = NumberField(required=False, allow_null=True, min_value=1, max_value=MAX_SLOT_MINUTES)
    timezone = ZoneField(required=False, allow_null=True)


class AvailableIn(serializers.Serializer[Any]):
    """The query of ``available-slots``."""

    start_date = DayField(required=False)
    end_date = DayField(required=False)
    company_id = KeyField(required=False)
    ai_interview_type = serializers.ChoiceField(InterviewType.choices, required=False)
    timezone = ZoneField(required=False)


class RecurringIn(serializers.Serializer[Any]):
    """A pattern to make slots from."""

    company_id = KeyField(required=False, allow_null=True)
    start_date = DayField()
    end_date = DayField()
    start_time = ClockField()
    end_time = ClockField(help_text="00:00 is the end of the day.")
    days_of_week = ItemsField(child=NumberField(min_value=1, max_value=7), min_length=1, max_length=7)
    ai_interview_type = serializers.ChoiceField(InterviewType.choices, default=InterviewType.GENERAL)
    job_id = KeyField(required=False, allow_null=True)
    slot_duration = NumberField(default=60, min_value=5, max_value=480)
    break_duration = NumberField(default=0, min_value=0, max_value=240)
    max_candidates_per_slot = NumberField(default=1, min_value=1, max_value=MAX_CAPACITY)
    ai_configuration = SettingsField(required=False)
    notes = TextField(required=False, allow_blank=True, max_length=10_000)
    timezone = ZoneField(required=False, allow_null=True)
    dry_run = FlagField(default=False)


class SkippedOut(serializers.Serializer[Any]):
    """A start that made no slot, and why."""

    start_time = serializers.DateTimeField()
    reason = serializers.CharField()
    detail = serializers.CharField()


def skipped_out(skipped: Skipped) -> dict[str, Any]:
    """As ``SkippedOut``."""
    return {"start_time": skipped.start, "reason": str(skipped.reason), "detail": skipped.detail}


class RecurringOut(serializers.Serializer[Any]):
    """What a pattern made."""

    message = serializers.CharField()
    created_slots = serializers.IntegerField()
    slots = SlotOut(many=True)
    skipped_slots = SkippedOut(many=True)


class BookSlotIn(serializers.Serializer[Any]):
    """Who takes a place."""

    interview_id = IdField()
    booking_notes = TextField(required=False, allow_blank=True, max_length=10_000)


class ReleaseIn(serializers.Serializer[Any]):
    """Whose place is freed; neither is needed where the slot has exactly one booking."""

    schedule_id = IdField(required=False, allow_null=True)
    interview_id = IdField(required=False, allow_null=True)


class ReleaseOut(serializers.Serializer[Any]):
    """The slot after a release."""

    message = serializers.CharField()
    slot_available = serializers.BooleanField()
    current_bookings = serializers.IntegerField()
    max_candidates = serializers.IntegerField()


class ReasonIn(serializers.Serializer[Any]):
    """Why."""

    reason = TextField(required=False, allow_blank=True, max_length=2_000)
