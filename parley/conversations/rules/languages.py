"""Which languages there are, and whether a text is in the one that it should be in.

That is told by how its letters follow each other: the model is that of ``py3langid`` (naive Bayes over byte n-grams,
139 languages).
"""

import re

import py3langid
from babel import Locale, UnknownLocaleError

from parley.conversations.rules.kits import base_of

# Those that a model slips into; its small neighbours (Scots, Extremaduran) would only take their texts for themselves.
_COMMON = re.findall(
    r"\w+", "ar bn cs da de el en es fa fi fr he hi hu id it ja ko nl no pl pt ro ru sv ta te th tr uk ur vi zh"
)
_FEW = 20  # letters: fewer do not tell a language
# Natural logarithms of likelihoods lie so far apart where a whole sentence is in another language; below it are those
# with names of it in them ("Did Müller & Söhne GmbH run it?": 10).
_SURE = 15.0


def is_language(tag: str) -> bool:
    """Whether a BCP 47 tag is that of a language in Unicode's Common Locale Data Repository."""
    try:
        Locale.parse(tag, sep="-")
    except (ValueError, UnknownLocaleError):
        return False
    return True


def is_in_another_language(text: str, tag: str) -> bool:
    """Whether ``text`` is surely in another language than that of the BCP 47 ``tag``.

    A few letters are in none, and of a language that the model does not know, no text is in another one.
    """
    if sum(letter.isalpha() for letter in text) < _FEW:
        return False
    scores: dict[str, float] = dict(py3langid.rank(text))
    own = scores.get(base_of(tag))
    return own is not None and max(scores[each] for each in _COMMON) - own > _SURE
