"""Reading the inbox: what a user was told of, in words made from what is true now."""

from collections.abc import Iterable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from urllib.parse import urlsplit
from uuid import UUID
from zoneinfo import ZoneInfo

from django.db.models import Count, Q

from parley.conversations.operations.asking import HUMAN
from parley.core.actors import Actor
from parley.core.models import Event
from parley.interviews.models import Interview, InterviewConflict
from parley.notifications.inbox_rules import Topic
from parley.notifications.inbox_texts import (
    A_WEBHOOK,
    AN_ADMINISTRATOR,
    ASKS_FOR_A_PERSON,
    BUDGET,
    CONFLICT_GONE,
    CONFLICTS,
    INTERVIEW_GONE,
    JUDGES,
    MAILS,
    RESOLUTIONS,
    TITLES,
    WEBHOOK,
    WISHES,
)
from parley.notifications.models import Notification
from parley.notifications.rendering import when
from parley.organizations.models import Impersonation


@dataclass(frozen=True)
class Told:
    """A notification with its words."""

    row: Notification
    title: str
    text: str
    interview_id: UUID | None  # which interview it is about, where that is there


@dataclass(frozen=True)
class Counts:
    """How many notifications a user has; ``by_kind`` counts those that are unread."""

    unread: int
    total: int
    by_kind: dict[str, int]


def told(rows: Sequence[Notification], *, zone: ZoneInfo, actor: Actor) -> list[Told]:
    """The rows in words, times in ``zone``; at most four statements, however many. What is gone is said to be."""
    known = _look_up(rows, actor=actor)
    return [_told(row, known, zone=zone) for row in rows]


def unread(actor: Actor, *, at_most: int) -> int:
    """How many unread notifications the actor has, counted up to ``at_most``."""
    return Notification.objects.visible_to(actor).filter(read_at__isnull=True).order_by()[:at_most].count()


def counts(actor: Actor) -> Counts:
    """How many the actor has; kinds without unread ones count as 0."""
    rows = Notification.objects.visible_to(actor).order_by().values("kind")
    found = {
        row["kind"]: (row["unread"], row["total"])
        for row in rows.annotate(total=Count("pk"), unread=Count("pk", filter=Q(read_at__isnull=True)))
    }
    return Counts(
        unread=sum(unread for unread, _ in found.values()),
        total=sum(total for _, total in found.values()),
        by_kind={kind: found.get(kind, (0, 0))[0] for kind in Topic.values},
    )


@dataclass(frozen=True)
class _Known:
    """What the notifications of a page are about."""

    after: dict[int, dict[str, Any]]  # by event
    conflicts: dict[UUID, InterviewConflict]
    interviews: dict[UUID, Interview]
    impersonations: dict[UUID, Impersonation]

    def conflict(self, row: Notification) -> InterviewConflict | None:
        """Which conflict it is about, where it is about one that is there."""
        key = _key(row.object_id) if row.object_type == "conflict" else None
        return self.conflicts.get(key) if key else None

    def interview_key(self, row: Notification) -> UUID | None:
        """Which interview it is about."""
        if row.object_type == "interview":
            return _key(row.object_id)
        if conflict := self.conflict(row):
            return conflict.primary_interview_id
        return _key(self.after.get(row.event_id, {}).get("interview_id"))


def _look_up(rows: Sequence[Notification], *, actor: Actor) -> _Known:
    events = Event.objects.in_bulk([row.event_id for row in rows])
    conflict_keys = _keys(row.object_id for row in rows if row.object_type == "conflict")
    known = _Known(
        after={key: event.after or {} for key, event in events.items()},
        conflicts=InterviewConflict.objects.visible_to(actor).in_bulk(conflict_keys),
        interviews={},
        impersonations=_impersonations(rows, events),
    )
    keys = {key for row in rows if (key := known.interview_key(row)) is not None}
    interviews = Interview.objects.visible_to(actor).select_related("candidate", "job")
    known.interviews.update(interviews.in_bulk(keys))
    return known


