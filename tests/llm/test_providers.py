"""The models that can be set, by the names that the README gives."""

import pytest

from parley.llm.providers import model_of

KEYS = {"OPENAI_API_KEY": "k", "ANTHROPIC_API_KEY": "k", "GOOGLE_API_KEY": "k"}


@pytest.mark.parametrize(
    ("name", "kind"),
    [
        ("openai:gpt-5-mini", "OpenAIChatModel"),
        ("anthropic:claude-sonnet-4-5", "AnthropicModel"),
        ("google:gemini-3-flash-preview", "GoogleModel"),
    ],
)
def test_a_name_is_a_model_of_its_provider(name: str, kind: str, monkeypatch: pytest.MonkeyPatch) -> None:
    for variable, value in KEYS.items():
        monkeypatch.setenv(variable, value)
    model_of.cache_clear()
    model = model_of(name)
    model_of.cache_clear()
    assert (type(model).__name__, model.model_name) == (kind, name.partition(":")[2])
