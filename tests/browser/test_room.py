"""The interview room in a browser: from the candidate's page to the thank-you page, and back after whatever breaks."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from django.conf import LazySettings
from django.utils import timezone
from playwright.sync_api import Locator, Page, expect

from parley.conversations.models import SessionFeedback, Turn
from parley.conversations.operations.speaking import speak
from parley.conversations.queries import turns_of
from parley.organizations.models import Company
from tests.browser.conftest import DESKTOP, PHONE, violations
from tests.browser.test_conflicts import log_in, picture, press_until
from tests.conversations.conftest import Booked, make_booked, make_kit
from tests.conversations.test_rules import content
from tests.factories import CompanyFactory, UserFactory

Open = Callable[..., Page]
SIZES = pytest.mark.parametrize("size", [PHONE, DESKTOP], ids=["phone", "desktop"])
ANSWER = "We wrote to a queue and another service read from it until the queue was empty."
LONG = "We had 3 queues. " * 30  # concrete, and long enough for no follow-up
CODE = "def first(numbers):\n    return numbers[0]"


@pytest.fixture
def company(transactional_db: None) -> Company:
    company = CompanyFactory(name="Northwind Talent", timezone="Europe/Berlin")
    given = content(
        introduction="Welcome. I ask you some questions about your work, one after the other.",
        closing="That was my last question. Thank you for your time.",
    )
    talk, code = given["competencies"]
    talk["questions"] = [
        {
            "key": "queue",
            "text": "Tell me about a system that you have built with a queue in it.",
            "probes": ["What would you do differently today?"],
        }
    ]
    code["questions"] = [{"key": "code", "text": "Write a function that gives the first number.", "answer": "code"}]
    make_kit(company, given)
    return company


@pytest.fixture
def soon(company: Company) -> Booked:
    """An interview that can be begun now."""
    return make_booked(company, timezone.now().replace(microsecond=0) + timedelta(minutes=5))


def begin(page: Page, soon: Booked) -> None:
    page.goto(f"/interview/{soon.token}/room/?timezone=Europe/Berlin")
    page.get_by_label("I have read this, and agree.").check()
    page.get_by_role("button", name="Begin the interview").click()
    expect(page.get_by_text("Tell me about a system")).to_be_visible()


def answer(page: Page, text: str, following: str) -> None:
    page.get_by_label("Your answer").fill(text)
    page.get_by_role("button", name="Send the answer").click()
    expect(page.locator("#talk li").last).to_contain_text(following)


@SIZES
@pytest.mark.parametrize("dark", [False, True], ids=["light", "dark"])
def test_from_the_candidates_page_to_the_thanks(
    open_page: Open, size: dict[str, int], dark: bool, soon: Booked
) -> None:
    page = open_page(size, dark=dark, zone="Europe/Berlin")
    name = f"room-{size['width']}-{'dark' if dark else 'light'}"
    page.goto(f"/interview/{soon.token}/")
    page.get_by_role("link", name="Go to the interview room").click()
    expect(page.get_by_role("heading", name="What to expect")).to_be_visible()
    page.get_by_label("What have you learned lately").fill("To knit.")
    page.reload()
    expect(page.get_by_label("What have you learned lately")).to_have_value("To knit.")
    picture(page, f"{name}-1-waiting")
    assert violations(page) == []
    page.get_by_label("I have read this, and agree.").check()
    page.get_by_role("button", name="Begin the interview").click()
    expect(page.get_by_text("Question 1 of 2")).to_be_visible()
    expect(page.get_by_label("Your answer")).to_be_focused()
    page.get_by_role("button", name="Send the answer").click()
    expect(page.get_by_role("alert")).to_have_text("Write an answer, or leave the question out.")
    picture(page, f"{name}-2-question")
    assert violations(page) == []
    answer(page, ANSWER, "What would you do differently today?")
    with page.expect_response("**/session/draft/"):
        page.get_by_label("Your answer").fill("I would meas")
    expect(page.locator("#saved")).to_have_text("Saved.")
    page.reload()
    expect(page.get_by_label("Your answer")).to_have_value("I would meas")
    answer(page, "I would measure first.", "Write a function")
    expect(page.get_by_text("Question 2 of 2")).to_be_visible()
    page.get_by_label("Programming language").select_option("Python")
    page.get_by_label("Your answer").fill("def first(numbers):\n")
    page.keyboard.press("Tab")
    page.keyboard.type("return numbers[0]")
    expect(page.get_by_label("Your answer")).to_have_value(CODE)
    expect(page.locator(".sheet")).to_have_text(CODE)
    picture(page, f"{name}-3-code")
    assert violations(page) == []
    page.get_by_role("button", name="Send the answer").click()
    expect(page.get_by_role("heading", name="Thank you for the interview")).to_be_visible()
    expect(page.get_by_text("That was my last question.")).to_be_visible()
    page.get_by_label("Good", exact=True).check()
    page.get_by_label("What could be better?").fill("Nothing.")
    picture(page, f"{name}-4-thanks")
    assert violations(page) == []
    page.get_by_role("button", name="Send feedback").click()
    expect(page.get_by_text("Thank you for your feedback.")).to_be_visible()
    feedback = SessionFeedback.objects.get()
    assert (feedback.rating, feedback.text) == (4, "Nothing.")
    said = [turn.text for turn in turns_of(soon.session) if turn.role == "candidate"]
    assert said == [ANSWER, "I would measure first.", CODE]
    page.goto(f"/interview/{soon.token}/")
    expect(page.get_by_text("This interview is over. Thank you.")).to_be_visible()


def ask_for_code(page: Page, soon: Booked) -> Locator:
    """The field of the question that is answered in code."""
    begin(page, soon)
    answer(page, LONG, "Write a function")
    expect(page.get_by_label("Programming language")).to_be_visible()  # the question has been said to its end
    return page.get_by_label("Your answer")


def test_code_is_coloured_in_the_language_that_is_chosen(open_page: Open, soon: Booked) -> None:
    page = open_page(DESKTOP)
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url.rpartition("/")[2].partition("?")[0]))
    field = ask_for_code(page, soon)
    field.fill("def f(a):\n    return a  # <b>")
    expect(page.locator(".sheet")).to_be_hidden()
    assert not any(name.startswith("highlight") for name in asked)  # nobody loads it who does not need it
    page.get_by_label("Programming language").select_option("Python")
    expect(page.locator(".sheet .keyword")).to_have_text(["def", "return"])
    expect(page.locator(".sheet .comment")).to_have_text("# <b>")
    page.get_by_label("Programming language").select_option("Go")
    expect(page.locator(".sheet .keyword")).to_have_text(["return"])
    with page.expect_response("**/session/draft/"):
        field.press("End")
        page.keyboard.type(" ")
    page.reload()
    expect(page.get_by_label("Programming language")).to_have_value("go")
    expect(page.locator(".sheet .keyword")).to_have_text(["return"])
    lies_where_the_field_does(page)
    page.get_by_label("Programming language").select_option("Plain text")
    expect(page.locator(".sheet")).to_be_hidden()
    expect(field).not_to_have_class("code painted")


def lies_where_the_field_does(page: Page) -> None:
    """Letters of the sheet have the place and size of the field's own, also when it is scrolled."""
    field = page.get_by_label("Your answer")
    field.fill("\n".join(f"x = {number} {'y' * 200}" for number in range(80)))
    field.evaluate("it => it.scrollTo(300, 400)")
    page.evaluate("new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)))")
    same = """([field, text]) => {
      const [one, other] = [getComputedStyle(field), getComputedStyle(text.parentElement)];
      const alike = ["font", "letterSpacing", "tabSize", "padding", "whiteSpace", "borderWidth"];
      const [a, b] = [field.getBoundingClientRect(), text.getBoundingClientRect()];
      const inset = parseFloat(one.paddingLeft) + parseFloat(one.borderLeftWidth);
      const above = parseFloat(one.paddingTop) + parseFloat(one.borderTopWidth);
      return [alike.filter((name) => one[name] !== other[name]), b.x - a.x - inset, b.y - a.y - above];
    }"""
    handles = [field.element_handle(), page.locator(".sheet code").element_handle()]
    unlike, across, down = page.evaluate(same, handles)
    assert (unlike, round(across, 1), round(down, 1)) == ([], -300, -400)


