"""Delivering what is due: several receivers side by side, each with one request at a time.

The database is asked by one thread alone; the others only speak with receivers. So no connection to the database waits
for a receiver, and no receiver for another one.
"""

from collections import Counter
from collections.abc import Callable, Collection
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from datetime import datetime, timedelta

import structlog
from django.db import connection

from parley.webhooks.operations.claiming import Claimed, claim_next
from parley.webhooks.operations.settling import settle
from parley.webhooks.sending import Limits, Outcome, post
from parley.webhooks.signing import signed_headers

log = structlog.get_logger("parley.webhooks")
AT_ONCE = 16
MOST_OF_A_COMPANY = 4  # however many of its receivers hang, the others have room
FAILING_AT_ONCE = AT_ONCE // 2  # receivers that failed the last time
MOST_IN_A_RUN = 100
LONGEST_RUN = timedelta(seconds=30)  # then other jobs have their turn
LOOK_EVERY_SECONDS = 1.0  # for what has become due meanwhile
UNREADABLE = "The secret can no longer be read (SECRET_KEY has changed): rotate it."


def deliver_due(*, clock: Callable[[], datetime], limits: Limits) -> int:
    """Deliver what is due at most ``MOST_IN_A_RUN`` times; returns how many requests were made.

    Safe twice at once. Time comes from ``clock``, so that tests can stop it.
    """
    taken, ends = 0, clock() + LONGEST_RUN
    running: dict[Future[Outcome], Claimed] = {}
    with ThreadPoolExecutor(max_workers=AT_ONCE, thread_name_prefix="webhook") as pool:
        while True:
            while len(running) < AT_ONCE and taken < MOST_IN_A_RUN and clock() < ends:
                claimed = _claim(running.values(), now=clock())
                if claimed is None:
                    break
                running[pool.submit(send, claimed, limits=limits)] = claimed
                taken += 1
            if not running:
                return taken
            _settle_done(running, clock)


def send(claimed: Claimed, *, limits: Limits) -> Outcome:
    """Sign and post what was claimed. Touches no database."""
    if not claimed.secrets:
        return Outcome(error=UNREADABLE)
    headers = signed_headers(claimed.secrets, message_id=claimed.message_id, body=claimed.body, now=claimed.claimed_at)
    return post(claimed.url, body=claimed.body, headers=headers, limits=limits)


def _claim(running: Collection[Claimed], *, now: datetime) -> Claimed | None:
    ailing = sum(claimed.is_failing for claimed in running)
    served = Counter(claimed.company_id for claimed in running)
    return claim_next(
        now=now,
        only_healthy=ailing >= FAILING_AT_ONCE,
        but_not_of=[company for company, count in served.items() if count >= MOST_OF_A_COMPANY],
    )


def _settle_done(running: dict[Future[Outcome], Claimed], clock: Callable[[], datetime]) -> None:
    if not connection.in_atomic_block:
        connection.close()  # back to the pool while receivers are waited for
    done, _ = wait(running, timeout=LOOK_EVERY_SECONDS, return_when=FIRST_COMPLETED)
    for future in done:
        _settle(running.pop(future), _outcome(future), now=clock())


def _settle(claimed: Claimed, outcome: Outcome, *, now: datetime) -> None:
    """Where it fails, the claim ends by itself; the others, which are under way, are settled all the same."""
    try:
        settle(claimed=claimed, outcome=outcome, now=now)
    except Exception:
        log.exception("webhook_not_settled", delivery=str(claimed.delivery_id))
        return
    log.info("webhook_attempt", delivery=str(claimed.delivery_id), status=outcome.status, ms=outcome.duration_ms)


def _outcome(future: Future[Outcome]) -> Outcome:
    try:
        return future.result()
    except Exception as error:  # noqa: BLE001 (a fault of ours: the deliveries behind it go on)
        log.error("webhook_fault", error=type(error).__name__)  # noqa: TRY400 (a message may hold an address)
        return Outcome(error=type(error).__name__)
