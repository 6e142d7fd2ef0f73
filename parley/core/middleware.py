"""Middleware for every request: its id and log line, and the limit on its body."""

import time
from collections.abc import Callable
from contextlib import suppress

import structlog
from django.conf import settings
from django.core.signals import got_request_exception
from django.http import HttpRequest, HttpResponse, HttpResponseBase

from parley.core.problems import problem_response
from parley.core.request_id import begin_request, current_request_id

log = structlog.get_logger("parley.request")
GetResponse = Callable[[HttpRequest], HttpResponseBase]
MOST_THROWN_AWAY = 32_000_000  # bytes
QUIET = {"healthz", "readyz"}


class RequestLog:
    """Gives the request an id, says it in ``X-Request-ID``, and logs one line: the route, never path or body.

    A failure of ours gets a line of its own, with its traceback.
    """

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response
        got_request_exception.connect(_log_failure)

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        """Answer, with the id in place."""
        started = time.perf_counter()
        request_id = begin_request(request.headers.get("X-Request-ID"))
        response = self.get_response(request)
        response["X-Request-ID"] = request_id
        match = request.resolver_match
        if match is None or match.url_name not in QUIET:
            log.info(
                "request",
                request_id=request_id,
                method=request.method,
                route=match.route if match else "",
                status=response.status_code,
                milliseconds=round((time.perf_counter() - started) * 1000, 1),
            )
        return response


def _log_failure(sender: object, request: HttpRequest | None = None, **_: object) -> None:
    """Django tells of every exception that nobody has turned into an answer."""
    match = request.resolver_match if request else None
    log.error(
        "failure",
        request_id=current_request_id(),
        method=request.method if request else "",
        route=match.route if match else "",
        exc_info=True,
    )


class BodyLimit:
    """Refuses a body that is larger than any endpoint takes, or that does not say how large it is.

    What nobody has read of a body is read and thrown away before the answer: closing a connection with bytes
    unread resets it, and the client would see that instead of the answer.
    """

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        """Answer, or 413."""
        response = self._refusal(request) or self.get_response(request)
        _throw_away(request)
        return response

    def _refusal(self, request: HttpRequest) -> HttpResponse | None:
        if "Transfer-Encoding" in request.headers:
            return problem_response(411, "length_required", "Send the body with its Content-Length.")
        limit = _limit(request)
        return too_large(limit) if _content_length(request) > limit else None


def too_large(limit: int) -> HttpResponse:
    """413 with the limit named."""
    return problem_response(413, "too_large", f"The body is too large: at most {limit:,} bytes are accepted here.")


def _limit(request: HttpRequest) -> int:
    if (request.content_type or "").startswith("multipart/"):
        return int(settings.PARLEY_MAX_RESUME_BYTES) + 100_000
    return int(settings.PARLEY_MAX_JSON_BYTES)


def _throw_away(request: HttpRequest) -> None:
    """Read what is left of the body, up to a size at which losing the connection is the better answer."""
    if hasattr(request, "_body") or request.method in ("GET", "HEAD"):
        return
    is_chunked = "Transfer-Encoding" in request.headers
    source = request.META["wsgi.input"] if is_chunked else request
    left = MOST_THROWN_AWAY if is_chunked else min(_content_length(request), MOST_THROWN_AWAY)
    with suppress(OSError):  # the client has gone
        while left > 0 and (piece := source.read(min(left, 65536))):
            left -= len(piece)


def _content_length(request: HttpRequest) -> int:
    try:
        return int(request.META.get("CONTENT_LENGTH") or 0)
    except ValueError:
        return 0
