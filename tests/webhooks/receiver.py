"""A receiver on a real socket: it reads each request whole, keeps it, and answers what the test says, byte by byte."""

import socket
import ssl
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field

Answer = Callable[[socket.socket], None]


@dataclass(frozen=True)
class Got:
    """A request as it came in; header names in small letters."""

    path: str
    headers: dict[str, str]
    body: bytes

    @property
    def id(self) -> str:
        return self.headers["webhook-id"]


@dataclass
class Receiver:
    """``answers`` are used one after the other, the last one again and again."""

    port: int
    answers: list[Answer]
    got: list[Got] = field(default_factory=list)
    connections: int = 0
    released: threading.Event = field(default_factory=threading.Event)  # ends what hangs

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}/in?token=hidden"


def answering(status: str, *headers: str, body: bytes = b"") -> Answer:
    """One whole answer: ``answering("200 OK", "Retry-After: 5")``."""
    head = "\r\n".join([f"HTTP/1.1 {status}", *headers, f"Content-Length: {len(body)}", "", ""])
    return lambda connection: connection.sendall(head.encode() + body)


OK, BROKEN = answering("200 OK", body=b"thanks"), answering("500 Internal Server Error", body=b"oh")


@contextmanager
def receiving(*answers: Answer, tls: ssl.SSLContext | None = None) -> Iterator[Receiver]:
    """A receiver for the time of the block."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        receiver = Receiver(listener.getsockname()[1], list(answers or (OK,)))
        threading.Thread(target=_serve, args=(listener, receiver, tls), daemon=True).start()
        try:
            yield receiver
        finally:
            receiver.released.set()
            with suppress(OSError):
                listener.shutdown(socket.SHUT_RDWR)


def _serve(listener: socket.socket, receiver: Receiver, tls: ssl.SSLContext | None) -> None:
    with suppress(OSError):
        while True:
            connection, _ = listener.accept()
            receiver.connections += 1
            threading.Thread(target=_answer, args=(connection, receiver, tls), daemon=True).start()


def _answer(plain: socket.socket, receiver: Receiver, tls: ssl.SSLContext | None) -> None:
    with plain, suppress(OSError), tls.wrap_socket(plain, server_side=True) if tls else plain as connection:
        request = _read(connection)
        answer = receiver.answers[min(len(receiver.got), len(receiver.answers) - 1)]
        receiver.got.append(request)
        answer(connection)


def _read(connection: socket.socket) -> Got:
    data = b""
    while b"\r\n\r\n" not in data:
        if not (piece := connection.recv(65536)):
            raise OSError
        data += piece
    head, _, body = data.partition(b"\r\n\r\n")
    first, *lines = head.decode().split("\r\n")
    headers = {name.lower(): value.strip() for name, _, value in (line.partition(":") for line in lines)}
    while len(body) < int(headers["content-length"]):
        body += connection.recv(65536)
    return Got(first.split(" ")[1], headers, body)
