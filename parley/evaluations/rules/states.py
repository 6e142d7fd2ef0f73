"""The words for where an evaluation stands, and what people decide."""

from django.db.models import TextChoices


class EvaluationState(TextChoices):
    """*needs_ratings* until there are ``ENOUGH_REVIEWS``; *decided* once a person has decided."""

    NEEDS_RATINGS = "needs_ratings", "Needs ratings"
    RATED = "rated", "Rated"
    DECIDED = "decided", "Decided"


class Verdict(TextChoices):
    """What is decided about a candidate, always by a named person."""

    ADVANCE = "advance", "Advance"
    HOLD = "hold", "Hold"
    REJECT = "reject", "Reject"


class Wish(TextChoices):
    """What a candidate asks for once the interview was held."""

    EXPLANATION = "explanation", "An explanation"
    REVIEW = "review", "A review by a person"


class RequestState(TextChoices):
    """Where such a request stands."""

    OPEN = "open", "Open"
    ANSWERED = "answered", "Answered"


ENOUGH_REVIEWS = 1
LONGEST_MESSAGE = 2_000  # of a candidate
LONGEST_REPLY = 10_000  # of the person who answers


def state_of(*, reviews: int, is_decided: bool) -> EvaluationState:
    """Where an evaluation with so many current reviews stands."""
    if is_decided:
        return EvaluationState.DECIDED
    return EvaluationState.RATED if reviews >= ENOUGH_REVIEWS else EvaluationState.NEEDS_RATINGS
