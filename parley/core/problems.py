"""Problem details for HTTP APIs (RFC 9457): the one shape of every error answer."""

from collections.abc import Mapping, Sequence
from http import HTTPStatus
from typing import Any

import orjson
from django.http import HttpResponse

CONTENT_TYPE = "application/problem+json"


def problem(status: int, code: str, detail: str, errors: Mapping[str, Sequence[Any]] | None = None) -> dict[str, Any]:
    """The members of a problem: ``code`` is Parley's stable word, ``errors`` the fields at fault."""
    body: dict[str, Any] = {
        "type": "about:blank",
        "title": HTTPStatus(status).phrase,
        "status": status,
        "detail": detail,
        "code": code,
    }
    if errors:
        body["errors"] = errors
    return body


def problem_response(
    status: int, code: str, detail: str, errors: Mapping[str, Sequence[Any]] | None = None
) -> HttpResponse:
    """A problem as a plain Django response, for places outside the API's views."""
    return HttpResponse(orjson.dumps(problem(status, code, detail, errors)), status=status, content_type=CONTENT_TYPE)
