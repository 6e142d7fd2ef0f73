"""The calendar in a browser: with the mouse, by keyboard, on a phone, without scripts, by two, where clocks change."""

import os
import re
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from urllib.parse import quote
from zoneinfo import ZoneInfo

import pytest
from django.conf import LazySettings
from django.utils import timezone
from playwright.sync_api import FloatRect, Locator, Page, expect

from parley.interviews.models import InterviewSchedule, InterviewSlot
from parley.organizations.models import User
from tests.browser.conftest import DESKTOP, PHONE, violations
from tests.factories import PASSWORD, CandidateFactory, InterviewFactory, JobFactory, SlotFactory, UserFactory, book

Open = Callable[..., Page]
SIZES = pytest.mark.parametrize("size", [PHONE, DESKTOP], ids=["phone", "desktop"])
BERLIN = ZoneInfo("Europe/Berlin")


@pytest.fixture
def user(transactional_db: None, settings: LazySettings) -> User:
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.Argon2PasswordHasher"]  # the server knows no other hashes
    return UserFactory(
        full_name="Rosa Recruiter", email="rosa@example.com", company__name="Acme", company__timezone="Europe/Berlin"
    )


def at(hour: int, minute: int = 0, *, days: int = 0) -> datetime:
    """A time of a Wednesday to come, in Berlin."""
    today = timezone.now().astimezone(BERLIN).date()
    day = today + timedelta(days=9 - today.weekday() + days)
    return datetime(day.year, day.month, day.day, hour, minute, tzinfo=BERLIN).astimezone(UTC)


def day_of(instant: datetime) -> str:
    return f"{instant.astimezone(BERLIN):%Y-%m-%d}"


@pytest.fixture
def slot(user: User) -> InterviewSlot:
    """A free one at ten."""
    return SlotFactory(company=user.company, start_time=at(10), max_candidates=2)


@pytest.fixture
def booked(user: User) -> InterviewSlot:
    """One at two, of which Ada has one of three places."""
    job = JobFactory(company=user.company, job_title="Site reliability engineer")
    made = SlotFactory(
        company=user.company, start_time=at(14), max_candidates=3, ai_interview_type="coding", notes="<b>Bold</b>"
    )
    candidate = CandidateFactory(company=user.company, full_name="Ada <i>Lovelace</i>")
    book(made, InterviewFactory(candidate=candidate, job=job))
    return made


def log_in(page: Page, address: str) -> None:
    page.goto(f"/login/?next={address}")
    page.get_by_label("Email").fill("rosa@example.com")
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Log in").click()
    page.get_by_role("heading", name="Calendar").wait_for()


def show(page: Page, view: str, *, day: datetime | None = None) -> None:
    log_in(page, quote(f"/app/calendar/?view={view}&date={day_of(day or at(10))}"))
    page.locator("#calendar[data-loaded]").wait_for()


def drawn(page: Page, slot: InterviewSlot) -> Locator:
    return page.locator(f'#calendar a[href="/app/slots/{slot.pk}/"]')


def drag(page: Page, start: tuple[float, float], end: tuple[float, float]) -> None:
    page.mouse.move(*start)
    page.mouse.down()
    page.mouse.move((start[0] + end[0]) / 2, (start[1] + end[1]) / 2, steps=4)
    page.mouse.move(*end, steps=4)
    page.mouse.up()


def picture(page: Page, name: str) -> None:
    """Kept where PARLEY_SCREENSHOTS names a folder: to be looked at."""
    if folder := os.environ.get("PARLEY_SCREENSHOTS"):
        page.screenshot(path=Path(folder) / f"calendar-{name}.png")


def box_of(place: Locator) -> FloatRect:
    """Where something is drawn. The calendar draws all anew where data come: for a moment there may be nothing."""
    while (box := place.bounding_box()) is None:
        expect(place).to_be_visible()
    return box


def said(page: Page) -> Locator:
    return page.locator("#messages")


