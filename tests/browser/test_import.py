"""Importing candidates in a browser: with the progress shown, undone, and without scripts."""

from collections.abc import Callable

import pytest
from django.utils import timezone
from playwright.sync_api import Page, expect

from parley.hiring.models import Candidate, CandidateImport
from parley.hiring.operations.importing import take_batch
from parley.organizations.models import User
from tests.browser.conftest import DESKTOP, PHONE
from tests.browser.test_people import SIZES, look, start, user
from tests.factories import CandidateFactory

__all__ = ["user"]  # a fixture
Open = Callable[..., Page]
LIST = "Name,E-mail,Phone\n" + "".join(f"Person {each},person{each}@example.com,\n" for each in range(5))
WRONG = "No mail,nobody,\nThere,there@example.com,\n"


def upload(page: Page, content: str) -> None:
    file = {"name": "people.csv", "mimeType": "text/csv", "buffer": content.encode()}
    page.get_by_label("List of candidates").set_input_files(file)  # type: ignore[arg-type]  # it is such a dictionary
    page.get_by_role("button", name="Upload").click()
    page.get_by_role("button", name="Check the rows").click()


@SIZES
@pytest.mark.parametrize("scripts", [True, False], ids=["with-scripts", "without"])
def test_a_list_is_imported_and_that_undone(open_page: Open, size: dict[str, int], scripts: bool, user: User) -> None:
    CandidateFactory(company=user.company, email="there@example.com")
    page = open_page(size, scripts=scripts)
    start(page, "/app/imports/")
    upload(page, LIST + WRONG)
    expect(page.get_by_role("heading", name="5 of 7 rows can be imported")).to_be_visible()
    page.get_by_role("link", name="Wrong ones").click()
    expect(page.get_by_text("“nobody” is no e-mail address.")).to_be_visible()
    expect(page.locator(".row-import")).to_have_count(2)
    page.get_by_role("button", name="Import 5, skip the wrong 2").click()
    expect(page.get_by_text("0 of 5 imported")).to_be_visible()
    batch = CandidateImport.objects.get()
    assert take_batch(import_id=batch.pk, now=timezone.now(), at_most=3)
    expect(page.get_by_text("3 of 5 imported")).to_be_visible()  # by itself
    take_batch(import_id=batch.pk, now=timezone.now())
    expect(page.get_by_role("heading", name="5 candidates imported, 2 rows left out")).to_be_visible()
    assert Candidate.objects.count() == 6
    page.get_by_role("button", name="Undo the import").click()
    expect(page.get_by_role("status").first).to_contain_text("Undone: 5 candidates removed.")
    assert Candidate.objects.count() == 1


def test_the_report_is_downloaded(open_page: Open, user: User) -> None:
    page = open_page(DESKTOP)
    start(page, "/app/imports/")
    upload(page, LIST + WRONG)
    with page.expect_download() as download:
        page.get_by_role("link", name="Download these rows as CSV").click()
    text = download.value.path().read_text("utf-8-sig")
    assert text.splitlines()[1] == "2,good,,Person 0,person0@example.com,"


@pytest.mark.parametrize("dark", [False, True], ids=["light", "dark"])
def test_axe_finds_nothing(open_page: Open, dark: bool, user: User) -> None:
    found: dict[str, list[str]] = {}
    for size in (PHONE, DESKTOP):
        page = open_page(size, dark=dark)
        name = f"{size['width']}-{dark}"
        start(page, "/app/imports/")
        found |= look(page, f"import-{name}")
        upload(page, LIST + WRONG)
        found |= look(page, f"report-{name}")
        page.get_by_role("link", name="Change the columns").click()
        found |= look(page, f"columns-{name}")
        page.go_back()
        page.get_by_role("button", name="Import ").click()
        page.get_by_text("0 of 6 imported").wait_for()
        found |= look(page, f"running-{name}")
        batch = CandidateImport.objects.latest("created_at")
        take_batch(import_id=batch.pk, now=timezone.now())
        page.get_by_role("button", name="Undo the import").wait_for()
        found |= look(page, f"done-{name}")
        page.get_by_role("button", name="Undo the import").click()
        page.get_by_role("heading", name="This import was undone").wait_for()
        found |= look(page, f"undone-{name}")
    assert found == {}
