"""What happens by itself: places held, runs of the re-seating, the waitlist, and the log of a conflict."""

from typing import Any

from rest_framework import serializers

from parley.api.fields import ClockField, IdField, InstantField, ItemsField, KeyField, NumberField, TextField, ZoneField
from parley.core.errors import DomainError
from parley.core.models import Event
from parley.interviews.models import PlaceHold, Reseating, WaitlistEntry
from parley.interviews.operations.stretches import CalledOff
from parley.interviews.rules.hours import CandidateHours
from parley.interviews.rules.policy import ReseatMode
from parley.interviews.rules.states import ConflictType, InterviewType, WaitingStatus

WHEN_MANY = [
    (ConflictType.SLOT_UNAVAILABLE.value, "slot unavailable"),
    (ConflictType.AI_SYSTEM_ERROR.value, "AI system error"),
]


class HeldOut(serializers.Serializer[Any]):
    """A place that is held for a candidate who is asked."""

    id = serializers.UUIDField()
    slot_id = serializers.UUIDField()
    start_time = serializers.DateTimeField()
    end_time = serializers.DateTimeField()
    expires_at = serializers.DateTimeField()


def held_out(hold: PlaceHold) -> dict[str, Any]:
    """As ``HeldOut``."""
    return {name: getattr(hold, name) for name in ("id", "slot_id", "start_time", "end_time", "expires_at")}


class StepOut(serializers.Serializer[Any]):
    """A step of a conflict's log."""

    step = serializers.CharField(help_text="Such as opened, proposed, proposal_accepted, resolved, reopened.")
    at = serializers.DateTimeField()
    actor_kind = serializers.CharField(help_text="user, candidate or system.")
    actor_id = serializers.IntegerField(allow_null=True)
    acting_admin_id = serializers.IntegerField(
        allow_null=True, help_text="The administrator who acted as this user, where one did."
    )
    details = serializers.DictField()


def step_out(event: Event) -> dict[str, Any]:
    """As ``StepOut``."""
    return {
        "step": event.type.partition(".")[2],
        "at": event.occurred_at,
        "actor_kind": event.actor_kind,
        "actor_id": event.actor_id,
        "acting_admin_id": event.acting_admin_id,
        "details": event.after or {},
    }


class ReseatingOut(serializers.Serializer[Any]):
    """A run of the re-seating."""

    id = serializers.UUIDField()
    company = serializers.IntegerField()
    mode = serializers.ChoiceField(ReseatMode.choices)
    affected = serializers.IntegerField(help_text="Interviews that had lost their places.")
    seated = serializers.IntegerField(help_text="Those for which a place was found.")
    displacement_minutes = serializers.IntegerField(help_text="The sum of the distances to the old times.")
    created_at = serializers.DateTimeField()
    undone_at = serializers.DateTimeField(allow_null=True)
    undone_by = serializers.IntegerField(allow_null=True)


def reseating_out(run: Reseating) -> dict[str, Any]:
    """As ``ReseatingOut``."""
    return {
        "id": run.pk,
        "company": run.company_id,
        "mode": run.mode,
        "affected": run.affected,
        "seated": run.seated,
        "displacement_minutes": run.displacement_minutes,
        "created_at": run.created_at,
        "undone_at": run.undone_at,
        "undone_by": run.undone_by_id,
    }


class KeptOut(serializers.Serializer[Any]):
    """What could not be undone, and why."""

    conflict = serializers.UUIDField()
    code = serializers.CharField()
    detail = serializers.CharField()


class UndoneOut(ReseatingOut):
    """A run that was undone as far as it could be."""

    kept = KeptOut(many=True)


def kept_out(conflict_id: Any, error: DomainError) -> dict[str, Any]:
    """As ``KeptOut``."""
    return {"conflict": conflict_id, "code": error.code, "detail": error.detail}


class SeatIn(serializers.Serializer[Any]):
    """For which company; one's own if left out."""

    company = KeyField(required=False, allow_null=True)


class WaitlistOut(serializers.Serializer[Any]):
    """An interview that waits for a place."""

    id = serializers.UUIDField()
    interview = serializers.UUIDField()
    candidate_name = serializers.CharField()
    job_title = serializers.CharField(allow_null=True)
    company = serializers.IntegerField()
    ai_interview_type = serializers.ChoiceField(InterviewType.choices, allow_null=True, help_text="null: any.")
    start_after = serializers.DateTimeField()
    start_before = serializers.DateTimeField()
    status = serializers.ChoiceField(WaitingStatus.choices)
    created_at = serializers.DateTimeField()
    ended_at = serializers.DateTimeField(allow_null=True)


def waitlist_out(entry: WaitlistEntry) -> dict[str, Any]:
    """An entry with interview, candidate and job loaded."""
    job = entry.interview.job
    return {
        "id": entry.pk,
        "interview": entry.interview_id,
        "candidate_name": entry.interview.candidate.full_name,
        "job_title": job.job_title if job else None,
        "company": entry.company_id,
        "ai_interview_type": entry.ai_interview_type or None,
        "start_after": entry.start_after,
        "start_before": entry.start_before,
        "status": entry.status,
        "created_at": entry.created_at,
        "ended_at": entry.ended_at,
    }


