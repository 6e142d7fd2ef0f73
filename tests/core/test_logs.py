"""What the logs say, and what they keep to themselves."""

import json
import logging
from typing import Any

import pytest
from django.conf import LazySettings
from django.db import IntegrityError
from django.test import Client

from parley.core.logs import logging_config
from tests.factories import PASSWORD, UserFactory


@pytest.fixture
def lines(caplog: pytest.LogCaptureFixture) -> Any:
    """What the handler writes: a list of JSON objects, made anew at each call."""
    described = logging_config(level="INFO", pretty=False)["formatters"]["structured"]
    formatter = described["()"](processors=described["processors"], foreign_pre_chain=described["foreign_pre_chain"])
    caplog.set_level(logging.INFO)
    return lambda: [json.loads(formatter.format(record)) for record in caplog.records]


@pytest.mark.django_db
def test_a_failure_is_logged_with_its_traceback_under_the_request_s_id(lines: Any, settings: LazySettings) -> None:
    settings.PARLEY_THROTTLE = {"login": "broken"}
    client = Client(raise_request_exception=False)
    body = {"email": "ada.keller@example.org", "password": PASSWORD}
    answer = client.post(
        "/api/auth/login/", json.dumps(body), "application/json", headers={"X-Request-ID": "find-me-again"}
    )
    assert (answer.status_code, answer.json()["code"]) == (500, "failure")
    failure, request = lines()
    assert (failure["event"], failure["level"], failure["request_id"]) == ("failure", "error", "find-me-again")
    assert failure["route"] == "api/auth/login/"
    assert failure["exception"].endswith("ValueError: invalid literal for int() with base 10: 'broken'")
    assert (request["event"], request["status"], request["request_id"]) == ("request", 500, "find-me-again")
    assert not any(secret in str(lines()) for secret in (PASSWORD, "ada.keller"))


@pytest.mark.django_db
def test_values_of_rows_are_left_out_of_tracebacks(lines: Any) -> None:
    taken = UserFactory(email="ada.keller@example.org")
    try:
        UserFactory(email=taken.email)
    except IntegrityError:
        logging.getLogger("somewhere").exception("failed")
    (line,) = lines()
    assert "UniqueViolation" in line["exception"]
    assert "DETAIL (left out)" in line["exception"]
    assert "ada.keller" not in str(line)


@pytest.mark.django_db
def test_a_refusal_is_no_failure(lines: Any) -> None:
    Client().post("/api/auth/login/", "{}", "application/json")
    assert [line["event"] for line in lines()] == ["request"]
