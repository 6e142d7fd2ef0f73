"""Data for a model: one JSON document, in which whatever somebody writes is inside one of the strings."""

import json
import re

# What chat templates of some models take for the end of a message, wherever it stands. As an escape of JSON it means
# the same text.
_MARKER = re.compile(
    r"[<\[](?=[|/]|s>|(?:start|end|begin)_of_|INST\]|SYS|system|user|assistant|tool|function|think)", re.IGNORECASE
)
_ESCAPES = {"<": "\\u003c", "[": "\\u005b"}


def document(data: object) -> str:
    """The same data give the same characters."""
    text = json.dumps(data, ensure_ascii=False, indent=1)
    return _MARKER.sub(lambda match: _ESCAPES[match[0]], text)
