"""An interview as it is held: its session, everything that was said, and what the candidate thought of it."""

import uuid
from datetime import datetime

from django.db import models
from django.db.models import Q

from parley.conversations.models.kit import KitVersion
from parley.conversations.rules.states import Ending, Role, SessionState, TurnKind
from parley.interviews.models import Interview, InterviewSchedule
from parley.interviews.models.expressions import one_of
from parley.organizations.models import Company
from parley.organizations.tenancy import CompanyOwnedQuerySet


class InterviewSession(models.Model):
    """The holding of one booking. Times are instants; ``plan`` has the keys of the core questions in order."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    company = models.ForeignKey(Company, on_delete=models.PROTECT, related_name="+", db_index=False)
    interview = models.ForeignKey(Interview, on_delete=models.PROTECT, related_name="sessions")
    schedule = models.OneToOneField(InterviewSchedule, on_delete=models.PROTECT, related_name="session")
    kit_version = models.ForeignKey(KitVersion, on_delete=models.PROTECT, related_name="sessions")
    state = models.CharField(max_length=16, choices=SessionState, default=SessionState.WAITING)
    ending = models.CharField(max_length=16, choices=Ending, blank=True, default="")
    plan = models.JSONField()
    wishes = models.JSONField(default=dict)  # what slot and week said, with the duration that came of it
    minutes = models.PositiveIntegerField()  # for the conversation, without the extra ones
    extra_minutes = models.PositiveIntegerField(default=0)  # that this candidate was granted
    consent_version = models.CharField(max_length=20, blank=True, default="")
    consented_at = models.DateTimeField(null=True, blank=True)
    started_at = models.DateTimeField(null=True, blank=True)
    ends_at = models.DateTimeField(null=True, blank=True)  # its limit, once it has begun
    ended_at = models.DateTimeField(null=True, blank=True)
    draft = models.TextField(blank=True, default="")  # of the answer that is being written
    draft_saved_at = models.DateTimeField(null=True, blank=True)
    human_requested_at = models.DateTimeField(null=True, blank=True)
    said_deleted_at = models.DateTimeField(null=True, blank=True)  # when what was said in it went: ``parley.privacy``
    created_at = models.DateTimeField()

    objects = CompanyOwnedQuerySet["InterviewSession"].as_manager()

    class Meta:
        ordering = ["created_at", "id"]
        indexes = [
            models.Index(fields=["company", "created_at"], name="session_company_created"),
            models.Index(fields=["ends_at"], condition=Q(state="running"), name="session_running_ends"),
        ]
        constraints = [
            one_of("session_state_known", "state", SessionState),
            models.CheckConstraint(
                name="session_began_with_consent",
                condition=Q(state__in=["waiting", "missed"])
                | Q(consented_at__isnull=False, started_at__isnull=False, ends_at__isnull=False),
            ),
            models.CheckConstraint(
                name="session_over_has_an_end",
                condition=Q(state__in=["waiting", "running"]) | Q(ended_at__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return f"Session of interview {self.interview_id}"


class Turn(models.Model):
    """One thing that was said. Turns are only ever added, numbered from 1 without a gap."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    session = models.ForeignKey(InterviewSession, on_delete=models.PROTECT, related_name="turns", db_index=False)
    number = models.PositiveIntegerField()
    role = models.CharField(max_length=16, choices=Role)
    kind = models.CharField(max_length=16, choices=TurnKind)
    question_key = models.CharField(max_length=50, blank=True, default="")  # the core question that it belongs to
    text = models.TextField()
    client_id = models.CharField(max_length=64, blank=True, default="")  # of an answer: sent twice, it counts once
    created_at = models.DateTimeField()
    # How the interviewer came to it.
    interviewer = models.CharField(max_length=16, blank=True, default="")  # scripted or model
    model = models.CharField(max_length=200, blank=True, default="")
    first_token_ms = models.PositiveIntegerField(null=True, blank=True)
    total_ms = models.PositiveIntegerField(null=True, blank=True)
    input_tokens = models.PositiveIntegerField(default=0)
    output_tokens = models.PositiveIntegerField(default=0)
    cost_micros = models.PositiveBigIntegerField(default=0)  # millionths of the currency of the price list
    attempts = models.JSONField(default=list)  # what went wrong before it came about

    class Meta:
        ordering = ["number"]
        constraints = [
            models.UniqueConstraint(fields=["session", "number"], name="turn_number_once"),
            models.UniqueConstraint(
                fields=["session", "client_id"], condition=~Q(client_id=""), name="turn_client_id_once"
            ),
            one_of("turn_role_known", "role", Role),
            one_of("turn_kind_known", "kind", TurnKind),
        ]

    def __str__(self) -> str:
        return f"Turn {self.number} of {self.session_id}"

    def answered(self, text: str, *, client_id: str, at: datetime) -> "Turn":
        """The candidate's answer to this question, not saved yet."""
        return Turn(
            session=self.session,
            number=self.number + 1,
            role=Role.CANDIDATE,
            kind=TurnKind.ANSWER,
            question_key=self.question_key,
            text=text,
            client_id=client_id,
            created_at=at,
        )


class SessionFeedback(models.Model):
    """What the candidate thought of the interview."""

    session = models.OneToOneField(
        InterviewSession, on_delete=models.CASCADE, primary_key=True, related_name="feedback"
    )
    rating = models.PositiveSmallIntegerField()  # 1 to 5
    text = models.TextField(blank=True, default="")
    created_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.CheckConstraint(name="feedback_rating_in_range", condition=Q(rating__gte=1, rating__lte=5))
        ]

    def __str__(self) -> str:
        return f"Feedback on {self.session_id}: {self.rating}"
