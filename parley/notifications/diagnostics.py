"""How the mails are: two statements."""

from dataclasses import dataclass
from datetime import datetime

from django.db.models import Count, Min, Q

from parley.notifications.models import Message
from parley.notifications.rules import State

MOST_SHOWN = 50


@dataclass(frozen=True)
class Mails:
    """What waits though it is due, and what could not be delivered, the latest first."""

    due: int
    oldest: datetime | None  # since when the first of them is due
    undelivered: int
    shown: list[Message]


def diagnose(*, now: datetime) -> Mails:
    """Look at all companies' mails."""
    is_due = Q(state=State.WAITING, next_attempt_at__lte=now)
    is_lost = Q(state=State.UNDELIVERED)
    counted = Message.objects.filter(is_due | is_lost).aggregate(
        due=Count("pk", filter=is_due),
        oldest=Min("next_attempt_at", filter=is_due),
        undelivered=Count("pk", filter=is_lost),
    )
    rows = Message.objects.filter(is_lost).select_related("company").order_by("-created_at", "pk")
    return Mails(**counted, shown=list(rows[:MOST_SHOWN]))
