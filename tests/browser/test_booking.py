"""The candidate's page in a browser: phone and desktop, by keyboard, without scripts, and in other time zones."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from django.utils import timezone
from playwright.sync_api import Page, expect

from parley.core.actors import SYSTEM
from parley.interviews.models import (
    Interview,
    InterviewLink,
    InterviewSchedule,
    InterviewSlot,
    SchedulingPolicy,
    WaitlistEntry,
)
from parley.interviews.operations.links import invite_candidate
from parley.interviews.operations.reseating import reseat
from parley.interviews.operations.slots import cancel_slot
from parley.organizations.models import Company
from tests.browser.conftest import DESKTOP, PHONE, violations
from tests.browser.test_conflicts import picture, press_until
from tests.factories import CandidateFactory, CompanyFactory, InterviewFactory, JobFactory, SlotFactory, in_future

Open = Callable[..., Page]
SIZES = pytest.mark.parametrize("size", [PHONE, DESKTOP], ids=["phone", "desktop"])
SCRIPTS = pytest.mark.parametrize("scripts", [True, False], ids=["with-scripts", "without"])
BERLIN = ZoneInfo("Europe/Berlin")


@pytest.fixture
def company(transactional_db: None) -> Company:
    return CompanyFactory(name="Northwind Talent", timezone="Europe/Berlin")


@pytest.fixture
def interview(company: Company) -> Interview:
    job = JobFactory(company=company, job_title="Site reliability engineer")
    return InterviewFactory(candidate=CandidateFactory(company=company, full_name="Ada Lovelace"), job=job)


@pytest.fixture
def slots(company: Company) -> list[InterviewSlot]:
    """At noon of Berlin's tenth day from now, an hour and two hours later, and on the day after."""
    day = in_future(days=10).astimezone(BERLIN).date()
    noon = datetime(day.year, day.month, day.day, 12, tzinfo=BERLIN).astimezone(UTC)
    return [SlotFactory(company=company, start_time=noon + timedelta(hours=hours)) for hours in (0, 1, 2, 24)]


@pytest.fixture
def link(interview: Interview) -> str:
    return link_of(interview)


def link_of(interview: Interview) -> str:
    days, now = timedelta(days=500), timezone.now()
    invited = invite_candidate(interview_id=interview.pk, interview_type="", valid_for=days, actor=SYSTEM, now=now)
    return f"/interview/{invited.link}/"


def take_place(slot: InterviewSlot) -> None:
    """Somebody else books it."""
    InterviewSlot.objects.filter(pk=slot.pk).update(current_bookings=1, status="booked")


def local_day(slot: InterviewSlot) -> str:
    return slot.start_time.astimezone(BERLIN).date().isoformat()


def look_again(page: Page) -> None:
    """The page asks at once, as it does when somebody comes back to it."""
    with page.expect_response("**/times/**"):
        page.evaluate("document.dispatchEvent(new Event('visibilitychange'))")


@SIZES
@SCRIPTS
def test_choose_confirm_move_cancel_undo(
    open_page: Open, size: dict[str, int], scripts: bool, link: str, slots: list[InterviewSlot]
) -> None:
    page = open_page(size, scripts=scripts, zone="Europe/Berlin")
    name = f"{size['width']}-{scripts}"
    page.goto(link)
    expect(page.get_by_role("heading", name="Interview: Site reliability engineer")).to_be_visible()
    page.locator(f"a[data-day='{local_day(slots[3])}']").click()
    expect(page.locator("#times")).to_be_visible()
    expect(page.locator(".times a")).to_have_count(1)
    page.locator(f"a[data-day='{local_day(slots[0])}']").click()
    expect(page.locator(".times time")).to_have_text(["12:00 PM", "1:00 PM", "2:00 PM"])
    picture(page, f"choose-{name}")
    page.locator(".times a").first.click()
    expect(page.get_by_role("heading", name="Book this time?")).to_be_visible()
    expect(page.locator(".when")).to_contain_text("12:00 PM–1:00 PM")
    picture(page, f"confirm-{name}")
    page.get_by_role("button", name="Book this time").click()
    expect(page.get_by_role("heading", name="Your interview is booked")).to_be_visible()
    google = page.get_by_role("link", name="Google").get_attribute("href")
    assert google
    assert f"dates={slots[0].start_time:%Y%m%dT%H%M%SZ}%2F{slots[0].end_time:%Y%m%dT%H%M%SZ}" in google
    picture(page, f"booked-{name}")
    page.get_by_role("link", name="Choose another time").click()
    page.locator(f"a[data-day='{local_day(slots[3])}']").click()
    expect(page.locator(".times a")).to_have_count(1)
    page.locator(".times a").first.click()
    page.get_by_role("button", name="Move to this time").click()
    expect(page.get_by_text("Your interview is moved.")).to_be_visible()
    assert InterviewSchedule.objects.get(status="pending").slot == slots[3]
    page.get_by_role("button", name="Undo").click()
    begin = slots[0].start_time.astimezone(BERLIN).isoformat()
    expect(page.locator(".when time")).to_have_attribute("datetime", begin)
    assert InterviewSchedule.objects.get(status="pending").slot == slots[0]
    page.get_by_text("Cancel the interview").first.click()
    page.get_by_role("button", name="Cancel the interview").click()
    expect(page.get_by_text("Your interview is cancelled.")).to_be_visible()
    picture(page, f"cancelled-{name}")
    assert InterviewSchedule.objects.filter(status="pending").count() == 0
    page.get_by_role("button", name="Undo").click()
    expect(page.get_by_role("heading", name="Your interview is booked")).to_be_visible()
    assert InterviewSchedule.objects.get(status="pending").slot == slots[0]


