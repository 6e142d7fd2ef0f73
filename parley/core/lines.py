"""What is one line of text, such as a name or a title: it stands in subjects, headings and sentences."""

import unicodedata

_NOT_IN_A_LINE = frozenset({"Cc", "Zl", "Zp"})
_OVERRIDES = frozenset("\u202d\u202e")  # they turn round all that follows them, on pages and in mails


def is_one_line(text: str) -> bool:
    """Whether it has neither control characters nor such as force a direction of writing."""
    return not any(each in _OVERRIDES or unicodedata.category(each) in _NOT_IN_A_LINE for each in text)
