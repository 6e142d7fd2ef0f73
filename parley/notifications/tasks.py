"""Sending mails: retried with growing pauses, and never twice by two workers at once. The inbox is tidied up, too."""

import time
from datetime import datetime, timedelta
from email.utils import formataddr, parseaddr
from uuid import UUID

import structlog
from django.conf import settings
from django.core.mail import EmailMultiAlternatives
from django.db.models import Q
from django.utils import timezone
from procrastinate import RetryStrategy
from procrastinate.contrib.django import app

from parley.notifications.jobs import ask_to_send, send_later
from parley.notifications.models import Message, mail_policy_of
from parley.notifications.operations.inbox import forget_old
from parley.notifications.operations.sending import ATTEMPTS, CLAIM_LASTS, Claimed, claim, settle_failed, settle_sent
from parley.notifications.rendering import Rendered, render
from parley.notifications.rules import State

log = structlog.get_logger("parley.notifications")
RETRY = RetryStrategy(max_attempts=ATTEMPTS + 4, exponential_wait=4)  # 4, 16, 64 seconds … six hours after the first
MOST_AT_ONCE = 100
PAUSE_SECONDS = 4
UNTOUCHED = timedelta(hours=8)  # longer than any pause: nobody will come back to it


class NotSent(Exception):
    """The mail server could not be reached or refused; says so without the address."""


@app.task(name="notifications.send", retry=RETRY)
def send(*, message_id: str) -> None:
    """Send one mail, unless it was sent or is idle by now."""
    deliver(UUID(message_id), now=timezone.now())


@app.task(name="notifications.send_waiting")
def send_waiting() -> None:
    """Send what waits, one after the other and not too fast: mail servers mind, and answers come first."""
    while send_due(now=timezone.now(), pause=1 / settings.PARLEY_MAILS_PER_SECOND) == MOST_AT_ONCE:
        pass


@app.periodic(cron="* * * * *")
@app.task(name="notifications.remind", queueing_lock="notifications.remind", pass_context=False)
def remind(timestamp: int) -> None:
    """Send the reminders whose time has come, and what else waits."""
    ask_to_send()


@app.periodic(cron="7 * * * *")
@app.task(name="notifications.sweep", queueing_lock="notifications.sweep", pass_context=False)
def sweep(timestamp: int) -> None:
    """Take up mails whose jobs are gone, such as after a restore: none may wait for ever."""
    long_ago = timezone.now() - UNTOUCHED
    waiting = Message.objects.filter(state__in=(State.WAITING, State.SENDING), due_at__lt=long_ago)
    for key in waiting.filter(Q(claimed_at=None) | Q(claimed_at__lt=long_ago)).values_list("pk", flat=True)[:500]:
        send.defer(message_id=str(key))


@app.periodic(cron="37 3 * * *")
@app.task(name="notifications.tidy_inbox", queueing_lock="notifications.tidy_inbox", pass_context=False)
def tidy_inbox(timestamp: int) -> None:
    """Remove notifications that have had their time."""
    log.info("inbox_tidied", removed=forget_old(now=timezone.now()))


def send_due(*, now: datetime, pause: float = 0) -> int:
    """Send up to ``MOST_AT_ONCE`` mails that are due, with a ``pause`` in seconds after each; returns how many it took.

    These are the mails that nobody has tried yet, and those whose sender died over them. Safe twice at once: each
    mail is claimed by one. One that fails is tried again by a job of its own.
    """
    untried = Q(state=State.WAITING, claimed_at=None)
    deserted = Q(state=State.SENDING, claimed_at__lte=now - CLAIM_LASTS)
    due = Message.objects.filter(untried | deserted, due_at__lte=now)
    keys = list(due.order_by("event_id", "due_at").values_list("pk", flat=True)[:MOST_AT_ONCE])
    for key in keys:
        _try(key, now=now)
        time.sleep(pause)
    return len(keys)


def _try(message_id: UUID, *, now: datetime) -> None:
    try:
        deliver(message_id, now=now)
    except Claimed:
        return  # somebody else is at it
    except Exception as error:
        if not isinstance(error, NotSent):  # a fault of ours: the mails behind it go on
            log.exception("mail_failed", message=str(message_id))
            settle_failed(message_id=message_id, error=type(error).__name__, is_last=False, now=now)
        message = Message.objects.get(pk=message_id)
        send_later(message, at=now + timedelta(seconds=PAUSE_SECONDS))


def deliver(message_id: UUID, *, now: datetime) -> None:
    """``send`` without its job; raises ``NotSent`` or ``Claimed`` where it is to be tried again."""
    claimed = claim(message_id=message_id, now=now)
    if claimed is None:
        return
    is_last = claimed.attempts >= ATTEMPTS
    rows = Message.objects.select_related(
        "interview__candidate",
        "interview__job",
        "interview__company",
        "schedule__slot",
        "hold__conflict__schedule",
    )
    message = rows.get(pk=message_id)
    try:
        mail_of(message, render(message)).send()
    except OSError as error:  # smtplib's errors, time-outs and refused connections all are
        settle_failed(message_id=message_id, error=f"{type(error).__name__}: {error}", is_last=is_last, now=now)
        log.warning("mail_not_sent", message=str(message_id), kind=message.kind, error=type(error).__name__)
        if is_last:
            return
        raise NotSent(type(error).__name__) from None
    settle_sent(message_id=message_id, now=now)


def mail_of(message: Message, rendered: Rendered) -> EmailMultiAlternatives:
    """The mail with its parts. The same message has the same Message-ID however often it is sent."""
    address = parseaddr(settings.DEFAULT_FROM_EMAIL)[1]
    company = message.interview.company
    sender = " ".join(company.name.split()) if company else "Parley"
    policy = mail_policy_of(message.company_id)
    mail = EmailMultiAlternatives(
        subject=rendered.subject,
        body=rendered.text,
        from_email=formataddr((sender, address)),
        to=[message.recipient],
        reply_to=[policy.reply_to] if policy.reply_to else None,
        headers={
            "Message-ID": f"<{message.pk}@{address.rpartition('@')[2] or 'parley'}>",
            "Auto-Submitted": "auto-generated",
        },
    )
    mail.attach_alternative(rendered.html, "text/html")
    if rendered.calendar is not None:
        mail.attach_alternative(rendered.calendar.decode(), f"text/calendar; method={rendered.method}")
        mail.attach("invitation.ics", rendered.calendar, "application/ics")
    return mail
