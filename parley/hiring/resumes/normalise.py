"""Text as it may be stored: no character that PostgreSQL refuses or that a reader cannot see."""

import re
import unicodedata

_LINE_ENDS = re.compile("\r\n|[\r\x0b\x0c\x85\u2028\u2029]")
# Controls, soft hyphens, marks of direction (they can disguise an address), byte order marks. The joiners
# U+200C and U+200D stay: Persian and the Indic scripts are spelled with them.
_UNSEEN = re.compile(
    "[\x00-\x08\x0e-\x1f\x7f-\x9f\u00ad\u061c\u180e\u200b\u200e\u200f\u202a-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb\ufffe\uffff]"
)
_SPACES = re.compile("[\u00a0\u1680\u2000-\u200a\u202f\u205f\u3000\ue000-\uf8ff]")  # and the icons of fonts
_LIGATURES = str.maketrans(
    {
        "\ufb00": "ff",
        "\ufb01": "fi",
        "\ufb02": "fl",
        "\ufb03": "ffi",
        "\ufb04": "ffl",
        "\ufb05": "st",
        "\ufb06": "st",
    }
)
_BLANK_LINES = re.compile(r"\n{4,}")


_MARKS_IN_A_ROW = 30  # Stream-Safe Text Format (UAX 15): composing longer runs takes time by their square


def normalise(text: str) -> str:
    """Return `text` in NFC without unseen characters, trailing spaces and more than two blank lines."""
    # Two surrogates that make a character are joined, and one alone is dropped.
    text = text.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "ignore")
    text = _UNSEEN.sub("", _LINE_ENDS.sub("\n", text))
    text = _SPACES.sub(" ", text).translate(_LIGATURES)
    text = "\n".join(line.rstrip(" \t") for line in unicodedata.normalize("NFC", _stream_safe(text)).split("\n"))
    return _BLANK_LINES.sub("\n\n\n", text).strip("\n")


def _stream_safe(text: str) -> str:
    """The text without the combining marks that no writing has so many of."""
    if text.isascii():
        return text
    kept: list[str] = []
    marks = 0
    for character in text:
        marks = marks + 1 if unicodedata.combining(character) else 0
        if marks <= _MARKS_IN_A_ROW:
            kept.append(character)
    return "".join(kept)