@SIZES
def test_a_slot_is_made_with_the_form_and_taken_back(open_page: Open, size: dict[str, int], user: User) -> None:
    page = open_page(size)
    show(page, "day")
    expect(page.get_by_text("No slots in these days").first).to_be_visible()
    page.get_by_role("link", name="New slot").click()
    panel = page.get_by_role("dialog")
    panel.get_by_label("Starts at").fill("11:00")
    panel.get_by_label("Length in minutes").fill("0")
    panel.get_by_label("Type").select_option("coding")
    panel.get_by_label("Places").fill("3")
    panel.get_by_role("button", name="Make the slot").click()
    panel.get_by_label("Length in minutes").fill("45")  # the browser itself has refused none at all
    panel.get_by_role("button", name="Make the slot").click()
    expect(said(page)).to_contain_text("The coding slot on")
    made = InterviewSlot.objects.get()
    assert (made.start_time, made.duration_minutes, made.max_candidates) == (at(11), 45, 3)
    expect(drawn(page, made)).to_contain_text("11:00–11:45")
    expect(drawn(page, made)).to_contain_text("0 of 3 taken")
    said(page).get_by_role("button", name="Undo").click()
    expect(said(page)).to_contain_text("Undone: the slot is gone.")
    expect(drawn(page, made)).to_have_count(0)
    assert not InterviewSlot.objects.exists()


def test_slots_are_drawn_moved_and_made_longer_with_the_mouse(
    open_page: Open, user: User, slot: InterviewSlot, booked: InterviewSlot
) -> None:
    page = open_page()
    show(page, "day")
    box, below = box_of(drawn(page, slot)), box_of(drawn(page, booked))
    middle, hour = box["x"] + box["width"] / 2, (below["y"] - box["y"]) / 4
    drag(page, (middle, box["y"] + hour / 8), (middle, box["y"] + hour * 9 / 8))
    expect(said(page)).to_contain_text("11:00–12:00")
    slot.refresh_from_db()
    assert (slot.start_time, slot.duration_minutes) == (at(11), 60)
    said(page).get_by_role("button", name="Undo").click()
    expect(drawn(page, slot)).to_contain_text("10:00–11:00")
    slot.refresh_from_db()
    assert slot.start_time == at(10)
    box = box_of(drawn(page, slot))  # below the message by now
    drawn(page, slot).hover()
    edge = box["y"] + box["height"] - 2
    drag(page, (middle, edge), (middle, edge + hour / 2 - 2))
    expect(said(page)).to_contain_text("10:00–11:30")
    expect(drawn(page, slot)).to_contain_text("10:00–11:30")
    slot.refresh_from_db()
    assert (slot.start_time, slot.duration_minutes) == (at(10), 90)
    box = box_of(drawn(page, slot))  # the message has another height now
    drag(page, (middle, box["y"] + hour * 25 / 8), (middle, box["y"] + hour * 27 / 8))
    panel = page.get_by_role("dialog")
    expect(panel.get_by_label("Starts at")).to_have_value("13:00")
    expect(panel.get_by_label("Length in minutes")).to_have_value("30")
    expect(panel.get_by_label("Date")).to_have_value(day_of(at(10)))
    panel.get_by_role("button", name="Make the slot").click()
    expect(page.locator("#calendar [data-slot]")).to_have_count(3)
    assert InterviewSlot.objects.filter(start_time=at(13), duration_minutes=30).exists()


def test_a_move_that_is_refused_goes_back_and_says_why(open_page: Open, user: User, slot: InterviewSlot) -> None:
    SlotFactory(company=user.company, start_time=at(12))
    page = open_page()
    show(page, "day")
    box = box_of(drawn(page, slot))
    drag(page, (box["x"] + 50, box["y"] + 8), (box["x"] + 50, box["y"] + 8 + 1.5 * box["height"]))
    expect(said(page)).to_contain_text("There is a slot of this type at that time already.")
    expect(drawn(page, slot)).to_contain_text("10:00–11:00")
    slot.refresh_from_db()
    assert slot.start_time == at(10)


def test_a_booked_slot_cannot_be_dragged(open_page: Open, user: User, booked: InterviewSlot) -> None:
    page = open_page()
    show(page, "day")
    box = box_of(drawn(page, booked))
    drag(page, (box["x"] + 50, box["y"] + 10), (box["x"] + 50, box["y"] + 10 + box["height"]))
    expect(drawn(page, booked)).to_contain_text("14:00–15:00")
    booked.refresh_from_db()
    assert booked.start_time == at(14)


