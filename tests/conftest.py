"""What all tests share."""

import pytest
from django.conf import LazySettings

from tests.providers import judge_model, misbehaving, provider

__all__ = ["judge_model", "misbehaving", "provider"]


@pytest.fixture(autouse=True)
def _fast_passwords(settings: LazySettings) -> None:
    """Argon2 is slow on purpose; what is hashed here protects nobody."""
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]


@pytest.fixture(autouse=True)
def _mail_in_memory(settings: LazySettings) -> None:
    settings.EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
