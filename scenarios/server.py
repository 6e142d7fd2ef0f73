"""A Parley of the story's own: everything that ``serve`` starts, on data that are thrown away."""

import os
import secrets
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path

import httpx

from parley.core.embedded_postgres import temporary_server

PROJECT = Path(__file__).resolve().parent.parent
START_SECONDS = 120
STOP_SECONDS = 60


@dataclass(frozen=True, kw_only=True)
class Running:
    """Where it answers, where its data are, and who may do everything."""

    url: str
    database_url: str | None
    email: str
    password: str
    pid: int | None = None  # of an own server: the supervisor
    log: Path | None = None


@contextmanager
def own_server(database_url: str | None, **settings: str) -> Iterator[Running]:
    """Run a server on a free port, on a database of its own unless an (empty) one is named.

    ``settings`` are further environment variables.
    """
    with ExitStack() as stack:
        database_url = database_url or stack.enter_context(temporary_server())
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="parley-scenario-")))
        port = free_port()
        environment = {
            **{name: value for name, value in os.environ.items() if not name.startswith(("EMAIL_", "PARLEY_"))},
            "PARLEY_ENV": "local",
            "SECRET_KEY": secrets.token_urlsafe(50),
            "PARLEY_DATA_DIR": str(folder / "data"),
            "DATABASE_URL": database_url,
            "PORT": str(port),
            "PARLEY_DEMO": "false",
            "PARLEY_SLOT_HORIZON_DAYS": "0",  # slots come from the story alone, not from the periodic job
            **settings,
        }
        log = folder / "server.log"
        pid = stack.enter_context(_serving(port, environment, log))
        running = Running(
            url=f"http://127.0.0.1:{port}",
            database_url=database_url,
            email="operator@example.com",
            password=secrets.token_urlsafe(16),
            pid=pid,
            log=log,
        )
        _make_administrator(running, environment)
        yield running


@contextmanager
def _serving(port: int, environment: dict[str, str], log: Path) -> Iterator[int]:
    with log.open("wb") as output:
        process = subprocess.Popen(
            [sys.executable, "manage.py", "serve"],
            cwd=PROJECT,
            env=environment,
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
    try:
        _wait_until_it_answers(process, port, log)
        yield process.pid
    finally:
        process.send_signal(signal.SIGTERM)
        try:
            process.wait(STOP_SECONDS)
        except subprocess.TimeoutExpired:
            os.killpg(process.pid, signal.SIGKILL)
            process.wait()


def _wait_until_it_answers(process: "subprocess.Popen[bytes]", port: int, log: Path) -> None:
    deadline = time.monotonic() + START_SECONDS
    while time.monotonic() < deadline and process.poll() is None:
        try:
            if httpx.get(f"http://127.0.0.1:{port}/readyz", timeout=5).status_code == httpx.codes.OK:
                return
        except httpx.TransportError:
            pass
        time.sleep(0.1)
    raise RuntimeError(f"The server did not start:\n{log.read_text(errors='replace')[-4000:]}")


def _make_administrator(running: Running, environment: dict[str, str]) -> None:
    # One word each: a password may begin with a dash, and would be read as an option of its own.
    options = [f"--email={running.email}", f"--password={running.password}", "--role=admin"]
    subprocess.run(  # noqa: S603 (our own command line)
        [sys.executable, "manage.py", "create_user", *options],
        cwd=PROJECT,
        env=environment,
        stdout=subprocess.DEVNULL,
        check=True,
    )


def free_port() -> int:
    """A port of this machine that nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
