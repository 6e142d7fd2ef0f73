"""From an event to its mails: rows, and jobs that send them. Runs inside the transaction that moves the cursor."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from parley.core.models import Event
from parley.core.outbox import Reader
from parley.interviews.models import Interview, SchedulingPolicy
from parley.interviews.rules.policy import ReseatMode
from parley.notifications.jobs import ask_to_send
from parley.notifications.models import MailPolicy, Message
from parley.notifications.rules import (
    ASKS_ABOUT_A_PLACE,
    DEFAULT_REMINDERS,
    MAY_FIND_ANOTHER,
    OF_EVENT,
    PATIENCE,
    Kind,
    planned,
)


def plan_mails(events: Sequence[Event], now: datetime) -> None:
    """Make the mails of these events, each once however often they are read."""
    wanted = [event for event in events if event.type in OF_EVENT]
    with_somebody = Interview.objects.filter(candidate__erased_at__isnull=True).select_related("candidate")
    interviews = with_somebody.in_bulk([_interview_of(event) for event in wanted])
    by_id = {str(key): interview for key, interview in interviews.items()}
    policies = MailPolicy.objects.in_bulk({interview.company_id for interview in interviews.values()} - {None})
    patient = _where_places_are_found(wanted)
    messages = [
        message
        for event in wanted
        if _interview_of(event) in by_id
        for message in _messages(event, by_id[_interview_of(event)], policies, now=now, patient=patient)
    ]
    Message.objects.bulk_create(messages, ignore_conflicts=True)
    if messages:
        ask_to_send()


def _interview_of(event: Event) -> str:
    return event.object_id if event.object_type == "interview" else (event.after or {})["interview_id"]


def _where_places_are_found(events: Sequence[Event]) -> set[int]:
    """The events whose mail waits a little, because Parley may find another place by itself."""
    waiting = [event for event in events if event.type in MAY_FIND_ANOTHER]
    if not waiting:
        return set()
    companies = {event.company_id for event in waiting if event.company_id is not None}
    off = SchedulingPolicy.objects.filter(company_id__in=companies, reseat_mode=ReseatMode.OFF)
    left_to_people = set(off.values_list("company_id", flat=True))
    return {event.pk for event in waiting if event.company_id not in left_to_people}


def _messages(
    event: Event, interview: Interview, policies: dict[Any, MailPolicy], *, now: datetime, patient: set[int]
) -> list[Message]:
    after = event.after or {}
    start = datetime.fromisoformat(after["start_time"]) if "start_time" in after else None
    policy = policies.get(interview.company_id)
    reminders = DEFAULT_REMINDERS if policy is None else policy.reminder_minutes
    return [
        Message(
            company_id=interview.company_id,
            interview=interview,
            schedule_id=after.get("schedule_id"),
            hold_id=after.get("hold_id") if mail.kind in ASKS_ABOUT_A_PLACE else None,
            kind=mail.kind,
            key=mail.key,
            event_id=event.pk,
            recipient=interview.candidate.email,
            planned_for=start if mail.kind is Kind.REMINDER else None,
            due_at=mail.due_at,
            next_attempt_at=mail.due_at,
            created_at=now,
        )
        for mail in planned(
            event.pk,
            OF_EVENT[event.type],
            start=start,
            reminders=reminders,
            now=now,
            after=PATIENCE if event.pk in patient else timedelta(),
        )
    ]


READER = Reader("notifications", plan_mails)
