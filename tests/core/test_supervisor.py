import os
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.core.processes import environment, is_alive, start, wait_until, where_the_kernel_tells

# Keeps programs running, each given as "name=Python code"; creates the file "ready" when told so.
SUPERVISE = """
import signal, sys
from pathlib import Path
from parley.core.supervisor import Limits, Program, Supervisor
signal.signal(signal.SIGINT, signal.SIG_IGN)  # as a shell starts what it runs in the background
folder, stop, *programs = sys.argv[1:]
named = [argument.partition("=") for argument in programs]
supervisor = Supervisor(
    [Program(name, [sys.executable, "-c", code, folder]) for name, _, code in named],
    say=lambda line: print(line, flush=True),
    limits=Limits(stop=float(stop), deaths=3, first_pause=0.01, longest_pause=0.02),
)
def ready():
    with (Path(folder) / "ready").open("a") as file:
        file.write("ready ")
sys.exit(supervisor.run(when_ready=ready, is_ready=(Path(folder) / "may_be_ready").exists))
"""
RECORD = """
import os, signal, subprocess, sys, time
from pathlib import Path
folder = Path(sys.argv[1])
def record(name, text):
    with (folder / name).open("a") as file:
        file.write(f"{text} ")
"""
# Notes its start, and that it was asked to stop.
POLITE = f"""{RECORD}
def stop(number, frame):
    record("stopped", number)
    sys.exit(0)
signal.signal(signal.SIGTERM, stop)
record("started", os.getpid())
time.sleep(600)
"""
STUBBORN = f"""{RECORD}
signal.signal(signal.SIGTERM, signal.SIG_IGN)
record("stubborn", os.getpid())
time.sleep(600)
"""
# Does not heed the signal, but is on the leash.
LEASHED = f"from parley.core import leash\nleash.end_with_parent(patience=0.1)\n{STUBBORN}"
# Has a child of its own that does not stop by itself.
PARENT = f"""{RECORD}
child = subprocess.Popen([sys.executable, "-c",
    "import signal, time; signal.signal(signal.SIGTERM, signal.SIG_IGN); time.sleep(600)"])
record("grandchild", child.pid)
record("parent", os.getpid())
time.sleep(600)
"""
DYING = f"""{RECORD}
record("deaths", os.getpid())
sys.exit(3)
"""

Supervise = Callable[..., "subprocess.Popen[str]"]


@pytest.fixture
def supervise(tmp_path: Path) -> Iterator[Supervise]:
    started: list[subprocess.Popen[str]] = []

    def run(*programs: str, stop: float = 5) -> "subprocess.Popen[str]":
        started.append(start(SUPERVISE, str(tmp_path), str(stop), *programs))
        return started[-1]

    yield run
    for process in started:
        process.terminate()  # it ends what it started
        process.communicate()


def recorded(folder: Path, name: str) -> list[int]:
    path = folder / name
    return [int(number) for number in path.read_text().split()] if path.exists() else []


def wait_for(folder: Path, name: str, *, count: int = 1) -> list[int]:
    wait_until(lambda: len(recorded(folder, name)) >= count, f"{name} has {count} entries")
    return recorded(folder, name)


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT, signal.SIGHUP])
def test_stop_signal_stops_every_program(supervise: Supervise, tmp_path: Path, number: signal.Signals) -> None:
    supervisor = supervise(f"first={POLITE}", f"second={POLITE}")
    pids = wait_for(tmp_path, "started", count=2)
    supervisor.send_signal(number)
    said, complaints = supervisor.communicate()
    assert (supervisor.returncode, said, complaints) == (0, "Stopping …\n", "")
    assert recorded(tmp_path, "stopped") == [signal.SIGTERM, signal.SIGTERM]
    assert not any(is_alive(pid) for pid in pids)


def test_programs_do_not_get_the_terminals_signals(supervise: Supervise, tmp_path: Path) -> None:
    supervisor = supervise(f"web={POLITE}")
    (pid,) = wait_for(tmp_path, "started")
    assert os.getsid(pid) == pid
    assert os.getsid(pid) != os.getsid(supervisor.pid)


def test_works_with_standard_input_closed(tmp_path: Path) -> None:
    command = [
        "sh",
        "-c",
        'exec "$@" <&-',
        "sh",
        sys.executable,
        "-c",
        SUPERVISE,
        str(tmp_path),
        "60",
        f"web={POLITE}",
    ]
    supervisor = subprocess.Popen(command, env=environment(), start_new_session=True, stdout=subprocess.DEVNULL)
    wait_for(tmp_path, "started")
    supervisor.send_signal(signal.SIGTERM)
    assert supervisor.wait() == 0
    assert recorded(tmp_path, "stopped") == [signal.SIGTERM]


def test_program_that_was_killed_is_started_again(supervise: Supervise, tmp_path: Path) -> None:
    supervisor = supervise(f"web={POLITE}")
    (pid,) = wait_for(tmp_path, "started")
    os.kill(pid, signal.SIGKILL)
    _, second = wait_for(tmp_path, "started", count=2)
    supervisor.send_signal(signal.SIGTERM)
    said, _ = supervisor.communicate()
    assert said == "The web ended (signal 9). Starting it again.\nStopping …\n"
    assert supervisor.returncode == 0
    assert not is_alive(second)


