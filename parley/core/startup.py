"""What must hold before Parley serves: a data folder, a free port, a database with every migration."""

import errno
import os
import socket
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from http.client import HTTPConnection, HTTPException
from pathlib import Path

import psycopg
from django.conf import settings
from django.db import connections

from parley.core.configuration import database_from_url, make_data_dir

OLDEST_POSTGRES = 15
DATABASE_WAIT_SECONDS = 30.0
MIGRATION_LOCK = 7_302_114_071_951_001  # any number, the same for every machine of one database
HOPELESS = ("authentication failed", "does not exist", "no pg_hba.conf entry")


class StartupError(Exception):
    """Parley cannot start; the text says why, and what to do about it."""


def check_data_dir(data_dir: Path) -> None:
    """Make the data folder where it is missing, and write to it; raise StartupError where that fails."""
    try:
        make_data_dir(data_dir)
        with tempfile.TemporaryFile(dir=data_dir) as probe:
            probe.write(b"can be written")
    except OSError as error:
        raise StartupError(
            f"Parley cannot write to its data folder {data_dir} ({error.strerror}). "
            "Set PARLEY_DATA_DIR to a folder that you own."
        ) from error


def check_port(host: str, port: int) -> None:
    """Raise StartupError unless a server can listen there."""
    if not 0 < port < 65536:
        raise StartupError(f"PORT is {port}: choose a number from 1 to 65535.")
    try:
        family, kind, protocol, _, address = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0]
        with socket.socket(family, kind, protocol) as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            probe.bind(address)
            probe.listen(1)
    except socket.gaierror as error:
        raise StartupError(f"HOST {host!r} is no address here ({error.strerror}).") from error
    except OSError as error:
        if error.errno == errno.EADDRINUSE:
            raise StartupError(
                f"Port {port} is already in use. Stop what uses it, or take another: PORT={port + 1} make run"
            ) from error
        raise StartupError(
            f"Parley cannot listen on {host} port {port} ({error.strerror}). Take another: PORT=8000 make run"
        ) from error


def check_database(url: str, *, wait_seconds: float = DATABASE_WAIT_SECONDS) -> None:
    """Wait for the database to answer; raise StartupError where it does not, or is too old."""
    deadline = time.monotonic() + wait_seconds
    while (version := _postgres_version(url, last_try=time.monotonic() >= deadline)) is None:
        time.sleep(0.5)
    if version < OLDEST_POSTGRES:
        raise StartupError(
            f"The database that DATABASE_URL names is PostgreSQL {version}. "
            f"Parley needs PostgreSQL {OLDEST_POSTGRES} or newer."
        )


def use_database(url: str) -> None:
    """Let this process's Django use the database that was found after its settings were read."""
    os.environ["DATABASE_URL"] = settings.DATABASE_URL = url
    entry = settings.DATABASES["default"]
    if url:
        entry.update(database_from_url(url, pool_size=0))
    with suppress(AttributeError):  # no connection was made yet
        del connections["default"]  # the next use makes one of the new kind


@contextmanager
def migration_lock(url: str) -> Iterator[None]:
    """Let one machine migrate the database at a time."""
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute("SELECT pg_advisory_lock(%s)", [MIGRATION_LOCK])
        yield


def health(host: str, port: int) -> str:
    """Return what GET /healthz answers: "200", another status, or why there is no answer."""
    connection = HTTPConnection(_reachable(host), port, timeout=3)
    try:
        # A name that Django accepts, and no redirect to TLS, which ends at the proxy in front.
        connection.request("GET", "/healthz", headers={"Host": _own_name(), "X-Forwarded-Proto": "https"})
        return str(connection.getresponse().status)
    except (OSError, HTTPException) as error:
        return str(error) or type(error).__name__
    finally:
        connection.close()


def _postgres_version(url: str, *, last_try: bool) -> int | None:
    """Return the major version, or None to try again; raise StartupError where that would not help."""
    try:
        with psycopg.connect(url, connect_timeout=5) as connection:
            return connection.info.server_version // 10_000
    except psycopg.OperationalError as error:
        if not last_try and not any(reason in str(error) for reason in HOPELESS):
            return None
        reason = " ".join(str(error).split())
        raise StartupError(f"The database that DATABASE_URL names cannot be used: {reason}") from error


def _reachable(host: str) -> str:
    return {"0.0.0.0": "127.0.0.1", "::": "::1", "": "127.0.0.1"}.get(host, host)  # noqa: S104 (only compared)


def _own_name() -> str:
    named = [name for name in settings.ALLOWED_HOSTS if not name.startswith((".", "*"))]
    return "localhost" if "localhost" in named or not named else str(named[0])
