"""From the invitation to the decision, in browsers: without any model, and with one that asks on and judges."""

import json
from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import Any

import pytest
from django.conf import LazySettings
from django.utils import timezone
from playwright.sync_api import Browser, BrowserContext, Page, expect

from parley.conversations.models import Turn
from parley.evaluations.models import Decision, Judgement
from parley.evaluations.tasks import evaluate
from parley.interviews.models import Interview, SchedulingPolicy
from parley.organizations.models import User
from scenarios.provider import Provider
from tests.browser.conftest import DESKTOP, PHONE
from tests.browser.test_booking import link_of
from tests.browser.test_conflicts import log_in
from tests.factories import CandidateFactory, InterviewFactory, JobFactory, SlotFactory, UserFactory
from tests.live import live_server
from tests.providers import use_provider

ANSWER = "I put a queue between the two services, because the second one was slow in the evening."


@pytest.fixture(params=["scripted", "model"])
def leader(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture
def led_server(
    transactional_db: None,
    leader: str,
    provider: Provider,
    monkeypatch: pytest.MonkeyPatch,
    settings: LazySettings,
) -> Iterator[str]:
    """A server of its own, with a model in one of the cases."""
    provider.speak = speak
    if leader == "model":
        use_provider(provider.environment, monkeypatch, settings)
    else:
        settings.AI_MODEL = ""
    with live_server(workers=1, **(provider.environment if leader == "model" else {"PARLEY_AI_MODEL": ""})) as address:
        yield address


def speak(body: dict[str, Any]) -> str:
    """Judges by a sentence of the answers where a judgement is asked for, else asks on about the latest answer."""
    if "response_format" not in body:
        exchanges = json.loads(body["messages"][1]["content"])["exchanges"]
        return f"I see. What came of it, in answer {len(exchanges)}?"
    said = json.loads(body["messages"][1]["content"])["transcript"]
    turn = next(each["turn"] for each in said if each.get("answer") == ANSWER)
    return json.dumps({"level": 4, "reason": "Names a cause.", "quotes": [{"turn": turn, "quote": ANSWER}]})


@pytest.fixture
def open_at(chromium: Browser, led_server: str) -> Iterator[Callable[[dict[str, int]], Page]]:
    contexts: list[BrowserContext] = []

    def opened(size: dict[str, int]) -> Page:
        context = chromium.new_context(
            base_url=led_server,
            viewport=size,  # type: ignore[arg-type]  # it is such a dictionary
            timezone_id="Europe/Berlin",
        )
        contexts.append(context)
        return context.new_page()

    yield opened
    for context in contexts:
        context.close()


@pytest.fixture
def user(transactional_db: None, settings: LazySettings) -> User:
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.Argon2PasswordHasher"]  # all that the server knows
    return UserFactory(
        full_name="Rosa Recruiter", email="rosa@example.com", company__name="Acme", company__timezone="Europe/Berlin"
    )


def test_from_the_invitation_to_the_decision(
    open_at: Callable[[dict[str, int]], Page], user: User, leader: str, provider: Provider
) -> None:
    start = timezone.now().replace(second=0, microsecond=0) + timedelta(minutes=10)
    assert user.company
    SchedulingPolicy.objects.create(company=user.company, min_notice_minutes=5, updated_at=timezone.now())
    SlotFactory(company=user.company, start_time=start, ai_interview_type="technical")
    job = JobFactory(company=user.company, job_title="Engineer")
    candidate = CandidateFactory(company=user.company, full_name="Ada Lovelace")
    interview = InterviewFactory(candidate=candidate, job=job)
    take_part(open_at(PHONE), link_of(interview))
    interview.refresh_from_db()
    assert interview.status == "completed"
    led = set(Turn.objects.filter(kind="follow_up").values_list("interviewer", flat=True))
    assert led == {"scripted" if leader == "scripted" else "model"}
    evaluate(interview_id=str(interview.pk))  # as the job does that the end has asked for
    decide_on(open_at(DESKTOP), interview, leader)
    decision = Decision.objects.get()
    assert (decision.verdict, decision.decided_by) == ("advance", user)
    assert Judgement.objects.count() == (15 if leader == "model" else 0)  # five criteria, three samples of each
    assert bool(provider.requests) == (leader == "model")


def take_part(page: Page, link: str) -> None:
    """Book, enter the room, answer all that is asked."""
    page.goto(link)
    page.locator(".times a").first.click()
    page.get_by_role("button", name="Book this time").click()
    page.get_by_role("link", name="Go to the interview room").click()
    page.get_by_label("I have read this, and agree.").check()
    page.get_by_role("button", name="Begin the interview").click()
    thanks = page.get_by_role("heading", name="Thank you for the interview")
    send = page.get_by_role("button", name="Send the answer")
    expect(send).to_be_visible()
    while True:
        before = page.locator("#talk li").count()
        page.get_by_label("Your answer").fill(ANSWER)
        send.click()
        page.wait_for_function(
            "before => !document.getElementById('talk') || (!document.querySelector('#text').readOnly"
            " && document.querySelectorAll('#talk li').length > before + 1)",
            arg=before,
        )
        if not page.locator("#talk").count():
            break
    expect(thanks).to_be_visible()


def decide_on(page: Page, interview: Interview, leader: str) -> None:
    """Rate without knowing more, look at what the model gave, decide."""
    log_in(page)
    page.locator("form[action='/logout/']").first.wait_for(state="attached")
    page.goto(f"/app/interviews/{interview.pk}/results/")
    expect(page.get_by_role("heading", name="What the AI gives")).to_have_count(0)
    for criterion in page.locator("fieldset:has(input[name^=level_])").all():
        criterion.locator("input[value='3']").check()
    page.get_by_role("button", name="Keep my ratings").click()
    expect(page.get_by_text("Your ratings are kept")).to_be_visible()
    section = page.get_by_role("region", name="What the AI gives")
    expect(section).to_have_count(1 if leader == "model" else 0)
    if leader == "model":
        expect(section.get_by_text("Advisory only")).to_be_visible()
        expect(section.locator("q").first).to_have_text(ANSWER)
    page.get_by_label("Advance").check()
    page.get_by_role("button", name="Keep the decision").click()
    expect(page.get_by_role("heading", name="Decision: Advance")).to_be_visible()