def _impersonations(rows: Sequence[Notification], events: Mapping[int, Event]) -> dict[UUID, Impersonation]:
    about = [events.get(row.event_id) for row in rows if row.kind == Topic.USER_IMPERSONATED]
    keys = _keys((event.after or {}).get("impersonation_id", "") for event in about if event is not None)
    return Impersonation.objects.select_related("admin").in_bulk(keys) if keys else {}


def _told(row: Notification, known: _Known, *, zone: ZoneInfo) -> Told:
    key = known.interview_key(row)
    return Told(
        row=row,
        title=TITLES[Topic(row.kind)],
        text=_text(row, known, zone=zone),
        interview_id=key if key in known.interviews else None,
    )


def _text(row: Notification, known: _Known, *, zone: ZoneInfo) -> str:
    if row.kind == Topic.WEBHOOK_DISABLED:
        return f"{_host(known.after.get(row.event_id, {}))}: {WEBHOOK}."
    if row.kind == Topic.AI_BUDGET_USED_UP:
        return f"{BUDGET}."
    if row.kind == Topic.USER_IMPERSONATED:
        acted = _key(known.after.get(row.event_id, {}).get("impersonation_id"))
        return _acted(known.impersonations.get(acted) if acted else None, zone)
    if row.object_type == "conflict" and known.conflict(row) is None:
        return f"{CONFLICT_GONE}."
    key = known.interview_key(row)
    who = _who(known.interviews.get(key) if key else None)
    said = _said(row, known, zone=zone)
    return f"{who}: {said}." if said else f"{who}."


def _said(row: Notification, known: _Known, *, zone: ZoneInfo) -> str:
    """What there is to say besides whom it is about."""
    after, conflict = known.after.get(row.event_id, {}), known.conflict(row)
    if row.kind == Topic.MAIL_UNDELIVERED:
        return f"{MAILS.get(after.get('kind', ''), 'a mail')} could not be delivered"
    if row.kind == Topic.REQUEST_OPENED:
        return WISHES.get(after.get("kind", ""), "")
    if row.kind == Topic.RATINGS_WANTED:
        return JUDGES.get(after.get("judge", ""), "")
    if conflict is None:
        return _when(after, zone)
    if row.kind == Topic.CONFLICT_RESOLVED:
        return f"{_trouble(conflict)}; {RESOLUTIONS[conflict.resolution]}"
    return _trouble(conflict)


def _trouble(conflict: InterviewConflict) -> str:
    is_asked_for = conflict.conflict_details.get("asked_for") == HUMAN
    return ASKS_FOR_A_PERSON if is_asked_for else CONFLICTS[conflict.conflict_type]


def _acted(found: Impersonation | None, zone: ZoneInfo) -> str:
    """Who acted as the user, from when to when at most, and why."""
    if found is None:
        return f"{AN_ADMINISTRATOR}."
    times = when(found.started_at, found.ended_at or found.ends_at, zone)
    return f"{found.admin.full_name}, {times}. Reason: {found.reason}"


def _host(after: dict[str, Any]) -> str:
    """The receiver without its path, which may hold a secret that not all colleagues know."""
    with suppress(ValueError):
        return urlsplit(str(after.get("url", ""))).hostname or A_WEBHOOK
    return A_WEBHOOK


def _who(interview: Interview | None) -> str:
    if interview is None:
        return INTERVIEW_GONE
    name = interview.candidate.full_name
    return f"{name} ({interview.job.job_title})" if interview.job else name


def _when(after: dict[str, Any], zone: ZoneInfo) -> str:
    if "start_time" not in after or "end_time" not in after:
        return ""
    return when(datetime.fromisoformat(after["start_time"]), datetime.fromisoformat(after["end_time"]), zone)


def _keys(texts: Iterable[str]) -> list[UUID]:
    return [key for text in texts if (key := _key(text)) is not None]


def _key(text: Any) -> UUID | None:
    with suppress(ValueError):
        return UUID(str(text))
    return None
