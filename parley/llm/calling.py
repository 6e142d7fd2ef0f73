"""Asking a model: the one that is set, again after a pause, then the one that stands in for it, within the budget.

The caller must be in no transaction, and gives its database connection back while the model thinks.
"""

import asyncio
import concurrent.futures
import json
import queue
import random
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Generic, TypeVar
from uuid import UUID

import pydantic
import structlog
from django.conf import settings
from django.utils import timezone

from parley.core.turnstile import TooManyWait, waiting
from parley.llm.loop import portal
from parley.llm.operations import reserve, settle
from parley.llm.providers import model_names, model_of
from parley.llm.rules.costs import MICROS, Price, tokens_in
from parley.llm.rules.failures import Failure, Problem, record_of
from parley.llm.rules.patience import Patience, wait_before
from parley.llm.rules.purposes import CallState, Purpose

if TYPE_CHECKING:
    from parley.llm.attempts import Attempt

log = structlog.get_logger("parley.llm")
Output = TypeVar("Output", bound=pydantic.BaseModel)
SENTENCE_ENDS = ".!?…:।。\n"  # of the languages that kits are written in, and a line's
Check = Callable[[str, bool], str]  # of the text so far and whether it is whole: what is wrong with it, or nothing


@dataclass(frozen=True, kw_only=True)
class Prompt:
    """What a model is asked, for whom, and what the answer is about."""

    company_id: int
    purpose: Purpose
    subject_id: UUID
    system: str
    user: str
    temperature: float
    max_tokens: int

    @property
    def parameters(self) -> dict[str, Any]:
        """What the provider is told beside the words."""
        return {"temperature": self.temperature, "max_tokens": self.max_tokens}


class Unavailable(Exception):
    """No model gave an answer of use. ``attempts`` say why, one by one."""

    def __init__(self, attempts: list[dict[str, Any]]) -> None:
        super().__init__(", ".join(str(each["problem"]) for each in attempts))
        self.attempts = attempts


class Again:
    """In a stream: what came before is void, another attempt begins."""


@dataclass(frozen=True, kw_only=True)
class Said:
    """A whole answer, and what it took. Times are milliseconds; ``attempts`` failed before it."""

    raw: str
    model: str
    parameters: dict[str, Any]
    input_tokens: int
    output_tokens: int
    cost_micros: int
    first_piece_ms: int | None
    total_ms: int
    attempts: list[dict[str, Any]]


@dataclass(frozen=True, kw_only=True)
class Answer(Said, Generic[Output]):
    """A whole answer of the shape that was asked for."""

    output: Output


def is_configured() -> bool:
    """Whether any model is set."""
    return bool(model_names())


def warm_up() -> None:
    """Load what asking needs: pydantic-ai and a provider's library take seconds, which no candidate should wait for.

    Processes that ask no model never load it.
    """
    for name in model_names():
        import parley.llm.attempts  # noqa: F401, PLC0415 (see above)

        with suppress(Exception):  # a wrong name or a missing key is met again, and told, when it is asked
            model_of(name)


def stream(prompt: Prompt, *, check: Check) -> Iterator[str | Again | Said]:
    """The pieces of a text as they come, ``Again`` where an attempt failed after its first piece, last what was said.

    ``check`` looks at the text at the end of each sentence, before that is passed on; what it finds fault with counts
    as a failed attempt. Raises ``Unavailable``.
    """
    heard: queue.SimpleQueue[str | Again | None] = queue.SimpleQueue()
    chain = _Chain(prompt, _patience_for(prompt.purpose), None, check, heard.put)
    running = chain.start(then=lambda: heard.put(None))
    try:
        while (piece := _next_of(heard)) is not None:
            yield piece
    except TooManyWait:
        chain.fail(Problem.BUSY)
    finally:
        running.cancel()
        said = chain.settle()
    if said is None:
        raise Unavailable(chain.failed)
    yield said


