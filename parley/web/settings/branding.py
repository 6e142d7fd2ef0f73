"""How candidates see the company, and the sites that may show its booking page."""

import base64
from dataclasses import dataclass

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from parley.core.errors import DomainError
from parley.organizations.models import Branding, User
from parley.organizations.operations.branding import read_accent, update_branding
from parley.organizations.rules.pictures import Picture, read_upload
from parley.web.app import show, tell
from parley.web.settings.forms import BrandingForm, SitesForm
from parley.web.settings.pages import company_of, kept, manager, page

HERE = "app-settings-branding"


@dataclass(frozen=True)
class Preview:
    """What candidates would see: ``accent`` as ``rrggbb``, ``logo`` as an address."""

    name: str
    accent: str
    logo: str


@manager
@require_http_methods(["GET", "HEAD", "POST"])
def branding(request: HttpRequest, user: User) -> HttpResponse:
    """Name, logo and colour."""
    brand = company_of(user).brand
    initial = {"display_name": brand.display_name, "accent": brand.accent}
    form = BrandingForm(request.POST or None, request.FILES or None, initial=initial, brand=brand)
    if request.headers.get("HX-Request"):
        return show(request, "web/app/settings/branding_preview.html", {"form": form, "preview": _preview(form, brand)})
    if "preview" not in request.POST and kept(form, lambda: _keep(user, form)):
        tell(request, "The branding is saved. Candidates see it from now on.")
        return redirect(HERE)
    return _page(request, user, form=form, brand=brand)


@manager
@require_http_methods(["GET", "HEAD", "POST"])
def sites(request: HttpRequest, user: User) -> HttpResponse:
    """The sites that may show the booking page in a frame."""
    brand = company_of(user).brand
    form = SitesForm(request.POST or None, initial={"sites": "\n".join(brand.sites)})
    if kept(form, lambda: _keep_sites(user, form.cleaned_data["sites"])):
        tell(request, "The sites are saved.")
        return redirect(HERE)
    return _page(request, user, sites_form=form, brand=brand)


def _page(
    request: HttpRequest,
    user: User,
    *,
    brand: Branding,
    form: BrandingForm | None = None,
    sites_form: SitesForm | None = None,
) -> HttpResponse:
    initial = {"display_name": brand.display_name, "accent": brand.accent}
    form = form or BrandingForm(initial=initial, brand=brand)
    sites_form = sites_form or SitesForm(initial={"sites": "\n".join(brand.sites)})
    values = {
        "form": form,
        "sites_form": sites_form,
        "brand": brand,
        "preview": _preview(form, brand),
        "script": f"{settings.PARLEY_BASE_URL}/embed.js",
        "link": f"{settings.PARLEY_BASE_URL}/interview/…/",
    }
    status = 400 if form.errors or sites_form.errors else 200
    return page(request, user, "branding", values, here=HERE, status=status)


def _keep(user: User, form: BrandingForm) -> None:
    values = form.cleaned_data
    logo: Picture | None = read_upload(values["logo"]) if values["logo"] else None
    update_branding(
        company_id=company_of(user).pk,
        fields={"display_name": values["display_name"], "accent": values["accent"]},
        logo=logo,
        drop_logo=values.get("no_logo", False),
        actor=user,
        now=timezone.now(),
    )


def _keep_sites(user: User, written: list[str]) -> None:
    update_branding(company_id=company_of(user).pk, fields={"sites": written}, actor=user, now=timezone.now())


def _preview(form: BrandingForm, brand: Branding) -> Preview | None:
    """With what the form says, kept or not; None where it cannot be, which the form then says."""
    if form.is_bound and not form.is_valid():
        return None
    values = form.cleaned_data if form.is_bound else form.initial
    logo = "" if values.get("no_logo") else brand.logo_path
    try:
        accent = read_accent(values["accent"])
        if values.get("logo"):
            logo = _inline(read_upload(values["logo"]))
    except DomainError as error:
        form.refuse(error)
        return None
    return Preview(name=values["display_name"] or brand.company.name, accent=accent.removeprefix("#"), logo=logo)


def _inline(picture: Picture) -> str:
    """A picture that is not kept yet, within the page itself."""
    kind = picture.name.rpartition(".")[2]
    return f"data:image/{kind};base64,{base64.b64encode(picture.content).decode()}"
