"""What an operation raises when it refuses. The API and the pages translate these, and nothing else, into answers."""

from collections.abc import Mapping, Sequence
from typing import ClassVar


class DomainError(Exception):
    """A refusal with a sentence for people (``detail``) and a stable word for programs (``code``)."""

    status: ClassVar[int] = 409
    code: str = "conflict"

    def __init__(
        self, detail: str, *, code: str | None = None, errors: Mapping[str, Sequence[str]] | None = None
    ) -> None:
        super().__init__(detail)
        self.detail = detail
        self.code = code or type(self).code
        self.errors = {field: list(messages) for field, messages in (errors or {}).items()}


class Invalid(DomainError):
    """The input itself is wrong; ``errors`` names the fields."""

    status = 400
    code = "invalid"

    @classmethod
    def field(cls, name: str, message: str, *, code: str | None = None) -> "Invalid":
        """One wrong field."""
        return cls(f"{name}: {message}", code=code, errors={name: [message]})


class Forbidden(DomainError):
    """The caller may not do this, whatever the object."""

    status = 403
    code = "forbidden"


class NotFound(DomainError):
    """There is no such object for this caller: another company's object is not told from one that is not there."""

    status = 404
    code = "not_found"

    @classmethod
    def of(cls, thing: str) -> "NotFound":
        """The usual sentence for a ``thing`` such as ``slot``."""
        return cls(f"No {thing} with this id.", code=f"{thing.replace(' ', '_')}_not_found")


class Conflict(DomainError):
    """The object's present state, or a lost race, forbids it."""


class Busy(DomainError):
    """Nothing is wrong with the request: it lost to others again and again, and has changed nothing."""

    status = 503
    code = "busy"
