"""A server of its own for what is measured: its database, and how it is started and ended."""

import os
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TypeVar

T = TypeVar("T")


def fill(url: str, seed: Callable[[], T]) -> T:
    """Make the tables in the database and let ``seed`` fill them; sets the environment for ``serve``, too."""
    os.environ.update(
        DATABASE_URL=url,
        DJANGO_SETTINGS_MODULE="config.settings",
        SECRET_KEY="only-for-measuring-0123456789-abcdefghijklmno",
        PARLEY_DEMO="0",
        PARLEY_LOG_LEVEL="INFO",
    )
    import django  # noqa: PLC0415 (after the environment is set)

    django.setup()
    from django.core.management import call_command  # noqa: PLC0415
    from django.db import connection  # noqa: PLC0415

    call_command("migrate", verbosity=0)
    seeded = seed()
    with connection.cursor() as cursor:
        cursor.execute("VACUUM ANALYZE")
    connection.close()
    return seeded


@contextmanager
def serve(url: str) -> Iterator[int]:
    """The port of a server with two workers; it ends with the block."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
    command = [sys.executable, "manage.py", "serve"]
    with open(os.devnull, "wb") as nowhere:
        server = subprocess.Popen(
            command,
            env={**os.environ, "PORT": str(port), "WEB_WORKERS": "2", "DATABASE_URL": url},
            stdout=nowhere,
            stderr=nowhere,
        )
        try:
            _wait_for(port)
            yield port
        finally:
            server.terminate()
            server.wait()


def _wait_for(port: int) -> None:
    for _ in range(600):
        try:
            urllib.request.urlopen(f"http://127.0.0.1:{port}/readyz").close()
        except (urllib.error.URLError, ConnectionError):
            time.sleep(0.1)
        else:
            return
    raise RuntimeError("The server did not start.")
