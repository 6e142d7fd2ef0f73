"""In which zone a caller thinks."""

from typing import Any, cast
from zoneinfo import ZoneInfo

from rest_framework.request import Request

from parley.core.timezones import zone_named
from parley.organizations.models import Company, User

UTC_ZONE = ZoneInfo("UTC")


def zone_of_caller(request: Any) -> ZoneInfo:
    """The zone of the caller's company; UTC for administrators."""
    user: User = request.user
    return user.company.zone if user.company else UTC_ZONE


def zone_of_list(request: Any) -> ZoneInfo:
    """The zone of the company that a list is narrowed to (administrators may), else the caller's."""
    named = request.query_params.get("company", "")
    if request.user.company_id is None and named.isascii() and named.isdigit() and len(named) < 19:
        found = Company.objects.filter(pk=int(named)).first()
        return found.zone if found else UTC_ZONE
    return zone_of_caller(request)


def zone_of_body(request: Request, *names: str) -> ZoneInfo:
    """The zone of the company that the body names (administrators may), else the caller's."""
    user = cast(User, request.user)
    if user.company_id is None and isinstance(request.data, dict):
        for name in names:
            company_id = request.data.get(name)
            if isinstance(company_id, int) and not isinstance(company_id, bool):
                found = Company.objects.filter(pk=company_id).first()
                return found.zone if found else UTC_ZONE
    return zone_of_caller(request)


def chosen_zone(name: str | None, company_id: int | None, request: Request) -> ZoneInfo:
    """The zone for local dates: the named one, else that of the company asked for, else the caller's."""
    if name:
        return zone_named(name)
    if company_id is not None and company_id != cast(User, request.user).company_id:
        found = Company.objects.filter(pk=company_id).first()
        return found.zone if found else UTC_ZONE
    return zone_of_caller(request)
