"""Connections to receivers: only to addresses that were looked at, and never for longer than one deadline in all.

httpx asks a *network backend* of httpcore for its connections. This one resolves the name itself, refuses what is not
of the internet, and connects to exactly the address that it has looked at: a name that leads elsewhere a moment later
changes nothing. Its streams cut every wait to what is left of the deadline, so that a receiver that sends a byte now
and then does not stretch it.
"""

import queue
import socket
import ssl
import threading
import time
import typing
from collections.abc import Callable, Iterable

import httpcore
import httpx

from parley.webhooks.rules.addresses import is_public

Resolve = Callable[[str, int], list[str]]
MOST_ADDRESSES = 4
_PIECE = 16 * 1024


class PrivateAddress(Exception):
    """The name leads to a private network, or to this machine."""


class Deadline:
    """The end of an attempt, on the clock that nobody sets."""

    def __init__(self, seconds: float) -> None:
        self._end = time.monotonic() + seconds

    def at_most(self, seconds: float) -> None:
        """Bring it forward."""
        self._end = min(self._end, time.monotonic() + seconds)

    def left(self) -> float:
        """Seconds. Raises httpcore's time-out once there are none."""
        left = self._end - time.monotonic()
        if left <= 0:
            raise httpcore.ReadTimeout("The deadline of the attempt has passed.")
        return left


class CheckedBackend(httpcore.NetworkBackend):
    """Connects as the module says; ``allow_private`` leaves out the look at the address."""

    def __init__(self, deadline: Deadline, *, allow_private: bool, resolve: Resolve | None = None) -> None:
        self._deadline = deadline
        self._allow_private = allow_private
        self._resolve = resolve or resolved
        self._plain = httpcore.SyncBackend()

    def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: Iterable[httpcore.SOCKET_OPTION] | None = None,
    ) -> httpcore.NetworkStream:
        """A connection to the first address that answers. Raises ``PrivateAddress`` where one of them is private."""
        addresses = self._addresses(host, port)
        refusal: Exception = httpcore.ConnectError("The name has no address.")
        for address in addresses[:MOST_ADDRESSES]:
            try:
                stream = self._plain.connect_tcp(address, port, self._deadline.left(), None, socket_options)
            except (httpcore.ConnectError, httpcore.ConnectTimeout) as error:
                refusal = error
            else:
                return _BoundStream(stream, self._deadline)
        raise refusal

    def _addresses(self, host: str, port: int) -> list[str]:
        addresses = _within(self._deadline.left(), lambda: self._resolve(host, port))
        if not self._allow_private and not all(is_public(address) for address in addresses):
            raise PrivateAddress
        return addresses


class _BoundStream(httpcore.NetworkStream):
    """A connection whose every wait ends with the deadline."""

    def __init__(self, stream: httpcore.NetworkStream, deadline: Deadline) -> None:
        self._stream = stream
        self._deadline = deadline

    def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        return self._stream.read(max_bytes, self._deadline.left())

    def write(self, buffer: bytes, timeout: float | None = None) -> None:
        for start in range(0, len(buffer), _PIECE):
            self._stream.write(buffer[start : start + _PIECE], self._deadline.left())

    def close(self) -> None:
        self._stream.close()

    def start_tls(
        self, ssl_context: ssl.SSLContext, server_hostname: str | None = None, timeout: float | None = None
    ) -> httpcore.NetworkStream:
        secure = self._stream.start_tls(ssl_context, server_hostname, self._deadline.left())
        return _BoundStream(secure, self._deadline)

    def get_extra_info(self, info: str) -> typing.Any:
        return self._stream.get_extra_info(info)


class CheckedTransport(httpx.HTTPTransport):
    """httpx's own transport over a ``CheckedBackend``: one connection, no proxy, HTTP/1.1."""

    def __init__(self, backend: CheckedBackend, context: ssl.SSLContext) -> None:
        # httpx has no argument for a backend; its pool is all that it makes here.
        self._pool = httpcore.ConnectionPool(
            ssl_context=context, max_connections=1, max_keepalive_connections=0, network_backend=backend
        )


def resolved(host: str, port: int) -> list[str]:
    """The addresses of a name, in the system's order. Raises ``OSError``."""
    found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    return list(dict.fromkeys(str(address[0]) for *_, address in found))


def _within(seconds: float, look: Callable[[], list[str]]) -> list[str]:
    """What ``look`` finds, or a time-out: the system's resolver cannot be told to hurry, so it is left behind."""
    answers: queue.SimpleQueue[list[str] | OSError | UnicodeError] = queue.SimpleQueue()

    def ask() -> None:
        try:
            answers.put(look())
        except (OSError, UnicodeError) as error:
            answers.put(error)

    threading.Thread(target=ask, daemon=True).start()
    try:
        answer = answers.get(timeout=seconds)
    except queue.Empty:
        raise httpcore.ConnectTimeout("The name was not resolved in time.") from None
    if isinstance(answer, Exception):
        raise httpcore.ConnectError("The name could not be resolved.")
    return answer
