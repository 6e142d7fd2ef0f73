"""Events are read once, in an order that nothing slips into, whatever dies meanwhile."""

import threading
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any

import pytest
from django.db import connection, connections, transaction
from procrastinate.contrib.django import app

from parley.core.actors import SYSTEM
from parley.core.dispatcher import ATTEMPTS, Dispatcher, rescue_jobs
from parley.core.events import Change, record
from parley.core.models import Event, EventCursor
from parley.core.outbox import Reader, read_on
from tests.outbox import wait_until_readable

NOW = datetime(2027, 3, 1, 8, tzinfo=UTC)
pytestmark = pytest.mark.django_db(transaction=True)


def happen(*names: str) -> None:
    with transaction.atomic():
        for name in names:
            record(Change(type=f"test.{name}", object_id=1, company_id=None), actor=SYSTEM, now=NOW)


def happened(*names: str) -> None:
    """``happen``, and nothing holds the events back."""
    happen(*names)
    wait_until_readable()


class Notes:
    """A reader that keeps the names of what it has read."""

    def __init__(self, failing: str = "") -> None:
        self.read: list[str] = []
        self.failing = failing
        self.reader = Reader("test", self.handle)

    def handle(self, events: Sequence[Event], now: datetime) -> None:
        names = [event.type.removeprefix("test.") for event in events]
        if self.failing in names:
            raise ValueError("This one cannot be handled.")
        self.read += names


def test_each_event_is_read_once_and_in_order() -> None:
    notes = Notes()
    assert read_on(notes.reader, now=NOW) == 0
    happened("a", "b")
    happened("c")
    assert read_on(notes.reader, now=NOW, at_most=2) == 2
    assert read_on(notes.reader, now=NOW, at_most=2) == 1
    assert read_on(notes.reader, now=NOW) == 0
    happened("d")
    assert read_on(notes.reader, now=NOW) == 1
    assert notes.read == ["a", "b", "c", "d"]


def test_an_event_that_commits_late_is_not_lost() -> None:
    """Its id and its transaction's are lower than those of one that is there already."""
    notes, began, go_on = Notes(), threading.Event(), threading.Event()

    def slow() -> None:
        try:
            with transaction.atomic():
                record(Change(type="test.slow", object_id=1, company_id=None), actor=SYSTEM, now=NOW)
                began.set()
                go_on.wait(20)
        finally:
            connections.close_all()

    thread = threading.Thread(target=slow)
    thread.start()
    began.wait(20)
    happen("quick")
    assert read_on(notes.reader, now=NOW) == 0  # not even the quick one: the slow one comes first
    go_on.set()
    thread.join()
    wait_until_readable()
    assert read_on(notes.reader, now=NOW) == 2
    assert notes.read == ["slow", "quick"]


def test_what_a_failing_reader_has_written_is_undone_and_read_again() -> None:
    notes = Notes(failing="b")
    happened("a", "b")
    with pytest.raises(ValueError, match="cannot be handled"):
        read_on(notes.reader, now=NOW)
    assert (notes.read, EventCursor.objects.count()) == ([], 0)
    notes.failing = ""
    assert read_on(notes.reader, now=NOW) == 2
    assert notes.read == ["a", "b"]


def test_while_one_reads_another_passes_by() -> None:
    notes, inside, go_on, other = Notes(), threading.Event(), threading.Event(), []
    happened("a")
    read_on(Reader("test", lambda events, now: None), now=NOW)
    happened("b")

    def handle(events: Sequence[Event], now: datetime) -> None:
        inside.set()
        go_on.wait(20)
        notes.handle(events, now)

    def read() -> None:
        try:
            read_on(Reader("test", handle), now=NOW)
        finally:
            connections.close_all()

    thread = threading.Thread(target=read)
    thread.start()
    inside.wait(20)
    other.append(read_on(notes.reader, now=NOW))
    go_on.set()
    thread.join()
    assert (other, notes.read) == ([0], ["b"])


def test_an_event_that_never_can_be_handled_does_not_stop_those_behind_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("parley.core.dispatcher.PAUSE_SECONDS", 0)
    notes, dispatcher = Notes(failing="bad"), Dispatcher(threading.Event())
    happened("a", "bad", "b", "c")
    for _ in range(ATTEMPTS + 6):
        dispatcher.serve(notes.reader)
    assert notes.read == ["a", "b", "c"]


def left_by_a_dead_worker(task: str, **options: Any) -> int:
    """A job that is being done by nobody any more."""
    job_id = app.configure_task(task, **options).defer(timestamp=0)
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO procrastinate_workers (last_heartbeat) VALUES (now() - interval '1 hour') RETURNING id"
        )
        (worker_id,) = cursor.fetchone()
        cursor.execute(
            "UPDATE procrastinate_jobs SET status = 'doing', worker_id = %s WHERE id = %s", [worker_id, job_id]
        )
    return job_id


def jobs() -> list[tuple[int, str]]:
    with connection.cursor() as cursor:
        cursor.execute("SELECT id, status FROM procrastinate_jobs ORDER BY id")
        return list(cursor.fetchall())


@pytest.fixture
def _no_jobs() -> None:
    """The queue's tables are not emptied between tests."""
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM procrastinate_jobs")


@pytest.mark.usefixtures("_no_jobs")
def test_the_job_of_a_dead_worker_runs_again() -> None:
    job_id = left_by_a_dead_worker("core.housekeeping")
    assert (rescue_jobs(), jobs()) == (1, [(job_id, "todo")])
    assert rescue_jobs() == 0


@pytest.mark.usefixtures("_no_jobs")
def test_the_job_of_a_dead_worker_gives_way_where_the_same_waits_already() -> None:
    """It would hold its lock for ever: nothing of its kind would run any more."""
    options: dict[str, Any] = {"lock": "one at a time", "queueing_lock": "one that waits"}
    left_by_a_dead_worker("core.housekeeping", **options)
    waiting = app.configure_task("core.housekeeping", **options).defer(timestamp=0)
    behind = left_by_a_dead_worker("core.housekeeping")
    assert (rescue_jobs(), jobs()) == (2, [(waiting, "todo"), (behind, "todo")])
    assert rescue_jobs() == 0
