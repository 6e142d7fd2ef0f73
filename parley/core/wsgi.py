"""The WSGI side of Django, for a server that speaks UTF-8 alone."""

import django
from django.core.handlers.wsgi import WSGIHandler, WSGIRequest
from django.utils.http import parse_header_parameters


class UTF8Request(WSGIRequest):
    """A request whose query and forms are UTF-8 whatever its ``Content-Type`` says.

    Django takes the ``charset`` of a request for its query, too, and decodes that while it makes the request, before
    any middleware could answer: ``charset=hex`` would be an error without an answer, and ``utf-7`` a way around checks.
    """

    def _set_content_type_params(self, meta: dict[str, str]) -> None:
        self.content_type, self.content_params = parse_header_parameters(meta.get("CONTENT_TYPE", ""))


class Handler(WSGIHandler):
    """Django's handler with these requests."""

    request_class = UTF8Request


def application() -> Handler:
    """What the web server calls; Django is set up by this."""
    django.setup(set_prefix=False)
    return Handler()
