"""Who is told: a mail server and receivers of webhooks. Both are slow, and both refuse now and then.

What is taken is noted before it is answered for, so that a sender that is killed in between has to send it again.
"""

import asyncio
import random
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from email.parser import BytesHeaderParser
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from aiosmtpd.controller import Controller
from standardwebhooks import Webhook, WebhookVerificationError

SLOWEST_SECONDS = 0.15
REFUSED = 0.03  # of what comes for the first time


@dataclass
class Taken:
    """What came, by its id; the methods may be called from many threads."""

    dice: random.Random
    times: Counter[str] = field(default_factory=Counter)
    contents: dict[str, set[Any]] = field(default_factory=dict)  # of each id; more than one is a fault
    refused: set[str] = field(default_factory=set)
    faults: list[str] = field(default_factory=list)
    lock: threading.Lock = field(default_factory=threading.Lock)
    before_answer: Callable[[], None] = lambda: None  # called when something was taken that the sender does not know of

    @property
    def repeats(self) -> int:
        """How often something came that was there already."""
        return self.times.total() - len(self.times)

    def pause(self) -> float:
        """How long the answer takes, in seconds."""
        with self.lock:
            return self.dice.uniform(0, SLOWEST_SECONDS)

    def take(self, key: str, content: Any) -> bool:
        """Whether it is taken; a few are refused, once."""
        with self.lock:
            if key not in self.times and key not in self.refused and self.dice.random() < REFUSED:
                self.refused.add(key)
                return False
            self.times[key] += 1
            self.contents.setdefault(key, set()).add(content)
        self.before_answer()
        return True


class MailTaker:
    """What the mail server does with a mail."""

    def __init__(self, taken: Taken) -> None:
        self.taken = taken

    async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:  # noqa: N802 (aiosmtpd's name)
        """Note the mail under its Message-ID, with whom it is for."""
        mail = BytesHeaderParser().parsebytes(envelope.content)
        is_taken = self.taken.take(str(mail["Message-ID"]).strip(), (tuple(envelope.rcpt_tos), str(mail["Subject"])))
        await asyncio.sleep(self.taken.pause())
        return "250 OK" if is_taken else "451 Try later"


@contextmanager
def mail_server(taken: Taken, port: int) -> Iterator[None]:
    """A mail server on 127.0.0.1."""
    server = Controller(MailTaker(taken), hostname="127.0.0.1", port=port)
    server.start()
    try:
        yield
    finally:
        server.stop()


class WebhookServer(ThreadingHTTPServer):
    """Receivers of webhooks, each with a path of its own that leads to its ``secrets``."""

    daemon_threads = True
    request_queue_size = 128

    def __init__(self, taken: Taken) -> None:
        super().__init__(("127.0.0.1", 0), _WebhookTaker)
        self.taken = taken
        self.secrets: dict[str, str] = {}

    def url(self, path: str) -> str:
        """The address of one of the receivers."""
        return f"http://127.0.0.1:{self.server_port}{path}"

    def receive(self, path: str, headers: dict[str, str], body: bytes) -> int:
        """Note a delivery whose signature is right under its id; the status of the answer."""
        try:
            Webhook(self.secrets[path]).verify(body, headers)
        except (KeyError, WebhookVerificationError) as error:
            self.taken.faults.append(f"A delivery to {path} is not signed as it should be: {error!r}.")
            return 400
        return 204 if self.taken.take(headers["webhook-id"], (path, body)) else 503

    def handle_error(self, request: Any, client_address: Any) -> None:
        """Senders that are killed leave broken connections behind: nothing to tell."""


class _WebhookTaker(BaseHTTPRequestHandler):
    server: WebhookServer

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"]))
        status = self.server.receive(self.path, {name.lower(): text for name, text in self.headers.items()}, body)
        time.sleep(self.server.taken.pause())
        self.send_response(status)
        self.send_header("Content-Length", "0")
        self.end_headers()

    def log_message(self, format: str, *args: Any) -> None:
        """Nothing."""


@contextmanager
def webhook_server(taken: Taken) -> Iterator[WebhookServer]:
    """Receivers on 127.0.0.1."""
    with WebhookServer(taken) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        try:
            yield server
        finally:
            server.shutdown()
