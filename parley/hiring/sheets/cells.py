"""The text of a cell: what can be stored, and what a person sees in a spreadsheet."""

from collections.abc import Iterable, Iterator
from datetime import date, datetime, time
from typing import Any

from parley.hiring.sheets.result import MAX_CELL, MAX_COLUMNS, MAX_ROWS, SheetError, Table, too_many_rows


def table_of(rows: Iterable[Iterable[Any]]) -> Table:
    """The rows that hold anything. Raises ``SheetError`` for too many of them, for none, and for too many columns."""
    kept = tuple(_kept(rows))
    if not kept:
        raise SheetError("The file is empty. Choose one with a row for each candidate.", "empty_file")
    return Table(kept)


def _kept(rows: Iterable[Iterable[Any]]) -> Iterator[tuple[int, tuple[str, ...]]]:
    count = 0
    for number, row in enumerate(rows, start=1):
        cells = [_text(cell) for cell in row]
        while cells and not cells[-1]:
            cells.pop()
        if not cells:
            continue
        count += 1
        if count > MAX_ROWS + 1:  # and the one with the headers
            raise too_many_rows()
        if len(cells) > MAX_COLUMNS:
            raise SheetError(f"The file has more than {MAX_COLUMNS} columns. Leave out what is not needed.", "too_wide")
        yield number, tuple(cells)


def _text(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, float) and value.is_integer():
        value = int(value)  # a telephone number is one to a spreadsheet
    if isinstance(value, datetime | date | time):
        value = value.isoformat()
    text = "".join(each if each.isprintable() else " " for each in str(value)[: MAX_CELL * 2])
    return text.strip()[:MAX_CELL]
