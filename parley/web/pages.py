"""What all pages share."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

# The address of a page may be a secret, so no other site is told of it. "no-referrer" would go too far: with
# it browsers send forms as from nowhere ("Origin: null"), and the check against forged requests refuses them.
_HEADERS = {
    "Content-Security-Policy": (
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; "
        "form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
    ),
    "Referrer-Policy": "same-origin",
}


def page(
    request: HttpRequest, template: str, values: dict[str, Any] | None = None, *, status: int = 200
) -> HttpResponse:
    """A page with the headers that keep its address and its forms to itself."""
    response = render(request, template, values or {}, status=status)
    for name, value in _HEADERS.items():
        response[name] = value
    return response
