"""The report of an import: a page of its rows, and all of them as CSV."""

import csv
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from io import StringIO
from typing import Any

from django.db.models import Count, QuerySet

from parley.hiring.models import CandidateImport, ImportRow
from parley.hiring.rules.imports import RowState

SHOWN = {"": "All rows", "wrong": "Wrong ones", "good": "Good ones"}
GOOD = (RowState.GOOD, RowState.DONE)
_FORMULA = ("=", "+", "-", "@", "\t", "\r")


@dataclass(frozen=True)
class Line:
    """A row with what is said about it."""

    row: ImportRow
    problems: list[str]

    @property
    def is_good(self) -> bool:
        """Whether it is, or has become, a candidate."""
        return self.row.state in GOOD


def rows_of(batch: CandidateImport, shown: str) -> "QuerySet[ImportRow]":
    """The rows of an import, in the order of the file; ``shown`` is one of ``SHOWN``."""
    rows = batch.rows.order_by("number")
    if shown == "wrong":
        return rows.filter(state=RowState.WRONG)
    return rows.filter(state__in=GOOD) if shown == "good" else rows


def lines_of(rows: Iterable[ImportRow]) -> list[Line]:
    """What is said about the rows of a page."""
    return [Line(row, [problem["message"] for problem in row.problems]) for row in rows]


def reasons_of(batch: CandidateImport) -> list[tuple[str, int]]:
    """How often what was wrong, the most frequent first."""
    rows = batch.rows.filter(state=RowState.WRONG).values_list("problems__0__code").annotate(number=Count("pk"))
    return [(_REASONS.get(code, "wrong otherwise"), number) for code, number in rows.order_by("-number")]


_REASONS = {
    "known": "there already",
    "twice": "twice in the file",
    "no_email": "with an address that is none",
    "missing": "without name or address",
    "too_long": "with a text that is too long",
    "no_years": "with years that are no number",
}


def csv_of(batch: CandidateImport, rows: Sequence[ImportRow]) -> str:
    """The rows as they came, with what is said about each. No cell is a formula to a spreadsheet."""
    out = StringIO()
    writer = csv.writer(out)
    writer.writerow(map(_harmless, ["Row", "Result", "Problems", *batch.headers]))
    width = len(batch.headers)
    for line in lines_of(rows):
        cells = [*line.row.cells, *[""] * (width - len(line.row.cells))]
        writer.writerow([line.row.number, _result(line), _harmless(" ".join(line.problems)), *map(_harmless, cells)])
    return "\ufeff" + out.getvalue()  # without the mark, Excel takes it for Windows-1252


def _result(line: Line) -> str:
    return RowState(line.row.state).label


def _harmless(cell: Any) -> str:
    """A cell that a spreadsheet shows and does not reckon: https://owasp.org/www-community/attacks/CSV_Injection."""
    text = str(cell)
    return f"'{text}" if text.startswith(_FORMULA) else text
