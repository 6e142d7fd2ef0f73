"""File locks that the kernel drops with their last holder, however it dies."""

import fcntl
import os
import time
from pathlib import Path

from parley.core.embedded_postgres.errors import EmbeddedPostgresError

SHARED, EXCLUSIVE = fcntl.LOCK_SH, fcntl.LOCK_EX
POLL_SECONDS = 0.02


def open_lock(path: Path) -> int:
    """Open (and make, readable by its owner alone) the lock file; return its descriptor, not yet locked."""
    opened = os.open(path, os.O_RDWR | os.O_CREAT, 0o600)
    if os.geteuid() == 0:  # or the folder's owner could never take the lock that root has once made
        folder = path.parent.stat()
        os.fchown(opened, folder.st_uid, folder.st_gid)
    # Where standard input is closed, a low number would be overwritten in a child that gets this descriptor.
    descriptor = fcntl.fcntl(opened, fcntl.F_DUPFD_CLOEXEC, 3)
    os.close(opened)
    return descriptor


def try_lock(descriptor: int, mode: int) -> bool:
    """Take the lock if nobody is in the way; the other mode's lock on this descriptor is given up first."""
    try:
        fcntl.flock(descriptor, mode | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


def wait_for_lock(descriptor: int, mode: int, *, seconds: float, busy: str) -> None:
    """Take the lock within so many seconds, or raise EmbeddedPostgresError with the sentence ``busy``."""
    deadline = time.monotonic() + seconds
    while not try_lock(descriptor, mode):
        if time.monotonic() > deadline:
            raise EmbeddedPostgresError(busy)
        time.sleep(POLL_SECONDS)


def unlock(descriptor: int) -> None:
    """Give the lock up, keep the file open."""
    fcntl.flock(descriptor, fcntl.LOCK_UN)


def is_held(path: Path) -> bool:
    """Whether any process holds the lock exclusively; a missing file is held by nobody."""
    try:
        descriptor = os.open(path, os.O_RDONLY)
    except FileNotFoundError:
        return False
    try:
        return not try_lock(descriptor, SHARED)
    finally:
        os.close(descriptor)
