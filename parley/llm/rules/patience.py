"""How long a model is waited for. All times are seconds."""

from dataclasses import dataclass

BASE_WAIT, LONGEST_WAIT = 0.5, 8.0


@dataclass(frozen=True, kw_only=True)
class Patience:
    """``whole`` bounds everything: attempts, waits between them, and the models that stand in."""

    whole: float
    attempt: float
    first_piece: float
    between_pieces: float
    attempts: int  # of each model
    most_characters: int

    @classmethod
    def of_interviewer(cls, seconds: float) -> "Patience":
        """A candidate is waiting: at most ``seconds`` until the scripted interviewer carries on."""
        return cls(
            whole=seconds,
            attempt=seconds * 0.6,
            first_piece=seconds * 0.3,
            between_pieces=seconds * 0.2,
            attempts=2,
            most_characters=2_000,
        )

    @classmethod
    def of_judge(cls, seconds: float) -> "Patience":
        """Nobody is waiting for ``seconds``, as a rule some minutes."""
        return cls(
            whole=seconds,
            attempt=seconds * 0.5,
            first_piece=seconds * 0.3,
            between_pieces=seconds * 0.15,
            attempts=4,
            most_characters=20_000,
        )


def wait_before(attempt: int, *, chance: float, retry_after: float | None) -> float:
    """Seconds before the attempt of that number (from 2), ``chance`` being from 0 to 1.

    Exponential back-off with full jitter (Brooker, "Exponential Backoff And Jitter", AWS Architecture Blog, 2015): a
    part of 0.5 s · 2^(attempt-2), at most 8 s. Never less than the provider asks for.
    """
    backoff = min(BASE_WAIT * 2.0 ** (attempt - 2), LONGEST_WAIT) * chance
    return max(backoff, retry_after or 0.0)
