# ruff: noqa: RUF001 (letters of other scripts are meant)
"""Name swaps change nothing in what the model is sent; and what is no name stays."""

import json
from typing import Any

import pytest
from django.conf import LazySettings
from django.utils import timezone

from parley.conversations.models import InterviewSession
from parley.core.texts import cleaned
from parley.evaluations.models import Judgement
from parley.evaluations.operations.judging import judge
from parley.evaluations.queries import results_of
from parley.hiring.rules.masking import masker_for
from parley.organizations.models import Company
from tests.evaluations.held import hold, version_of
from tests.evaluations.test_operations import rate
from tests.factories import CandidateFactory, CompanyFactory, InterviewFactory, UserFactory
from tests.judge import Double

# Each candidate writes the same of themselves, in the forms that their own languages give to their names.
NAMES: dict[str, dict[str, str]] = {
    "Ada Lovelace": {
        "of": "Ada's",
        "with": "Ada Lovelace",
        "handle": "adalovelace",
        "mail": "ada.lovelace@example.com",
    },
    "Al-Hassan ibn Yusuf": {"of": "Yusuf's", "with": "Hassan", "handle": "hassan_yusuf", "mail": "y@example.org"},
    "José María García López de la Peña": {
        "of": "Jose’s",
        "with": "García López",
        "handle": "jose_maria",
        "mail": "jmg99@correo.es",
    },
    "Jürgen Müller": {"of": "Jürgens", "with": "Mueller", "handle": "juergen-mueller", "mail": "j.mueller@firma.de"},
    "Siân O'Brien-Ní Dhomhnaill": {"of": "O’Brien's", "with": "Sian", "handle": "sian.obrien", "mail": "so@b.ie"},
    "Анна Петрова": {"of": "Анны", "with": "Анной Петровой", "handle": "@петрова", "mail": "anna@пример.рф"},
    "Иван Достоевский": {"of": "Ивана", "with": "Достоевским", "handle": "Ивану", "mail": "ivan+work@mail.ru"},
    "Jan Kowalski": {"of": "Kowalskiego", "with": "Janem Kowalskim", "handle": "JanKowalski", "mail": "jk@wp.pl"},
    "Νίκος Παπαδόπουλος": {"of": "Νίκου", "with": "Παπαδόπουλο", "handle": "Νίκος", "mail": "nikos@example.gr"},
    "Ayşe Yılmaz": {"of": "Ayşe'nin", "with": "Yılmaz'la", "handle": "ayse_yilmaz", "mail": "ayse@ornek.com.tr"},
    "Virtanen Aino": {"of": "Ainon", "with": "Virtasta Aino", "handle": "aino.virtanen", "mail": "aino@esim.fi"},
    "王小明": {"of": "小明", "with": "王小明", "handle": "王小明", "mail": "xm@example.cn"},
    "김 민수": {"of": "민수의", "with": "김민수와", "handle": "민수", "mail": "minsu@example.kr"},
    "山田 太郎": {"of": "太郎", "with": "山田太郎", "handle": "山田", "mail": "t.y@example.jp"},
    "أحمد حسن": {"of": "أحمد", "with": "أحمد حسن", "handle": "حسن", "mail": "ahmad@example.eg"},
    "प्रिया शर्मा": {"of": "प्रिया", "with": "शर्मा", "handle": "प्रिया", "mail": "priya@example.in"},
    "Ngô Bảo Châu": {"of": "Chau's", "with": "Ngô Bảo", "handle": "chau.ngo", "mail": "nbc@example.vn"},
    "Madonna": {"of": "Madonna's", "with": "MADONNA", "handle": "madonna", "mail": "m@example.com"},
    "Will May": {"of": "Will's", "with": "Will May", "handle": "Will_May", "mail": "will@may.example.com"},
    "X Æ A-Xii Müßig": {"of": "Müßigs", "with": "Muessig", "handle": "muessig", "mail": "x@example.com"},
}
SAID = (
    "I am {name}. It was {of} idea; people call it that. I worked with {with}; see {handle}, write to {mail} or"
    " call {phone}. I would put a queue between them."
)
PHONES = ("+49 30 1234567", "(212) 555-0199", "+91 98765 43210", "0171 2345678")


@pytest.fixture
def company(settings: LazySettings, judge_model: Double) -> Company:
    settings.PARLEY_AI_SAMPLES = 1
    return CompanyFactory()


