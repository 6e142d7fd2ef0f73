"""Schedules (bookings) as they go in and out."""

from typing import Any

from rest_framework import serializers

from parley.api.fields import IdField, TextField
from parley.interviews.models import InterviewSchedule
from parley.interviews.rules.states import InterviewStatus, InterviewType, ScheduleStatus


class InterviewDetails(serializers.Serializer[Any]):
    """The interview of a booking, in short."""

    id = serializers.UUIDField()
    candidate_name = serializers.CharField()
    status = serializers.ChoiceField(InterviewStatus.choices)
    started_at = serializers.DateTimeField(allow_null=True)
    ended_at = serializers.DateTimeField(allow_null=True)


class SlotDetails(serializers.Serializer[Any]):
    """The slot of a booking, in short."""

    id = serializers.UUIDField()
    ai_interview_type = serializers.ChoiceField(InterviewType.choices)
    start_time = serializers.DateTimeField()
    end_time = serializers.DateTimeField()
    duration_minutes = serializers.IntegerField()
    company_name = serializers.CharField()


class ScheduleOut(serializers.Serializer[Any]):
    """The shape of ``schedule_out``, for the OpenAPI document."""

    id = serializers.UUIDField()
    interview = serializers.UUIDField()
    slot = serializers.UUIDField()
    status = serializers.ChoiceField(ScheduleStatus.choices)
    booking_notes = serializers.CharField()
    booked_at = serializers.DateTimeField()
    confirmed_at = serializers.DateTimeField(allow_null=True)
    cancelled_at = serializers.DateTimeField(allow_null=True)
    cancellation_reason = serializers.CharField()
    cancelled_by = serializers.IntegerField(allow_null=True)
    candidate_name = serializers.CharField()
    ai_interview_type = serializers.ChoiceField(InterviewType.choices)
    interview_details = InterviewDetails()
    slot_details = SlotDetails()


def schedule_out(schedule: InterviewSchedule) -> dict[str, Any]:
    """A booking with its interview, candidate, slot and company loaded. Written out plainly: bookings must be fast."""
    interview, slot = schedule.interview, schedule.slot
    candidate_name = interview.candidate.full_name
    return {
        "id": schedule.id,
        "interview": schedule.interview_id,
        "slot": schedule.slot_id,
        "status": schedule.status,
        "booking_notes": schedule.booking_notes,
        "booked_at": schedule.booked_at,
        "confirmed_at": schedule.confirmed_at,
        "cancelled_at": schedule.cancelled_at,
        "cancellation_reason": schedule.cancellation_reason,
        "cancelled_by": schedule.cancelled_by_id,
        "candidate_name": candidate_name,
        "ai_interview_type": slot.ai_interview_type,
        "interview_details": {
            "id": interview.id,
            "candidate_name": candidate_name,
            "status": interview.status,
            "started_at": interview.started_at,
            "ended_at": interview.ended_at,
        },
        "slot_details": {
            "id": slot.id,
            "ai_interview_type": slot.ai_interview_type,
            "start_time": slot.start_time,
            "end_time": slot.end_time,
            "duration_minutes": slot.duration_minutes,
            "company_name": slot.company.name,
        },
    }


class BookIn(serializers.Serializer[Any]):
    """Which interview takes a place of which slot."""

    interview_id = IdField()
    slot_id = IdField()
    booking_notes = TextField(required=False, allow_blank=True, max_length=10_000)


class RescheduleIn(serializers.Serializer[Any]):
    """Where a booking moves to."""

    slot_id = IdField()


class NotesIn(serializers.Serializer[Any]):
    """The only thing of a booking that is edited."""

    booking_notes = TextField(allow_blank=True, max_length=10_000)


class ImportIn(serializers.Serializer[Any]):
    """Bookings to take over."""

    bookings = BookIn(many=True, allow_empty=False, max_length=500)  # type: ignore[call-arg]  # of the list


class RefusedOut(serializers.Serializer[Any]):
    """A row that was not taken over."""

    row = serializers.IntegerField()
    code = serializers.CharField()
    detail = serializers.CharField()


class ImportOut(serializers.Serializer[Any]):
    """What became of the rows."""

    booked = ScheduleOut(many=True)
    refused = RefusedOut(many=True)
    conflicts = serializers.ListField(child=serializers.UUIDField())
