"""Run several programs together: restart what dies, and stop all in bounded time, with their own children.

Each program gets its own session, so that Ctrl-C in the terminal reaches the supervisor alone, which orders
the shutdown. A program's whole process group is ended with it.
"""

import os
import select
import signal
import subprocess
import sys
import time
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from types import FrameType

from parley.core import leash

STOP_SIGNALS = {signal.SIGINT, signal.SIGTERM, signal.SIGHUP}
TICK_SECONDS = 0.2


@dataclass(frozen=True)
class Limits:
    """How patient the supervisor is, in seconds."""

    stop: float = 15.0  # after that a program that does not stop is killed
    deaths: int = 5  # by its own doing, so many within the window, and the supervisor gives up
    window: float = 60.0
    first_pause: float = 0.5  # before a restart; doubled for each death within the window
    longest_pause: float = 8.0


@dataclass
class Program:
    """A program to keep running: a name for the messages, and the command with an absolute path."""

    name: str
    command: Sequence[str]
    niceness: int = 0  # 19 gives way to everything else
    process: subprocess.Popen[bytes] | None = field(default=None, init=False)
    restart_at: float = field(default=0.0, init=False)
    deaths: deque[tuple[float, int]] = field(default_factory=deque, init=False)  # when, and the exit code

    def start(self) -> None:
        """Start it in a session of its own."""
        self.process = subprocess.Popen(  # noqa: S603 (the caller's fixed command lines)
            [sys.executable, "-I", "-S", leash.__file__, str(os.getpid()), str(self.niceness), *self.command],
            stdin=subprocess.DEVNULL,
            start_new_session=True,
        )

    @property
    def runs(self) -> bool:
        """Whether its first process is alive."""
        return self.process is not None and self.process.poll() is None

    def signal(self, number: signal.Signals) -> None:
        """Send the signal to its first process, which orders the shutdown of its own children."""
        if self.process is not None:
            self.process.send_signal(number)

    def kill_group(self) -> None:
        """Kill whatever is left of it; the group has the first process's number as long as a member lives."""
        if self.process is not None:
            with suppress(ProcessLookupError, PermissionError):
                os.killpg(self.process.pid, signal.SIGKILL)
            self.process.wait()


class Supervisor:
    """Keeps programs running until a signal says stop."""

    def __init__(
        self, programs: Sequence[Program], *, say: Callable[[str], None], limits: Limits | None = None
    ) -> None:
        self.programs = programs
        self.say = say
        self.limits = limits or Limits()

    def run(self, *, when_ready: Callable[[], None], is_ready: Callable[[], bool]) -> int:
        """Run the programs; return 0 after a stop signal, 1 where one of them keeps dying.

        ``is_ready`` is asked now and then, until it says yes; then ``when_ready`` is called once.
        """
        with _signals() as inbox:
            try:
                for program in self.programs:
                    program.start()
                return self._watch(inbox, when_ready=when_ready, is_ready=is_ready)
            finally:
                self._stop_all(inbox)

    def _watch(self, inbox: "Inbox", *, when_ready: Callable[[], None], is_ready: Callable[[], bool]) -> int:
        ready = False
        while not inbox.wait(TICK_SECONDS):
            for program in self.programs:
                if not self._revive(program):
                    return 1
            if not ready and all(program.runs for program in self.programs) and is_ready():
                ready = True
                when_ready()
        self.say("Stopping …")
        return 0

    def _revive(self, program: Program) -> bool:
        """Restart the program if it died and its pause is over; return False to give up."""
        if program.runs:
            return True
        now = time.monotonic()
        if program.process is not None:
            code = program.process.returncode
            program.kill_group()  # what it left behind may still hold the port
            program.process = None
            program.deaths.append((now, code))
            while program.deaths[0][0] < now - self.limits.window:
                program.deaths.popleft()
            # Who is killed from outside has not failed: it is only started again, after a longer pause each time.
            own = sum(code != -signal.SIGKILL for _, code in program.deaths)
            if own >= self.limits.deaths:
                self.say(
                    f"The {program.name} ended {own} times within "
                    f"{self.limits.window:.0f} seconds ({_ending(code)}). Giving up: see its messages above."
                )
                return False
            pause = min(self.limits.first_pause * 2 ** (len(program.deaths) - 1), self.limits.longest_pause)
            program.restart_at = now + pause
            self.say(f"The {program.name} ended ({_ending(code)}). Starting it again.")
        if now >= program.restart_at:
            program.start()
        return True

    def _stop_all(self, inbox: "Inbox") -> None:
        """Ask all at once, wait, and kill what is left; a second signal shortens the wait."""
        for program in self.programs:
            program.signal(signal.SIGTERM)
        asked = time.monotonic()
        while any(program.runs for program in self.programs) and time.monotonic() < asked + self.limits.stop:
            # At once may be the same wish again: `make` passes on a signal that its whole group has got.
            if inbox.wait(0.05) and time.monotonic() > asked + 1:
                break
        for program in self.programs:
            program.kill_group()


class Inbox:
    """The stop signals that came, to be waited for."""

    def __init__(self, descriptor: int) -> None:
        self._descriptor = descriptor

    def wait(self, seconds: float) -> bool:
        """Wait so long, or until a signal comes; return whether one of them says stop."""
        if not select.select([self._descriptor], [], [], seconds)[0]:
            return False
        with suppress(BlockingIOError):
            return any(number in STOP_SIGNALS for number in os.read(self._descriptor, 512))
        return False


@contextmanager
def _signals() -> Iterator[Inbox]:
    """Collect stop signals, and wake up when a child ends; put the earlier handlers back at the end."""
    reading, writing = os.pipe()
    os.set_blocking(reading, False)
    os.set_blocking(writing, False)
    collected = {signal.SIGCHLD, signal.SIGINT, signal.SIGTERM}
    if signal.getsignal(signal.SIGHUP) is not signal.SIG_IGN:  # nohup asks to live on
        collected.add(signal.SIGHUP)
    earlier = {number: signal.signal(number, _nothing) for number in collected}
    earlier_descriptor = signal.set_wakeup_fd(writing, warn_on_full_buffer=False)
    try:
        yield Inbox(reading)
    finally:
        signal.set_wakeup_fd(earlier_descriptor)
        for number, handler in earlier.items():
            signal.signal(number, handler)
        os.close(reading)
        os.close(writing)


def _nothing(_number: int, _frame: FrameType | None) -> None:
    """Only so that the signal is written to the pipe."""


def _ending(code: int) -> str:
    return f"signal {-code}" if code < 0 else f"exit code {code}"
