"""Run a program that ends with its parent: ``python leash.py <parent's number> <niceness> <program> …``.

Where the supervisor is killed outright, the kernel tells its children (Linux; others have no such call). The
request survives ``exec`` and belongs to this process alone, so that no code runs between fork and exec in
the supervisor. Standard library only: it costs a few milliseconds.
"""

import ctypes
import os
import signal
import sys

PR_SET_PDEATHSIG = 1


def main() -> None:
    """Ask for the signal, then become the program."""
    parent, niceness, command = int(sys.argv[1]), int(sys.argv[2]), sys.argv[3:]
    os.nice(niceness)
    if sys.platform == "linux":
        # SIGTERM, not SIGKILL: the web server passes it on to its own workers.
        ctypes.CDLL(None, use_errno=True).prctl(PR_SET_PDEATHSIG, signal.SIGTERM, 0, 0, 0)
    if os.getppid() != parent:  # it died before the kernel was asked
        sys.exit(1)
    try:
        os.execv(command[0], command)  # noqa: S606 (the supervisor's own command line, without a shell)
    except FileNotFoundError:
        sys.exit(f"{command[0]}: not found")


if __name__ == "__main__":
    main()
