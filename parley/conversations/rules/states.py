"""The words for where a session stands, who speaks in it, and what a turn is."""

from django.db.models import TextChoices

from parley.core.errors import Conflict


class SessionState(TextChoices):
    """*waiting*: not begun; the last three are over."""

    WAITING = "waiting"
    RUNNING = "running"
    FINISHED = "finished"
    EXPIRED = "expired"  # it ended at its limit, with what there was
    MISSED = "missed"  # nobody came


class Ending(TextChoices):
    """Why a session is over."""

    COMPLETE = "complete", "everything was asked"
    BY_CANDIDATE = "by_candidate", "the candidate ended it"
    TIME = "time", "the time was over"
    NO_SHOW = "no_show", "nobody came"


class Role(TextChoices):
    """Who speaks."""

    INTERVIEWER = "interviewer"
    CANDIDATE = "candidate"


class TurnKind(TextChoices):
    """What a turn is."""

    QUESTION = "question", "a core question, word for word"
    FOLLOW_UP = "follow_up"
    ANSWER = "answer"
    CLOSING = "closing"


class Difficulty(TextChoices):
    """How hard the questions are that a kit marks so."""

    EASY = "easy"
    MEDIUM = "medium"
    HARD = "hard"


OVER = (SessionState.FINISHED, SessionState.EXPIRED, SessionState.MISSED)
_NEXT: dict[str, frozenset[str]] = {
    SessionState.WAITING: frozenset({SessionState.RUNNING, SessionState.MISSED}),
    SessionState.RUNNING: frozenset({SessionState.FINISHED, SessionState.EXPIRED}),
}


def refuse_step(current: str, following: str) -> None:
    """Raise where a session in the state ``current`` cannot come to ``following``."""
    if following not in _NEXT.get(current, frozenset()):
        raise Conflict(f"The interview is {SessionState(current).label.lower()}.", code=f"session_{current}")
