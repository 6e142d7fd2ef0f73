"""From what a model answered to a level: only what its quotes prove counts, and code decides what that is."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from django.db.models import TextChoices

from parley.conversations.rules.kits import LEVELS, Criterion
from parley.core.texts import Text, storable
from parley.evaluations.rules.quotes import Found, Quote, Refused, check_quotes
from parley.evaluations.rules.ratings import Combined, overall

LONGEST_REASON = 2000


class JudgeState(TextChoices):
    """Where the AI stands with an evaluation."""

    NONE = "none", "not asked"  # no model is set
    ASKED = "asked", "is asked"
    DONE = "done", "done"
    FAILED = "failed", "failed"  # no model answered; what was answered before that is kept


class Outcome(TextChoices):
    """What one sample comes to."""

    LEVEL = "level", "a level, proven by at least one quote"
    INSUFFICIENT = "insufficient", "the answers do not tell"
    UNPROVEN = "unproven", "a level without a quote that is there"
    UNREADABLE = "unreadable", "no answer in the form that was asked for"


@dataclass(frozen=True, kw_only=True)
class Sample:
    """One answer of a model about one criterion, checked."""

    outcome: Outcome
    level: int | None  # only where the outcome is LEVEL
    reason: str
    found: tuple[Found, ...]
    refused: tuple[Refused, ...]


@dataclass(frozen=True, kw_only=True)
class Judged:
    """What the samples of one criterion come to; ``spread`` is how far apart those are that count."""

    criterion: Criterion
    level: Fraction | None
    spread: int | None
    is_insufficient: bool
    counted: int
    samples: tuple[Sample, ...]

    @property
    def evidence(self) -> tuple[Found, ...]:
        """The quotes of the samples that count, each once, in the order of the conversation."""
        found = {
            (each.turn, each.start, each.end): each for sample in self.samples for each in sample.found if sample.level
        }
        return tuple(found[key] for key in sorted(found))


def read_sample(raw: str, answers: Mapping[int, Text]) -> Sample:
    """What a model's answer comes to, given the masked ``answers`` that it was shown.

    A level without a single quote that is there is none: the outcome is then UNPROVEN.
    """
    said = _said(raw)
    if said is None:
        return Sample(outcome=Outcome.UNREADABLE, level=None, reason="", found=(), refused=())
    level, reason, quotes = said
    found, refused = check_quotes(quotes, answers)
    proven = Outcome.LEVEL if found else Outcome.UNPROVEN
    outcome = Outcome.INSUFFICIENT if level is None else proven
    return Sample(
        outcome=outcome,
        level=level if outcome == Outcome.LEVEL else None,
        reason=reason,
        found=tuple(found),
        refused=tuple(refused),
    )


def judged(criterion: Criterion, samples: Sequence[Sample]) -> Judged:
    """The samples of one criterion together.

    With the levels l of the samples that count: where these are more than half of all samples, the level is the median
    of l (of an even number, the mean of the two in the middle) and the spread max l - min l. Else the evidence is
    insufficient, and there is no level.
    """
    levels = sorted(each.level for each in samples if each.level is not None)
    level = level_of([each.level for each in samples])
    return Judged(
        criterion=criterion,
        level=level,
        spread=None if level is None else levels[-1] - levels[0],
        is_insufficient=level is None,
        counted=len(levels),
        samples=tuple(samples),
    )


def combined_samples(criteria: Sequence[Criterion], levels: Mapping[str, Sequence[int | None]]) -> list[Combined]:
    """The levels of all criteria from those of their samples alone, None for one that does not count."""
    return [
        Combined(criterion=each, level=level_of(levels.get(each.key, ())), lowest=None, highest=None, ratings=1)
        for each in criteria
    ]


def level_of(samples: Sequence[int | None]) -> Fraction | None:
    """The median of the samples that count, where these are more than half of all (``judged``)."""
    levels = sorted(each for each in samples if each is not None)
    return _median(levels) if 2 * len(levels) > len(samples) else None


def overall_of(levels: Sequence[tuple[Criterion, Fraction | None]]) -> Fraction | None:
    """The level on the whole, by the same formula as that of people: ``ratings.overall``."""
    return overall(
        Combined(criterion=criterion, level=level, lowest=None, highest=None, ratings=1) for criterion, level in levels
    )


def _median(levels: Sequence[int]) -> Fraction:
    middle = len(levels) // 2
    return Fraction(levels[middle]) if len(levels) % 2 else Fraction(levels[middle - 1] + levels[middle], 2)


def _said(raw: str) -> tuple[int | None, str, list[Quote]] | None:
    """Level, reason and quotes; None where the text is not the JSON object that was asked for."""
    try:
        given = json.loads(raw)
    except (ValueError, RecursionError):
        return None
    if not isinstance(given, dict) or "level" not in given:
        return None
    level, reason, quotes = given["level"], given.get("reason", ""), given.get("quotes", [])
    if level is not None and (isinstance(level, bool) or not isinstance(level, int) or level not in LEVELS):
        return None
    if not isinstance(reason, str) or not isinstance(quotes, list):
        return None
    return level, storable(reason[:LONGEST_REASON]), [quote for each in quotes if (quote := _quote(each)) is not None]


def _quote(given: Any) -> Quote | None:
    if not isinstance(given, dict):
        return None
    turn, words = given.get("turn"), given.get("quote")
    if isinstance(turn, bool) or not isinstance(turn, int) or not isinstance(words, str):
        return None
    return Quote(turn=turn, quote=storable(words))
