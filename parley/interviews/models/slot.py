"""A slot: a stretch of time in which the AI interviews up to ``max_candidates`` people."""

import uuid
from typing import Any

from django.db import models
from django.db.models import F, Q

from parley.core.errors import Conflict
from parley.core.transactions import on_violation
from parley.hiring.models import Job
from parley.interviews.models.configuration import AIInterviewConfiguration
from parley.interviews.models.expressions import no_overlap, one_of, period, range_of_one, type_number
from parley.interviews.rules.states import OPEN_SLOT, InterviewType, SlotStatus, SlotType
from parley.organizations.models import Company
from parley.organizations.tenancy import CompanyOwnedQuerySet


class InterviewSlot(models.Model):
    """One slot.

    No index names ``status`` or ``current_bookings``, and a migration leaves room on each page, so that a booking
    updates the row in place (a heap-only tuple). That is why the exclusion constraint asks for ``cancelled_at``, and
    the index of slots to complete for ``completed_at``, and neither for the status.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    company = models.ForeignKey(Company, on_delete=models.PROTECT, related_name="slots", db_index=False)
    job = models.ForeignKey(Job, on_delete=models.PROTECT, null=True, blank=True, related_name="slots")
    # The pattern that made the slot, and for which of its starts; a person's edit does not change the latter.
    configuration = models.ForeignKey(
        AIInterviewConfiguration, on_delete=models.SET_NULL, null=True, blank=True, related_name="slots", db_index=False
    )
    occurrence_start = models.DateTimeField(null=True, blank=True)
    is_customised = models.BooleanField(default=False)  # edited by a person: the pattern leaves it alone
    slot_type = models.CharField(max_length=16, choices=SlotType, default=SlotType.FIXED)
    ai_interview_type = models.CharField(max_length=16, choices=InterviewType, default=InterviewType.GENERAL)
    ai_configuration = models.JSONField(default=dict, blank=True)
    recurring_pattern = models.JSONField(null=True, blank=True)
    start_time = models.DateTimeField()
    end_time = models.DateTimeField()
    duration_minutes = models.PositiveSmallIntegerField()
    max_candidates = models.PositiveIntegerField(default=1)
    current_bookings = models.PositiveIntegerField(default=0)
    held_places = models.PositiveIntegerField(default=0, db_default=0)  # kept for candidates who are asked (PlaceHold)
    status = models.CharField(max_length=16, choices=SlotStatus, default=SlotStatus.AVAILABLE)
    cancelled_at = models.DateTimeField(null=True, blank=True)
    completed_at = models.DateTimeField(null=True, blank=True)
    notes = models.TextField(blank=True)
    created_at = models.DateTimeField()
    updated_at = models.DateTimeField()

    objects = CompanyOwnedQuerySet["InterviewSlot"].as_manager()

    class Meta:
        ordering = ["start_time", "id"]
        indexes = [
            models.Index(fields=["company", "start_time"], name="slot_company_start"),
            models.Index(
                fields=["end_time"],
                condition=Q(cancelled_at__isnull=True, completed_at__isnull=True),
                name="slot_open_end",
            ),
        ]
        constraints = [
            one_of("slot_type_known", "slot_type", SlotType),
            one_of("slot_interview_type_known", "ai_interview_type", InterviewType),
            models.CheckConstraint(name="slot_end_after_start", condition=Q(end_time__gt=F("start_time"))),
            models.CheckConstraint(
                name="slot_duration_agrees",
                condition=Q(
                    duration_minutes=models.Func(
                        F("end_time") - F("start_time"),
                        template="EXTRACT(EPOCH FROM (%(expressions)s)) / 60",
                        output_field=models.DecimalField(),
                    )
                ),
            ),
            models.CheckConstraint(
                name="slot_count_within_capacity",
                condition=Q(
                    current_bookings__gte=0,
                    held_places__gte=0,
                    max_candidates__gte=1,
                    current_bookings__lte=F("max_candidates") - F("held_places"),
                ),
            ),
            models.CheckConstraint(
                name="slot_booked_exactly_when_full",
                condition=(
                    Q(status=SlotStatus.BOOKED, current_bookings=F("max_candidates"))
                    | Q(status=SlotStatus.AVAILABLE, current_bookings__lt=F("max_candidates"))
                    | Q(status=SlotStatus.COMPLETED)
                    | Q(status=SlotStatus.CANCELLED, current_bookings=0)
                ),
            ),
            models.CheckConstraint(
                name="slot_cancelled_at_agrees",
                condition=Q(status=SlotStatus.CANCELLED, cancelled_at__isnull=False)
                | (~Q(status=SlotStatus.CANCELLED) & Q(cancelled_at__isnull=True)),
            ),
            models.CheckConstraint(
                name="slot_completed_at_agrees",
                condition=Q(status=SlotStatus.COMPLETED, completed_at__isnull=False)
                | (~Q(status=SlotStatus.COMPLETED) & Q(completed_at__isnull=True)),
            ),
            models.UniqueConstraint(fields=["configuration", "occurrence_start"], name="slot_once_per_occurrence"),
            no_overlap(
                "slot_no_overlap",
                range_of_one(F("company_id")),
                range_of_one(type_number("ai_interview_type")),
                period("start_time", "end_time"),
                where=Q(cancelled_at__isnull=True),
            ),
        ]

    def __str__(self) -> str:
        return f"AI Interview Slot: {self.ai_interview_type} {self.start_time:%Y-%m-%d %H:%M} UTC"

    @property
    def is_open(self) -> bool:
        """Whether it is neither cancelled nor completed."""
        return self.status in OPEN_SLOT

    @property
    def has_bookings(self) -> bool:
        """Whether somebody is booked on it."""
        return self.current_bookings > 0

    @property
    def places_left(self) -> int:
        """How many places can still be taken, those that are held for somebody left out."""
        return self.max_candidates - self.current_bookings - self.held_places

    def state(self) -> dict[str, Any]:
        """What its events tell."""
        return {
            "status": str(self.status),
            "start_time": self.start_time,
            "end_time": self.end_time,
            "ai_interview_type": str(self.ai_interview_type),
            "max_candidates": self.max_candidates,
            "current_bookings": self.current_bookings,
        }


def overlaps(other: InterviewSlot | None = None) -> Conflict:
    """The refusal of a slot where the company has one of the same interview type already; names the ``other``."""
    which = f": {other.start_time:%Y-%m-%dT%H:%MZ} to {other.end_time:%Y-%m-%dT%H:%MZ} ({other.pk})" if other else ""
    return Conflict(
        f"The company has a slot of this interview type that overlaps with these times{which}.", code="slot_overlap"
    )


on_violation("slot_no_overlap", overlaps)
on_violation("slot_once_per_occurrence", overlaps)
