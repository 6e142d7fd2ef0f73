"""Companies: all of them, one page each, new, changed, switched off and on."""

from dataclasses import asdict, dataclass
from decimal import Decimal
from typing import Any

from django.db.models import Q
from django.db.models.functions import Lower
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from parley.core.errors import DomainError
from parley.core.models import Event
from parley.interviews.usage import counts_of
from parley.llm.operations import set_budget
from parley.llm.queries import limits_of, month_of, used_since
from parley.llm.rules.costs import MICROS
from parley.organizations.models import Company, User
from parley.organizations.operations.companies import open_company, update_company
from parley.web.app import administrator, back, page_of, show, tell, tell_refusal
from parley.web.choices import search_of
from parley.web.platform.forms import BudgetForm, CompanyForm, NewCompanyForm
from parley.web.platform.words import lines_of

HERE = {"here": "app-companies"}
STATES = {"": "All", "active": "Active", "inactive": "Inactive"}
LATEST_READ, LATEST_SHOWN = 200, 25
MOST_MEMBERS = 100
form_methods = require_http_methods(["GET", "HEAD", "POST"])


@dataclass(frozen=True)
class Line:
    """A company in the list."""

    company: Company
    counts: dict[str, int]


@administrator
@require_safe
def companies(request: HttpRequest, user: User) -> HttpResponse:
    """A page of them by name, with what they use; nine statements, whatever their number."""
    search, state = search_of(request), request.GET.get("state", "")
    state = state if state in STATES else ""
    rows = Company.objects.visible_to(user).order_by(Lower("name"), "pk")
    if search:
        rows = rows.filter(Q(name__icontains=search) | Q(email__icontains=search))
    if state:
        rows = rows.filter(is_active=state == "active")
    page = page_of(request, rows)
    counts = counts_of([company.pk for company in page])
    values = {
        "page": page,
        "lines": [Line(company, counts[company.pk]) for company in page],
        "search": search,
        "state": state,
        "states": STATES,
    }
    return show(request, "web/app/platform/companies.html", values | HERE)


@administrator
@require_safe
def company(request: HttpRequest, user: User, pk: int) -> HttpResponse:
    """One: its facts, its members, what it uses, and what happened last."""
    shown = Company.objects.seen_by(user, pk=pk, thing="company")
    events = Event.objects.filter(company_id=pk).order_by("-id")[:LATEST_READ]
    members = list(shown.users.order_by("-is_active", Lower("full_name"), "pk")[: MOST_MEMBERS + 1])
    values = {
        "company": shown,
        "counts": counts_of([pk])[pk],
        "ai": _ai(shown),
        "members": members[:MOST_MEMBERS],
        "has_more": len(members) > MOST_MEMBERS,
        "events": lines_of(list(events), shown.zone, most=LATEST_SHOWN),
    }
    return show(request, "web/app/platform/company.html", values | HERE)


@administrator
@form_methods
def new_company(request: HttpRequest, user: User) -> HttpResponse:
    """Make one, and invite its first member."""
    form = NewCompanyForm(request.POST or None)
    if form.is_valid():
        try:
            made = open_company(**form.cleaned_data, actor=user, now=timezone.now())
        except DomainError as error:
            form.refuse(error)
        else:
            invited = form.cleaned_data["member_email"]
            tell(request, f"{made.name} is made, and an invitation to {invited} is on its way.")
            return redirect("app-company", pk=made.pk)
    return _form(request, form, None)


@administrator
@form_methods
def edit_company(request: HttpRequest, user: User, pk: int) -> HttpResponse:
    """Change name, address or zone."""
    shown = Company.objects.seen_by(user, pk=pk, thing="company")
    initial = {"name": shown.name, "email": shown.email, "timezone": shown.timezone}
    form = CompanyForm(request.POST or None, initial=initial)
    if form.is_valid():
        try:
            update_company(company_id=pk, actor=user, now=timezone.now(), **form.cleaned_data)
        except DomainError as error:
            form.refuse(error)
        else:
            tell(request, "The company is saved.")
            return redirect("app-company", pk=pk)
    return _form(request, form, shown)


@administrator
@form_methods
def budget(request: HttpRequest, user: User, pk: int) -> HttpResponse:
    """What it may use of language models."""
    shown = Company.objects.seen_by(user, pk=pk, thing="company")
    limits = limits_of(pk)
    dollars = None if limits.monthly_cost_micros is None else Decimal(limits.monthly_cost_micros) / MICROS
    initial = asdict(limits) | {"monthly_dollars": dollars}
    form = BudgetForm(request.POST or None, initial=initial)
    if form.is_valid():
        try:
            set_budget(company_id=pk, limits=form.limits, actor=user, now=timezone.now())
        except DomainError as error:
            form.refuse(error)
        else:
            tell(request, "The budget is saved.")
            return redirect("app-company", pk=pk)
    values = {"form": form, "company": shown}
    page = "web/app/platform/budget_form.html"
    return show(request, page, values | HERE, status=400 if form.errors else 200)


@administrator
@require_POST
def access(request: HttpRequest, user: User, pk: int) -> HttpResponse:
    """Switch a company off or on; without ``active``, back to what it was not."""
    shown = Company.objects.seen_by(user, pk=pk, thing="company")
    is_on = request.POST["active"] == "1" if "active" in request.POST else not shown.is_active
    try:
        update_company(company_id=pk, is_active=is_on, actor=user, now=timezone.now())
    except DomainError as error:
        tell_refusal(request, error.detail)
    else:
        done = "is active again: its people, tokens and links work as before" if is_on else _SWITCHED_OFF
        tell(request, f"{shown.name} {done}.", undo=reverse("app-company-access", args=[pk]))
    return back(request, reverse("app-company", args=[pk]))


def _ai(company: Company) -> list[tuple[str, str]]:
    """What it has used of language models this month, and may use; in words."""
    limits, used = limits_of(company.pk), used_since(company.pk, month_of(timezone.now(), company.zone))
    tokens = f"{used.tokens:,}" + ("" if limits.monthly_tokens is None else f" of {limits.monthly_tokens:,}")
    most = limits.monthly_cost_micros
    dollars = f"{used.cost_micros / MICROS:,.2f}" + ("" if most is None else f" of {most / MICROS:,.2f}")
    at_once = "No limit" if limits.concurrent_sessions is None else f"{limits.concurrent_sessions:,}"
    return [("Tokens this month", tokens), ("US dollars this month", dollars), ("Interviews at once", at_once)]


_SWITCHED_OFF = "is inactive: nobody of it can log in, its tokens, feeds and links of candidates do not open"


def _form(request: HttpRequest, form: CompanyForm, company: Company | None) -> HttpResponse:
    values: dict[str, Any] = {"form": form, "company": company}
    return show(request, "web/app/platform/company_form.html", values | HERE, status=400 if form.errors else 200)
