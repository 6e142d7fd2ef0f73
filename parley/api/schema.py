"""The OpenAPI document: what the views cannot say themselves."""

import re
from typing import Any

from drf_spectacular.openapi import AutoSchema
from rest_framework.serializers import ListSerializer

_METHODS = ("get", "post", "put", "patch", "delete")
# Component name, description and headers of the problem answers.
_PROBLEMS: dict[str, tuple[str, str, dict[str, str]]] = {
    "400": ("Invalid", "Malformed or invalid: `errors` names the fields.", {}),
    "401": ("Unauthenticated", "No valid token.", {"WWW-Authenticate": "The scheme, `Token`."}),
    "403": ("Forbidden", "Not for this role or company.", {}),
    "404": ("NotFound", "No such object for the caller.", {}),
    "405": ("MethodNotAllowed", "No such method here.", {"Allow": "The methods that there are."}),
    "409": ("Conflict", "A lost race, or the object's state forbids it: see `code`.", {}),
    "410": ("Gone", "The link has expired or was revoked: see `code`.", {}),
    "411": ("LengthRequired", "The body comes without its length.", {}),
    "413": ("TooLarge", "The body is too large.", {}),
    "415": ("UnsupportedMediaType", "The body's media type is not accepted.", {}),
    "422": ("KeyReused", "The Idempotency-Key was used for another request.", {}),
    "429": ("TooManyAttempts", "Too many attempts.", {"Retry-After": "Seconds to wait."}),
    "503": (
        "Unavailable",
        "The database cannot be reached, or too many others change the same.",
        {"Retry-After": "Seconds to wait."},
    ),
}
_PROBLEM_SCHEMA = {
    "type": "object",
    "description": "Problem details (RFC 9457).",
    "required": ["type", "title", "status", "detail", "code"],
    "properties": {
        "type": {"type": "string"},
        "title": {"type": "string"},
        "status": {"type": "integer"},
        "detail": {"type": "string"},
        "code": {"type": "string", "description": "A stable word for programs, such as `slot_full`."},
        "errors": {
            "type": "object",
            "description": "The fields at fault.",
            "additionalProperties": {"type": "array", "items": {"type": "string"}},
        },
    },
}
_IDEMPOTENCY_KEY = {
    "name": "Idempotency-Key",
    "in": "header",
    "required": False,
    "description": "The same key and body gives the first answer again, for a day.",
    "schema": {"type": "string", "minLength": 1, "maxLength": 255, "pattern": "^[!-~]+$"},
}
_REPLAYED = {
    "Idempotency-Replayed": {
        "description": "`true` where this is the first answer again.",
        "required": False,
        "schema": {"type": "string", "enum": ["true"]},
    }
}
_LIST_HEADERS = {
    "X-Total-Count": {
        "description": "Rows in all.",
        "required": True,
        "schema": {"type": "string", "pattern": "^[0-9]+$"},
    },
    "Link": {
        "description": "First, previous, next and last page (RFC 8288).",
        "required": True,
        "schema": {"type": "string"},
    },
}
# Anonymous calls are counted, and these.
_COUNTED = {
    *("/api/users/", "/api/users/{id}/invite_again/", "/api/auth/change-password/"),
    "/api/webhooks/{id}/test/",
}
_SUBRESOURCES = {"slots", "configurations", "schedules", "conflicts", "available-slots", "calendar"}
# Where the id of what was made can be used in another call's body: (made by, call, its member).
_USES = (
    ("/api/jobs/", "/api/candidates/", "job"),
    ("/api/candidates/", "/api/interviews/", "candidate"),
    ("/api/interviews/", "/api/interviews/schedules/book_interview/", "interview_id"),
    ("/api/interviews/", "/api/interviews/slots/{id}/book_slot/", "interview_id"),
    ("/api/interviews/slots/", "/api/interviews/schedules/book_interview/", "slot_id"),
    ("/api/interviews/slots/", "/api/interviews/schedules/{id}/reschedule/", "slot_id"),
)


