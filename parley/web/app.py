"""What the pages of people who log in share: who may open them, their headers, what becomes of a refusal."""

from collections.abc import Callable
from functools import wraps
from typing import Any, Concatenate, ParamSpec

from django.contrib import messages
from django.contrib.auth import logout
from django.contrib.auth.views import redirect_to_login
from django.core.paginator import Page, Paginator
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.http.response import HttpResponseRedirect
from django.shortcuts import redirect, render
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.cache import never_cache

from parley.core.errors import NotFound
from parley.organizations.logins import may_enter
from parley.organizations.models import User

P = ParamSpec("P")
FOUND, STOP_POLLING = 302, 286  # the second is htmx's own
_HEADERS = {
    "Content-Security-Policy": (
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; "
        "form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
    ),
    "Referrer-Policy": "same-origin",
    # Django's middleware sets these as well, but not on the pages that stand in for what it refuses.
    "X-Frame-Options": "DENY",
    "X-Content-Type-Options": "nosniff",
}


def sealed(view: Callable[..., HttpResponseBase]) -> Callable[..., HttpResponseBase]:
    """Nobody keeps the page, frames it, or gets a script into it."""

    @wraps(view)
    def wrapped(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        response = view(request, *args, **kwargs)
        for name, value in _HEADERS.items():
            response[name] = value
        return response

    return never_cache(wrapped)


def member(view: Callable[Concatenate[HttpRequest, User, P], HttpResponse]) -> Callable[..., HttpResponseBase]:
    """For who is logged in, and may enter still: the view gets the user. Others are sent to log in.

    What is not there for this user is a 404.
    """

    @wraps(view)
    def wrapped(request: HttpRequest, *args: P.args, **kwargs: P.kwargs) -> HttpResponse:
        user = request.user
        if not isinstance(user, User) or not may_enter(user):
            return to_login(request)
        try:
            return view(request, user, *args, **kwargs)
        except NotFound as error:
            raise Http404(error.detail) from error

    return sealed(wrapped)


def polled(view: Callable[..., HttpResponseBase]) -> Callable[..., HttpResponseBase]:
    """For what a page asks for again and again: where the login is over, it stops to ask, and shows what it has."""

    @wraps(view)
    def wrapped(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        answer = view(request, *args, **kwargs)
        if not request.headers.get("HX-Request") or answer.status_code != FOUND:
            return answer
        return HttpResponse(status=STOP_POLLING, headers={"HX-Reswap": "none"})

    return wrapped


def administrator(view: Callable[Concatenate[HttpRequest, User, P], HttpResponse]) -> Callable[..., HttpResponseBase]:
    """For who administers Parley; for everybody else there is no such page."""

    def wrapped(request: HttpRequest, user: User, /, *args: P.args, **kwargs: P.kwargs) -> HttpResponse:
        if not user.sees_all:
            raise Http404
        return view(request, user, *args, **kwargs)

    return wraps(view)(member(wrapped))


def colleague(view: Callable[Concatenate[HttpRequest, User, P], HttpResponse]) -> Callable[..., HttpResponseBase]:
    """For who belongs to a company. An administrator, who belongs to none, is told how to act for one."""

    def wrapped(request: HttpRequest, user: User, /, *args: P.args, **kwargs: P.kwargs) -> HttpResponse:
        if user.company_id is None:
            return show(request, "web/app/of_no_company.html", status=403)
        return view(request, user, *args, **kwargs)

    return wraps(view)(member(wrapped))


def guarded(view: Callable[..., HttpResponseBase]) -> Callable[..., HttpResponseBase]:
    """The same for a view of django-allauth, which finds the user by itself."""

    @wraps(view)
    def wrapped(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        user = request.user
        if not isinstance(user, User) or not may_enter(user):
            return to_login(request)
        return view(request, *args, **kwargs)

    return sealed(wrapped)


def to_login(request: HttpRequest) -> HttpResponse:
    """Ask to log in, and then go on where somebody wanted to; a form that was sent is not sent again."""
    if request.user.is_authenticated:  # else the session holds the first half of a login, or nothing
        logout(request)
    answer = redirect_to_login(request.get_full_path() if request.method == "GET" else "/")
    if request.method == "GET" or not request.headers.get("HX-Request"):
        return answer
    return HttpResponse(status=204, headers={"HX-Redirect": answer["Location"]})  # the whole page, not a part of it


def show(
    request: HttpRequest, template: str, values: dict[str, Any] | None = None, *, status: int = 200
) -> HttpResponse:
    """A page."""
    return render(request, template, values or {}, status=status)


def tell(request: HttpRequest, text: str, *, undo: str = "") -> None:
    """Say on the next page what has been done; ``undo`` is the address whose POST takes it back."""
    messages.success(request, text, extra_tags=undo)


def tell_refusal(request: HttpRequest, text: str) -> None:
    """Say on the next page what could not be done, and why."""
    messages.error(request, text)


def back(request: HttpRequest, otherwise: str) -> HttpResponseRedirect:
    """To the page of Parley that the form names as ``next``, where it names one; never to another site."""
    wanted = request.POST.get("next", "")
    is_ours = wanted.startswith("/") and url_has_allowed_host_and_scheme(wanted, allowed_hosts=None)
    return redirect(wanted if is_ours else otherwise)


def page_of(request: HttpRequest, rows: "QuerySet[Any]", *, size: int = 50) -> "Page[Any]":
    """The page of the list that ``?page=`` names, else the nearest there is: shown by ``web/app/paging.html``."""
    return Paginator(rows, size).get_page(request.GET.get("page"))
