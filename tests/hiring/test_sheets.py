"""Tables that strangers send: what must not be unpacked is not."""

import zipfile
from io import BytesIO

import pytest

from parley.hiring.sheets import SheetError, read_table


def archive(**parts: bytes) -> bytes:
    content = BytesIO()
    with zipfile.ZipFile(content, "w", zipfile.ZIP_DEFLATED) as file:
        for name, part in parts.items():
            file.writestr(name.replace("__", "/"), part)
    return content.getvalue()


def refusal(content: bytes) -> str:
    with pytest.raises(SheetError) as refused:
        read_table(content)
    return refused.value.code


def test_a_workbook_that_unpacks_to_far_more_is_not_unpacked() -> None:
    bomb = archive(**{"[Content_Types].xml": b"", "xl__sheet1.xml": b" " * (101 * 1024 * 1024)})
    assert len(bomb) < 200_000
    assert refusal(bomb) == "too_large_inside"


def test_an_archive_that_is_no_workbook_is_refused() -> None:
    assert refusal(archive(readme=b"hello")) == "unsupported_type"
    assert refusal(archive(**{"[Content_Types].xml": b"<x/>"})) == "damaged"


def test_rows_keep_the_numbers_of_the_spreadsheet() -> None:
    assert read_table(b"Name;Mail\n\n;;\nAda;ada@example.com\n").rows == (
        (1, ("Name", "Mail")),
        (4, ("Ada", "ada@example.com")),
    )