class ProblemAutoSchema(AutoSchema):
    """Adds what depends on the view."""

    def get_tags(self) -> list[str]:
        """The resource: the first part of the path that tells them apart."""
        parts = [part for part in self.path.split("/") if part and not part.startswith("{")][1:]
        if parts and parts[0] == "interviews" and len(parts) > 1 and parts[1] in _SUBRESOURCES:
            return [parts[1]]
        return parts[:1]

    def get_summary(self) -> str:
        """The first sentence of what the view says of itself."""
        return re.split(r"(?<=[.:;]) |\n\n", self.get_description())[0].rstrip(".:;")

    def _map_serializer_field(self, field: Any, direction: Any, bypass_extensions: Any = False) -> Any:
        """A field; lists of objects with their bounds, which drf-spectacular leaves out."""
        described: Any = super()._map_serializer_field(field, direction, bypass_extensions)  # type: ignore[no-untyped-call]
        if isinstance(field, ListSerializer) and direction == "request":
            bounds = {"minItems": 0 if field.allow_empty else 1, "maxItems": getattr(field, "max_length", None)}
            described |= {name: bound for name, bound in bounds.items() if bound}
        return described

    def get_operation(self, *args: Any, **kwargs: Any) -> dict[str, Any] | None:
        """The operation, with the idempotency key where the view heeds one."""
        operation: dict[str, Any] | None = super().get_operation(*args, **kwargs)
        if operation is not None and self.method == "POST" and getattr(self.view, "idempotent", False):
            operation.setdefault("parameters", []).append(_IDEMPOTENCY_KEY)
            operation["responses"]["422"] = _problem("422")
            for status, response in operation["responses"].items():
                if status.startswith("2"):
                    response.setdefault("headers", {}).update(_REPLAYED)
        return operation


def document_problems(result: dict[str, Any], generator: Any, request: Any, public: bool) -> dict[str, Any]:
    """Describe the problem answers, the headers of lists and the links between calls, once for all operations."""
    components = result["components"]
    components.setdefault("schemas", {})["Problem"] = _PROBLEM_SCHEMA
    components["responses"] = {name: _response(said, headers) for name, said, headers in _PROBLEMS.values()}
    for path, operations in result["paths"].items():
        for method in _METHODS:
            if method in operations:
                _complete(path, method, operations[method])
    _link(result["paths"])
    return result


def _complete(path: str, method: str, operation: dict[str, Any]) -> None:
    responses = operation["responses"]
    for status in _statuses(path, method, operation):
        responses.setdefault(status, _problem(status))
    for parameter in operation.get("parameters", []):
        if parameter["name"] == "page_size":
            responses["200"]["headers"] = _LIST_HEADERS
        if parameter["name"] == "ordering":
            parameter["schema"]["minItems"] = 1
    operation["responses"] = dict(sorted(responses.items()))


def _statuses(path: str, method: str, operation: dict[str, Any]) -> list[str]:
    statuses = ["400", "403", "405", "413", "503"]
    if "security" in operation:
        statuses.append("401")
    if method == "post" and ("security" not in operation or path in _COUNTED):
        statuses.append("429")
    if "{" in path:
        statuses.append("404")
    if path.startswith("/api/public/"):
        statuses += ["410", "429"]
    if method != "get":
        statuses += ["409", "411", "415"]
        statuses += ["404"] if path.startswith("/api/interviews/") else []
    return statuses


def _problem(status: str) -> dict[str, str]:
    return {"$ref": f"#/components/responses/{_PROBLEMS[status][0]}"}


def _response(description: str, headers: dict[str, str]) -> dict[str, Any]:
    response: dict[str, Any] = {
        "description": description,
        "content": {"application/problem+json": {"schema": {"$ref": "#/components/schemas/Problem"}}},
    }
    if headers:
        response["headers"] = {
            name: {"description": text, "required": True, "schema": {"type": "string"}}
            for name, text in headers.items()
        }
    return response


def _link(paths: dict[str, Any]) -> None:
    """Say that what a POST makes can be read, changed and used under its id."""
    for collection, operations in paths.items():
        made = operations.get("post", {}).get("responses", {}).get("201")
        if made is None or f"{collection}{{id}}/" not in paths:
            continue
        links = {}
        for path, targets in paths.items():
            if path.startswith(f"{collection}{{id}}/"):
                for method in _METHODS:
                    if method in targets:
                        operation = targets[method]["operationId"]
                        links[operation] = {"operationId": operation, "parameters": {"id": "$response.body#/id"}}
        for maker, user, member in _USES:
            if maker == collection:
                operation = paths[user]["post"]["operationId"]
                links[f"{operation}_{member}"] = {
                    "operationId": operation,
                    "requestBody": {member: "$response.body#/id"},
                }
        made["links"] = links
