"""A company's kits, and their versions, which never change."""

import uuid
from typing import Self
from uuid import UUID

from django.db import models
from django.db.models import Q
from django.db.models.functions import Lower

from parley.core.errors import Conflict, Invalid
from parley.core.transactions import on_violation
from parley.hiring.models import Job
from parley.interviews.models.expressions import one_of
from parley.interviews.rules.states import InterviewType
from parley.organizations.models import Company, User
from parley.organizations.tenancy import CompanyOwnedQuerySet

NAME_TAKEN = "Another active kit of the company has this name."


class KitQuerySet(CompanyOwnedQuerySet["InterviewKit"]):
    """Kits, found as the settings of a slot name them."""

    def named(self, kit: str | int) -> Self:
        """Those with this id or name, in capitals or not."""
        try:
            return self.filter(pk=UUID(str(kit)))
        except ValueError:
            return self.filter(name__iexact=str(kit))


class InterviewKit(models.Model):
    """What a company asks in one type of interview, for one job or for all. One without a company came with Parley."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    company = models.ForeignKey(
        Company, on_delete=models.PROTECT, null=True, blank=True, related_name="kits", db_index=False
    )
    job = models.ForeignKey(Job, on_delete=models.PROTECT, null=True, blank=True, related_name="kits")
    interview_type = models.CharField(max_length=16, choices=InterviewType)
    language = models.CharField(max_length=35, blank=True, default="")  # of one that came with Parley
    name = models.CharField(max_length=100)
    is_active = models.BooleanField(default=True)
    created_at = models.DateTimeField()
    updated_at = models.DateTimeField()

    objects = KitQuerySet.as_manager()

    class Meta:
        ordering = ["name", "id"]
        indexes = [models.Index(fields=["company", "interview_type"], name="kit_company_type")]
        constraints = [
            one_of("kit_interview_type_known", "interview_type", InterviewType),
            models.UniqueConstraint(
                fields=["interview_type", "language"], condition=Q(company__isnull=True), name="kit_shipped_once"
            ),
            models.UniqueConstraint(
                "company", Lower("name"), condition=Q(is_active=True, company__isnull=False), name="kit_name_once"
            ),
        ]

    def __str__(self) -> str:
        return self.name


class KitVersion(models.Model):
    """One version: its content never changes, so that what was asked and judged can always be told.

    A trigger refuses other words, another number, and removal (migration ``0002_versions_never_change``).
    """

    kit = models.ForeignKey(InterviewKit, on_delete=models.PROTECT, related_name="versions", db_index=False)
    number = models.PositiveIntegerField()  # from 1
    content = models.JSONField()  # ``rules.kits.kit_of`` reads it
    content_hash = models.CharField(max_length=64)  # ``rules.kits.content_hash``
    created_at = models.DateTimeField()
    created_by = models.ForeignKey(User, on_delete=models.SET_NULL, null=True, related_name="+", db_index=False)

    class Meta:
        ordering = ["-number"]
        constraints = [
            models.UniqueConstraint(fields=["kit", "number"], name="kit_version_number_once"),
        ]

    def __str__(self) -> str:
        return f"{self.kit_id} version {self.number}"


on_violation("kit_name_once", lambda: Invalid.field("name", NAME_TAKEN, code="kit_name_taken"))
on_violation("kit_version_never_changes", lambda: Conflict("A version of a kit never changes.", code="version_fixed"))
