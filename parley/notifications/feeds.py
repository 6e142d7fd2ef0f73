"""Reading a calendar feed: whether its address opens, and what it shows."""

import re
from datetime import UTC, datetime
from typing import Any

from django.conf import settings
from django.db.models import OuterRef, Q, QuerySet, Subquery
from django.db.models.lookups import Exact

from parley.interviews.links import hash_link
from parley.interviews.models import InterviewLink, InterviewSchedule
from parley.interviews.rules.states import LIVE_SCHEDULE, InterviewStatus, ScheduleStatus
from parley.notifications import calendar
from parley.notifications.feed_rules import ASKED_EVERY, MOST_ENTRIES, SHOWN_AHEAD, SHOWN_BACK, Scope
from parley.notifications.models import CalendarFeed
from parley.notifications.rendering import sequences

# What an entry is made of: slots and jobs hold far more, and there are thousands of them.
_SHOWN = [
    *("start_time", "end_time", "status", "booked_at", "confirmed_at", "slot__ai_interview_type"),
    *("interview__status", "interview__updated_at", "interview__candidate__full_name"),
    *("interview__candidate__updated_at", "interview__job__job_title", "interview__job__updated_at"),
]
_FORM = re.compile(r"[A-Za-z0-9_-]{43}", re.ASCII)  # 256 bits


def feed_url(token: str) -> str:
    """The address that a calendar subscribes to."""
    return f"{settings.PARLEY_BASE_URL}/calendar/{token}.ics"


def open_feed(token: str) -> CalendarFeed | None:
    """The feed of a secret with its user and company; None for all that does not open, whatever the reason."""
    if not _FORM.fullmatch(token):
        return None
    feed = CalendarFeed.objects.select_related("user", "company").filter(token_hash=hash_link(token)).first()
    return feed if feed is not None and feed.is_open else None


def feed_calendar(feed: CalendarFeed, *, now: datetime) -> bytes:
    """The bookings of a feed as iCalendar: three statements, whatever their number."""
    found = _bookings(feed, now=now)
    known = sequences([booking.interview_id for booking in found])
    usual = "Interviews" if feed.scope == Scope.COMPANY else "My interviews"
    return calendar.feed(
        [_entry(booking, sequence=known[booking.interview_id]) for booking in found],
        name=feed.name or f"{usual}: {feed.company.name}",
        every=ASKED_EVERY,
    )


def _bookings(feed: CalendarFeed, *, now: datetime) -> list[InterviewSchedule]:
    """The live ones of the window by their start; should there be too many, the future goes before the past."""
    rows = _of_scope(feed).select_related("interview__candidate", "interview__job", "slot").only(*_SHOWN)
    coming = rows.filter(start_time__gte=now, start_time__lte=now + SHOWN_AHEAD).order_by("start_time", "pk")
    past = rows.filter(start_time__lt=now, start_time__gte=now - SHOWN_BACK).order_by("-start_time", "-pk")
    found = list(coming[:MOST_ENTRIES])
    return [*reversed(past[: MOST_ENTRIES - len(found)]), *found]


def _of_scope(feed: CalendarFeed) -> QuerySet[InterviewSchedule]:
    rows = InterviewSchedule.objects.filter(company_id=feed.company_id, status__in=LIVE_SCHEDULE)
    if feed.scope == Scope.COMPANY:
        return rows
    # Links that Parley made anew for a mail are nobody's: the person before them has invited the candidate.
    links = InterviewLink.objects.filter(interview=OuterRef("interview_id"), created_by__isnull=False)
    inviter: Any = Subquery(links.order_by("-created_at", "-pk").values("created_by_id")[:1])
    return rows.filter(Q(booked_by_id=feed.user_id) | Q(Exact(inviter, feed.user_id)))


def _entry(booking: InterviewSchedule, *, sequence: int) -> calendar.FeedEntry:
    interview, kind = booking.interview, booking.slot.get_ai_interview_type_display()
    return calendar.FeedEntry(
        interview_id=interview.pk,
        sequence=sequence,
        start=booking.start_time.astimezone(UTC),
        end=booking.end_time.astimezone(UTC),
        summary=calendar.line(f"Interview: {interview.candidate.full_name} ({kind})"),
        description=_description(booking),
        is_confirmed=booking.status == ScheduleStatus.CONFIRMED,
        stamp=_changed_at(booking).astimezone(UTC),
    )


def _description(booking: InterviewSchedule) -> str:
    """What colleagues need to know; no address, as calendars are shared easily."""
    interview = booking.interview
    lines = [f"Job: {calendar.line(interview.job.job_title)}"] if interview.job else []
    lines.append(f"Booking: {booking.get_status_display()}")
    if interview.status != InterviewStatus.SCHEDULED:
        lines.append(f"Interview: {interview.get_status_display()}")
    return "\n".join(lines)


def _changed_at(booking: InterviewSchedule) -> datetime:
    """When what the entry says was last changed."""
    interview = booking.interview
    moments = [booking.booked_at, booking.confirmed_at, interview.updated_at, interview.candidate.updated_at]
    return max(moment for moment in (*moments, interview.job.updated_at if interview.job else None) if moment)
