"""Every address and method that Parley answers, from the URL configuration itself."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from django.urls import URLPattern, URLResolver, get_resolver

METHODS = ("get", "post", "put", "patch", "delete")


@dataclass(frozen=True)
class Route:
    """An address with one of its methods."""

    name: str
    method: str
    pattern: str

    @property
    def key(self) -> tuple[str, str]:
        """How the tests classify it."""
        return self.name, self.method

    @property
    def is_detail(self) -> bool:
        """Whether it names one object."""
        return "pk>" in self.pattern

    def url(self, pk: object = "") -> str:
        """The address, for an object; for one inside another both ids, the outer first."""
        if "<anyuuid:delivery>" in self.pattern:
            outer, inner = pk if isinstance(pk, tuple) else (pk, pk)
            return "/" + self.pattern.replace("<anyuuid:pk>", str(outer)).replace("<anyuuid:delivery>", str(inner))
        if "<str:link>" in self.pattern:
            return "/" + self.pattern.replace("<str:link>", str(pk) or "a-link")
        for converter in ("anyuuid", "int"):
            if f"<{converter}:pk>" in self.pattern:
                return "/" + self.pattern.replace(f"<{converter}:pk>", str(pk))
        return "/" + self.pattern


def routes() -> list[Route]:
    """All of them but the Django admin's, which has its own tests."""
    return [Route(name, method, pattern) for pattern, name, view in _walk() for method in sorted(_methods(view))]


def _walk() -> Iterator[tuple[str, str, Any]]:
    def inside(patterns: list[Any], prefix: str) -> Iterator[tuple[str, str, Any]]:
        for each in patterns:
            path = prefix + str(each.pattern)
            if isinstance(each, URLResolver):
                if path != "admin/":
                    yield from inside(each.url_patterns, path)
            elif isinstance(each, URLPattern):
                yield path, str(each.name), each.callback

    return inside(get_resolver().url_patterns, "")


def _methods(view: Any) -> set[str]:
    if hasattr(view, "actions"):  # a view set: what the router maps
        return set(view.actions) & set(METHODS)  # HEAD is added at the first request
    klass = getattr(view, "cls", None) or getattr(view, "view_class", None)
    if klass is not None:
        return {method for method in METHODS if hasattr(klass, method)}
    return {"get"}  # a function: its other methods have tests of their own
