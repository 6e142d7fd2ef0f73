"""One event loop for a whole process, in a thread of its own: all models are asked there, however many threads wait."""

import atexit
import os
import threading
from contextlib import ExitStack

from anyio.from_thread import BlockingPortal, start_blocking_portal

_lock = threading.Lock()
_portals: dict[int, BlockingPortal] = {}


def portal() -> BlockingPortal:
    """The way to it. A forked child makes its own: threads do not survive a fork."""
    with _lock:
        if os.getpid() not in _portals:
            _portals.clear()
            stack = ExitStack()
            _portals[os.getpid()] = stack.enter_context(start_blocking_portal())
            atexit.register(stack.close)
        return _portals[os.getpid()]