def of(name: str, number: int, company: Company, version: Any) -> InterviewSession:
    forms = NAMES[name]
    filled = {"name": name, "phone": PHONES[number % len(PHONES)]} | {key: forms[key] for key in forms}
    candidate = CandidateFactory(company=company, full_name=name, email=f"someone{number}@example.com")
    interview = InterviewFactory(candidate=candidate)
    session = hold(company, version=version, interview=interview, answers={"d1": SAID.format(**filled)})
    session.turns.filter(number=3).update(text=f"Thank you, {name}. Ask t1?")  # an interviewer may say a name
    return session


@pytest.mark.django_db(transaction=True)
def test_name_swaps_change_no_byte_of_what_the_model_is_sent(company: Company, judge_model: Double) -> None:
    version = version_of(company)
    sent: dict[str, str] = {}
    for number, name in enumerate(NAMES):
        judge_model.bodies.clear()
        judge(of(name, number, company, version).interview_id, clock=timezone.now)
        sent[name] = json.dumps(judge_model.bodies, ensure_ascii=False)
    first = next(iter(sent.values()))
    assert "[NAME]" in first
    assert {name: body for name, body in sent.items() if body != first} == {}
    said = json.loads(Judgement.objects.first().user)["transcript"]  # type: ignore[union-attr]  # there are many
    assert said[1]["answer"] == (
        "I am [NAME]. It was [NAME] idea; people call it that. I worked with [NAME]; see [NAME], write to [EMAIL] or"
        " call [PHONE]. I would put a queue between them."
    )
    assert said[2]["question"] == "Thank you, [NAME]. Ask t1?"


@pytest.mark.django_db(transaction=True)
def test_quotes_are_shown_as_they_were_written(company: Company, judge_model: Double) -> None:
    quote = "I am [NAME]. It was [NAME] idea"
    judge_model.answers = [json.dumps({"level": 4, "reason": "x", "quotes": [{"turn": 2, "quote": quote}]})] * 2
    session = of("Jürgen Müller", 0, company, version_of(company))
    judge(session.interview_id, clock=timezone.now)
    user = UserFactory(company=company)
    rate(session, user)
    results = results_of(session.interview, user)
    assert results is not None
    found = results.judged[0].evidence[0]
    assert (found.quote, results.words_of(found)) == (quote, "I am Jürgen Müller. It was Jürgens idea")


KEPT = {
    "Will May": "I will do it, it may work. That is what we will see in may.",
    "Ada Lovelace": "Adapt the adapter; the cascade adapts. Adamant.",
    "Li An": "An hour later I listened to an anaconda in a list.",
    "José de la Cruz": "La cola de mensajes de la empresa crece del todo.",
    "Ng": "The angular thing, ng-if, sings.",
    "Анна Петрова": "Анализ показал, что петь легко.",
    "Ed Rich": "We added rich text, and edited it.",
    "Van Gogh": "We took a van to the office.",
}


@pytest.mark.parametrize("name", KEPT)
def test_words_that_are_no_names_stay(name: str) -> None:
    text = KEPT[name]
    left = masker_for(name).mask(cleaned(text)).words
    assert left == text.replace("An hour", "[NAME] hour")  # with a capital, it might be the name


@pytest.mark.parametrize(
    ("name", "text", "left"),
    [
        ("Ludwig Maria van Beethoven", "i am ludwig van beethoven, or lvbeethoven", "i am [NAME], or [NAME]"),
        ("Ludwig van Beethoven", "ludwig vanbeethoven did it", "[NAME] did it"),
        ("Ahmed Al-Sayed", "my name is ahmed al sayed; alsayed", "my name is [NAME]; [NAME]"),
        ("Maria de la Cruz Santos", "maria de la cruz here", "[NAME] here"),
        ("Maria de la Cruz", "i, maria delacruz, did it", "i, [NAME], did it"),
        ("Sophie von Trapp", "sophie  von  trapp or sophie-von-trapp", "[NAME] or [NAME]"),
        ("Will von Long", "will-von-long. i will do it", "[NAME]. i will do it"),
        ("Muhammad bin Salman", "muhammad binsalman", "[NAME]"),
        ("Petra Novak", "petra novakova said so", "[NAME] said so"),
        ("Mark Young", "i am markyoung. a young man made his mark", "i am [NAME]. a young man made his mark"),
        ("Jean-Luc Picard", "jl picard or jlpicard", "[NAME] or [NAME]"),
        ("Ada Keller", "ada's idea, adas idea, akeller did", "[NAME] idea, [NAME] idea, [NAME] did"),
    ],
)
def test_names_are_found_in_small_letters(name: str, text: str, left: str) -> None:
    assert masker_for(name).masked(text) == left


