"""A run of the automatic re-seating: all interviews of a company that had lost their places by then, together."""

import uuid

from django.db import models

from parley.interviews.models.expressions import one_of
from parley.interviews.rules.policy import ReseatMode
from parley.organizations.models import Company, User
from parley.organizations.tenancy import CompanyOwnedQuerySet


class Reseating(models.Model):
    """What a run found and did. What became of each interview is in its conflict."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    company = models.ForeignKey(Company, on_delete=models.CASCADE, related_name="reseatings", db_index=False)
    mode = models.CharField(max_length=16, choices=ReseatMode)
    affected = models.PositiveIntegerField()
    seated = models.PositiveIntegerField()
    displacement_minutes = models.PositiveIntegerField()  # the sum of the distances to the old times
    created_at = models.DateTimeField()
    undone_at = models.DateTimeField(null=True, blank=True)
    undone_by = models.ForeignKey(User, on_delete=models.SET_NULL, null=True, related_name="+", db_index=False)

    objects = CompanyOwnedQuerySet["Reseating"].as_manager()

    class Meta:
        ordering = ["-created_at", "id"]
        indexes = [models.Index(fields=["company", "created_at"], name="reseating_company_created")]
        constraints = [one_of("reseating_mode_known", "mode", ReseatMode)]

    def __str__(self) -> str:
        return f"Re-seating {self.id}: {self.seated} of {self.affected}"
