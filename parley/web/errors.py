"""What browsers see where there is nothing, or where it is not allowed."""

from django.http import HttpRequest, HttpResponse, HttpResponseBase

from parley.web.app import sealed, show


def wants_page(request: HttpRequest) -> bool:
    """Whether a browser asks for a page; programs say what they take, or that they take anything."""
    return not request.path.startswith("/api/") and "text/html" in request.headers.get("Accept", "")


def missing(request: HttpRequest, exception: Exception) -> HttpResponseBase:
    """404: also for what is another company's."""
    return _shown(request, status=404)


def forbidden(request: HttpRequest, exception: Exception) -> HttpResponseBase:
    """403."""
    return _shown(request, status=403)


def forged(request: HttpRequest, reason: str = "") -> HttpResponseBase:
    """403 for a form that did not come from Parley's own page, or from one that is older than the last login."""
    return _shown(request, status=403, forged=True)


def _shown(request: HttpRequest, *, status: int, forged: bool = False) -> HttpResponseBase:
    def view(request: HttpRequest) -> HttpResponse:
        return show(request, "web/app/error.html", {"status": status, "forged": forged}, status=status)

    return sealed(view)(request)
