"""Registering a company, and its first steps."""

from django.conf import settings
from django.contrib.auth import login
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_safe

from parley.core.addresses import client_address
from parley.core.errors import DomainError
from parley.core.throttling import Rate, count
from parley.interviews.queries import progress
from parley.organizations.models import User
from parley.organizations.operations.companies import register_company
from parley.web.app import colleague, show
from parley.web.start.forms import RegisterForm


@sensitive_post_parameters()
@require_http_methods(["GET", "HEAD", "POST"])
def register(request: HttpRequest) -> HttpResponse:
    """A new company; who made it is logged in at once."""
    if not settings.PARLEY_REGISTRATION:
        raise Http404
    if request.method == "POST" and (wait := _attempts(request)) is not None:
        answer = show(request, "web/app/error.html", {"status": 429, "wait": wait}, status=429)
        answer["Retry-After"] = str(wait)
        return answer
    form = RegisterForm(request.POST or None)
    user = _made(form) if form.is_valid() else None
    if user is None:
        return show(request, "web/app/start/register.html", {"form": form}, status=400 if form.errors else 200)
    login(request, user, backend="django.contrib.auth.backends.ModelBackend")
    return redirect("app-start")


@colleague
@require_safe
def start(request: HttpRequest, user: User) -> HttpResponse:
    """What is done of the first steps, and what is next."""
    done = progress(user)
    steps = {"week": done.has_slots, "job": done.has_job, "candidate": done.has_candidate, "invited": done.has_invited}
    following = next((name for name, is_done in steps.items() if not is_done), "")
    return show(request, "web/app/start/start.html", {"steps": steps, "next": following})


def _made(form: RegisterForm) -> User | None:
    values = {name: value for name, value in form.cleaned_data.items() if name != "repeated"}
    try:
        return register_company(now=timezone.now(), **values)
    except DomainError as error:
        form.refuse(error)
        return None


def _attempts(request: HttpRequest) -> int | None:
    """Counts together with the API's registrations."""
    rate = Rate.parse(settings.PARLEY_THROTTLE["register"])
    return count(f"register:{client_address(request)}", rate=rate, now=timezone.now())
