"""Acting as a user, and stopping to."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.views.decorators.http import require_POST

from parley.core.errors import DomainError
from parley.organizations.models import User
from parley.organizations.operations.impersonation import begin_impersonation
from parley.web import acting
from parley.web.app import administrator, member, tell
from parley.web.platform.forms import ActForm
from parley.web.platform.users import page_of_user


@administrator
@require_POST
def act(request: HttpRequest, user: User, pk: int) -> HttpResponse:
    """Be this user from the next page on; why not is said beside the form."""
    form = ActForm(request.POST)
    if form.is_valid():
        try:
            begun = begin_impersonation(user_id=pk, reason=form.cleaned_data["reason"], actor=user, now=timezone.now())
        except DomainError as error:
            form.refuse(error)
        else:
            acting.begin(request, begun)
            return redirect("home")
    return page_of_user(request, user, pk, form)


@member
@require_POST
def stop(request: HttpRequest, user: User) -> HttpResponse:
    """Be the administrator again, on the page of who was acted as."""
    found = acting.acting_of(request)
    if found is None:
        return redirect("home")
    acting.end(request, found, why="stopped", actor=found.admin)
    tell(request, f"You are yourself again, and do not act as {found.user.full_name} any more.")
    return redirect("app-user", pk=found.user_id)
