"""An import of candidates from a file: what was uploaded, what was found wrong, and how far it has come."""

import uuid
from typing import Any, ClassVar

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q

from parley.hiring.models.people import Candidate, Job
from parley.hiring.rules.imports import ImportState, RowState
from parley.organizations.models import Company, User
from parley.organizations.tenancy import CompanyOwnedQuerySet


class CandidateImport(models.Model):
    """One file with candidates. The counts are those of its rows, kept in step by the operations."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    company = models.ForeignKey(Company, on_delete=models.CASCADE, related_name="candidate_imports", db_index=False)
    job = models.ForeignKey(Job, on_delete=models.SET_NULL, null=True, blank=True, related_name="+", db_index=False)
    filename = models.CharField(max_length=200)
    headers = ArrayField(models.CharField(max_length=200))  # the names of the file's columns
    columns = models.JSONField(default=dict)  # field of a candidate -> number of the column, from 0
    state = models.CharField(max_length=16, choices=ImportState, default=ImportState.MAPPING)
    total = models.PositiveIntegerField()
    good = models.PositiveIntegerField(default=0)  # rows that can be taken
    done = models.PositiveIntegerField(default=0)  # candidates made of them
    removed = models.PositiveIntegerField(default=0)  # of these, by undoing the import
    created_at = models.DateTimeField()
    created_by = models.ForeignKey(User, on_delete=models.SET_NULL, null=True, related_name="+", db_index=False)
    started_by = models.ForeignKey(User, on_delete=models.SET_NULL, null=True, related_name="+", db_index=False)
    finished_at = models.DateTimeField(null=True, blank=True)

    objects = CompanyOwnedQuerySet["CandidateImport"].as_manager()

    class Meta:
        ordering: ClassVar[list[str]] = ["-created_at", "id"]
        indexes = [models.Index(fields=["company", "created_at"], name="import_company_created")]
        constraints = [
            models.CheckConstraint(name="import_state_known", condition=Q(state__in=ImportState.values)),
            models.CheckConstraint(
                name="import_finished_at_agrees",
                condition=Q(state__in=ImportState.over(), finished_at__isnull=False)
                | (~Q(state__in=ImportState.over()) & Q(finished_at__isnull=True)),
            ),
        ]

    def __str__(self) -> str:
        return f"Import {self.id}"

    def told(self) -> dict[str, Any]:
        """What its events tell."""
        return {"state": str(self.state), "total": self.total, "good": self.good, "done": self.done}


class ImportRow(models.Model):
    """One row of the file as it came, and what becomes of it."""

    batch = models.ForeignKey(CandidateImport, on_delete=models.CASCADE, related_name="rows", db_index=False)
    number = models.PositiveIntegerField()  # in the file, as a spreadsheet counts
    cells = ArrayField(models.TextField(blank=True))
    values = models.JSONField(default=dict)  # fields of a candidate, read by the columns
    state = models.CharField(max_length=16, choices=RowState, default=RowState.UNREAD)
    problems = models.JSONField(default=list)  # field, code and sentence of each
    candidate = models.OneToOneField(
        Candidate, on_delete=models.SET_NULL, null=True, blank=True, related_name="import_row"
    )

    class Meta:
        ordering: ClassVar[list[str]] = ["number"]
        constraints = [
            models.UniqueConstraint(fields=["batch", "number"], name="import_row_once"),
            models.CheckConstraint(name="import_row_state_known", condition=Q(state__in=RowState.values)),
            models.CheckConstraint(
                name="import_row_candidate_agrees", condition=Q(candidate__isnull=True) | Q(state=RowState.DONE)
            ),
        ]

    def __str__(self) -> str:
        return f"Row {self.number}"
