import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest
from psycopg.conninfo import make_conninfo

from parley.core import startup
from parley.core.embedded_postgres import locks
from tests.core.processes import (
    PATIENCE_SECONDS,
    PROJECT,
    children,
    environment,
    is_alive,
    modes_up_to_root,
    wait_until,
    where_the_kernel_tells,
)

SERVE = [sys.executable, str(PROJECT / "manage.py"), "serve"]


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


class Parley:
    """A running `manage.py serve`, with what it says in a file."""

    def __init__(self, data_dir: Path, **changes: str) -> None:
        self.data_dir, self.port = data_dir, free_port()
        self.log = data_dir.with_suffix(f".{self.port}.log")
        settings = {
            "PARLEY_DATA_DIR": str(data_dir),
            "PORT": str(self.port),
            "PARLEY_DEMO": "false",
            "WEB_WORKERS": "1",
        }
        with self.log.open("w") as log:
            self.process = subprocess.Popen(
                SERVE,
                cwd="/",
                env=environment(**settings, **changes),
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                start_new_session=True,
            )

    @property
    def said(self) -> str:
        return self.log.read_text()

    @property
    def home(self) -> Path:
        pointer = self.data_dir / "postgres.location"
        return Path(pointer.read_text().strip()) if pointer.exists() else self.data_dir / "postgres"

    def wait_until_ready(self) -> None:
        wait_until(lambda: "Parley is ready" in self.said or self.process.poll() is not None, "Parley is ready")
        assert self.process.poll() is None, self.said

    def answers(self) -> bool:
        try:
            with urllib.request.urlopen(f"http://localhost:{self.port}/healthz", timeout=5) as answer:
                return bool(answer.status == 200)
        except OSError:
            return False

    def connect(self) -> "psycopg.Connection[tuple[object, ...]]":
        return psycopg.connect(host=str(self.home / "run"), user="postgres", dbname="parley")

    def child(self, words: str) -> int:
        for pid in children(self.process.pid):
            args = subprocess.run(
                ["ps", "-ww", "-o", "args=", "-p", str(pid)], capture_output=True, text=True, check=True
            )
            if words in args.stdout:
                return pid
        raise AssertionError(f"no child runs {words}")

    def stop(self, number: signal.Signals = signal.SIGTERM) -> None:
        started = children(self.process.pid)
        self.process.send_signal(number)
        assert self.process.wait() == 0, self.said
        assert self.said.endswith("Parley has stopped.\n")
        assert not any(is_alive(pid) for pid in started)
        assert not locks.is_held(self.home / "server.lock")


@pytest.fixture
def folder() -> Iterator[Path]:
    """A folder that only its owner may enter, as `mktemp -d` makes it."""
    base = Path(tempfile.mkdtemp(prefix="parley-serve-"))
    yield base
    for pointer in base.glob("*/postgres.location"):
        shutil.rmtree(pointer.read_text().strip(), ignore_errors=True)
    shutil.rmtree(base)


def test_serves_stops_and_finds_its_data_again(folder: Path) -> None:
    data_dir = folder / "data"
    data_dir.mkdir()
    before = modes_up_to_root(data_dir)
    first = Parley(data_dir)
    first.wait_until_ready()
    assert first.answers()
    said = re.sub(r"\{.*\}\n|.*is kept in.*\n", "", first.said).splitlines()
    assert [line for line in said if "worker" not in line] == [
        "Starting PostgreSQL …",
        "Applying migrations …",
        "Starting web server and jobs …",
        f"Parley is ready: http://localhost:{first.port}  (API pages at /api/docs/, admin at /admin/)",
        "No mail server is set (EMAIL_URL): mails become files, shown at /mails/",
        "Nobody can log in yet. Make the first administrator:",
        f"  {sys.executable.removeprefix(f'{PROJECT}/')} manage.py create_user --email you@example.org --role admin",
    ]
    with first.connect() as connection:
        connection.execute("CREATE TABLE kept AS SELECT 42 AS answer")
    first.stop(signal.SIGTERM)
    second = Parley(data_dir)
    second.wait_until_ready()
    with second.connect() as connection:
        assert connection.execute("SELECT answer FROM kept").fetchone() == (42,)
    second.stop(signal.SIGINT)
    assert {path: path.stat().st_mode for path in before} == before