@pytest.mark.parametrize(
    "text",
    [
        "0170 / 123 45 67",
        "+49\u2013170\u20131234567",
        "0170\u2013123\u20134567",
        "0170\u2011123\u20114567",
        "0170  123\t4567",
        "0170, 123, 4567",
    ],
)
def test_a_number_that_is_kept_is_found_however_it_is_written(text: str) -> None:
    assert masker_for("Nobody Here", secrets=["+49 170 1234567"]).masked(f"call {text}!") == "call [PHONE]!"


@pytest.mark.parametrize(
    "text",
    [
        "ada (at) example (dot) org",
        "ada at example dot org",
        "ADA\uff20example.org",
        "ada @ example. org",
        "ada[at]example[dot]org",
    ],
)
def test_an_address_that_is_kept_is_found_however_it_is_written(text: str) -> None:
    assert masker_for("Nobody Here", secrets=["ada@example.org"]).masked(f"write to {text}!") == "write to [EMAIL]!"


@pytest.mark.parametrize(
    ("text", "left"),
    [
        ("adk at gmail dot com, ak(at)example(dot)org", "[EMAIL], [EMAIL]"),
        ("adk AT gmail.com or adk\uff20gmail.com", "[EMAIL] or [EMAIL]"),
        ("ring 98765 43210 or 0170\u2013123\u20134567", "ring [PHONE] or [PHONE]"),
        ("I looked at the dot product at noon", "I looked at the dot product at noon"),
        ("2147483647, 10.0.0.1, 540 to 600, 2020\u20132024", "2147483647, 10.0.0.1, 540 to 600, 2020\u20132024"),
        ("Mail me: a.b+c@x-y.co.uk, please", "Mail me: [EMAIL], please"),
        ("see https://a.b/c?d=1#e, or www.x.de.", "see [LINK], or [LINK]."),
        ("linkedin.com/in/somebody and github.com/x", "[LINK] and [LINK]"),
        ("call +1 (212) 555-0199 or 030 1234567", "call [PHONE] or [PHONE]"),
        ("at (at) host: me(at)example.com", "at (at) host: [EMAIL]"),
        ("10 000 000 requests on 2024-05-06", "10 000 000 requests on 2024-05-06"),
        ("192.168.100.200:8080, 1234567890 rows", "192.168.100.200:8080, 1234567890 rows"),
        ("Node.js, socket.io, asyncio.run(), e.g. this", "Node.js, socket.io, asyncio.run(), e.g. this"),
        ("x = a[0]; y = b @ c; u@v", "x = a[0]; y = b @ c; u@v"),
    ],
)
def test_addresses_numbers_and_links_are_masked_and_code_is_not(text: str, left: str) -> None:
    assert masker_for("Nobody Here").mask(cleaned(text)).words == left


def test_what_is_kept_of_the_candidate_is_masked_in_any_spelling() -> None:
    masker = masker_for(
        "Ada Lovelace",
        secrets=["countess@lovelace.example", "+44 20 7946 0018", "https://ada.example/me"],
        also=["Ada King"],
    )
    text = "COUNTESS@lovelace.example 020-7946-0018, 02079460018 ada.example/me Ms. King, A. Lovelace"
    assert masker.mask(cleaned(text)).words == "[EMAIL] [PHONE], [PHONE] [LINK] Ms. [NAME]"


@pytest.mark.parametrize("sign", ["a", "A. ", "Ada ", "ada.", "@", "+4", "a.b/", "de la "])
def test_hostile_texts_are_masked_in_linear_time(sign: str) -> None:
    """It would hang otherwise: twenty thousand characters are the longest answer."""
    masker = masker_for("Ada A. de la Lovelace", secrets=["a@b.example", "+49301234567"])
    assert masker.mask(cleaned(sign * (20_000 // len(sign)))).places[-1][1] == 20_000 // len(sign) * len(sign)
