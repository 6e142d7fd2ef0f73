"""The Chromium that pictures, figures and tests are made with."""

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from playwright.sync_api import Browser


@contextmanager
def chromium() -> "Iterator[Browser]":
    """The machine's own browser, else the one that Playwright has fetched."""
    from playwright.sync_api import sync_playwright  # noqa: PLC0415 (its types are all that others need)

    found = shutil.which("chromium") or shutil.which("google-chrome")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=found, args=["--no-sandbox"])
        yield browser
        browser.close()
