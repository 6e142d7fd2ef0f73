"""A place that is kept for somebody for a while, without being booked."""

import uuid
from typing import Any

from django.db import models
from django.db.models import Q

from parley.core.errors import Conflict
from parley.core.transactions import on_violation
from parley.interviews.models.conflict import InterviewConflict
from parley.interviews.models.expressions import one_of
from parley.interviews.models.interview import Interview
from parley.interviews.models.slot import InterviewSlot
from parley.interviews.models.waitlist import WaitlistEntry
from parley.interviews.rules.states import HoldStatus
from parley.organizations.models import Company
from parley.organizations.tenancy import CompanyOwnedQuerySet


class PlaceHold(models.Model):
    """One place of a slot, held for an interview until the candidate answers or time is up.

    It counts in the slot's ``held_places``, not among its bookings. It stands for a place that was lost (``conflict``)
    or one that was waited for (``entry``).
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    company = models.ForeignKey(Company, on_delete=models.CASCADE, related_name="holds", db_index=False)
    slot = models.ForeignKey(InterviewSlot, on_delete=models.SET_NULL, null=True, related_name="holds")
    interview = models.ForeignKey(Interview, on_delete=models.CASCADE, related_name="holds")
    conflict = models.ForeignKey(InterviewConflict, on_delete=models.CASCADE, null=True, related_name="holds")
    entry = models.ForeignKey(WaitlistEntry, on_delete=models.CASCADE, null=True, related_name="holds")
    start_time = models.DateTimeField()
    end_time = models.DateTimeField()
    status = models.CharField(max_length=16, choices=HoldStatus, default=HoldStatus.HELD)
    expires_at = models.DateTimeField()
    created_at = models.DateTimeField()
    settled_at = models.DateTimeField(null=True, blank=True)

    objects = CompanyOwnedQuerySet["PlaceHold"].as_manager()

    class Meta:
        ordering = ["created_at", "id"]
        indexes = [
            models.Index(fields=["expires_at"], condition=Q(status=HoldStatus.HELD), name="hold_live_expires"),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["interview"], condition=Q(status=HoldStatus.HELD), name="hold_one_an_interview"
            ),
            one_of("hold_status_known", "status", HoldStatus),
            models.CheckConstraint(
                name="hold_for_one_reason",
                condition=Q(conflict__isnull=False, entry__isnull=True) | Q(conflict__isnull=True, entry__isnull=False),
            ),
            models.CheckConstraint(
                name="hold_settled_at_agrees",
                condition=Q(status=HoldStatus.HELD, settled_at__isnull=True, slot__isnull=False)
                | (~Q(status=HoldStatus.HELD) & Q(settled_at__isnull=False)),
            ),
        ]

    def __str__(self) -> str:
        return f"Place held for {self.interview_id}"

    def state(self) -> dict[str, Any]:
        """What its events tell."""
        return {
            "hold_id": self.pk,
            "hold_status": str(self.status),
            "slot_id": self.slot_id,
            "interview_id": self.interview_id,
            "conflict_id": self.conflict_id,
            "waitlist_id": self.entry_id,
            "start_time": self.start_time,
            "end_time": self.end_time,
            "expires_at": self.expires_at,
        }


def already_held() -> Conflict:
    """The refusal of a second place held for one interview."""
    return Conflict("A place is held for this interview already.", code="place_held")


on_violation("hold_one_an_interview", already_held)
