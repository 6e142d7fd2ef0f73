"""From an event to its mails: rows, and jobs that send them. Runs inside the transaction that moves the cursor."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from parley.core.models import Event
from parley.core.outbox import Reader
from parley.interviews.models import Interview
from parley.notifications.jobs import ask_to_send
from parley.notifications.models import MailPolicy, Message
from parley.notifications.rules import DEFAULT_REMINDERS, OF_EVENT, Kind, planned


def plan_mails(events: Sequence[Event], now: datetime) -> None:
    """Make the mails of these events, each once however often they are read."""
    wanted = [event for event in events if event.type in OF_EVENT]
    interviews = Interview.objects.select_related("candidate").in_bulk([event.object_id for event in wanted])
    by_id = {str(key): interview for key, interview in interviews.items()}
    policies = MailPolicy.objects.in_bulk({interview.company_id for interview in interviews.values()} - {None})
    messages = [
        message
        for event in wanted
        if event.object_id in by_id
        for message in _messages(event, by_id[event.object_id], policies, now=now)
    ]
    Message.objects.bulk_create(messages, ignore_conflicts=True)
    if messages:
        ask_to_send()


def _messages(event: Event, interview: Interview, policies: dict[Any, MailPolicy], *, now: datetime) -> list[Message]:
    after = event.after or {}
    start = datetime.fromisoformat(after["start_time"]) if "start_time" in after else None
    policy = policies.get(interview.company_id)
    reminders = DEFAULT_REMINDERS if policy is None else policy.reminder_minutes
    return [
        Message(
            company_id=interview.company_id,
            interview=interview,
            schedule_id=after.get("schedule_id"),
            kind=mail.kind,
            key=mail.key,
            event_id=event.pk,
            recipient=interview.candidate.email,
            planned_for=start if mail.kind is Kind.REMINDER else None,
            due_at=mail.due_at,
            created_at=now,
        )
        for mail in planned(event.pk, OF_EVENT[event.type], start=start, reminders=reminders, now=now)
    ]


READER = Reader("notifications", plan_mails)
