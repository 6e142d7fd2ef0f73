"""The tables: what people think of a session, and what they decide.

A review is never changed: another one of the same person replaces it, and the earlier one stays. So do decisions.
"""

import uuid

from django.db import models
from django.db.models import Q

from parley.conversations.models import InterviewSession
from parley.core.errors import Conflict
from parley.core.transactions import on_violation
from parley.evaluations.rules.judging import JudgeState
from parley.evaluations.rules.states import EvaluationState, RequestState, Verdict, Wish
from parley.interviews.models import Interview
from parley.interviews.models.expressions import one_of
from parley.organizations.models import Company, User
from parley.organizations.tenancy import CompanyOwnedQuerySet


class Evaluation(models.Model):
    """What is made of one session."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    company = models.ForeignKey(Company, on_delete=models.PROTECT, related_name="+")
    interview = models.ForeignKey(Interview, on_delete=models.PROTECT, related_name="evaluations")
    session = models.OneToOneField(InterviewSession, on_delete=models.PROTECT, related_name="evaluation")
    state = models.CharField(max_length=16, choices=EvaluationState, default=EvaluationState.NEEDS_RATINGS)
    judge_state = models.CharField(max_length=8, choices=JudgeState, default=JudgeState.NONE)
    samples = models.PositiveSmallIntegerField(default=0)  # how often each criterion is asked about
    model = models.CharField(max_length=500, blank=True, default="")  # which judged; several are joined by " + "
    attempts = models.JSONField(default=list)  # what went wrong where no model answered
    wanted_at = models.DateTimeField(null=True, blank=True)  # when people were told that ratings are wanted
    ready_at = models.DateTimeField(null=True, blank=True)  # when it was told that somebody can read or decide
    created_at = models.DateTimeField()
    updated_at = models.DateTimeField()

    objects = CompanyOwnedQuerySet["Evaluation"].as_manager()

    class Meta:
        indexes = [models.Index(fields=["updated_at"], condition=Q(judge_state="asked"), name="evaluation_asked")]
        constraints = [
            one_of("evaluation_state_known", "state", EvaluationState),
            one_of("evaluation_judge_state_known", "judge_state", JudgeState),
        ]

    def __str__(self) -> str:
        return f"Evaluation of interview {self.interview_id}"


class Review(models.Model):
    """One person's ratings: ``levels`` by the keys of the kit's criteria, null where the answers do not tell."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    evaluation = models.ForeignKey(Evaluation, on_delete=models.PROTECT, related_name="reviews")
    reviewer = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    levels = models.JSONField()
    notes = models.JSONField(default=dict)  # by the keys of the criteria
    note = models.TextField(blank=True, default="")
    was_blind = models.BooleanField()  # whether it was given before others' ratings were shown
    created_at = models.DateTimeField()
    replaced_at = models.DateTimeField(null=True, blank=True)  # when the same person changed it

    class Meta:
        ordering = ["created_at", "id"]
        constraints = [
            models.UniqueConstraint(
                fields=["evaluation", "reviewer"], condition=Q(replaced_at__isnull=True), name="review_once_a_person"
            )
        ]

    def __str__(self) -> str:
        return f"Review of {self.evaluation_id} by {self.reviewer_id}"


class Decision(models.Model):
    """What a person decided; the latest one holds."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    evaluation = models.ForeignKey(Evaluation, on_delete=models.PROTECT, related_name="decisions")
    verdict = models.CharField(max_length=16, choices=Verdict)
    note = models.TextField(blank=True, default="")
    decided_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    created_at = models.DateTimeField()
    replaced_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["created_at", "id"]
        constraints = [
            one_of("decision_verdict_known", "verdict", Verdict),
            models.UniqueConstraint(
                fields=["evaluation"], condition=Q(replaced_at__isnull=True), name="decision_once_at_a_time"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.verdict} by {self.decided_by_id}"


class CandidateRequest(models.Model):
    """What a candidate asks for after the interview, once of each kind, and what a named person answers."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    company = models.ForeignKey(Company, on_delete=models.PROTECT, related_name="+", db_index=False)
    session = models.ForeignKey(InterviewSession, on_delete=models.PROTECT, related_name="requests", db_index=False)
    kind = models.CharField(max_length=16, choices=Wish)
    state = models.CharField(max_length=16, choices=RequestState, default=RequestState.OPEN)
    message = models.TextField(blank=True, default="")
    created_at = models.DateTimeField()
    answer = models.TextField(blank=True, default="")
    answered_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+", db_index=False)
    answered_at = models.DateTimeField(null=True)

    objects = CompanyOwnedQuerySet["CandidateRequest"].as_manager()

    class Meta:
        ordering = ["created_at", "id"]
        indexes = [models.Index(fields=["company", "created_at"], name="request_company_created")]
        constraints = [
            one_of("request_kind_known", "kind", Wish),
            one_of("request_state_known", "state", RequestState),
            models.UniqueConstraint(fields=["session", "kind"], name="request_once_a_kind"),
            models.CheckConstraint(
                name="request_answered_by_somebody",
                condition=Q(state=RequestState.OPEN, answered_at__isnull=True, answered_by__isnull=True, answer="")
                | Q(state=RequestState.ANSWERED, answered_at__isnull=False, answered_by__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind} asked for in {self.session_id}"


def asked_already() -> Conflict:
    """The refusal of a second request of one kind."""
    return Conflict("You have asked for this already.", code="already_asked")


on_violation("request_once_a_kind", asked_already)
on_violation("review_once_a_person", lambda: Conflict("You have sent ratings already.", code="already_reviewed"))
