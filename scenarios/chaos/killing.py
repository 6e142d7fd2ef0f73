"""The killer: SIGKILL for one of the programs every second or so, chosen by dice."""

import os
import random
import signal
import subprocess
import threading
from collections import Counter
from collections.abc import Callable

SHORTEST_SECONDS, LONGEST_SECONDS = 0.4, 1.6  # between two of them
TEMPTED = 0.04  # of what was taken and not answered for yet
TARGETS = ("web server", "web worker", "job worker", "dispatcher")
_WORDS = {"web server": "granian", "job worker": "procrastinate", "dispatcher": "manage.py dispatch"}
_Process = tuple[int, str]  # its number and its command line


class Killer:
    """Kills what the supervisor ``pid`` has started, until it is stopped; ``after_each`` is called after each."""

    def __init__(self, pid: int, *, dice: random.Random, after_each: Callable[[], None]) -> None:
        self.pid, self.dice, self.after_each = pid, dice, after_each
        self.kills: Counter[str] = Counter()
        self.is_at_work = False

    def run(self, stop: threading.Event) -> None:
        """Go on until ``stop``."""
        self.is_at_work = True
        while not stop.wait(self.dice.uniform(SHORTEST_SECONDS, LONGEST_SECONDS)):
            target = self.dice.choice(TARGETS)
            if self._kill(target):
                self.kills[target] += 1
            self.after_each()
        self.is_at_work = False

    def tempt(self) -> None:
        """The worst moment: something has arrived, and its sender does not know. Now and then, kill it right now."""
        if self.is_at_work and self.dice.random() < TEMPTED and self._kill("job worker"):
            self.kills["job worker before it got its answer"] += 1

    def _kill(self, target: str) -> bool:
        """Whether there was one to kill; its supervisor may not have started it again yet."""
        found = self._processes(target)
        if not found:
            return False
        try:
            os.kill(self.dice.choice(sorted(found)), signal.SIGKILL)
        except ProcessLookupError:
            return False
        return True

    def _processes(self, target: str) -> list[int]:
        tree = _children()
        if target == "web worker":  # the web server's own children, but for the one that tidies up after them
            servers = [pid for pid, command in tree.get(self.pid, []) if _WORDS["web server"] in command]
            return [pid for each in servers for pid, command in tree.get(each, []) if "resource_tracker" not in command]
        return [pid for pid, command in tree.get(self.pid, []) if _WORDS[target] in command]


def _children() -> dict[int, list[_Process]]:
    """All processes by their parent."""
    listed = subprocess.run(
        ["ps", "-A", "-ww", "-o", "pid=,ppid=,args="],  # noqa: S607 (wherever it is)
        capture_output=True,
        text=True,
        check=True,
    )
    tree: dict[int, list[_Process]] = {}
    for line in listed.stdout.splitlines():
        pid, parent, command = line.split(None, 2)
        tree.setdefault(int(parent), []).append((int(pid), command))
    return tree
