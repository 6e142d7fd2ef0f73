"""From a file's bytes to a table, in this process: ``reading`` calls it in a process of its own."""

from parley.hiring.sheets.result import SheetError, Table, damaged
from parley.hiring.sheets.texts import read_csv
from parley.hiring.sheets.workbooks import read_xlsx

_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_ENCRYPTED_PACKAGE = "EncryptedPackage".encode("utf-16-le")
_FOREIGN = (b"%PDF-", b"\x89PNG", b"\xff\xd8\xff", b"GIF8", b"\x1f\x8b", b"Rar!", b"7z\xbc\xaf", b"{\\rtf")
_ADVICE = "Upload the list as CSV or as an Excel workbook (.xlsx)."


def parse_table(content: bytes) -> Table:
    """What the file holds; its kind is decided by the content. Raises ``SheetError``, ``MemoryError``."""
    if content.startswith(_OLE):
        raise _old(content)
    if content.startswith(_FOREIGN):
        raise SheetError(f"This type of file is not supported. {_ADVICE}", "unsupported_type")
    try:
        return read_xlsx(content) if content.startswith(b"PK") else read_csv(content)
    except (SheetError, MemoryError):
        raise
    except Exception as error:  # the parsers raise anything on a hostile file
        raise damaged() from error


def _old(content: bytes) -> SheetError:
    if _ENCRYPTED_PACKAGE in content:
        return SheetError("The workbook is protected with a password. Remove it and upload it again.", "encrypted")
    return SheetError(f"This is an old Excel file (.xls). {_ADVICE}", "unsupported_type")
