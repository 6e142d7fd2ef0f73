"""The kits that Parley ships: a JSON file for each type of interview, in each language a folder."""

import functools
import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from parley.conversations.rules.kits import base_of
from parley.interviews.rules.states import InterviewType

_FOLDER = Path(__file__).parent / "kits"
USUAL = "en"
LANGUAGES = {"en": "English", "de": "German"}  # by their folders


@functools.cache
def shipped(interview_type: str, language: str = USUAL) -> Mapping[str, Any] | None:
    """The content of the kit for a type of interview, as ``rules.kits.kit_of`` reads it; None where there is none."""
    file = _FOLDER / language / f"{interview_type}.json"
    if language not in LANGUAGES or not file.is_file():
        return None
    content: dict[str, Any] = json.loads(file.read_text(encoding="utf-8"))
    return content


def language_for(wished: str | None) -> str:
    """The language of the kits that comes closest to a tag such as ``de-AT``: its first part, else English."""
    first = base_of(wished)
    return first if first in LANGUAGES else USUAL


def type_named(kit: str | int) -> str | None:
    """The type of interview whose shipped kit is called by it, in capitals or not; None for any other name."""
    word = str(kit).casefold()
    return word if word in InterviewType.values else None
