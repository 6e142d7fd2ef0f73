# ruff: noqa: RUF001, RUF002 (the letters of other scripts are meant)
"""Who a candidate is, taken out of what they said before a model reads it: rating a name is nobody's task.

Masked are the parts of the candidate's name, and whatever looks like an e-mail address, a link or a telephone number.
A name is found whatever its case and accents (``Muller`` and ``Mueller`` for Müller), with the endings that languages
give it, with initials, in handles and in one word with its other parts; the placeholder takes the place of all of
that, so that the same is left whatever the name was. A part that is also a word (Will, Grace) is masked where it begins
with a capital. Not found are names that nobody told us: nicknames, other people's.
"""

import re
import unicodedata
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from os.path import commonprefix

from parley.core.texts import Text, cleaned

NAME, EMAIL, PHONE, LINK = "[NAME]", "[EMAIL]", "[PHONE]", "[LINK]"

_ENDS = r"(?:com|org|net|edu|gov|dev|me|info|eu|de|fr|es|it|nl|pl|ru|ch|at|uk|us|ca|in|br|mx|cn|jp|kr|au)"
_AT, _DOT = r"(?:\s?(?:[@\uff20]|[(\[{](?i:at)[)\]}])\s?|\sAT\s)", r"(?:\.|\s?[(\[{](?i:dot)[)\]}]\s?)"
_EMAIL = re.compile(
    rf"(?<![\w.%+-])[\w.%+'-]{{1,64}}(?:{_AT}[\w-]{{1,63}}(?:{_DOT}[\w-]{{1,63}}){{1,8}}"
    rf"|\s(?i:at)\s[\w-]{{1,63}}(?:\s(?i:dot)\s[\w-]{{1,63}}){{0,3}}\s(?i:dot\s{_ENDS})(?![\w-]))"  # as one says it
)
_LINK = re.compile(
    r"(?<![\w@])(?:(?:https?|ftp)://|www\.)[^\s<>\"|{}\\^`\]]+"
    rf"|(?<![\w@./-])(?:[\w-]{{1,63}}\.){{1,4}}{_ENDS}(?![\w-])(?:/[^\s<>\"|{{}}\\^`\]]*)?"
    r"|(?<![\w@./-])(?:[\w-]{1,63}\.){1,4}[a-z]{2,12}/(?:in|u|users?|profile|@)/?[^\s<>\"|{}\\^`\]]+",
    re.IGNORECASE,
)
_DASHES = r"\-\u2010-\u2015\u2212"
_PHONE = re.compile(
    rf"(?<![\w.+])(?:(?:\+|00)[1-9][\d ().{_DASHES}/]{{5,20}}\d"  # international
    rf"|\(\d{{2,5}}\)[ {_DASHES}/]?\d[\d {_DASHES}/]{{4,12}}\d"
    rf"|\d{{3}}[. {_DASHES}]\d{{3}}[. {_DASHES}]\d{{4}}"  # as in North America
    r"|[6-9]\d{4} \d{5}"  # as in India
    rf"|0\d{{1,5}}[ {_DASHES}/]{{1,3}}\d[\d {_DASHES}/]{{4,12}}\d|0\d{{9,11}}"  # with the zero of many countries
    r")(?![\w])"
)
_GAP = r"(?:[ \t]+|\n|[._\-\u2010\u00b7'\u2019&]|,[ ])"
_BETWEEN_DIGITS = rf"[\s().,_\u00b7{_DASHES}/]{{0,4}}"
_NO_END_OF_LINK = ".,;:!?)'\u2019"

