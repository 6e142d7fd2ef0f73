"""What all tests share."""

from collections.abc import Iterator

import pytest
from django.conf import LazySettings

from parley.llm.providers import model_of
from tests.judge import Double, judging_double
from tests.providers import provider

__all__ = ["provider"]


@pytest.fixture(autouse=True)
def _fast_passwords(settings: LazySettings) -> None:
    """Argon2 is slow on purpose; what is hashed here protects nobody."""
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]


@pytest.fixture(autouse=True)
def _mail_in_memory(settings: LazySettings) -> None:
    settings.EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"


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
