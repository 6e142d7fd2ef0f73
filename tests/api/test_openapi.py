"""The OpenAPI document says what the server does: read against the addresses, and tried with generated calls."""

import os
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import yaml
from rest_framework.test import APIClient

from parley.interviews.rules.states import ScheduleStatus, SlotStatus
from tests.api.routes import routes
from tests.api.tenants import ROLES, make_tenant, token_for
from tests.factories import AdminFactory
from tests.live import live_server

HERE = Path(__file__).parent
# For each role; more finds more: PARLEY_SCHEMATHESIS_SECONDS=600 pytest tests/api/test_openapi.py
SECONDS = int(os.environ.get("PARLEY_SCHEMATHESIS_SECONDS", "18"))
EXAMPLES = int(os.environ.get("PARLEY_SCHEMATHESIS_EXAMPLES", "3"))
# The same calls in every usual run; a deeper one tries others.
SEED = [] if "PARLEY_SCHEMATHESIS_SECONDS" in os.environ else ["--seed", "1"]
# It would end the token that the other calls need; test_isolation tries it.
LEFT_OUT = "/api/auth/logout/"


@pytest.fixture
def document(anonymous: APIClient) -> dict[str, Any]:
    answer = anonymous.get("/api/schema/")
    assert (answer.status_code, answer["Content-Type"]) == (200, "application/vnd.oai.openapi")
    loaded: dict[str, Any] = yaml.safe_load(answer.content)
    return loaded


def test_the_document_is_the_one_in_the_repository(anonymous: APIClient) -> None:
    kept = (HERE.parent.parent / "docs" / "openapi.yaml").read_bytes()
    assert anonymous.get("/api/schema/").content == kept, "run: make openapi"
    assert anonymous.post("/api/schema/").status_code == 405


def test_every_address_and_method_of_the_api_is_described(document: dict[str, Any]) -> None:
    described = {
        (path, method)
        for path, operations in document["paths"].items()
        for method in operations
        if method != "parameters"
    }
    answered = {
        ("/" + re.sub(r"<\w+:(\w+)>", r"{\1}", route.pattern).replace("{pk}", "{id}"), route.method)
        for route in routes()
        if route.pattern.startswith("api/") and route.name not in ("schema", "docs")
    }
    assert described == answered


def test_every_operation_describes_its_refusals(document: dict[str, Any]) -> None:
    for path, operations in document["paths"].items():
        for method, operation in operations.items():
            statuses = set(operation["responses"])
            expected = {"400", "403", "405", "413", "503"}
            expected |= {"401"} if "security" in operation else {"429"}
            expected |= {"404"} if "{" in path else set()
            expected |= {"409", "411", "415"} if method != "get" else set()
            assert expected <= statuses, (path, method)
            assert [status for status in statuses if status.startswith("2")], (path, method)


def test_every_post_that_makes_or_changes_something_takes_an_idempotency_key(document: dict[str, Any]) -> None:
    without = {
        path
        for path, operations in document["paths"].items()
        if "post" in operations
        and not any(each["name"] == "Idempotency-Key" for each in operations["post"].get("parameters", []))
    }
    assert without == {
        "/api/auth/accept-invitation/",
        "/api/auth/change-password/",
        "/api/auth/login/",
        "/api/auth/logout/",
        "/api/candidates/extract_resume/",
        "/api/companies/{id}/mail_preview/",
        "/api/interviews/slots/search_available/",
        "/api/public/interviews/{link}/session/answers/",
    }


def test_the_pages_show_the_document(anonymous: APIClient) -> None:
    answer = anonymous.get("/api/docs/")
    assert (answer.status_code, answer["Content-Type"]) == (200, "text/html; charset=utf-8")
    assert "/api/schema/" in answer.content.decode()
    assert "cdn" not in answer.content.decode()


@pytest.mark.django_db(transaction=True)
def test_generated_calls_of_every_role_are_answered_as_described(tmp_path: Path) -> None:
    """No 5xx, no undocumented status, type, header or body, no bad data taken: whatever is sent, in any order."""
    tenant = make_tenant("alphaworks")
    make_tenant("zyxwv")
    tokens = {role: token_for(tenant.users[role]) for role in reversed(ROLES)}
    tokens["admin"] = token_for(AdminFactory())
    limits = {f"PARLEY_THROTTLE_{what}": "100000/minute" for what in ("LOGIN", "REGISTER", "INVITE")}
    with live_server(workers=2, **limits) as address:
        failed = {role: said for role, token in tokens.items() if (said := _schemathesis(address, token, tmp_path))}
    assert not failed, "\n".join(failed.values())


def _schemathesis(address: str, token: str, folder: Path) -> str:
    """What it found; an empty text where that is nothing."""
    command = [
        *(sys.executable, "-m", "schemathesis.cli", "--config-file", str(HERE / "schemathesis.toml"), "run"),
        *(f"{address}/api/schema/", "--header", f"Authorization: Token {token}"),
        *("--exclude-path", LEFT_OUT, "--max-examples", str(EXAMPLES), "--max-time", str(SECONDS)),
        *("--continue-on-failure", "--generation-database", "none", "--no-color", *SEED),
    ]
    hooks = {"SCHEMATHESIS_HOOKS": "tests.api.schemathesis_hooks", "PYTHONPATH": str(HERE.parent.parent)}
    done = subprocess.run(command, env={**os.environ, **hooks}, cwd=folder, capture_output=True, text=True, check=False)
    return "" if done.returncode == 0 else f"{done.stdout}\n{done.stderr}"


# What only pages can meet so far: logins of people, tokens, whole weeks, clocks, imported lists, many invitations,
# what administrators do for and as users.
ONLY_PAGES = {
    "too_many_attempts",
    "too_many_tokens",
    "too_many_windows",
    "week_changed",
    "window_twice",
    "windows_overlap",
    "bad_time",
    "time_skipped",
    "slot_not_cancelled",
    "column_twice",
    "import_not_found",
    "import_started",
    "no_rows",
    "not_checked",
    "not_finished",
    "nothing_to_import",
    "unknown_column",
    "unknown_field",
    "already_invited",
    "job_archived",
    "too_many",
    "acting",
    "acts_as_admin",
    "no_access",
    "no_second_factor",
    "job_not_failed",
    "job_waits",
}


def test_every_code_of_a_refusal_is_in_the_overview() -> None:
    """Clients act on them: a new one is told of where the others are."""
    package = HERE.parent.parent / "parley"
    found: set[str] = set()
    for path in package.rglob("*.py"):
        found |= set(re.findall(r'code="([a-z_]+)"', path.read_text()))
        found |= {f"{thing}_not_found" for thing in re.findall(r'thing="([a-z]+)"', path.read_text())}
    found |= {f"slot_{status}" for status in ("cancelled", "completed")}
    found |= {f"already_{status.value}" for status in (*ScheduleStatus, *SlotStatus)} - {
        "already_available",
        "already_booked",
    }
    overview = (package / "api" / "overview.md").read_text()
    assert {code for code in found if f"`{code}`" not in overview} == ONLY_PAGES
