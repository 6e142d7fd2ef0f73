"""Housekeeping of the shared tables."""

import structlog
from django.utils import timezone
from knox.models import AuthToken
from procrastinate.contrib.django import app

from parley.core import idempotency, throttling

log = structlog.get_logger("parley.tasks")


@app.periodic(cron="17 * * * *")
@app.task(name="core.housekeeping", queueing_lock="core.housekeeping", pass_context=False)
def housekeeping(timestamp: int) -> None:
    """Forget what has had its time: idempotency records, throttle windows, expired tokens."""
    now = timezone.now()
    log.info(
        "housekeeping",
        idempotency=idempotency.forget_old(now=now),
        throttling=throttling.forget_old(now=now),
        tokens=AuthToken.objects.filter(expiry__lt=now).delete()[0],
    )
