"""What candidates with a personal link see and send: nothing that tells of the company beyond their interview."""

from datetime import datetime
from typing import Any

from rest_framework import serializers

from parley.api.fields import DayField, IdField, NumberField, TextField, ZoneField
from parley.api.serializers.seating import (
    HoursOut,
    PublicProposalOut,
    PublicWaitingOut,
    public_proposal_out,
    public_waiting_out,
)
from parley.interviews.models import InterviewLink, InterviewSchedule, InterviewSlot, PlaceHold, WaitlistEntry
from parley.interviews.rules.policy import LEAST_JOIN_GRACE, Policy, ReseatMode
from parley.interviews.rules.states import InterviewStatus, InterviewType, ScheduleStatus


class PublicScheduleOut(serializers.Serializer[Any]):
    """The candidate's booking."""

    id = serializers.UUIDField()
    slot = serializers.UUIDField()
    status = serializers.ChoiceField(ScheduleStatus.choices)
    start_time = serializers.DateTimeField()
    end_time = serializers.DateTimeField()
    duration_minutes = serializers.IntegerField()
    ai_interview_type = serializers.ChoiceField(InterviewType.choices)
    cancelled_at = serializers.DateTimeField(allow_null=True)


def public_schedule_out(schedule: InterviewSchedule) -> dict[str, Any]:
    """A booking with its slot loaded."""
    return {
        "id": schedule.pk,
        "slot": schedule.slot_id,
        "status": schedule.status,
        "start_time": schedule.start_time,
        "end_time": schedule.end_time,
        "duration_minutes": schedule.slot.duration_minutes,
        "ai_interview_type": schedule.slot.ai_interview_type,
        "cancelled_at": schedule.cancelled_at,
    }


class PublicInterviewOut(serializers.Serializer[Any]):
    """The interview of a personal link."""

    company_name = serializers.CharField(allow_null=True)
    job_title = serializers.CharField(allow_null=True)
    candidate_name = serializers.CharField()
    ai_interview_type = serializers.ChoiceField(
        InterviewType.choices, allow_null=True, help_text="Of the booking, or what may be booked; null: any."
    )
    duration_minutes = serializers.IntegerField(allow_null=True, help_text="Of the booking.")
    timezone = serializers.CharField(help_text="The company's.")
    status = serializers.ChoiceField(InterviewStatus.choices)
    schedule = PublicScheduleOut(allow_null=True)
    proposal = PublicProposalOut(allow_null=True, help_text="A place that is held until the candidate answers.")
    waitlist = PublicWaitingOut(allow_null=True)
    hours = HoursOut(allow_null=True, help_text="When the candidate has time; null: at any time.")
    can_reschedule_until = serializers.DateTimeField(allow_null=True)
    join_from = serializers.DateTimeField(allow_null=True)
    join_until = serializers.DateTimeField(allow_null=True)


def public_interview_out(
    link: InterviewLink,
    held: InterviewSchedule | None,
    policy: Policy,
    *,
    proposal: PlaceHold | None,
    waiting: WaitlistEntry | None,
) -> dict[str, Any]:
    """A link with its interview, candidate, job and company loaded, and the booking that holds."""
    interview = link.interview
    company = interview.company
    kind = held.slot.ai_interview_type if held else link.ai_interview_type
    start: datetime | None = held.start_time if held else None
    opens, closes = policy.join_window(start) if start else (None, None)
    return {
        "company_name": company.public_name if company else None,
        "job_title": interview.job.job_title if interview.job else None,
        "candidate_name": interview.candidate.full_name,
        "ai_interview_type": kind or None,
        "duration_minutes": held.slot.duration_minutes if held else None,
        "timezone": company.timezone if company else "UTC",
        "status": interview.status,
        "schedule": public_schedule_out(held) if held else None,
        "proposal": public_proposal_out(proposal) if proposal else None,
        "waitlist": public_waiting_out(waiting) if waiting else None,
        "hours": interview.candidate_hours,
        "can_reschedule_until": policy.can_change_until(start) if start else None,
        "join_from": opens,
        "join_until": closes,
    }


class OfferedSlotOut(serializers.Serializer[Any]):
    """A time that the candidate may take."""

    id = serializers.UUIDField()
    start_time = serializers.DateTimeField()
    end_time = serializers.DateTimeField()
    available_spots = serializers.IntegerField()


def offered_slot_out(slot: InterviewSlot) -> dict[str, Any]:
    """As ``OfferedSlotOut``."""
    return {
        "id": slot.pk,
        "start_time": slot.start_time,
        "end_time": slot.end_time,
        "available_spots": slot.places_left,
    }


class OfferedIn(serializers.Serializer[Any]):
    """Which local days; from today, for 30 days, unless said otherwise."""

    start_date = DayField(required=False)
    end_date = DayField(required=False)
    timezone = ZoneField(required=False)


class TakeSlotIn(serializers.Serializer[Any]):
    """Which time is taken."""

    slot_id = IdField()
    timezone = ZoneField(required=False, help_text="The candidate's, for the mails.")


class GiveUpIn(serializers.Serializer[Any]):
    """Why, if the candidate wants to say so."""

    reason = TextField(required=False, allow_blank=True, max_length=2_000)


class PolicyOut(serializers.Serializer[Any]):
    """What a company allows its candidates."""

    change_cutoff_minutes = serializers.IntegerField()
    min_notice_minutes = serializers.IntegerField()
    max_days_ahead = serializers.IntegerField()
    reseat_mode = serializers.ChoiceField(
        ReseatMode.choices, help_text="What happens by itself to an interview whose place falls away."
    )
    hold_hours = serializers.IntegerField(help_text="So long, a proposed place is held.")
    offer_minutes = serializers.IntegerField(help_text="So long, a freed place is offered to one who waits.")
    join_before_minutes = serializers.IntegerField()
    join_grace_minutes = serializers.IntegerField()


class PolicyIn(serializers.Serializer[Any]):
    """What of it changes."""

    change_cutoff_minutes = NumberField(
        required=False, min_value=0, max_value=43_200, help_text="So long before, a booking can be changed."
    )
    min_notice_minutes = NumberField(
        required=False, min_value=0, max_value=43_200, help_text="So long before, a slot can be taken."
    )
    max_days_ahead = NumberField(required=False, min_value=1, max_value=730, help_text="So far, slots are offered.")
    reseat_mode = serializers.ChoiceField(ReseatMode.choices, required=False)
    hold_hours = NumberField(required=False, min_value=1, max_value=336)
    offer_minutes = NumberField(required=False, min_value=5, max_value=10_080)
    join_before_minutes = NumberField(
        required=False, min_value=0, max_value=240, help_text="So long before the start, the interview can be begun."
    )
    join_grace_minutes = NumberField(
        required=False,
        min_value=LEAST_JOIN_GRACE,
        max_value=240,
        help_text="So long after the start, it still can; then it counts as missed.",
    )


def policy_out(policy: Policy) -> dict[str, Any]:
    """As ``PolicyOut``."""
    return {name: getattr(policy, name) for name in map(str, PolicyOut().fields)}
