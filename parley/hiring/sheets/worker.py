"""The process that parses tables: the file's bytes on standard input, an answer as JSON on standard output."""

import json
import sys
from typing import Any

from parley.hiring.sandbox import limit_this_process
from parley.hiring.sheets.parsing import parse_table
from parley.hiring.sheets.result import SheetError, too_large_inside

_MEMORY = 1024**3
_CPU_SECONDS = 20


def main() -> None:
    """Answer the one request and end."""
    limit_this_process(memory=_MEMORY, cpu_seconds=_CPU_SECONDS)
    json.dump(_answer(sys.stdin.buffer.read()), sys.stdout)


def _answer(content: bytes) -> dict[str, Any]:
    try:
        return {"rows": parse_table(content).rows}
    except MemoryError:
        error = too_large_inside()
    except SheetError as refused:
        error = refused
    return {"error": {"message": error.message, "code": error.code}}


if __name__ == "__main__":
    main()