def test_what_a_killed_program_left_behind_is_ended_before_it_starts_again(
    supervise: Supervise, tmp_path: Path
) -> None:
    supervise(f"web={PARENT}")
    (pid,) = wait_for(tmp_path, "parent")
    (grandchild,) = recorded(tmp_path, "grandchild")
    os.kill(pid, signal.SIGKILL)
    wait_for(tmp_path, "parent", count=2)
    assert not is_alive(grandchild)


def test_does_not_give_up_on_a_program_that_others_kill(supervise: Supervise, tmp_path: Path) -> None:
    """More often than a program may end by its own doing: it is not its fault."""
    supervisor = supervise(f"it={POLITE}")
    for number in range(1, 6):
        os.kill(wait_for(tmp_path, "started", count=number)[-1], signal.SIGKILL)
    wait_for(tmp_path, "started", count=6)
    assert supervisor.poll() is None


def test_gives_up_on_a_program_that_keeps_dying(supervise: Supervise, tmp_path: Path) -> None:
    supervisor = supervise(f"web={POLITE}", f"jobs={DYING}")
    said, _ = supervisor.communicate()
    assert supervisor.returncode == 1
    assert said.splitlines() == [
        "The jobs ended (exit code 3). Starting it again.",
        "The jobs ended (exit code 3). Starting it again.",
        "The jobs ended 3 times within 60 seconds (exit code 3). Giving up: see its messages above.",
    ]
    assert len(recorded(tmp_path, "deaths")) == 3
    assert not any(is_alive(pid) for pid in recorded(tmp_path, "started"))


def test_program_that_does_not_stop_is_killed(supervise: Supervise, tmp_path: Path) -> None:
    supervisor = supervise(f"web={STUBBORN}", f"jobs={POLITE}", stop=0.5)
    (stubborn,) = wait_for(tmp_path, "stubborn")
    wait_for(tmp_path, "started")
    supervisor.send_signal(signal.SIGTERM)
    supervisor.communicate()
    assert supervisor.returncode == 0
    assert recorded(tmp_path, "stopped") == [signal.SIGTERM]
    assert not is_alive(stubborn)


def test_second_signal_hurries(supervise: Supervise, tmp_path: Path) -> None:
    supervisor = supervise(f"web={STUBBORN}", stop=3600)
    (stubborn,) = wait_for(tmp_path, "stubborn")

    def ended() -> bool:
        supervisor.send_signal(signal.SIGINT)
        return supervisor.poll() is not None

    wait_until(ended, "the supervisor has ended")
    assert supervisor.returncode == 0
    assert not is_alive(stubborn)


def test_no_grandchild_is_left(supervise: Supervise, tmp_path: Path) -> None:
    supervisor = supervise(f"web={PARENT}")
    wait_for(tmp_path, "parent")
    (grandchild,) = recorded(tmp_path, "grandchild")
    supervisor.send_signal(signal.SIGTERM)
    supervisor.communicate()
    assert not is_alive(grandchild)


@where_the_kernel_tells
def test_programs_end_with_a_supervisor_that_was_killed(supervise: Supervise, tmp_path: Path) -> None:
    supervisor = supervise(f"web={POLITE}")
    (pid,) = wait_for(tmp_path, "started")
    supervisor.kill()
    wait_until(lambda: not is_alive(pid), "the program has ended")
    assert recorded(tmp_path, "stopped") == [signal.SIGTERM]


def test_program_that_will_not_end_is_ended_after_its_killed_supervisor(supervise: Supervise, tmp_path: Path) -> None:
    supervisor = supervise(f"web={LEASHED}")
    (pid,) = wait_for(tmp_path, "stubborn")
    supervisor.kill()
    wait_until(lambda: not is_alive(pid), "the program has ended")


def test_ready_is_told_once_and_not_before(supervise: Supervise, tmp_path: Path) -> None:
    supervise(f"web={POLITE}")
    (pid,) = wait_for(tmp_path, "started")
    assert not (tmp_path / "ready").exists()
    (tmp_path / "may_be_ready").touch()
    wait_until((tmp_path / "ready").exists, "it is ready")
    os.kill(pid, signal.SIGKILL)
    wait_for(tmp_path, "started", count=2)
    assert (tmp_path / "ready").read_text() == "ready "


def test_program_that_cannot_be_found_is_given_up(tmp_path: Path) -> None:
    code = SUPERVISE.replace("[sys.executable,", '["/no/such/program",')
    done = subprocess.run(
        [sys.executable, "-c", code, str(tmp_path), "60", "web=pass"],
        env=environment(),
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 1
    assert done.stdout.splitlines()[-1].startswith("The web ended 3 times within 60 seconds")
    assert "/no/such/program: not found" in done.stderr
    assert "Traceback" not in done.stderr
