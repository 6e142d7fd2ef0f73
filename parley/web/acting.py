"""An administrator who acts as a user: the session names the impersonation, whose row decides at each request."""

from collections.abc import Callable
from contextlib import suppress
from datetime import datetime
from typing import Any
from uuid import UUID

from django.conf import settings
from django.contrib.auth import logout
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.middleware.csrf import rotate_token
from django.shortcuts import redirect
from django.utils import timezone

from parley.core.acting import acting
from parley.core.actors import SYSTEM, Actor
from parley.organizations.logins import may_enter
from parley.organizations.models import Impersonation, User
from parley.organizations.operations.impersonation import end_impersonation
from parley.web.app import sealed, show, tell_refusal

KEY = "impersonation"
_CHANGES = frozenset({"POST", "PUT", "PATCH", "DELETE"})
_ALL = _CHANGES | {"GET", "HEAD"}
# What is left to the user in person: everything by which an hour could become for ever. By the names of the addresses.
_SECURITY = (
    *("mfa_index", "mfa_activate_totp", "mfa_deactivate_totp", "mfa_view_recovery_codes"),
    *("mfa_generate_recovery_codes", "mfa_reauthenticate", "account_reauthenticate"),
    *("account_reset_password", "new-password"),
)
_MAKES_ACCESS = (
    *("app-settings-tokens", "app-settings-feeds", "app-feed"),
    *("app-settings-webhooks", "app-webhook", "app-webhook-secret"),
    *("app-settings-members", "app-member", "app-member-access", "app-member-invite"),
)
LEFT_TO_THE_USER = dict.fromkeys(_SECURITY, _ALL) | dict.fromkeys(_MAKES_ACCESS, _CHANGES)


class ActingMiddleware:
    """While an administrator acts as a user, requests are that user's, and all events name both."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        """Answer as the user; where that is over, give the administrator back and do nothing else."""
        key = _key_in(request)  # first: to look at the user may empty the session
        if key is None:
            return self.get_response(request)
        found = Impersonation.objects.select_related("admin", "user__company").filter(pk=key).first()
        over = _why_over(found, request, now=timezone.now())
        if found is None or over:
            return _give_back(request, found, over)
        request.user = found.user
        request.acting = found  # type: ignore[attr-defined]  # for the banner of each page
        with acting(found.admin_id):
            return self.get_response(request)

    def process_view(self, request: HttpRequest, *_: Any) -> HttpResponseBase | None:
        """403 that says why, for what is left to the user in person."""
        name = request.resolver_match.url_name if request.resolver_match else None
        if acting_of(request) is None or request.method not in LEFT_TO_THE_USER.get(name or "", ()):
            return None
        return sealed(_refuse)(request)


def acting_of(request: HttpRequest) -> Impersonation | None:
    """As whom, since when and why an administrator acts in this request."""
    found: Impersonation | None = getattr(request, "acting", None)
    return found


def begin(request: HttpRequest, begun: Impersonation) -> None:
    """From the next request on, be the user; no form that is open elsewhere works any more."""
    request.session[KEY] = str(begun.pk)
    _renew(request)


def end(request: HttpRequest, found: Impersonation, *, why: str, actor: Actor) -> None:
    """Be the administrator again; whoever has a copy of the session has nothing."""
    end_impersonation(impersonation_id=found.pk, why=why, actor=actor, now=timezone.now())
    request.session.pop(KEY, None)
    _renew(request)


def _renew(request: HttpRequest) -> None:
    request.session.cycle_key()
    rotate_token(request)


def _key_in(request: HttpRequest) -> UUID | None:
    """What the session names; programs have none."""
    if settings.SESSION_COOKIE_NAME not in request.COOKIES:
        return None
    with suppress(ValueError, TypeError):
        return UUID(request.session.get(KEY))
    return None


def _why_over(found: Impersonation | None, request: HttpRequest, *, now: datetime) -> str:
    """One word where it is over; the administrator is looked at anew each time."""
    admin = request.user
    if found is None or found.ended_at is not None or not isinstance(admin, User) or admin.pk != found.admin_id:
        return "withdrawn"
    if not (admin.is_active and admin.sees_all) or found.user.sees_all or not may_enter(found.user):
        return "withdrawn"
    return "expired" if found.ends_at <= now else ""


def _give_back(request: HttpRequest, found: Impersonation | None, why: str) -> HttpResponseBase:
    admin = request.user
    if found is not None:
        end_impersonation(impersonation_id=found.pk, why=why, actor=SYSTEM, now=timezone.now())
    if not isinstance(admin, User) or found is None or admin.pk != found.admin_id or not admin.sees_all:
        logout(request)
        return _to(request, redirect(settings.LOGIN_URL))
    request.session.pop(KEY, None)
    _renew(request)
    reason = "the hour is over" if why == "expired" else "it was ended"
    tell_refusal(request, f"You do not act as {found.user.full_name} any more: {reason}. Nothing was done just now.")
    return _to(request, redirect("app-user", pk=found.user_id))


def _to(request: HttpRequest, answer: HttpResponse) -> HttpResponse:
    """A page that htmx exchanges only a part of is left as a whole."""
    if request.headers.get("HX-Request"):
        moved = HttpResponse(status=204)
        moved["HX-Redirect"] = answer["Location"]
        return moved
    return answer


def _refuse(request: HttpRequest) -> HttpResponse:
    return show(request, "web/app/acting_refused.html", status=403)
