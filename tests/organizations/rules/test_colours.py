"""Accent colours: whatever a company chooses can be read."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from parley.organizations.rules.colours import (
    BLACK,
    DARK_GROUNDS,
    LIGHT_GROUNDS,
    READABLE,
    WHITE,
    colour,
    contrast,
    dark,
    light,
    on,
)

COLOURS = st.integers(0, 0xFFFFFF).map(lambda number: f"#{number:06x}")


@pytest.mark.parametrize(
    ("written", "read"),
    [
        ("#0b5cad", "#0b5cad"),
        ("0B5CAD", "#0b5cad"),
        (" #Fa0 ", "#ffaa00"),
        ("#0b5ca", None),
        ("#0b5cadff", None),
        ("blue", None),
        ("", None),
        ("#0b5ca\N{FULLWIDTH DIGIT ONE}", None),
        ("red;}body{color:#000000", None),
    ],
)
def test_what_is_a_colour(written: str, read: str | None) -> None:
    assert colour(written) == read


def test_contrasts_are_those_of_wcag() -> None:
    assert contrast(BLACK, WHITE) == 21
    assert round(contrast("#777777", WHITE), 2) == 4.48
    assert round(contrast("#0000ff", WHITE), 2) == 8.59
    assert contrast("#123456", "#123456") == 1


def test_black_or_white_stands_on_it() -> None:
    assert (on("#ffdd00"), on("#0b5cad"), on("#777777"), on("#757575")) == (BLACK, WHITE, BLACK, WHITE)


def test_a_colour_that_can_be_read_stays() -> None:
    assert light("#0b5cad").text == "#0b5cad"
    assert dark("#8cc1f7").text == "#8cc1f7"
    assert light("#ffdd00").fill == dark("#ffdd00").fill == "#ffdd00"


@given(COLOURS)
def test_every_colour_can_be_read_in_light_and_dark(accent: str) -> None:
    for shades, grounds in ((light(accent), LIGHT_GROUNDS), (dark(accent), DARK_GROUNDS)):
        assert shades.fill == accent
        assert contrast(shades.on_fill, shades.fill) >= READABLE
        assert contrast(shades.on_text, shades.text) >= READABLE
        assert min(contrast(shades.text, ground) for ground in grounds) >= READABLE
