"""How many threads of a web process work at the same time, and how many more may wait for something slow.

The processor and the database serve a few threads best. A thread that waits for a language model needs neither, so it
lets another one work meanwhile (``waiting``). That way hundreds of interviews can be held, and a booking still finds
its turn.
"""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from parley.core.transactions import release_connection


class TooManyWait(Exception):
    """As many threads wait as may; whoever asked does without."""


class Turnstile:
    """``working`` threads at once, and ``waiting`` ones beside them."""

    def __init__(self, *, working: int, waiting: int) -> None:
        self._working = threading.Semaphore(working)
        self._waiting = threading.Semaphore(waiting)

    @contextmanager
    def work(self) -> Iterator[None]:
        """Take a turn, as soon as there is one, for the length of the block."""
        self._working.acquire()
        _mine.turnstile = self
        try:
            yield
        finally:
            _mine.turnstile = None
            self._working.release()

    @contextmanager
    def pause(self) -> Iterator[None]:
        """Give the turn to others for the length of the block; raises ``TooManyWait``."""
        if not self._waiting.acquire(blocking=False):
            raise TooManyWait
        _mine.turnstile = None
        self._working.release()
        try:
            yield
        finally:
            self._waiting.release()
            self._working.acquire()
            _mine.turnstile = self


class Pieces:
    """A streamed answer, each piece made in a turn of its own."""

    def __init__(self, turnstile: Turnstile, answer: Any) -> None:
        self.turnstile, self.answer = turnstile, answer
        self.pieces: Iterator[bytes] = iter(answer)

    def __iter__(self) -> "Pieces":
        return self

    def __next__(self) -> bytes:
        with self.turnstile.work():
            return next(self.pieces)

    def close(self) -> None:
        """End it, as servers do also where nobody listens any more."""
        with self.turnstile.work():
            self.answer.close()


class _Mine(threading.local):
    turnstile: Turnstile | None = None  # that this thread has a turn of


_mine = _Mine()


@contextmanager
def waiting() -> Iterator[None]:
    """For something slow, outside of any transaction: gives back the database connection, and the turn where there is
    one. Raises ``TooManyWait`` in a web process where too many threads wait already."""
    release_connection()
    if _mine.turnstile is None:
        yield
    else:
        with _mine.turnstile.pause():
            yield