def test_killed_children_come_back_and_a_command_joins(folder: Path) -> None:
    parley = Parley(folder / "data")
    parley.wait_until_ready()
    for words in ("granian", "procrastinate"):
        pid = parley.child(words)
        os.kill(pid, signal.SIGKILL)
        wait_until(lambda pid=pid: not is_alive(pid), "it has ended")  # type: ignore[misc]
        wait_until(lambda words=words: bool(started_again(parley, words)), f"{words} runs again")  # type: ignore[misc]
    wait_until(parley.answers, "the web server answers again")
    command = [sys.executable, str(PROJECT / "manage.py"), "migrate", "--check"]
    env = environment(PARLEY_DATA_DIR=str(parley.data_dir))
    assert subprocess.run(command, env=env, check=False).returncode == 0
    with parley.connect() as connection:
        assert connection.execute("SELECT 1").fetchone() == (1,)
    parley.stop(signal.SIGHUP)


def started_again(parley: Parley, words: str) -> int:
    try:
        return parley.child(words)
    except (AssertionError, subprocess.CalledProcessError):
        return 0


@where_the_kernel_tells
def test_nothing_is_left_of_a_killed_one(folder: Path) -> None:
    parley = Parley(folder / "data")
    parley.wait_until_ready()
    started = children(parley.process.pid)
    parley.process.kill()
    parley.process.wait()
    wait_until(lambda: not any(is_alive(pid) for pid in started), "every child has ended")
    assert not locks.is_held(parley.home / "server.lock")


def refused(**changes: str) -> str:
    """Start it where it cannot start; return what it says."""
    done = subprocess.run(
        SERVE,
        cwd="/",
        env=environment(**changes),
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=False,
        timeout=PATIENCE_SECONDS,
    )
    assert done.returncode == 1
    assert "Traceback" not in done.stderr
    return done.stderr


def test_port_that_is_taken_is_told_before_anything_starts(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        said = refused(PARLEY_DATA_DIR=str(tmp_path / "data"), PORT=str(port))
    assert said == (
        f"Parley cannot start. Port {port} is already in use. "
        f"Stop what uses it, or take another: PORT={port + 1} make run\n"
    )
    assert {path.name for path in (tmp_path / "data").iterdir()} == {"mail", "secret_key"}


def test_data_folder_that_cannot_be_written(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    said = refused(
        PARLEY_DATA_DIR=str(tmp_path / "file" / "data"),
        PORT=str(free_port()),
        SECRET_KEY="given-0123456789-abcdefghij",
    )
    assert said == (
        "Parley cannot start. "
        f"Parley cannot write to its data folder {tmp_path}/file/data (Not a directory). "
        "Set PARLEY_DATA_DIR to a folder that you own.\n"
    )


def test_database_that_is_not_there(tmp_path: Path) -> None:
    missing = make_conninfo(os.environ["DATABASE_URL"], dbname="no_such_database")
    said = refused(PARLEY_DATA_DIR=str(tmp_path), PORT=str(free_port()), DATABASE_URL=missing)
    assert said.startswith("Parley cannot start. The database that DATABASE_URL names cannot be used: ")
    assert 'database "no_such_database" does not exist' in said


def test_database_that_is_too_old(monkeypatch: pytest.MonkeyPatch) -> None:
    startup.check_database(os.environ["DATABASE_URL"])
    monkeypatch.setattr(startup, "OLDEST_POSTGRES", 99)
    with pytest.raises(startup.StartupError, match="Parley needs PostgreSQL 99 or newer"):
        startup.check_database(os.environ["DATABASE_URL"])


def test_database_that_does_not_answer() -> None:
    with pytest.raises(startup.StartupError, match=r"cannot be used: .*refused"):
        startup.check_database(f"postgresql://localhost:{free_port()}/parley", wait_seconds=0)


@pytest.mark.parametrize(("host", "port", "why"), [("127.0.0.1", 0, "PORT is 0"), ("no such host", 8000, "no address")])
def test_address_that_is_none(host: str, port: int, why: str) -> None:
    with pytest.raises(startup.StartupError, match=why):
        startup.check_port(host, port)
