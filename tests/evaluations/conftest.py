"""What tests of judging share."""

from collections.abc import Iterator

import pytest
from django.conf import LazySettings

from parley.llm.providers import model_of
from tests.judge import Double, judging_double


@pytest.fixture
def judge_model(settings: LazySettings, monkeypatch: pytest.MonkeyPatch) -> Iterator[Double]:
    """A model is set: one that obeys whatever reaches it as an instruction."""
    with judging_double() as double:
        for name, value in double.environment.items():
            monkeypatch.setenv(name, value)
        settings.AI_MODEL, settings.AI_FALLBACK_MODEL, settings.AI_JUDGE_SECONDS = "openai:local", "", 3
        model_of.cache_clear()
        yield double
    model_of.cache_clear()
