"""A provider on this machine, set as Parley's."""

from collections.abc import Iterator

import pytest

from parley.llm.providers import model_of
from scenarios.provider import Provider, serve_provider


@pytest.fixture
def provider(monkeypatch: pytest.MonkeyPatch, settings: object) -> Iterator[Provider]:
    """Answers “What did you measure?” unless it is told otherwise."""
    with serve_provider(lambda body: "I see. What did you measure?") as provider:
        use_provider(provider, monkeypatch, settings)
        yield provider
    model_of.cache_clear()


def use_provider(provider: Provider, monkeypatch: pytest.MonkeyPatch, settings: object) -> None:
    """Let this process ask it, patiently for a second."""
    model_of.cache_clear()
    for name, value in provider.environment.items():
        monkeypatch.setenv(name, value)
    for name, value in {"AI_MODEL": "openai:local", "AI_FALLBACK_MODEL": "", "AI_INTERVIEWER_SECONDS": 3}.items():
        setattr(settings, name, value)
