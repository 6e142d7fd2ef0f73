"""The process that parses: a request on standard input, an answer as JSON on standard output.

A request is one line of JSON (`filename`, `default_region`) and then the file's bytes as they are.
"""

import json
import logging
import sys
from dataclasses import asdict
from typing import Any

from parley.hiring.resumes.parsing import parse_resume
from parley.hiring.resumes.result import ResumeError, too_large_inside
from parley.hiring.sandbox import limit_this_process

_MEMORY = 1024**3
_CPU_SECONDS = 10


def main() -> None:
    """Answer the one request and end."""
    limit_this_process(memory=_MEMORY, cpu_seconds=_CPU_SECONDS)
    logging.disable(logging.CRITICAL)  # pypdf tells of every oddity; nobody would read it here
    header, _, content = sys.stdin.buffer.read().partition(b"\n")
    json.dump(_answer(content, **json.loads(header)), sys.stdout)


def _answer(content: bytes, filename: str, default_region: str | None) -> dict[str, Any]:
    try:
        found = parse_resume(content=content, filename=filename, default_region=default_region)
    except MemoryError:
        error = too_large_inside()
    except ResumeError as refused:
        error = refused
    else:
        return {"resume": asdict(found)}
    cause = type(error.__cause__).__name__ if error.__cause__ else ""
    return {"error": {"message": error.message, "code": error.code, "cause": cause}}


if __name__ == "__main__":
    main()
