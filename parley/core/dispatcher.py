"""The process that serves the readers of the events, and picks up the jobs of workers that died."""

import threading
from collections import Counter

import structlog
from asgiref.sync import async_to_sync
from django.db import DatabaseError, close_old_connections
from django.utils import timezone
from procrastinate.contrib.django import app
from procrastinate.exceptions import ConnectorException, UniqueViolation
from procrastinate.jobs import Status

from parley.core.outbox import Reader, pass_over, read_on, readers

log = structlog.get_logger("parley.dispatcher")
IDLE_SECONDS = 0.5
BUSY_SECONDS = 0.5  # between two batches: a burst of bookings is answered first, and told of a little later
PAUSE_SECONDS = 2.0  # after a failure
ATTEMPTS = 10  # at one event, before it is left out
RESCUE_EVERY = 30  # rounds
SILENT_SECONDS = 30.0  # without a heartbeat, a worker counts as dead; it gives one every ten seconds


class Dispatcher:
    """Goes round until it is told to stop."""

    def __init__(self, stop: threading.Event) -> None:
        self.stop = stop
        self.failures: Counter[str] = Counter()

    def run(self) -> None:
        """Serve all readers, again and again; a failing one does not keep the others waiting."""
        rounds = 0
        while not self.stop.is_set():
            busy = sum(self.serve(reader) for reader in readers())  # all of them, and not until one has read
            if rounds % RESCUE_EVERY == 0 and not self.stop.is_set():
                self._rescue()
            rounds += 1
            close_old_connections()
            self.stop.wait(BUSY_SECONDS if busy else IDLE_SECONDS)

    def serve(self, reader: Reader) -> bool:
        """One batch; after a failure one event at a time, and one that fails for ever is left out. Says if it read."""
        try:
            read = read_on(reader, now=timezone.now(), **({"at_most": 1} if self.failures[reader.name] else {}))
        except DatabaseError:
            log.exception("reader_without_database", reader=reader.name)
            self.stop.wait(PAUSE_SECONDS)
            return False
        except Exception:
            log.exception("reader_failed", reader=reader.name)
            self.failures[reader.name] += 1
            if self.failures[reader.name] > ATTEMPTS:
                pass_over(reader, now=timezone.now())
                self.failures[reader.name] = 0
            self.stop.wait(PAUSE_SECONDS)
            return False
        if read:
            self.failures[reader.name] = 0
        return read > 0

    def _rescue(self) -> None:
        try:
            rescue_jobs()
        except Exception:
            log.exception("rescue_failed")


def rescue_jobs() -> int:
    """Let jobs run again whose worker has died over them; returns how many. Tasks are safe to run twice."""
    stalled = list(async_to_sync(app.job_manager.get_stalled_jobs)(seconds_since_heartbeat=SILENT_SECONDS))
    rescued = sum(_rescue_job(job.id) for job in stalled if job.id is not None)
    if rescued:
        log.warning("jobs_rescued", count=rescued)
    return rescued


def _rescue_job(job_id: int) -> bool:
    """Whether it was still there to be rescued; one that cannot be must not keep the others waiting."""
    try:
        app.job_manager.retry_job_by_id(job_id, retry_at=timezone.now())
    except UniqueViolation:  # the same waits already: that will do, and it cannot begin while this one holds its lock
        return _remove_job(job_id)
    except ConnectorException:  # it has ended meanwhile: its worker was only slow
        log.info("job_not_rescued", job=job_id)
        return False
    return True


def _remove_job(job_id: int) -> bool:
    try:
        finish = async_to_sync(app.job_manager.finish_job_by_id_async)
        finish(job_id, status=Status.SUCCEEDED, delete_job=True)
    except ConnectorException:
        return False
    return True
