"""What a model answered about one criterion, with all that it takes to come to the same again; and what people changed.

A judgement never changes: a trigger refuses it (migration ``0003_judgements_never_change``).
"""

import uuid

from django.db import models
from django.db.models import Q

from parley.core.errors import Conflict
from parley.core.transactions import on_violation
from parley.evaluations.models.evaluation import Evaluation
from parley.evaluations.rules.judging import Outcome
from parley.interviews.models.expressions import one_of
from parley.organizations.models import Company, User
from parley.organizations.tenancy import CompanyOwnedQuerySet


class Judgement(models.Model):
    """One sample: what was sent, to which model, what came back, and what the checks made of it."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    company = models.ForeignKey(Company, on_delete=models.PROTECT, related_name="+", db_index=False)
    evaluation = models.ForeignKey(Evaluation, on_delete=models.PROTECT, related_name="judgements", db_index=False)
    criterion_key = models.CharField(max_length=50)
    sample = models.PositiveSmallIntegerField()  # from 1
    kit_version_hash = models.CharField(max_length=64)
    # What was asked, character by character, and how.
    system = models.TextField()
    user = models.TextField()
    prompt_hash = models.CharField(max_length=64)  # ``queries.prompt_hash``
    model = models.CharField(max_length=200)
    parameters = models.JSONField()
    raw = models.TextField()  # the answer as it came
    # What the checks made of it: ``rules.judging.read_sample``.
    outcome = models.CharField(max_length=16, choices=Outcome)
    level = models.PositiveSmallIntegerField(null=True, blank=True)
    reason = models.TextField(blank=True)
    found = models.JSONField()  # quotes that are there: turn, quote, start, end
    refused = models.JSONField()  # quotes that do not count: turn, quote, why
    input_tokens = models.PositiveIntegerField(default=0)
    output_tokens = models.PositiveIntegerField(default=0)
    cost_micros = models.PositiveBigIntegerField(default=0)
    total_ms = models.PositiveIntegerField(default=0)
    attempts = models.JSONField(default=list)  # what went wrong before it came about
    created_at = models.DateTimeField()

    objects = CompanyOwnedQuerySet["Judgement"].as_manager()

    class Meta:
        ordering = ["criterion_key", "sample"]
        constraints = [
            models.UniqueConstraint(fields=["evaluation", "criterion_key", "sample"], name="judgement_once"),
            models.CheckConstraint(
                name="judgement_level_only_where_proven",
                condition=Q(outcome=Outcome.LEVEL, level__gte=1, level__lte=5)
                | (~Q(outcome=Outcome.LEVEL) & Q(level__isnull=True)),
            ),
            one_of("judgement_outcome_known", "outcome", Outcome),
        ]

    def __str__(self) -> str:
        return f"Sample {self.sample} of {self.criterion_key} for {self.evaluation_id}"


class Override(models.Model):
    """A level that a person set in the place of the AI's, which stays; null: the answers do not tell."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    evaluation = models.ForeignKey(Evaluation, on_delete=models.PROTECT, related_name="overrides")
    criterion_key = models.CharField(max_length=50)
    level = models.PositiveSmallIntegerField(null=True, blank=True)
    reason = models.TextField()
    overridden_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    created_at = models.DateTimeField()
    replaced_at = models.DateTimeField(null=True, blank=True)  # when somebody set another one

    class Meta:
        ordering = ["created_at", "id"]
        constraints = [
            models.UniqueConstraint(
                fields=["evaluation", "criterion_key"],
                condition=Q(replaced_at__isnull=True),
                name="override_once_at_a_time",
            ),
            models.CheckConstraint(
                name="override_level_in_range", condition=Q(level__isnull=True) | Q(level__gte=1, level__lte=5)
            ),
        ]

    def __str__(self) -> str:
        return f"{self.criterion_key} by {self.overridden_by_id}"


on_violation("judgement_never_changes", lambda: Conflict("A judgement never changes.", code="judgement_fixed"))
