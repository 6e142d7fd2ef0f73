"""Tables as text: CSV in the encodings and with the separators that spreadsheets write."""

import codecs
import csv
from collections import Counter
from io import StringIO

from parley.hiring.sheets.cells import table_of
from parley.hiring.sheets.result import SheetError, Table

_SEPARATORS = ",;\t|"
_MARKS = (  # UTF-32 begins as UTF-16 does, and comes first
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
_SAMPLE = 20  # rows


def read_csv(content: bytes) -> Table:
    """The table of a CSV file. Raises ``SheetError``."""
    text = _decoded(content)
    if "\0" in text:
        raise SheetError("This is no text. Upload the list as CSV or as an Excel workbook (.xlsx).", "unsupported_type")
    csv.field_size_limit(1_000_000)
    try:
        return table_of(csv.reader(StringIO(text, newline=""), delimiter=_separator(text)))
    except csv.Error as error:
        raise SheetError("The file is no CSV that can be read: save it again.", "damaged") from error


def _decoded(content: bytes) -> str:
    """The text: by its byte order mark, else UTF-16 where every other byte is empty, else UTF-8, else Windows-1252."""
    marked = [name for mark, name in _MARKS if content.startswith(mark)]
    for encoding in marked or [*_wide(content[:1000]), "utf-8", "cp1252"]:
        try:
            return content.decode(encoding)
        except UnicodeDecodeError:
            continue
    return content.decode("latin-1")  # has a letter for every byte


def _wide(start: bytes) -> list[str]:
    even, odd = start[::2].count(0), start[1::2].count(0)
    if max(even, odd) * 4 < len(start) or len(start) < 4:
        return []
    return ["utf-16-be" if even > odd else "utf-16-le"]


def _separator(text: str) -> str:
    """The one that gives most of the first rows the same number of cells, more than one."""

    def score(separator: str) -> tuple[int, int]:
        rows = csv.reader(StringIO(text[:100_000], newline=""), delimiter=separator)
        widths = Counter(len(row) for row, _ in zip(rows, range(_SAMPLE), strict=False))
        width, times = max(((width, times) for width, times in widths.items() if width > 1), default=(0, 0), key=_times)
        return times, width

    return max(_SEPARATORS, key=score)


def _times(counted: tuple[int, int]) -> tuple[int, int]:
    return counted[1], counted[0]
