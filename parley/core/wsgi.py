"""The WSGI side of Django, for a server that speaks UTF-8 alone."""

from collections.abc import Callable
from typing import Any

import django
from django.conf import settings
from django.core.handlers.wsgi import WSGIHandler, WSGIRequest
from django.http import StreamingHttpResponse
from django.utils.http import parse_header_parameters

from parley.core.turnstile import Pieces, Turnstile


class UTF8Request(WSGIRequest):
    """A request whose query and forms are UTF-8 whatever its ``Content-Type`` says.

    Django takes the ``charset`` of a request for its query, too, and decodes that while it makes the request, before
    any middleware could answer: ``charset=hex`` would be an error without an answer, and ``utf-7`` a way around checks.
    """

    def _set_content_type_params(self, meta: dict[str, str]) -> None:
        self.content_type, self.content_params = parse_header_parameters(meta.get("CONTENT_TYPE", ""))


class Handler(WSGIHandler):
    """Django's handler with these requests, so many of them at once as ``WEB_THREADS`` says."""

    request_class = UTF8Request

    def __init__(self) -> None:
        super().__init__()
        self.turnstile = Turnstile(working=settings.WEB_THREADS, waiting=settings.WEB_WAITING)

    def __call__(self, environ: dict[str, Any], start_response: Callable[..., Any]) -> Any:
        """Answer a request, in turn."""
        is_patient = environ.get("PATH_INFO", "").endswith(settings.PATIENT_PATHS)
        with self.turnstile.work(is_patient=is_patient):
            response = super().__call__(environ, start_response)
        if isinstance(response, StreamingHttpResponse):
            return Pieces(self.turnstile, response, is_patient=is_patient)
        return response


def application() -> Handler:
    """What the web server calls; Django is set up by this."""
    django.setup(set_prefix=False)
    return Handler()
