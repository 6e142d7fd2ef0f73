"""Users: all of them, one page each, and what is done for their security."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any
from zoneinfo import ZoneInfo

from allauth.mfa.models import Authenticator
from django.db.models import Exists, OuterRef, Q, QuerySet
from django.db.models.functions import Lower
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST, require_safe
from knox.models import AuthToken

from parley.core.errors import DomainError
from parley.core.models import Event
from parley.organizations.models import ApiToken, Impersonation, Role, User
from parley.organizations.operations.security import end_logins, reset_second_factor, send_password_mail
from parley.organizations.operations.users import add_user, invite_again, update_user
from parley.web.app import administrator, back, page_of, show, tell, tell_refusal
from parley.web.choices import number_of, search_of
from parley.web.platform.forms import ActForm, NewUserForm, UserForm, companies_to_choose
from parley.web.platform.words import lines_of

HERE = {"here": "app-users"}
ROLES = {"": "Any role"} | dict(Role.choices)
STATES = {"": "Any", "active": "Has access", "invited": "Invited", "inactive": "No access"}
LATEST_READ, LATEST_SHOWN = 100, 40
MOST_ACTED = 10
form_methods = require_http_methods(["GET", "HEAD", "POST"])


@dataclass(frozen=True)
class Filter:
    """What the list is narrowed by."""

    search: str
    role: str
    company_id: int | None
    state: str

    @classmethod
    def of(cls, request: HttpRequest) -> "Filter":
        """From the address; what cannot be meant narrows nothing."""
        role, state = request.GET.get("role", ""), request.GET.get("state", "")
        return cls(
            search=search_of(request),
            role=role if role in ROLES else "",
            company_id=number_of(request.GET.get("company", "")),
            state=state if state in STATES else "",
        )

    @property
    def is_narrow(self) -> bool:
        """Whether it leaves anybody out."""
        return bool(self.search or self.role or self.company_id or self.state)

    def rows(self, user: User) -> QuerySet[User]:
        """Whom it finds, with ``has_factor``."""
        factor = Exists(Authenticator.objects.filter(user_id=OuterRef("pk"), type=Authenticator.Type.TOTP))
        found = User.objects.visible_to(user).select_related("company").annotate(has_factor=factor)
        if self.search:
            found = found.filter(Q(full_name__icontains=self.search) | Q(email__icontains=self.search))
        if self.role:
            found = found.filter(role=self.role)
        if self.company_id:
            found = found.filter(company_id=self.company_id)
        return found.filter(_STATE_IS[self.state]).order_by(Lower("full_name"), "pk")


_STATE_IS = {
    "": Q(),
    "active": Q(is_active=True, invited_at__isnull=True),
    "invited": Q(is_active=True, invited_at__isnull=False),
    "inactive": Q(is_active=False),
}


@administrator
@require_safe
def users(request: HttpRequest, user: User) -> HttpResponse:
    """A page of them by name; a constant number of statements."""
    wanted = Filter.of(request)
    values = {
        "page": page_of(request, wanted.rows(user)),
        "wanted": wanted,
        "roles": ROLES,
        "states": STATES,
        "companies": companies_to_choose(),
    }
    return show(request, "web/app/platform/users.html", values | HERE)


@administrator
@require_safe
def one(request: HttpRequest, user: User, pk: int) -> HttpResponse:
    """One: the facts, and what happened last."""
    return page_of_user(request, user, pk, ActForm())


@administrator
@form_methods
def new_user(request: HttpRequest, user: User) -> HttpResponse:
    """Invite somebody: into a company, or as another administrator."""
    form = NewUserForm(request.POST or None, initial={"company": request.GET.get("company", "")})
    if form.is_valid():
        asked = dict(form.cleaned_data)
        try:
            made = add_user(company_id=asked.pop("company"), password=None, actor=user, now=timezone.now(), **asked)
        except DomainError as error:
            form.refuse(error)
        else:
            tell(request, f"An invitation to {made.email} is on its way.")
            return redirect("app-user", pk=made.pk)
    return _form(request, form, None)


@administrator
@form_methods
def edit_user(request: HttpRequest, user: User, pk: int) -> HttpResponse:
    """Change name and role; the address only before somebody has joined."""
    shown = _shown(user, pk)
    initial = {"full_name": shown.full_name, "email": shown.email, "role": shown.role}
    has_joined = shown.invited_at is None
    form = UserForm(request.POST or None, initial=initial, is_admin=shown.sees_all, has_joined=has_joined)
    if form.is_valid():
        try:
            update_user(user_id=pk, actor=user, now=timezone.now(), **form.cleaned_data)
        except DomainError as error:
            form.refuse(error)
        else:
            tell(request, f"{form.cleaned_data['full_name']} is saved.")
            return redirect("app-user", pk=pk)
    return _form(request, form, shown)


@administrator
@require_POST
def access(request: HttpRequest, user: User, pk: int) -> HttpResponse:
    """Let somebody in, or no longer; without ``let_in``, back to what was not."""
    shown = _shown(user, pk)
    lets_in = request.POST["let_in"] == "1" if "let_in" in request.POST else not shown.is_active
    done = "has access again" if lets_in else "has no access any more, and all their tokens have ended"

    def act() -> str:
        update_user(user_id=pk, is_active=lets_in, actor=user, now=timezone.now())
        return f"{shown.full_name} {done}."

    return _done(request, pk, act, undo=reverse("app-user-access", args=[pk]))


@administrator
@require_POST
def invite(request: HttpRequest, user: User, pk: int) -> HttpResponse:
    """Send the invitation once more."""
    shown = _shown(user, pk)

    def act() -> str:
        invite_again(user_id=pk, actor=user, now=timezone.now())
        return f"Another invitation to {shown.email} is on its way; the one before has ended."

    return _done(request, pk, act)


@administrator
@require_POST
def password(request: HttpRequest, user: User, pk: int) -> HttpResponse:
    """Mail the way to a new password."""
    shown = _shown(user, pk)

    def act() -> str:
        send_password_mail(user_id=pk, actor=user, now=timezone.now())
        return f"An e-mail to {shown.email} is on its way; its link is good for an hour."

    return _done(request, pk, act)


@administrator
@require_POST
def logins(request: HttpRequest, user: User, pk: int) -> HttpResponse:
    """End all sessions and tokens."""
    shown = _shown(user, pk)

    def act() -> str:
        ended = end_logins(user_id=pk, actor=user, now=timezone.now())
        tokens = f"{ended} token{'' if ended == 1 else 's'}"
        return f"All sessions of {shown.full_name} have ended, and {tokens}. A new login is possible."

    return _done(request, pk, act)


@administrator
@require_POST
def factor(request: HttpRequest, user: User, pk: int) -> HttpResponse:
    """Take the second factor from who has lost it."""
    shown = _shown(user, pk)

    def act() -> str:
        reset_second_factor(user_id=pk, actor=user, now=timezone.now())
        return f"{shown.full_name} logs in with the password alone until another second factor is set up."

    return _done(request, pk, act)


def page_of_user(request: HttpRequest, user: User, pk: int, form: ActForm) -> HttpResponse:
    """The page of one user, with the form for acting as them."""
    shown = _shown(user, pk)
    about = Event.objects.filter(object_type="user", object_id=str(pk)).order_by("-id")[:LATEST_READ]
    zone = shown.company.zone if shown.company else ZoneInfo("UTC")
    values: dict[str, Any] = {
        "shown": shown,
        "factor": Authenticator.objects.filter(user_id=pk, type=Authenticator.Type.TOTP).first(),
        "tokens": AuthToken.objects.filter(user_id=pk).count(),
        "named": ApiToken.objects.filter(token__user_id=pk).count(),
        "acted": Impersonation.objects.filter(user_id=pk).select_related("admin")[:MOST_ACTED],
        "events": lines_of(list(about), zone, most=LATEST_SHOWN),
        "zone": str(zone),
        "form": form,
        "may_act": _may_be_acted_as(shown),
    }
    return show(request, "web/app/platform/user.html", values | HERE, status=400 if form.errors else 200)


def _may_be_acted_as(shown: User) -> bool:
    return bool(shown.company and shown.company.is_active and shown.is_active and shown.invited_at is None)


def _shown(user: User, pk: int) -> User:
    rows = User.objects.get_queryset().select_related("company")
    return rows.seen_by(user, pk=pk, thing="user")


def _done(request: HttpRequest, pk: int, act: Callable[[], str], *, undo: str = "") -> HttpResponse:
    """Do it, and say on the user's page what has become of it, or why it was refused."""
    try:
        tell(request, act(), undo=undo)
    except DomainError as error:
        tell_refusal(request, error.detail)
    return back(request, reverse("app-user", args=[pk]))


def _form(request: HttpRequest, form: Any, shown: User | None) -> HttpResponse:
    values = {"form": form, "shown": shown}
    return show(request, "web/app/platform/user_form.html", values | HERE, status=400 if form.errors else 200)
