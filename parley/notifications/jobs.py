"""Asking for mails to be sent: by the tasks' names, because tasks import what asks."""

from datetime import datetime

from django.db import transaction
from procrastinate.contrib.django import app
from procrastinate.exceptions import AlreadyEnqueued

from parley.notifications.models import Message

SEND_WAITING, SEND = "notifications.send_waiting", "notifications.send"


def ask_to_send() -> None:
    """Have all waiting mails sent, in the caller's transaction.

    One job for all of them, one at a time: the queue takes longer for each the more there are. Where one waits already,
    that will do; should it end before the caller commits, the periodic one comes within a minute.
    """
    try:
        with transaction.atomic():  # a savepoint: the refusal must not undo what the caller has written
            app.configure_task(SEND_WAITING, lock=SEND_WAITING, queueing_lock=SEND_WAITING).defer()
    except AlreadyEnqueued:
        return


def send_later(message: Message, *, at: datetime) -> None:
    """Have one mail tried once more."""
    app.configure_task(SEND, schedule_at=at).defer(message_id=str(message.pk))
