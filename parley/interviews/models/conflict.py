"""A conflict: something that people, or the automatic resolution, have to settle."""

import uuid

from django.db import models
from django.db.models import Q

from parley.interviews.models.expressions import one_of
from parley.interviews.models.interview import Interview
from parley.interviews.models.reseating import Reseating
from parley.interviews.models.schedule import InterviewSchedule
from parley.interviews.models.slot import InterviewSlot
from parley.interviews.rules.states import ConflictType, Resolution
from parley.organizations.models import Company, User
from parley.organizations.tenancy import CompanyOwnedQuerySet


class InterviewConflict(models.Model):
    """One conflict. ``cause`` is the same for the same trouble met again, so that it is open only once."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    company = models.ForeignKey(Company, on_delete=models.PROTECT, related_name="conflicts", db_index=False)
    conflict_type = models.CharField(max_length=32, choices=ConflictType)
    resolution = models.CharField(max_length=16, choices=Resolution, default=Resolution.PENDING)
    primary_interview = models.ForeignKey(
        Interview, on_delete=models.PROTECT, null=True, blank=True, related_name="conflicts"
    )
    conflicting_interview = models.ForeignKey(
        Interview, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    slot = models.ForeignKey(InterviewSlot, on_delete=models.SET_NULL, null=True, blank=True, related_name="+")
    schedule = models.ForeignKey(
        InterviewSchedule, on_delete=models.SET_NULL, null=True, blank=True, related_name="conflicts"
    )
    is_manual = models.BooleanField(default=False)  # Parley has tried, or a person has stepped in: it leaves this alone
    reseating = models.ForeignKey(
        Reseating, on_delete=models.SET_NULL, null=True, blank=True, related_name="conflicts"
    )  # the last run that found it a place
    settled_schedule = models.ForeignKey(
        InterviewSchedule, on_delete=models.SET_NULL, null=True, blank=True, related_name="+", db_index=False
    )  # the booking that the resolution made, or ended: what undoing it starts from
    cause = models.CharField(max_length=200)
    conflict_details = models.JSONField(default=dict)
    proposals = models.JSONField(default=list)
    resolution_notes = models.TextField(blank=True)
    detected_at = models.DateTimeField()
    resolved_at = models.DateTimeField(null=True, blank=True)
    resolved_by = models.ForeignKey(
        User, on_delete=models.SET_NULL, null=True, blank=True, related_name="+", db_index=False
    )

    objects = CompanyOwnedQuerySet["InterviewConflict"].as_manager()

    class Meta:
        ordering = ["-detected_at", "id"]
        indexes = [models.Index(fields=["company", "detected_at"], name="conflict_company_detected")]
        constraints = [
            models.UniqueConstraint(
                fields=["company", "cause"], condition=Q(resolution=Resolution.PENDING), name="conflict_open_once"
            ),
            one_of("conflict_type_known", "conflict_type", ConflictType),
            one_of("conflict_resolution_known", "resolution", Resolution),
            models.CheckConstraint(
                name="conflict_resolved_at_agrees",
                condition=Q(resolution=Resolution.PENDING, resolved_at__isnull=True)
                | (~Q(resolution=Resolution.PENDING) & Q(resolved_at__isnull=False)),
            ),
        ]

    def __str__(self) -> str:
        return f"AI Interview Conflict: {self.conflict_type}"
