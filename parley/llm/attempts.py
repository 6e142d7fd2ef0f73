"""One attempt to get an answer: streamed, so that a provider that is too slow or never ends can be left at any time."""

import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import anyio
import httpx
from pydantic_ai.direct import model_request_stream
from pydantic_ai.exceptions import (
    ContentFilterError,
    ModelAPIError,
    ModelConnectionError,
    ModelHTTPError,
    ModelQuotaExceededError,
    ModelRateLimitError,
    ModelRequestRejectedError,
    ModelServerError,
    ModelTimeoutError,
    ModelUnavailableError,
    UserError,
)
from pydantic_ai.messages import (
    ModelRequest,
    ModelRequestPart,
    ModelResponse,
    PartDeltaEvent,
    PartStartEvent,
    SystemPromptPart,
    TextPart,
    TextPartDelta,
    UserPromptPart,
)
from pydantic_ai.models import ModelRequestParameters
from pydantic_ai.output import OutputObjectDefinition
from pydantic_ai.settings import ModelSettings

from parley.llm.providers import model_of
from parley.llm.rules.failures import Failure, Problem
from parley.llm.rules.patience import Patience


class AttemptFailed(Exception):
    """An attempt brought nothing that is of use."""

    def __init__(self, failure: Failure) -> None:
        super().__init__(failure.problem)
        self.failure = failure


@dataclass
class Attempt:
    """What an attempt brings, as it comes. Times are milliseconds since it began."""

    model: str
    text: str = ""
    first_piece_ms: int | None = None
    total_ms: int = 0
    response: ModelResponse | None = None
    began: float = field(default_factory=time.perf_counter)

    def take(self, piece: str) -> None:
        """Add a piece of text."""
        if self.first_piece_ms is None:
            self.first_piece_ms = self.elapsed()
        self.text += piece

    def elapsed(self) -> int:
        """Milliseconds since it began."""
        return round((time.perf_counter() - self.began) * 1000)


@dataclass(frozen=True, kw_only=True)
class Question:
    """What a model is sent. With ``schema``, a JSON Schema, its answer is to be JSON of it."""

    system: str
    user: str
    parameters: dict[str, Any]
    schema: dict[str, Any] | None = None


async def make(
    attempt: Attempt,
    question: Question,
    *,
    patience: Patience,
    seconds: float,
    hear: Callable[[], None],
) -> None:
    """Ask ``attempt.model`` and fill in the attempt; ``hear`` is called after each piece of text.

    ``seconds`` are what is left of the patience. Raises ``AttemptFailed``.
    """
    try:
        with anyio.fail_after(min(patience.attempt, seconds)):
            await _listen(attempt, question, patience, hear)
    except AttemptFailed:
        raise
    except TimeoutError as error:
        raise failed(Problem.TIMEOUT, f"after {attempt.elapsed()} ms, {len(attempt.text)} characters") from error
    except Exception as error:  # whatever a library meets that it did not expect, the provider has failed
        raise AttemptFailed(failure_of(error, has_begun=bool(attempt.text))) from error
    finally:
        attempt.total_ms = attempt.elapsed()


async def _listen(attempt: Attempt, question: Question, patience: Patience, hear: Callable[[], None]) -> None:
    parts: list[ModelRequestPart] = [SystemPromptPart(content=question.system), UserPromptPart(content=question.user)]
    settings = ModelSettings(max_retries=0, **question.parameters)  # type: ignore[typeddict-item]  # numbers
    async with model_request_stream(
        model_of(attempt.model),
        [ModelRequest(parts=parts)],
        model_settings=settings,
        model_request_parameters=_wanted(question.schema),
    ) as answer:
        pieces = aiter(answer)
        while True:
            with anyio.fail_after(patience.between_pieces if attempt.text else patience.first_piece):
                event = await anext(pieces, None)
            if event is None:
                break
            if piece := _text_of(event):
                attempt.take(piece)
                if len(attempt.text) > patience.most_characters:
                    raise failed(Problem.TOO_LONG, f"more than {patience.most_characters} characters")
                hear()
        attempt.response = answer.get()
    _refuse_unfinished(attempt)


def _wanted(schema: dict[str, Any] | None) -> ModelRequestParameters:
    if schema is None:
        return ModelRequestParameters()
    shape = OutputObjectDefinition(json_schema=schema, name=str(schema.get("title", "answer")), strict=True)
    return ModelRequestParameters(output_mode="native", output_object=shape)


def _text_of(event: Any) -> str:
    if isinstance(event, PartStartEvent) and isinstance(event.part, TextPart):
        return event.part.content
    if isinstance(event, PartDeltaEvent) and isinstance(event.delta, TextPartDelta):
        return event.delta.content_delta
    return ""


def _refuse_unfinished(attempt: Attempt) -> None:
    reason = attempt.response.finish_reason if attempt.response is not None else None
    if reason == "content_filter":
        raise failed(Problem.REFUSED, "the provider's filter")
    if reason == "length":
        raise failed(Problem.TOO_LONG, "the limit of tokens")
    if not _has_ended(attempt.response):
        raise failed(Problem.CUT, f"after {len(attempt.text)} characters")
    if not attempt.text.strip():
        raise failed(Problem.REFUSED, "no text")


def _has_ended(response: ModelResponse | None) -> bool:
    """Whether the provider said that this is all. Where a stream just ends, pydantic-ai takes it for a whole one; but
    then the provider's own reason is missing, and so are the tokens, which come last."""
    if response is None:
        return False
    return bool((response.provider_details or {}).get("finish_reason")) or not response.usage.unmeasured_requests


def failed(problem: Problem, detail: str) -> AttemptFailed:
    """A failure that was found here."""
    return AttemptFailed(Failure(problem=problem, detail=detail))


_MEANING: list[tuple[tuple[type[Exception], ...], Problem]] = [  # the first that fits
    ((ContentFilterError,), Problem.REFUSED),
    ((ModelTimeoutError, httpx.TimeoutException), Problem.TIMEOUT),
    ((ModelRateLimitError,), Problem.RATE_LIMITED),
    ((ModelServerError, ModelUnavailableError), Problem.SERVER_ERROR),
    ((ModelConnectionError, httpx.HTTPError), Problem.CONNECTION),
    ((UserError, ModelQuotaExceededError, ModelRequestRejectedError, ModelHTTPError), Problem.REJECTED),
]


def failure_of(error: Exception, *, has_begun: bool) -> Failure:
    """What an error of pydantic-ai, or of the connection beneath it, means.

    Its message is not kept: a provider's may repeat what was asked.
    """
    found = next((problem for kinds, problem in _MEANING if isinstance(error, kinds)), Problem.INVALID)
    if has_begun and found in (Problem.CONNECTION, Problem.INVALID):
        found = Problem.CUT
    status = f", status {error.status_code}" if isinstance(error, ModelHTTPError) else ""
    after = error.retry_after if isinstance(error, ModelAPIError) else None
    return Failure(problem=found, detail=type(error).__name__.removeprefix("_") + status, retry_after=after)
