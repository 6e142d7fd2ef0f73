"""The way in and out: the start page, logging out, a new password where the old one is forgotten."""

import hashlib

from allauth.account.adapter import get_adapter
from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.views.decorators.debug import sensitive_post_parameters, sensitive_variables
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from parley.core.addresses import client_address
from parley.core.emails import canonical_email
from parley.core.errors import DomainError
from parley.core.throttling import Rate, count
from parley.interviews.queries import progress
from parley.organizations.models import User
from parley.organizations.operations.passwords import ask_for_new_password, choose_new_password
from parley.organizations.queries import resetting_user
from parley.web.acting import acting_of, end
from parley.web.app import member, sealed, show
from parley.web.forms import ForgottenForm, NewPasswordForm

MAILS_TO_ONE = Rate(5, 3600)


@member
@require_safe
def home(request: HttpRequest, user: User) -> HttpResponse:
    """Where people start: in the calendar, a company that has published nothing yet at its first steps.

    Who administers all companies starts with them.
    """
    if user.company_id is None:
        return redirect("app-companies")
    return redirect("app-calendar" if progress(user).has_slots else "app-start")


@sealed
@require_POST
def leave(request: HttpRequest) -> HttpResponse:
    """Log out; whoever acts as somebody else stops doing so."""
    if (found := acting_of(request)) is not None:
        end(request, found, why="logged_out", actor=found.admin)
    get_adapter().logout(request)
    return redirect("account_login")


@sealed
@require_http_methods(["GET", "HEAD", "POST"])
def forgotten(request: HttpRequest) -> HttpResponse:
    """Ask for a new password: the answer is the same whether there is such a user or not."""
    form = ForgottenForm(request.POST or None)
    if request.method != "POST" or not form.is_valid():
        return show(request, "web/app/forgotten.html", {"form": form}, status=400 if form.errors else 200)
    if (wait := _attempts(request)) is not None:
        return _too_often(request, wait)
    if _mails_to(form.cleaned_data["email"]) is None:
        ask_for_new_password(email=form.cleaned_data["email"])
    return show(request, "web/app/forgotten.html", {"sent": True})


@sealed
@sensitive_post_parameters()
@sensitive_variables("token")
@require_http_methods(["GET", "HEAD", "POST"])
def new_password(request: HttpRequest, token: str) -> HttpResponse:
    """Choose a new password; the link is that of the e-mail."""
    if request.method == "POST" and (wait := _attempts(request)) is not None:
        return _too_often(request, wait)
    user = resetting_user(token)
    if user is None:
        return show(request, "web/app/new_password.html", {"is_over": True}, status=404)
    form = NewPasswordForm(request.POST or None)
    if request.method == "POST" and form.is_valid() and _choose(form, token):
        return show(request, "web/app/new_password.html", {"is_done": True})
    status = 400 if form.errors else 200
    return show(request, "web/app/new_password.html", {"form": form, "email": user.email}, status=status)


def _choose(form: NewPasswordForm, token: str) -> bool:
    try:
        choose_new_password(token=token, password=form.cleaned_data["password"], now=timezone.now())
    except DomainError as error:
        form.refuse(error)
        return False
    return True


def _attempts(request: HttpRequest) -> int | None:
    rate = Rate.parse(settings.PARLEY_THROTTLE["register"])
    return count(f"reset:{client_address(request)}", rate=rate, now=timezone.now())


def _mails_to(email: str) -> int | None:
    """Counts the mails to one address: nobody's mailbox is filled from here."""
    account = hashlib.sha256(canonical_email(email).encode()).hexdigest()[:32]
    return count(f"reset-to:{account}", rate=MAILS_TO_ONE, now=timezone.now())


def _too_often(request: HttpRequest, wait: int) -> HttpResponse:
    answer = show(request, "web/app/error.html", {"status": 429, "wait": wait}, status=429)
    answer["Retry-After"] = str(wait)
    return answer
