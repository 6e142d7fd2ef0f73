"""The process that parses: a request on standard input, an answer as JSON on standard output.

A request is one line of JSON (`filename`, `default_region`) and then the file's bytes as they are.
"""

import json
import logging
import resource
import sys
from contextlib import suppress
from dataclasses import asdict
from typing import Any

from parley.hiring.resumes.parsing import parse_resume
from parley.hiring.resumes.result import ResumeError, too_large_inside

_MEMORY = 1024**3
_CPU_SECONDS = 10


def main() -> None:
    """Answer the one request and end."""
    _limit()
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


def _limit() -> None:
    limits = {
        resource.RLIMIT_AS: (_MEMORY, _MEMORY),
        resource.RLIMIT_CPU: (_CPU_SECONDS, _CPU_SECONDS + 1),
        resource.RLIMIT_FSIZE: (0, 0),
        resource.RLIMIT_NPROC: (0, 0),
        resource.RLIMIT_CORE: (0, 0),
    }
    for limit, values in limits.items():
        # macOS cannot limit the address space; elsewhere a refusal means that a stricter limit is set.
        with suppress(ValueError, OSError):
            resource.setrlimit(limit, values)


if __name__ == "__main__":
    main()
