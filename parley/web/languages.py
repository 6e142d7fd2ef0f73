"""The language of the candidates' pages: which one, and how its people write dates."""

from collections.abc import Callable
from functools import wraps
from typing import Concatenate, ParamSpec

from babel import Locale, UnknownLocaleError
from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.utils import translation
from django.utils.cache import patch_vary_headers
from django.utils.translation.trans_real import parse_accept_lang_header

P = ParamSpec("P")
COOKIE = "parley-language"
KEPT_FOR = 365 * 24 * 3600  # seconds
SPOKEN = [code for code, _ in settings.LANGUAGES]
_HOME = {"en": "en_GB", "de": "de_DE", "es": "es_ES", "fr": "fr_FR", "hi": "hi_IN"}  # where nobody names a country


def in_language(view: Callable[Concatenate[HttpRequest, P], HttpResponse]) -> Callable[..., HttpResponse]:
    """The view in the language that was chosen on the page (``?lang=``), else that of the browser."""

    @wraps(view)
    def wrapped(request: HttpRequest, /, *args: P.args, **kwargs: P.kwargs) -> HttpResponse:
        language = language_of(request)
        with translation.override(language):
            response = view(request, *args, **kwargs)
        response["Content-Language"] = language
        patch_vary_headers(response, ["Accept-Language", "Cookie"])
        if request.GET.get("lang") == language:
            response.set_cookie(
                COOKIE,
                language,
                max_age=KEPT_FOR,
                path="/interview/",
                secure=settings.SESSION_COOKIE_SECURE,
                httponly=True,
                samesite="Lax",
            )
        return response

    return wrapped


def language_of(request: HttpRequest) -> str:
    """The language that was chosen, here or earlier, else the first of the browser's that we speak, else English."""
    for said in (request.GET.get("lang"), request.COOKIES.get(COOKIE)):
        if said in SPOKEN:
            return said
    return next((_base(tag) for tag in _accepted(request) if _base(tag) in SPOKEN), settings.LANGUAGE_CODE)


def locale_of(request: HttpRequest) -> Locale:
    """How dates are written: as in the browser's country, where that speaks the page's language."""
    language = language_of(request)
    tags = [tag for tag in _accepted(request) if _base(tag) == language and "-" in tag]
    return next((found for found in map(_locale, tags) if found is not None), Locale.parse(_HOME[language]))


def _accepted(request: HttpRequest) -> list[str]:
    """The browser's languages, the dearest first."""
    return [tag for tag, _ in parse_accept_lang_header(request.headers.get("Accept-Language", "")[:500])]


def _base(tag: str) -> str:
    return tag.partition("-")[0]


def _locale(tag: str) -> Locale | None:
    try:
        return Locale.parse(tag, sep="-")
    except (UnknownLocaleError, ValueError):
        return None