def ask(prompt: Prompt, shape: type[Output]) -> Answer[Output]:
    """One answer of a shape, which the provider gets as a JSON Schema. Raises ``Unavailable``."""
    parsed: list[Output] = []

    def check(text: str, is_whole: bool) -> str:
        if is_whole:
            try:
                parsed.append(shape.model_validate_json(text))
            except pydantic.ValidationError as error:
                return f"{error.error_count()} errors, first: {error.errors(include_input=False)[0]['type']}"
        return ""

    chain = _Chain(prompt, _patience_for(prompt.purpose), shape.model_json_schema(), check, None)
    running = chain.start(then=None)
    try:
        with waiting():
            concurrent.futures.wait([running])
    except TooManyWait:
        chain.fail(Problem.BUSY)
    finally:
        running.cancel()
        said = chain.settle()
    if said is None:
        raise Unavailable(chain.failed)
    return Answer(**vars(said), output=parsed[-1])


def _next_of(heard: "queue.SimpleQueue[str | Again | None]") -> str | Again | None:
    try:
        return heard.get_nowait()
    except queue.Empty:
        with waiting():
            return heard.get()


def _patience_for(purpose: Purpose) -> Patience:
    if purpose == Purpose.JUDGE:
        return Patience.of_judge(settings.AI_JUDGE_SECONDS)
    return Patience.of_interviewer(settings.AI_INTERVIEWER_SECONDS)


