"""Making and changing companies, and registering a new one with its first user."""

from datetime import datetime

from django.db import IntegrityError
from procrastinate.contrib.django import app

from parley.core.actors import SYSTEM, Actor
from parley.core.emails import canonical_email
from parley.core.errors import Forbidden, Invalid
from parley.core.events import Change, record
from parley.core.timezones import zone_named
from parley.core.transactions import operation
from parley.organizations.models import Company, Role, User
from parley.organizations.operations.users import insert_user, manages_people


@operation
def create_company(
    *, name: str, email: str, timezone: str, password: str | None, actor: Actor, now: datetime
) -> Company:
    """Make a company; with a ``password``, its first company user under the same address too. Administrators only."""
    if not actor.sees_all:
        raise Forbidden("Only administrators create companies.")
    return _insert_company(
        name=name, email=email, timezone=timezone, full_name=name, password=password, actor=actor, now=now
    )


@operation
def open_company(
    *, name: str, email: str, timezone: str, member_name: str, member_email: str, actor: Actor, now: datetime
) -> Company:
    """Make a company and invite its first company user by e-mail. Administrators only."""
    if not actor.sees_all:
        raise Forbidden("Only administrators create companies.")
    company = _insert_company(
        name=name, email=email, timezone=timezone, full_name=name, password=None, actor=actor, now=now
    )
    try:
        insert_user(
            email=member_email,
            full_name=member_name,
            role=Role.COMPANY,
            company_id=company.pk,
            password=None,
            actor=actor,
            now=now,
        )
    except IntegrityError as error:
        raise Invalid.field("member_email", "A user with this email already exists.", code="email_taken") from error
    return company


@operation
def register_company(
    *, company_name: str, full_name: str, email: str, password: str, timezone: str, now: datetime
) -> User:
    """Make a *new* company and its first company user; never an administrator, never into an existing company."""
    company = _insert_company(
        name=company_name, email=email, timezone=timezone, full_name=full_name, password=password, actor=SYSTEM, now=now
    )
    return company.users.get()


@operation
def update_company(
    *,
    company_id: int,
    actor: Actor,
    now: datetime,
    name: str | None = None,
    email: str | None = None,
    timezone: str | None = None,
    is_active: bool | None = None,
) -> Company:
    """Change a company; only an administrator (de)activates one."""
    company = Company.objects.select_for_update(no_key=True).seen_by(actor, pk=company_id, thing="company")
    if not manages_people(actor):
        raise Forbidden("Only company users and administrators change the company.")
    before = _state(company)
    if is_active is not None and is_active != company.is_active:
        if not actor.sees_all:
            raise Forbidden("Only administrators activate or deactivate a company.")
        company.is_active = is_active
    if timezone is not None:
        zone_named(timezone)
        company.timezone = timezone
    company.name = name if name is not None else company.name
    company.email = canonical_email(email) if email is not None else company.email
    company.save()
    if company.timezone != before["timezone"]:  # by name: what follows is in a part above
        app.configure_task("interviews.follow_company").defer(company_id=company.pk)
    if _state(company) != before:
        record(
            Change(
                type="company.updated",
                object_id=company.pk,
                company_id=company.pk,
                before=before,
                after=_state(company),
            ),
            actor=actor,
            now=now,
        )
    return company


def _insert_company(
    *, name: str, email: str, timezone: str, full_name: str, password: str | None, actor: Actor, now: datetime
) -> Company:
    zone_named(timezone)
    company = Company(name=name, email=canonical_email(email), timezone=timezone)
    company.save(force_insert=True)
    record(
        Change(type="company.created", object_id=company.pk, company_id=company.pk, after=_state(company)),
        actor=actor,
        now=now,
    )
    if password is not None:
        insert_user(
            email=email,
            full_name=full_name,
            role=Role.COMPANY,
            company_id=company.pk,
            password=password,
            actor=actor,
            now=now,
        )
    return company


def _state(company: Company) -> dict[str, object]:
    return {"timezone": company.timezone, "is_active": company.is_active}
