"""What browsers see where there is nothing, or where it is not allowed."""

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.template.loader import render_to_string

from parley.core.problems import CONTENT_TYPE
from parley.core.request_id import current_request_id
from parley.web.app import sealed, show

NO_SUCH_METHOD, FAILURE = 405, 500
_KEPT = {"Allow", "Retry-After"}


class PagesForBrowsers:
    """Turns what is refused outside of any view into a page where a browser asked: a problem, or an empty 405."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        """Answer, with the status and headers as they were."""
        answer = self.get_response(request)
        if not isinstance(answer, HttpResponse) or not wants_page(request) or not _is_bare(answer):
            return answer
        shown = _shown(request, status=answer.status_code)
        for name in _KEPT.intersection(answer.headers):
            shown[name] = answer[name]
        return shown


def _is_bare(answer: HttpResponse) -> bool:
    return answer.get("Content-Type") == CONTENT_TYPE or (answer.status_code == NO_SUCH_METHOD and not answer.content)


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
    values = {"status": status, "forged": forged, "request_id": current_request_id()}

    def view(request: HttpRequest) -> HttpResponse:
        if status == FAILURE:  # whatever else belongs to a page, the login for one, may be what has failed
            return HttpResponse(render_to_string("web/app/error.html", values), status=status)
        return show(request, "web/app/error.html", values, status=status)

    return sealed(view)(request)
