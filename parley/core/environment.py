"""Reading settings from the environment: what cannot be meant is refused, naming the variable and what it takes."""

import os
import re
from collections.abc import Mapping, Sequence
from typing import Any

import environ
from django.core.exceptions import ImproperlyConfigured

_AMOUNT = re.compile(r"\d{1,9}(?:\.\d{1,9})?", re.ASCII)
_SWITCH = {"true": True, "yes": True, "on": True, "1": True, "false": False, "no": False, "off": False, "0": False}


class Environment:
    """The variables that are set; one that is set to nothing counts as not set. All raise ImproperlyConfigured."""

    def __init__(self, variables: Mapping[str, str] | None = None) -> None:
        self._env = environ.Env()
        variables = os.environ if variables is None else variables
        self._env.ENVIRON = {name: value for name, value in variables.items() if value.strip()}

    def text(self, name: str, *, default: str = "") -> str:
        """Any text."""
        value: str = self._env.str(name, default=default)
        return value.strip()

    def one_of(self, name: str, choices: Sequence[str], *, default: str) -> str:
        """One of some words."""
        value = self.text(name, default=default)
        if value not in choices:
            raise self._refusal(name, f"one of: {', '.join(choices)}")
        return value

    def switch(self, name: str, *, default: bool) -> bool:
        """``true`` or ``false`` (or yes, no, on, off, 1, 0)."""
        value = self.text(name, default=str(default)).lower()
        if value not in _SWITCH:
            raise self._refusal(name, "true or false")
        return _SWITCH[value]

    def whole(self, name: str, *, default: int, least: int = 0, most: int = 1_000_000) -> int:
        """A whole number within bounds, both included."""
        try:
            value: int = self._env.int(name, default=default)
        except ValueError:
            value = least - 1
        if not least <= value <= most:
            raise self._refusal(name, f"a whole number from {least} to {most}")
        return value

    def words(self, name: str, *, default: Sequence[str] = ()) -> list[str]:
        """A list, separated by commas."""
        value: Any = self._env.list(name, default=list(default))
        return [word.strip() for word in value if word.strip()]

    def rate(self, name: str, *, default: str) -> str:
        """So many in a period: ``10/minute``."""
        value = self.text(name, default=default)
        limit, _, period = value.partition("/")
        if not (limit.isascii() and limit.isdigit() and int(limit) > 0) or period not in PERIODS:
            raise self._refusal(name, "a rate such as 10/minute (second, minute, hour, day)")
        return value

    def origin(self, name: str, *, default: str) -> str:
        """The address of a web site, without a slash at its end."""
        value = self.text(name, default=default).rstrip("/")
        scheme, _, rest = value.partition("://")
        if scheme not in ("http", "https") or not rest.partition("/")[0]:
            raise self._refusal(name, "an address such as https://interviews.example.com")
        return value

    def prices(self, name: str) -> dict[str, tuple[float, float]]:
        """Two amounts for each name: ``openai:my-model=0.5/1.5``, separated by commas."""
        found = {}
        for word in self.words(name):
            thing, _, amounts = word.rpartition("=")
            first, _, second = amounts.partition("/")
            if not (thing and _AMOUNT.fullmatch(first) and _AMOUNT.fullmatch(second)):
                raise self._refusal(name, "a list such as openai:my-model=0.5/1.5 (for a million tokens in/out)")
            found[thing] = (float(first), float(second))
        return found

    def _refusal(self, name: str, takes: str) -> ImproperlyConfigured:
        return ImproperlyConfigured(f"{name} is {self._env.ENVIRON.get(name)!r}: it must be {takes}.")


PERIODS = {"second": 1, "minute": 60, "hour": 3600, "day": 86400}
