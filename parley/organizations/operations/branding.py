"""Changing how a company looks to candidates, and where its booking page may be shown."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.conf import settings

from parley.core.actors import Actor
from parley.core.errors import Forbidden, Invalid
from parley.core.events import Change, record
from parley.core.transactions import operation
from parley.organizations.models import Branding, Company, Logo
from parley.organizations.operations.users import manages_people
from parley.organizations.rules.colours import colour
from parley.organizations.rules.pictures import Picture
from parley.organizations.rules.sites import read_sites


@operation
def update_branding(
    *,
    company_id: int,
    fields: Mapping[str, Any],
    actor: Actor,
    now: datetime,
    logo: Picture | None = None,
    drop_logo: bool = False,
) -> Branding:
    """Set some of ``display_name``, ``accent`` and ``sites``; replace the logo where one is given, or remove it.

    Raises ``Invalid`` naming the field. The address of an earlier logo ends.
    """
    company = Company.objects.select_for_update(no_key=True).seen_by(actor, pk=company_id, thing="company")
    if not manages_people(actor):
        raise Forbidden("Only company users and administrators change the branding.")
    branding = Branding.objects.filter(company=company).first() or Branding(company=company)
    before = _state(branding)
    if "display_name" in fields:
        branding.display_name = " ".join(fields["display_name"].split())
    if "accent" in fields:
        branding.accent = read_accent(fields["accent"])
    if "sites" in fields:
        branding.sites = read_sites(fields["sites"], local=not settings.PRODUCTION)
    if logo is not None:
        _show(branding, logo)
    elif drop_logo:
        _show_none(branding)
    branding.updated_at = now
    branding.save()
    change = Change(
        type="company.branding_changed",
        object_id=company.pk,
        company_id=company.pk,
        before=before,
        after=_state(branding),
    )
    record(change, actor=actor, now=now)
    return branding


def read_accent(written: str) -> str:
    """The colour as ``#rrggbb``, or nothing where nothing is written; raises ``Invalid``."""
    found = colour(written) if written.strip() else ""
    if found is None:
        raise Invalid.field("accent", "Write the colour as six digits after #, such as #0b5cad.", code="bad_colour")
    return found


def _show(branding: Branding, logo: Picture) -> None:
    Logo.objects.update_or_create(company_id=branding.company_id, defaults={"name": logo.name, "content": logo.content})
    branding.logo_name, branding.logo_width, branding.logo_height = logo.name, logo.width, logo.height


def _show_none(branding: Branding) -> None:
    Logo.objects.filter(company_id=branding.company_id).delete()
    branding.logo_name, branding.logo_width, branding.logo_height = "", 0, 0


def _state(branding: Branding) -> dict[str, Any]:
    return {
        "has_own_name": bool(branding.display_name),
        "accent": branding.accent,
        "logo": branding.logo_name,
        "sites": branding.sites,
    }
