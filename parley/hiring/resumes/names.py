"""A guess at whose resume it is: rather None than somebody else, a trade or a street."""

import re
import unicodedata
from collections.abc import Iterable, Iterator, Sequence

from parley.hiring.resumes.name_words import HEADINGS, LABELS, NOT_IN_NAMES, PARTICLES, TITLES
from parley.hiring.resumes.normalise import normalise

_LINES_READ = 40
_AT_THE_TOP = 12
_FIRST = 3

_SEPARATORS = re.compile(r"\t| {3,}|\s+[-/\u2219]\s+|[|\u2022\u00b7:;\u2013\u2014\n]")
_CREDENTIALS = re.compile(
    r"(?:,\s*"
    r"(?:Ph\.?\s?D|M\.?D|M\.?B\.?A|[BM]\.?\s?(?:Sc|A|Eng|S|Tech|Ed)|R\.?N|CPA|PMP|CFA|LL\.?M|Dipl\.-\w+|Jr|Sr)\.?)+$"
)
_MIXED = re.compile(r"(?:Mc|Mac|De|Di|Du|La|Le|Van|Fitz|[OD]['\u2019])?\w[^A-ZÀ-ÖØ-Þ]*")
_APOSTROPHES_AND_HYPHENS = frozenset("'\u2018\u2019\u02bc-\u2010\u2011.")

_SPELLED = (("ä", "ae"), ("ö", "oe"), ("ü", "ue"), ("ø", "oe"), ("å", "aa"), ("ł", "l"))


def guess_name(
    *, text: str, properties: Iterable[str], emails: Sequence[str], filename: str, drawn: bool = False
) -> str | None:
    """Return the person's name as the resume writes it (capitals only are put into mixed case), or None.

    A candidate is a part of a line near the top that looks like a name. It is taken if the document's own
    properties, the first e-mail address or the file's name agree, if it is labelled "Name:", or if it is
    among the first lines. `drawn` says that the text was read off a drawn page (a PDF): there, scripts
    whose letters combine (Devanagari, Tamil, Thai) come out incomplete, and a name in one is not guessed.
    """
    lines = [line.strip() for line in text.split("\n") if line.strip()][:_LINES_READ]
    candidates = [(number, name) for number, line in enumerate(lines) for name in _names_in(line)]
    at_the_top = {name.casefold() for number, name in candidates if number < _AT_THE_TOP}
    for own in (name for value in properties for name in _names_in(normalise(value))):
        if own.casefold() in at_the_top:
            return _cased(own)
    hints = _hints(emails, filename)
    labelled = (name for line in lines if (name := _labelled(line)))
    agreed = (name for _, name in candidates if hints & _long_words(name))
    found = next(labelled, None) or next(agreed, None) or _first(lines)
    if not found or (drawn and _combines(found)):
        return None
    return _cased(found)


def _names_in(line: str) -> Iterator[str]:
    for piece in _SEPARATORS.split(_CREDENTIALS.sub("", line)):
        if (name := _without_titles(piece)) and _looks_like_a_name(name):
            yield name


def _first(lines: list[str]) -> str | None:
    """Return the name that stands first in one of the first lines, headings apart."""
    content = [line for line in lines if _without_titles(line)][:_FIRST]
    for line in content:
        pieces = [piece for piece in _SEPARATORS.split(_CREDENTIALS.sub("", line)) if _without_titles(piece)]
        if pieces and _looks_like_a_name(name := _without_titles(pieces[0])):
            return name
    return None


def _labelled(line: str) -> str | None:
    label, colon, value = line.replace("\uff1a", ":").partition(":")
    if not colon or "_".join(label.casefold().split()) not in LABELS:
        return None
    return next(_names_in(value), None)


def _without_titles(piece: str) -> str:
    """Return `piece` without the headings ("Lebenslauf", "CV of") and titles ("Dr.") that it starts with."""
    words = piece.split()
    while words and (words[0].casefold() in TITLES or words[0].casefold() in HEADINGS):
        words.pop(0)
    return " ".join(words)


def _looks_like_a_name(piece: str) -> bool:
    words = piece.split()
    if not 2 <= len(words) <= 5 or len(piece) > 60 or not all(map(_is_name_word, words)):
        return False
    if any(word.casefold().strip(".") in NOT_IN_NAMES and word not in PARTICLES for word in words):
        return False
    if not any(map(_has_case, piece)):
        return len(words) <= 3  # Devanagari, Han, Arabic: without capitals a sentence looks the same
    capitalised = [word for word in words if word.casefold() not in PARTICLES]
    return (
        len(capitalised) >= 2
        and not any(word[0].islower() for word in capitalised)
        and any(len(word.strip(".")) >= 3 for word in capitalised)
    )


def _combines(name: str) -> bool:
    return any(unicodedata.category(c).startswith("M") for c in name)


def _has_case(character: str) -> bool:
    return character.islower() or character.isupper()


def _is_name_word(word: str) -> bool:
    letters = [c for c in word if c not in _APOSTROPHES_AND_HYPHENS]
    if not letters or word[0] in "-." or ("." in word[:-1] and len(letters) > 3):
        return False
    if not all(unicodedata.category(c)[0] in "LM" or c in "\u200c\u200d" for c in letters):
        return False
    # "JavaScript" is no name, "McDonald", "Anne-Marie" and "DUPONT" are.
    return word.isupper() or all(_MIXED.fullmatch(part) for part in re.split("[-\u2010\u2011]", word) if part)


def _hints(emails: Sequence[str], filename: str) -> set[str]:
    """Return the words that the addresses' local parts and the file's name are made of."""
    sources = [email.partition("@")[0] for email in emails[:1]] + [filename.rpartition(".")[0] or filename]
    words = {word for source in sources for word in re.split(r"[\W\d_]+", _plain(source))}
    return {word for word in words if len(word) >= 3 and word not in NOT_IN_NAMES}


def _long_words(name: str) -> set[str]:
    return {word for word in re.split(r"[\W\d_]+", _plain(name)) if len(word) >= 3}


def _plain(text: str) -> str:
    """Return `text` as addresses spell it: without accents, "ß" as "ss", umlauts as "ae", "oe", "ue"."""
    text = unicodedata.normalize("NFC", text).casefold()
    for letter, spelled in _SPELLED:
        text = text.replace(letter, spelled)
    return "".join(c for c in unicodedata.normalize("NFD", text) if unicodedata.category(c) != "Mn")


def _cased(name: str) -> str:
    if not name.isupper():
        return name
    return re.sub(r"[^\W\d_]+", lambda found: found[0].capitalize(), name)
