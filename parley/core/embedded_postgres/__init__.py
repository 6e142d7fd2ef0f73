"""The PostgreSQL that Parley starts by itself where DATABASE_URL names none.

A process joins the server of its data folder, or starts it; the server stops when its last user has gone
(:mod:`.keeper`). It listens on a socket in a private folder only, and never runs as root.
"""

import atexit
import errno
import os
import shutil
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from parley.core.configuration import make_data_dir
from parley.core.embedded_postgres import locks
from parley.core.embedded_postgres.cluster import Cluster
from parley.core.embedded_postgres.errors import EmbeddedPostgresError
from parley.core.embedded_postgres.places import kept_place, temporary_place
from parley.core.embedded_postgres.programs import bin_dir

__all__ = ["EmbeddedPostgresError", "bin_dir", "ensure_database_url", "temporary_server"]

DATABASE = "parley"
PROJECT = Path(__file__).resolve().parent.parent.parent.parent
FAST_AND_FORGETFUL = {"fsync": "off", "synchronous_commit": "off", "full_page_writes": "off"}


def ensure_database_url() -> str:
    """Return DATABASE_URL; where it is not set, start or join the embedded server and set it.

    This process then uses the server until it ends. Raises EmbeddedPostgresError.
    """
    if given := os.environ.get("DATABASE_URL"):
        return given
    data_dir = Path(os.environ.get("PARLEY_DATA_DIR") or PROJECT / ".parley").expanduser().resolve()
    try:
        cluster = _join(data_dir)
    except OSError as error:
        raise _unusable(data_dir, error) from error
    process = os.getpid()
    atexit.register(lambda: cluster.leave() if os.getpid() == process else None)
    url = cluster.place.url(DATABASE)
    os.environ["DATABASE_URL"] = url
    return url


@contextmanager
def temporary_server(settings: Mapping[str, str] | None = None) -> Iterator[str]:
    """Run a server in a throw-away folder; yield the URL of an empty database.

    Server and folder are removed at the end, also when this process is killed. It would not survive a
    crash of the machine; ``settings`` (PostgreSQL's) may change that. Raises EmbeddedPostgresError.
    """
    place = temporary_place()
    cluster = Cluster(place, settings={**FAST_AND_FORGETFUL, **(settings or {})}, throw_away=True)
    lock = locks.open_lock(place.home / "start.lock")
    try:
        cluster.join(lock)
        try:
            cluster.create_database(DATABASE)
            yield place.url(DATABASE)
        finally:
            cluster.leave()
    finally:
        os.close(lock)
        shutil.rmtree(place.home, ignore_errors=True)  # there is one still where the server did not start


def _join(data_dir: Path) -> Cluster:
    """Start or join the server of the data folder, while no other process does."""
    make_data_dir(data_dir)
    lock = locks.open_lock(data_dir / "postgres.lock")
    try:
        busy = f"Another process has been starting the database in {data_dir} for minutes. Stop it first."
        locks.wait_for_lock(lock, locks.EXCLUSIVE, seconds=180, busy=busy)
        cluster = Cluster(kept_place(data_dir))
        cluster.join(lock)
        try:
            cluster.create_database(DATABASE)
        except BaseException:
            cluster.leave()
            raise
        return cluster
    finally:
        os.close(lock)


def _unusable(data_dir: Path, error: OSError) -> EmbeddedPostgresError:
    if error.errno in (errno.ENOSPC, errno.EDQUOT):
        return EmbeddedPostgresError(
            f"The disk of {data_dir} is full. Free some space, or set PARLEY_DATA_DIR elsewhere."
        )
    return EmbeddedPostgresError(
        f"Parley cannot write to its data folder {data_dir} ({error.strerror}: {error.filename}). "
        "Set PARLEY_DATA_DIR to a folder that you own."
    )
