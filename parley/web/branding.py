"""A company's logo and colours as candidates' browsers load them: each address holds one content, for ever."""

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from parley.organizations.models import Logo
from parley.organizations.rules.colours import colour, dark, light

_FOR_EVER = "public, max-age=31536000, immutable"
# Opened by itself, it is a picture or a style sheet, and nothing else.
_ALONE = "default-src 'none'; frame-ancestors 'none'; sandbox"


@require_safe
def logo(request: HttpRequest, name: str) -> HttpResponse:
    """The picture of that name, which is made of its content."""
    content = Logo.objects.filter(name=name).values_list("content", flat=True).first()
    if content is None:
        raise Http404
    return _kept(HttpResponse(bytes(content), content_type=f"image/{name.rpartition('.')[2]}"))


@require_safe
def accent(request: HttpRequest, accent: str) -> HttpResponse:
    """The variables of an accent colour, for light and dark pages. It tells of no company: its address says it all."""
    found = colour(accent)
    if found is None or found != f"#{accent}":
        raise Http404
    shades = {"light": light(found), "dark": dark(found)}
    return _kept(render(request, "web/branding/accent.css", shades, content_type="text/css; charset=utf-8"))


def _kept(response: HttpResponse) -> HttpResponse:
    response["Cache-Control"] = _FOR_EVER
    response["Content-Security-Policy"] = _ALONE
    return response
