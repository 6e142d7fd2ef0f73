"""The interviewer that needs no model: it asks on with the kit's own probes, by simple rules."""

import re
from collections.abc import Iterator

from parley.conversations.interviewers.base import Account, Context
from parley.conversations.rules.probing import follow_up_of

_WORD = re.compile(r"\s*\S+\s*")


class Scripted:
    """Asks the probes of a question in their order."""

    def say(self, context: Context) -> Iterator[str | Account]:
        """The next probe, word by word."""
        answers = [each.answer for each in context.exchanges]
        yield from pieces(follow_up_of(context.question.probes, answers, language=context.language))
        yield Account(interviewer="scripted")


def pieces(text: str) -> list[str]:
    """The words of a text with the spaces around them: joined, they are the text."""
    return _WORD.findall(text)
