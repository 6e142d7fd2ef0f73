"""What a person's ratings must be, and how the ratings of several are combined."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from parley.conversations.rules.kits import LEVELS, Criterion
from parley.core.errors import Invalid

LONGEST_NOTE = 4000
Levels = Mapping[str, int | None]  # by the key of the criterion; None: the answers do not tell


@dataclass(frozen=True, kw_only=True)
class Combined:
    """The level of one criterion over all reviewers, and how far apart they are."""

    criterion: Criterion
    level: Fraction | None
    lowest: int | None
    highest: int | None
    ratings: int


def refuse_bad_levels(levels: Mapping[str, Any], criteria: Sequence[Criterion]) -> None:
    """Raise ``Invalid`` unless each criterion has a level from 1 to 5 or None, and at least one has a level."""
    keys = [each.key for each in criteria]
    if unknown := sorted(set(map(str, levels)) - set(keys)):
        raise Invalid.field("ratings", f"There is no criterion {unknown[0]}.", code="unknown_criterion")
    if missing := [key for key in keys if key not in levels]:
        words = f"{missing[0]} has no level: give one from 1 to 5, or null where the answers do not tell."
        raise Invalid.field("ratings", words, code="rating_missing")
    for key, level in levels.items():
        if level is not None and (type(level) is not int or level not in LEVELS):  # neither True nor 3.0
            raise Invalid.field("ratings", f"{key}: Must be a level from 1 to 5, or null.", code="bad_level")
    if all(level is None for level in levels.values()):
        raise Invalid.field("ratings", "At least one criterion needs a level.", code="nothing_rated")


def refuse_bad_notes(notes: Mapping[str, Any], criteria: Sequence[Criterion]) -> None:
    """Raise ``Invalid`` where a note is about no criterion, or no text of at most 4000 characters."""
    keys = {each.key for each in criteria}
    for key, note in notes.items():
        if key not in keys:
            raise Invalid.field("notes", f"There is no criterion {key}.", code="unknown_criterion")
        if not isinstance(note, str) or len(note) > LONGEST_NOTE or "\0" in note:
            raise Invalid.field("notes", f"{key}: Must be a text of at most {LONGEST_NOTE} characters.")


def combine(criteria: Iterable[Criterion], reviews: Sequence[Levels]) -> list[Combined]:
    """For each criterion the mean of the levels that reviewers gave it; those who gave none do not count."""
    combined = []
    for criterion in criteria:
        given = [level for each in reviews if (level := each.get(criterion.key)) is not None]
        combined.append(
            Combined(
                criterion=criterion,
                level=sum(map(Fraction, given), Fraction(0)) / len(given) if given else None,
                lowest=min(given, default=None),
                highest=max(given, default=None),
                ratings=len(given),
            )
        )
    return combined


def overall(combined: Iterable[Combined]) -> Fraction | None:
    """The level of the whole interview: L = Σ w·m / Σ w over the criteria that somebody gave a level.

    w is the criterion's weight in the kit, m the mean over its reviewers (``combine``). None where nobody gave any.
    The formula is applied by this code to the levels of people; nothing else goes into it.
    """
    rated = [(each.criterion.weight, each.level) for each in combined if each.level is not None]
    if not rated:
        return None
    return sum((weight * level for weight, level in rated), Fraction(0)) / sum(weight for weight, _ in rated)


def rounded(level: Fraction | None) -> float | None:
    """To two decimals, halves up: how levels are shown."""
    return None if level is None else int(level * 100 + Fraction(1, 2)) / 100
