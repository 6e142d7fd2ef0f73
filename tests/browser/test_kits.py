"""Kits in a browser: copied, worded anew, with and without JavaScript."""

from collections.abc import Callable

import pytest
from django.conf import LazySettings
from playwright.sync_api import Page, expect

from parley.conversations.models import InterviewKit
from parley.organizations.models import User
from tests.browser.conftest import DESKTOP, PHONE, violations
from tests.browser.test_conflicts import log_in, picture
from tests.factories import UserFactory

Open = Callable[..., Page]


@pytest.fixture
def user(transactional_db: None, settings: LazySettings) -> User:
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.Argon2PasswordHasher"]
    return UserFactory(
        full_name="Rosa Recruiter", email="rosa@example.com", company__name="Acme", company__timezone="Europe/Berlin"
    )


@pytest.mark.parametrize(
    ("size", "dark", "scripts"),
    [(PHONE, True, True), (DESKTOP, False, True), (DESKTOP, False, False)],
    ids=["phone-dark", "desktop", "no-script"],
)
def test_copy_a_kit_and_add_a_question(
    open_page: Open, size: dict[str, int], dark: bool, scripts: bool, user: User
) -> None:
    page = open_page(size, dark=dark, scripts=scripts)
    name = f"{size['width']}-{'dark' if dark else 'light'}"

    def look(what: str) -> None:
        if scripts:
            picture(page, f"kits-{what}-{name}")
            assert violations(page) == []

    log_in(page)
    page.locator("form[action='/logout/']").first.wait_for(state="attached")
    page.goto("/app/kits/")
    look("none")
    page.get_by_role("link", name="Copy a kit").click()
    page.get_by_label("Name").fill("Our behavioral interview")
    page.get_by_label("Kind of interview").select_option("behavioral")
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_role("heading", name="Our behavioral interview")).to_be_visible()
    look("kit")
    page.get_by_role("link", name="Change the words").click()
    look("words")
    page.get_by_role("button", name="Add a question to part 1").click()
    page.get_by_role("button", name="Save as a new version").click()
    expect(page.get_by_text("Nothing is saved yet")).to_be_visible()
    page.locator("textarea[name='competencies[0].questions[1].text']").fill("What did you learn last week?")
    page.get_by_role("button", name="Save as a new version").click()
    expect(page.get_by_text("Version 2 is saved.")).to_be_visible()
    expect(page.get_by_text("What did you learn last week?")).to_be_visible()
    kit = InterviewKit.objects.get()
    assert [each.number for each in kit.versions.all()] == [2, 1]
    page.goto("/app/kits/")
    look("list")
