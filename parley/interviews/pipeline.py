"""Interviews by stage: reads for the pipeline, each a constant number of statements."""

from collections.abc import Iterable
from typing import Any

from django.db.models import Case, CharField, Count, Exists, F, OuterRef, Prefetch, Q, QuerySet, Subquery, Value, When

from parley.core.actors import Actor
from parley.hiring.models import Candidate
from parley.interviews.models import Interview, InterviewConflict, InterviewLink, InterviewSchedule, WaitlistEntry
from parley.interviews.rules.stages import Stage, Standing
from parley.interviews.rules.states import LIVE_SCHEDULE, OPEN_WAITING, InterviewStatus, Resolution, ScheduleStatus
from parley.organizations.tenancy import CompanyOwnedQuerySet

_LIVE = InterviewSchedule.objects.filter(interview=OuterRef("pk"), status__in=LIVE_SCHEDULE)
_LINK = InterviewLink.objects.filter(interview=OuterRef("pk"), revoked_at__isnull=True)
_OPEN_CONFLICT = InterviewConflict.objects.filter(primary_interview=OuterRef("pk"), resolution=Resolution.PENDING)
_WAITING = WaitlistEntry.objects.filter(interview=OuterRef("pk"), status__in=OPEN_WAITING)
# The one place that says what a stage is.
_STAGE = Case(
    When(status=InterviewStatus.COMPLETED, decided_at__isnull=False, then=Value(Stage.DECIDED)),
    When(status=InterviewStatus.COMPLETED, then=Value(Stage.HELD)),
    When(status=InterviewStatus.CANCELLED, then=Value(Stage.CANCELLED)),
    When(status=InterviewStatus.NO_SHOW, then=Value(Stage.MISSED)),
    When(status=InterviewStatus.ERROR, then=Value(Stage.FAILED)),
    When(Q(status=InterviewStatus.IN_PROGRESS) | Q(booking__isnull=False), then=Value(Stage.BOOKED)),
    When(link_ends_at__isnull=False, then=Value(Stage.INVITED)),
    default=Value(Stage.UNINVITED),
    output_field=CharField(),
)


def staged(rows: "QuerySet[Interview]") -> Any:
    """The same interviews with their ``stage``, and what tells what is next (``standing_of``)."""
    return rows.annotate(
        booking=Subquery(_LIVE.values("status")[:1]),
        starts_at=Subquery(_LIVE.values("start_time")[:1]),
        link_ends_at=Subquery(_LINK.values("expires_at")[:1]),
        has_conflict=Exists(_OPEN_CONFLICT),
        is_waiting=Exists(_WAITING),
    ).annotate(stage=_STAGE)


def pipeline(actor: Actor, *, search: str = "", job_id: int | None = None) -> Any:
    """The interviews that ``actor`` may see, with stage, candidate and job; by part of a name or address, by job."""
    rows: CompanyOwnedQuerySet[Interview] = Interview.objects.visible_to(actor).select_related("candidate", "job")
    if search:
        rows = rows.filter(Q(candidate__full_name__icontains=search) | Q(candidate__email__icontains=search))
    if job_id is not None:
        rows = rows.filter(job_id=job_id)
    return staged(rows)


def in_stage(rows: Any, stage: Stage) -> Any:
    """Those of a stage: what comes next first, else what was touched last."""
    rows = rows.filter(stage=stage)
    if stage == Stage.BOOKED:
        return rows.order_by(F("starts_at").asc(nulls_first=True), "pk")
    return rows.order_by("-updated_at", "pk")


def counts(rows: Any) -> dict[Stage, int]:
    """How many are in each stage; one statement."""
    found = dict(rows.order_by().values_list("stage").annotate(number=Count("pk")))
    return {stage: found.get(stage.value, 0) for stage in Stage}


def standing_of(interview: Any) -> Standing:
    """What ``staged`` has found of an interview."""
    return Standing(
        stage=Stage(interview.stage),
        has_conflict=interview.has_conflict,
        is_waiting=interview.is_waiting,
        is_confirmed=interview.booking == ScheduleStatus.CONFIRMED,
        is_running=interview.status == InterviewStatus.IN_PROGRESS,
        has_feedback=bool(interview.feedback),
        starts_at=interview.starts_at,
        link_ends_at=interview.link_ends_at,
    )


def candidates(actor: Actor, *, search: str = "", job_id: int | None = None, stage: str = "") -> Any:
    """Candidates with their interviews as ``staged_interviews``, the latest first.

    ``stage`` narrows to those with an interview in that stage; ``none`` to those that have no interview.
    """
    rows: Any = Candidate.objects.visible_to(actor).select_related("job")
    if search:
        rows = rows.filter(Q(full_name__icontains=search) | Q(email__icontains=search))
    if job_id is not None:
        of_job = Interview.objects.filter(candidate=OuterRef("pk"), job_id=job_id)
        rows = rows.filter(Q(job_id=job_id) | Exists(of_job))
    if stage == "none":
        rows = rows.filter(~Exists(Interview.objects.filter(candidate=OuterRef("pk"))))
    elif stage:
        rows = rows.filter(Exists(staged(Interview.objects.filter(candidate=OuterRef("pk"))).filter(stage=stage)))
    latest = staged(Interview.objects.select_related("job")).order_by("-created_at", "pk")
    return rows.prefetch_related(Prefetch("interviews", queryset=latest, to_attr="staged_interviews"))


def job_counts(job_ids: Iterable[int]) -> dict[int, dict[Stage, int]]:
    """For each job, how many interviews are in each stage; one statement."""
    found: dict[int, dict[Stage, int]] = {}
    rows = staged(Interview.objects.filter(job_id__in=list(job_ids))).order_by()
    for job_id, stage, number in rows.values_list("job_id", "stage").annotate(number=Count("pk")):
        found.setdefault(job_id, {})[Stage(stage)] = number
    return found
