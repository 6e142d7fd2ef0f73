"""The jobs that deliver and tidy up; each may run at any time, and twice."""

import structlog
from django.utils import timezone
from procrastinate.contrib.django import app

from parley.webhooks.delivering import deliver_due
from parley.webhooks.jobs import DELIVER_DUE, LOOK_AGAIN, ask_to_deliver
from parley.webhooks.operations.claiming import is_anything_due
from parley.webhooks.operations.tidying import close_stranded, forget_old
from parley.webhooks.sending import Limits

log = structlog.get_logger("parley.webhooks")


@app.task(name=DELIVER_DUE)
def deliver() -> None:
    """Deliver what is due; where more is left, the next job goes on, behind what others have asked for meanwhile."""
    deliver_due(clock=timezone.now, limits=Limits())
    if is_anything_due(now=timezone.now()):
        ask_to_deliver()


@app.task(name=LOOK_AGAIN)
def look_again() -> None:
    """The pause of a receiver is over."""
    ask_to_deliver()


@app.periodic(cron="* * * * *")
@app.task(name="webhooks.look", queueing_lock="webhooks.look", pass_context=False)
def look(timestamp: int) -> None:
    """Later attempts, and what a process that died has left."""
    if is_anything_due(now=timezone.now()):
        ask_to_deliver()


@app.periodic(cron="41 3 * * *")
@app.task(name="webhooks.tidy", queueing_lock="webhooks.tidy", pass_context=False)
def tidy(timestamp: int) -> None:
    """Forget deliveries after thirty days; let those fail whose receiver is switched off."""
    now, forgotten = timezone.now(), 0
    while (some := forget_old(now=now)) > 0:
        forgotten += some
    log.info("webhooks_tidied", stranded=close_stranded(now=now), forgotten=forgotten)
