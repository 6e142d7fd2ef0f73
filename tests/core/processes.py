"""Real processes for tests: started, watched, and never left behind."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Mapping
from pathlib import Path

import pytest

PROJECT = Path(__file__).resolve().parent.parent.parent
PATIENCE_SECONDS = 60  # only ends a test that would hang
FROM_PYTEST = ("DATABASE_URL", "PYTEST", "DJANGO", "SECRET_KEY")

where_the_kernel_tells = pytest.mark.skipif(
    sys.platform != "linux", reason="other kernels do not tell a child of its parent's death"
)


def environment(**changes: str) -> dict[str, str]:
    """The environment of a program that a person starts: without what the tests set for themselves."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith(FROM_PYTEST)}
    path = os.pathsep.join(filter(None, [str(PROJECT), kept.get("PYTHONPATH")]))
    return {**kept, "PYTHONPATH": path, **changes}


def start(code: str, *arguments: str, env: Mapping[str, str] | None = None) -> "subprocess.Popen[str]":
    """Run Python code in a process and session of its own; write to it and read from it through pipes."""
    return subprocess.Popen(
        [sys.executable, "-c", code, *arguments],
        env=dict(env or environment()),
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
    )


def wait_until(condition: Callable[[], bool], what: str) -> None:
    deadline = time.monotonic() + PATIENCE_SECONDS
    while not condition():
        assert time.monotonic() < deadline, f"still waiting until {what}"
        time.sleep(0.02)


def is_alive(pid: int) -> bool:
    """Whether the process runs; one that has ended and waits for its parent does not."""
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    state = subprocess.run(["ps", "-o", "stat=", "-p", str(pid)], capture_output=True, text=True, check=False)
    return bool(state.stdout.strip()) and not state.stdout.strip().startswith("Z")


def kill(pid: int) -> None:
    os.kill(pid, signal.SIGKILL)
    wait_until(lambda: not is_alive(pid), f"process {pid} has ended")


def children(pid: int) -> list[int]:
    listed = subprocess.run(["ps", "-A", "-o", "pid=,ppid="], capture_output=True, text=True, check=True)
    pairs = [line.split() for line in listed.stdout.splitlines()]
    return [int(child) for child, parent in pairs if int(parent) == pid]


def modes_up_to_root(folder: Path) -> dict[Path, int]:
    return {path: path.stat().st_mode for path in (folder, *folder.parents)}
