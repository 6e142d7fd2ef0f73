"""The waitlist: interviews for which nothing fits, in the order in which they came."""

import uuid
from typing import Any

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q

from parley.core.errors import Conflict
from parley.core.transactions import on_violation
from parley.interviews.models.expressions import one_of
from parley.interviews.models.interview import Interview
from parley.interviews.rules.states import OPEN_WAITING, InterviewType, WaitingStatus
from parley.organizations.models import Company
from parley.organizations.tenancy import CompanyOwnedQuerySet


class WaitlistEntry(models.Model):
    """One interview that waits for a place that begins within a stretch of time. It holds none while it waits."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    company = models.ForeignKey(Company, on_delete=models.CASCADE, related_name="waitlist", db_index=False)
    interview = models.ForeignKey(Interview, on_delete=models.CASCADE, related_name="waitlist")
    ai_interview_type = models.CharField(max_length=16, choices=InterviewType, blank=True)  # or any
    start_after = models.DateTimeField()
    start_before = models.DateTimeField()
    status = models.CharField(max_length=16, choices=WaitingStatus, default=WaitingStatus.WAITING)
    refused_slots = ArrayField(models.UUIDField(), default=list, blank=True)  # not offered once more
    missed_offers = models.PositiveSmallIntegerField(default=0)  # in a row, without an answer
    created_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True, blank=True)

    objects = CompanyOwnedQuerySet["WaitlistEntry"].as_manager()

    class Meta:
        ordering = ["created_at", "id"]
        indexes = [models.Index(fields=["company", "created_at"], name="waitlist_company_created")]
        constraints = [
            models.UniqueConstraint(
                fields=["interview"], condition=Q(status__in=OPEN_WAITING), name="waitlist_once_an_interview"
            ),
            models.CheckConstraint(name="waitlist_range", condition=Q(start_before__gt=F("start_after"))),
            models.CheckConstraint(
                name="waitlist_interview_type_known", condition=Q(ai_interview_type__in=["", *InterviewType.values])
            ),
            one_of("waitlist_status_known", "status", WaitingStatus),
            models.CheckConstraint(
                name="waitlist_ended_at_agrees",
                condition=Q(status__in=OPEN_WAITING, ended_at__isnull=True)
                | (~Q(status__in=OPEN_WAITING) & Q(ended_at__isnull=False)),
            ),
        ]
        verbose_name_plural = "waitlist entries"

    def __str__(self) -> str:
        return f"Waiting: {self.interview_id}"

    @property
    def is_open(self) -> bool:
        """Whether it still waits, or is being asked."""
        return self.status in OPEN_WAITING

    def state(self) -> dict[str, Any]:
        """What its events tell."""
        return {
            "status": str(self.status),
            "interview_id": self.interview_id,
            "ai_interview_type": str(self.ai_interview_type) or None,
            "start_after": self.start_after,
            "start_before": self.start_before,
        }


def already_waiting() -> Conflict:
    """The refusal of a second entry for one interview."""
    return Conflict("This interview is on the waitlist already.", code="already_waiting")


on_violation("waitlist_once_an_interview", already_waiting)
