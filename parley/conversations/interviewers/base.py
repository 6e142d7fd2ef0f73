"""What an interviewer knows and does."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Protocol

from parley.conversations.rules.kits import Competency, Kit, Question


@dataclass(frozen=True, kw_only=True)
class Exchange:
    """Something that was asked about the present core question, and the answer."""

    asked: str
    answer: str


@dataclass(frozen=True, kw_only=True)
class Context:
    """Where the conversation stands when the interviewer may ask on."""

    kit: Kit
    competency: Competency
    question: Question
    exchanges: tuple[Exchange, ...]  # the core question's first; at least that one
    follow_ups_left: int
    language: str  # in which the interviewer speaks (BCP 47)


class Interviewer(Protocol):
    """Says what follows on an answer. It is called outside of any transaction, and may take its time."""

    @property
    def name(self) -> str:
        """What turns keep as their ``interviewer``."""

    def say(self, context: Context) -> Iterator[str]:
        """The pieces of one follow-up; none where the next core question is due."""