@SIZES
def test_somebody_is_booked_moved_and_cancelled(
    open_page: Open, size: dict[str, int], user: User, slot: InterviewSlot
) -> None:
    later = SlotFactory(company=user.company, start_time=at(16))
    for name in ("Grace Hopper", "Alan Turing"):
        InterviewFactory(candidate=CandidateFactory(company=user.company, full_name=name))
    page = open_page(size)
    show(page, "list")
    drawn(page, slot).click()
    panel = page.get_by_role("dialog")
    panel.get_by_label("Candidate").press_sequentially("grace")
    expect(panel.get_by_role("button", name="Book Alan Turing")).to_have_count(0)
    expect(panel.get_by_label("Candidate")).to_be_focused()
    panel.get_by_role("button", name="Book Grace Hopper").click()
    status = panel.get_by_role("status")
    expect(status).to_contain_text("Grace Hopper is booked")
    panel.get_by_role("button", name="Confirm").click()
    expect(status).to_contain_text("is confirmed")
    panel.get_by_text("Move to another time").click()
    panel.get_by_role("button", name="6 hours away").click()
    expect(status).to_contain_text("Grace Hopper is moved to")
    assert InterviewSchedule.objects.get(status="pending").slot == later
    expect(panel.locator(".cal-when")).to_contain_text("16:00–17:00")
    status.get_by_role("button", name="Undo").click()
    expect(status).to_contain_text("10:00–11:00")
    panel.get_by_role("button", name="Close").click()
    drawn(page, slot).click()
    panel.get_by_text("Cancel the interview").click()
    panel.get_by_label("Reason").first.fill("She found another job.")
    panel.get_by_role("button", name="Cancel this interview").click()
    expect(status).to_contain_text("The interview of Grace Hopper is cancelled.")
    status.get_by_role("button", name="Undo").click()
    expect(panel.get_by_role("article", name="Grace Hopper")).to_be_visible()
    assert InterviewSchedule.objects.get(status="pending").slot == slot
    panel.get_by_role("button", name="Close").click()
    expect(drawn(page, slot)).to_be_focused()
    expect(drawn(page, slot)).to_contain_text("Grace Hopper")


def press_until(page: Page, key: str, name: str) -> None:
    """Press a key until what has the focus says ``name``; it must be seen to have it."""
    for _ in range(60):
        page.keyboard.press(key)
        has = page.evaluate(
            "[document.activeElement.innerText || '', getComputedStyle(document.activeElement).outlineStyle]"
        )
        if name in has[0] and len(has[0]) < 150:  # not what surrounds it
            assert has[1] == "solid", f"{name} has the focus, and nobody sees it"
            return
    raise AssertionError(f"The keyboard does not get to {name}")


def test_by_keyboard_alone(open_page: Open, user: User, slot: InterviewSlot, booked: InterviewSlot) -> None:
    page = open_page()
    show(page, "week")
    expect(drawn(page, slot)).to_be_visible()
    press_until(page, "Tab", "10:00")
    page.keyboard.press("ArrowDown")
    expect(drawn(page, booked)).to_be_focused()
    page.keyboard.press("ArrowUp")
    page.keyboard.press("Enter")
    expect(page.get_by_role("dialog").get_by_role("heading", name="Technical")).to_be_focused()
    press_until(page, "Tab", "Change time or details")
    page.keyboard.press("Enter")
    panel = page.get_by_role("dialog")
    expect(panel.get_by_role("heading", name="Change the slot")).to_be_focused()
    panel.get_by_label("Length in minutes").focus()
    page.keyboard.press("ControlOrMeta+a")
    page.keyboard.type("90")
    page.keyboard.press("Enter")
    expect(panel.get_by_role("status")).to_contain_text("is changed.")
    page.keyboard.press("Escape")
    expect(drawn(page, slot)).to_be_focused()
    expect(drawn(page, slot)).to_contain_text("10:00–11:30")


def test_what_others_do_appears_by_itself(
    open_page: Open, user: User, slot: InterviewSlot, booked: InterviewSlot
) -> None:
    colleague = UserFactory(company=user.company, email="kim@example.com")
    mine, theirs = open_page(), open_page(PHONE)
    show(mine, "week")
    expect(drawn(mine, slot)).to_be_visible()
    theirs.goto(f"/login/?next=/app/slots/{slot.pk}/")
    theirs.get_by_label("Email").fill(colleague.email)
    theirs.get_by_label("Password").fill(PASSWORD)
    theirs.get_by_role("button", name="Log in").click()
    theirs.get_by_text("Cancel the slot").click()
    theirs.get_by_role("button", name="Cancel this slot").click()
    expect(theirs.get_by_role("status").first).to_contain_text("The slot is cancelled.")
    expect(drawn(mine, slot)).to_have_count(0)
    expect(mine.locator("#live")).to_contain_text("somebody else has changed something")
    expect(drawn(mine, booked)).to_be_visible()


