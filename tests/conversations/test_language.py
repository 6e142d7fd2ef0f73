"""The language that a slot wishes: of the kit that Parley ships, and of what the interviewer says beside it."""

import pytest
from django.utils import timezone

from parley.conversations.library import language_for, shipped
from parley.conversations.models import InterviewKit
from parley.conversations.operations.choosing import kit_for
from parley.conversations.operations.kits import create_kit
from parley.conversations.operations.speaking import speak
from parley.conversations.queries import language_of
from parley.conversations.rules.kits import kit_of
from parley.organizations.models import Company
from tests.api.tenants import unchanged
from tests.conversations.conftest import make_booked, make_kit
from tests.conversations.test_rules import content
from tests.factories import ConfigurationFactory, UserFactory

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    ("wished", "language"),
    [
        (None, "en"),
        ("de", "de"),
        ("de-AT", "de"),
        ("DE_ch", "de"),
        ("en-GB", "en"),
        ("fr", "en"),
        ("", "en"),
        ("../de", "en"),
        ("deutsch", "en"),
    ],
)
def test_the_nearest_language_of_the_kits(wished: str | None, language: str) -> None:
    assert language_for(wished) == language


def test_the_shipped_kit_is_in_the_language_that_is_wished(company: Company) -> None:
    german = make_booked(company, ai_configuration={"language": "de-AT"}).begin()
    english = make_booked(company).begin()
    again = make_booked(company, ai_configuration={"language": "de"}).begin()
    assert german.kit_version.content == shipped("technical", "de")
    assert english.kit_version.content == shipped("technical")
    assert again.kit_version == german.kit_version
    assert sorted(InterviewKit.objects.values_list("name", "language")) == [
        ("Technical (Parley)", "en"),
        ("Technical (Parley, German)", "de"),
    ]
    assert [language_of(each) for each in (german, english, again)] == ["de-AT", "en", "de"]
    assert german.wishes["language"] == "de-AT"


def test_a_shipped_kit_that_is_named_comes_in_that_language_too(company: Company) -> None:
    make_kit(company)
    booked = make_booked(company, ai_configuration={"kit": "coding", "language": "de"})
    assert booked.begin().kit_version.content == shipped("coding", "de")


def test_the_week_says_it_where_the_slot_does_not(company: Company) -> None:
    week = ConfigurationFactory(company=company, ai_settings={"language": "de"})
    assert make_booked(company, configuration=week).begin().kit_version.content == shipped("technical", "de")


def test_in_a_language_without_a_kit_all_words_are_english(company: Company) -> None:
    session = make_booked(company, ai_configuration={"language": "fr"}).begin()
    assert (session.kit_version.content, language_of(session)) == (shipped("technical"), "en")


def test_a_companys_own_kit_has_its_own_words(company: Company) -> None:
    own = make_kit(company)
    session = make_booked(company, ai_configuration={"language": "de"}).begin()
    assert (session.kit_version, language_of(session)) == (own, "en")


def test_of_a_companys_kits_the_one_in_the_language_is_chosen(company: Company) -> None:
    german = make_kit(company, content(language="de"), name="Deutsch")
    french = make_kit(company, content(language="fr-CA"), name="Français")
    english = make_kit(company)
    chosen = {
        wished: make_booked(company, ai_configuration={"language": wished} if wished else {}).begin()
        for wished in ("de-AT", "fr", "es", "")
    }
    assert {wished: session.kit_version for wished, session in chosen.items()} == {
        "de-AT": german,
        "fr": french,
        "es": english,  # what was changed last
        "": english,
    }
    assert [language_of(each) for each in chosen.values()] == ["de-AT", "fr", "en", "en"]


@pytest.mark.parametrize(
    ("language", "kindly"),
    [
        ("de", "Lassen Sie sich Zeit: auch eine grobe Idee hilft."),
        ("es-MX", "Tómese su tiempo: incluso una idea aproximada ayuda."),
        ("pl", "Take your time: even a rough idea helps."),
        ("en", "Take your time: even a rough idea helps."),
    ],
)
def test_the_stock_phrases_are_in_the_kits_language(company: Company, language: str, kindly: str) -> None:
    make_kit(company, content(language=language))
    booked = make_booked(company, ai_configuration={"language": "de"})
    session = booked.begin()
    booked.answer("No.")
    speak(session.pk, now=booked.now)
    assert booked.said()[-1][1].startswith(kindly)


def test_what_would_be_asked_is_read_without_a_trace(company: Company) -> None:
    booked = make_booked(company, ai_configuration={"language": "de"})
    with unchanged():
        assert kit_for(booked.schedule) == kit_of(shipped("technical", "de") or {})
    own = make_kit(company)
    with unchanged():
        assert kit_for(booked.schedule) == kit_of(own.content)


def test_a_copy_is_made_in_a_language(company: Company) -> None:
    user = UserFactory(company=company)
    kit = create_kit(
        company_id=None,
        interview_type="general",
        name="Unser Kit",
        job_id=None,
        content=None,
        language="de",
        actor=user,
        now=timezone.now(),
    )
    assert (kit.versions.get().content, kit.language) == (shipped("general", "de"), "")
