"""Parley's own web server on the test's database, in processes of its own: what people and programs really talk to."""

import os
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from typing import Any, TypeVar
from urllib.parse import quote

import httpx
from django.db import connection
from knox.models import AuthToken

from parley.organizations.models import User

T = TypeVar("T")


@contextmanager
def live_server(*, workers: int, **environment: str) -> Iterator[str]:
    """A running server's address; the server ends with the block."""
    address, command, surroundings = server_environment(workers=workers, **environment)
    process = subprocess.Popen(command, env=surroundings, stdout=subprocess.DEVNULL)
    try:
        _wait_until_it_serves(process, address)
        yield address
    finally:
        process.terminate()
        process.wait()


def server_environment(*, workers: int, **environment: str) -> tuple[str, list[str], dict[str, str]]:
    """Address, command and environment of a server that nobody has started yet."""
    port = _free_port()
    command = [sys.executable, "-m", "granian", "--interface", "wsgi", "config.wsgi:application", "--no-ws"]
    command += ["--host", "127.0.0.1", "--port", str(port), "--workers", str(workers), "--blocking-threads", "8"]
    surroundings = {
        **os.environ,
        "DATABASE_URL": _database_url(),
        "PARLEY_DB_POOL": "8",
        "PARLEY_LOG_LEVEL": "WARNING",
        **environment,
    }
    return f"http://127.0.0.1:{port}", command, surroundings


def client(address: str, user: User) -> httpx.Client:
    """A client with a token of ``user``."""
    _, token = AuthToken.objects.create(user=user)
    limits = httpx.Limits(max_connections=100, max_keepalive_connections=100)
    return httpx.Client(
        base_url=f"{address}/api", headers={"Authorization": f"Token {token}"}, timeout=60, limits=limits
    )


def all_at_once(calls: Sequence[Callable[[], T]]) -> list[T]:
    """Run the calls in a thread each, as close together as can be; their results in order."""
    with ThreadPoolExecutor(max_workers=len(calls)) as pool:
        return [future.result() for future in [pool.submit(call) for call in calls]]


def codes(answers: Sequence[httpx.Response]) -> list[Any]:
    """The status of each answer with its ``code``, sorted: ``[(201, None), (409, "slot_full")]``."""
    return sorted(
        ((answer.status_code, answer.json().get("code") if answer.content else None) for answer in answers), key=str
    )


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def _database_url() -> str:
    database = connection.settings_dict
    user, password = quote(database["USER"]), quote(database["PASSWORD"] or "")
    where = f"host={quote(str(database['HOST']), safe='')}" + (f"&port={database['PORT']}" if database["PORT"] else "")
    return f"postgresql://{user}:{password}@/{database['NAME']}?{where}"


def _wait_until_it_serves(process: "subprocess.Popen[bytes]", address: str) -> None:
    while process.poll() is None:
        try:
            httpx.get(f"{address}/healthz").raise_for_status()
        except httpx.HTTPError:
            time.sleep(0.05)
        else:
            return
    raise RuntimeError("The server ended instead of serving.")
