"""The sites that may show a company's booking page in a frame: origins, written as browsers write them."""

import re
from collections.abc import Sequence
from urllib.parse import urlsplit

import idna

from parley.core.errors import Invalid

MOST_SITES = 20
LONGEST = 300
_HOST = re.compile(r"[a-z0-9]([a-z0-9-]*[a-z0-9])?(\.[a-z0-9]([a-z0-9-]*[a-z0-9])?)*", re.ASCII)
_LOCAL = ("localhost", "127.0.0.1")
_USUAL_PORTS = {"https": 443, "http": 80}


def read_sites(written: Sequence[str], *, local: bool) -> list[str]:
    """The origins, each once, in order; ``local`` allows plain HTTP from this machine.

    Raises ``Invalid`` naming ``sites``.
    """
    found = dict.fromkeys(_origin(text, local=local) for text in written)
    if len(found) > MOST_SITES:
        raise _refusal(f"At most {MOST_SITES} sites.")
    return list(found)


def _origin(written: str, *, local: bool) -> str:
    """``https://jobs.example.com``; a name in other letters becomes its ASCII form."""
    shown = written[:80]
    try:
        parts = urlsplit(written.strip())
        port = parts.port
    except ValueError as error:
        raise _refusal(f"“{shown}” is not the address of a site, such as https://jobs.example.com.") from error
    host = _ascii(parts.hostname or "")
    if not host or len(written) > LONGEST or parts.username is not None or parts.password is not None:
        raise _refusal(f"“{shown}” is not the address of a site, such as https://jobs.example.com.")
    if parts.path not in ("", "/") or parts.query or parts.fragment:
        raise _refusal(f"“{shown}” is one page. Name the whole site: {parts.scheme}://{host}")
    if parts.scheme != "https" and not (local and parts.scheme == "http" and host in _LOCAL):
        raise _refusal(f"“{shown}” must begin with https://")
    is_usual = port is None or port == _USUAL_PORTS[parts.scheme]
    return f"{parts.scheme}://{host}" + ("" if is_usual else f":{port}")


def _ascii(host: str) -> str:
    try:
        name = host if host.isascii() else idna.encode(host, uts46=True).decode()
    except idna.IDNAError:
        return ""
    return name if _HOST.fullmatch(name) else ""


def _refusal(text: str) -> Invalid:
    return Invalid.field("sites", text, code="bad_site")