def test_two_want_the_last_place(open_page: Open, company: Company, link: str, slots: list[InterviewSlot]) -> None:
    other = link_of(InterviewFactory(candidate=CandidateFactory(company=company)))
    first, second = open_page(DESKTOP, zone="Europe/Berlin"), open_page(PHONE, zone="Europe/Berlin")
    for page, theirs in ((first, link), (second, other)):
        page.goto(f"{theirs}?slot={slots[1].pk}")
        expect(page.get_by_role("heading", name="Book this time?")).to_be_visible()
    first.get_by_role("button", name="Book this time").click()
    expect(first.get_by_role("heading", name="Your interview is booked")).to_be_visible()
    second.get_by_role("button", name="Book this time").click()
    alert = second.get_by_role("alert")
    expect(alert).to_contain_text("Sorry, this time has just gone.")
    expect(alert.get_by_role("link")).to_have_count(3)
    expect(alert.get_by_role("link").nth(0)).to_contain_text("12:00 PM")
    expect(alert.get_by_role("link").nth(1)).to_contain_text("2:00 PM")
    expect(alert).to_be_focused()
    picture(second, "gone")
    alert.get_by_role("link").nth(1).click()
    second.get_by_role("button", name="Book this time").click()
    expect(second.get_by_role("heading", name="Your interview is booked")).to_be_visible()
    booked = InterviewSchedule.objects.filter(status="pending").order_by("start_time")
    assert [schedule.slot_id for schedule in booked] == [slots[1].pk, slots[2].pk]


def test_a_time_that_is_gone_disappears(open_page: Open, link: str, slots: list[InterviewSlot]) -> None:
    page = open_page(DESKTOP, zone="Europe/Berlin")
    page.goto(f"{link}?timezone=Europe/Berlin&day={local_day(slots[0])}")
    times = page.locator(".times time")
    expect(times).to_have_text(["12:00 PM", "1:00 PM", "2:00 PM"])
    page.locator(".times a").nth(2).focus()
    take_place(slots[1])
    look_again(page)
    expect(times).to_have_text(["12:00 PM", "2:00 PM"])
    expect(page.get_by_role("status")).to_have_text("The times have changed. What is shown now is free.")
    expect(page.locator(".times a").nth(1)).to_be_focused()  # where it was
    take_place(slots[2])
    look_again(page)
    expect(times).to_have_text(["12:00 PM"])
    expect(page.locator(".times a").first).to_be_focused()  # the nearest that is left
    InterviewSlot.objects.filter(pk=slots[1].pk).update(current_bookings=0, status="available")
    look_again(page)
    expect(times).to_have_text(["12:00 PM", "1:00 PM"])
    expect(page.locator(".times a").first).to_be_focused()


def test_a_time_that_goes_while_it_is_confirmed(open_page: Open, link: str, slots: list[InterviewSlot]) -> None:
    page = open_page(PHONE, zone="Europe/Berlin")
    page.goto(f"{link}?timezone=Europe/Berlin&slot={slots[1].pk}")
    page.get_by_role("button", name="Book this time").focus()
    look_again(page)
    expect(page.get_by_role("button", name="Book this time")).to_be_focused()
    take_place(slots[1])
    look_again(page)
    expect(page.get_by_role("alert")).to_contain_text("Sorry, this time has just gone.")
    expect(page.get_by_role("alert")).to_be_focused()
    page.get_by_role("alert").get_by_role("link").first.click()
    page.get_by_role("button", name="Book this time").click()
    expect(page.get_by_role("heading", name="Your interview is booked")).to_be_visible()


