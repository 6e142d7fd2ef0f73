"""Asking a model that misbehaves: what is heard, what is tried again, and what is kept and counted."""

import threading
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Literal
from uuid import UUID, uuid4

import pytest
from django.conf import LazySettings
from django.utils import timezone
from pydantic import BaseModel

from parley.core.actors import SYSTEM
from parley.core.errors import Forbidden, Invalid
from parley.core.models import Event
from parley.llm.calling import Again, Prompt, Said, Unavailable, ask, stream
from parley.llm.models import Budget, ModelCall
from parley.llm.operations import reserve, set_budget
from parley.llm.rules.purposes import Purpose
from parley.llm.tasks import close_lost_calls
from parley.organizations.models import Company
from scenarios.provider import Provider, well
from tests.factories import CompanyFactory, UserFactory
from tests.providers import MISBEHAVIOURS

pytestmark = pytest.mark.django_db(transaction=True)
GOOD = "I see. What did you measure?"


def prompt(company: Company, *, purpose: Purpose = Purpose.INTERVIEWER) -> Prompt:
    return Prompt(
        company_id=company.pk,
        purpose=purpose,
        subject_id=uuid4(),
        system="Ask one question.",
        user="We wrote to a queue.",
        temperature=0.3,
        max_tokens=100,
    )


def fine(text: str, is_whole: bool) -> str:
    return "" if not is_whole or text.endswith("?") else "no question"


def heard(company: Company, check: Callable[[str, bool], str] = fine) -> tuple[list[str | type], Said | None]:
    """What was heard, and what was said in the end."""
    pieces: list[str | type] = []
    for each in stream(prompt(company), check=check):
        if isinstance(each, Said):
            return pieces, each
        pieces.append(Again if isinstance(each, Again) else each)
    return pieces, None


def problems(attempts: list[dict[str, object]]) -> list[object]:
    return [each["problem"] for each in attempts]


@pytest.fixture
def company() -> Company:
    return CompanyFactory()


def test_what_a_model_says_is_heard_by_sentences_and_counted(provider: Provider, company: Company) -> None:
    pieces, said = heard(company)
    assert pieces == ["I see. ", "What did you measure?"]
    assert said is not None
    assert (said.raw, said.model, said.attempts) == (GOOD, "openai:local", [])
    call = ModelCall.objects.get()
    assert (call.state, call.purpose, call.company_id, call.model) == (
        "done",
        "interviewer",
        company.pk,
        "openai:local",
    )
    assert (call.input_tokens, call.output_tokens, call.cost_micros) == (said.input_tokens, 6, 0)
    assert said.input_tokens == len(str(provider.requests[0]["messages"]).replace("'", '"')) // 4
    body = provider.requests[0]
    assert [(each["role"], each["content"]) for each in body["messages"]] == [
        ("system", "Ask one question."),
        ("user", "We wrote to a queue."),
    ]
    assert (body["stream"], body["temperature"], body["max_completion_tokens"]) == (True, 0.3, 100)


@pytest.mark.parametrize("name", MISBEHAVIOURS)
def test_a_provider_that_misbehaves_once_is_asked_again(name: str, misbehaving: Provider, company: Company) -> None:
    behaviour, problem = MISBEHAVIOURS[name]
    misbehaving.queue.append(behaviour)
    pieces, said = heard(company)
    assert said is not None
    assert said.raw == GOOD
    assert [each["problem"] for each in said.attempts] == [problem]
    assert "".join(each for each in pieces[_after_again(pieces) :] if isinstance(each, str)) == GOOD
    call = ModelCall.objects.get()
    assert (call.state, problems(call.attempts)) == ("done", [problem])
    assert len(misbehaving.requests) == 2


def _after_again(pieces: list[str | type]) -> int:
    return pieces.index(Again) + 1 if Again in pieces else 0


def test_what_was_heard_of_a_cut_answer_is_void(provider: Provider, company: Company) -> None:
    provider.queue.append(lambda it: it.say("I see. What did you", cut_after=3))
    pieces, _ = heard(company)
    assert pieces == ["I see. ", Again, "I see. ", "What did you measure?"]


def test_a_wrong_key_is_not_tried_twice(provider: Provider, company: Company) -> None:
    provider.usually = lambda it: it.fail(401)
    with pytest.raises(Unavailable) as refusal:
        heard(company)
    assert problems(refusal.value.attempts) == ["rejected"]
    assert refusal.value.attempts[0]["detail"] == "ModelAuthenticationError, status 401"
    assert len(provider.requests) == 1


def test_a_provider_that_keeps_failing_gives_way_to_the_other_model(
    provider: Provider, company: Company, settings: LazySettings
) -> None:
    settings.AI_FALLBACK_MODEL = "openai:other"
    provider.usually = lambda it: it.fail(500) if it.body["model"] == "local" else well(it)
    _, said = heard(company)
    assert said is not None
    assert (said.model, problems(said.attempts)) == ("openai:other", ["server_error"] * 2)
    assert [each["model"] for each in provider.requests] == ["local", "local", "other"]


def test_one_that_asks_to_wait_longer_than_a_candidate_would_is_left(provider: Provider, company: Company) -> None:
    provider.usually = lambda it: it.fail(429, headers={"Retry-After": "600"})
    with pytest.raises(Unavailable) as refusal:
        heard(company)
    assert problems(refusal.value.attempts) == ["rate_limited"]
    assert ModelCall.objects.get().state == "failed"


