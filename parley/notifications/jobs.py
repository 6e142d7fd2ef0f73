"""Asking for mails to be sent: by the tasks' names, because tasks import what asks."""

from django.db import transaction
from procrastinate.contrib.django import app
from procrastinate.exceptions import AlreadyEnqueued

SEND_WAITING = "notifications.send_waiting"


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
