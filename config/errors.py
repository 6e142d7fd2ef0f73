"""What is answered where no view answers: pages for browsers, problems for programs."""

from django.http import HttpRequest, HttpResponseBase

from parley.api import errors as api
from parley.web import errors as web


def not_found(request: HttpRequest, exception: Exception) -> HttpResponseBase:
    """404."""
    return web.missing(request, exception) if web.wants_page(request) else api.not_found(request, exception)
