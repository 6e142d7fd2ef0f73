"""Tables of Excel workbooks: the first sheet that holds anything, with formulas as the values that they had."""

import zipfile
from io import BytesIO
from typing import Any

from parley.hiring.sheets.cells import table_of
from parley.hiring.sheets.result import MAX_COLUMNS, MAX_UNPACKED, SheetError, Table, damaged, too_large_inside


def read_xlsx(content: bytes) -> Table:
    """The table of a workbook. Raises ``SheetError``."""
    _refuse_bomb(content)
    import openpyxl  # noqa: PLC0415 - it takes a fifth of a second, and CSV files need none of it

    book = openpyxl.load_workbook(BytesIO(content), read_only=True, data_only=True, keep_links=False)
    for sheet in book.worksheets:
        if (table := _table(sheet)) is not None:
            return table
    raise SheetError("The workbook is empty. Choose one with a row for each candidate.", "empty_file")


def _table(sheet: Any) -> Table | None:
    sheet.reset_dimensions()  # what a file says of its size need not be true
    try:
        return table_of(sheet.iter_rows(values_only=True, max_col=MAX_COLUMNS + 1))
    except SheetError as error:
        if error.code == "empty_file":
            return None
        raise


def _refuse_bomb(content: bytes) -> None:
    """Raise where the parts would unpack to more than is sane: by what the archive says, which zipfile holds it to."""
    try:
        with zipfile.ZipFile(BytesIO(content)) as archive:
            parts = archive.infolist()
    except (zipfile.BadZipFile, NotImplementedError, OSError) as error:
        raise damaged() from error
    if sum(part.file_size for part in parts) > MAX_UNPACKED or len(parts) > 1000:
        raise too_large_inside()
    if not any(part.filename == "[Content_Types].xml" for part in parts):
        raise SheetError("This is no Excel workbook. Upload the list as CSV or .xlsx.", "unsupported_type")