def test_a_provider_that_is_not_there(provider: Provider, company: Company, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OPENAI_BASE_URL", "http://127.0.0.1:9/v1")
    with pytest.raises(Unavailable) as refusal:
        heard(company)
    assert problems(refusal.value.attempts) == ["connection"] * 2


def test_without_a_model_nothing_is_asked(company: Company) -> None:
    with pytest.raises(Unavailable) as refusal:
        heard(company)
    assert problems(refusal.value.attempts) == ["not_configured"]
    assert not ModelCall.objects.exists()


class Verdict(BaseModel):
    level: Literal[1, 2, 3]


def test_an_answer_of_a_shape(provider: Provider, company: Company) -> None:
    provider.speak = lambda body: '{"level": 2}'
    provider.queue.extend(
        [
            lambda it: it.say('{"level": 9}'),
            lambda it: it.say("{"),
            lambda it: it.fail(500),
        ]
    )
    answer = ask(prompt(company, purpose=Purpose.JUDGE), Verdict)
    assert (answer.output, answer.raw) == (Verdict(level=2), '{"level": 2}')
    assert problems(answer.attempts) == ["invalid", "invalid", "server_error"]
    assert "9" not in answer.attempts[0]["detail"]
    shape = provider.requests[0]["response_format"]["json_schema"]
    assert shape["name"] == "Verdict"
    assert shape["schema"]["properties"]["level"]["enum"] == [1, 2, 3]


def test_who_stops_listening_is_counted(provider: Provider, company: Company) -> None:
    provider.usually = lambda it: it.say(GOOD, hang_after=2)
    talk = stream(prompt(company), check=fine)
    assert next(talk) == "I see. "
    talk.close()  # type: ignore[attr-defined]  # a generator
    call = ModelCall.objects.get()
    assert (call.state, call.output_tokens) == ("failed", 3)


def test_prices_are_the_operators(provider: Provider, company: Company, settings: LazySettings) -> None:
    settings.AI_PRICES = {"openai:local": (10.0, 20.0)}
    _, said = heard(company)
    assert said is not None
    assert said.cost_micros == said.input_tokens * 10 + 6 * 20


def test_a_budget_is_kept_by_many_at_once(provider: Provider, company: Company) -> None:
    """Each call reserves 13 and 100 tokens: three fit into 340."""
    Budget.objects.create(company=company, monthly_tokens=340, updated_at=timezone.now())
    provider.usually = lambda it: it.say(GOOD, pause=0.05)
    results: list[str] = []

    def one() -> None:
        try:
            heard(company)
            results.append("said")
        except Unavailable as refusal:
            results.append(str(refusal))

    threads = [threading.Thread(target=one) for _ in range(8)]
    for each in threads:
        each.start()
    for each in threads:
        each.join()
    assert sorted(results) == ["budget"] * 5 + ["said"] * 3
    assert len(provider.requests) == 3
    told = Event.objects.get(type="company.ai_budget_used_up")
    assert told.after is not None
    assert (told.company_id, told.after["monthly_tokens"]) == (company.pk, 340)


def reserved(company: Company, *, now: datetime, tokens: int = 100) -> UUID | None:
    call = reserve(
        company_id=company.pk,
        purpose=Purpose.JUDGE,
        subject_id=uuid4(),
        input_tokens=tokens,
        output_tokens=0,
        now=now,
    )
    return call.pk if call is not None else None


def test_a_month_is_that_of_the_companys_zone() -> None:
    company = CompanyFactory(timezone="Asia/Kolkata")
    Budget.objects.create(company=company, monthly_tokens=100, updated_at=timezone.now())
    before = datetime(2027, 1, 31, 18, 29, tzinfo=UTC)  # 23:59 there
    assert reserved(company, now=before) is not None
    assert reserved(company, now=before) is None
    assert reserved(company, now=before + timedelta(minutes=1)) is not None


def test_money_and_what_is_told() -> None:
    company, now = CompanyFactory(), timezone.now()
    Budget.objects.create(company=company, monthly_cost_micros=50, updated_at=now)
    assert reserved(company, now=now) is not None
    ModelCall.objects.update(cost_micros=50)
    assert reserved(company, now=now) is None
    assert reserved(company, now=now) is None
    assert Event.objects.filter(type="company.ai_budget_used_up").count() == 1
    assert reserved(CompanyFactory(), now=now) is not None


def test_only_administrators_set_budgets(company: Company) -> None:
    now = timezone.now()
    for user in (UserFactory(company=company, role="company"), UserFactory(company=company, role="recruiter")):
        with pytest.raises(Forbidden):
            set_budget(company_id=company.pk, limits={"monthly_tokens": 5}, actor=user, now=now)
    for limits in ({"monthly_tokens": -1}, {"tokens": 5}, {"monthly_cost_micros": 2**60}):
        with pytest.raises(Invalid):
            set_budget(company_id=company.pk, limits=limits, actor=SYSTEM, now=now)
    assert not Budget.objects.exists()
    set_budget(company_id=company.pk, limits={"monthly_tokens": 5, "concurrent_sessions": 2}, actor=SYSTEM, now=now)
    set_budget(company_id=company.pk, limits={"monthly_tokens": None}, actor=SYSTEM, now=now)
    budget = Budget.objects.get()
    assert (budget.monthly_tokens, budget.monthly_cost_micros, budget.concurrent_sessions) == (None, None, 2)
    assert Event.objects.filter(type="company.ai_budget_changed").count() == 2


def test_calls_of_killed_processes_are_closed_and_stay_counted(company: Company) -> None:
    now = timezone.now()
    old, young = reserved(company, now=now - timedelta(minutes=31)), reserved(company, now=now)
    close_lost_calls(0)
    states = dict(ModelCall.objects.values_list("pk", "state"))
    assert states == {old: "lost", young: "reserved"}
    assert ModelCall.objects.get(state="lost").input_tokens == 100
