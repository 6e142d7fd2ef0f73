"""How the queue, the readers of the events, the database and the disk are: a constant number of statements."""

import copy
import functools
import platform
import shutil
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

import django
from django.conf import settings
from django.db import connection
from django.db.migrations.loader import MigrationLoader
from django.db.migrations.recorder import MigrationRecorder
from procrastinate.contrib.django import app

from parley.core.health import HEARTBEAT
from parley.core.outbox import readers
from parley.core.sql import fetch_all, fetch_one

MOST_FAILED = 50  # that are listed
MOST_BEHIND = 10_000  # events that are counted
OVERDUE_AFTER = timedelta(minutes=5)  # after the moment at which a scheduled job was to begin


@dataclass(frozen=True)
class TaskLoad:
    """The jobs of one task: waiting ones could run now, planned ones later."""

    task: str
    waiting: int
    planned: int
    running: int
    failed: int
    oldest: datetime | None  # since when the first of those that wait could run


@dataclass(frozen=True)
class FailedJob:
    """A job that was given up after its attempts."""

    pk: int
    task: str
    arguments: Mapping[str, object]
    attempts: int
    failed_at: datetime | None


@dataclass(frozen=True)
class Scheduled:
    """A job that begins by the clock."""

    task: str
    cron: str
    last: datetime | None
    is_overdue: bool


@dataclass(frozen=True)
class ReaderLag:
    """How far a reader of the events is behind; without ``seen_at`` it has never read."""

    reader: str
    behind: int
    oldest: datetime | None
    seen_at: datetime | None


@dataclass(frozen=True)
class Storage:
    """Sizes in bytes."""

    database: int
    disk_total: int
    disk_free: int
    folder: str


@dataclass(frozen=True)
class Diagnosis:
    """All of it."""

    workers: int
    tasks: list[TaskLoad]
    failed: list[FailedJob]
    scheduled: list[Scheduled]
    readers: list[ReaderLag]
    storage: Storage
    missing_migrations: list[str]
    versions: dict[str, str]


def diagnose(*, now: datetime) -> Diagnosis:
    """Look at everything."""
    disk = shutil.disk_usage(settings.PARLEY_DATA_DIR)
    database = fetch_one("SELECT pg_database_size(current_database()), current_setting('server_version')", {})
    assert database is not None  # noqa: S101 (it has no condition)
    return Diagnosis(
        workers=_workers(now),
        tasks=_tasks(now),
        failed=_failed(),
        scheduled=_scheduled(now),
        readers=_readers(),
        storage=Storage(database[0], disk.total, disk.free, str(settings.PARLEY_DATA_DIR)),
        missing_migrations=_missing_migrations(),
        versions={
            "Parley": str(settings.SPECTACULAR_SETTINGS["VERSION"]),
            "PostgreSQL": str(database[1]),
            "Python": platform.python_version(),
            "Django": django.get_version(),
        },
    )


def _workers(now: datetime) -> int:
    statement = "SELECT count(*) FROM procrastinate_workers WHERE last_heartbeat > %(since)s"
    return int(fetch_all(statement, {"since": now - HEARTBEAT})[0][0])


_TASKS = """
SELECT job.task_name,
       count(*) FILTER (WHERE job.status = 'todo' AND COALESCE(job.scheduled_at, %(now)s) <= %(now)s),
       count(*) FILTER (WHERE job.status = 'todo' AND job.scheduled_at > %(now)s),
       count(*) FILTER (WHERE job.status = 'doing'),
       count(*) FILTER (WHERE job.status = 'failed'),
       min(COALESCE(job.scheduled_at, made.at))
           FILTER (WHERE job.status = 'todo' AND COALESCE(job.scheduled_at, %(now)s) <= %(now)s)
  FROM procrastinate_jobs job
  LEFT JOIN procrastinate_events made ON made.job_id = job.id AND made.type = 'deferred'
 WHERE job.status IN ('todo', 'doing', 'failed')
 GROUP BY job.task_name
 ORDER BY job.task_name
"""


def _tasks(now: datetime) -> list[TaskLoad]:
    return [TaskLoad(*row) for row in fetch_all(_TASKS, {"now": now})]


_FAILED = """
SELECT job.id, job.task_name, job.args, job.attempts, max(event.at)
  FROM procrastinate_jobs job
  LEFT JOIN procrastinate_events event ON event.job_id = job.id AND event.type = 'failed'
 WHERE job.status = 'failed'
 GROUP BY job.id
 ORDER BY job.id DESC
 LIMIT %(most)s
"""


def _failed() -> list[FailedJob]:
    return [FailedJob(*row) for row in fetch_all(_FAILED, {"most": MOST_FAILED})]


def _scheduled(now: datetime) -> list[Scheduled]:
    rows = fetch_all("SELECT task_name, max(defer_timestamp) FROM procrastinate_periodic_defers GROUP BY task_name", {})
    last = {task: datetime.fromtimestamp(seconds, UTC) for task, seconds in rows if seconds is not None}
    plans = sorted(app.periodic_registry.periodic_tasks.values(), key=lambda each: each.task.name)
    return [
        Scheduled(plan.task.name, plan.cron, last.get(plan.task.name), _is_overdue(plan, last.get(plan.task.name), now))
        for plan in plans
    ]


def _is_overdue(plan: Any, last: datetime | None, now: datetime) -> bool:
    """Whether it should have begun again; one that never has is judged by the others, as with a new installation."""
    if last is None:
        return False
    clock = copy.copy(plan.croniter)  # the plan's own is shared between threads
    following: datetime = clock.get_next(datetime, start_time=last)
    return following + OVERDUE_AFTER < now


_BEHIND = """
SELECT cursor.reader,
       (SELECT count(*) FROM (SELECT 1 FROM core_event event
         WHERE (event.transaction_id, event.id) > (cursor.transaction_id, cursor.event_id) LIMIT %(most)s) AS behind),
       (SELECT event.occurred_at FROM core_event event
         WHERE (event.transaction_id, event.id) > (cursor.transaction_id, cursor.event_id)
         ORDER BY event.transaction_id, event.id LIMIT 1),
       cursor.updated_at
  FROM core_eventcursor cursor
"""


def _readers() -> list[ReaderLag]:
    found = {row[0]: ReaderLag(*row) for row in fetch_all(_BEHIND, {"most": MOST_BEHIND})}
    return [found.get(each.name, ReaderLag(each.name, 0, None, None)) for each in readers()]


def _missing_migrations() -> list[str]:
    applied = MigrationRecorder(connection).applied_migrations()
    return [f"{part}.{name}" for part, name in _migrations() if (part, name) not in applied]


@functools.cache
def _migrations() -> list[tuple[str, str]]:
    """All there are in the code that runs, of which squashed ones stand for the others."""
    return sorted(MigrationLoader(None).graph.nodes)
