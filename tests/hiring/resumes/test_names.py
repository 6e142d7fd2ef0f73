# ruff: noqa: RUF001 - the dashes are those of real resumes
import pytest

from parley.hiring.resumes.names import guess_name


def guess(
    text: str, *, properties: tuple[str, ...] = (), email: str = "", filename: str = "", drawn: bool = False
) -> str | None:
    emails = (email,) if email else ()
    return guess_name(text=text, properties=properties, emails=emails, filename=filename, drawn=drawn)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Ada Example\nEngineer", "Ada Example"),
        ("ADA O'NEIL-SMITH\nEngineer", "Ada O'Neil-Smith"),
        ("Curriculum Vitae\n\nAda Example", "Ada Example"),
        ("Curriculum Vitae – Ada Example", "Ada Example"),
        ("Lebenslauf Ada Example", "Ada Example"),
        ("Dr. Ada M. Example, Ph.D., M.Sc.", "Ada M. Example"),
        ("Ada Example | Senior Engineer | Berlin", "Ada Example"),
        ("Jean DUPONT\nComptable", "Jean DUPONT"),
        ("Ludwig van der Beispiel", "Ludwig van der Beispiel"),
        ("Siobhán McExample", "Siobhán McExample"),
        ("Name: Ada Example", "Ada Example"),
        ("Vor- und Nachname: Ada Example", "Ada Example"),
        ("姓名：山田 太郎", "山田 太郎"),
        ("प्रिया शर्मा\nअभियंता", "प्रिया शर्मा"),
        ("Αδα Παράδειγμα", "Αδα Παράδειγμα"),
    ],
)
def test_name_near_the_top(text: str, expected: str) -> None:
    assert guess(text) == expected


@pytest.mark.parametrize(
    "text",
    [
        "",
        "Curriculum Vitae",
        "Professional Experience\nSoftware Engineer",
        "Senior Software Engineer\nExample Solutions GmbH\nBerlin, Germany",
        "San Francisco, CA",
        "Musterstraße 12\nada@example.com",
        "JavaScript TypeScript",
        "ada example",
        "Experienced nurse who loves people",
        "One\nTwo\nThree\nAda Example",
        "मैं एक अनुभवी अभियंता हूँ",
        "A B",
        "Ada",
        "Ada Bea Cleo Dora Eve Fay",
    ],
)
def test_no_guess_rather_than_a_wrong_one(text: str) -> None:
    assert guess(text) is None


def test_email_or_filename_finds_a_name_further_down() -> None:
    text = "Kontakt\nBerlin\nSprachen\nDeutsch\nSanta Clara\nJürgen Größmann\nSonst Wer"

    assert guess(text) is None
    assert guess(text, email="j.groessmann@example.com") == "Jürgen Größmann"
    assert guess(text, filename="Juergen_CV_2025.pdf") == "Jürgen Größmann"


def test_properties_count_only_if_the_text_agrees() -> None:
    text = "Engineering\nADA MCEXAMPLE\nSanta Clara"

    assert guess(text, properties=("Ada McExample",)) == "Ada McExample"
    assert guess(text, properties=("Ada McExample – Resume",)) == "Ada McExample"
    assert guess(text, properties=("Rita Recruiter", "python-docx")) == "Ada Mcexample"
    assert guess("", properties=("Ada McExample",)) is None


def test_combining_script_is_not_guessed_from_a_drawn_page() -> None:
    assert guess("या शर्मा", drawn=True) is None
    assert guess("Ольга Коваленко", drawn=True) == "Ольга Коваленко"
