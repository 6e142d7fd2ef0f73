"""Lists are plain arrays; their place in the whole stands in the headers (RFC 8288, ``X-Total-Count``)."""

from typing import Any

from rest_framework.exceptions import ValidationError
from rest_framework.pagination import BasePagination
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.utils.urls import replace_query_param

DEFAULT_SIZE = 50
MAX_SIZE = 500
MAX_PAGE = 1_000_000


class LinkHeaderPagination(BasePagination):
    """``?page=&page_size=``; a page past the end is empty."""

    default_size = DEFAULT_SIZE

    def paginate_queryset(self, queryset: Any, request: Request, view: Any = None) -> list[Any]:
        """The rows of the wanted page: one statement for them and one for the total."""
        limit, offset = self.window(request)
        self.total = queryset.count()
        return list(queryset[offset : offset + limit])

    def window(self, request: Request) -> tuple[int, int]:
        """Limit and offset of the wanted page; the total is set by whoever runs the query."""
        self.request = request
        self.page = _number(request, "page", default=1, most=MAX_PAGE)
        self.size = _number(request, "page_size", default=self.default_size, most=MAX_SIZE)
        return self.size, (self.page - 1) * self.size

    def get_paginated_response(self, data: Any) -> Response:
        """The array with its headers."""
        return Response(data, headers={"X-Total-Count": str(self.total), "Link": self._links()})

    def get_schema_operation_parameters(self, view: Any) -> list[dict[str, Any]]:
        """The query parameters, for the OpenAPI document."""
        return [
            _parameter(
                "page",
                "The page, from 1.",
                {"type": "integer", "minimum": 1, "maximum": MAX_PAGE, "default": 1},
            ),
            _parameter(
                "page_size",
                f"Rows a page, at most {MAX_SIZE}.",
                {"type": "integer", "minimum": 1, "maximum": MAX_SIZE, "default": self.default_size},
            ),
        ]

    def get_paginated_response_schema(self, schema: dict[str, Any]) -> dict[str, Any]:
        """A plain array."""
        return schema

    def _links(self) -> str:
        last = max(1, -(-self.total // self.size))
        relations = {"first": 1, "prev": self.page - 1, "next": self.page + 1, "last": last}
        here = self.request.build_absolute_uri()
        return ", ".join(
            f'<{replace_query_param(here, "page", page)}>; rel="{relation}"'
            for relation, page in relations.items()
            if 1 <= page <= last
        )


class WidePagination(LinkHeaderPagination):
    """For searches by date, where people expect the whole week: the largest page unless they say otherwise."""

    default_size = MAX_SIZE


def _number(request: Request, name: str, *, default: int, most: int) -> int:
    given = request.query_params.get(name)
    if given is None:
        return default
    if not (given.isascii() and given.isdigit() and len(given) <= 9 and 1 <= int(given) <= most):
        raise ValidationError({name: [f"Must be a whole number from 1 to {most}."]})
    return int(given)


def _parameter(name: str, description: str, schema: dict[str, Any]) -> dict[str, Any]:
    return {"name": name, "in": "query", "required": False, "description": description, "schema": schema}
