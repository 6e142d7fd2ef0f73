"""One request to a receiver, and what became of it. No database here: it runs in threads, outside of transactions."""

import contextlib
import functools
import ssl
import time
from collections.abc import Mapping
from dataclasses import dataclass, field, replace

import httpx
from django.conf import settings

from parley.webhooks.network import CheckedBackend, CheckedTransport, Deadline, PrivateAddress, Resolve

DEADLINE_SECONDS = 15.0
BODY_SECONDS = 3.0  # for the answer's body: by then its status is known
KEPT_BYTES = 4096
READ_BYTES = 64 * 1024
MOST_HEADERS, LONGEST_HEADER = 50, 500
LONGEST_ERROR = 500


@dataclass(frozen=True, kw_only=True)
class Limits:
    """How long a receiver is waited for, in seconds, and how it is found."""

    whole: float = DEADLINE_SECONDS
    body: float = BODY_SECONDS
    resolve: Resolve | None = None


@dataclass(frozen=True, kw_only=True)
class Outcome:
    """What became of one request: a ``status`` where an answer began, else an ``error`` in words."""

    duration_ms: int = 0
    request_headers: Mapping[str, str] = field(default_factory=dict)
    status: int | None = None
    answer_headers: Mapping[str, str] = field(default_factory=dict)
    answer_body: str = ""
    error: str = ""
    retry_after: str = ""


def post(url: str, *, body: str, headers: Mapping[str, str], limits: Limits) -> Outcome:
    """POST ``body``. Never raises for what the receiver or the network does, and follows no redirect.

    Once a status has arrived it counts, whatever happens to the rest of the answer.
    """
    begun = time.monotonic()
    sent = _headers(headers)
    try:
        outcome = _exchange(url, body=body.encode(), headers=sent, limits=limits)
    except PrivateAddress:
        outcome = Outcome(error="The address belongs to a private network: nothing was sent.")
    except (httpx.HTTPError, httpx.InvalidURL) as error:
        outcome = Outcome(error=_in_words(error))
    return replace(outcome, duration_ms=round((time.monotonic() - begun) * 1000), request_headers=sent)


def _exchange(url: str, *, body: bytes, headers: Mapping[str, str], limits: Limits) -> Outcome:
    deadline = Deadline(limits.whole)
    allowed = settings.PARLEY_ALLOW_PRIVATE_WEBHOOKS
    backend = CheckedBackend(deadline, allow_private=allowed, resolve=limits.resolve)
    with (
        httpx.Client(transport=CheckedTransport(backend, _tls()), trust_env=False) as client,
        client.stream("POST", url, content=body, headers=headers, follow_redirects=False) as answer,
    ):
        deadline.at_most(limits.body)
        return Outcome(
            status=answer.status_code,
            answer_headers=_shown(answer.headers),
            answer_body=_beginning(answer),
            retry_after=answer.headers.get("Retry-After", ""),
            error="" if answer.is_success else f"The receiver answered {answer.status_code}.{_more(answer)}",
        )


def _more(answer: httpx.Response) -> str:
    return " Redirects are not followed." if answer.is_redirect else ""


def _headers(signed: Mapping[str, str]) -> dict[str, str]:
    version = settings.SPECTACULAR_SETTINGS["VERSION"]
    return {
        "User-Agent": f"Parley-Webhooks/{version}",
        "Content-Type": "application/json",
        "Accept": "*/*",
        "Accept-Encoding": "identity",
        "Connection": "close",
        **signed,
    }


def _beginning(answer: httpx.Response) -> str:
    """As much of the body as is kept; what comes after ``READ_BYTES`` is left on the line, and the line is cut."""
    kept, read = b"", 0
    with contextlib.suppress(httpx.HTTPError):  # the status has been said
        for piece in answer.iter_raw():
            kept += piece[: KEPT_BYTES - len(kept)]
            read += len(piece)
            if read >= READ_BYTES:
                break
    return _storable(kept.decode(errors="replace"))


def _shown(headers: httpx.Headers) -> dict[str, str]:
    items = list(headers.items())[:MOST_HEADERS]
    return {_storable(name)[:LONGEST_HEADER]: _storable(value)[:LONGEST_HEADER] for name, value in items}


def _storable(text: str) -> str:
    return text.replace("\x00", "\N{REPLACEMENT CHARACTER}")


def _in_words(error: Exception) -> str:
    """For the company: what went wrong, without the address."""
    if isinstance(error, httpx.TimeoutException):
        return "There was no answer in time."
    cause = _cause(error)
    if isinstance(cause, ssl.SSLCertVerificationError):
        return f"The certificate was not accepted: {_storable(cause.verify_message)}"[:LONGEST_ERROR]
    if isinstance(error, httpx.ConnectError):
        return f"No connection: {_storable(str(error)) or type(error).__name__}"[:LONGEST_ERROR]
    if isinstance(error, httpx.RemoteProtocolError | httpx.ReadError):
        return "The connection ended before there was a complete answer."
    return type(error).__name__


def _cause(error: BaseException) -> BaseException:
    while (before := error.__cause__ or error.__context__) is not None:
        error = before
    return error


@functools.cache
def _tls() -> ssl.SSLContext:
    """Certificates are checked: by the usual authorities, or those that ``SSL_CERT_FILE`` names."""
    return httpx.create_ssl_context()
