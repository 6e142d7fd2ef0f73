"""Start a server in its place, or join the one that runs there already; leave it again."""

import contextlib
import json
import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Mapping
from pathlib import Path

import psycopg
from psycopg import sql

from parley.core.embedded_postgres import keeper, locks
from parley.core.embedded_postgres.accounts import ENVIRONMENT
from parley.core.embedded_postgres.errors import EmbeddedPostgresError
from parley.core.embedded_postgres.places import Place
from parley.core.embedded_postgres.programs import MAJOR_VERSION

START_SECONDS, STOP_SECONDS = 120.0, 45.0  # a start after a crash first replays the log
SETTINGS = {
    "listen_addresses": "",
    "port": "5432",
    "unix_socket_permissions": "0700",
    "max_connections": "200",
    "shared_buffers": "128MB",
    "timezone": "UTC",
    "log_timezone": "UTC",
    "log_checkpoints": "off",
    # A failed statement and its details hold names, addresses and hashes of passwords.
    "log_min_error_statement": "panic",
    "log_error_verbosity": "terse",
    # Parallel queries share memory through /dev/shm, of which a container has 64 MB.
    "max_parallel_workers_per_gather": "0",
    "max_parallel_maintenance_workers": "0",
}
INITDB_OPTIONS = [
    "--username=postgres",
    "--auth=trust",  # the socket's folder lets in the server's own user and root alone
    "--encoding=UTF8",
    "--no-locale",
    "--locale-provider=builtin",  # the same order and the same capital letters on every machine
    "--builtin-locale=C.UTF-8",
    "--no-instructions",
]


