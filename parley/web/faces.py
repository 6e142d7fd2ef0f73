"""What the candidate's pages share: whose they are, who may frame them, and forms that need no cookie (ADR 16)."""

import hmac
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import wraps
from urllib.parse import urlsplit

from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseNotAllowed
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt

from parley.core.crypto import derived_secret
from parley.interviews.links import company_of_link
from parley.organizations.models import Branding, Company
from parley.web.pages import page

FORM_LASTS = timedelta(hours=12)
CLOCKS_DIFFER = timedelta(minutes=5)  # of several machines, at most
FIELD = "form_token"
_SAFE = ("GET", "HEAD", "OPTIONS")


@dataclass(frozen=True)
class Face:
    """Whose page it is, for the templates: ``request.face``. A link that leads nowhere is nobody's."""

    name: str
    brand: Branding
    form_token: str

    @property
    def logo(self) -> tuple[str, int, int] | None:
        """Address, width and height in pixels."""
        return (self.brand.logo_path, *self.brand.logo_size(highest=56)) if self.brand.logo_name else None


def for_candidates(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """A page of a personal link, or a form of one.

    It may be framed by the company's sites alone. A form is taken only with the token that a page of the same link gave
    out, and not from another site; Django's own check is off, because its cookie is not kept in a frame.
    """

    @wraps(view)
    def wrapped(request: HttpRequest, link: str) -> HttpResponse:
        now = timezone.now()
        company = company_of_link(link)
        face = _face(company, link, now=now)
        request.face = face  # type: ignore[attr-defined]  # the templates read it
        if request.method in _SAFE or _is_own_form(request, link, now=now):
            return _framed(_or_interview(view(request, link), request, link), face.brand.sites)
        return _framed(page(request, "web/form_too_old.html", {"link": link}, status=403), face.brand.sites)

    return csrf_exempt(never_cache(wrapped))


def form_token(link: str, *, now: datetime) -> str:
    """What a form of this link's pages carries: when it was made, and the proof that Parley made it for this link."""
    made = str(int(now.timestamp()))
    return f"{made}.{_proof(link, made)}"


def is_good(token: str, link: str, *, now: datetime) -> bool:
    """Whether a page of this link gave the token out, at most ``FORM_LASTS`` ago."""
    made, _, proof = token.partition(".")
    if not hmac.compare_digest(proof.encode(), _proof(link, made).encode()):
        return False
    return -CLOCKS_DIFFER <= now - datetime.fromtimestamp(int(made), tz=now.tzinfo) <= FORM_LASTS


def _proof(link: str, made: str) -> str:
    return derived_secret("candidate-form", f"{link}:{made}")


def _face(company: Company | None, link: str, *, now: datetime) -> Face:
    name, brand = (company.public_name, company.brand) if company is not None else ("Parley", Branding())
    return Face(name=name, brand=brand, form_token=form_token(link, now=now))


def _or_interview(answer: HttpResponse, request: HttpRequest, link: str) -> HttpResponse:
    """A browser that opens the address of a form once more, as phones do with pages of yesterday, gets the page."""
    if not isinstance(answer, HttpResponseNotAllowed) or request.method != "GET":
        return answer
    return redirect(reverse("interview", args=[link], query=request.GET))


def _is_own_form(request: HttpRequest, link: str, *, now: datetime) -> bool:
    if getattr(request, "_dont_enforce_csrf_checks", False):  # as in Django's own check: test clients say so
        return True
    return _comes_from_here(request) and is_good(request.POST.get(FIELD, ""), link, now=now)


def _comes_from_here(request: HttpRequest) -> bool:
    """By what browsers say of the page that sent the form; an old one that says nothing is left to the token."""
    if request.headers.get("Sec-Fetch-Site", "same-origin") != "same-origin":
        return False
    origin = request.headers.get("Origin")
    here = f"{request.scheme}://{request.get_host()}"
    return origin is None or origin in (here, *map(_origin, settings.CSRF_TRUSTED_ORIGINS))


def _origin(address: str) -> str:
    parts = urlsplit(address)
    return f"{parts.scheme}://{parts.netloc}"


def _framed(response: HttpResponse, sites: list[str]) -> HttpResponse:
    """Let the sites frame it. ``X-Frame-Options`` knows no list, so it stays only where nobody may."""
    response.setdefault("Content-Security-Policy", "default-src 'none'; frame-ancestors 'none'")
    if sites:
        policy = response["Content-Security-Policy"]
        framed = policy.replace("frame-ancestors 'none'", f"frame-ancestors {' '.join(sites)}")
        script = "" if "script-src" in policy else "; script-src 'self'"  # it tells the frame's size
        response["Content-Security-Policy"] = framed + script
        response.xframe_options_exempt = True  # Django's middleware reads it
    return response
