"""The id under which one request's log lines and events are found again."""

import re
import uuid
from contextvars import ContextVar

_ACCEPTED = re.compile(r"^[A-Za-z0-9._-]{8,64}$")
_current: ContextVar[str] = ContextVar("request_id", default="")


def current_request_id() -> str:
    """The id of the request at work in this thread, or an empty string outside of one."""
    return _current.get()


def begin_request(given: str | None) -> str:
    """Take the caller's id where it is harmless, else make one; it is current until the next call."""
    request_id = given if given and _ACCEPTED.match(given) else uuid.uuid4().hex
    _current.set(request_id)
    return request_id
