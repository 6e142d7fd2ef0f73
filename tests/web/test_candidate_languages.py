"""The candidates' pages in five languages: which one is shown, and that nothing of another one is left in it."""

import re
from collections.abc import Iterator
from datetime import timedelta
from html.parser import HTMLParser

import pytest
from django.test import Client
from django.utils import timezone, translation

from parley.core.actors import SYSTEM
from parley.core.errors import Conflict
from parley.interviews.models import Interview, InterviewSchedule, InterviewSlot
from parley.interviews.operations.links import invite_candidate
from parley.interviews.operations.reseating import reseat
from parley.interviews.operations.slots import cancel_slot
from parley.web import refusals
from scripts import messages
from tests.factories import CandidateFactory, CompanyFactory, InterviewFactory, JobFactory, SlotFactory, book, in_future

pytestmark = pytest.mark.django_db
FOREIGN = pytest.mark.parametrize("language", ["de", "es", "fr", "hi"])
# What is the same in another language, or a name.
NAMES = {"Acme", "Xylophon", "English", "Deutsch", "Español", "Français", "हिन्दी", "Google", "Outlook", "Microsoft 365"}


@pytest.fixture
def interview() -> Interview:
    company = CompanyFactory(name="Acme", timezone="Europe/Berlin")
    return InterviewFactory(
        candidate=CandidateFactory(company=company), job=JobFactory(company=company, job_title="Xylophon")
    )


@pytest.fixture
def page(interview: Interview) -> str:
    days = timedelta(days=30)
    invited = invite_candidate(
        interview_id=interview.pk, interview_type="", valid_for=days, actor=SYSTEM, now=timezone.now()
    )
    return f"/interview/{invited.link}/"


@pytest.fixture
def slots(interview: Interview) -> list[InterviewSlot]:
    return [SlotFactory(company=interview.company, start_time=in_future(days=days)) for days in (3, 4)]


