"""What the pages of the settings share: their menu, who may open them, how a form is kept."""

from collections.abc import Callable
from functools import wraps
from typing import Any, Concatenate, ParamSpec

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.urls import NoReverseMatch, reverse

from parley.core.errors import DomainError, Forbidden, NotFound
from parley.organizations.models import Company, User
from parley.organizations.operations.users import manages_people
from parley.web.app import colleague, show
from parley.web.forms import OperationForm

P = ParamSpec("P")
OF_THE_COMPANY = {
    "app-settings": "Company",
    "app-settings-scheduling": "Scheduling",
    "app-settings-mails": "Mails",
    "app-settings-branding": "Branding and embedding",
    "app-settings-privacy": "Data protection",
    "app-settings-members": "Members",
    "app-settings-webhooks": "Webhooks",
}
ONES_OWN = {
    "app-settings-notifications": "Notifications",
    "app-settings-feeds": "Calendar feeds",
    "app-settings-tokens": "API tokens",
    "mfa_index": "Security",
}


def manager(view: Callable[Concatenate[HttpRequest, User, P], HttpResponse]) -> Callable[..., HttpResponseBase]:
    """For those who manage their company; others are told that they do not."""

    def wrapped(request: HttpRequest, user: User, /, *args: P.args, **kwargs: P.kwargs) -> HttpResponse:
        if not manages_people(user):
            raise PermissionDenied
        return view(request, user, *args, **kwargs)

    return wraps(view)(colleague(wrapped))


def page(
    request: HttpRequest, user: User, template: str, values: dict[str, Any], *, here: str, status: int = 200
) -> HttpResponse:
    """A page of the settings with their menu; ``here`` is the entry that it belongs to."""
    groups = {"Company": OF_THE_COMPANY} if manages_people(user) else {}
    menu = {
        title: [(reverse(name), text, name == here) for name, text in entries.items() if _is_there(name)]
        for title, entries in (groups | {"Yours": ONES_OWN}).items()
    }
    shown = {"here": "app-settings", "menu": menu, **values}
    return show(request, f"web/app/settings/{template}.html", shown, status=status)


def _is_there(name: str) -> bool:
    try:
        reverse(name)
    except NoReverseMatch:
        return False
    return True


def kept(form: OperationForm, act: Callable[[], object]) -> bool:
    """Do what a valid form asks for; a refusal is shown in the form."""
    if not form.is_valid():
        return False
    try:
        act()
    except (Forbidden, NotFound):
        raise
    except DomainError as error:
        form.refuse(error)
        return False
    return True


def company_of(user: User) -> Company:
    """The company of a colleague."""
    assert user.company is not None  # noqa: S101 (a colleague has one)
    return user.company
