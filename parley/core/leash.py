"""Run a program that ends with its parent: ``python leash.py <parent's number> <niceness> <program> …``.

Where the supervisor is killed outright, the kernel tells its children (Linux; others have no such call). The
request survives ``exec`` and belongs to this process alone, so that no code runs between fork and exec in
the supervisor. Standard library only: it costs a few milliseconds.

That signal comes once, and asks politely. A program that is busy ending (its database has gone as well, so it may wait
for connections that never come) would outlive its parent for minutes: ``end_with_parent`` bounds that.
"""

import ctypes
import os
import signal
import sys
import threading
import time

PR_SET_PDEATHSIG = 1
PARENT = "PARLEY_LEASH"  # the environment variable that tells the program of its parent's number
PATIENCE_SECONDS = 15.0  # longer than jobs are given to end
LOOK_SECONDS = 1.0


def main() -> None:
    """Ask for the signal, then become the program."""
    parent, niceness, command = int(sys.argv[1]), int(sys.argv[2]), sys.argv[3:]
    os.nice(niceness)
    if sys.platform == "linux":
        # SIGTERM, not SIGKILL: the web server passes it on to its own workers.
        ctypes.CDLL(None, use_errno=True).prctl(PR_SET_PDEATHSIG, signal.SIGTERM, 0, 0, 0)
    if os.getppid() != parent:  # it died before the kernel was asked
        sys.exit(1)
    os.environ[PARENT] = str(parent)
    try:
        os.execv(command[0], command)  # noqa: S606 (the supervisor's own command line, without a shell)
    except FileNotFoundError:
        sys.exit(f"{command[0]}: not found")


def end_with_parent(patience: float = PATIENCE_SECONDS) -> None:
    """Where this process is on a leash itself: end it for good, ``patience`` seconds after its parent has gone."""
    parent = os.getppid()
    if os.environ.get(PARENT) == str(parent):
        threading.Thread(target=_watch, args=(parent, patience), name="leash", daemon=True).start()


def _watch(parent: int, patience: float) -> None:
    while os.getppid() == parent:
        time.sleep(LOOK_SECONDS)
    time.sleep(patience)
    os._exit(1)


if __name__ == "__main__":
    main()
