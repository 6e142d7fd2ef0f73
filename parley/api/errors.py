"""The one translation of refusals into problem answers (RFC 9457)."""

from collections.abc import Mapping
from typing import Any

import structlog
from django.core.exceptions import PermissionDenied, RequestDataTooBig
from django.db import DataError, IntegrityError, OperationalError
from django.http import Http404, HttpRequest, HttpResponse
from psycopg.errors import DeadlockDetected, SerializationFailure
from rest_framework import exceptions
from rest_framework.response import Response
from rest_framework.settings import api_settings

from parley.core.errors import DomainError, NotFound
from parley.core.problems import CONTENT_TYPE, problem, problem_response
from parley.core.transactions import domain_error_of

log = structlog.get_logger("parley.api")
RETRY_SECONDS = "2"


def problem_handler(exception: Exception, context: Mapping[str, Any]) -> Response | None:
    """Answer an exception of a view; None lets it pass as a failure."""
    if isinstance(exception, IntegrityError):
        exception = domain_error_of(exception)
    if isinstance(exception, DomainError):
        headers = {"Retry-After": RETRY_SECONDS} if exception.status == 503 else {}
        return _response(problem(exception.status, exception.code, exception.detail, exception.errors), headers)
    if isinstance(exception, RequestDataTooBig):
        return _response(problem(413, "too_large", "The body is too large."))
    if isinstance(exception, DataError):
        return _response(problem(400, "out_of_range", "A value is out of the range that can be stored."))
    if isinstance(exception, OperationalError) and not _is_for_another_try(exception):
        log.error("database_unavailable", exc_info=exception)
        body = problem(503, "unavailable", "The database cannot be reached: try again.")
        return _response(body, {"Retry-After": RETRY_SECONDS})
    if isinstance(exception, Http404):
        exception = exceptions.NotFound()
    elif isinstance(exception, PermissionDenied):
        exception = exceptions.PermissionDenied()
    if isinstance(exception, exceptions.APIException):
        return _of_api_exception(exception)
    return None


def flatten(detail: Any, path: str = "") -> dict[str, list[str]]:
    """REST framework's nested error details as ``{"candidates[3].email": ["…"]}``."""
    if isinstance(detail, dict):
        flat: dict[str, list[str]] = {}
        for key, inner in detail.items():
            flat |= flatten(inner, _join(path, key))
        return flat
    if isinstance(detail, list):
        if any(isinstance(item, dict | list) for item in detail):
            nested: dict[str, list[str]] = {}
            for index, item in enumerate(detail):
                nested |= flatten(item, f"{path}[{index}]") if item else {}
            return nested
        return {path or "non_field_errors": [str(item) for item in detail]}
    return {path or "non_field_errors": [str(detail)]}


def not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    """404 for an address that leads nowhere."""
    return problem_response(404, "not_found", "There is nothing at this address.")


def failure(request: HttpRequest) -> HttpResponse:
    """500: our fault, said without details."""
    return problem_response(500, "failure", "Something went wrong on our side; it has been logged.")


def bad_request(request: HttpRequest, exception: Exception) -> HttpResponse:
    """400 for a request that Django itself refuses, such as one for an unknown host."""
    return problem_response(400, "bad_request", "The request cannot be understood.")


def _join(path: str, key: object) -> str:
    if key == api_settings.NON_FIELD_ERRORS_KEY:
        return path or str(key)
    if isinstance(key, int):  # a list's index, as REST framework's ListField gives it
        return f"{path}[{key}]"
    return f"{path}.{key}" if path else str(key)


def _of_api_exception(exception: exceptions.APIException) -> Response:
    headers = {}
    if (scheme := getattr(exception, "auth_header", None)) is not None:
        headers["WWW-Authenticate"] = scheme
    if (wait := getattr(exception, "wait", None)) is not None:
        headers["Retry-After"] = str(int(wait))
    if isinstance(exception, exceptions.ValidationError):
        errors = flatten(exception.detail)
        detail = "; ".join(f"{field}: {' '.join(messages)}" for field, messages in list(errors.items())[:5])
        return _response(problem(400, "invalid", detail, errors), headers)
    code = exception.get_codes()
    body = problem(
        exception.status_code, code if isinstance(code, str) else exception.default_code, str(exception.detail)
    )
    if isinstance(exception, exceptions.NotFound):
        body = problem(404, NotFound.code, "There is no such object.")
    return _response(body, headers)


def _response(body: dict[str, Any], headers: Mapping[str, str] | None = None) -> Response:
    return Response(body, status=body["status"], headers=dict(headers or {}), content_type=CONTENT_TYPE)


def _is_for_another_try(exception: OperationalError) -> bool:
    """Whether it passes through to the transaction around the view (``Idempotency-Key``), which runs it again."""
    return isinstance(exception.__cause__, DeadlockDetected | SerializationFailure)
