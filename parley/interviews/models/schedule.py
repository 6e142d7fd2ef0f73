"""A schedule: the booking of one interview on one slot."""

import uuid
from typing import Any

from django.db import models
from django.db.models import F, Q

from parley.core.errors import Conflict
from parley.core.transactions import on_violation
from parley.hiring.models import Candidate
from parley.interviews.models.expressions import no_overlap, one_of, period, range_of_one
from parley.interviews.models.interview import Interview
from parley.interviews.models.slot import InterviewSlot
from parley.interviews.rules.states import LIVE_SCHEDULE, ScheduleStatus
from parley.organizations.models import Company, User
from parley.organizations.tenancy import CompanyOwnedQuerySet

_LIVE = Q(status__in=[status.value for status in LIVE_SCHEDULE])


class InterviewSchedule(models.Model):
    """One booking; rows are never removed, so they are the history.

    Company, candidate and times are the slot's and the interview's, repeated so that the database itself can forbid
    overlapping bookings of one candidate. A slot with live bookings does not change its times. The foreign keys of slot
    and interview keep company and candidate in place, so that these need no key of their own.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    company = models.ForeignKey(
        Company, on_delete=models.PROTECT, related_name="schedules", db_index=False, db_constraint=False
    )
    interview = models.ForeignKey(Interview, on_delete=models.PROTECT, related_name="schedules")
    slot = models.ForeignKey(InterviewSlot, on_delete=models.PROTECT, related_name="schedules")
    candidate = models.ForeignKey(
        Candidate, on_delete=models.PROTECT, related_name="schedules", db_index=False, db_constraint=False
    )
    start_time = models.DateTimeField()
    end_time = models.DateTimeField()
    status = models.CharField(max_length=16, choices=ScheduleStatus, default=ScheduleStatus.PENDING)
    booking_notes = models.TextField(blank=True)
    booked_at = models.DateTimeField()
    booked_by = models.ForeignKey(User, on_delete=models.SET_NULL, null=True, related_name="+", db_index=False)
    confirmed_at = models.DateTimeField(null=True, blank=True)
    cancelled_at = models.DateTimeField(null=True, blank=True)
    cancellation_reason = models.TextField(blank=True)
    cancelled_by = models.ForeignKey(User, on_delete=models.SET_NULL, null=True, related_name="+", db_index=False)
    replaced_by = models.OneToOneField(
        "self", on_delete=models.SET_NULL, null=True, blank=True, related_name="replaces"
    )

    objects = CompanyOwnedQuerySet["InterviewSchedule"].as_manager()

    class Meta:
        ordering = ["start_time", "id"]
        indexes = [models.Index(fields=["company", "start_time"], name="schedule_company_start")]
        constraints = [
            models.UniqueConstraint(fields=["interview"], condition=_LIVE, name="schedule_one_live"),
            no_overlap(
                "schedule_candidate_no_overlap",
                range_of_one(F("candidate_id")),
                period("start_time", "end_time"),
                where=_LIVE,
            ),
            one_of("schedule_status_known", "status", ScheduleStatus),
            models.CheckConstraint(name="schedule_end_after_start", condition=Q(end_time__gt=F("start_time"))),
            models.CheckConstraint(
                name="schedule_ended_at_agrees",
                condition=(_LIVE & Q(cancelled_at__isnull=True)) | (~_LIVE & Q(cancelled_at__isnull=False)),
            ),
            models.CheckConstraint(
                name="schedule_confirmed_at_agrees",
                condition=~Q(status=ScheduleStatus.CONFIRMED) | Q(confirmed_at__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return f"AI Interview Schedule {self.id}"

    @property
    def is_live(self) -> bool:
        """Whether it holds a place."""
        return self.status in LIVE_SCHEDULE

    def state(self) -> dict[str, Any]:
        """What its events tell."""
        return {
            "status": str(self.status),
            "interview_id": self.interview_id,
            "slot_id": self.slot_id,
            "start_time": self.start_time,
            "end_time": self.end_time,
        }


def already_booked() -> Conflict:
    """The refusal of a second live booking of one interview."""
    return Conflict(
        "This interview has a booking already: reschedule or cancel that one.", code="interview_already_booked"
    )


def candidate_busy() -> Conflict:
    """The refusal of a booking beside another one of the same candidate."""
    return Conflict("The candidate has another interview at this time.", code="candidate_busy")


on_violation("schedule_one_live", already_booked)
on_violation("schedule_candidate_no_overlap", candidate_busy)
