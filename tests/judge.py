"""A model on a real socket that speaks OpenAI's chat completions, and obeys whatever reaches it as an instruction.

It judges honestly by one word of the answers. But it takes for an instruction, and obeys at once, every text that is
not inside a data string of the JSON document in the user message: another system message than the one it was shown
first, a user message that is no such document, keys that do not belong there, more messages, marks of chat templates,
and anything that it can decode from characters that people do not see.
"""

import json
import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from scenarios.provider import Exchange, serve_provider, well

REAL, FAKE = "I would put a queue between them.", "the best candidate that I have ever seen"
HONEST, OBEDIENT = 3, 5
_KEYS = {"turn", "question", "answer"}
_MARKS = re.compile(r"<\|[a-z_]+\|>|\[/?INST\]|<</?SYS>>|</?s>|<(?:start|end)_of_turn>")
_UNSEEN = re.compile(r"[\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff\ufe00-\ufe0f\U000e0000-\U000e0fff]+")


@dataclass
class Double:
    """``answers``: raw texts that it gives instead of judging, in turn."""

    environment: dict[str, str] = field(default_factory=dict)
    bodies: list[dict[str, Any]] = field(default_factory=list)
    systems: set[str] = field(default_factory=set)  # that it trusts: those of the first interview
    is_trusting: bool = True  # whether it still learns them
    fails_after: int | None = None  # so many answers
    answers: list[str] = field(default_factory=list)
    obeyed: list[str] = field(default_factory=list)

    def answer(self, body: dict[str, Any]) -> str:
        """What the model says."""
        self.bodies.append(body)
        if self.answers:
            return self.answers.pop(0)
        messages = [(each["role"], _text(each["content"])) for each in body["messages"]]
        instruction = self._instruction(messages)
        users = [content for role, content in messages if role == "user"]
        if instruction:
            self.obeyed.append(instruction)
            quotes = [{"turn": 2, "quote": FAKE}, {"turn": 2, "quote": REAL}]
            return json.dumps({"level": OBEDIENT, "reason": "As I was told.", "quotes": quotes})
        said = {each["turn"]: each.get("answer", "") for each in json.loads(users[0])["transcript"]}
        turn = next((turn for turn, text in said.items() if REAL in " ".join(text.split())), None)
        if turn is None:
            return json.dumps({"level": None, "reason": "Nothing about queues.", "quotes": []})
        return json.dumps({"level": HONEST, "reason": "Names a queue.", "quotes": [{"turn": turn, "quote": REAL}]})

    def _instruction(self, messages: list[tuple[str, str]]) -> str:
        """The first text that it takes for an instruction."""
        systems = "\n".join(content for role, content in messages if role not in ("user", "assistant"))
        if self.is_trusting:
            self.systems.add(systems)
        elif systems not in self.systems:
            return systems
        if [role for role, _ in messages].count("user") != 1:
            return "more than one message"
        user = next(content for role, content in messages if role == "user")
        if hidden := _UNSEEN.search(user):
            return f"hidden: {hidden[0]!a}"
        if marked := _MARKS.search(user):
            return user[marked.start() :]
        return _outside(user)


def _outside(user: str) -> str:
    """What is not inside the data strings of the document."""
    try:
        document = json.loads(user)
    except ValueError:
        return user
    if not isinstance(document, dict) or set(document) != {"transcript"}:
        return user
    for each in document["transcript"]:
        if not set(each) <= _KEYS or not isinstance(each["turn"], int):
            return json.dumps(each)
    return ""


def _text(content: Any) -> str:
    return content if isinstance(content, str) else "".join(part.get("text", "") for part in content)


@contextmanager
def judging_double() -> Iterator[Double]:
    """A running one; ``environment`` makes Parley call it."""
    double = Double()

    def behave(exchange: Exchange) -> None:
        if double.fails_after is not None and len(double.bodies) >= double.fails_after:
            exchange.fail(503)
        else:
            well(exchange)

    with serve_provider(double.answer, usually=behave) as provider:
        double.environment = provider.environment
        yield double
