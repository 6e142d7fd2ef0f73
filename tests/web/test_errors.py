"""What a browser sees where no view answers, and what a program gets there."""

from typing import Any

import pytest
from django.conf import LazySettings
from django.http import HttpRequest
from django.test import Client

from parley.interviews.models import AIInterviewConfiguration
from parley.organizations.models import User
from tests.api.tenants import unchanged

pytestmark = pytest.mark.django_db
BROWSER = {"Accept": "text/html,application/xhtml+xml"}


def test_the_address_of_a_form_opened_as_a_page(logged_in: Client) -> None:
    answer = logged_in.get("/app/candidates/invite/", headers=BROWSER)
    assert (answer.status_code, answer["Allow"]) == (405, "POST")
    assert "This address only takes a form" in answer.content.decode()
    assert "frame-ancestors 'none'" in answer["Content-Security-Policy"]
    assert "no-store" in answer["Cache-Control"]
    assert logged_in.get("/app/candidates/invite/").content == b""


def test_a_file_that_is_too_large(logged_in: Client, settings: LazySettings) -> None:
    settings.PARLEY_MAX_RESUME_BYTES = 1000

    def send(address: str, **headers: str) -> Any:
        content_type = "multipart/form-data; boundary=x"
        return logged_in.post(address, b"x" * 200_000, content_type=content_type, headers=headers)

    answer = send("/app/imports/", **BROWSER)
    assert answer.status_code == 413
    assert "This is too large" in answer.content.decode()
    assert send("/app/imports/")["Content-Type"] == "application/problem+json"
    assert send("/api/candidates/", **BROWSER)["Content-Type"] == "application/problem+json"


def test_a_host_that_is_not_this_one(client: Client) -> None:
    answer = client.get("/login/", headers={**BROWSER, "Host": "evil.example"})
    assert answer.status_code == 400
    assert "This cannot be understood" in answer.content.decode()


def test_more_fields_than_any_form_has(logged_in: Client) -> None:
    values = {f"field-{number}": "" for number in range(2000)}
    answer = logged_in.post("/app/settings/notifications/", values, headers=BROWSER)
    assert answer.status_code == 400
    assert "This cannot be understood" in answer.content.decode()


def test_a_failure_of_ours(logged_in: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(request: HttpRequest) -> None:
        raise RuntimeError

    monkeypatch.setattr("parley.web.entrance.progress", fail)
    logged_in.raise_request_exception = False
    answer = logged_in.get("/", headers=BROWSER)
    assert answer.status_code == 500
    assert "Something went wrong on our side" in answer.content.decode()
    assert answer["X-Request-ID"] in answer.content.decode()
    assert logged_in.get("/")["Content-Type"] == "application/problem+json"


def test_a_week_of_as_many_windows_as_there_may_be(logged_in: Client, user: User) -> None:
    values = {"interview_type": "technical", "slot_duration": "15", "break_duration": "0", "max_candidates": "1"}
    values |= {"window-TOTAL_FORMS": "100", "window-INITIAL_FORMS": "0", "publish": "1"}
    for number in range(100):
        start = 30 * (number % 20)
        values |= {
            f"window-{number}-id": "",
            f"window-{number}-day": str(1 + number // 20),
            f"window-{number}-start": f"{8 + start // 60:02}:{start % 60:02}",
            f"window-{number}-end": f"{8 + start // 60:02}:{start % 60 + 20:02}",
            f"window-{number}-DELETE": "",
        }
    assert logged_in.post("/app/availability/new/", values).status_code == 302
    assert AIInterviewConfiguration.objects.filter(company=user.company).count() == 100


@pytest.mark.parametrize("number", [0x0A, 0x07, 0x2028, 0x202E])
def test_a_line_of_a_form_is_one_line(logged_in: Client, user: User, number: int) -> None:
    sent = {
        "/app/candidates/new/": {"full_name": f"Ada{chr(number)}Bcc: x", "email": "ada@example.com"},
        "/app/jobs/new/": {"job_title": f"Baker{chr(number)}Bcc: x"},
        "/app/settings/": {"name": f"Acme{chr(number)}Bcc: x", "email": "a@example.com", "timezone": "UTC"},
        "/app/settings/branding/": {"display_name": f"Acme{chr(number)}Bcc: x"},
    }
    with unchanged():
        for address, values in sent.items():
            answer = logged_in.post(address, values)
            assert answer.status_code == 400, address
            assert "Write one line, without control characters." in answer.content.decode()