def set_back(zone: str, minutes: int) -> datetime:
    """The next instant, from in two days on, at which the clocks of a zone are set back."""
    local, step = ZoneInfo(zone), timedelta(minutes=minutes)
    instant = in_future(days=2)
    while (instant - step).astimezone(local).utcoffset() <= instant.astimezone(local).utcoffset():  # type: ignore[operator]
        instant += step
    return instant


# What is shown of three times, the second at the change and the others half an hour before and after it.
AT_NEW_YORK = {
    "America/New_York": ["1:30 AM (UTC-04:00)", "1:00 AM (UTC-05:00)", "1:30 AM (UTC-05:00)"],
    "Asia/Kolkata": ["11:00 AM", "11:30 AM", "12:00 PM"],
    "Australia/Lord_Howe": ["4:30 PM", "5:00 PM", "5:30 PM"],
    "UTC": ["5:30 AM", "6:00 AM", "6:30 AM"],
}
AT_LORD_HOWE = {
    "America/New_York": ["10:30 AM", "11:00 AM", "11:30 AM"],
    "Asia/Kolkata": ["8:00 PM", "8:30 PM", "9:00 PM"],
    "Australia/Lord_Howe": ["1:30 AM (UTC+11:00)", "1:30 AM (UTC+10:30)", "2:00 AM"],
    "UTC": ["2:30 PM", "3:00 PM", "3:30 PM"],
}
IN_BERLIN = {"America/New_York": ["6:30", "7:00", "7:30"], "Australia/Lord_Howe": ["4:30", "5:00", "5:30"]}


@pytest.mark.parametrize("changing", ["America/New_York", "Australia/Lord_Howe"])
def test_every_zone_sees_the_same_instants_where_clocks_change(
    open_page: Open, company: Company, interview: Interview, link: str, changing: str
) -> None:
    change = set_back(changing, 30)
    SchedulingPolicy.objects.create(company=company, max_days_ahead=500, updated_at=timezone.now())
    for minutes in (-30, 0, 30):
        start = change + timedelta(minutes=minutes)
        SlotFactory(company=company, start_time=start, duration_minutes=30)
    shown, there, instants = {}, {}, {}
    for zone in AT_NEW_YORK:
        page = open_page(PHONE, zone=zone)
        page.goto(f"{link}?day={change.astimezone(ZoneInfo(zone)).date().isoformat()}")
        page.wait_for_url("**timezone=**")
        times = page.locator(".times time")
        expect(times).to_have_count(3)
        shown[zone] = [text.replace("\u202f", " ") for text in times.all_inner_texts()]
        there[zone] = [text.replace("\u202f", " ") for text in page.locator(".times .there").all_inner_texts()]
        told = [each.get_attribute("datetime") or "" for each in times.all()]
        instants[zone] = [datetime.fromisoformat(each).astimezone(UTC) - change for each in told]
    half = timedelta(minutes=30)
    assert shown == (AT_NEW_YORK if changing == "America/New_York" else AT_LORD_HOWE)
    assert instants == {zone: [-half, timedelta(), half] for zone in AT_NEW_YORK}
    for texts in there.values():
        assert [text.split(" ")[-2] for text in texts] == IN_BERLIN[changing]
        assert all(text.startswith("Berlin: ") for text in texts)


def test_the_zone_of_the_device_is_found_and_can_be_changed(
    open_page: Open, link: str, slots: list[InterviewSlot]
) -> None:
    page = open_page(DESKTOP, zone="Asia/Kolkata")
    page.goto(link)
    page.wait_for_url("**timezone=**")
    expect(page.locator(".zone summary")).to_contain_text("Time zone: Kolkata (India)")
    expect(page.locator(".times .there").first).to_have_text("Berlin: 12:00\u202fPM")
    page.locator(".zone summary").click()
    page.get_by_label("Times are shown in this time zone").select_option("Berlin (Germany)")
    page.get_by_role("button", name="Show times in this zone").click()
    expect(page.locator(".zone summary")).to_contain_text("Time zone: Berlin (Germany)")
    expect(page.locator(".times .there")).to_have_count(0)
    page.locator(".times a").first.click()
    page.get_by_role("button", name="Book this time").click()
    expect(page.get_by_text("Time zone: Berlin (Germany)")).to_be_visible()
    assert InterviewLink.objects.get().timezone == "Europe/Berlin"


