"""Colleagues: who they are, what they may, and inviting more."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST

from parley.core.errors import DomainError
from parley.organizations.logins import count_invitation
from parley.organizations.models import User
from parley.organizations.operations.users import add_user, invite_again, update_user
from parley.web.app import back, page_of, tell, tell_refusal
from parley.web.settings.forms import InviteForm, MemberForm
from parley.web.settings.pages import kept, manager, page

HERE = "app-settings-members"


@manager
@require_http_methods(["GET", "HEAD", "POST"])
def members(request: HttpRequest, user: User) -> HttpResponse:
    """All of them, those without access last; and a form that invites one more."""
    form = InviteForm(request.POST or None)
    if form.is_valid() and not _is_too_often(user, form) and kept(form, lambda: _invite(user, form)):
        tell(request, f"An invitation to {form.cleaned_data['email']} is on its way.")
        return redirect(HERE)
    rows = User.objects.visible_to(user).order_by("-is_active", "full_name", "pk")
    values = {"form": form, "page": page_of(request, rows)}
    return page(request, user, "members", values, here=HERE, status=400 if form.errors else 200)


@manager
@require_http_methods(["GET", "HEAD", "POST"])
def change(request: HttpRequest, user: User, pk: int) -> HttpResponse:
    """Name and role; the address only before somebody has joined."""
    member = User.objects.get_queryset().seen_by(user, pk=pk, thing="user")
    initial = {"full_name": member.full_name, "email": member.email, "role": member.role}
    form = MemberForm(request.POST or None, initial=initial, has_joined=member.invited_at is None)
    if kept(form, lambda: update_user(user_id=pk, actor=user, now=timezone.now(), **form.cleaned_data)):
        tell(request, f"{form.cleaned_data['full_name']} is saved.")
        return redirect(HERE)
    values = {"form": form, "title": member.full_name, "back": reverse(HERE), "member": member}
    return page(request, user, "form", values, here=HERE, status=400 if form.errors else 200)


@manager
@require_POST
def access(request: HttpRequest, user: User, pk: int) -> HttpResponse:
    """Let somebody in, or no longer."""
    member = User.objects.get_queryset().seen_by(user, pk=pk, thing="user")
    lets_in = request.POST.get("let_in") == "1" if "let_in" in request.POST else not member.is_active
    try:
        update_user(user_id=pk, is_active=lets_in, actor=user, now=timezone.now())
    except DomainError as error:
        tell_refusal(request, error.detail)
        return back(request, reverse(HERE))
    undo = reverse("app-member-access", args=[pk])
    done = "has access again" if lets_in else "has no access any more, and all their tokens have ended"
    tell(request, f"{member.full_name} {done}.", undo=undo)
    return back(request, reverse(HERE))


@manager
@require_POST
def again(request: HttpRequest, user: User, pk: int) -> HttpResponse:
    """Send the invitation once more."""
    member = User.objects.get_queryset().seen_by(user, pk=pk, thing="user")
    if (wait := count_invitation(user.company_id, now=timezone.now())) is not None:
        tell_refusal(request, _too_often(wait))
        return back(request, reverse(HERE))
    try:
        invite_again(user_id=pk, actor=user, now=timezone.now())
        tell(request, f"Another invitation to {member.email} is on its way; the one before has ended.")
    except DomainError as error:
        tell_refusal(request, error.detail)
    return back(request, reverse(HERE))


def _invite(user: User, form: InviteForm) -> None:
    add_user(company_id=user.company_id, password=None, actor=user, now=timezone.now(), **form.cleaned_data)


def _is_too_often(user: User, form: InviteForm) -> bool:
    wait = count_invitation(user.company_id, now=timezone.now())
    if wait is not None:
        form.add_error(None, _too_often(wait))
    return wait is not None


def _too_often(wait: int) -> str:
    return f"Too many invitations within an hour: try again in {-(-wait // 60)} minutes."
