"""The pages."""

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters, sensitive_variables
from django.views.decorators.http import require_http_methods, require_safe

from parley.core.addresses import client_address
from parley.core.errors import DomainError
from parley.core.throttling import Rate, count
from parley.organizations.models import User
from parley.organizations.operations.users import accept_invitation
from parley.organizations.queries import invited_user
from parley.web import mailbox
from parley.web.forms import JoinForm
from parley.web.pages import page


@never_cache
@sensitive_post_parameters()
@sensitive_variables("token")
@require_http_methods(["GET", "HEAD", "POST"])
def join(request: HttpRequest, token: str) -> HttpResponse:
    """An invited colleague chooses a password; the link is that of the invitation's e-mail."""
    wait = _too_often(request) if request.method == "POST" else None
    if wait is not None:
        response = page(request, "web/too_often.html", {"wait": wait}, status=429)
        response["Retry-After"] = str(wait)
        return response
    user = invited_user(token)
    if user is None:
        return page(request, "web/join_invalid.html", status=404)
    if request.method != "POST":
        return _form(request, user, JoinForm(initial={"full_name": user.full_name}))
    form = JoinForm(request.POST)
    if form.is_valid() and _accept(form, token):
        return redirect("joined")
    return _form(request, user, form, status=400)


@never_cache
@require_safe
def joined(request: HttpRequest) -> HttpResponse:
    """What comes after joining."""
    return page(request, "web/joined.html", {"base_url": settings.PARLEY_BASE_URL})


@never_cache
@require_safe
def mails(request: HttpRequest) -> HttpResponse:
    """The mails that were written to files."""
    if not mailbox.is_open(request.META.get("REMOTE_ADDR", "")):
        raise Http404
    return page(request, "web/mailbox.html", {"mails": mailbox.latest()})


def _accept(form: JoinForm, token: str) -> bool:
    try:
        accept_invitation(
            token=token,
            password=form.cleaned_data["password"],
            full_name=form.cleaned_data["full_name"],
            now=timezone.now(),
        )
    except DomainError as error:
        form.refuse(error)
        return False
    return True


def _too_often(request: HttpRequest) -> int | None:
    """Counts an attempt, together with those through the API; the seconds to wait after too many."""
    rate = Rate.parse(settings.PARLEY_THROTTLE["register"])
    return count(f"accept:{client_address(request)}", rate=rate, now=timezone.now())


def _form(request: HttpRequest, user: User, form: JoinForm, *, status: int = 200) -> HttpResponse:
    where = user.company.name if user.company else "Parley"
    return page(request, "web/join.html", {"form": form, "email": user.email, "where": where}, status=status)
