"""What is deleted, as a list of small steps: whoever adds a table with words of or about candidates adds a step here.

Each step says which rows still hold something, and what becomes of them. So each can run again, and finds nothing.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import models
from django.db.models import CharField, Exists, F, Func, OuterRef, Q, Value
from django.db.models.functions import Cast, Coalesce, Concat

from parley.conversations.models import InterviewSession, SessionFeedback, Turn
from parley.conversations.rules.states import SessionState
from parley.evaluations.models import CandidateRequest, Decision, Judgement, Override, Review
from parley.hiring.models import Candidate, Resume
from parley.interviews.models import (
    Interview,
    InterviewConflict,
    InterviewLink,
    InterviewSchedule,
    InvitationRow,
)
from parley.notifications.models import Message

NAME = "Deleted candidate"
NOWHERE = "deleted@deleted.invalid"  # an address that can never be reached (RFC 2606)
Gone = dict[str, list[str]]


@dataclass(frozen=True, kw_only=True)
class Step:
    """Rows of ``model`` that belong, by the look-up ``of``, to what is deleted.

    ``left`` finds those that still hold something. They are deleted, or what is ``emptied`` takes its new value.
    """

    kind: str  # as proofs count it
    model: type[models.Model]
    of: str
    left: Q = field(default_factory=Q)
    emptied: Mapping[str, Any] | None = None

    def rows(self, keys: Collection[Any]) -> "models.QuerySet[Any]":
        """Those that still hold something."""
        return self.model._base_manager.filter(self.left, **{f"{self.of}__in": list(keys)})

    def run(self, keys: Collection[Any]) -> list[str]:
        """Delete or empty them; returns their ids. Inside the caller's transaction."""
        found = sorted(set(self.rows(keys).values_list("pk", flat=True)), key=str)
        rows = self.model._base_manager.filter(pk__in=found)
        if not found:
            return []
        if self.emptied is None:
            rows.delete()
        else:
            rows.update(**self.emptied)
        return [str(key) for key in found]


def _without(name: str, key: str) -> Func:
    """A JSON object without one of its members."""
    return Func(F(name), Value(key), template="(%(expressions)s)", arg_joiner=" - ", output_field=models.JSONField())


# By the id of the session. A table of a session's, or of its evaluation's, needs a line here and nothing else.
SAID = [
    Step(kind="turns", model=Turn, of="session"),
    Step(
        kind="drafts",
        model=InterviewSession,
        of="pk",
        left=~Q(draft=""),
        emptied={"draft": "", "draft_saved_at": None},
    ),
    Step(kind="feedback", model=SessionFeedback, of="session", left=~Q(text=""), emptied={"text": ""}),
    Step(
        kind="review_notes",
        model=Review,
        of="evaluation__session",
        left=~Q(note="", notes={}),
        emptied={"note": "", "notes": {}},
    ),
    Step(kind="decision_notes", model=Decision, of="evaluation__session", left=~Q(note=""), emptied={"note": ""}),
    Step(
        kind="judgements",
        model=Judgement,
        of="evaluation__session",
        left=~Q(user="", raw="", reason=""),
        emptied={"system": "", "user": "", "raw": "", "reason": "", "found": [], "refused": []},
    ),
    Step(kind="override_reasons", model=Override, of="evaluation__session", left=~Q(reason=""), emptied={"reason": ""}),
    Step(
        kind="requests",
        model=CandidateRequest,
        of="session",
        left=~Q(message="", answer=""),
        emptied={"message": "", "answer": ""},
    ),
    Step(
        kind="wishes_for_a_person",
        model=InterviewConflict,
        of="schedule__session",
        left=Q(cause__startswith="human:", conflict_details__has_key="reason"),
        emptied={"conflict_details": _without("conflict_details", "reason")},
    ),
    Step(kind="interview_notes", model=Interview, of="sessions", left=~Q(feedback=""), emptied={"feedback": ""}),
]

# By the id of the candidate; what was said goes before, by the steps above.
PERSON = [
    Step(kind="resumes", model=Resume, of="candidate"),
    Step(
        kind="interviews",
        model=Interview,
        of="candidate",
        left=~Q(feedback="", candidate_hours__isnull=True),
        emptied={"feedback": "", "candidate_hours": None},
    ),
    Step(
        kind="links",
        model=InterviewLink,
        of="interview__candidate",
        left=~Q(nonce="", timezone=""),
        emptied={"nonce": "", "timezone": ""},
    ),
    Step(
        kind="bookings",
        model=InterviewSchedule,
        of="candidate",
        left=~Q(booking_notes="", cancellation_reason=""),
        emptied={"booking_notes": "", "cancellation_reason": ""},
    ),
    *(
        Step(
            kind="conflicts",
            model=InterviewConflict,
            of=f"{which}_interview__candidate",
            left=~Q(resolution_notes="") | Q(conflict_details__has_key="reason"),
            emptied={"resolution_notes": "", "conflict_details": _without("conflict_details", "reason")},
        )
        for which in ("primary", "conflicting")
    ),
    Step(kind="invitations", model=InvitationRow, of="candidate", left=~Q(reason=""), emptied={"reason": ""}),
    Step(
        kind="mails",
        model=Message,
        of="interview__candidate",
        left=~Q(recipient=NOWHERE, last_error=""),
        emptied={"recipient": NOWHERE, "last_error": ""},
    ),
    Step(
        kind="candidates",
        model=Candidate,
        of="pk",
        left=~Q(full_name=NAME, phone="", domain="", role="", poc_email="", work_experience__isnull=True),
        emptied={
            "full_name": NAME,
            "email": Concat(Value("deleted-"), Cast("pk", CharField()), Value("@deleted.invalid")),
            "phone": "",
            "domain": "",
            "role": "",
            "poc_email": "",
            "work_experience": None,
        },
    ),
]


def run(steps: list[Step], keys: Collection[Any], gone: Gone) -> None:
    """Run them, and add what went to ``gone``, by kind."""
    for step in steps:
        if found := step.run(keys):
            gone[step.kind] = sorted({*gone.get(step.kind, ()), *found})


def still_said() -> Q:
    """The sessions of which something is left that was said or written."""
    found = Q()
    for step in SAID:
        found |= Q(Exists(step.model._base_manager.filter(step.left, **{step.of: OuterRef("pk")})))
    return found


def over_before(company_id: int, moment: datetime, *, most: int) -> list[UUID]:
    """A company's sessions that ended before ``moment``, and still have something: the oldest first.

    One that never began (its candidate only asked for a person) ended when its time was over.
    """
    ended = Coalesce("ended_at", "schedule__end_time")
    rows = InterviewSession.objects.filter(company_id=company_id).exclude(state=SessionState.RUNNING)
    over = rows.annotate(over_at=ended).filter(still_said(), over_at__lt=moment)
    return list(over.order_by("over_at", "pk").values_list("pk", flat=True)[:most])
