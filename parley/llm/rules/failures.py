"""What can go wrong with an attempt, and whether the same model is asked once more."""

from dataclasses import dataclass
from typing import Any

from django.db.models import TextChoices


class Problem(TextChoices):
    """Why an attempt brought no answer."""

    RATE_LIMITED = "rate_limited"
    SERVER_ERROR = "server_error"
    REJECTED = "rejected"  # the provider will not take this request: a wrong key, model or parameter
    CONNECTION = "connection"
    TIMEOUT = "timeout"
    CUT = "cut"  # the stream ended before the answer did
    TOO_LONG = "too_long"
    INVALID = "invalid"  # no JSON, or of another shape
    NONSENSE = "nonsense"  # a text that the caller has no use for
    REFUSED = "refused"  # the model will not answer
    BUDGET = "budget"
    NOT_CONFIGURED = "not_configured"


_IN_VAIN = (Problem.REJECTED, Problem.BUDGET, Problem.NOT_CONFIGURED)


@dataclass(frozen=True, kw_only=True)
class Failure:
    """One attempt that failed. ``retry_after``: the seconds that the provider asks to wait."""

    problem: Problem
    detail: str = ""
    retry_after: float | None = None

    @property
    def is_worth_another(self) -> bool:
        """Whether the same request may succeed later."""
        return self.problem not in _IN_VAIN


def record_of(failure: Failure, *, model: str, milliseconds: int) -> dict[str, Any]:
    """A failed attempt as it is kept beside the answer that came of it in the end."""
    return {"model": model, "problem": str(failure.problem), "detail": failure.detail[:200], "ms": milliseconds}
