"""Inviting many candidates at once: whom, and what became of each."""

import uuid
from typing import Any, ClassVar

from django.db import models
from django.db.models import Q

from parley.hiring.models import Candidate, Job
from parley.interviews.models.interview import Interview
from parley.interviews.rules.states import InterviewType, InvitingState, InvitingStatus
from parley.organizations.models import Company, User
from parley.organizations.tenancy import CompanyOwnedQuerySet


class InvitationBatch(models.Model):
    """Candidates who are invited together, to one job and round."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    company = models.ForeignKey(Company, on_delete=models.CASCADE, related_name="invitation_batches", db_index=False)
    job = models.ForeignKey(Job, on_delete=models.SET_NULL, null=True, blank=True, related_name="+", db_index=False)
    interview_round = models.CharField(max_length=100)
    ai_interview_type = models.CharField(max_length=16, choices=InterviewType, blank=True)  # what may be booked; or any
    status = models.CharField(max_length=16, choices=InvitingStatus, default=InvitingStatus.RUNNING)
    total = models.PositiveIntegerField()
    invited = models.PositiveIntegerField(default=0)
    refused = models.PositiveIntegerField(default=0)
    created_at = models.DateTimeField()
    created_by = models.ForeignKey(User, on_delete=models.SET_NULL, null=True, related_name="+", db_index=False)
    finished_at = models.DateTimeField(null=True, blank=True)

    objects = CompanyOwnedQuerySet["InvitationBatch"].as_manager()

    class Meta:
        ordering: ClassVar[list[str]] = ["-created_at", "id"]
        verbose_name_plural = "invitation batches"
        indexes = [models.Index(fields=["company", "created_at"], name="inviting_company_created")]
        constraints = [
            models.CheckConstraint(name="inviting_status_known", condition=Q(status__in=InvitingStatus.values)),
            models.CheckConstraint(
                name="inviting_finished_at_agrees",
                condition=Q(status=InvitingStatus.DONE, finished_at__isnull=False)
                | (~Q(status=InvitingStatus.DONE) & Q(finished_at__isnull=True)),
            ),
        ]

    def __str__(self) -> str:
        return f"Invitations {self.id}"

    @property
    def handled(self) -> int:
        """How many have had their turn."""
        return self.invited + self.refused

    def told(self) -> dict[str, Any]:
        """What its events tell."""
        counted = {name: getattr(self, name) for name in ("total", "invited", "refused")}
        return {"status": str(self.status), "job_id": self.job_id, **counted}


class InvitationRow(models.Model):
    """One of the candidates, and what became of the invitation."""

    batch = models.ForeignKey(InvitationBatch, on_delete=models.CASCADE, related_name="rows", db_index=False)
    candidate = models.ForeignKey(Candidate, on_delete=models.CASCADE, related_name="invitation_rows")
    interview = models.ForeignKey(Interview, on_delete=models.SET_NULL, null=True, blank=True, related_name="+")
    state = models.CharField(max_length=16, choices=InvitingState, default=InvitingState.WAITING)
    code = models.CharField(max_length=64, blank=True)
    reason = models.CharField(max_length=300, blank=True)  # why it could not be, for people

    class Meta:
        ordering: ClassVar[list[str]] = ["id"]
        constraints = [
            models.UniqueConstraint(fields=["batch", "candidate"], name="inviting_candidate_once"),
            models.CheckConstraint(name="inviting_state_known", condition=Q(state__in=InvitingState.values)),
        ]
