"""Weekly patterns as they go in and out."""

from typing import Any

from rest_framework import serializers

from parley.api.fields import (
    ClockField,
    DayField,
    FlagField,
    ItemsField,
    KeyField,
    NumberField,
    ObjectField,
    SettingsField,
    TextField,
    ZoneField,
)
from parley.api.serializers.slots import SkippedOut, skipped_out
from parley.interviews.models import AIInterviewConfiguration
from parley.interviews.operations.materialise import SyncReport
from parley.interviews.rules.holidays import calendar_named
from parley.interviews.rules.limits import MAX_CAPACITY
from parley.interviews.rules.states import InterviewType


class ConfigurationOut(serializers.Serializer[Any]):
    """The shape of ``configuration_out``."""

    id = serializers.IntegerField()
    company = serializers.IntegerField()
    company_name = serializers.CharField()
    interview_type = serializers.ChoiceField(InterviewType.choices)
    day_of_week = serializers.IntegerField()
    start_time = ClockField()
    end_time = ClockField()
    timezone = serializers.CharField()
    slot_duration = serializers.IntegerField()
    break_duration = serializers.IntegerField()
    max_candidates = serializers.IntegerField()
    ai_settings = ObjectField()
    valid_from = serializers.DateField()
    valid_until = serializers.DateField(allow_null=True)
    holidays = serializers.CharField(allow_null=True)
    excluded_dates = serializers.ListField(child=serializers.DateField())
    created_at = serializers.DateTimeField()
    updated_at = serializers.DateTimeField()


class LeftOut(serializers.Serializer[Any]):
    """A booked slot that the changed pattern does not want any more."""

    slot_id = serializers.UUIDField()
    start_time = serializers.DateTimeField()
    current_bookings = serializers.IntegerField()


class ChangedOut(ConfigurationOut):
    """A changed pattern, and what the change did to its slots."""

    created_slots = serializers.IntegerField()
    removed_slots = serializers.IntegerField()
    left_slots = LeftOut(many=True)
    skipped_slots = SkippedOut(many=True)


class GenerateIn(serializers.Serializer[Any]):
    """How far to make slots."""

    until = DayField()
    dry_run = FlagField(default=False)


class GenerateOut(serializers.Serializer[Any]):
    """What was made, or with ``dry_run`` would be."""

    created_slots = serializers.IntegerField()
    removed_slots = serializers.IntegerField()
    left_slots = LeftOut(many=True)
    skipped_slots = SkippedOut(many=True)


class ConfigurationIn(serializers.Serializer[Any]):
    """A weekly pattern to make, or (partial) to change."""

    company = KeyField(required=False, allow_null=True)
    interview_type = serializers.ChoiceField(InterviewType.choices)
    day_of_week = NumberField(min_value=1, max_value=7)
    start_time = ClockField()
    end_time = ClockField(help_text="00:00 is the end of the day.")
    timezone = ZoneField(required=False, allow_blank=True, allow_null=True)
    slot_duration = NumberField(required=False, min_value=5, max_value=480)
    break_duration = NumberField(required=False, min_value=0, max_value=240)
    max_candidates = NumberField(required=False, min_value=1, max_value=MAX_CAPACITY)
    ai_settings = SettingsField(required=False)
    valid_from = DayField(required=False)
    valid_until = DayField(required=False, allow_null=True)
    holidays = TextField(required=False, allow_null=True, allow_blank=True, max_length=16)
    excluded_dates = ItemsField(child=DayField(), required=False, max_length=1000)

    def validate_timezone(self, value: str | None) -> str:
        """None means the company's zone."""
        return value or ""

    def validate_holidays(self, value: str | None) -> str:
        """None means none."""
        return calendar_named(value or "")

    def validate_excluded_dates(self, value: list[Any]) -> list[Any]:
        """Each once, in order."""
        return sorted(set(value))


def configuration_out(configuration: AIInterviewConfiguration) -> dict[str, Any]:
    """A pattern with its company loaded; ``timezone`` is the zone that holds."""
    return {
        "id": configuration.pk,
        "company": configuration.company_id,
        "company_name": configuration.company.name,
        "interview_type": configuration.interview_type,
        "day_of_week": configuration.day_of_week,
        "start_time": configuration.start_time,
        "end_time": configuration.end_time,
        "timezone": configuration.zone.key,
        "slot_duration": configuration.slot_duration,
        "break_duration": configuration.break_duration,
        "max_candidates": configuration.max_candidates,
        "ai_settings": configuration.ai_settings,
        "valid_from": configuration.valid_from,
        "valid_until": configuration.valid_until,
        "holidays": configuration.holidays or None,
        "excluded_dates": configuration.excluded_dates,
        "created_at": configuration.created_at,
        "updated_at": configuration.updated_at,
    }


def report_out(report: SyncReport) -> dict[str, Any]:
    """As ``GenerateOut``."""
    return {
        "created_slots": len(report.created),
        "removed_slots": len(report.removed),
        "left_slots": [
            {"slot_id": slot.pk, "start_time": slot.start_time, "current_bookings": slot.current_bookings}
            for slot in report.left
        ],
        "skipped_slots": [skipped_out(each) for each in report.skipped],
    }
