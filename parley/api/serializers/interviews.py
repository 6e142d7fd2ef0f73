"""Interviews and conflicts as they go in and out."""

from typing import Any

from rest_framework import serializers

from parley.api.fields import IdField, KeyField, LineField, ObjectField, TextField
from parley.api.serializers.seating import HeldOut, HoursIn, HoursOut, held_out
from parley.interviews.models import Interview, InterviewConflict
from parley.interviews.rules.states import ConflictType, InterviewStatus, InterviewType, Resolution


class InterviewOut(serializers.Serializer[Any]):
    """The shape of ``interview_out``."""

    id = serializers.UUIDField()
    candidate = serializers.IntegerField()
    candidate_name = serializers.CharField()
    job = serializers.IntegerField(allow_null=True)
    job_title = serializers.CharField(allow_null=True)
    company = serializers.IntegerField(allow_null=True)
    status = serializers.ChoiceField(InterviewStatus.choices)
    interview_round = serializers.CharField()
    started_at = serializers.DateTimeField(allow_null=True)
    ended_at = serializers.DateTimeField(allow_null=True)
    feedback = serializers.CharField()
    candidate_hours = HoursOut(allow_null=True, help_text="When the candidate has time; null: at any time.")
    ai_interview_type = serializers.ChoiceField(InterviewType.choices, allow_null=True)
    schedule = serializers.UUIDField(allow_null=True, help_text="The live booking.")
    created_at = serializers.DateTimeField()
    updated_at = serializers.DateTimeField()


def interview_out(interview: Interview) -> dict[str, Any]:
    """An interview as ``queries.interviews`` loads it: with candidate, job and ``live_schedules``."""
    live = next(iter(interview.live_schedules), None)  # type: ignore[attr-defined]  # prefetched under this name
    return {
        "id": interview.pk,
        "candidate": interview.candidate_id,
        "candidate_name": interview.candidate.full_name,
        "job": interview.job_id,
        "job_title": interview.job.job_title if interview.job else None,
        "company": interview.company_id,
        "status": interview.status,
        "interview_round": interview.interview_round,
        "started_at": interview.started_at,
        "ended_at": interview.ended_at,
        "feedback": interview.feedback,
        "candidate_hours": interview.candidate_hours,
        "ai_interview_type": live.slot.ai_interview_type if live else None,
        "schedule": live.pk if live else None,
        "created_at": interview.created_at,
        "updated_at": interview.updated_at,
    }


class InterviewIn(serializers.Serializer[Any]):
    """An interview to make."""

    candidate = KeyField(source="candidate_id")
    job = KeyField(source="job_id", required=False, allow_null=True)
    interview_round = LineField(required=False, max_length=100)
    feedback = TextField(required=False, allow_blank=True, max_length=20_000)
    candidate_hours = HoursIn(required=False, allow_null=True)
    company = KeyField(required=False, allow_null=True)


class InterviewChangeIn(serializers.Serializer[Any]):
    """What of an interview can change."""

    candidate = KeyField(source="candidate_id", required=False)
    job = KeyField(source="job_id", required=False, allow_null=True)
    interview_round = LineField(required=False, max_length=100)
    feedback = TextField(required=False, allow_blank=True, max_length=20_000)
    candidate_hours = HoursIn(required=False, allow_null=True)
    company = KeyField(required=False, allow_null=True)


class InviteIn(serializers.Serializer[Any]):
    """What the candidate is invited to book."""

    ai_interview_type = serializers.ChoiceField(
        InterviewType.choices, required=False, allow_null=True, help_text="Left out: any."
    )


class InvitationOut(serializers.Serializer[Any]):
    """A personal link, shown this once."""

    link = serializers.CharField()
    url = serializers.CharField()
    expires_at = serializers.DateTimeField()


class ProposalOut(serializers.Serializer[Any]):
    """A free place for a booking that lost its own, best first."""

    rank = serializers.IntegerField()
    slot_id = serializers.UUIDField()
    start_time = serializers.DateTimeField()
    end_time = serializers.DateTimeField()
    minutes_away = serializers.IntegerField()


class ConflictOut(serializers.Serializer[Any]):
    """The shape of ``conflict_out``."""

    id = serializers.UUIDField()
    conflict_type = serializers.ChoiceField(ConflictType.choices)
    resolution = serializers.ChoiceField(Resolution.choices)
    primary_interview = serializers.UUIDField(allow_null=True)
    conflicting_interview = serializers.UUIDField(allow_null=True)
    conflict_details = ObjectField()
    resolution_notes = serializers.CharField()
    proposals = ProposalOut(many=True)
    held = HeldOut(allow_null=True, help_text="The place that is held for the candidate, who is asked.")
    is_manual = serializers.BooleanField(help_text="Whether Parley leaves it to people.")
    reseating = serializers.UUIDField(allow_null=True, help_text="The last run that found a place.")
    detected_at = serializers.DateTimeField()
    resolved_at = serializers.DateTimeField(allow_null=True)
    resolved_by = serializers.IntegerField(allow_null=True)


def conflict_out(conflict: InterviewConflict) -> dict[str, Any]:
    """A conflict as ``queries.conflicts`` loads it; what was just changed may come without."""
    holds = getattr(conflict, "live_holds", ())
    return {
        "id": conflict.pk,
        "conflict_type": conflict.conflict_type,
        "resolution": conflict.resolution,
        "primary_interview": conflict.primary_interview_id,
        "conflicting_interview": conflict.conflicting_interview_id,
        "conflict_details": conflict.conflict_details,
        "resolution_notes": conflict.resolution_notes,
        "proposals": conflict.proposals,
        "held": held_out(holds[0]) if holds else None,
        "is_manual": conflict.is_manual,
        "reseating": conflict.reseating_id,
        "detected_at": conflict.detected_at,
        "resolved_at": conflict.resolved_at,
        "resolved_by": conflict.resolved_by_id,
    }


class ResolveIn(serializers.Serializer[Any]):
    """How a conflict is settled."""

    resolution = serializers.ChoiceField(
        [choice for choice in Resolution.choices if choice[0] != Resolution.PENDING.value]
    )
    slot_id = IdField(required=False, allow_null=True)
    resolution_notes = TextField(required=False, allow_blank=True, max_length=10_000)
