"""The periodic work of calls."""

from datetime import timedelta

from django.utils import timezone
from procrastinate.contrib.django import app

from parley.llm.operations import give_up_lost

LOST_AFTER = timedelta(minutes=30)


@app.periodic(cron="*/10 * * * *")
@app.task(name="llm.give_up_lost", queueing_lock="llm.give_up_lost", pass_context=False)
def close_lost_calls(timestamp: int) -> None:
    """Close the calls of processes that were killed."""
    now = timezone.now()
    give_up_lost(before=now - LOST_AFTER, now=now)
