"""The one way to change the database: ``@operation`` runs a function in one durable transaction.

* The outermost transaction is durable: when the call returns, the change is on disk.
* PostgreSQL may abort one of two transactions that wait for each other; nothing of it has happened then, so
  it is run again. So is one that finds, once it holds its locks, that it has locked the wrong rows (``Stale``).
* A violated constraint becomes the domain error that the parts registered for it (``on_violation``).
"""

import functools
import random
import time
from collections.abc import Callable
from contextvars import ContextVar
from typing import ParamSpec, TypeVar

import psycopg.errors
from django.db import DataError, IntegrityError, OperationalError, connection, transaction

from parley.core.errors import Busy, Conflict, DomainError, Invalid

P = ParamSpec("P")
R = TypeVar("R")

ATTEMPTS = 5


class Stale(Exception):
    """What an operation read before it held its locks has changed since: it is run again."""


_joining: ContextVar[bool] = ContextVar("joining_a_transaction", default=False)
_violations: dict[str, Callable[[], DomainError]] = {}


def on_violation(constraint: str, error: Callable[[], DomainError]) -> None:
    """Name the domain error that a violated database ``constraint`` stands for."""
    _violations[constraint] = error


def operation(function: Callable[P, R]) -> Callable[P, R]:
    """Run ``function`` in one durable transaction; raises ``DomainError`` where a constraint refuses."""

    @functools.wraps(function)
    def run(*args: P.args, **kwargs: P.kwargs) -> R:
        if not _joining.get():
            return run_atomically(functools.partial(function, *args, **kwargs))
        try:
            return function(*args, **kwargs)
        except IntegrityError as error:  # whoever opened the transaction rolls it back on any refusal
            raise domain_error_of(error) from error

    return run


def run_atomically(function: Callable[[], R], *, joined: bool = False) -> R:
    """Call ``function`` in a durable transaction, again after a deadlock; ``joined`` operations inside share it.

    Raises ``Busy`` where it was aborted for others each time.
    """
    for attempt in range(1, ATTEMPTS + 1):
        token = _joining.set(joined)
        try:
            with transaction.atomic(durable=True):
                return function()
        except (OperationalError, Stale) as error:
            if not (isinstance(error, Stale) or _was_aborted_for_another(error)):
                raise
            if attempt == ATTEMPTS:
                raise Busy("Too many changes at the same place: nothing was changed, try again.") from error
            time.sleep(random.uniform(0, 0.02 * attempt))  # noqa: S311 (spreads retries; no secret)
        except IntegrityError as error:
            raise domain_error_of(error) from error
        except DataError as error:
            raise Invalid("A value is out of the range that can be stored.", code="out_of_range") from error
        finally:
            _joining.reset(token)
    raise AssertionError("unreachable")


def release_connection() -> None:
    """Give the connection back to the pool before something slow; the next statement takes another one."""
    if not connection.in_atomic_block:
        connection.close()


def domain_error_of(error: IntegrityError) -> DomainError:
    """The refusal that a violated constraint stands for; a clear conflict for one that nobody named."""
    cause = error.__cause__
    name = cause.diag.constraint_name if isinstance(cause, psycopg.Error) else None
    if name in _violations:
        return _violations[name]()
    if isinstance(cause, psycopg.errors.ForeignKeyViolation):
        return Conflict("Another object refers to this one, or one it refers to is gone.", code="in_use")
    return Conflict("The change would break a rule of the database.", code=name or "constraint")


def _was_aborted_for_another(error: OperationalError) -> bool:
    return isinstance(error.__cause__, psycopg.errors.DeadlockDetected | psycopg.errors.SerializationFailure)
