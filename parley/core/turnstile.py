"""How many threads of a web process work at the same time, and how many more may wait for something slow.

The processor and the database serve a few threads best. A thread that waits for a language model needs neither, so it
lets another one work meanwhile (``waiting``). That way hundreds of interviews can be held, and a booking still finds
its turn.
"""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from parley.core.transactions import release_connection


class TooManyWait(Exception):
    """As many threads wait as may; whoever asked does without."""


class Turnstile:
    """``working`` threads at once, and ``waiting`` ones beside them.

    One of the turns is never had by *patient* work, which asks a language model: where hundreds answer in the same
    moment, whoever books or looks at a page does not stand behind all of them.
    """

    def __init__(self, *, working: int, waiting: int) -> None:
        self._working = threading.Semaphore(working)
        self._patient = threading.Semaphore(max(working - 1, 1))
        self._waiting = threading.Semaphore(waiting)

    @contextmanager
    def work(self, *, is_patient: bool = False) -> Iterator[None]:
        """Take a turn, as soon as there is one, for the length of the block."""
        turn = _Turn(self, is_patient)
        turn.take()
        try:
            yield
        finally:
            turn.give()

    @contextmanager
    def pause(self, turn: "_Turn") -> Iterator[None]:
        """Give a turn to others for the length of the block; raises ``TooManyWait``."""
        if not self._waiting.acquire(blocking=False):
            raise TooManyWait
        turn.give()
        try:
            yield
        finally:
            self._waiting.release()
            turn.take()


@dataclass(frozen=True)
class _Turn:
    """A thread's turn."""

    turnstile: Turnstile
    is_patient: bool

    def take(self) -> None:
        if self.is_patient:
            self.turnstile._patient.acquire()
        self.turnstile._working.acquire()
        _mine.turn = self

    def give(self) -> None:
        _mine.turn = None
        self.turnstile._working.release()
        if self.is_patient:
            self.turnstile._patient.release()


class Pieces:
    """A streamed answer, each piece made in a turn of its own."""

    def __init__(self, turnstile: Turnstile, answer: Any, *, is_patient: bool = False) -> None:
        self.turnstile, self.answer, self.is_patient = turnstile, answer, is_patient
        self.pieces: Iterator[bytes] = iter(answer)

    def __iter__(self) -> "Pieces":
        return self

    def __next__(self) -> bytes:
        with self.turnstile.work(is_patient=self.is_patient):
            return next(self.pieces)

    def close(self) -> None:
        """End it, as servers do also where nobody listens any more."""
        with self.turnstile.work(is_patient=self.is_patient):
            self.answer.close()


class _Mine(threading.local):
    turn: _Turn | None = None  # that this thread has


_mine = _Mine()


@contextmanager
def waiting() -> Iterator[None]:
    """For something slow, outside of any transaction: gives back the database connection, and the turn where there is
    one. Raises ``TooManyWait`` in a web process where too many threads wait already."""
    release_connection()
    turn = _mine.turn
    if turn is None:
        yield
    else:
        with turn.turnstile.pause(turn):
            yield