def test_views_and_filters_are_in_the_address(
    open_page: Open, user: User, slot: InterviewSlot, booked: InterviewSlot
) -> None:
    page = open_page()
    show(page, "week")
    expect(drawn(page, slot)).to_be_visible()
    page.get_by_role("checkbox", name="Technical").uncheck()
    expect(drawn(page, slot)).to_have_count(0)
    page.get_by_label("Slots", exact=True).select_option("taken")
    page.get_by_role("button", name="Month").click()
    expect(page).to_have_url(re.compile("view=month"))
    page.reload()
    expect(drawn(page, booked)).to_be_visible()
    expect(drawn(page, slot)).to_have_count(0)
    expect(page.get_by_role("checkbox", name="Technical")).not_to_be_checked()
    expect(page.get_by_role("button", name="Month")).to_have_attribute("aria-pressed", "true")
    page.get_by_role("link", name="Later").click()
    expect(drawn(page, booked)).to_have_count(0)
    page.get_by_role("link", name="Today").click()
    expect(page.get_by_role("heading", level=2).first).to_have_text(f"{timezone.now().astimezone(BERLIN):%B %Y}")


@SIZES
def test_without_scripts(
    open_page: Open, size: dict[str, int], user: User, slot: InterviewSlot, booked: InterviewSlot
) -> None:
    page = open_page(size, scripts=False)
    log_in(page, quote(f"/app/calendar/?date={day_of(at(10))}"))
    picture(page, f"plain-{size['width']}")
    expect(page.get_by_text("1 of 3 places taken: Ada <i>Lovelace</i>")).to_be_visible()
    page.get_by_role("link", name="10:00–11:00 Technical").click()
    page.get_by_role("link", name="Change time or details").click()
    page.get_by_label("Starts at").fill("12:00")
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_role("status")).to_contain_text("is changed.")
    page.get_by_role("link", name="Back to the calendar").click()
    expect(page.get_by_role("link", name="12:00–13:00 Technical")).to_be_visible()
    page.get_by_role("link", name="New slot").click()
    page.get_by_role("button", name="Make the slot").click()
    expect(said(page)).to_contain_text("The technical slot on")
    page.get_by_role("button", name="Undo").click()
    expect(said(page)).to_contain_text("Undone")


@SIZES
@pytest.mark.parametrize("dark", [False, True], ids=["light", "dark"])
def test_axe_finds_nothing(
    open_page: Open, size: dict[str, int], dark: bool, user: User, slot: InterviewSlot, booked: InterviewSlot
) -> None:
    for number in range(6):  # a day that the month sums up, with all that a slot can be
        start = at(8 + number, days=1)
        kind = ("technical", "behavioral", "coding", "system_design", "general", "coding")[number]
        made = SlotFactory(company=user.company, start_time=start, ai_interview_type=kind)
        if number % 2:
            book(made)
    state = {"status": "cancelled", "cancelled_at": timezone.now()}
    SlotFactory(company=user.company, start_time=at(9, days=2), **state)
    SlotFactory(company=user.company, start_time=at(9), status="completed", completed_at=timezone.now())
    InterviewFactory(candidate=CandidateFactory(company=user.company, full_name="Grace Hopper"))
    page = open_page(size, dark=dark)
    found: dict[str, list[str]] = {}

    def look(where: str) -> None:
        page.evaluate("Promise.all(document.getAnimations().map((each) => each.finished))")
        picture(page, f"{where}-{size['width']}-{'dark' if dark else 'light'}")
        if told := violations(page):
            found[where] = told
        wide = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
        if wide > 0:
            found[f"{where} scrolls sideways"] = [str(wide)]

    show(page, "week")
    for view in ("week", "month", "day", "list"):
        page.locator(f"button[data-view={view}]").click()
        expect(drawn(page, booked)).to_be_visible()
        look(view)
    drawn(page, booked).click()
    page.get_by_text("Move to another time").click()
    look("panel")
    page.get_by_role("button", name="Free the place").click()
    page.get_by_role("dialog").get_by_role("button", name="Undo").wait_for()
    look("done")
    page.get_by_role("link", name="Change time or details").click()
    page.get_by_label("Starts at").wait_for()
    look("form")
    page.get_by_label("Date").fill("2020-01-01")
    page.get_by_role("button", name="Save").click()
    page.get_by_text("That time is over.").wait_for()
    look("refused")
    page.goto(f"/app/slots/{booked.pk}/")
    look("page")
    page.goto("/app/calendar/?view=week&date=2031-01-01")
    page.get_by_text("No slots in these days").first.wait_for()
    look("empty")
    assert "\n".join(f"{where}: {each}" for where, all_of in found.items() for each in all_of) == ""


