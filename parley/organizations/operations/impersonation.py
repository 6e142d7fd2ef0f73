"""Administrators who act as a user: begun with a reason, told to the user, ended within an hour."""

from datetime import datetime
from uuid import UUID

from django.db.models import Q

from parley.core.acting import refuse_while_acting
from parley.core.actors import SYSTEM, Actor
from parley.core.errors import Conflict, Forbidden, Invalid, NotFound
from parley.core.events import Change, record
from parley.core.transactions import operation
from parley.organizations.logins import may_enter
from parley.organizations.models import LONGEST_IMPERSONATION, Impersonation, User


@operation
def begin_impersonation(*, user_id: int, reason: str, actor: User, now: datetime) -> Impersonation:
    """Let an administrator act as a user for an hour; one that is begun already ends.

    Raises ``Forbidden`` for everybody else, and while one acts already; ``Conflict`` (``acts_as_admin``,
    ``no_access``) for whom nobody can act as; ``Invalid`` without a reason.
    """
    refuse_while_acting()
    people = _locked([actor.pk, user_id])
    admin, user = people.get(actor.pk), people.get(user_id)
    if admin is None or not admin.sees_all or not admin.is_active:
        raise Forbidden("Only administrators act as somebody else.")
    if user is None:
        raise NotFound.of("user")
    if user.sees_all:
        raise Conflict("Nobody acts as an administrator.", code="acts_as_admin")
    if user.invited_at is not None or not may_enter(user):
        raise Conflict("This user has no access, so nobody can act as them.", code="no_access")
    if not reason.strip():
        raise Invalid.field("reason", "Say why: the user is told.", code="required")
    end_those_of(admin, now=now)
    begun = Impersonation(
        admin=admin, user=user, reason=reason.strip(), started_at=now, ends_at=now + LONGEST_IMPERSONATION
    )
    begun.save(force_insert=True)
    _tell("user.impersonated", begun, {"ends_at": begun.ends_at}, actor=admin, now=now)
    return begun


@operation
def end_impersonation(*, impersonation_id: UUID, why: str, actor: Actor, now: datetime) -> bool:
    """End it: says whether it had not ended yet. ``why`` is one word for the history, such as ``stopped``."""
    found = Impersonation.objects.select_related("user").filter(pk=impersonation_id).first()
    return found is not None and _end(found, why=why, actor=actor, now=now)


@operation
def end_overdue(*, now: datetime) -> int:
    """End those whose time is over, also where nobody has come back since; returns how many."""
    overdue = Impersonation.objects.select_related("user").filter(ended_at__isnull=True, ends_at__lte=now)
    return sum(_end(each, why="expired", actor=SYSTEM, now=now) for each in overdue)


def end_those_of(user: User, *, now: datetime) -> None:
    """End all that ``user`` takes part in, inside the caller's operation."""
    rows = Impersonation.objects.select_related("user").filter(Q(admin=user) | Q(user=user), ended_at__isnull=True)
    for each in rows:
        _end(each, why="withdrawn", actor=SYSTEM, now=now)


def _end(found: Impersonation, *, why: str, actor: Actor, now: datetime) -> bool:
    ended_at = max(found.started_at, min(now, found.ends_at))
    if not Impersonation.objects.filter(pk=found.pk, ended_at__isnull=True).update(ended_at=ended_at):
        return False
    _tell("user.impersonation_ended", found, {"why": why, "ended_at": ended_at}, actor=actor, now=now)
    return True


def _locked(keys: list[int]) -> dict[int, User]:
    rows = User.objects.get_queryset().select_for_update(no_key=True, of=("self",)).select_related("company")
    return {user.pk: user for user in rows.filter(pk__in=keys).order_by("pk")}


def _tell(event: str, row: Impersonation, after: dict[str, object], *, actor: Actor, now: datetime) -> None:
    change = Change(
        type=event,
        object_id=row.user_id,
        company_id=row.user.company_id,
        after={"impersonation_id": row.pk, "admin_id": row.admin_id, **after},
    )
    record(change, actor=actor, now=now)
