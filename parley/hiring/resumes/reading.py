"""Reading a file that a stranger sent: in a short-lived process with limits of memory and time."""

import json
import logging
import sys
import threading
from typing import Any

from parley.hiring.resumes.result import Resume, ResumeError, TooBusy, damaged, too_large_inside
from parley.hiring.sandbox import Ended, TookTooMuch, run_apart

logger = logging.getLogger(__name__)

_AT_ONCE = threading.BoundedSemaphore(2)
"""Uploads must not take all of the server's threads and processors; the others wait."""
_PATIENCE_SECONDS = 15

_WORKER = (sys.executable, "-B", "-m", "parley.hiring.resumes.worker")
_SECONDS = 30
"""Waited at most; the worker's own limit is 10 seconds of computing, the rest allows for a busy machine."""


def read_resume(*, content: bytes, filename: str, default_region: str | None = None) -> Resume:
    """Return what the PDF or DOCX `content` says; its kind is decided by the content, not by its name.

    `default_region` (ISO 3166-1, such as "DE") allows numbers in national notation; without it only
    international ones are found. The size of `content` is for the caller to limit. Takes some 0.2
    seconds, most of it the start of a process, and 30 at most: call it outside of a transaction.

    Raises:
        ResumeError: the file is refused; whatever a parser stumbles over becomes "damaged".
        TooBusy: too many are being read at the moment.
    """
    if not content:
        raise ResumeError("The file is empty. Choose the file again and upload it.", "empty_file")
    request = json.dumps({"filename": filename, "default_region": default_region}).encode() + b"\n" + content
    if not _AT_ONCE.acquire(timeout=_PATIENCE_SECONDS):
        raise TooBusy("Too many resumes are being read at the moment: try again.")
    try:
        answer = _answer(_run(request))
    finally:
        _AT_ONCE.release()
    if "error" in answer:
        error = answer["error"]
        logger.info("A resume was refused: %s %s", error["code"], error.get("cause", ""))
        raise ResumeError(error["message"], error["code"])
    found = answer["resume"]
    for several in ("emails", "phones", "links"):
        found[several] = tuple(found[several])
    return Resume(**found)


def _run(request: bytes) -> bytes:
    try:
        return run_apart(_WORKER, request, seconds=_SECONDS)
    except TookTooMuch as error:
        raise too_large_inside() from error
    except Ended as error:
        logger.warning("The process that reads resumes ended with status %d", error.args[0])
        raise damaged() from error


def _answer(output: bytes) -> dict[str, Any]:
    try:
        answer = json.loads(output)
    except ValueError as error:
        raise damaged() from error
    if not isinstance(answer, dict) or not answer.keys() & {"resume", "error"}:
        raise damaged()
    return answer
