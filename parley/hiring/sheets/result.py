"""What reading a table gives, or why it could not be read."""

from dataclasses import dataclass

MAX_ROWS = 10_000
MAX_COLUMNS = 100
MAX_CELL = 2000  # characters; what is longer is cut
MAX_UNPACKED = 100 * 1024 * 1024  # bytes of a workbook's parts together


class SheetError(Exception):
    """A file that is refused: the message tells its owner what to do, ``code`` tells the program why."""

    def __init__(self, message: str, code: str) -> None:
        super().__init__(message)
        self.message = message
        self.code = code


@dataclass(frozen=True)
class Table:
    """The rows that hold anything, each with its number as a spreadsheet counts: from 1, empty ones counted."""

    rows: tuple[tuple[int, tuple[str, ...]], ...]


def too_many_rows() -> SheetError:
    """The refusal of a file with more rows than one import takes."""
    return SheetError(f"The file has more than {MAX_ROWS:,} rows. Split it, and import the parts.", "too_many_rows")


def too_large_inside() -> SheetError:
    """The refusal of a file that unpacks to far more than a list of people, or takes too long to read."""
    return SheetError(
        "The file holds far more than a list of candidates. Save the list alone as CSV, and upload that.",
        "too_large_inside",
    )


def damaged() -> SheetError:
    """The refusal of a file that cannot be made sense of."""
    return SheetError("The file is damaged and cannot be read. Save it again as .xlsx or CSV.", "damaged")
