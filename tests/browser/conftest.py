"""A real Chromium against the real server."""

import os
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from django.db import connection
from playwright.sync_api import Browser, BrowserContext, Page, expect

from scenarios.browser import chromium as running_chromium
from tests.live import live_server

# Playwright's own event loop runs in the tests' thread, and Django refuses the database beside one.
os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"
AXE = Path(__file__).parents[2] / "frontend" / "node_modules" / "axe-core" / "axe.min.js"
PATIENCE = 30_000  # milliseconds: it only ends a test that would hang, on a machine that is busy, too
expect.set_options(timeout=PATIENCE)
PHONE, DESKTOP = {"width": 390, "height": 844}, {"width": 1440, "height": 900}


@pytest.fixture(scope="module")  # while its event loop is there, nothing else can run one
def chromium() -> Iterator[Browser]:
    with running_chromium() as browser:
        yield browser


@pytest.fixture(scope="module")
def running_server(django_db_setup: None) -> Iterator[str]:
    with live_server(workers=1) as address:
        yield address


@pytest.fixture
def server(transactional_db: None, running_server: str) -> Iterator[str]:
    """The server's address. What it is still doing at the end is waited for: then the tables are emptied."""
    yield running_server
    while _is_at_work():
        time.sleep(0.02)


def _is_at_work() -> bool:
    with connection.cursor() as cursor:
        cursor.execute(
            "select exists (select from pg_stat_activity where datname = current_database()"
            " and pid <> pg_backend_pid() and backend_type = 'client backend' and state <> 'idle')"
        )
        (found,) = cursor.fetchone() or (False,)
        return bool(found)


@pytest.fixture
def open_page(chromium: Browser, server: str) -> Iterator[Callable[..., Page]]:
    """Opens a browser of its own; it fails the test where a script or the page's policy complains."""
    contexts: list[BrowserContext] = []
    complaints: list[str] = []

    def opened(
        size: dict[str, int] = DESKTOP, *, dark: bool = False, scripts: bool = True, zone: str | None = None
    ) -> Page:
        scheme = "dark" if dark else "light"
        context = chromium.new_context(
            base_url=server,
            viewport=size,  # type: ignore[arg-type]  # it is such a dictionary
            color_scheme=scheme,  # type: ignore[arg-type]  # one of its words
            java_script_enabled=scripts,
            timezone_id=zone,
        )
        context.set_default_timeout(PATIENCE)
        contexts.append(context)
        page = context.new_page()
        page.on("pageerror", lambda error: complaints.append(str(error)))
        page.on("console", lambda said: complaints.append(said.text) if said.type == "error" else None)
        return page

    yield opened
    for context in contexts:
        context.close()
    # Refusals, a connection that a test has cut, and what the page was just asking for when it was closed.
    expected = ("status of 4", "ERR_INTERNET_DISCONNECTED", "htmx:afterRequest", "htmx:sendAbort", "htmx:sendError")
    assert [each for each in complaints if not any(said in each for said in expected)] == []


def violations(page: Page) -> list[str]:
    """What axe finds on a page, by WCAG 2.2 A and AA."""
    # The page's own policy forbids scripts from elsewhere, so this one is evaluated by the browser itself.
    page.evaluate(AXE.read_text() + "\n;undefined")
    found = page.evaluate(
        "axe.run({runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice']})"
    )
    return [
        f"{each['id']}: {node['target']} {node.get('failureSummary', '')}"
        for each in found["violations"]
        for node in each["nodes"]
    ]
