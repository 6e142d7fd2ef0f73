"""No test reaches beyond this machine: a connection to anywhere else is refused, and no provider's key is known.

Loaded with ``-p``. Programs that tests start inherit the environment without keys.
"""

import ipaddress
import os
import socket
from typing import Any

_PROVIDERS = ("OPENAI_", "ANTHROPIC_", "GOOGLE_", "GEMINI_", "AZURE_", "PARLEY_AI_")
_connect = socket.socket.connect


class ReachesOut(RuntimeError):
    """A test wants to talk to another machine."""


def _connect_here(self: socket.socket, address: Any) -> None:
    if self.family in (socket.AF_INET, socket.AF_INET6) and not _is_here(str(address[0])):
        raise ReachesOut(f"Tests stay on this machine, and this one wants to reach {address[0]}.")
    _connect(self, address)


def _is_here(host: str) -> bool:
    if host == "localhost":
        return True
    try:
        address = ipaddress.ip_address(host)
    except ValueError:
        return False
    return address.is_loopback or address.is_unspecified


socket.socket.connect = _connect_here  # type: ignore[assignment, method-assign]  # for the whole run
for name in [name for name in os.environ if name.startswith(_PROVIDERS)]:
    del os.environ[name]