def test_the_keys_of_code_can_be_undone(open_page: Open, soon: Booked) -> None:
    page = open_page(DESKTOP)
    field = ask_for_code(page, soon)
    field.press("Tab")
    page.keyboard.type("if a:")
    field.press("Enter")
    page.keyboard.type("b")
    expect(field).to_have_value("    if a:\n    b")
    field.press("ControlOrMeta+a")
    field.press("Tab")
    expect(field).to_have_value("        if a:\n        b")
    field.press("ControlOrMeta+z")
    expect(field).to_have_value("    if a:\n    b")


def test_where_the_colours_cannot_be_loaded_the_field_does_without(open_page: Open, soon: Booked) -> None:
    page = open_page(PHONE)
    page.route("**/highlight*.js*", lambda route: route.fulfill(status=404, content_type="text/plain"))
    field = ask_for_code(page, soon)
    page.get_by_label("Programming language").select_option("Python")
    field.fill("def f(): pass")
    expect(page.locator(".sheet")).to_be_hidden()
    page.get_by_role("button", name="Send the answer").click()
    expect(page.get_by_role("heading", name="Thank you for the interview")).to_be_visible()
    assert [turn.text for turn in turns_of(soon.session)][1::2] == [LONG, "def f(): pass"]


def test_without_scripts(open_page: Open, soon: Booked) -> None:
    page = open_page(PHONE, scripts=False)
    begin(page, soon)
    page.get_by_role("button", name="Send the answer").click()
    expect(page.get_by_role("alert")).to_have_text("Write an answer, or leave the question out.")
    answer(page, ANSWER, "What would you do differently today?")
    page.get_by_role("button", name="Leave this question out").click()
    expect(page.locator("#talk li").last).to_contain_text("Write a function")
    page.get_by_text("Ask for a human interview instead").click()
    page.get_by_label("What should the company know?").fill("I would rather talk.")
    page.get_by_role("button", name="Ask for a human interview").click()
    expect(page.get_by_text("The company knows that you would like to talk to a person.")).to_be_visible()
    page.get_by_text("End the interview").click()
    page.get_by_role("button", name="End it now").click()
    expect(page.get_by_role("heading", name="Thank you for the interview")).to_be_visible()
    page.get_by_label("Very good").check()
    page.get_by_role("button", name="Send feedback").click()
    expect(page.get_by_text("Thank you for your feedback.")).to_be_visible()
    assert [turn.text for turn in turns_of(soon.session)][1::2] == [ANSWER, ""]


