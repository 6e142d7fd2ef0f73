"""Which administrator stands behind what is done, where one acts as somebody else."""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar

from parley.core.errors import Forbidden

_current: ContextVar[int | None] = ContextVar("acting_admin", default=None)


def acting_admin() -> int | None:
    """The id of the administrator who acts as the user of the request at work in this thread; mostly None."""
    return _current.get()


@contextmanager
def acting(admin_id: int) -> Iterator[None]:
    """All events in here name this administrator beside their actor."""
    token = _current.set(admin_id)
    try:
        yield
    finally:
        _current.reset(token)


def refuse_while_acting() -> None:
    """Raise ``Forbidden`` (``acting``) for what only the user in person may do, such as making a token."""
    if acting_admin() is not None:
        raise Forbidden("This is left to the user in person: you act for somebody else.", code="acting")
