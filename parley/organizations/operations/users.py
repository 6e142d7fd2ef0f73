"""Making, inviting and changing users."""

from datetime import datetime

from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.utils.encoding import force_bytes
from django.utils.http import urlsafe_base64_encode
from knox.models import AuthToken
from procrastinate.contrib.django import app

from parley.core.acting import refuse_while_acting
from parley.core.actors import SYSTEM, Actor
from parley.core.emails import canonical_email
from parley.core.errors import Conflict, Forbidden, Invalid
from parley.core.events import Change, record
from parley.core.transactions import operation
from parley.organizations.models import Company, Role, User
from parley.organizations.operations.impersonation import end_those_of
from parley.organizations.queries import invitations, invited_user
from parley.organizations.tenancy import company_for

COLLEAGUE_ROLES = (Role.COMPANY, Role.HIRING_AGENCY, Role.RECRUITER)


def manages_people(actor: Actor) -> bool:
    """Whether the actor adds and changes users and the company itself: company users and administrators."""
    return actor.sees_all or (isinstance(actor, User) and actor.role == Role.COMPANY)


@operation
def add_user(
    *,
    email: str,
    full_name: str,
    role: str,
    company_id: int | None,
    password: str | None,
    actor: Actor,
    now: datetime,
) -> User:
    """Add a colleague: with a password at once, without one invited by e-mail.

    Only those who manage people may; only an administrator makes administrators.
    """
    refuse_while_acting()
    if not manages_people(actor):
        raise Forbidden("Only company users and administrators manage people.")
    if role == Role.ADMIN:
        if not actor.sees_all:
            raise Invalid.field("role", "Choose one of: company, hiring_agency, recruiter.")
        company_id = None
    else:
        company_id = company_for(actor, named=company_id)
        if not Company.objects.filter(pk=company_id).exists():
            raise Invalid.field("company", "There is no such company.", code="company_not_found")
    return insert_user(
        email=email, full_name=full_name, role=role, company_id=company_id, password=password, actor=actor, now=now
    )


@operation
def update_user(
    *,
    user_id: int,
    actor: Actor,
    now: datetime,
    full_name: str | None = None,
    role: str | None = None,
    is_active: bool | None = None,
    email: str | None = None,
) -> User:
    """Change a colleague. Nobody ends their own access; a company keeps at least one active company user, and the
    platform one active administrator.

    The address of somebody who has not joined yet can be corrected: the invitation then goes there, and the one sent
    before ends.
    """
    refuse_while_acting()
    user = _locked(user_id, actor=actor)
    role = None if role == user.role else role
    is_active = None if is_active == user.is_active else is_active
    email = None if email is None or canonical_email(email) == user.email else canonical_email(email)
    others = (role, is_active, email)
    if not manages_people(actor) and (user.pk != actor.actor_id or any(each is not None for each in others)):
        raise Forbidden("Only company users and administrators manage people.")
    if role is not None and (role == Role.ADMIN) != (user.role == Role.ADMIN):
        raise Invalid.field("role", "A user cannot become or stop being an administrator.")
    if is_active is False and user.pk == actor.actor_id:
        raise Conflict("You cannot end your own access: ask somebody else to.", code="own_access")
    if email is not None and user.invited_at is None:
        raise Invalid.field("email", "The address of somebody who has joined stays as it is.", code="email_fixed")
    before = _state(user)
    user.full_name = full_name if full_name is not None else user.full_name
    user.email = email or user.email
    user.role = role if role is not None else user.role
    user.is_active = is_active if is_active is not None else user.is_active
    _keep_one_company_user(user, before)
    _keep_one_admin(user, before)
    if email is not None:
        user.invited_at = now
        _defer_invitation(user)
    user.save()
    if not user.is_active:
        AuthToken.objects.filter(user=user).delete()
        end_those_of(user, now=now)
    if _state(user) != before:
        record(
            Change(
                type="user.updated", object_id=user.pk, company_id=user.company_id, before=before, after=_state(user)
            ),
            actor=actor,
            now=now,
        )
    return user


def invitation_token(user: User) -> str:
    """The secret of an invited user's e-mail; it ends with its use, the next one, or ``PASSWORD_RESET_TIMEOUT``."""
    return f"{urlsafe_base64_encode(force_bytes(user.pk))}.{invitations.make_token(user)}"


@operation
def invite_again(*, user_id: int, actor: Actor, now: datetime) -> User:
    """Send the invitation once more."""
    user = _locked(user_id, actor=actor)
    if not manages_people(actor):
        raise Forbidden("Only company users and administrators manage people.")
    if user.invited_at is None:
        raise Conflict("This user has accepted the invitation already.", code="already_accepted")
    user.invited_at = now
    user.save(update_fields=["invited_at"])
    _defer_invitation(user)
    return user


