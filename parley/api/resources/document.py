"""The OpenAPI document of all this."""

import functools

from django.http import HttpRequest, HttpResponse
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_safe
from drf_spectacular.generators import SchemaGenerator
from drf_spectacular.renderers import OpenApiYamlRenderer


@csrf_exempt
@require_safe
def document(request: HttpRequest) -> HttpResponse:
    """The document, for everybody: it tells of calls, not of companies."""
    return HttpResponse(_described(), content_type="application/vnd.oai.openapi")


@functools.cache
def _described() -> bytes:
    """Made once: it takes a second or more, and is the same as long as the process lives."""
    described = SchemaGenerator().get_schema(request=None, public=True)  # type: ignore[no-untyped-call]
    return bytes(OpenApiYamlRenderer().render(described, renderer_context={}))  # type: ignore[no-untyped-call]
