"""What administrators do for the security of a user, and what users do about their second factor."""

from datetime import datetime

from allauth.mfa.models import Authenticator
from knox.models import AuthToken
from procrastinate.contrib.django import app

from parley.core.acting import refuse_while_acting
from parley.core.actors import Actor
from parley.core.errors import Conflict, Forbidden
from parley.core.events import Change, record
from parley.core.transactions import operation
from parley.organizations.logins import may_enter
from parley.organizations.models import User
from parley.organizations.operations.impersonation import end_those_of


@operation
def send_password_mail(*, user_id: int, actor: Actor, now: datetime) -> User:
    """Mail a user the way to a new password; the one they have goes on until they choose.

    Raises ``Conflict`` (``no_access``) for who may not enter, or was invited and has no password yet.
    """
    user = _locked(user_id, actor=actor)
    if user.invited_at is not None or not may_enter(user):
        raise Conflict("This user has no access: there is no password to choose.", code="no_access")
    # By name: tasks import operations, and not the other way round.
    app.configure_task("organizations.send_password_reset").defer(user_id=user.pk)
    _tell("user.password_mail_sent", user, {}, actor=actor, now=now)
    return user


@operation
def end_logins(*, user_id: int, actor: Actor, now: datetime) -> int:
    """End all sessions and tokens of a user at once; returns how many tokens there were. They may log in again."""
    user = _locked(user_id, actor=actor)
    user.sessions_ended_at = now
    user.save(update_fields=["sessions_ended_at"])
    tokens = AuthToken.objects.filter(user=user)
    count: int = tokens.count()
    tokens.delete()
    end_those_of(user, now=now)
    _tell("user.logins_ended", user, {"tokens": count}, actor=actor, now=now)
    return count


@operation
def reset_second_factor(*, user_id: int, actor: Actor, now: datetime) -> User:
    """Take the second factor from who has lost it: the password alone opens until another one is set up.

    Raises ``Conflict``: ``own_access`` for one's own, ``no_second_factor`` where there is none.
    """
    user = _locked(user_id, actor=actor)
    if user.pk == actor.actor_id:
        raise Conflict("For your own there is the page Security, which asks for your password.", code="own_access")
    if not Authenticator.objects.filter(user_id=user.pk).delete()[0]:
        raise Conflict("This user has no second factor.", code="no_second_factor")
    _tell("user.second_factor_removed", user, {}, actor=actor, now=now)
    return user


@operation
def note_second_factor(*, user: User, event: str, now: datetime) -> None:
    """Write into the history what a user has done about their own second factor; ``event`` is the event's type."""
    _tell(event, user, {}, actor=user, now=now)


def _locked(user_id: int, *, actor: Actor) -> User:
    refuse_while_acting()
    if not actor.sees_all:
        raise Forbidden("Only administrators do this for somebody else.")
    rows = User.objects.get_queryset().select_for_update(no_key=True, of=("self",)).select_related("company")
    return rows.seen_by(actor, pk=user_id, thing="user")


def _tell(event: str, user: User, after: dict[str, object], *, actor: Actor, now: datetime) -> None:
    change = Change(type=event, object_id=user.pk, company_id=user.company_id, after=after or None)
    record(change, actor=actor, now=now)
