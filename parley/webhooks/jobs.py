"""Asking for deliveries: by the tasks' names, because tasks import what asks."""

from datetime import datetime

from django.db import transaction
from procrastinate.contrib.django import app
from procrastinate.exceptions import AlreadyEnqueued

DELIVER_DUE, LOOK_AGAIN = "webhooks.deliver_due", "webhooks.look_again"


def ask_to_deliver() -> None:
    """Have all that is due delivered, in the caller's transaction: one job for all of it, one at a time.

    Where one waits already, that will do; should it end before the caller commits, the periodic one comes within a
    minute.
    """
    try:
        with transaction.atomic():  # a savepoint: the refusal must not undo what the caller has written
            app.configure_task(DELIVER_DUE, lock=DELIVER_DUE, queueing_lock=DELIVER_DUE).defer()
    except AlreadyEnqueued:
        return


def look_again(*, at: datetime) -> None:
    """Have somebody look at ``at``; without the lock of the others, as one that waits would keep them waiting.

    At most one a second, however many receivers rest.
    """
    try:
        with transaction.atomic():
            app.configure_task(LOOK_AGAIN, queueing_lock=f"{LOOK_AGAIN}:{at:%H%M%S}", schedule_at=at).defer()
    except AlreadyEnqueued:
        return
