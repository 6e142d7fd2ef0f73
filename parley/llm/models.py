"""What companies may use of language models, and what they have used."""

import uuid

from django.db import models
from django.db.models import Q

from parley.llm.rules.costs import Limits
from parley.llm.rules.purposes import CallState, Purpose
from parley.organizations.models import Company
from parley.organizations.tenancy import CompanyOwnedQuerySet


class Budget(models.Model):
    """A company's limits; a company without a row has none. What is null is without limit."""

    company = models.OneToOneField(Company, on_delete=models.CASCADE, primary_key=True, related_name="ai_budget")
    monthly_tokens = models.PositiveBigIntegerField(null=True, blank=True)
    monthly_cost_micros = models.PositiveBigIntegerField(null=True, blank=True)  # millionths of a US dollar
    concurrent_sessions = models.PositiveIntegerField(null=True, blank=True)  # that a model leads at the same time
    told_at = models.DateTimeField(null=True, blank=True)  # when the company was last told that it is used up
    updated_at = models.DateTimeField()

    objects = CompanyOwnedQuerySet["Budget"].as_manager()

    def __str__(self) -> str:
        return f"AI budget of company {self.company_id}"

    @property
    def limits(self) -> Limits:
        """As the rules read them."""
        return Limits(
            monthly_tokens=self.monthly_tokens,
            monthly_cost_micros=self.monthly_cost_micros,
            concurrent_sessions=self.concurrent_sessions,
        )


class ModelCall(models.Model):
    """One question to a model with all attempts at it. Its tokens are a cautious guess until it is over.

    What was asked and answered is not here, but with the turn or the judgement that came of it.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    company = models.ForeignKey(Company, on_delete=models.PROTECT, related_name="+", db_index=False)
    purpose = models.CharField(max_length=16, choices=Purpose)
    subject_id = models.UUIDField()  # the session or evaluation
    state = models.CharField(max_length=16, choices=CallState, default=CallState.RESERVED)
    model = models.CharField(max_length=200, blank=True, default="")
    input_tokens = models.PositiveIntegerField(default=0)
    output_tokens = models.PositiveIntegerField(default=0)
    cost_micros = models.PositiveBigIntegerField(default=0)
    attempts = models.JSONField(default=list)  # those that failed: ``rules.failures.record_of``
    first_piece_ms = models.PositiveIntegerField(null=True, blank=True)
    total_ms = models.PositiveIntegerField(null=True, blank=True)
    created_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True, blank=True)

    objects = CompanyOwnedQuerySet["ModelCall"].as_manager()

    class Meta:
        ordering = ["created_at", "id"]
        indexes = [
            models.Index(fields=["company", "created_at"], name="model_call_company_created"),
            models.Index(fields=["created_at"], condition=Q(state="reserved"), name="model_call_reserved"),
        ]
        constraints = [
            models.CheckConstraint(name="model_call_state_known", condition=Q(state__in=CallState.values)),
            models.CheckConstraint(name="model_call_purpose_known", condition=Q(purpose__in=Purpose.values)),
        ]

    def __str__(self) -> str:
        return f"{self.purpose} of {self.subject_id}: {self.state}"