class Cluster:
    """This process's use of the server in one place."""

    def __init__(self, place: Place, *, settings: Mapping[str, str] | None = None, throw_away: bool = False) -> None:
        self.place = place
        self.settings = {**SETTINGS, **(settings or {}), "unix_socket_directories": str(place.socket_folder)}
        self.throw_away = throw_away
        self._users = -1
        self._keeper: subprocess.Popen[bytes] | None = None

    def join(self, start_lock: int) -> None:
        """Become a user of the server, and start it unless it runs.

        The caller holds ``start_lock`` (of its data folder), so that one process at a time comes here.
        """
        self._users = locks.open_lock(self.place.users_lock)
        try:
            # Held against us only while a keeper is stopping the server.
            busy = f"The database in {self.place.data} is taking long to stop. Try again in a moment."
            locks.wait_for_lock(self._users, locks.SHARED, seconds=STOP_SECONDS, busy=busy)
            if not self._set_up():
                self._initdb(start_lock)
            self._wait_until_it_answers()
        except BaseException:
            os.close(self._users)
            raise

    def leave(self) -> None:
        """Stop using the server. Where nobody else does, return after it has stopped."""
        locks.unlock(self._users)
        deadline = time.monotonic() + STOP_SECONDS
        while time.monotonic() < deadline and self._lives() and not self._others_use_it():
            time.sleep(locks.POLL_SECONDS)
        os.close(self._users)
        if self._keeper:
            self._keeper.poll()

    def create_database(self, name: str) -> None:
        """Create the database where it is missing; the caller holds the start lock."""
        with psycopg.connect(self.place.url("postgres"), autocommit=True) as connection:
            if not connection.execute("SELECT 1 FROM pg_database WHERE datname = %s", [name]).fetchone():
                connection.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(name)))

    def _lives(self) -> bool:
        return locks.is_held(self.place.keeper_lock) or (self.throw_away and self.place.home.exists())

    def _others_use_it(self) -> bool:
        if locks.try_lock(self._users, locks.EXCLUSIVE):
            locks.unlock(self._users)  # nobody has it: its keeper is about to notice
            return False
        shared = locks.try_lock(self._users, locks.SHARED)  # or else the keeper is stopping the server
        locks.unlock(self._users)
        return shared

    def _set_up(self) -> bool:
        """Whether there is a data folder, and one of this version."""
        version_file = self.place.data / "PG_VERSION"
        if not version_file.exists():
            return False
        version = version_file.read_text().strip()
        if version != MAJOR_VERSION:
            raise EmbeddedPostgresError(
                f"The database in {self.place.data} was made by PostgreSQL {version}, and this is PostgreSQL "
                f"{MAJOR_VERSION}. Export it with the older Parley, or set DATABASE_URL to such a server."
            )
        return True

    def _initdb(self, start_lock: int) -> None:
        """Make the data folder, whole or not at all."""
        for half_made in self.place.home.glob("data-*.new"):
            shutil.rmtree(half_made, ignore_errors=True)
        made = Path(tempfile.mkdtemp(prefix="data-", suffix=".new", dir=self.place.home))
        self.place.account.own(made)
        options = [*INITDB_OPTIONS, *(["--no-sync"] if self.throw_away else []), f"--pgdata={made}"]
        done = subprocess.run(  # noqa: S603 (our own program and options)
            [self.place.programs / "initdb", *options],
            check=False,
            cwd="/",
            env=ENVIRONMENT,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            start_new_session=True,  # Ctrl-C in the terminal is for us, not for it
            pass_fds=[start_lock],  # where we are killed, the next start waits until it has ended
            **self.place.account.run_as,
        )
        if done.returncode != 0:
            shutil.rmtree(made, ignore_errors=True)
            raise _explained(f"PostgreSQL could not set up its data folder {self.place.data}", done.stderr)
        made.rename(self.place.data)
        home = os.open(self.place.home, os.O_RDONLY)
        os.fsync(home)
        os.close(home)

    def _wait_until_it_answers(self) -> None:
        log_start = self.place.log.stat().st_size if self.place.log.exists() else 0
        deadline = time.monotonic() + START_SECONDS
        while not (self._answers() and locks.is_held(self.place.keeper_lock)):
            if self._keeper is None and not locks.is_held(self.place.keeper_lock):
                self._keeper = self._start_keeper()
            elif self._keeper and self._keeper.poll() is not None:
                raise _explained(f"PostgreSQL did not start in {self.place.data}", self._log_since(log_start))
            elif time.monotonic() > deadline:
                raise EmbeddedPostgresError(
                    f"PostgreSQL in {self.place.data} does not answer. Its log is {self.place.log}."
                )
            time.sleep(locks.POLL_SECONDS)

    def _answers(self) -> bool:
        try:
            psycopg.connect(self.place.url("postgres"), connect_timeout=5).close()
        except psycopg.OperationalError:
            return False
        return True

    def _start_keeper(self) -> subprocess.Popen[bytes]:
        options = [part for name, value in self.settings.items() for part in ("-c", f"{name}={value}")]
        job = keeper.Job(
            home=str(self.place.home),
            socket_folder=str(self.place.socket_folder),
            command=[str(self.place.programs / "postgres"), "-D", str(self.place.data), *options],
            run_as={**self.place.account.run_as},
            environment=ENVIRONMENT,
            throw_away=self.throw_away,
        )
        # It may outlive us: with our standard error it would keep a pipe open that somebody reads to its end.
        with keeper.open_log(self.place.log) as log:
            return subprocess.Popen(  # noqa: S603 (this interpreter and our own program)
                [sys.executable, "-I", "-S", keeper.__file__, json.dumps(job)],
                cwd="/",
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                start_new_session=True,
            )

    def _log_since(self, position: int) -> str:
        with contextlib.suppress(OSError), self.place.log.open(errors="replace") as log:
            log.seek(position)
            return log.read()
        return ""


def _explained(what: str, output: str) -> EmbeddedPostgresError:
    """Return the error with the program's own reason, and the usual way out."""
    lines = [line.strip() for line in output.splitlines() if line.strip()]
    reason = next(
        (line for line in lines if "FATAL" in line or "error:" in line),
        lines[-1] if lines else "no reason given",
    )
    if "No space left on device" in output:
        return EmbeddedPostgresError(f"{what}: the disk is full. Free some space, or set PARLEY_DATA_DIR elsewhere.")
    return EmbeddedPostgresError(f"{what}: {reason} (Or set DATABASE_URL to a PostgreSQL of your own.)")
