"""A mail server for mails."""

from collections.abc import Iterator

import pytest
from django.conf import LazySettings

from tests.mailbox import Mailbox, mail_server


@pytest.fixture
def mailbox(settings: LazySettings) -> Iterator[Mailbox]:
    """What a real mail server gets from this test."""
    box = Mailbox()
    with mail_server(box) as port:
        settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
        settings.EMAIL_HOST, settings.EMAIL_PORT, settings.EMAIL_TIMEOUT = "127.0.0.1", port, 5
        settings.EMAIL_HOST_USER = settings.EMAIL_HOST_PASSWORD = ""
        settings.EMAIL_USE_TLS = settings.EMAIL_USE_SSL = False
        settings.DEFAULT_FROM_EMAIL = "Parley <interviews@parley.example>"
        yield box
