"""The results of an interview in a browser: rated blind, seen, decided; and what the AI gives."""

import json
import re
from collections.abc import Callable

import pytest
from django.conf import LazySettings
from django.utils import timezone
from playwright.sync_api import Page, expect

from parley.conversations.models import InterviewSession
from parley.evaluations.models import Decision
from parley.evaluations.operations.judging import judge
from parley.organizations.models import User
from tests.browser.conftest import DESKTOP, PHONE, violations
from tests.browser.test_conflicts import log_in, picture
from tests.evaluations.held import hold, shipped
from tests.evaluations.test_operations import rate
from tests.factories import UserFactory
from tests.judge import REAL, Double

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


@pytest.mark.parametrize(("size", "dark"), [(PHONE, True), (PHONE, False), (DESKTOP, True), (DESKTOP, False)], ids=str)
def test_what_the_ai_gives_is_read_and_changed(
    open_page: Open, size: dict[str, int], dark: bool, user: User, session: InterviewSession, judge_model: Double
) -> None:
    """Two criteria are proven; of one the samples differ, of two there is no evidence."""
    said = [{"level": level, "reason": "Names a queue.", "quotes": [{"turn": 2, "quote": REAL}]} for level in (2, 4, 4)]
    none = {"level": 5, "reason": "Great.", "quotes": [{"turn": 2, "quote": "words that nobody said"}]}
    answers = [*said, *said, *[none] * 6, *said]
    judge_model.answers = [json.dumps(each) for each in answers]
    assert judge(session.interview_id, clock=timezone.now) == "done"
    rate(session, user, OTHERS)
    page = open_page(size, dark=dark)
    log_in(page)
    page.locator("form[action='/logout/']").first.wait_for(state="attached")
    page.goto(f"/app/interviews/{session.interview_id}/results/")
    section = page.get_by_role("region", name="What the AI gives")
    expect(section.get_by_text("Advisory only")).to_be_visible()
    expect(section.get_by_text("Insufficient evidence")).to_have_count(2)
    section.get_by_text("Why", exact=False).first.click()
    name = f"{size['width']}-{'dark' if dark else 'light'}"
    picture(page, f"results-ai-{name}")
    assert violations(page) == []
    assert page.evaluate("document.documentElement.scrollWidth <= document.documentElement.clientWidth")
    section.get_by_role("link", name=REAL).first.click()
    expect(page).to_have_url(re.compile(r"/results/#turn-2$"))
    expect(page.locator("#turn-2")).to_be_in_viewport()
    section.get_by_text("Set another level").first.click()
    form = section.locator("form").first
    form.get_by_label("Your level").select_option("5")
    form.get_by_label("Why").fill("The answer goes on to say how.")
    form.get_by_role("button", name="Keep my level").click()
    expect(page.get_by_text("set by Rosa Recruiter")).to_be_visible()
    expect(page.get_by_text("The AI gave 4.00")).to_be_visible()
    picture(page, f"results-ai-changed-{name}")
    assert violations(page) == []
