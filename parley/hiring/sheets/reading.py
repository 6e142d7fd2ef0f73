"""Reading a table that a stranger sent: in a short-lived process with limits of memory and time."""

import json
import logging
import sys
import threading
from typing import Any

from parley.hiring.sandbox import Ended, TookTooMuch, run_apart
from parley.hiring.sheets.result import SheetError, Table, damaged, too_large_inside

logger = logging.getLogger(__name__)
_AT_ONCE = threading.BoundedSemaphore(1)
"""Uploads must not take all of the server's threads and processors; the others wait."""
_PATIENCE_SECONDS = 30
_WORKER = (sys.executable, "-B", "-m", "parley.hiring.sheets.worker")
_SECONDS = 40


def read_table(content: bytes) -> Table:
    """The rows of a CSV or XLSX file; the size of ``content`` is for the caller to limit.

    Takes some 0.3 seconds, and 40 at most: call it outside of a transaction. Raises ``SheetError``.
    """
    if not _AT_ONCE.acquire(timeout=_PATIENCE_SECONDS):
        raise SheetError("Too many files are being read at the moment: try again.", "busy")
    try:
        answer: dict[str, Any] = json.loads(run_apart(_WORKER, content, seconds=_SECONDS))
    except TookTooMuch as error:
        raise too_large_inside() from error
    except (Ended, ValueError) as error:
        logger.warning("The process that reads tables ended without an answer: %s", error)
        raise damaged() from error
    finally:
        _AT_ONCE.release()
    if "error" in answer:
        raise SheetError(answer["error"]["message"], answer["error"]["code"])
    return Table(tuple((number, tuple(cells)) for number, cells in answer["rows"]))