@dataclass
class _Chain:
    """All attempts at one prompt. It begins and ends in the caller's thread, and asks on the loop's."""

    prompt: Prompt
    patience: Patience
    schema: dict[str, Any] | None
    check: Check
    hear: Callable[[str | Again], None] | None
    failed: list[dict[str, Any]] = field(default_factory=list)
    made: "list[Attempt]" = field(default_factory=list)
    good: "Attempt | None" = None
    call_id: UUID | None = None
    began: float = 0.0
    _passed_on: int = 0  # characters of the present attempt

    def start(self, *, then: Callable[[], None] | None) -> "concurrent.futures.Future[None]":
        """Reserve what it may cost, and begin; ``then`` is called when it is over."""
        warm_up()
        self.began = time.perf_counter()
        names, refusal = model_names(), None
        if not names:
            refusal = Problem.NOT_CONFIGURED
        else:
            call = reserve(
                company_id=self.prompt.company_id,
                purpose=self.prompt.purpose,
                subject_id=self.prompt.subject_id,
                input_tokens=self._guess(),
                output_tokens=self.prompt.max_tokens,
                now=timezone.now(),
            )
            self.call_id = call.pk if call is not None else None
            refusal = None if call is not None else Problem.BUDGET
        if refusal is not None:
            self.fail(refusal)
            if then is not None:
                then()
            done: concurrent.futures.Future[None] = concurrent.futures.Future()
            done.set_result(None)
            return done
        return portal().start_task_soon(self._run, names, then)

    def fail(self, problem: Problem) -> None:
        """Note why no model was asked, or heard to the end."""
        name = next(iter(model_names()), "")
        self.failed.append(record_of(Failure(problem=problem), model=name, milliseconds=0))
        self.good = None

    async def _run(self, names: list[str], then: Callable[[], None] | None) -> None:
        try:
            for name in names:
                if await self._ask_one(name):
                    return
        except Exception:  # never leave the caller waiting
            log.exception("model_call_failed", purpose=str(self.prompt.purpose))
        finally:
            if then is not None:
                then()

    async def _ask_one(self, name: str) -> bool:
        """Ask one model until it has answered, or it is in vain."""
        failure: Failure | None = None
        for number in range(1, self.patience.attempts + 1):
            if failure is not None:
                chance = random.random()  # noqa: S311 (spreads retries; no secret)
                wait = wait_before(number, chance=chance, retry_after=failure.retry_after)
                if wait >= self._left():  # the other model may be there at once
                    return False
                await asyncio.sleep(wait)
            if self._left() <= 0:
                return False
            failure = await self._attempt(name)
            if failure is None:
                return True
            if not failure.is_worth_another:
                return False
        return False

    async def _attempt(self, name: str) -> Failure | None:
        from parley.llm.attempts import Attempt, AttemptFailed, Question, make  # noqa: PLC0415 (see ``warm_up``)

        attempt, self._passed_on = Attempt(name), 0
        self.made.append(attempt)

        def hear(*, is_whole: bool = False) -> None:
            if fault := self._pass_on(attempt, is_whole=is_whole):
                raise AttemptFailed(Failure(problem=self._fault(), detail=fault))

        try:
            prompt = self.prompt
            question = Question(
                system=prompt.system, user=prompt.user, parameters=prompt.parameters, schema=self.schema
            )
            await make(attempt, question, patience=self.patience, seconds=self._left(), hear=hear)
            hear(is_whole=True)
        except AttemptFailed as error:
            self.failed.append(record_of(error.failure, model=name, milliseconds=attempt.elapsed()))
            if self._passed_on and self.hear is not None:
                self.hear(Again())
            return error.failure
        self.good = attempt
        return None

    def _fault(self) -> Problem:
        return Problem.NONSENSE if self.schema is None else Problem.INVALID

    def _pass_on(self, attempt: "Attempt", *, is_whole: bool) -> str:
        """Let the text so far be heard where a sentence has ended; what is wrong with it, if anything."""
        if not is_whole and (self.hear is None or attempt.text.rstrip()[-1:] not in SENTENCE_ENDS):
            return ""
        if fault := self.check(attempt.text, is_whole):
            return fault
        fresh, self._passed_on = attempt.text[self._passed_on :], len(attempt.text)
        if fresh and self.hear is not None:
            self.hear(fresh)
        return ""

    def settle(self) -> Said | None:
        """Count what it took; what was said, if anything was."""
        if self.call_id is None:
            return None
        given = taken = cost = 0
        for attempt in self.made:
            tokens = _usage(attempt, self._guess())
            given, taken, cost = given + tokens[0], taken + tokens[1], cost + _cost(attempt, *tokens)
        good = self.good
        figures: dict[str, Any] = {
            "model": good.model if good is not None else "",
            "input_tokens": given,
            "output_tokens": taken,
            "cost_micros": cost,
            "attempts": self.failed,
            "first_piece_ms": good.first_piece_ms if good is not None else None,
            "total_ms": round((time.perf_counter() - self.began) * 1000),
        }
        state = CallState.DONE if good is not None else CallState.FAILED
        settle(call_id=self.call_id, state=state, figures=figures, now=timezone.now())
        if good is None:
            return None
        del figures["model"]
        return Said(raw=good.text, model=good.model, parameters=self.prompt.parameters, **figures)

    def _left(self) -> float:
        return self.patience.whole - (time.perf_counter() - self.began)

    def _guess(self) -> int:
        schema = json.dumps(self.schema) if self.schema else ""
        return tokens_in(self.prompt.system + self.prompt.user + schema)


def _usage(attempt: "Attempt", guess: int) -> tuple[int, int]:
    """Tokens given and taken; guessed where the provider does not say, nothing where it has refused the request."""
    if attempt.response is not None and attempt.response.usage.total_tokens:
        return attempt.response.usage.input_tokens, attempt.response.usage.output_tokens
    return (guess, tokens_in(attempt.text)) if attempt.text else (0, 0)


def _cost(attempt: "Attempt", given: int, taken: int) -> int:
    """Millionths of a dollar: by the operator's price, else the published one; an unknown one counts as nothing."""
    price = settings.AI_PRICES.get(attempt.model)
    if price is not None:
        return Price(input=price[0], output=price[1]).cost_micros(input_tokens=given, output_tokens=taken)
    if attempt.response is None:
        return 0
    try:
        return round(attempt.response.cost().total_price * MICROS)
    except (LookupError, ValueError):
        return 0
