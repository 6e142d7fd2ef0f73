"""What a follow-up of a model must be before a candidate reads it. What it is asked is in ``interviewers/model.py``."""

import re
import unicodedata
from collections.abc import Sequence

from parley.conversations.rules.languages import is_in_another_language

ENOUGH = "NEXT"  # what a model says where nothing is worth asking
LONGEST = 700  # characters
_MARKUP = re.compile(r"```|</?[a-z][^>]*>|\[[^\]]*\]\(|\{\"|^#+ ", re.IGNORECASE | re.MULTILINE)
# Talk of marks. Models are sent neither rubric nor levels: what they say of them is made up.
_MARKS = re.compile(
    r"\b[1-5]\s*(?:/|out of|von|de|sur|में से)\s*5\b"
    r"|\b(?:level|score|stufe|niveau|nivel|puntuación|स्तर)\s*[1-5]\b"
    r"|\b(?:rubrics?|scoring guide|bewertungsraster|rúbrica|barème|grille d.évaluation)\b",
    re.IGNORECASE,
)
_PLACEHOLDER = re.compile(r"\[[A-Z]{2,}\]")  # what stands for a name in what models are sent
_HIDDEN = ("Cc", "Cf", "Co", "Cs")  # Unicode's categories: controls, formats, private use, halves of pairs


def fault_in(text: str, *, is_whole: bool, language: str, asked: Sequence[str]) -> str:
    """Why a text, or its beginning, is no follow-up to what was ``asked`` before; empty where nothing is wrong.

    ``language`` is a BCP 47 tag.
    """
    said = text.strip()
    if is_whole and said == ENOUGH:
        return ""
    faults = {
        f"more than {LONGEST} characters": len(said) > LONGEST,
        "markup": bool(_MARKUP.search(said)),
        "a placeholder": bool(_PLACEHOLDER.search(said)),
        "hidden characters": any(unicodedata.category(each) in _HIDDEN and each != "\n" for each in said),
        "talk of marks": bool(_MARKS.search(said)),
        "another language": is_in_another_language(said, language),
    }
    found = next((fault for fault, is_there in faults.items() if is_there), "")
    return found or (_fault_in_whole(said, asked) if is_whole else "")


def _fault_in_whole(said: str, asked: Sequence[str]) -> str:
    if "?" not in said:
        return "no question"
    if said.count("?") > 2:
        return "several questions"
    if any(_plain(said) == _plain(each) for each in asked):
        return "asked already"
    return ""


def _plain(text: str) -> str:
    return " ".join(re.findall(r"\w+", text.casefold()))
