"""The tests' settings and database. Loaded with ``-p``, before pytest-django reads the settings.

The first process starts one throw-away server (or takes TEST_DATABASE_URL); the workers of pytest-xdist
inherit its address, and each makes its own database there.
"""

import atexit
import os
import shutil
import signal
import tempfile
from contextlib import ExitStack
from pathlib import Path

from parley.core.embedded_postgres import temporary_server

FOLDER, ADDRESS = "PARLEY_TESTS_FOLDER", "PARLEY_TESTS_DATABASE_URL"


def _prepare_run() -> None:
    """Start what the whole run shares. It ends with this process, also when that is killed."""
    signal.signal(signal.SIGTERM, signal.default_int_handler)  # ends the run as Ctrl-C does, and tidies up
    stack = ExitStack()
    atexit.register(stack.close)
    folder = Path(tempfile.mkdtemp(prefix="parley-tests-"))
    stack.callback(shutil.rmtree, folder, ignore_errors=True)
    os.environ[FOLDER] = str(folder)
    os.environ[ADDRESS] = os.environ.get("TEST_DATABASE_URL") or stack.enter_context(temporary_server())


def _prepare_process() -> None:
    """Set the environment that the settings read, whatever the developer's own says."""
    for name in [name for name in os.environ if name.startswith("EMAIL_")]:
        del os.environ[name]
    worker = os.environ.get("PYTEST_XDIST_WORKER", "main")
    os.environ.update(
        SECRET_KEY="only-for-tests-0123456789-abcdefghijklmnopqrstuvwxyz",
        PARLEY_ENV="local",
        PARLEY_DATA_DIR=str(Path(os.environ[FOLDER]) / worker),
        DATABASE_URL=os.environ[ADDRESS],
        PARLEY_DB_POOL="0",
    )


if ADDRESS not in os.environ:
    _prepare_run()
_prepare_process()
