"""A small HTTP/1.1 load generator: a fixed number of keep-alive connections, each with one request under way.

It parses no more of an answer than its status and length, so that it leaves the processors to the server.
"""

import asyncio
import statistics
import time
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field


@dataclass
class Figures:
    """What was measured: latencies in milliseconds, the whole duration in seconds, answers by status."""

    seconds: float = 0.0
    milliseconds: list[float] = field(default_factory=list)
    statuses: Counter[int] = field(default_factory=Counter)

    @property
    def rate(self) -> float:
        """Answers a second."""
        return len(self.milliseconds) / self.seconds

    def percentile(self, percent: int) -> float:
        """Milliseconds that so many percent of the answers did not exceed."""
        return statistics.quantiles(self.milliseconds, n=100, method="inclusive")[percent - 1]

    def row(self, name: str) -> str:
        """One line of the table."""
        p50, p95, p99 = (self.percentile(percent) for percent in (50, 95, 99))
        return f"{name:<34}{self.rate:>9.0f}/s{p50:>9.1f}{p95:>9.1f}{p99:>9.1f}   {dict(self.statuses)}"


class _Connection(asyncio.Protocol):
    """Sends the next request as soon as the answer to the last one is whole."""

    def __init__(self, requests: Iterator[bytes], figures: Figures, done: Callable[[], None]) -> None:
        self.requests, self.figures, self.done = requests, figures, done
        self.buffer = b""
        self.begun = 0.0

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self.transport = transport
        self._send()

    def data_received(self, data: bytes) -> None:
        self.buffer += data
        head, separator, body = self.buffer.partition(b"\r\n\r\n")
        if not separator or len(body) < _length(head):
            return
        self.figures.milliseconds.append((time.perf_counter() - self.begun) * 1000)
        self.figures.statuses[int(head[9:12])] += 1
        self.buffer = b""
        self._send()

    def connection_lost(self, exc: Exception | None) -> None:
        self.done()

    def _send(self) -> None:
        request = next(self.requests, None)
        if request is None:
            self.transport.close()
            return
        self.begun = time.perf_counter()
        self.transport.write(request)


def _length(head: bytes) -> int:
    lowered = head.lower()
    at = lowered.find(b"content-length:")
    return 0 if at < 0 else int(lowered[at + 15 :].partition(b"\r\n")[0])


def request(method: str, path: str, *, token: str = "", body: bytes = b"") -> bytes:
    """The bytes of one request."""
    head = f"{method} {path} HTTP/1.1\r\nHost: localhost\r\n"
    head += f"Authorization: Token {token}\r\n" if token else ""
    head += f"Content-Type: application/json\r\nContent-Length: {len(body)}\r\n" if body else ""
    return head.encode() + b"\r\n" + body


def run(port: int, requests: Iterator[bytes], *, connections: int) -> Figures:
    """Send all requests over the connections, and measure."""
    return asyncio.run(_run(port, requests, connections))


async def _run(port: int, requests: Iterator[bytes], connections: int) -> Figures:
    figures, loop, ended = Figures(), asyncio.get_running_loop(), asyncio.Event()
    open_ones = connections

    def done() -> None:
        nonlocal open_ones
        open_ones -= 1
        if open_ones == 0:
            ended.set()

    begun = time.perf_counter()
    for _ in range(connections):
        await loop.create_connection(lambda: _Connection(requests, figures, done), "127.0.0.1", port)
    await ended.wait()
    figures.seconds = time.perf_counter() - begun
    return figures