# Between the parts of a name, and part of it only there.
_PARTICLES = re.findall(
    r"\w+",
    "de del della di da do dos das du des la le las los van von vom zu zum zur den der ter ten af av y e bin bint ibn"
    " al el ben bar abu mac mc st san santa",
)
_ALSO_WORDS = frozenset(
    re.findall(
        r"\w+",
        "will may mark grace hope bill rich rose art an so do in on van no he she my we see sun dawn faith joy joe june"
        " april august summer autumn jack rob pat sue drew chase grant frank ernest guy dean earl king young long short"
        " white black brown green gray grey little small stone wood hill lake bush rice cook baker miller smith cooper"
        " carter hunter fisher page case price sharp wise good best day moon star amber ruby pearl lily iris ivy olive"
        " violet daisy sandy rusty max min le li you ha to go ho lo ma mi pa ai is as at la de da di base key field"
        " fields power wells waters banks west north east south church law bell ball lane park parks queue stack java"
        " rust perl python chan ray dot victor viktor christian patience constant major prince ng",
    )
)
_SHORT = frozenset(re.findall(r"\w+", "am an as at be by do go he if in is it me my no of ok on or so to up us we"))
# The endings that languages give to names, without accents. None of them needs to be complete: what is not known stays.
_POSSESSIVE = r"['\u2019\u02bc](?:[a-z]{1,5}|[\u0430-\u044f]{1,3})?|s['\u2019]?"
_LATIN = (
    "es|en|n|ns|in|s|a|u|e|i|y|o|em|om|ovi|owi|ow|ovy|ova|ove|ie|ii|iei|ei|am|ami|ach|ech|ego|emu|im|ym|ej|ou|oi|ia|iu|iem|"
    "lle|lla|lta|ssa|sta|ta|an|nak|nek|val|vel|ban|ben|bol|tol|hoz|hez|rol|ra|re|t|at|et|ot|nin|nun|ya|ye|yi|yu|dan|den|"
    "da|de|la|le|lar|ler|is|us|um|ae|ko|ku|ka|ke|chen|lein|ito|ita"
)
_CYRILLIC = "а|у|ю|я|е|и|ы|о|ом|ем|ой|ей|ою|ею|ым|им|ых|их|ого|его|ому|ему|ова|ове|ові|еві|ії|ів|ам|ами|ах|ин|ина|ию|ии"
_GREEK = "υ|ο|ε|α|ας|ου|ον|ος|ης|η|ιο"
_KOREAN = (
    "이라고|라고|이라는|라는|이에요|예요|입니다|에게서|에게|한테|으로|로|은|는|이|가|을|를|의|과|와|도|만|씨|님|아|야"
)
_WITHOUT_SPACES = re.compile(
    r"[\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af\uf900-\ufaff]"
)
_HANGUL = re.compile(r"[\uac00-\ud7af]")
_PREFIXED = re.compile(r"[\u0590-\u06ff]")  # Hebrew and Arabic write some words in one with the next
_PREFIX = (
    r"(?:[\u0648\u0641\u0628\u0643\u0644]|\u0648\u0628|\u0648\u0644|[\u05d5\u05d1\u05dc\u05de\u05e9\u05d4\u05db])?"
)
_LETTERS = {"ß": "ss", "ø": "o", "ł": "l", "đ": "d", "ð": "d", "þ": "th", "æ": "ae", "œ": "oe", "ı": "i", "ħ": "h",
            "ى": "ي", "ة": "ه", "ё": "е", "ς": "σ"}  # fmt: skip
_UMLAUTS = str.maketrans({"ä": "ae", "ö": "oe", "ü": "ue", "å": "aa", "ø": "oe"})


