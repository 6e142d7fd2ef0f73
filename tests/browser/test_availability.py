"""The first run and the weekly hours in a browser: by mouse, by keyboard, on a phone."""

from collections.abc import Callable
from datetime import time

import pytest
from django.conf import LazySettings
from playwright.sync_api import Page, expect

from parley.interviews.models import AIInterviewConfiguration, InterviewSlot
from parley.organizations.models import Company, User
from tests.browser.conftest import DESKTOP, PHONE, violations
from tests.browser.test_conflicts import log_in, picture, press_until
from tests.factories import ConfigurationFactory, UserFactory

Open = Callable[..., Page]
SIZES = pytest.mark.parametrize("size", [PHONE, DESKTOP], ids=["phone", "desktop"])


@pytest.fixture
def user(transactional_db: None, settings: LazySettings) -> User:
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.Argon2PasswordHasher"]
    return UserFactory(
        full_name="Rosa Recruiter", email="rosa@example.com", company__name="Acme", company__timezone="Europe/Berlin"
    )


@pytest.fixture
def monday(user: User) -> AIInterviewConfiguration:
    return ConfigurationFactory(
        company=user.company, day_of_week=1, start_time=time(9), end_time=time(12), break_duration=0
    )


@SIZES
def test_from_an_empty_company_to_a_published_week(
    open_page: Open, size: dict[str, int], transactional_db: None
) -> None:
    page = open_page(size)
    page.goto("/login/")
    page.get_by_role("link", name="Register a company").click()
    page.get_by_label("Company", exact=True).fill("Acme")
    page.get_by_label("Your name").fill("Ada Lovelace")
    page.get_by_label("E-mail address").fill("ada@acme.example")
    zone = page.get_by_label("Time zone of the company")
    here = page.evaluate("Intl.DateTimeFormat().resolvedOptions().timeZone")
    expect(zone).to_have_value(here)
    zone.select_option("Australia/Lord_Howe")
    page.get_by_label("Password", exact=True).fill("a-long-engine-1843")
    page.get_by_label("The same password again").fill("a-long-engine-1843")
    page.get_by_role("button", name="Register").click()
    page.get_by_role("link", name="Draw the week").click()
    expect(page.locator("#counts")).to_contain_text("come")
    page.get_by_role("button", name="Publish").click()
    expect(page.get_by_role("status").first).to_contain_text("The week “Technical” is published.")
    company = Company.objects.get()
    assert company.timezone == "Australia/Lord_Howe"
    local = {slot.start_time.astimezone(company.zone).time() for slot in InterviewSlot.objects.all()}
    assert local == {time(9), time(10, 15), time(13), time(14, 15), time(15, 30)}


def test_drag_to_add_move_and_resize(open_page: Open, monday: AIInterviewConfiguration) -> None:
    page = open_page(DESKTOP)
    log_in(page)
    page.goto(f"/app/availability/{monday.pk}/")
    block = page.get_by_role("button", name="Monday, 09:00 – 12:00")
    box = block.bounding_box()
    assert box is not None
    width = box["width"] + 6
    middle = box["x"] + box["width"] / 2
    hour = box["height"] / 3
    drag(page, (middle, box["y"] + hour / 2), (middle + width, box["y"] + hour * 1.5))
    expect(page.locator("#said")).to_have_text("Now Tuesday, 10:00 – 13:00")
    drag(page, (middle + width, box["y"] + hour * 4 - 3), (middle + width, box["y"] + hour * 5 - 3))
    expect(page.locator("#said")).to_have_text("Now Tuesday, 10:00 – 14:00")
    drag(page, (middle + 3 * width, box["y"] + 2), (middle + 3 * width, box["y"] + hour - 4))
    expect(page.locator("#said")).to_have_text("Added Thursday, 09:00 – 10:00")
    page.get_by_role("button", name="Publish").click()
    expect(page.get_by_role("status").first).to_contain_text("published")
    rows = AIInterviewConfiguration.objects.order_by("day_of_week").values_list("day_of_week", "start_time", "end_time")
    assert list(rows) == [(2, time(10), time(14)), (4, time(9), time(10))]


def drag(page: Page, start: tuple[float, float], end: tuple[float, float]) -> None:
    page.mouse.move(*start)
    page.mouse.down()
    page.mouse.move(*end, steps=8)
    page.mouse.up()


def test_by_keyboard_alone(open_page: Open, monday: AIInterviewConfiguration) -> None:
    page = open_page()
    log_in(page)
    page.goto(f"/app/availability/{monday.pk}/")
    page.locator("#counts").get_by_text("come").wait_for()
    focus_block(page, "Monday, 09:00 – 12:00")
    page.keyboard.press("ArrowRight")
    expect(page.locator("#said")).to_have_text("Now Tuesday, 09:00 – 12:00")
    page.keyboard.press("Shift+ArrowUp")
    page.keyboard.press("ArrowUp")
    expect(page.locator("#said")).to_have_text("Now Tuesday, 08:45 – 11:30")
    expect(page.get_by_role("button", name="Tuesday, 08:45 – 11:30")).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.get_by_label("Day:").first).to_be_focused()
    press_until(page, "Tab", "Add hours")
    page.keyboard.press("Enter")
    expect(page.get_by_label("Day:").last).to_be_focused()
    press_until(page, "Tab", "Publish")
    page.keyboard.press("Enter")
    expect(page.get_by_role("status").first).to_contain_text("published")
    rows = AIInterviewConfiguration.objects.order_by("day_of_week").values_list("day_of_week", "start_time", "end_time")
    assert list(rows) == [(1, time(9), time(10)), (2, time(8, 45), time(11, 30))]
    press_until(page, "Tab", "Undo")
    page.keyboard.press("Enter")
    expect(page.get_by_role("status").first).to_contain_text("Undone")
    monday.refresh_from_db()
    assert (monday.day_of_week, AIInterviewConfiguration.objects.count()) == (1, 1)


def focus_block(page: Page, name: str) -> None:
    for _ in range(30):
        page.keyboard.press("Tab")
        if page.evaluate("document.activeElement.getAttribute('aria-label')") == name:
            return
    raise AssertionError(f"The keyboard does not get to {name}")


@SIZES
@pytest.mark.parametrize("dark", [False, True], ids=["light", "dark"])
def test_axe_finds_nothing(open_page: Open, size: dict[str, int], dark: bool, monday: AIInterviewConfiguration) -> None:
    page = open_page(size, dark=dark)
    found: dict[str, list[str]] = {}

    def look(at: str) -> None:
        picture(page, f"{at}-{size['width']}-{'dark' if dark else 'light'}")
        if told := violations(page):
            found[at] = told
        if page.evaluate("document.documentElement.scrollWidth > document.documentElement.clientWidth"):
            found[f"{at} scrolls sideways"] = []

    page.goto("/register/")
    look("register")
    log_in(page)
    page.goto("/app/start/")
    look("start")
    page.goto("/app/availability/")
    look("weeks")
    page.goto(f"/app/availability/{monday.pk}/")
    page.locator("#counts").get_by_text("come").wait_for()
    page.get_by_text("As a list").click()
    look("week")
    page.get_by_label("Until:").first.fill("08:00")
    page.get_by_role("button", name="Publish").click()
    page.get_by_text("Must be after the start.").first.wait_for()
    look("week-refused")
    AIInterviewConfiguration.objects.all().delete()
    page.goto("/app/availability/")
    look("weeks-empty")
    assert found == {}
