"""Data protection in a browser: what is kept how long, one candidate's data, and what candidates ask for."""

from collections.abc import Callable
from pathlib import Path

import pytest
from django.conf import LazySettings
from django.utils import timezone
from playwright.sync_api import Page, expect

from parley.evaluations.models import CandidateRequest
from parley.hiring.models import Candidate
from parley.organizations.models import User
from parley.privacy.models import RetentionPolicy
from parley.privacy.operations.retention import delete_said
from tests.browser.conftest import DESKTOP, PHONE, violations
from tests.browser.test_conflicts import log_in, picture
from tests.evaluations.held import hold, shipped
from tests.evaluations.test_requests import link_to
from tests.factories import UserFactory
from tests.privacy.marked import ADDRESS, WORD, marked_candidate, places_of
from tests.privacy.test_retention import held_ago, keep

Open = Callable[..., Page]
sizes = pytest.mark.parametrize(
    ("size", "dark", "scripts"),
    [(PHONE, False, True), (DESKTOP, True, True), (DESKTOP, False, False)],
    ids=["phone", "desktop-dark", "no-script"],
)


@pytest.fixture
def user(transactional_db: None, settings: LazySettings, tmp_path: Path) -> User:
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.Argon2PasswordHasher"]
    settings.MEDIA_ROOT = tmp_path
    return UserFactory(
        full_name="Rosa Recruiter", email="rosa@example.com", company__name="Acme", company__timezone="Europe/Berlin"
    )


def seen(page: Page, name: str, size: dict[str, int], *, dark: bool, scripts: bool) -> None:
    """A picture, and nothing that keeps somebody out."""
    if scripts:
        picture(page, f"{name}-{size['width']}-{'dark' if dark else 'light'}")
        assert violations(page) == []
        assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")


@sizes
def test_set_the_rule_and_see_the_proof(
    open_page: Open, size: dict[str, int], dark: bool, scripts: bool, user: User
) -> None:
    session = held_ago(user, 100)
    keep(user, 1)
    delete_said(company_id=user.company_id or 0, now=timezone.now())
    page = open_page(size, dark=dark, scripts=scripts)
    log_in(page)
    page.locator("form[action='/logout/']").first.wait_for(state="attached")
    page.goto("/app/settings/data/")
    expect(page.get_by_text("Turns of conversations: 4")).to_be_visible()
    page.get_by_text("Hashes").first.click()
    seen(page, "privacy-settings", size, dark=dark, scripts=scripts)
    page.get_by_label("Delete what was said").fill("12")
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_text("What is past 12 months goes tonight.")).to_be_visible()
    assert RetentionPolicy.objects.get().months == 12
    page.goto(f"/app/interviews/{session.interview_id}/results/")
    expect(page.get_by_text("was deleted on")).to_be_visible()
    seen(page, "privacy-results", size, dark=dark, scripts=scripts)
    page.goto(f"/app/interviews/{session.interview_id}/transcript/")
    expect(page.get_by_text("was deleted on")).to_be_visible()


@sizes
def test_export_then_delete_a_candidates_data(
    open_page: Open, size: dict[str, int], dark: bool, scripts: bool, user: User
) -> None:
    candidate = marked_candidate(user)
    page = open_page(size, dark=dark, scripts=scripts)
    log_in(page)
    page.locator("form[action='/logout/']").first.wait_for(state="attached")
    page.goto(f"/app/candidates/{candidate.pk}/")
    seen(page, "privacy-candidate", size, dark=dark, scripts=scripts)
    with page.expect_download() as download:
        page.get_by_role("link", name="Export all data").click()
    assert download.value.suggested_filename == f"candidate-{candidate.pk}.zip"
    page.get_by_role("link", name="Delete all data").click()
    page.get_by_role("button", name="Delete all data for ever").click()
    expect(page.get_by_text("This field is required.").first).to_be_visible()
    seen(page, "privacy-erase", size, dark=dark, scripts=scripts)
    page.get_by_label("E-mail address of the candidate").fill(ADDRESS)
    page.get_by_role("button", name="Delete all data for ever").click()
    expect(page.get_by_role("heading", name="Deleted candidate")).to_be_visible()
    seen(page, "privacy-erased", size, dark=dark, scripts=scripts)
    assert places_of(WORD) == {}
    assert Candidate.objects.get().erased_at is not None


@sizes
def test_a_candidate_asks_and_a_person_answers(
    open_page: Open, size: dict[str, int], dark: bool, scripts: bool, user: User
) -> None:
    assert user.company
    session = hold(user.company, version=shipped("technical"))
    token = link_to(session.interview, user)
    theirs = open_page(size, dark=dark, scripts=scripts)
    theirs.goto(f"/interview/{token}/room/")
    theirs.get_by_role("link", name="How your interview is judged").click()
    expect(theirs.get_by_role("heading", name="People decide")).to_be_visible()
    seen(theirs, "explanation", size, dark=dark, scripts=scripts)
    theirs.get_by_label("What would you like to know?").first.fill("What counted most?")
    theirs.get_by_role("button", name="Ask for an explanation").click()
    expect(theirs.get_by_text("Acme was told.")).to_be_visible()
    ours = open_page(size, dark=dark, scripts=scripts)
    log_in(ours)
    ours.locator("form[action='/logout/']").first.wait_for(state="attached")
    ours.goto(f"/app/interviews/{session.interview_id}/results/")
    expect(ours.get_by_text("What counted most?")).to_be_visible()
    seen(ours, "privacy-request", size, dark=dark, scripts=scripts)
    ours.get_by_label("Your answer").fill("That you asked before you built.")
    ours.get_by_role("button", name="Send the answer").click()
    expect(ours.get_by_text("Your answer is on its way to the candidate.")).to_be_visible()
    theirs.reload()
    expect(theirs.get_by_text("That you asked before you built.")).to_be_visible()
    seen(theirs, "explanation-answered", size, dark=dark, scripts=scripts)
    assert CandidateRequest.objects.get().answered_by == user
