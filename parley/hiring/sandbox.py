"""Running a parser on a stranger's file in a short-lived process, with limits and without the server's secrets."""

import os
import resource
import signal
import subprocess
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path

_ROOT = Path(__file__).resolve().parents[2]
# The parsers see none of the server's secrets, which live in its environment.
_ENVIRONMENT = ("PATH", "PYTHONPATH", "PYTHONHOME", "LD_LIBRARY_PATH", "TZ")


class TookTooMuch(Exception):
    """It needed more time or memory than it may have."""


class Ended(Exception):
    """It ended with this status instead of answering."""


def run_apart(command: Sequence[str], request: bytes, *, seconds: float) -> bytes:
    """What the process answers to the request on its standard input. Raises ``TookTooMuch`` and ``Ended``."""
    try:
        done = subprocess.run(  # noqa: S603 - a fixed command; the file goes through its standard input
            command,
            input=request,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            cwd=_ROOT,
            env={name: os.environ[name] for name in _ENVIRONMENT if name in os.environ},
            timeout=seconds,
            check=False,
        )
    except subprocess.TimeoutExpired as expired:
        raise TookTooMuch from expired
    if done.returncode in {-signal.SIGXCPU, -signal.SIGKILL}:
        raise TookTooMuch
    if done.returncode != 0:
        raise Ended(done.returncode)
    return done.stdout


def limit_this_process(*, memory: int, cpu_seconds: int) -> None:
    """Let this process have so many bytes of memory and seconds of computing; no file, and no process of its own."""
    limits = {
        resource.RLIMIT_AS: (memory, memory),
        resource.RLIMIT_CPU: (cpu_seconds, cpu_seconds + 1),
        resource.RLIMIT_FSIZE: (0, 0),
        resource.RLIMIT_NPROC: (0, 0),
        resource.RLIMIT_CORE: (0, 0),
    }
    for limit, values in limits.items():
        # macOS cannot limit the address space; elsewhere a refusal means that a stricter limit is set.
        with suppress(ValueError, OSError):
            resource.setrlimit(limit, values)
