"""A provider on this machine, set as Parley's."""

from collections.abc import Iterator, Mapping

import pytest
from django.conf import LazySettings

from parley.llm.providers import model_of
from scenarios.provider import Behaviour, Provider, serve_provider
from tests.judge import Double, judging_double


@pytest.fixture
def provider(monkeypatch: pytest.MonkeyPatch, settings: LazySettings) -> Iterator[Provider]:
    """Answers “What did you measure?” unless it is told otherwise."""
    with serve_provider(lambda body: "I see. What did you measure?") as provider:
        use_provider(provider.environment, monkeypatch, settings)
        yield provider
    model_of.cache_clear()


@pytest.fixture
def misbehaving(provider: Provider, settings: LazySettings) -> Provider:
    """The same, for tests in which an answer does not come: that ends after seconds."""
    settings.AI_INTERVIEWER_SECONDS = 6
    return provider


@pytest.fixture
def judge_model(settings: LazySettings, monkeypatch: pytest.MonkeyPatch) -> Iterator[Double]:
    """A judge that obeys whatever reaches it as an instruction."""
    with judging_double() as double:
        use_provider(double.environment, monkeypatch, settings)
        yield double
    model_of.cache_clear()


def use_provider(environment: Mapping[str, str], monkeypatch: pytest.MonkeyPatch, settings: LazySettings) -> None:
    """Let this process ask the one that these variables name, as patiently as a busy machine needs it."""
    model_of.cache_clear()
    for name, value in environment.items():
        monkeypatch.setenv(name, value)
    settings.AI_MODEL, settings.AI_FALLBACK_MODEL = "openai:local", ""
    settings.AI_INTERVIEWER_SECONDS = settings.AI_JUDGE_SECONDS = 60


TEN_MEGABYTES = " ".join(["word" * 2_500] * 1_000)
# What a provider can do wrong, and what the records call it. The text is “What did you measure?” where one is begun.
MISBEHAVIOURS: dict[str, tuple[Behaviour, str]] = {
    "429 that says when": (lambda it: it.fail(429, headers={"Retry-After": "0"}), "rate_limited"),
    "500": (lambda it: it.fail(500), "server_error"),
    "503": (lambda it: it.fail(503), "server_error"),
    "hangs before the first piece": (lambda it: it.hang(), "timeout"),
    "hangs in mid-stream": (lambda it: it.say("I see. What did you measure?", hang_after=3), "timeout"),
    "very slow": (lambda it: it.say("word " * 100, pause=0.05), "timeout"),
    "cut": (lambda it: it.say("I see. What did you measure?", cut_after=3), "cut"),
    "broken JSON": (lambda it: it.garble(), "invalid"),
    "a refusal": (lambda it: it.refuse(), "refused"),
    "filtered": (lambda it: it.say("", finish="content_filter"), "refused"),
    "nonsense": (lambda it: it.say("Banana."), "nonsense"),
    "ten megabytes": (lambda it: it.say(TEN_MEGABYTES), "too_long"),
    "out of tokens": (lambda it: it.say("What did", finish="length"), "too_long"),
}