@operation
def accept_invitation(*, token: str, password: str, full_name: str | None, now: datetime) -> User:
    """Set the password of an invited user; the token works once."""
    user = invited_user(
        token, among=User.objects.select_for_update(no_key=True, of=("self",)).select_related("company")
    )
    if user is None or (user.company is not None and not user.company.is_active):
        raise Invalid.field(
            "token", "This invitation is not valid any more: ask for a new one.", code="invitation_invalid"
        )
    user.full_name = full_name or user.full_name
    set_password(user, password)
    user.invited_at = None
    user.save()
    record(
        Change(type="user.joined", object_id=user.pk, company_id=user.company_id, after=_state(user)),
        actor=user,
        now=now,
    )
    return user


def set_password(user: User, password: str, *, field: str = "password") -> None:
    """Set a password that the validators accept; raises ``Invalid`` naming the field. Does not save."""
    try:
        validate_password(password, user)
    except ValidationError as error:
        raise Invalid(" ".join(error.messages), errors={field: error.messages}) from error
    user.set_password(password)


@operation
def change_password(
    *, user_id: int, current: str, new: str, keep_token: str | None, actor: Actor, now: datetime
) -> None:
    """Set one's own password; raises ``Invalid`` where the current one is wrong. All other logins end.

    ``keep_token`` is the digest of the token that asks, which goes on.
    """
    refuse_while_acting()
    user = _locked(user_id, actor=actor)
    if not user.check_password(current):
        raise Invalid.field("current_password", "This is not your password.", code="wrong_password")
    set_password(user, new, field="new_password")
    user.save(update_fields=["password"])
    AuthToken.objects.filter(user=user).exclude(digest=keep_token).delete()
    change = Change(type="user.password_changed", object_id=user.pk, company_id=user.company_id)
    record(change, actor=actor, now=now)


@operation
def make_or_update_user(
    *, email: str, password: str, role: str, company: Company | None, full_name: str | None, now: datetime
) -> tuple[User, bool]:
    """For operators: make a user, or set its password, role and company. Says whether it was made."""
    user = User.objects.select_for_update(no_key=True).filter(email=canonical_email(email)).first()
    made = user is None
    user = user or User(email=canonical_email(email), full_name=full_name or email.partition("@")[0])
    user.role, user.company, user.is_active, user.invited_at = role, company, True, None
    user.full_name = full_name or user.full_name
    user.set_password(password)  # an operator's choice is not second-guessed
    user.save()
    end_those_of(user, now=now)
    AuthToken.objects.filter(user=user).delete()  # whoever knew the old password, or had the address before, is out
    record(
        Change(
            type="user.created" if made else "user.updated",
            object_id=user.pk,
            company_id=user.company_id,
            after=_state(user),
        ),
        actor=SYSTEM,
        now=now,
    )
    return user, made


def insert_user(
    *, email: str, full_name: str, role: str, company_id: int | None, password: str | None, actor: Actor, now: datetime
) -> User:
    """Insert inside the caller's operation."""
    user = User(email=canonical_email(email), full_name=full_name, role=role, company_id=company_id)
    if password is None:
        user.set_unusable_password()
        user.invited_at = now
    else:
        set_password(user, password)
    user.save(force_insert=True)
    record(
        Change(type="user.created", object_id=user.pk, company_id=company_id, after=_state(user)), actor=actor, now=now
    )
    if password is None:
        _defer_invitation(user)
    return user


def _locked(user_id: int, *, actor: Actor) -> User:
    rows = User.objects.get_queryset().select_for_update(no_key=True)
    return rows.seen_by(actor, pk=user_id, thing="user")


def _defer_invitation(user: User) -> None:
    # By name: tasks import operations, and not the other way round.
    app.configure_task("organizations.send_invitation").defer(user_id=user.pk)


def _keep_one_company_user(user: User, before: dict[str, object]) -> None:
    was = before["role"] == Role.COMPANY and before["is_active"]
    if not was or (user.role == Role.COMPANY and user.is_active):
        return
    company = user.company
    assert company is not None  # noqa: S101 (the database keeps it: only administrators have none)
    Company.objects.select_for_update(no_key=True).get(pk=company.pk)  # two last ones leave one after the other
    if not company.users.filter(role=Role.COMPANY, is_active=True).exclude(pk=user.pk).exists():
        raise Conflict("A company keeps at least one active company user.", code="last_company_user")


def _keep_one_admin(user: User, before: dict[str, object]) -> None:
    if before["role"] != Role.ADMIN or not before["is_active"] or user.is_active:
        return
    admins = User.objects.get_queryset().select_for_update(no_key=True).filter(role=Role.ADMIN).order_by("pk")
    if not any(each.is_active for each in admins if each.pk != user.pk):  # two last ones leave one after the other
        raise Conflict("Parley keeps at least one active administrator.", code="last_admin")


def _state(user: User) -> dict[str, object]:
    return {"role": user.role, "is_active": user.is_active}
