"""A candidate's interview, and the personal link to it."""

import uuid
from typing import Any

from django.db import models
from django.db.models import Q

from parley.hiring.models import Candidate, Job
from parley.interviews.models.expressions import one_of
from parley.interviews.rules.states import InterviewStatus, InterviewType
from parley.organizations.models import Company, User
from parley.organizations.tenancy import CompanyOwnedQuerySet


class Interview(models.Model):
    """A candidate's interview for a job and a round. Its company is its job's, else its candidate's."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    company = models.ForeignKey(
        Company, on_delete=models.PROTECT, null=True, blank=True, related_name="interviews", db_index=False
    )
    candidate = models.ForeignKey(Candidate, on_delete=models.PROTECT, related_name="interviews")
    job = models.ForeignKey(Job, on_delete=models.PROTECT, null=True, blank=True, related_name="interviews")
    status = models.CharField(max_length=16, choices=InterviewStatus, default=InterviewStatus.SCHEDULED)
    interview_round = models.CharField(max_length=100, default="AI Interview")
    feedback = models.TextField(blank=True)
    candidate_hours = models.JSONField(null=True, blank=True)  # when the candidate has time: ``rules.hours``
    started_at = models.DateTimeField(null=True, blank=True)
    ended_at = models.DateTimeField(null=True, blank=True)
    decided_at = models.DateTimeField(null=True, blank=True)  # when a person decided last; what: ``evaluations``
    created_at = models.DateTimeField()
    updated_at = models.DateTimeField()

    objects = CompanyOwnedQuerySet["Interview"].as_manager()

    class Meta:
        ordering = ["created_at", "id"]
        indexes = [models.Index(fields=["company", "created_at"], name="interview_company_created")]
        constraints = [one_of("interview_status_known", "status", InterviewStatus)]

    def __str__(self) -> str:
        return f"AI Interview {self.id}"

    def state(self) -> dict[str, Any]:
        """What its events tell."""
        return {"status": str(self.status), "company_id": self.company_id, "job_id": self.job_id}


class InterviewLink(models.Model):
    """A candidate's key to one interview: only its hash is kept. At most one is not revoked."""

    interview = models.ForeignKey(Interview, on_delete=models.CASCADE, related_name="links", db_index=False)
    token_hash = models.CharField(max_length=64, unique=True)  # SHA-256, hexadecimal
    nonce = models.CharField(
        max_length=64, default=""
    )  # from which the installation's secret key makes the link once more
    ai_interview_type = models.CharField(max_length=16, choices=InterviewType, blank=True)  # what may be booked; or any
    timezone = models.CharField(max_length=64, blank=True, default="")  # in which the candidate has chosen a time
    created_at = models.DateTimeField()
    created_by = models.ForeignKey(User, on_delete=models.SET_NULL, null=True, related_name="+", db_index=False)
    expires_at = models.DateTimeField()
    revoked_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="link_interview_type_known", condition=Q(ai_interview_type__in=["", *InterviewType.values])
            ),
            models.UniqueConstraint(fields=["interview"], condition=Q(revoked_at__isnull=True), name="link_one_live"),
        ]
        indexes = [models.Index(fields=["interview"], name="link_interview")]
