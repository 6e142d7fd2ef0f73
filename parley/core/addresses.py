"""Whose request it is, for counting attempts."""

import hashlib

from django.http import HttpRequest
from rest_framework.request import Request
from rest_framework.throttling import SimpleRateThrottle


class _ClientAddress(SimpleRateThrottle):
    """REST framework's reading of the client's address behind ``PARLEY_TRUSTED_PROXIES``."""

    rate = "1/s"


def client_address(request: HttpRequest | Request) -> str:
    """The address that asks, hashed: counters keep no personal data."""
    return hashlib.sha256(_ClientAddress().get_ident(request).encode()).hexdigest()[:32]  # type: ignore[arg-type]  # it reads the headers, which both have
