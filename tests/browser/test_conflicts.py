"""The recruiters' pages in a browser: log in, settle a conflict, undo it; by keyboard, on a phone, without scripts."""

import os
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest
from django.conf import LazySettings
from django.utils import timezone
from playwright.sync_api import Page, expect

from parley.interviews.models import InterviewConflict, InterviewSchedule
from parley.interviews.operations.conflicts import resolve_conflict
from parley.interviews.operations.reseating import reseat
from parley.interviews.operations.slots import cancel_slot
from parley.interviews.rules.states import Resolution
from parley.organizations.models import User
from tests.browser.conftest import DESKTOP, PHONE, violations
from tests.factories import (
    PASSWORD,
    CandidateFactory,
    InterviewFactory,
    JobFactory,
    SlotFactory,
    UserFactory,
    book,
    in_future,
)

Open = Callable[..., Page]
SIZES = pytest.mark.parametrize("size", [PHONE, DESKTOP], ids=["phone", "desktop"])
SCRIPTS = pytest.mark.parametrize("scripts", [True, False], ids=["with-scripts", "without"])


@pytest.fixture
def user(transactional_db: None, settings: LazySettings) -> User:
    # The server knows no other hashes.
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.Argon2PasswordHasher"]
    return UserFactory(
        full_name="Rosa Recruiter", email="rosa@example.com", company__name="Acme", company__timezone="Europe/Berlin"
    )


@pytest.fixture
def conflicts(user: User) -> list[InterviewConflict]:
    """Three open ones, one of them with a held place; and one that is settled."""
    job = JobFactory(company=user.company, job_title="Site reliability engineer")
    now = timezone.now()
    names = ("Grace Hopper", "Alan Turing", "Katherine Johnson", "Ada Lovelace")
    for number, name in enumerate(names):
        start = in_future(days=20 + number)
        lost = SlotFactory(company=user.company, start_time=start)
        SlotFactory(company=user.company, start_time=start + timedelta(hours=2))
        candidate = CandidateFactory(company=user.company, full_name=name)
        book(lost, InterviewFactory(candidate=candidate, job=job))
        moment = now + timedelta(seconds=number)
        cancel_slot(slot_id=lost.pk, cascade=True, reason="The building is closed.", actor=user, now=moment)
        if number == 0:
            reseat(company_id=lost.company_id, actor=user, now=now)
    found = list(InterviewConflict.objects.order_by("detected_at"))
    resolve_conflict(
        conflict_id=found[1].pk, resolution=Resolution.CANCELLED, slot_id=None, notes="", actor=user, now=now
    )
    return found


def log_in(page: Page, password: str = PASSWORD) -> None:
    page.goto("/login/?next=/app/conflicts/")
    page.get_by_label("Email").fill("rosa@example.com")
    page.get_by_label("Password").fill(password)
    page.get_by_role("button", name="Log in").click()


def picture(page: Page, name: str) -> None:
    """Kept where PARLEY_SCREENSHOTS names a folder: to be looked at."""
    if folder := os.environ.get("PARLEY_SCREENSHOTS"):
        page.screenshot(path=Path(folder) / f"{name}.png", full_page=True)


@SIZES
@SCRIPTS
def test_settle_and_undo(
    open_page: Open, size: dict[str, int], scripts: bool, conflicts: list[InterviewConflict]
) -> None:
    page = open_page(size, scripts=scripts)
    log_in(page)
    card = page.get_by_role("article", name="Ada Lovelace")
    expect(card).to_contain_text("(Europe/Berlin)")
    card.get_by_role("button", name="2 hours away").first.click()
    status = page.get_by_role("status")
    expect(status).to_contain_text("The interview is moved.")
    expect(card).to_contain_text("Rescheduled")
    assert InterviewSchedule.objects.filter(status="pending").count() == 1
    picture(page, f"settled-{size['width']}-{scripts}")
    if scripts:
        expect(status.locator("[data-focus]")).to_be_focused()
    status.get_by_role("button", name="Undo").click()
    expect(status).to_contain_text("Undone: the conflict is open, and left to you.")
    expect(card).to_contain_text("Open")
    assert InterviewSchedule.objects.filter(status="pending").count() == 0


@SIZES
def test_a_wrong_password(open_page: Open, size: dict[str, int], user: User) -> None:
    page = open_page(size)
    log_in(page, password="wrong")
    expect(page.get_by_role("alert")).to_contain_text("not correct")
    expect(page).to_have_title("Error: Log in · Parley")
    log_in(page)
    expect(page.get_by_role("heading", name="Conflicts")).to_be_visible()


