"""What is one line of text."""

import pytest

from parley.core.lines import is_one_line


@pytest.mark.parametrize("text", ["", "Zoë O'Neil-Łuk", "नूर ज़ैदी", "שרה\u200f", "a\u200cb", "🎉 Lab"])
def test_one_line(text: str) -> None:
    assert is_one_line(text)


@pytest.mark.parametrize("number", [0x00, 0x09, 0x0A, 0x0D, 0x7F, 0x85, 0x2028, 0x2029, 0x202D, 0x202E])
def test_not_one_line(number: int) -> None:
    assert not is_one_line(f"a{chr(number)}b")
