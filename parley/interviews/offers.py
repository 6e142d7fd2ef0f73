"""The times that the bearer of a personal link may take."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from django.db.models import Exists, Max, Min, OuterRef, Q, QuerySet

from parley.interviews.models import InterviewLink, InterviewSchedule, InterviewSlot
from parley.interviews.queries import WITH_ROOM, live_schedule, policy_of
from parley.interviews.rules.policy import Policy
from parley.interviews.rules.states import LIVE_SCHEDULE, ScheduleStatus


@dataclass(frozen=True)
class Seeker:
    """A link with what decides which times it is offered: the company's rules, and the booking that holds."""

    link: InterviewLink
    policy: Policy
    held: InterviewSchedule | None

    @classmethod
    def of(cls, link: InterviewLink) -> "Seeker":
        """The seeker that bears a link; two statements."""
        return cls(link, policy_of(link.interview.company_id), live_schedule(link.interview_id))


def offered(seeker: Seeker, *, now: datetime) -> QuerySet[InterviewSlot]:
    """All slots that may be taken now, in order."""
    interview = seeker.link.interview
    if interview.company_id is None:
        return InterviewSlot.objects.none()
    after, until = seeker.policy.offered(now)
    rows = InterviewSlot.objects.filter(
        WITH_ROOM, company_id=interview.company_id, start_time__gt=after, start_time__lte=until
    )
    held = seeker.held
    kind = seeker.link.ai_interview_type or (held.slot.ai_interview_type if held else "")
    if kind:
        rows = rows.filter(ai_interview_type=kind)
    job_id = interview.job_id or interview.candidate.job_id
    if job_id is not None:
        rows = rows.filter(Q(job_id__isnull=True) | Q(job_id=job_id))
    busy = InterviewSchedule.objects.filter(
        candidate_id=interview.candidate_id,
        status__in=LIVE_SCHEDULE,
        start_time__lt=OuterRef("end_time"),
        end_time__gt=OuterRef("start_time"),
    ).exclude(interview_id=interview.pk)
    if held is not None:
        rows = rows.exclude(pk=held.slot_id)
    return rows.exclude(Exists(busy)).order_by("start_time", "pk")


def offered_slots(seeker: Seeker, *, begin: datetime, end: datetime, now: datetime, most: int) -> list[InterviewSlot]:
    """The slots that begin in ``[begin, end)``, at most so many."""
    return list(offered(seeker, now=now).filter(start_time__gte=begin, start_time__lt=end)[:most])


def offered_starts(seeker: Seeker, *, begin: datetime, end: datetime, now: datetime) -> list[datetime]:
    """When slots begin in ``[begin, end)``, each instant once, in order."""
    rows = offered(seeker, now=now).filter(start_time__gte=begin, start_time__lt=end)
    return list(rows.order_by("start_time").values_list("start_time", flat=True).distinct())


def offered_range(seeker: Seeker, *, now: datetime) -> tuple[datetime, datetime] | None:
    """The first and the last start of all; None where nothing is offered."""
    ends = offered(seeker, now=now).order_by().aggregate(first=Min("start_time"), last=Max("start_time"))
    return (ends["first"], ends["last"]) if ends["first"] is not None else None


def nearest_offers(seeker: Seeker, wanted: datetime, *, now: datetime, most: int) -> list[InterviewSlot]:
    """The slots nearest in time to an instant, on both sides of it, in order of time; one statement of two short scans.

    Of slots that begin and end together only one is told.
    """
    rows = offered(seeker, now=now)
    later = rows.filter(start_time__gte=wanted).order_by("start_time", "pk")[: 2 * most]
    earlier = rows.filter(start_time__lt=wanted).order_by("-start_time", "pk")[: 2 * most]
    found = one_of_each(later.union(earlier, all=True))
    nearest = sorted(found, key=lambda slot: (abs(slot.start_time - wanted), slot.start_time))[:most]
    return sorted(nearest, key=lambda slot: slot.start_time)


def one_of_each(slots: "QuerySet[InterviewSlot] | list[InterviewSlot]") -> list[InterviewSlot]:
    """Of slots that begin and end together the first: whoever chooses a time cannot tell them apart."""
    found: dict[tuple[datetime, timedelta], InterviewSlot] = {}
    for slot in slots:
        found.setdefault((slot.start_time, slot.end_time - slot.start_time), slot)
    return list(found.values())


def given_up(interview_id: UUID) -> InterviewSchedule | None:
    """The booking that the candidate gave up last: by cancelling it, or by moving on from it."""
    latest = InterviewSchedule.objects.filter(interview_id=interview_id).order_by("-booked_at", "-pk")
    ended = latest.exclude(status__in=LIVE_SCHEDULE).select_related("slot").first()
    if ended is None or (ended.status == ScheduleStatus.CANCELLED and ended.cancelled_by_id is not None):
        return None
    return ended
