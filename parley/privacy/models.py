"""The tables: how long a company keeps what was said, and the proofs of what was deleted."""

import uuid
from typing import Any, ClassVar

from django.db import models
from django.db.models import Q

from parley.core.errors import Busy, Conflict
from parley.core.transactions import on_violation
from parley.interviews.models.expressions import one_of
from parley.organizations.models import Company
from parley.organizations.tenancy import CompanyOwnedQuerySet
from parley.privacy.rules.proofs import Reason, chained, instant
from parley.privacy.rules.retention import LEAST_MONTHS, MOST_MONTHS


class RetentionPolicy(models.Model):
    """After how many months since an interview's end what was said in it is deleted; None: it is kept."""

    company = models.OneToOneField(Company, on_delete=models.CASCADE, primary_key=True, related_name="retention_policy")
    months = models.PositiveSmallIntegerField(null=True, blank=True)
    updated_at = models.DateTimeField()

    objects = CompanyOwnedQuerySet["RetentionPolicy"].as_manager()

    class Meta:
        verbose_name_plural = "retention policies"
        constraints = [
            models.CheckConstraint(
                name="retention_months_in_range",
                condition=Q(months__isnull=True) | Q(months__gte=LEAST_MONTHS, months__lte=MOST_MONTHS),
            )
        ]

    def __str__(self) -> str:
        return f"How long company {self.company_id} keeps what was said"


class DeletionProof(models.Model):
    """That something was deleted, when and by which rule. A trigger refuses every change (migration ``0001_begin``).

    Proofs of a company are numbered from 1 and chained: each holds the hash of the one before, so that none can be
    changed, left out or slipped in without the hashes telling. Those of candidates without a company have none either.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    company = models.ForeignKey(
        Company, on_delete=models.PROTECT, null=True, related_name="deletion_proofs", db_index=False
    )
    number = models.PositiveIntegerField()
    reason = models.CharField(max_length=16, choices=Reason)
    rule = models.JSONField()  # retention: the months; a request: the candidate's number
    counts = models.JSONField()  # rows, by kind
    ids_hash = models.CharField(max_length=64)  # ``rules.proofs.ids_hash``
    previous_hash = models.CharField(max_length=64)
    hash = models.CharField(max_length=64)  # ``rules.proofs.chained``
    created_at = models.DateTimeField()

    objects = CompanyOwnedQuerySet["DeletionProof"].as_manager()

    class Meta:
        ordering: ClassVar[list[str]] = ["-number", "id"]
        constraints = [
            models.UniqueConstraint(fields=["company", "number"], name="proof_number_once", nulls_distinct=False),
            one_of("proof_reason_known", "reason", Reason),
        ]

    def __str__(self) -> str:
        return f"Proof {self.number} of company {self.company_id}"

    def content(self) -> dict[str, Any]:
        """What its hash is over, beside the hash before."""
        return {
            "company": self.company_id,
            "number": self.number,
            "reason": str(self.reason),
            "rule": self.rule,
            "counts": self.counts,
            "ids_hash": self.ids_hash,
            "created_at": instant(self.created_at),
        }

    def hash_of_content(self) -> str:
        """The hash that it must have."""
        return chained(self.previous_hash, self.content())


on_violation("proof_number_once", lambda: Busy("Something else is being deleted at this moment: try again."))
on_violation("deletion_proof_never_changes", lambda: Conflict("A proof of deletion never changes.", code="proof_fixed"))
