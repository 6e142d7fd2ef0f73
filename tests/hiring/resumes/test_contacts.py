import time

import pytest

from parley.hiring.resumes import contacts
from parley.hiring.resumes.result import Passage


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Mail: ada@example.com.", ("ada@example.com",)),
        ("E-Mail:ada@EXAMPLE.com|ADA@example.com", ("ada@example.com",)),
        ("<ada@example.com>,(bob+cv@example.org)", ("ada@example.com", "bob+cv@example.org")),
        ("jürgen@bücher.example.de", ("jürgen@bücher.example.de",)),
        ("a@b, @handle, ada@localhost, x@y..com", ()),
        ("+442079460142/ada@example.com", ("ada@example.com",)),
    ],
)
def test_emails_in_text(text: str, expected: tuple[str, ...]) -> None:
    assert contacts.emails([Passage(text=text)]) == expected


def test_emails_of_links_come_in_order_of_appearance() -> None:
    passages = [
        Passage(text="write", targets=("mailto:first@example.com?subject=Hi", "MAILTO:%61da@example.com,")),
        Passage(text="ada@example.com, last@example.com", targets=("mailto:LAST@example.com", "mailto:")),
    ]

    assert contacts.emails(passages) == ("first@example.com", "ada@example.com", "last@example.com")


@pytest.mark.parametrize(
    ("text", "region", "expected"),
    [
        ("030 23125 123", "DE", ("+493023125123",)),
        ("030 23125 123", "de", ("+493023125123",)),
        ("030 23125 123", None, ()),
        ("030 23125 123", "Nowhere", ()),
        ("(202) 555-0173 / +44 20 7946 0123", "US", ("+12025550173", "+442079460123")),
        ("+1 202 555 0123, +1 (202) 555-0123", None, ("+12025550123",)),
        ("+1 202 555 0123   2019 - 2021  030 23125 123", "DE", ("+12025550123", "+493023125123")),
        ("+44  20  7946  0123", None, ("+442079460123",)),
        ("01.2019 – 03.2025, 2015-2019, 10115 Berlin", "DE", ()),
    ],
)
def test_phones_in_text(text: str, region: str | None, expected: tuple[str, ...]) -> None:
    assert contacts.phones([Passage(text=text)], default_region=region) == expected


def test_phones_of_links() -> None:
    passages = [Passage(text="call", targets=("tel:+44-20-7946-0346", "tel:5", "tel:nobody", "sip:+12025550123"))]

    assert contacts.phones(passages, default_region=None) == ("+442079460346",)


@pytest.mark.parametrize(
    ("text", "targets", "expected"),
    [
        ("see linkedin.com/in/ada.", (), ("https://linkedin.com/in/ada",)),
        ("https://www.github.com/ada/", ("http://github.com/ada",), ("http://github.com/ada",)),
        ("(www.ada.example.com)", (), ("https://www.ada.example.com",)),
        ("Node.js, ASP.NET, ada@github.com/x", (), ()),
        ("", ("javascript:alert(1)", "file:///etc/passwd", "data:text/html,x", "word/a.xml", "#top"), ()),
        ("", ("http://[::1", "https://nodots/", "https://a.example.com/" + "x" * 600), ()),
    ],
)
def test_links(text: str, targets: tuple[str, ...], expected: tuple[str, ...]) -> None:
    assert contacts.links([Passage(text=text, targets=targets)]) == expected


def test_at_most_fifty_of_each_are_kept() -> None:
    text = " ".join(f"p{number}@example.com" for number in range(80))

    assert len(contacts.emails([Passage(text=text)])) == 50


@pytest.mark.parametrize("text", ["a" * 200_000, "a." * 100_000, "a@" * 100_000, "+1 " * 66_000, "1-" * 100_000])
def test_hostile_text_is_searched_in_linear_time(text: str) -> None:
    begun = time.thread_time()
    passages = [Passage(text=text)]
    contacts.emails(passages)
    contacts.links(passages)
    contacts.phones(passages, default_region="US")
    assert time.thread_time() - begun < 8  # of the processor; what is not linear takes minutes