class Texts(HTMLParser):
    """What people read or hear of a page."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[str] = []
        self.of_options = False

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.of_options = tag == "option"  # names of places
        self.found += [value for name, value in attrs if name in ("aria-label", "data-changed", "title") and value]

    def handle_data(self, data: str) -> None:
        if data.strip() and not self.of_options:
            self.found.append(" ".join(data.split()))


def english_left(html: str, language: str) -> list[str]:
    """Texts of the catalogue that stand on the page as they are in English, and words that no other language has."""
    texts = Texts()
    texts.feed(html)
    said = {form for message in messages.said() if message.id for form in messages._forms(message.id)}
    with translation.override(language):
        same = {text for text in said if translation.gettext(text) == text}
    words = re.compile(r"\b(the|your|you|this|time|times|is|and|Monday|interview with)\b", re.ASCII)
    read = [text for text in texts.found if text not in NAMES]
    return [text for text in read if (text in said - same) or words.search(text)]


def states(client: Client, page: str, slots: list[InterviewSlot], language: str) -> Iterator[tuple[str, str]]:
    """The page in its main states, one after the other."""
    said = {"lang": language, "timezone": "Asia/Kolkata"}

    def get(**more: str) -> str:
        return client.get(page, {**said, **more}).content.decode()

    yield "choose", get()
    yield "confirm", get(slot=str(slots[0].pk))
    query = f"?lang={language}&timezone=Asia/Kolkata"
    InterviewSlot.objects.filter(pk=slots[0].pk).update(current_bookings=1, status="booked")
    yield "gone", client.post(f"{page}book/{query}", {"slot": str(slots[0].pk)}).content.decode()
    InterviewSlot.objects.filter(pk=slots[0].pk).update(current_bookings=0, status="available")
    client.post(f"{page}wait/{query}", {"first": "2030-01-01", "last": "2029-01-01"})
    day = slots[0].start_time.date().isoformat()
    client.post(f"{page}wait/{query}", {"first": day, "last": day, "timezone": "Asia/Kolkata"})
    yield "waiting", get()
    client.post(f"{page}book/{query}", {"slot": str(slots[0].pk), "timezone": "Asia/Kolkata"})
    yield "booked", get(done="booked")
    yield "changing", get(change="1")
    client.post(f"{page}book/{query}", {"slot": str(slots[1].pk)})
    yield "moved", get(done="moved")
    client.post(f"{page}cancel/{query}")
    yield "cancelled", get(done="cancelled")
    client.post(f"{page}book/{query}", {"slot": str(slots[0].pk)})
    now = timezone.now()
    cancel_slot(slot_id=slots[0].pk, cascade=True, reason="", actor=SYSTEM, now=now)
    reseat(company_id=slots[0].company_id, actor=SYSTEM, now=now)
    yield "held", get()
    yield "closed", client.get(f"/interview/{'a' * 43}/{query}").content.decode()


@FOREIGN
def test_nothing_english_is_left(client: Client, page: str, slots: list[InterviewSlot], language: str) -> None:
    seen = dict(states(client, page, slots, language))
    assert list(seen) == [
        "choose", "confirm", "gone", "waiting", "booked", "changing", "moved", "cancelled", "held", "closed",
    ]  # fmt: skip
    assert {state: left for state, html in seen.items() if (left := english_left(html, language))} == {}
    for html in seen.values():
        assert f'<html lang="{language}" dir="ltr">' in html


def test_the_language_is_the_one_chosen_else_the_browser_s(client: Client, page: str) -> None:
    def language(**headers: str) -> str:
        answer = client.get(page, headers=headers)
        assert answer["Vary"] == "Accept-Language, Cookie"
        return answer["Content-Language"]

    assert language() == "en"
    assert language(accept_language="fr-CA,fr;q=0.9,en;q=0.8") == "fr"
    assert language(accept_language="ja,de;q=0.5") == "de"
    assert language(accept_language="ja;;q=x") == "en"
    answer = client.get(page, {"lang": "hi"}, headers={"accept-language": "fr"})
    assert answer["Content-Language"] == "hi"
    assert language(accept_language="fr") == "hi"  # kept
    assert client.get(page, {"lang": "xx"}, headers={"accept-language": "fr"})["Content-Language"] == "hi"


@pytest.mark.parametrize(
    ("accepted", "texts"),
    [
        ("en-GB", ("Thursday, 15 January 2037", "14:00")),
        ("en-US", ("Thursday, January 15, 2037", "2:00\u202fPM")),
        ("de-AT", ("Donnerstag, 15. Jänner 2037", "14:00")),
        ("de", ("Donnerstag, 15. Januar 2037", "14:00")),
        ("es", ("jueves, 15 de enero de 2037", "14:00")),
        ("fr", ("jeudi 15 janvier 2037", "14:00")),
        ("hi", ("गुरुवार, 15 जनवरी 2037", "2:00 pm")),
    ],
    ids=["en-GB", "en-US", "de-AT", "de", "es", "fr", "hi"],
)
def test_dates_are_written_as_people_write_them(
    client: Client, page: str, interview: Interview, accepted: str, texts: tuple[str, str]
) -> None:
    slot = SlotFactory(
        company=interview.company,
        start_time="2037-01-15T13:00:00Z",
        end_time="2037-01-15T13:45:00Z",
        duration_minutes=45,
    )
    book(InterviewSlot.objects.get(pk=slot.pk), interview)
    html = client.get(page, headers={"accept-language": accepted}).content.decode()
    assert f'<span class="date">{texts[0]}</span> <span class="hour">{texts[1]}</span>' in html


@FOREIGN
def test_refusals_are_translated(client: Client, page: str, slots: list[InterviewSlot], language: str) -> None:
    answer = client.post(f"{page}cancel/?lang={language}")
    assert answer.status_code == 409
    assert "There is no booking to change." not in answer.content.decode()
    with translation.override(language):
        assert translation.gettext("There is no booking to change.") in answer.content.decode()
        unknown = refusals.kindly(Conflict("Nobody has translated this.", code="unheard_of"))
    assert unknown not in ("Nobody has translated this.", "")
    assert InterviewSchedule.objects.count() == 0


def test_one_and_many_are_told_apart(client: Client, page: str, interview: Interview) -> None:
    start = in_future(days=3)
    SlotFactory(company=interview.company, start_time=start)
    assert ', 1 Termin"' in client.get(page, {"lang": "de"}).content.decode()
    SlotFactory(company=interview.company, start_time=start, ai_interview_type="general", duration_minutes=30)
    SlotFactory(company=interview.company, start_time=start + timedelta(hours=1))
    day = {"day": start.astimezone(interview.company.zone).date().isoformat()}  # type: ignore[union-attr]
    html = client.get(page, {"lang": "de", **day}).content.decode()
    assert ', 2 Termine"' in html or start.astimezone(interview.company.zone).hour == 23  # type: ignore[union-attr]


def test_the_catalogues_hold_what_the_code_says() -> None:
    assert messages.check() == []
