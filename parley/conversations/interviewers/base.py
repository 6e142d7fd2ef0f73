"""What an interviewer knows and does."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any, Protocol
from uuid import UUID

from parley.conversations.rules.kits import Competency, Question
from parley.hiring.rules.masking import Masker
from parley.llm.calling import Again


@dataclass(frozen=True, kw_only=True)
class Exchange:
    """Something that was asked about the present core question, and the answer."""

    asked: str
    answer: str


@dataclass(frozen=True, kw_only=True)
class Context:
    """Where the conversation stands when the interviewer may ask on. ``language`` (BCP 47) is the interviewer's.

    A model is shown answers as ``masker`` leaves them: without who the candidate is.
    """

    company_id: int
    session_id: UUID
    language: str
    competency: Competency
    question: Question
    exchanges: tuple[Exchange, ...]  # the core question's first; at least that one
    follow_ups_left: int
    masker: Masker


@dataclass(frozen=True, kw_only=True)
class Account:
    """How a follow-up came about, as its turn keeps it. ``attempts`` are those that failed."""

    interviewer: str
    model: str = ""
    input_tokens: int = 0
    output_tokens: int = 0
    cost_micros: int = 0
    attempts: list[dict[str, Any]] = field(default_factory=list)


class Interviewer(Protocol):
    """Says what follows on an answer. It is called outside of any transaction, and may take its time."""

    def say(self, context: Context) -> Iterator[str | Again | Account]:
        """The pieces of one follow-up, none where the next core question is due; last how it came about.

        After ``Again`` the pieces before it are void. Raises ``parley.llm.calling.Unavailable``.
        """