TURNS = [  # company's zone, the wall clocks of four slots half an hour apart, the first start
    ("Europe/Berlin", ["01:30–02:00", "02:00 (UTC+2)", "02:30 (UTC+2)", "02:00 (UTC+1)"], "2027-10-30T23:30"),
    ("Europe/Berlin", ["01:00–01:30", "01:30–03:00", "03:00–03:30", "03:30–04:00"], "2027-03-28T00:00"),
    ("America/New_York", ["00:30–01:00", "01:00 (UTC-4)", "01:30 (UTC-4)", "01:00 (UTC-5)"], "2027-11-07T04:30"),
    ("America/New_York", ["01:00–01:30", "01:30–03:00", "03:00–03:30", "03:30–04:00"], "2027-03-14T06:00"),
    ("Australia/Lord_Howe", ["01:00–01:30", "01:30 (UTC+11)", "01:30 (UTC+10:30)", "02:00–02:30"], "2027-04-03T14:00"),
    ("Australia/Lord_Howe", ["01:30–02:30", "02:30–03:00", "03:00–03:30", "03:30–04:00"], "2027-10-02T15:00"),
]


# Where the slots are drawn, once the page has come to rest.
PLACES = """async () => {
  const places = () => [...document.querySelectorAll("#calendar [data-slot]")].map((each) => {
    const box = each.getBoundingClientRect();
    return [each.dataset.slot, box.x, box.y, box.height].join();
  }).sort().join(" ");
  let before = "";
  for (let same = 0; same < 10; same = before === places() ? same + 1 : 0) {
    before = places();
    await new Promise(requestAnimationFrame);
  }
  return before;
}"""


@pytest.mark.parametrize(("zone", "clocks", "first"), TURNS)
def test_clock_changes_look_the_same_from_everywhere(
    open_page: Open, user: User, zone: str, clocks: list[str], first: str
) -> None:
    company = user.company
    assert company
    company.timezone = zone
    company.save()
    start = datetime.fromisoformat(first).replace(tzinfo=UTC)
    slots = [
        SlotFactory(company=company, start_time=start + timedelta(minutes=30 * number), duration_minutes=30)
        for number in range(4)
    ]
    day = start.astimezone(ZoneInfo(zone)).date()
    views: list[str] = []
    cookies: list[Any] = []
    for browser in ("Asia/Kolkata", "America/New_York", "Australia/Lord_Howe", "UTC"):
        page = open_page(zone=browser)
        address = f"/app/calendar/?view=list&date={day}"
        if cookies:
            page.context.add_cookies(cookies)
            page.goto(address)
        else:
            log_in(page, quote(address))
            cookies = page.context.cookies()
        for slot, clock in zip(slots, clocks, strict=True):
            expect(drawn(page, slot)).to_contain_text(clock)
        expect(page.locator("#calendar [data-slot]")).to_have_count(4)
        views.append(page.locator("#calendar").inner_text())
        page.get_by_role("button", name="Day", exact=True).click()
        expect(page.locator("#calendar [data-slot]")).to_have_count(4)
        views.append(page.evaluate(PLACES))
    assert views[::2] == [views[0]] * 4
    assert views[1::2] == [views[1]] * 4


def test_a_month_of_thousands_is_summed_up(open_page: Open, user: User) -> None:
    first = at(0, days=7).astimezone(BERLIN).replace(day=1) + timedelta(days=31)
    start = first.replace(day=1, hour=0)
    kinds = ("technical", "behavioral", "coding", "system_design", "general")
    now = timezone.now()
    InterviewSlot.objects.bulk_create(
        InterviewSlot(
            company=user.company,
            ai_interview_type=kinds[number % 5],
            start_time=start + timedelta(minutes=40 * (number // 5)),
            end_time=start + timedelta(minutes=40 * (number // 5) + 40),
            duration_minutes=40,
            created_at=now,
            updated_at=now,
        )
        for number in range(5000)
    )
    page = open_page()
    show(page, "month", day=start + timedelta(days=10))
    sums = page.locator("#calendar a.cal-event")
    expect(sums).to_have_count(28 * 5)
    expect(sums.first).to_contain_text("Technical")
    expect(sums.first).to_contain_text("36 slots")
    sums.nth(5).click()
    expect(page.locator("#calendar [data-slot]")).to_have_count(180)
    picture(page, "many-in-a-day")
