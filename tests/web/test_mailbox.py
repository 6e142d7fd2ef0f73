"""The page that shows mails where no mail server is set."""

from pathlib import Path

import pytest
from django.conf import LazySettings
from django.core.mail import EmailMultiAlternatives
from django.test import Client


@pytest.fixture
def folder(settings: LazySettings, tmp_path: Path) -> Path:
    settings.EMAIL_BACKEND = "django.core.mail.backends.filebased.EmailBackend"
    settings.EMAIL_FILE_PATH = str(tmp_path)
    return tmp_path


def test_mails_are_shown_as_text(folder: Path) -> None:
    assert "There are none yet" in Client().get("/mails/").content.decode()
    for name in ("first", "second"):
        mail = EmailMultiAlternatives(
            f"{name} <b>", f"Hello {name}, <script>alert(1)</script> \u738b", to=["a@example.org"]
        )
        mail.attach_alternative("BEGIN:VCALENDAR", "text/calendar; method=REQUEST")
        mail.send()
    page = Client().get("/mails/").content.decode()
    assert page.count('<section class="mail">') == 2
    assert "first &lt;b&gt;" in page
    assert "Hello second, &lt;script&gt;alert(1)&lt;/script&gt; \u738b" in page
    assert page.count("with a calendar entry") == 2


@pytest.mark.parametrize("address", ["192.0.2.7", "2001:db8::1", "", "x"])
def test_they_are_shown_at_this_machine_alone(folder: Path, address: str) -> None:
    assert Client(REMOTE_ADDR=address).get("/mails/").status_code == 404
    assert Client(REMOTE_ADDR="::1").get("/mails/").status_code == 200


def test_they_are_not_shown_in_production_or_where_they_are_sent(folder: Path, settings: LazySettings) -> None:
    settings.PRODUCTION = True
    assert Client().get("/mails/").status_code == 404
    settings.PRODUCTION = False
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    assert Client().get("/mails/").status_code == 404
