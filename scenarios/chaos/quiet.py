"""Waiting until nothing waits any more, and moving time on where a test has none."""

import time
from collections.abc import Callable

import psycopg

LOOK_SECONDS = 0.5
_OPEN = {
    "events that a reader has not come to": """
        SELECT count(*) FROM core_event e JOIN core_eventcursor c
            ON (e.transaction_id, e.id) > (c.transaction_id, c.event_id)""",
    "mails on their way": """
        SELECT count(*) FROM notifications_message
         WHERE state IN ('waiting', 'sending') AND (kind <> 'reminder' OR due_at <= now())""",
    "deliveries on their way": """
        SELECT count(*) FROM webhooks_webhookdelivery WHERE state IN ('waiting', 'sending')""",
    "jobs that nobody does": """
        SELECT count(*) FROM procrastinate_jobs
         WHERE status = 'doing' AND (worker_id IS NULL OR worker_id < (SELECT max(id) FROM procrastinate_workers))""",
    "jobs that are due": """
        SELECT count(*) FROM procrastinate_jobs
         WHERE status = 'todo' AND COALESCE(scheduled_at, now()) <= now()""",
}
# Each stands for waiting: a worker that is not the last one has been dead for long, a claim that is older than two
# seconds has ended, a pause after a failure is over, and the minute at which periodic jobs ask for more has come.
_HURRY = (
    """UPDATE procrastinate_workers SET last_heartbeat = last_heartbeat - interval '1 hour'
        WHERE id < (SELECT max(id) FROM procrastinate_workers)""",
    """UPDATE notifications_message SET claimed_at = claimed_at - interval '5 minutes'
        WHERE state = 'sending' AND claimed_at BETWEEN now() - interval '5 minutes' AND now() - interval '2 seconds'""",
    """UPDATE notifications_message SET next_attempt_at = now()
        WHERE state = 'waiting' AND attempts > 0 AND next_attempt_at > now()""",
    """UPDATE webhooks_webhookdelivery SET claimed_at = claimed_at - interval '2 minutes'
        WHERE state = 'sending' AND claimed_at BETWEEN now() - interval '2 minutes' AND now() - interval '2 seconds'""",
    """UPDATE webhooks_webhookdelivery SET next_attempt_at = now()
        WHERE state = 'waiting' AND attempts > 0 AND next_attempt_at > now()""",
    "UPDATE webhooks_webhookendpoint SET paused_until = now() WHERE paused_until > now()",
    """INSERT INTO procrastinate_jobs (queue_name, task_name, lock, queueing_lock)
       SELECT 'default', name, name, name FROM unnest('{notifications.send_waiting,webhooks.deliver_due}'::text[]) name
       ON CONFLICT DO NOTHING""",
)


class Clock:
    """Looks at what is open in the database at ``url``."""

    def __init__(self, url: str, *, is_hurried: bool) -> None:
        self.connection = psycopg.connect(url, autocommit=True)
        self.is_hurried = is_hurried

    def hurry(self) -> None:
        """Let the time pass that a claim, a heartbeat and a pause take, if there is a hurry at all."""
        if self.is_hurried:
            for statement in _HURRY:
                self.connection.execute(statement)

    def open(self) -> dict[str, int]:
        """What has not come to its end, and how much of it."""
        found = {}
        for what, query in _OPEN.items():
            row = self.connection.execute(query.encode()).fetchone()
            if row and row[0]:
                found[what] = int(row[0])
        return found

    def wait_until_quiet(self, patience: float, *, say: Callable[[str], None]) -> dict[str, int]:
        """Wait until nothing is open, at most ``patience`` seconds; what still is."""
        deadline = time.monotonic() + patience
        said = time.monotonic()
        while (left := self.open()) and time.monotonic() < deadline:
            if time.monotonic() > said + 30:
                said = time.monotonic()
                say(f"still waiting for {', '.join(f'{count} {what}' for what, count in left.items())}")
            self.hurry()
            time.sleep(LOOK_SECONDS)
        return left
