"""The company itself, and what its candidates may do."""

from dataclasses import asdict

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from parley.interviews import queries
from parley.interviews.operations.policies import update_policy
from parley.organizations.models import User
from parley.organizations.operations.companies import update_company
from parley.organizations.operations.users import manages_people
from parley.web.app import colleague, tell
from parley.web.settings.forms import CompanyForm, SchedulingForm
from parley.web.settings.pages import company_of, kept, manager, page


@colleague
@require_http_methods(["GET", "HEAD", "POST"])
def company(request: HttpRequest, user: User) -> HttpResponse:
    """Name, address and zone. Who does not manage the company starts with what is their own."""
    if not manages_people(user):
        return redirect("app-settings-notifications")
    own = company_of(user)
    initial = {"name": own.name, "email": own.email, "timezone": own.timezone}
    form = CompanyForm(request.POST or None, initial=initial)
    if kept(form, lambda: update_company(company_id=own.pk, actor=user, now=timezone.now(), **form.cleaned_data)):
        tell(request, "The company is saved.")
        return redirect("app-settings")
    values = {"form": form, "title": "Company"}
    return page(request, user, "form", values, here="app-settings", status=400 if form.errors else 200)


@manager
@require_http_methods(["GET", "HEAD", "POST"])
def scheduling(request: HttpRequest, user: User) -> HttpResponse:
    """Cutoff, notice, horizon, and what happens when a time falls away."""
    own = company_of(user)
    form = SchedulingForm(request.POST or None, initial=asdict(queries.policy_of(own.pk)))
    if kept(form, lambda: update_policy(company_id=own.pk, fields=form.cleaned_data, actor=user, now=timezone.now())):
        tell(request, "Scheduling is saved. It holds from now on.")
        return redirect("app-settings-scheduling")
    values = {"form": form, "title": "Scheduling"}
    return page(request, user, "form", values, here="app-settings-scheduling", status=400 if form.errors else 200)
