"""Stretches of time as people write them: "2 hours", "1 day 12 hours", "90 min"; a number alone is of minutes."""

import re
from typing import Any

from django import forms

_UNITS = {"week": 7 * 24 * 60, "day": 24 * 60, "hour": 60, "minute": 1}  # minutes, the longest first
_WORDS = {
    word: length
    for length, words in {
        1: ("", "m", "min", "mins", "minute", "minutes"),
        60: ("h", "hr", "hrs", "hour", "hours"),
        24 * 60: ("d", "day", "days"),
        7 * 24 * 60: ("w", "week", "weeks"),
    }.items()
    for word in words
}
_PART = re.compile(r"(\d{1,6})(?!\d)\s*([a-z]*)\s*(?:and)?\s*", re.ASCII)


def written(minutes: int) -> str:
    """``90`` as ``1 hour 30 minutes``."""
    parts = []
    for unit, length in _UNITS.items():
        if unit == "week" and minutes % length:
            continue  # "9 days" rather than "1 week 2 days"
        count, minutes = divmod(minutes, length)
        if count:
            parts.append(f"{count} {unit}{'s' if count > 1 else ''}")
    return " ".join(parts) or "0 minutes"


def minutes_of(text: str) -> int:
    """The minutes of what was written; raises ``ValueError`` where it is no stretch of time."""
    text = text.strip().lower()
    total, at = 0, 0
    while at < len(text) or not text:
        part = _PART.match(text, at)
        if part is None or part[2] not in _WORDS:
            raise ValueError(text)
        total += int(part[1]) * _WORDS[part[2]]
        at = part.end()
    return total


class DurationField(forms.CharField):
    """Whole minutes, written and read as people do."""

    def __init__(self, *, least: int, most: int, **kwargs: Any) -> None:
        self.least, self.most = least, most
        super().__init__(max_length=60, widget=forms.TextInput(attrs={"autocomplete": "off"}), **kwargs)

    def prepare_value(self, value: Any) -> Any:
        """A number as people write it; what somebody wrote as it is."""
        return written(value) if isinstance(value, int) else value

    def clean(self, value: Any) -> int:
        """The minutes."""
        text = super().clean(value)
        try:
            minutes = minutes_of(text)
        except ValueError as error:
            raise forms.ValidationError("Write it as: 2 hours, 30 minutes or 1 day.") from error
        if not self.least <= minutes <= self.most:
            raise forms.ValidationError(f"It can be from {written(self.least)} to {written(self.most)}.")
        return minutes
