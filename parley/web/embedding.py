"""``/embed.js``: what companies put into their own sites (docs/embedding.md)."""

from pathlib import Path

from django.contrib.staticfiles.finders import find
from django.http import Http404, HttpRequest, HttpResponse
from django.views.decorators.http import require_safe

AN_HOUR = "public, max-age=3600"


@require_safe
def script(request: HttpRequest) -> HttpResponse:
    """The script, at an address that never changes; so browsers keep it only for an hour."""
    found = find("parley/built/embed.js")
    if found is None:
        raise Http404
    answer = HttpResponse(Path(found).read_bytes(), content_type="text/javascript; charset=utf-8")
    answer["Cache-Control"] = AN_HOUR
    answer["Cross-Origin-Resource-Policy"] = "cross-origin"
    return answer
