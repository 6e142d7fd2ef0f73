"""Kits: list, one page each with its questions and its rubric, made, worded anew, archived and brought back."""

from typing import Any
from uuid import UUID

from django.db.models import Max
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from parley.conversations.models import InterviewKit
from parley.conversations.operations.kits import add_version, create_kit, update_kit
from parley.conversations.rules.kits import kit_of
from parley.core.errors import DomainError, NotFound
from parley.organizations.models import User
from parley.organizations.tenancy import CompanyOwnedQuerySet
from parley.web.app import back, colleague, show, tell, tell_refusal
from parley.web.choices import number_of
from parley.web.kits.forms import KitForm, NewKitForm
from parley.web.kits.wording import changed, content_of, errors_of, form_of
from parley.web.moments import Moment

HERE = {"here": "app-kits"}
form_methods = require_http_methods(["GET", "HEAD", "POST"])


@colleague
@require_safe
def kits(request: HttpRequest, user: User) -> HttpResponse:
    """The company's, by name, or those that are archived."""
    is_archived = request.GET.get("state") == "archived"
    rows = _kits(user).filter(is_active=not is_archived).select_related("job").annotate(version=Max("versions__number"))
    values = {"kits": rows.order_by("name", "pk"), "is_archived": is_archived}
    return show(request, "web/app/kits/kits.html", values | HERE)


@colleague
@form_methods
def new_kit(request: HttpRequest, user: User) -> HttpResponse:
    """Make one, as a copy of what Parley ships."""
    form = NewKitForm(request.POST if request.method == "POST" else None, user=user)
    if request.method == "POST" and form.is_valid():
        values = form.cleaned_data
        try:
            made = create_kit(
                company_id=None,
                interview_type=values["interview_type"],
                name=values["name"],
                job_id=values["job"],
                content=None,
                language=values["language"],
                actor=user,
                now=timezone.now(),
            )
        except DomainError as error:
            form.refuse(error)
        else:
            tell(request, f"{made.name} is there. Change its words so that they fit your company.")
            return redirect("app-kit", pk=made.pk)
    return _form(request, form, "A new kit", None)


@colleague
@require_safe
def kit(request: HttpRequest, user: User, pk: UUID) -> HttpResponse:
    """One, in its latest version or in that of ``?version=``."""
    found = _seen(user, pk)
    assert user.company is not None  # noqa: S101 (``colleague`` has looked)
    versions = list(found.versions.select_related("created_by"))
    wanted = number_of(request.GET.get("version", "")) or versions[0].number
    version = next((each for each in versions if each.number == wanted), None)
    if version is None:
        raise NotFound.of("version")
    words = kit_of(version.content)
    names = {each.key: each.name for each in words.criteria}
    values = {
        "kit": found,
        "version": version,
        "is_latest": version == versions[0],
        "words": words,
        "parts": [(part, [names[key] for key in part.criterion_keys]) for part in words.competencies],
        "versions": [(each, Moment.of(each.created_at, user.company.zone)) for each in versions],
        "zone": user.company.zone.key,
    }
    return show(request, "web/app/kits/kit.html", values | HERE)


@colleague
@form_methods
def rename(request: HttpRequest, user: User, pk: UUID) -> HttpResponse:
    """Change name and job."""
    found = _seen(user, pk)
    initial = {"name": found.name, "job": found.job_id}
    form = KitForm(request.POST if request.method == "POST" else None, user=user, initial=initial)
    if request.method == "POST" and form.is_valid():
        fields = {"name": form.cleaned_data["name"], "job_id": form.cleaned_data["job"]}
        try:
            update_kit(kit_id=pk, fields=fields, actor=user, now=timezone.now())
        except DomainError as error:
            form.refuse(error)
        else:
            tell(request, "The changes are saved.")
            return redirect("app-kit", pk=pk)
    return _form(request, form, f"Change {found.name}", found)


@colleague
@form_methods
def reword(request: HttpRequest, user: User, pk: UUID) -> HttpResponse:
    """Word it anew: what is saved is another version. Buttons that add or remove a part save nothing yet."""
    found = _seen(user, pk)
    latest = found.versions.order_by("-number")[0]
    if request.method != "POST":
        return _words(request, found, latest.content, latest.number, {})
    based_on = number_of(request.POST.get("based_on", "")) or latest.number
    content = content_of(request.POST)
    other = changed(content, request.POST.get("do", ""))
    if other is not None:
        return _words(request, found, other, based_on, {})
    try:
        version = add_version(kit_id=pk, content=content, based_on=based_on, actor=user, now=timezone.now())
    except DomainError as error:
        return _words(request, found, content, based_on, errors_of(error))
    if version.number == based_on:
        tell(request, "Nothing has changed, so there is no other version.")
    else:
        tell(request, f"Version {version.number} is saved. Interviews that begin from now on use it.")
    return redirect("app-kit", pk=pk)


@colleague
@require_POST
def archive(request: HttpRequest, user: User, pk: UUID) -> HttpResponse:
    """Take one out of use; interviews that were held by it keep it."""
    found = update_kit(kit_id=pk, fields={"is_active": False}, actor=user, now=timezone.now())
    tell(request, f"{found.name} is archived.", undo=reverse("app-kit-restore", args=[pk]))
    return back(request, reverse("app-kits"))


@colleague
@require_POST
def restore(request: HttpRequest, user: User, pk: UUID) -> HttpResponse:
    """Bring an archived one back."""
    _seen(user, pk)
    try:
        found = update_kit(kit_id=pk, fields={"is_active": True}, actor=user, now=timezone.now())
    except DomainError:
        tell_refusal(request, "Another kit has this name by now. Change one of the names first.")
    else:
        tell(request, f"{found.name} is in use again.", undo=reverse("app-kit-archive", args=[pk]))
    return back(request, reverse("app-kit", args=[pk]))


def _kits(user: User) -> CompanyOwnedQuerySet[InterviewKit]:
    return InterviewKit.objects.visible_to(user).filter(company__isnull=False)


def _seen(user: User, pk: UUID) -> InterviewKit:
    return _kits(user).select_related("job").seen_by(user, pk=pk, thing="kit")


def _form(request: HttpRequest, form: KitForm, title: str, kit: InterviewKit | None) -> HttpResponse:
    values: dict[str, Any] = {"form": form, "title": title, "kit": kit}
    return show(request, "web/app/kits/form.html", values | HERE, status=400 if form.errors else 200)


def _words(
    request: HttpRequest, kit: InterviewKit, content: Any, based_on: int, errors: dict[str, list[str]]
) -> HttpResponse:
    values = {"kit": kit, "based_on": based_on, "has_errors": bool(errors), **form_of(content, errors)}
    return show(request, "web/app/kits/words.html", values | HERE, status=400 if errors else 200)
