"""The interviewer that needs no model: it asks on with the kit's own probes, by simple rules."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from parley.conversations.interviewers.base import Context
from parley.conversations.rules.probing import follow_up_of

_WORD = re.compile(r"\s*\S+\s*")


@dataclass(frozen=True)
class Scripted:
    """Asks the probes of a question in their order."""

    name: str = "scripted"

    def say(self, context: Context) -> Iterator[str]:
        """The next probe, word by word."""
        answers = [each.answer for each in context.exchanges]
        yield from pieces(follow_up_of(context.question.probes, answers, language=context.language))


def pieces(text: str) -> list[str]:
    """The words of a text with the spaces around them: joined, they are the text."""
    return _WORD.findall(text)
