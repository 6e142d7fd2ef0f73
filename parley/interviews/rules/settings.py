"""The AI settings that slots and configurations carry: unknown keys are kept, known ones are checked."""

import json
from collections.abc import Callable, Mapping
from typing import Any

from parley.core.errors import Invalid
from parley.interviews.rules.limits import MAX_JSON_BYTES

DIFFICULTIES = ("easy", "medium", "hard")


def _is_text(value: Any) -> bool:
    return isinstance(value, str) and 0 < len(value) <= 200


def _is_count(low: int, high: int) -> Callable[[Any], bool]:
    return lambda value: isinstance(value, int) and not isinstance(value, bool) and low <= value <= high


def _is_text_list(value: Any) -> bool:
    return isinstance(value, list) and len(value) <= 50 and all(_is_text(item) for item in value)


_KNOWN: dict[str, tuple[Callable[[Any], bool], str]] = {
    "difficulty": (lambda value: value in DIFFICULTIES, "easy, medium or hard"),
    "topics": (_is_text_list, "a list of at most 50 short texts"),
    "language": (_is_text, "a language tag, such as en or de"),
    "questions": (_is_count(1, 50), "a whole number from 1 to 50"),
    "duration_minutes": (_is_count(1, 24 * 60), "a whole number of minutes from 1 to 1440"),
    "kit": (lambda value: _is_text(value) or _is_count(1, 2**53)(value), "the id or name of an interview kit"),
}


def refuse_bad_settings(settings: Mapping[str, Any], *, field: str) -> None:
    """Raise ``Invalid`` where the object is too large, or a known key has a value that cannot be meant."""
    try:
        size = len(json.dumps(settings, ensure_ascii=False, separators=(",", ":")).encode())
    except (TypeError, ValueError) as error:
        raise Invalid.field(field, "Must be a JSON object.") from error
    if size > MAX_JSON_BYTES:
        raise Invalid.field(field, "Must be at most 32 KB of JSON.", code="too_large")
    for key, (is_right, expected) in _KNOWN.items():
        if settings.get(key) is not None and not is_right(settings[key]):
            raise Invalid.field(field, f"{key} must be {expected}.", code="bad_setting")
