import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from parley.hiring.resumes.normalise import normalise


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("a\x00b\x07c\x7f\x85d", "abc\nd"),
        ("a\r\nb\rc\x0cd\u2028e", "a\nb\nc\nd\ne"),
        ("e\ufb03cient \ufb02ow", "efficient flow"),
        ("u\u0308ber", "über"),
        ("a\ud83d\ude00b\ud800c", "a\U0001f600bc"),
        ("co\u00adop\u200b\ufeff \u202eevil\u202c", "coop evil"),
        ("क\u094d\u200dष", "क\u094d\u200dष"),
        ("\uf0e0\u00a0ada@example.com", "  ada@example.com"),
        ("a  \t\nb\n\n\n\n\n\nc\n\n", "a\nb\n\n\nc"),
    ],
)
def test_normalise(text: str, expected: str) -> None:
    assert normalise(text) == expected


@given(st.text(st.characters(exclude_categories=[]), max_size=200))
def test_any_text_becomes_storable_and_stays_as_it_is(text: str) -> None:
    once = normalise(text)

    assert "\x00" not in once
    assert unicodedata.is_normalized("NFC", once)
    assert once.encode("utf-8").decode("utf-8") == once
    assert normalise(once) == once
