"""Which addresses Parley sends to: none of its own network, however it is written."""

import ipaddress
import socket
from typing import Any

import httpx

from parley.core.errors import Invalid

LONGEST_URL = 2000
PRIVATE = "This address belongs to a private network or to this machine: give one that is reachable from the internet."
_Address = ipaddress.IPv4Address | ipaddress.IPv6Address
_GLOBAL_UNICAST = ipaddress.ip_network("2000::/3")
_NAT64 = ipaddress.ip_network("64:ff9b::/96")
# What ``is_global`` says of these depends on Python's version, or is too kind (RFC 6890 and the registries of IANA).
_REFUSED: list[Any] = [
    *map(ipaddress.IPv4Network, ("0.0.0.0/8", "100.64.0.0/10", "192.0.0.0/24", "192.88.99.0/24")),
    *map(ipaddress.IPv4Network, ("198.18.0.0/15", "240.0.0.0/4")),
    *map(ipaddress.IPv6Network, ("2001::/23", "2001:db8::/32", "3fff::/20")),
]


def is_public(text: str) -> bool:
    """Whether an IP address is one of the internet; those that carry an IPv4 address inside are judged by that, too."""
    try:
        address = ipaddress.ip_address(text)
    except ValueError:
        return False
    inner = _inside(address)
    return is_public(str(inner)) if inner is not None else _is_plainly_public(address)


def _is_plainly_public(address: _Address) -> bool:
    if address.version == 6 and address not in _GLOBAL_UNICAST:
        return False
    if any(address in network for network in _REFUSED):
        return False
    return address.is_global and not (address.is_multicast or address.is_reserved)


def _inside(address: _Address) -> ipaddress.IPv4Address | None:
    """The IPv4 address that is meant: mapped, 6to4 or NAT64."""
    if isinstance(address, ipaddress.IPv4Address):
        return None
    if address in _NAT64:
        return ipaddress.IPv4Address(int(address) & 0xFFFFFFFF)
    return address.ipv4_mapped or address.sixtofour


def refuse_bad_url(url: str, *, allow_private: bool) -> None:
    """Raise ``Invalid`` for what is no address to send to; ``private_address`` where it can be seen to be private.

    What a name leads to is looked at when it is connected to, each time: it may lead elsewhere by then.
    """
    parts = _parsed(url)
    if parts.scheme not in ("http", "https") or not parts.raw_host:
        raise Invalid.field("url", "Must be a complete address that begins with https:// or http://.")
    if parts.userinfo:
        raise Invalid.field("url", "Must not hold a user name or password.")
    if "#" in url:
        raise Invalid.field("url", "Must not hold a fragment (#).")
    if not allow_private and _is_seen_private(parts.raw_host.decode("ascii").rstrip(".").lower()):
        raise Invalid.field("url", PRIVATE, code="private_address")


def without_query(url: str) -> str:
    """The address without what often is a secret."""
    return url.partition("?")[0]


def _parsed(url: str) -> httpx.URL:
    """Read as it will be when it is sent to."""
    if len(url) > LONGEST_URL:
        raise Invalid.field("url", f"At most {LONGEST_URL} characters.")
    try:
        parsed = httpx.URL(url)
    except (httpx.InvalidURL, ValueError):
        raise Invalid.field("url", "Not an address.") from None
    if not url.isprintable() or "\\" in url or any(each.isspace() for each in url) or not _is_port(parsed.port):
        raise Invalid.field("url", "Not an address.")
    return parsed


def _is_port(port: int | None) -> bool:
    return port is None or 1 <= port <= 65535


def _is_seen_private(name: str) -> bool:
    if not name or name == "localhost" or name.endswith((".localhost", ".local", ".internal")):
        return True
    if ":" in name:
        return not is_public(name)
    try:  # also 127.1, 0x7f000001 and 2130706433, which resolvers take for addresses
        return not is_public(socket.inet_ntoa(socket.inet_aton(name)))
    except (OSError, ValueError):
        return False