@dataclass(frozen=True, kw_only=True)
class Masker:
    """Knows a candidate: ``names`` as they are written in full, ``secrets`` such as addresses and numbers."""

    names: Sequence[str]
    secrets: Sequence[str] = ()

    def mask(self, text: Text) -> Text:
        """The text with placeholders, each standing for what it hides."""
        pieces: list[tuple[str, tuple[int, int]]] = []
        at = 0
        hidden = list(self._hidden(text.words))
        if not hidden:
            return text
        for start, end, placeholder in hidden:
            pieces += zip(text.words[at:start], text.places[at:start], strict=True)
            pieces.append((placeholder, text.origin(start, end)))
            at = end
        pieces += zip(text.words[at:], text.places[at:], strict=True)
        return Text.of(pieces)

    def masked(self, original: str) -> str:
        """The words alone, of a text as it was written."""
        return self.mask(cleaned(original)).words

    def _hidden(self, words: str) -> Iterator[tuple[int, int, str]]:
        """What is hidden, in order; where two overlap, what begins first, of these the longest."""
        folded = _folded(words)
        found = [
            *self._secrets(words),
            *((*match.span(), EMAIL) for match in _EMAIL.finditer(words)),
            *((match.start(), match.start() + len(_link(match[0])), LINK) for match in _LINK.finditer(words)),
            *((*match.span(), PHONE) for match in _PHONE.finditer(words)),
            *((*stretch, NAME) for stretch in self._found_names(words, folded)),
        ]
        end = 0
        for start, stop, placeholder in sorted(found, key=lambda each: (each[0], -each[1])):
            if start >= end and stop > start:
                yield start, stop, placeholder
                end = stop

    def _secrets(self, words: str) -> Iterator[tuple[int, int, str]]:
        for secret in self.secrets:
            digits = re.sub(r"\D", "", secret)
            if "@" in secret:
                pattern, placeholder = _spelled_out(secret), EMAIL
            elif len(digits) >= 6 and not re.search(r"[^\W\d_]", secret):
                number = _BETWEEN_DIGITS.join(digits[-9:])
                pattern = rf"(?<!\d)\+?(?:\d{{1,3}}{_BETWEEN_DIGITS})?0?{number}(?!\d)"
                placeholder = PHONE
            elif secret.strip():
                pattern, placeholder = re.escape(re.sub(r"^https?://(?:www\.)?", "", secret).rstrip("/")), LINK
            else:
                continue
            yield from ((*match.span(), placeholder) for match in re.finditer(pattern, words, re.IGNORECASE))

    def _found_names(self, words: str, folded: Text) -> Iterator[tuple[int, int]]:
        if not any(beginning in folded.words for beginning in self._beginnings):
            return  # as in most answers; the pattern takes long to make
        at = 0
        while (match := self._pattern.search(folded.words, at)) is not None:
            start, end = match.span("run")
            ends = [start + each.end() for each in re.finditer(r"[^\W_]+", folded.words[start:end])]
            stretch = self._fitting(words, folded, start, end)
            shorter = (each for each in reversed(ends) if self._run.fullmatch(folded.words, start, each))
            while stretch is None and (shorter_end := next(shorter, None)) is not None:
                stretch = self._fitting(words, folded, start, shorter_end)
            if stretch is None:
                at = match.start() + 1
            else:
                yield folded.origin(*stretch)
                at = stretch[1]

    def _fitting(self, words: str, folded: Text, start: int, end: int) -> tuple[int, int] | None:
        """The stretch where it is a name there: whole words, and no word of the language."""
        said = folded.words[start:end]
        before, after = folded.words[start - 1 : start], folded.words[end : end + 1]
        if _is_letter(before) and not _WITHOUT_SPACES.match(said) and not _PREFIXED.match(said):
            return None
        if _is_letter(after) and not _WITHOUT_SPACES.match(said[-1]):
            return None
        first = words[folded.places[start][0]]
        if first.isupper() or unicodedata.category(first) in ("Lt", "Lo") or _plain_run(said) in self._whole_runs:
            return start, end
        return (start, end) if self._is_name_in_small_letters(said) else None

    def _is_name_in_small_letters(self, said: str) -> bool:
        """Whether one of its words is a part as it is and no word of the language, or is put together of parts."""
        bare = re.sub(r"['\u2019\u02bc]", "", said)
        words = {*re.findall(r"[^\W\d_]+", said), *re.findall(r"[^\W\d_]+", bare)}
        parts = self._parts - _ALSO_WORDS
        return any(word in parts or word.removesuffix("s") in parts or self._is_put_together(word) for word in words)

    def _is_put_together(self, word: str) -> bool:
        """Of parts with their particles (*vanbeethoven*, *markyoung*), or of initials and a part (*lvbeethoven*)."""
        plain = re.compile("|".join(map(re.escape, sorted(self._parts, key=lambda each: (-len(each), each)))))
        found, rest = {match[0] for match in plain.finditer(word)}, " ".join(plain.sub(" ", word).split())
        if re.fullmatch(rf"(?:{'|'.join(self._particles) or '(?!)'}| )*", rest):
            return bool(found - _ALSO_WORDS) or len(found) > 1
        begins = len(rest) <= 3 and word.startswith(rest) and {*rest} <= {*self._initials}
        return begins and word.removeprefix(rest) in self._long_parts

    @cached_property
    def _particles(self) -> list[str]:
        """Those of the name, the longest first."""
        return sorted(
            {each for _, particles in self._written for each in particles}, key=lambda each: (-len(each), each)
        )

    @cached_property
    def _initials(self) -> str:
        """Of parts and particles."""
        return "".join(sorted({each[0] for each in (*self._parts, *self._particles)}))

    @cached_property
    def _long_parts(self) -> frozenset[str]:
        """Those before which initials in one word make no other word."""
        return frozenset(part for part in self._parts - _ALSO_WORDS if len(part) > 5)

    @cached_property
    def _parts(self) -> frozenset[str]:
        """Each part of the name, folded, in all its spellings, without apostrophes; particles are none."""
        return frozenset(part.replace("'", "") for part, _ in self._written)

    @cached_property
    def _written(self) -> frozenset[tuple[str, tuple[str, ...]]]:
        """The parts with the particles that stand before them."""
        written: set[tuple[str, tuple[str, ...]]] = set()
        for name in self.names:
            words = [word for word in re.split(r"[\s\-\u2010\u00b7.,()\"]+", name) if word]
            particles: tuple[str, ...] = ()
            for word in words:
                plain = _folded(re.sub(r"[\u2019\u02bc`]", "'", word)).words
                if plain.strip("'") in _PARTICLES and len(words) > 1:
                    particles = (*particles, plain.strip("'"))
                    continue
                spellings = {plain, _folded(word.casefold().translate(_UMLAUTS)).words, plain.rpartition("'")[2]}
                written |= {(each, particles) for each in spellings if len(each.replace("'", "")) > 1}
                particles = ()
            if len(words) == 2 and all(map(_WITHOUT_SPACES.match, words)):  # written in one word, too
                written |= {(_folded(words[a] + words[b]).words, ()) for a, b in ((0, 1), (1, 0))}
            if len(words) == 1 and _WITHOUT_SPACES.match(words[0]) and len(words[0]) > 2:
                written.add((_folded(words[0][-2:]).words, ()))  # the given name, in one word with the family's
        return frozenset(written)

    @cached_property
    def _whole_runs(self) -> frozenset[str]:
        """Full names in small letters, as they are written: not taken for words even where each part is one."""
        return frozenset(_plain_run(_folded(name.casefold()).words) for name in self.names if " " in name.strip())

    @cached_property
    def _beginnings(self) -> frozenset[str]:
        """One of these is in every text with a part of the name in it, whatever its form."""
        forms = ([part, *_stems(part)] for part, _ in self._written)
        return frozenset(commonprefix(each).partition("'")[0] for each in forms)  # noqa: RUF071 (character by character)

    @cached_property
    def _pattern(self) -> "re.Pattern[str]":
        prefix = _PREFIX if any(_PREFIXED.match(part) for part in self._parts) else ""
        return re.compile(rf"{prefix}(?P<run>{self._run_of_parts})")

    @cached_property
    def _run(self) -> "re.Pattern[str]":
        return re.compile(self._run_of_parts)

    @cached_property
    def _run_of_parts(self) -> str:
        """A stretch of parts as a pattern, with initials before and between them."""
        longest_first = sorted(self._written, key=lambda each: (-len(each[0]), each))
        alternatives = [_before(particles) + form for part, particles in longest_first for form in _forms(part)]
        initials = re.escape(self._initials)
        alternatives += [rf"[{initials}]{{1,3}}{re.escape(part)}" for part in sorted(self._long_parts)]
        one = f"(?:{'|'.join(alternatives)})"
        single = rf"(?:(?<![^\W\d_])(?:[{initials}]\.?{self._given_initials})(?![^\W\d_]))"
        handle = r"(?:[\d_]{1,12}(?![^\W\d_]))?"
        # The bounds keep the search linear in hostile text.
        run = rf"(?:{single}{_GAP}?){{0,3}}{one}(?:{_GAP}?{one}|{_GAP}{single}){{0,8}}{handle}"
        return f"@?{run}"

    @cached_property
    def _given_initials(self) -> str:
        """Those of the given names in one (*jl* of Jean-Luc), as alternatives; none that are a word."""
        runs = (_plain_run(_folded(name.casefold()).words).split()[:-1] for name in self.names)
        found = {"".join(word[0] for word in run) for run in runs}
        return "".join(f"|{re.escape(each)}" for each in sorted(found) if 1 < len(each) < 5 and each not in _SHORT)


