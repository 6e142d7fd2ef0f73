"""Ratings, their combination, and agreement against published worked examples."""

from fractions import Fraction
from typing import Any

import pytest

from parley.conversations.rules.kits import Criterion
from parley.core.errors import Invalid
from parley.evaluations.rules.agreement import intraclass, weighted_kappa
from parley.evaluations.rules.ratings import combine, overall, refuse_bad_levels, refuse_bad_notes, rounded

ANCHORS = ("a", "b", "c", "d", "e")
CRITERIA = [
    Criterion(key="depth", name="Depth", description="D", anchors=ANCHORS, weight=2),
    Criterion(key="clarity", name="Clarity", description="C", anchors=ANCHORS),
]
# Table 2 of Shrout and Fleiss (1979): six targets, four judges.
SHROUT_FLEISS = [[9, 2, 5, 8], [6, 1, 3, 2], [8, 4, 6, 8], [7, 1, 2, 6], [10, 5, 6, 9], [6, 2, 4, 7]]
# The data set "anxiety" of the R package irr: twenty people, three raters.
ANXIETY = [
    [3, 3, 3, 4, 5, 5, 2, 3, 5, 2, 2, 6, 1, 5, 2, 2, 1, 2, 4, 3],
    [3, 6, 4, 6, 2, 4, 2, 4, 3, 3, 2, 3, 3, 3, 2, 2, 1, 3, 3, 4],
    [2, 1, 4, 4, 3, 2, 1, 6, 1, 1, 1, 2, 3, 3, 1, 1, 3, 3, 2, 2],
]


def test_intraclass_as_shrout_and_fleiss_print_it() -> None:
    """Their Table 4: .17, .29, .71."""
    found = intraclass(SHROUT_FLEISS)
    assert found is not None
    assert (round(found.one, 2), round(found.two, 2), round(found.three, 2)) == (0.17, 0.29, 0.71)


def test_weighted_kappa_as_cohen_prints_it() -> None:
    """Cohen (1968): proportions of 200 cases, his own weights of disagreement; kappa .492, weighted kappa .348."""
    shares = [0.44, 0.07, 0.09, 0.05, 0.20, 0.05, 0.01, 0.03, 0.06]
    first, second = [0, 0, 0, 1, 1, 1, 2, 2, 2], [0, 1, 2, 0, 1, 2, 0, 1, 2]
    weights = [[0, 1, 3], [1, 0, 6], [3, 6, 0]]
    found = weighted_kappa(first, second, weight=lambda a, b: weights[int(a)][int(b)], shares=shares)
    plain = weighted_kappa(first, second, weight=lambda a, b: float(a != b), shares=shares)
    assert found == pytest.approx(0.348, abs=5e-4)
    assert plain == pytest.approx(0.492, abs=5e-4)


def test_quadratic_kappa_as_irr_prints_it() -> None:
    """kappa2(anxiety[,1:2], "squared") is 0.297; of the raters 2 and 3 it is 0.2520325.

    irr counts the levels that occur: those two never gave a 5, so that their 6 is the fifth level.
    """
    assert weighted_kappa(ANXIETY[0], ANXIETY[1]) == pytest.approx(0.297, abs=5e-4)
    second, third = ([min(level, 5) for level in each] for each in ANXIETY[1:])
    assert weighted_kappa(second, third) == pytest.approx(0.2520325, abs=5e-8)


def test_quadratic_kappa_by_hand() -> None:
    """Pairs (1,1), (2,3), (3,3): observed 1; all nine combinations 0+4+4 + 1+1+1 + 4+0+0 = 15; 1 - 1*3/15."""
    assert weighted_kappa([1, 2, 3], [1, 3, 3]) == pytest.approx(0.8)


@pytest.mark.parametrize(
    ("first", "second", "expected"),
    [([1, 5, 3], [1, 5, 3], 1.0), ([1, 5], [5, 1], -1.0), ([], [], None), ([3, 3], [3, 3], None)],
    ids=["same", "opposite", "nothing", "one-level"],
)
def test_kappa_at_its_ends(first: list[float], second: list[float], expected: float | None) -> None:
    assert weighted_kappa(first, second) == expected


@pytest.mark.parametrize(
    "table", [[], [[1, 2]], [[1], [2]], [[3, 3], [3, 3]]], ids=["nothing", "one-row", "one-rater", "nothing-varies"]
)
def test_intraclass_is_not_defined_for_too_little(table: list[list[float]]) -> None:
    assert intraclass(table) is None


def test_intraclass_of_raters_who_agree_is_one() -> None:
    found = intraclass([[1, 1], [3, 3], [5, 5]])
    assert found is not None
    assert (found.one, found.two, found.three) == (1.0, 1.0, 1.0)


def test_levels_are_combined_by_the_formula() -> None:
    """Depth (weight 2): (4 + 5)/2; clarity (weight 1): 2, as one gave none. (2 * 9/2 + 2)/3 = 11/3."""
    combined = combine(CRITERIA, [{"depth": 4, "clarity": 2}, {"depth": 5, "clarity": None}])
    assert [(each.level, each.lowest, each.highest, each.ratings) for each in combined] == [
        (Fraction(9, 2), 4, 5, 2),
        (Fraction(2), 2, 2, 1),
    ]
    assert overall(combined) == Fraction(11, 3)
    assert rounded(overall(combined)) == 3.67


def test_a_criterion_without_any_level_does_not_count() -> None:
    combined = combine(CRITERIA, [{"depth": None, "clarity": 4}])
    assert (combined[0].level, combined[0].ratings, overall(combined)) == (None, 0, Fraction(4))
    assert overall(combine(CRITERIA, [])) is None
    assert rounded(None) is None


@pytest.mark.parametrize(
    ("levels", "code"),
    [
        ({"depth": 3}, "rating_missing"),
        ({"depth": 3, "clarity": 3, "wit": 3}, "unknown_criterion"),
        ({"depth": 0, "clarity": 3}, "bad_level"),
        ({"depth": 6, "clarity": 3}, "bad_level"),
        ({"depth": True, "clarity": 3}, "bad_level"),
        ({"depth": "3", "clarity": 3}, "bad_level"),
        ({"depth": 2.5, "clarity": 3}, "bad_level"),
        ({"depth": [1], "clarity": 3}, "bad_level"),
        ({"depth": None, "clarity": None}, "nothing_rated"),
    ],
    ids=["missing", "unknown", "low", "high", "bool", "text", "half", "list", "nothing"],
)
def test_ratings_that_do_not_fit_are_refused(levels: dict[str, Any], code: str) -> None:
    with pytest.raises(Invalid) as refused:
        refuse_bad_levels(levels, CRITERIA)
    assert (refused.value.code, list(refused.value.errors)) == (code, ["ratings"])


def test_notes_are_texts_about_criteria() -> None:
    refuse_bad_notes({"depth": "Good."}, CRITERIA)
    for notes in ({"wit": "?"}, {"depth": 7}, {"depth": "x" * 4001}, {"depth": "\0"}):
        with pytest.raises(Invalid):
            refuse_bad_notes(notes, CRITERIA)
