"""Sending mails: tried again with growing pauses, and never by two workers at once. The inbox is tidied up, too."""

import time
from datetime import datetime
from email.utils import formataddr, parseaddr
from uuid import UUID

import structlog
from django.conf import settings
from django.core.mail import EmailMultiAlternatives
from django.db.models import Q
from django.utils import timezone
from procrastinate.contrib.django import app

from parley.notifications.jobs import SEND_WAITING, ask_to_send
from parley.notifications.models import Message, mail_policy_of
from parley.notifications.operations.inbox import forget_old
from parley.notifications.operations.sending import CLAIM_LASTS, Claimed, claim, settle_failed, settle_sent
from parley.notifications.rendering import Rendered, render
from parley.notifications.rules import State

log = structlog.get_logger("parley.notifications")
MOST_AT_ONCE = 100


@app.task(name=SEND_WAITING)
def send_waiting() -> None:
    """Send what waits, one after the other and not too fast: mail servers mind, and answers come first."""
    while send_due(now=timezone.now(), pause=1 / settings.PARLEY_MAILS_PER_SECOND) == MOST_AT_ONCE:
        pass


@app.periodic(cron="* * * * *")
@app.task(name="notifications.remind", queueing_lock="notifications.remind", pass_context=False)
def remind(timestamp: int) -> None:
    """Send what has come due: reminders, further attempts, and what a process that died has left."""
    ask_to_send()


@app.periodic(cron="37 3 * * *")
@app.task(name="notifications.tidy_inbox", queueing_lock="notifications.tidy_inbox", pass_context=False)
def tidy_inbox(timestamp: int) -> None:
    """Remove notifications that have had their time."""
    log.info("inbox_tidied", removed=forget_old(now=timezone.now()))


def send_due(*, now: datetime, pause: float = 0) -> int:
    """Send up to ``MOST_AT_ONCE`` mails that are due, with a ``pause`` in seconds after each; returns how many it took.

    These are the ones that nobody has tried yet, those whose next attempt is due, and those whose sender died over
    them. Safe twice at once: each mail is claimed by one.
    """
    waiting = Q(state=State.WAITING)
    deserted = Q(state=State.SENDING, claimed_at__lte=now - CLAIM_LASTS)
    due = Message.objects.filter(waiting | deserted, next_attempt_at__lte=now)
    keys = list(due.order_by("event_id", "due_at").values_list("pk", flat=True)[:MOST_AT_ONCE])
    for key in keys:
        deliver(key, now=now)
        time.sleep(pause)
    return len(keys)


def deliver(message_id: UUID, *, now: datetime) -> None:
    """Send one mail, unless it was sent or is idle by now, or somebody else is at it."""
    try:
        claimed = claim(message_id=message_id, now=now)
    except Claimed:
        return
    if claimed is None:
        return
    try:
        error = _send(message_id)
    except Exception as fault:  # one of ours: the mails behind it go on
        log.exception("mail_failed", message=str(message_id))
        error = type(fault).__name__
    if error:
        settle_failed(message_id=message_id, claimed_at=claimed.claimed_at or now, error=error, now=now)
    else:
        settle_sent(message_id=message_id, now=now)


def _send(message_id: UUID) -> str:
    """Hand the mail to the mail server; returns why that did not work, or nothing."""
    rows = Message.objects.select_related(
        "interview__candidate",
        "interview__job",
        "interview__company__branding",
        "schedule__slot",
        "hold__conflict__schedule",
    )
    message = rows.get(pk=message_id)
    try:
        mail_of(message, render(message)).send()
    except OSError as error:  # smtplib's errors, time-outs and refused connections all are
        log.warning("mail_not_sent", message=str(message_id), kind=message.kind, error=type(error).__name__)
        return f"{type(error).__name__}: {error}"
    return ""


def mail_of(message: Message, rendered: Rendered) -> EmailMultiAlternatives:
    """The mail with its parts. The same message has the same Message-ID however often it is sent."""
    address = parseaddr(settings.DEFAULT_FROM_EMAIL)[1]
    company = message.interview.company
    sender = " ".join(company.public_name.split()) if company else "Parley"
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
