"""The process beside an embedded server: it starts the server, and stops it after the last user has gone.

Every process that uses the server holds a shared lock on ``users.lock``. The kernel drops that lock however
the process ends, so that no kill leaves a server behind. Run as a program of its own, with the standard
library only, so that it costs little: ``python keeper.py '{...}'``, see :class:`Job`.
"""

import fcntl
import json
import os
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any, TypedDict

POLL_SECONDS = 0.1
FAST_STOP_SECONDS, IMMEDIATE_STOP_SECONDS = 30.0, 5.0
RESTARTS = 10  # in the life of a keeper: the server is restarted when it was killed, not when it gave up
LOG_LIMIT = 10_000_000  # bytes


class Job(TypedDict):
    """What a keeper is told."""

    home: str
    socket_folder: str
    command: list[str]
    run_as: dict[str, Any]
    environment: dict[str, str]
    throw_away: bool


class Server:
    """The server of one folder. All its processes inherit its lock file, which so tells whether one lives."""

    def __init__(self, job: Job) -> None:
        self.job = job
        self.home = Path(job["home"])
        self.lock = open_lock(self.home / "server.lock")
        self.child: subprocess.Popen[bytes] | None = None
        if take(self.lock):
            self.start()

    def start(self) -> None:
        """Start the server."""
        if self.child is None:
            # We have just got the lock, so no process of an earlier server is alive. The numbers in its files
            # may belong to others by now: the server would take them for another server, and not start.
            (self.home / "data" / "postmaster.pid").unlink(missing_ok=True)
            for left_over in Path(self.job["socket_folder"]).glob(".s.PGSQL.*"):
                left_over.unlink(missing_ok=True)
        with open_log(self.home / "server.log") as log:
            self.child = subprocess.Popen(  # noqa: S603 (the command comes from the parent process)
                self.job["command"],
                cwd="/",
                env=self.job["environment"],
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                start_new_session=True,
                pass_fds=[self.lock],
                **self.job["run_as"],
            )

    def exit_code(self) -> int | None:
        """Return None while it runs; a negative number when it was killed."""
        if self.child:
            return self.child.poll()
        return -signal.SIGKILL if take(self.lock) else None

    def stop(self) -> None:
        """Stop it: let sessions end at once, and where that takes too long, recover at the next start."""
        steps = [
            (signal.SIGINT, FAST_STOP_SECONDS),
            (signal.SIGQUIT, IMMEDIATE_STOP_SECONDS),
            (signal.SIGKILL, 5.0),
        ]
        for stop_signal, seconds in steps[1:] if self.job["throw_away"] else steps:
            self._send(stop_signal)
            deadline = time.monotonic() + seconds
            while time.monotonic() < deadline:
                if self.exit_code() is not None:
                    return
                time.sleep(0.02)

    def _send(self, stop_signal: signal.Signals) -> None:
        if self.child:
            self.child.send_signal(stop_signal)
            return
        try:  # left by an earlier keeper: it has just answered, so that the file is about a living process
            os.kill(int((self.home / "data" / "postmaster.pid").read_text().split()[0]), stop_signal)
        except (OSError, ValueError, IndexError):
            return


def keep(job: Job) -> int:
    """Run the server until nobody uses it; return the exit code."""
    home = Path(job["home"])
    if not take(open_lock(home / "keeper.lock")):
        return 0  # this server has its keeper
    told_to_stop: list[int] = []
    signal.signal(signal.SIGTERM, lambda number, _frame: told_to_stop.append(number))
    for ignored in (signal.SIGINT, signal.SIGHUP):
        signal.signal(ignored, signal.SIG_IGN)
    users = open_lock(home / "users.lock")
    server = Server(job)
    restarts = RESTARTS
    while not told_to_stop and not take(users):
        code = server.exit_code()
        if code is not None:
            # Once it was killed, a start may fail until the last process of the old server has gone.
            if restarts == 0 or (code >= 0 and restarts == RESTARTS):
                return 1
            restarts -= 1
            time.sleep(0.5 if code >= 0 else 0)
            server.start()
        time.sleep(POLL_SECONDS)
    server.stop()
    if job["throw_away"]:
        shutil.rmtree(home, ignore_errors=True)
    return 0


def open_lock(path: Path) -> int:
    """Open the lock file that the starting process has made."""
    return os.open(path, os.O_RDWR | os.O_CREAT, 0o600)


def take(descriptor: int) -> bool:
    """Take the lock alone, if nobody has it."""
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


def open_log(path: Path) -> Any:
    """Open the log to append; keep one older file when it has grown large."""
    if path.exists() and path.stat().st_size > LOG_LIMIT:
        path.replace(path.with_suffix(".log.1"))
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
    if os.geteuid() == 0:
        folder = path.parent.stat()
        os.fchown(descriptor, folder.st_uid, folder.st_gid)
    return os.fdopen(descriptor, "ab")


if __name__ == "__main__":
    sys.exit(keep(json.loads(sys.argv[1])))