def test_by_keyboard_alone(open_page: Open, soon: Booked) -> None:
    page = open_page(DESKTOP, zone="Europe/Berlin")
    page.goto(f"/interview/{soon.token}/")
    press_until(page, "Tab", "Go to the interview room")
    page.keyboard.press("Enter")
    box = page.get_by_label("I have read this, and agree.")
    expect(box).to_be_visible()
    for _ in range(30):
        page.keyboard.press("Tab")
        if box.evaluate("it => it === document.activeElement"):
            break
    page.keyboard.press("Space")
    press_until(page, "Tab", "Begin the interview")
    page.keyboard.press("Enter")
    field = page.get_by_label("Your answer")
    expect(field).to_be_focused()
    page.keyboard.type(ANSWER)
    press_until(page, "Tab", "Send the answer")
    page.keyboard.press("Enter")
    expect(page.locator("#talk li").last).to_contain_text("What would you do differently today?")
    expect(field).to_be_focused()
    press_until(page, "Tab", "Leave this question out")
    page.keyboard.press("Enter")
    expect(page.locator("#talk li").last).to_contain_text("Write a function")
    expect(field).to_be_focused()
    page.keyboard.press("Tab")
    expect(field).to_have_value("    ")
    page.keyboard.type("return 1")
    page.keyboard.press("Escape")
    press_until(page, "Tab", "Send the answer")
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="Thank you for the interview")).to_be_visible()
    assert [turn.text for turn in turns_of(soon.session)][1::2] == [ANSWER, "", "    return 1"]


