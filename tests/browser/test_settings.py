"""The settings in a browser: a token is made and revoked, words are tried as they are typed, and axe finds nothing."""

from collections.abc import Callable

import pytest
from django.conf import LazySettings
from playwright.sync_api import Page, expect

from parley.notifications.models import mail_policy_of
from parley.organizations.models import ApiToken, User
from tests.browser.conftest import DESKTOP, PHONE, violations
from tests.browser.test_conflicts import log_in, picture
from tests.factories import UserFactory

Open = Callable[..., Page]
SIZES = pytest.mark.parametrize("size", [PHONE, DESKTOP], ids=["phone", "desktop"])
PAGES = ("", "scheduling/", "mails/", "mails/booked/", "members/", "tokens/", "webhooks/", "notifications/", "feeds/")


@pytest.fixture
def user(transactional_db: None, settings: LazySettings) -> User:
    # The server knows no other hashes.
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.Argon2PasswordHasher"]
    return UserFactory(full_name="Rosa Recruiter", email="rosa@example.com", company__name="Acme")


@SIZES
def test_a_token_is_made_and_revoked(open_page: Open, size: dict[str, int], user: User) -> None:
    page = open_page(size)
    log_in(page)
    page.goto("/app/settings/tokens/")
    page.get_by_label("What it is for").fill("Nightly import")
    page.get_by_role("button", name="Make the token").click()
    secret = page.get_by_role("textbox", name="Nightly import")
    expect(secret).to_be_visible()
    assert len(secret.input_value()) >= 64
    page.get_by_text("Revoke", exact=True).click()
    page.get_by_role("button", name="Revoke Nightly import now").click()
    expect(page.get_by_role("status").first).to_contain_text("The token is revoked.")
    assert ApiToken.objects.count() == 0


def test_words_are_shown_as_they_are_typed(open_page: Open, user: User) -> None:
    page = open_page()
    log_in(page)
    page.goto("/app/settings/mails/booked/")
    page.get_by_label("Subject").fill("See you, {candidate_name}")
    expect(page.locator("#preview")).to_contain_text("See you, Ada Keller")
    page.get_by_label("Subject").fill("See you, {nobody}")
    expect(page.locator("#preview")).to_contain_text("Unknown: {nobody}")
    assert mail_policy_of(user.company_id).texts == {}


@SIZES
@pytest.mark.parametrize("dark", [False, True], ids=["light", "dark"])
def test_axe_finds_nothing(open_page: Open, size: dict[str, int], dark: bool, user: User) -> None:
    UserFactory(company=user.company, full_name="Kim Colleague")
    page = open_page(size, dark=dark)
    log_in(page)
    found: dict[str, list[str]] = {}
    for at in PAGES:
        page.goto(f"/app/settings/{at}")
        picture(page, f"settings-{at.replace('/', '-')}{size['width']}-{'dark' if dark else 'light'}")
        if told := violations(page):
            found[at] = told
        if page.evaluate("document.documentElement.scrollWidth > document.documentElement.clientWidth"):
            found[f"{at} scrolls sideways"] = []
    assert found == {}
