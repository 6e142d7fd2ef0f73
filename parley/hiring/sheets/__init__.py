"""Reading a table of candidates from a CSV or XLSX file."""

from parley.hiring.sheets.reading import read_table
from parley.hiring.sheets.result import SheetError, Table

__all__ = ["SheetError", "Table", "read_table"]
