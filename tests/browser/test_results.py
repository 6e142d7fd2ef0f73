"""The results of an interview in a browser: rated blind, seen, decided."""

from collections.abc import Callable

import pytest
from django.conf import LazySettings
from playwright.sync_api import Page, expect

from parley.conversations.models import InterviewSession
from parley.evaluations.models import Decision
from parley.organizations.models import User
from tests.browser.conftest import DESKTOP, PHONE, violations
from tests.browser.test_conflicts import log_in, picture
from tests.evaluations.held import hold, shipped
from tests.evaluations.test_operations import rate
from tests.factories import UserFactory

Open = Callable[..., Page]
OTHERS = {"depth": 2, "diagnosis": 3, "quality": 3, "tradeoffs": None, "clarity": 4}


@pytest.fixture
def user(transactional_db: None, settings: LazySettings) -> User:
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.Argon2PasswordHasher"]
    return UserFactory(
        full_name="Rosa Recruiter", email="rosa@example.com", company__name="Acme", company__timezone="Europe/Berlin"
    )


@pytest.fixture
def session(user: User) -> InterviewSession:
    """By the shipped technical kit, rated by a colleague."""
    assert user.company
    session = hold(user.company, version=shipped("technical"))
    rate(session, UserFactory(company=user.company, full_name="Hal Manager"), OTHERS, note="Not deep enough.")
    return session


@pytest.mark.parametrize(
    ("size", "dark", "scripts"),
    [(PHONE, False, True), (DESKTOP, True, True), (DESKTOP, False, False)],
    ids=["phone", "desktop-dark", "no-script"],
)
def test_rate_blind_then_see_others_then_decide(
    open_page: Open, size: dict[str, int], dark: bool, scripts: bool, user: User, session: InterviewSession
) -> None:
    page = open_page(size, dark=dark, scripts=scripts)
    log_in(page)
    page.locator("form[action='/logout/']").first.wait_for(state="attached")
    page.goto(f"/app/interviews/{session.interview_id}/")
    page.get_by_role("link", name="See the results").click()
    expect(page.get_by_text("1 person has rated this interview")).to_be_visible()
    expect(page.get_by_text("Not deep enough.")).to_have_count(0)
    name = f"{size['width']}-{'dark' if dark else 'light'}"
    if scripts:
        picture(page, f"results-blind-{name}")
        assert violations(page) == []
    for criterion in OTHERS:
        page.locator(f"input[name=level_{criterion}][value='4']").check()
    page.get_by_label("On the whole").fill("A clear thinker.")
    page.get_by_role("button", name="Keep my ratings").click()
    expect(page.get_by_text("Now you see all of them.")).to_be_visible()
    expect(page.get_by_text("Not deep enough.")).to_be_visible()
    page.get_by_label("Advance").check()
    page.locator("textarea[name=reason]").fill("Second round.")
    if scripts:
        picture(page, f"results-rated-{name}")
        assert violations(page) == []
    page.get_by_role("button", name="Keep the decision").click()
    expect(page.get_by_role("heading", name="Decision: Advance")).to_be_visible()
    if scripts:
        picture(page, f"results-decided-{name}")
        assert violations(page) == []
    decision = Decision.objects.get()
    assert (decision.verdict, decision.note, decision.decided_by) == ("advance", "Second round.", user)