def test_a_second_window_goes_on_where_the_first_one_is(open_page: Open, soon: Booked) -> None:
    first = open_page(DESKTOP)
    begin(first, soon)
    second = first.context.new_page()
    second.goto(f"/interview/{soon.token}/room/")
    answer(first, ANSWER, "What would you do differently today?")
    second.get_by_label("Your answer").fill("Another answer to the same question")
    second.get_by_role("button", name="Send the answer").click()
    expect(second.locator("#talk li").last).to_contain_text("What would you do differently today?")
    assert [turn.text for turn in turns_of(soon.session)][1::2] == [ANSWER]


def test_an_answer_waits_for_the_connection_and_counts_once(open_page: Open, soon: Booked) -> None:
    page = open_page(PHONE)
    begin(page, soon)
    page.context.set_offline(True)
    page.get_by_label("Your answer").fill(ANSWER)
    page.get_by_role("button", name="Send the answer").click()
    expect(page.locator("#saved")).to_contain_text("There is no connection. Your answer is still here")
    picture(page, "room-390-offline")
    page.context.set_offline(False)
    expect(page.locator("#talk li").last).to_contain_text("What would you do differently today?")
    assert Turn.objects.count() == 3


@SIZES
def test_the_room_counts_down_until_it_opens(open_page: Open, size: dict[str, int], company: Company) -> None:
    later = make_booked(company, timezone.now().replace(microsecond=0) + timedelta(hours=3))
    page = open_page(size, zone="Europe/Berlin")
    page.goto(f"/interview/{later.token}/room/")
    expect(page.get_by_role("timer")).to_be_visible()
    assert page.get_by_role("timer").inner_text().startswith("2:4")
    expect(page.get_by_role("button", name="Begin the interview")).to_have_count(0)
    picture(page, f"room-{size['width']}-early")
    assert violations(page) == []
    missed = make_booked(company, timezone.now().replace(microsecond=0) - timedelta(minutes=20))
    page.goto(f"/interview/{missed.token}/room/")
    expect(page.get_by_text("The interview could be begun until")).to_be_visible()
    page.get_by_text("Ask for a human interview instead").click()
    picture(page, f"room-{size['width']}-missed")
    assert violations(page) == []
    page.get_by_role("button", name="Ask for a human interview").click()
    expect(page.get_by_text("The company knows that you would like to talk to a person.")).to_be_visible()
    assert violations(page) == []


@SIZES
@pytest.mark.parametrize("dark", [False, True], ids=["light", "dark"])
def test_the_company_reads_what_was_said(
    open_page: Open, size: dict[str, int], dark: bool, soon: Booked, settings: LazySettings
) -> None:
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.Argon2PasswordHasher"]  # all that the server knows
    UserFactory(company=soon.interview.company, full_name="Rosa Recruiter", email="rosa@example.com")
    soon.begin(at=timezone.now())
    for text in (ANSWER, "", f"{CODE}  # {'a long line ' * 20}"):
        soon.answer(text, at=timezone.now())
        speak(soon.session.pk, now=timezone.now())
    page = open_page(size, dark=dark)
    log_in(page)
    expect(page.get_by_role("heading", name="Conflicts")).to_be_visible()
    page.goto(f"/app/interviews/{soon.interview.pk}/")
    name = f"transcript-{size['width']}-{'dark' if dark else 'light'}"
    expect(page.get_by_role("heading", name="The conversation")).to_be_visible()
    picture(page, f"{name}-interview")
    assert violations(page) == []
    page.get_by_role("link", name="Read the transcript").click()
    expect(page.get_by_text("Left out.")).to_be_visible()
    expect(page.get_by_text("Core question", exact=False).first).to_be_visible()
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    picture(page, name)
    assert violations(page) == []