def masker_for(full_name: str, *, secrets: Iterable[str] = (), also: Iterable[str] = ()) -> Masker:
    """Of a candidate; ``also`` are other spellings of the name, such as that of the resume."""
    names = [name for name in (full_name, *also) if name.strip()]
    return Masker(
        names=tuple(dict.fromkeys(names)), secrets=tuple(dict.fromkeys(each for each in secrets if each.strip()))
    )


def _spelled_out(address: str) -> str:
    """An e-mail address as a pattern, with the ways of hiding it from machines."""
    local, _, domain = address.partition("@")
    at = r"\s*(?:[@\uff20]|[(\[{]\s*at\s*[)\]}]|\bat\b)\s*"
    dot = r"\s*(?:\.|[(\[{]\s*dot\s*[)\]}]|\bdot\b)\s*"
    return re.escape(local) + at + dot.join(map(re.escape, domain.split(".")))


def _before(particles: Sequence[str]) -> str:
    """What may stand before a part: its particles, all of them."""
    return f"(?:{''.join(f'{each}{_GAP}?' for each in particles)})?" if particles else ""


def _forms(part: str) -> Iterator[str]:
    """The part with its endings, as patterns; the longest match is tried first."""
    spelled = re.escape(part).replace("'", "['\u2019\u02bc]?")
    if _HANGUL.match(part):
        yield f"{spelled}(?:{_KOREAN})?"
    elif _WITHOUT_SPACES.match(part):
        yield spelled
    elif len(part) < 3 or part in _ALSO_WORDS:
        yield rf"{spelled}(?:{_POSSESSIVE})?(?![^\W\d_])"
        yield spelled
    else:
        yield rf"{spelled}{_SUFFIX}?(?![^\W\d_])"
        for stem in _stems(spelled):
            yield rf"{stem}{_SUFFIX}(?![^\W\d_])"
        yield spelled