def test_by_keyboard_alone(open_page: Open, link: str, slots: list[InterviewSlot]) -> None:
    page = open_page(DESKTOP, zone="Europe/Berlin")
    page.goto(link)
    press_until(page, "Tab", local_day_name(slots[0]))
    if local_day(slots[0])[:7] == local_day(slots[3])[:7]:
        page.keyboard.press("ArrowRight")
        assert page.evaluate("document.activeElement.dataset.day") == local_day(slots[3])
        page.keyboard.press("ArrowLeft")
    assert page.evaluate("document.activeElement.dataset.day") == local_day(slots[0])
    page.keyboard.press("Enter")
    expect(page.locator("#times")).to_be_focused()
    press_until(page, "Tab", "1:00")
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="Book this time?")).to_be_focused()
    press_until(page, "Tab", "Book this time")
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="Your interview is booked")).to_be_focused()
    press_until(page, "Tab", "Cancel the interview")
    page.keyboard.press("Enter")
    page.keyboard.press("Tab")
    page.keyboard.type("Ill.")
    press_until(page, "Tab", "Cancel the interview")
    page.keyboard.press("Enter")
    expect(page.get_by_text("Your interview is cancelled.")).to_be_visible()
    press_until(page, "Tab", "Undo")
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="Your interview is booked")).to_be_focused()


def local_day_name(slot: InterviewSlot) -> str:
    local = slot.start_time.astimezone(BERLIN)
    return f"{local:%A}, {local:%B} {local.day}, {local.year}"


@SIZES
@pytest.mark.parametrize("dark", [False, True], ids=["light", "dark"])
def test_axe_finds_nothing(
    open_page: Open, size: dict[str, int], dark: bool, company: Company, link: str, slots: list[InterviewSlot]
) -> None:
    page = open_page(size, dark=dark, zone="Asia/Kolkata")
    name = f"{size['width']}-{'dark' if dark else 'light'}"
    found: dict[str, list[str]] = {}

    def look(at: str) -> None:
        picture(page, f"{at}-{name}")
        if told := violations(page):
            found[at] = told
        wide = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
        if wide > 0:
            found[f"{at} scrolls sideways"] = [str(wide)]

    page.goto(link)
    page.wait_for_url("**timezone=**")
    page.locator("details").evaluate_all("all => all.forEach((each) => (each.open = true))")
    look("choose")
    page.get_by_role("button", name="Wait for a time").click()
    page.get_by_role("heading", name="You are on the waitlist").wait_for()
    look("waiting")
    page.goto(f"{link}?slot={slots[0].pk}")
    look("confirm")
    take_place(slots[0])
    page.get_by_role("button", name="Book this time").click()
    page.get_by_role("alert").wait_for()
    look("gone")
    page.get_by_role("alert").get_by_role("link").first.click()
    page.get_by_role("button", name="Book this time").click()
    page.get_by_role("heading", name="Your interview is booked").wait_for()
    assert WaitlistEntry.objects.get().status == "booked"
    page.get_by_text("Cancel the interview").first.click()
    look("booked")
    page.goto(f"{link}?change=1")
    look("change")
    booked = InterviewSchedule.objects.get(status="pending")
    now = timezone.now()
    cancel_slot(slot_id=booked.slot_id, cascade=True, reason="", actor=SYSTEM, now=now)
    reseat(company_id=company.pk, actor=SYSTEM, now=now)
    page.goto(link)
    page.get_by_role("heading", name="A new time is kept for you").wait_for()
    look("held")
    InterviewSlot.objects.exclude(pk=booked.slot_id).update(
        current_bookings=0, held_places=0, status="cancelled", cancelled_at=now
    )
    page.goto(link)
    look("none")
    page.goto(f"/interview/{'a' * 43}/")
    look("closed")
    assert found == {}


@pytest.mark.parametrize("language", ["de", "es", "fr", "hi"])
def test_other_languages_fit_on_a_phone(open_page: Open, link: str, slots: list[InterviewSlot], language: str) -> None:
    page = open_page(PHONE, zone="Asia/Kolkata")
    page.goto(f"{link}?lang={language}")
    page.wait_for_url("**timezone=**")
    assert page.evaluate("document.documentElement.lang") == language
    for at in ("choose", "confirm"):
        wide = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
        assert (at, wide) == (at, 0)
        picture(page, f"{language}-{at}")
        page.locator(".times a").first.click() if at == "choose" else None
    page.locator("button[name=slot]").click()
    page.wait_for_url("**done=booked**")
    picture(page, f"{language}-booked")
    assert violations(page) == []
    assert page.evaluate("document.documentElement.lang") == language


def test_the_page_is_small(open_page: Open, link: str, slots: list[InterviewSlot]) -> None:
    page = open_page(zone="Europe/Berlin")
    sizes: list[int] = []
    page.on(
        "response",
        lambda answer: sizes.append(int(answer.headers["content-length"])) if "/static/" in answer.url else None,
    )
    page.goto(link)
    page.locator(".times a").first.wait_for()
    assert len(sizes) == 2
    assert sum(sizes) <= 60_000
