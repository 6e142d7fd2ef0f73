"""Claiming a mail, and keeping what became of it: the mail itself is sent between the two, outside of transactions."""

from datetime import datetime, timedelta
from uuid import UUID

from parley.core.actors import SYSTEM, Actor
from parley.core.errors import Conflict
from parley.core.events import Change, record
from parley.core.transactions import operation
from parley.interviews.links import latest_link
from parley.interviews.operations.links import ensure_link
from parley.interviews.queries import live_hold, live_schedule, live_waiting
from parley.interviews.rules.states import HoldStatus, InterviewStatus
from parley.notifications.jobs import ask_to_send
from parley.notifications.models import Message
from parley.notifications.rules import (
    ABOUT_WAITING,
    ASKS_ABOUT_A_PLACE,
    CHANGES_NOTHING,
    HOLDS_A_PLACE,
    Kind,
    State,
    is_reminder_idle,
    next_attempt,
)

CLAIM_LASTS = timedelta(minutes=5)  # longer than a mail server is waited for
LINK_LASTS = timedelta(days=30)
NEEDS_LINK = [kind for kind in Kind if kind is not Kind.CANCELLED]


class Claimed(Exception):
    """Somebody else is sending the mail, or died over it a moment ago: look again later."""


@operation
def claim(*, message_id: UUID, now: datetime) -> Message | None:
    """Take a mail to send it. None where nothing is to be done: it is sent, given up, idle by now, or not due yet.

    Raises ``Claimed`` where it is taken; a claim that was never settled, because its process died, ends after some
    minutes.
    """
    message = Message.objects.select_for_update(no_key=True).filter(pk=message_id).first()
    if message is None or message.next_attempt_at is None or message.next_attempt_at > now:
        return None
    if message.claimed_at is not None and message.claimed_at > now - CLAIM_LASTS:
        raise Claimed
    is_idle = message.kind == Kind.REMINDER and _is_idle(message, now=now)
    if is_idle or _leads_nowhere(message) or _is_overtaken(message):
        message.state, message.claimed_at, message.next_attempt_at = State.SKIPPED, None, None
        message.save(update_fields=["state", "claimed_at", "next_attempt_at"])
        return None
    message.state, message.claimed_at = State.SENDING, now
    message.attempts += 1
    message.save(update_fields=["state", "claimed_at", "attempts"])
    if message.kind in NEEDS_LINK:
        ensure_link(message.interview, valid_for=LINK_LASTS, actor=SYSTEM, now=now)
    return message


@operation
def settle_sent(*, message_id: UUID, now: datetime) -> None:
    """The mail server has taken it, whoever sends it by now."""
    rows = Message.objects.filter(pk=message_id, state=State.SENDING)
    rows.update(state=State.SENT, sent_at=now, claimed_at=None, next_attempt_at=None, last_error="")


@operation
def settle_failed(*, message_id: UUID, claimed_at: datetime, error: str, now: datetime) -> None:
    """It was refused or could not be sent: it waits for another try, or counts as undelivered after the last.

    Nothing where the claim of ``claimed_at`` has ended, and somebody else has it.
    """
    rows = Message.objects.select_for_update(no_key=True)
    message = rows.filter(pk=message_id, state=State.SENDING, claimed_at=claimed_at).first()
    if message is None:
        return
    again = next_attempt(message.attempts, now=now)
    message.state = State.UNDELIVERED if again is None else State.WAITING
    message.claimed_at, message.next_attempt_at, message.last_error = None, again, error[:500]
    message.save(update_fields=["state", "claimed_at", "next_attempt_at", "last_error"])
    if again is None:
        _tell_undelivered(message, now=now)


@operation
def send_again(*, message_id: UUID, actor: Actor, now: datetime) -> Message:
    """Let an undelivered mail be tried once more."""
    rows = Message.objects.select_for_update(no_key=True)
    message = rows.seen_by(actor, pk=message_id, thing="message")
    if message.state != State.UNDELIVERED:
        raise Conflict("Only an undelivered message is sent again.", code="not_undelivered")
    message.state, message.attempts, message.next_attempt_at = State.WAITING, 0, now
    message.save(update_fields=["state", "attempts", "next_attempt_at"])
    ask_to_send()
    return message


def _tell_undelivered(message: Message, *, now: datetime) -> None:
    change = Change(
        type="message.undelivered",
        object_id=message.pk,
        company_id=message.company_id,
        before={"state": State.SENDING.value},
        after={
            "state": State.UNDELIVERED.value,
            "kind": message.kind,
            "interview_id": message.interview_id,
            "attempts": message.attempts,
        },
    )
    record(change, actor=SYSTEM, now=now)


def _leads_nowhere(message: Message) -> bool:
    """Whether its link would not open: it was revoked, the company was switched off, or there is nobody any more."""
    if message.interview.candidate.erased_at is not None:
        return True
    if message.kind == Kind.INVITATION and (link := latest_link(message.interview_id)) and link.revoked_at is not None:
        return True
    return message.kind in NEEDS_LINK and message.company is not None and not message.company.is_active


def _is_overtaken(message: Message) -> bool:
    """Whether it would tell of what is not true any more.

    That is a time that a later mail, sent already, has moved or cancelled; a place to be chosen where one is found;
    a place held that is not.
    """
    later = Message.objects.filter(interview_id=message.interview_id, event_id__gt=message.event_id)
    if message.kind == Kind.UNSEATED:
        told_anew = (
            later.filter(kind__in=(Kind.UNSEATED, Kind.PROPOSED, Kind.CANCELLED)).exclude(state=State.SKIPPED).exists()
        )
        interview_id = message.interview_id
        is_over = message.interview.status != InterviewStatus.SCHEDULED
        return told_anew or is_over or live_schedule(interview_id) is not None or live_hold(interview_id) is not None
    if message.kind in ABOUT_WAITING:
        is_waiting = live_waiting(message.interview_id) is not None
        has_a_place = live_schedule(message.interview_id) or live_hold(message.interview_id)
        return bool(has_a_place) or is_waiting != (message.kind == Kind.OFFER_GONE)
    if message.kind in ASKS_ABOUT_A_PLACE:
        return message.hold is None or message.hold.status != HoldStatus.HELD
    if message.kind not in HOLDS_A_PLACE:
        return False
    if message.schedule is not None and not message.schedule.is_live:  # the proposal has told that it is lost
        later = later.exclude(kind__in=CHANGES_NOTHING) | later.filter(kind=Kind.PROPOSED)
        return later.filter(state=State.SENT).exists()
    return later.filter(state=State.SENT).exclude(kind__in=CHANGES_NOTHING).exists()


def _is_idle(message: Message, *, now: datetime) -> bool:
    schedule = message.schedule
    if schedule is None or message.planned_for is None:
        return True
    return is_reminder_idle(
        is_live=schedule.is_live,
        start=schedule.start_time,
        due_at=message.due_at,
        planned_for=message.planned_for,
        now=now,
    )