def press_until(page: Page, key: str, name: str) -> None:
    """Press a key until what has the focus is called ``name``."""
    for _ in range(60):
        page.keyboard.press(key)
        said = page.evaluate(
            "document.activeElement === document.body ? ''"
            " : document.activeElement.getAttribute('aria-label') || document.activeElement.innerText || ''"
        )
        if name in said:
            outline = page.evaluate("getComputedStyle(document.activeElement).outlineStyle")
            assert outline == "solid", f"{name} has the focus, and nobody sees it"
            return
    raise AssertionError(f"The keyboard does not get to {name}")


def test_by_keyboard_alone(open_page: Open, conflicts: list[InterviewConflict]) -> None:
    page = open_page()
    page.goto("/login/?next=/app/conflicts/")
    press_until(page, "Tab", "Skip to the content")
    page.keyboard.press("Enter")
    page.keyboard.press("Tab")
    page.keyboard.type("rosa@example.com")
    page.keyboard.press("Tab")
    page.keyboard.type(PASSWORD)
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="Conflicts")).to_be_visible()
    press_until(page, "Tab", "2 hours away")
    page.keyboard.press("Enter")
    expect(page.get_by_role("status")).to_contain_text("The interview is moved.")
    expect(page.locator("#messages [data-focus]")).to_be_focused()
    press_until(page, "Tab", "Undo")
    page.keyboard.press("Enter")
    expect(page.get_by_role("status")).to_contain_text("Undone")
    press_until(page, "Tab", "What happened so far")
    page.keyboard.press("Enter")
    expect(page.get_by_text("Settled (Rosa Recruiter)").first).to_be_visible()


@SCRIPTS
def test_the_menu_of_a_phone(open_page: Open, scripts: bool, user: User) -> None:
    page = open_page(PHONE, scripts=scripts)
    log_in(page)
    expect(page.get_by_role("button", name="Log out")).to_be_hidden()
    page.get_by_text("Menu", exact=True).click()
    picture(page, f"menu-{scripts}")
    page.get_by_role("button", name="Log out").click()
    expect(page.get_by_role("heading", name="Log in")).to_be_visible()


@SIZES
@pytest.mark.parametrize("dark", [False, True], ids=["light", "dark"])
def test_axe_finds_nothing(
    open_page: Open, size: dict[str, int], dark: bool, conflicts: list[InterviewConflict]
) -> None:
    page = open_page(size, dark=dark)
    name = f"{size['width']}-{'dark' if dark else 'light'}"
    found: dict[str, list[str]] = {}

    def look(at: str) -> None:
        picture(page, f"{at}-{name}")
        if told := violations(page):
            found[at] = told
        wide = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
        if wide > 0:
            found[f"{at} scrolls sideways"] = [str(wide)]

    page.goto("/login/")
    look("login")
    log_in(page, password="wrong")
    look("refused")
    page.goto("/password/forgotten/")
    look("forgotten")
    log_in(page)
    page.get_by_role("heading", name="Conflicts").wait_for()
    page.get_by_text("What happened so far").first.click()
    look("conflicts")
    page.get_by_role("button", name="Leave as is").first.click()
    page.get_by_role("status").get_by_role("button", name="Undo").wait_for()
    look("done")
    page.get_by_text("Menu" if size is PHONE else "Rosa Recruiter", exact=True).first.click()
    look("menu")
    page.goto("/account/security/")
    look("security")
    page.goto("/account/security/app/")
    look("again")
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Go on").click()
    page.get_by_role("heading", name="Set up").wait_for()
    look("app")
    page.goto("/none/")
    look("missing")
    InterviewConflict.objects.all().update(resolution="resolved", resolved_at=timezone.now())
    page.goto("/app/conflicts/?state=open")
    look("empty")
    assert found == {}


def test_scripts_and_styles_are_small(open_page: Open, user: User) -> None:
    page = open_page()
    sizes: list[int] = []
    page.on(
        "response",
        lambda answer: sizes.append(int(answer.headers["content-length"])) if "/static/" in answer.url else None,
    )
    log_in(page)
    page.get_by_role("heading", name="Conflicts").wait_for()
    assert len(sizes) >= 2
    assert sum(sizes) <= 250_000
