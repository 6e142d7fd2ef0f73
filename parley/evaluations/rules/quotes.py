"""Whether a model's quotes are there: word for word in what the candidate said, and where.

Quote and answer are compared in one spelling (``texts.plain``): the normal form NFC, without characters that nobody
sees, each run of white space one space. Nothing else is forgiven: no capitals, no punctuation, no words left out.

* A quote has at least ``FEWEST_WORDS`` words of the candidate, placeholders not counted; in scripts that are written
  without spaces ``FEWEST_SIGNS`` signs. It begins and ends where words do.
* It counts only in an answer of the candidate. What the interviewer said is no evidence.
* One that names another turn than the one it is in is moved there if exactly one other answer has it, else refused.
"""

import re
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from parley.core.texts import Text, plain, spaced

FEWEST_WORDS, FEWEST_SIGNS = 3, 6
LONGEST_QUOTE = 1000  # characters; longer ones tell nobody what they prove
MOST_QUOTES = 10  # of one sample
_PLACEHOLDER = re.compile(r"\[(?:NAME|EMAIL|PHONE|LINK)\]")
_WITHOUT_SPACES = re.compile(r"[\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3040-\u30ff\u3400-\u9fff\uf900-\ufaff]")
_DECIMALS, _SIGNS, _HYPHENS = ".,", "-\u2212\u2013", "-\u2010\u2011\u2212"
_MARKS = _DECIMALS + _SIGNS + _HYPHENS
_APOSTROPHES = "'\u2019\u02bc"  # a quote that ends at one may mean the opposite (can|'t); one may begin there (l'|idea)


@dataclass(frozen=True, kw_only=True)
class Quote:
    """What a model says to have read in a turn."""

    turn: int
    quote: str


@dataclass(frozen=True, kw_only=True)
class Found:
    """A quote that is there: in which turn, in its masked words, and from where to where in what was said."""

    turn: int
    quote: str
    start: int
    end: int


@dataclass(frozen=True, kw_only=True)
class Refused:
    """A quote that does not count, and why: ``too_short``, ``too_long``, ``not_there`` or ``ambiguous``."""

    turn: int
    quote: str
    why: str


def check_quotes(quotes: Sequence[Quote], answers: Mapping[int, Text]) -> tuple[list[Found], list[Refused]]:
    """Those that are in the candidate's ``answers`` (masked, by the numbers of their turns), and the others."""
    ready = {turn: spaced(text) for turn, text in answers.items()}
    found: dict[tuple[int, str], Found] = {}
    refused = []
    for quote in quotes[:MOST_QUOTES]:
        checked = _check(quote, ready)
        if isinstance(checked, Found):
            found.setdefault((checked.turn, checked.quote), checked)
        else:
            refused.append(checked)
    return list(found.values()), refused


def _check(quote: Quote, answers: Mapping[int, Text]) -> Found | Refused:
    words = plain(quote.quote)

    def refuse(why: str) -> Refused:
        return Refused(turn=quote.turn, quote=quote.quote[:LONGEST_QUOTE], why=why)

    if len(words) > LONGEST_QUOTE:
        return refuse("too_long")
    if not _is_long_enough(words):
        return refuse("too_short")
    places = {turn: place for turn, text in answers.items() if (place := _place(words, text)) is not None}
    if not places:
        return refuse("not_there")
    if quote.turn not in places and len(places) > 1:
        return refuse("ambiguous")
    turn = quote.turn if quote.turn in places else next(iter(places))
    start, end = answers[turn].origin(places[turn], places[turn] + len(words))
    return Found(turn=turn, quote=words, start=start, end=end)


def _is_long_enough(words: str) -> bool:
    own = _PLACEHOLDER.sub(" ", words)
    spoken = [word for word in own.split() if any(unicodedata.category(sign)[0] in "LN" for sign in word)]
    return len(spoken) >= FEWEST_WORDS or len(_WITHOUT_SPACES.findall(own)) >= FEWEST_SIGNS


def _place(words: str, text: Text) -> int | None:
    """Where the words begin, as whole words."""
    at = text.words.find(words)
    while at >= 0:
        end = at + len(words)
        if not _is_inside_word(text.words, at) and not _is_inside_word(text.words, end, apostrophes=_APOSTROPHES):
            return at
        at = text.words.find(words, at + 1)
    return None


def _is_inside_word(text: str, at: int, *, apostrophes: str = "") -> bool:
    """Whether a word goes on from before the place to after it: in *non-scalable*, *5.5* and *-3*, too."""
    before = at and text[at - 1] in _MARKS + apostrophes and _joins(text, at - 1, apostrophes)
    after = text[at : at + 1] and text[at] in _MARKS + apostrophes and _joins(text, at, apostrophes)
    return _go_together(text[at - 1 : at], text[at : at + 1]) or bool(before or after)


def _joins(text: str, at: int, apostrophes: str) -> bool:
    """Whether the mark at the place makes one word of what stands around it, or is the sign of a number."""
    mark, before, after = text[at], text[at - 1 : at] if at else "", text[at + 1 : at + 2]
    if mark in _DECIMALS:
        return before.isdecimal() and after.isdecimal()
    is_sign = mark in _SIGNS and after.isdecimal() and (not before or before.isspace())
    return is_sign or (mark in _HYPHENS + apostrophes and _go_together(before, after))


def _go_together(before: str, after: str) -> bool:
    if not before or not after or _WITHOUT_SPACES.match(before) or _WITHOUT_SPACES.match(after):
        return False
    return all(unicodedata.category(each)[0] in "LMN" for each in (before, after))
