"""A text whose characters know where they come from, and what is left out of one before a model reads it."""

import re
import unicodedata
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

# They show nothing, and are letters, marks or symbols by their category all the same.
_BLANK = frozenset(
    [
        *(0x034F, 0x115F, 0x1160, 0x17B4, 0x17B5, 0x2800, 0x3164, 0xFFA0),
        *(*range(0x180B, 0x1810), *range(0xFE00, 0xFE10), *range(0xE0000, 0xE1000)),
    ]
)
_UNUSUAL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f]")
_NOT_STORED = re.compile("[\0\ud800-\udfff]")
_HIDDEN_CATEGORIES = ("Cc", "Cf", "Cn", "Co", "Cs")


@dataclass(frozen=True)
class Text:
    """``words``, and for each of their characters the stretch of the original that it stands for: start and end."""

    words: str
    places: tuple[tuple[int, int], ...]

    @classmethod
    def plain(cls, words: str) -> "Text":
        """An original as it is."""
        return cls(words, tuple(zip(range(len(words)), range(1, len(words) + 1), strict=True)))

    @classmethod
    def of(cls, pieces: Iterable[tuple[str, tuple[int, int]]]) -> "Text":
        """From pieces with their places; all characters of a piece have its place."""
        words: list[str] = []
        places: list[tuple[int, int]] = []
        for piece, place in pieces:
            words.append(piece)
            places.extend([place] * len(piece))
        return cls("".join(words), tuple(places))

    def origin(self, start: int, end: int) -> tuple[int, int]:
        """Where the characters from ``start`` until before ``end`` come from."""
        return self.places[start][0], self.places[end - 1][1]


def cleaned(original: str) -> Text:
    """The text as a model may read it, in the normal form NFC.

    Left out is what nobody sees: control and format characters (zero-width ones, those that turn the direction of
    writing, the tag block of Unicode), variation selectors, fillers, private and unassigned characters. Line breaks
    and tabs stay; every other kind of space becomes a plain one, every kind of line break ``\\n``.
    """
    if original.isascii() and not _UNUSUAL.search(original):
        return Text.plain(original)
    return Text.of(_visible(original))


def storable(words: str) -> str:
    """The text as the database takes it: NUL and halves of surrogate pairs replaced by U+FFFD."""
    return _NOT_STORED.sub("\ufffd", words)


def hidden_characters(original: str) -> int:
    """How many characters ``cleaned`` leaves out."""
    return sum(1 for character in original if character not in "\r\n\t\u0085" and _is_hidden(character))


def plain(words: str) -> str:
    """The spelling in which quotes and answers are compared: ``cleaned``, each run of white space one space."""
    return " ".join(cleaned(words).words.split())


def spaced(text: Text) -> Text:
    """The same spelling of a text whose characters know their places."""
    pieces: list[tuple[str, tuple[int, int]]] = []
    for character, place in zip(text.words, text.places, strict=True):
        if not character.isspace():
            pieces.append((character, place))
        elif pieces and pieces[-1][0] != " ":
            pieces.append((" ", place))
    if pieces and pieces[-1][0] == " ":
        pieces.pop()
    return Text.of(pieces)


def _visible(original: str) -> Iterator[tuple[str, tuple[int, int]]]:
    """Each letter with its marks, composed."""
    cluster, begin, end = "", 0, 0
    for place, character in enumerate(original):
        shown = _shown(character, after=original[place - 1] if place else "")
        if not shown:
            continue
        if cluster and (unicodedata.combining(shown) or _composes(cluster, shown)):
            cluster, end = cluster + shown, place + 1
            continue
        if cluster:
            yield unicodedata.normalize("NFC", cluster), (begin, end)
        cluster, begin, end = shown, place, place + 1
    if cluster:
        yield unicodedata.normalize("NFC", cluster), (begin, end)


def _composes(cluster: str, following: str) -> bool:
    """Whether NFC makes one character of both although the second is no mark: the parts of Korean syllables."""
    return following >= "\u1100" and len(unicodedata.normalize("NFC", cluster + following)) == 1


def _shown(character: str, *, after: str) -> str:
    if character == "\n":
        return "" if after == "\r" else "\n"
    if character in "\r\u0085\u2028\u2029\x0b\x0c":
        return "\n"
    if character == "\t":
        return "\t"
    if unicodedata.category(character) == "Zs":
        return " "
    return "" if _is_hidden(character) else character


def _is_hidden(character: str) -> bool:
    return ord(character) in _BLANK or unicodedata.category(character) in _HIDDEN_CATEGORIES