class WaitIn(serializers.Serializer[Any]):
    """Who waits for what: a place that begins in ``[start_after, start_before)``."""

    interview_id = IdField()
    ai_interview_type = serializers.ChoiceField(
        InterviewType.choices, required=False, allow_null=True, help_text="Left out: any."
    )
    start_after = InstantField(required=False, help_text="Left out: from now on.")
    start_before = InstantField()


class PublicWaitIn(serializers.Serializer[Any]):
    """From when and until when a place would suit."""

    start_after = InstantField(required=False, help_text="Left out: from now on.")
    start_before = InstantField()
    timezone = ZoneField(required=False, help_text="The candidate's, for the mails.")


class PublicWaitingOut(serializers.Serializer[Any]):
    """The candidate's wait."""

    id = serializers.UUIDField()
    status = serializers.ChoiceField(WaitingStatus.choices)
    start_after = serializers.DateTimeField()
    start_before = serializers.DateTimeField()
    created_at = serializers.DateTimeField()


def public_waiting_out(entry: WaitlistEntry) -> dict[str, Any]:
    """As ``PublicWaitingOut``."""
    return {name: getattr(entry, name) for name in map(str, PublicWaitingOut().fields)}


class PublicProposalOut(serializers.Serializer[Any]):
    """A place that is held for the candidate: for one that was lost, or was waited for."""

    slot = serializers.UUIDField()
    reason = serializers.ChoiceField([("replacement", "replacement"), ("waitlist", "waitlist")])
    start_time = serializers.DateTimeField()
    end_time = serializers.DateTimeField()
    expires_at = serializers.DateTimeField()


def public_proposal_out(hold: PlaceHold) -> dict[str, Any]:
    """As ``PublicProposalOut``."""
    return {
        "slot": hold.slot_id,
        "reason": "waitlist" if hold.conflict_id is None else "replacement",
        "start_time": hold.start_time,
        "end_time": hold.end_time,
        "expires_at": hold.expires_at,
    }


class HoursIn(serializers.Serializer[Any]):
    """When the candidate has time, by the clocks of ``timezone``; what is left out does not matter."""

    timezone = ZoneField()
    earliest = ClockField(required=False, allow_null=True)
    latest = ClockField(required=False, allow_null=True)
    days_of_week = ItemsField(
        child=NumberField(min_value=1, max_value=7), required=False, max_length=7, help_text="1 is Monday; none: any."
    )
    notice_minutes = NumberField(required=False, min_value=0, max_value=43_200)

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        """The hours of one local day."""
        earliest, latest = attrs.get("earliest"), attrs.get("latest")
        for name, clock in (("earliest", earliest), ("latest", latest)):
            if clock is not None and clock.second:
                raise serializers.ValidationError({name: ["Hours and minutes, such as 09:00."]})
        if earliest is not None and latest is not None and (latest.hour or latest.minute) and latest <= earliest:
            raise serializers.ValidationError({"latest": ["Must be after earliest; 00:00 is the end of the day."]})
        return attrs


class HoursOut(serializers.Serializer[Any]):
    """The hours that are kept."""

    timezone = serializers.CharField()
    earliest = serializers.CharField(allow_null=True)
    latest = serializers.CharField(allow_null=True)
    days_of_week = serializers.ListField(child=serializers.IntegerField())
    notice_minutes = serializers.IntegerField()


def hours_of(values: dict[str, Any]) -> CandidateHours:
    """What ``HoursIn`` has read."""
    return CandidateHours(
        timezone=values["timezone"],
        earliest=values.get("earliest"),
        latest=values.get("latest"),
        days_of_week=tuple(sorted(set(values.get("days_of_week", ())))),
        notice_minutes=values.get("notice_minutes", 0),
    )


class CallOffIn(serializers.Serializer[Any]):
    """Which stretch of time is called off."""

    company_id = KeyField(required=False, allow_null=True)
    start_time = InstantField()
    end_time = InstantField()
    ai_interview_types = ItemsField(
        child=serializers.ChoiceField(InterviewType.choices), required=False, max_length=5, help_text="None: all."
    )
    reason = TextField(required=False, allow_blank=True, max_length=2_000)
    conflict_type = serializers.ChoiceField(WHEN_MANY, default=ConflictType.SLOT_UNAVAILABLE.value)


class CalledOffOut(serializers.Serializer[Any]):
    """What was called off."""

    cancelled_slots = serializers.IntegerField()
    unseated_interviews = serializers.IntegerField()
    slots = serializers.ListField(child=serializers.UUIDField())


def called_off_out(done: CalledOff) -> dict[str, Any]:
    """As ``CalledOffOut``."""
    return {"cancelled_slots": len(done.slots), "unseated_interviews": done.unseated, "slots": done.slots}
