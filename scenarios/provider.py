"""A provider of language models on this machine: speaks OpenAI's chat completions over a real socket, and misbehaves.

What it does to a request is decided by the behaviours put into ``queue``, one for each request; when they are used up,
by ``usually``. It keeps the body of every request. Streams and structured output (``response_format``) are as in
OpenAI's API reference, "Create chat completion".
"""

import json
import threading
import time
from collections import deque
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

Speaker = Callable[[dict[str, Any]], str]  # of a request's body: the text that is answered
Behaviour = Callable[["Exchange"], None]


@dataclass
class Exchange:
    """One request and its connection."""

    provider: "Provider"
    handler: BaseHTTPRequestHandler
    body: dict[str, Any]

    @property
    def is_stream(self) -> bool:
        """Whether the answer is wanted piece by piece."""
        return bool(self.body.get("stream"))

    def fail(self, status: int, *, headers: dict[str, str] | None = None) -> None:
        """An error in OpenAI's form."""
        content = json.dumps({"error": {"message": "It went wrong.", "type": "error", "code": None}}).encode()
        self._begin(status, "application/json", {"Content-Length": str(len(content))} | (headers or {}))
        self._send(content)

    def say(
        self,
        text: str,
        *,
        pause: float = 0.0,
        cut_after: int | None = None,
        hang_after: int | None = None,
        finish: str = "stop",
    ) -> None:
        """Answer with a text; streamed word by word, ``pause`` seconds apart.

        After so many pieces the connection is cut, or nothing more comes until the server stops.
        """
        if not self.is_stream:
            choice = {"index": 0, "message": {"role": "assistant", "content": text}, "finish_reason": finish}
            content = json.dumps(self._frame("chat.completion") | {"choices": [choice], "usage": self._usage(text)})
            self._begin(200, "application/json", {"Content-Length": str(len(content.encode()))})
            self._send(content.encode())
            return
        self._begin(200, "text/event-stream", {"Connection": "close"})
        pieces = [piece + " " for piece in text.split(" ")]
        pieces[-1] = pieces[-1][:-1]
        for number, piece in enumerate(pieces):
            if number == cut_after:
                self._cut()
                return
            if number == hang_after:
                self.hang()
                return
            if pause:
                time.sleep(pause)
            delta = {"content": piece} | ({"role": "assistant"} if not number else {})
            self._event({"choices": [{"index": 0, "delta": delta, "finish_reason": None}]})
        self._event({"choices": [{"index": 0, "delta": {}, "finish_reason": finish}]})
        if self.body.get("stream_options", {}).get("include_usage"):
            self._event({"choices": [], "usage": self._usage(text)})
        self._send(b"data: [DONE]\n\n")

    def refuse(self) -> None:
        """Decline, as OpenAI's models do: in a field of its own."""
        if not self.is_stream:
            message = {"role": "assistant", "content": None, "refusal": "I cannot help with that."}
            choice = {"index": 0, "message": message, "finish_reason": "stop"}
            content = json.dumps(self._frame("chat.completion") | {"choices": [choice]}).encode()
            self._begin(200, "application/json", {"Content-Length": str(len(content))})
            self._send(content)
            return
        self._begin(200, "text/event-stream", {"Connection": "close"})
        delta = {"role": "assistant", "refusal": "I cannot help with that."}
        self._event({"choices": [{"index": 0, "delta": delta, "finish_reason": None}]})
        self._event({"choices": [{"index": 0, "delta": {}, "finish_reason": "stop"}]})
        self._send(b"data: [DONE]\n\n")

    def garble(self) -> None:
        """Send what is no JSON, where an event or an answer is due."""
        self._begin(200, "text/event-stream" if self.is_stream else "application/json", {"Connection": "close"})
        self._send(b'data: {"choices": [{"delta": {"content": "Tel\n\n' if self.is_stream else b'{"choices": [{')

    def hang(self) -> None:
        """Say nothing until the server stops, or the caller goes away."""
        self.provider.stopping.wait(60)

    def _begin(self, status: int, kind: str, headers: dict[str, str]) -> None:
        self.handler.send_response(status)
        for name, value in ({"Content-Type": kind} | headers).items():
            self.handler.send_header(name, value)
        self.handler.end_headers()

    def _event(self, values: dict[str, Any]) -> None:
        self._send(b"data: " + json.dumps(self._frame("chat.completion.chunk") | values).encode() + b"\n\n")

    def _send(self, content: bytes) -> None:
        self.handler.wfile.write(content)
        self.handler.wfile.flush()

    def _cut(self) -> None:
        self.handler.close_connection = True

    def _frame(self, kind: str) -> dict[str, Any]:
        return {"id": "chatcmpl-1", "object": kind, "created": 1_790_000_000, "model": self.body.get("model", "")}

    def _usage(self, text: str) -> dict[str, int]:
        given = len(json.dumps(self.body.get("messages", ""))) // 4
        taken = len(text.split())
        return {"prompt_tokens": given, "completion_tokens": taken, "total_tokens": given + taken}


@dataclass
class Provider:
    """The server and what has been asked of it. ``speak`` makes the text of a good answer."""

    speak: Speaker
    usually: Behaviour | None = None
    queue: deque[Behaviour] = field(default_factory=deque)
    requests: list[dict[str, Any]] = field(default_factory=list)
    stopping: threading.Event = field(default_factory=threading.Event)
    address: str = ""

    def answer(self, exchange: Exchange) -> None:
        """Do to a request what is due."""
        self.requests.append(exchange.body)
        try:
            behaviour = self.queue.popleft()
        except IndexError:
            behaviour = self.usually or well
        behaviour(exchange)

    @property
    def environment(self) -> dict[str, str]:
        """The variables that make Parley call it."""
        return {
            "OPENAI_BASE_URL": self.address,
            "OPENAI_API_KEY": "for-this-machine",
            "PARLEY_AI_MODEL": "openai:local",
        }


def well(exchange: Exchange) -> None:
    """A good answer."""
    exchange.say(exchange.provider.speak(exchange.body))


@contextmanager
def serve_provider(speak: Speaker, *, usually: Behaviour | None = None, port: int = 0) -> Iterator[Provider]:
    """A provider on a port of this machine's own interface, until the block ends."""
    provider = Provider(speak=speak, usually=usually)

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_POST(self) -> None:
            length = int(self.headers.get("Content-Length", "0"))
            body = json.loads(self.rfile.read(length))
            exchange = Exchange(provider, self, body)
            try:
                if self.path.endswith("/chat/completions"):
                    provider.answer(exchange)
                else:
                    exchange.fail(404)
            except (BrokenPipeError, ConnectionResetError):
                self.close_connection = True  # the caller has gone

        def log_message(self, format: str, *args: Any) -> None:
            """Nothing: what was asked is kept."""

    class Server(ThreadingHTTPServer):
        daemon_threads = True
        request_queue_size = 1024

    server = Server(("127.0.0.1", port), Handler)
    provider.address = f"http://127.0.0.1:{server.server_port}/v1"
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)
    thread.start()
    try:
        yield provider
    finally:
        provider.stopping.set()
        server.shutdown()
        server.server_close()
        thread.join()