def _stems(part: str) -> Iterator[str]:
    """What is left of a name before some endings: Ann(a), Петр(а), Kowalsk(i), Virta(nen), Pav(e)l."""
    if len(part) > 3 and part[-1] in "aeioyαςσηаяиьоіы":
        yield part[:-1]
    if len(part) > 4 and part[-2:] in ("ии", "ыи", "ои", "οσ", "ησ", "ασ", "us", "ek", "ia", "ия", "ya"):
        yield part[:-2]
    if part.endswith("nen"):
        yield part[:-3] + "s"
    if len(part) > 4 and part[-2] in "eе" and part[-1] not in "aeiouy":
        yield part[:-2] + part[-1]


def _folded(words: str) -> Text:
    """In small letters without accents, each character knowing its place in ``words``."""
    if words.isascii():
        return Text.plain(words.lower())
    return Text.of((_fold(character), (place, place + 1)) for place, character in enumerate(words))


def _fold(character: str) -> str:
    small = character.casefold()
    small = "".join(_LETTERS.get(each, each) for each in small)
    apart = unicodedata.normalize("NFKD", small)
    return unicodedata.normalize("NFC", "".join(each for each in apart if not _is_accent(each)))


def _is_accent(character: str) -> bool:
    code = ord(character)
    return 0x300 <= code <= 0x36F or 0x591 <= code <= 0x5C7 or 0x64B <= code <= 0x65F or code == 0x670


def _is_letter(character: str) -> bool:
    return bool(character) and unicodedata.category(character)[0] in "LM"


def _link(found: str) -> str:
    return found.rstrip(_NO_END_OF_LINK)


def _plain_run(said: str) -> str:
    """The words of a name, whatever stands between them."""
    return " ".join(re.findall(r"[^\W\d_]+", said))


def _without_accents(endings: str) -> str:
    return "|".join(dict.fromkeys(_folded(endings).words.split("|")))


_SUFFIX = f"(?:{_POSSESSIVE}|{_LATIN}|{_without_accents(_CYRILLIC)}|{_without_accents(_GREEK)})"
