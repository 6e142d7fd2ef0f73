"""Choosing a new password where the old one is forgotten."""

from datetime import datetime

from django.utils.encoding import force_bytes
from django.utils.http import urlsafe_base64_encode
from knox.models import AuthToken
from procrastinate.contrib.django import app

from parley.core.emails import canonical_email
from parley.core.errors import Invalid
from parley.core.events import Change, record
from parley.core.transactions import operation
from parley.organizations.logins import may_enter
from parley.organizations.models import User
from parley.organizations.operations.users import set_password
from parley.organizations.queries import resets, resetting_user


@operation
def ask_for_new_password(*, email: str) -> None:
    """Mail the way to a new password, where the address is that of somebody who may enter. Never tells whether."""
    user = User.objects.select_related("company").filter(email=canonical_email(email), invited_at__isnull=True).first()
    if user is not None and may_enter(user):
        # By name: tasks import operations, and not the other way round.
        app.configure_task("organizations.send_password_reset").defer(user_id=user.pk)


def reset_token(user: User) -> str:
    """The secret of that e-mail."""
    return f"{urlsafe_base64_encode(force_bytes(user.pk))}.{resets.make_token(user)}"


@operation
def choose_new_password(*, token: str, password: str, now: datetime) -> User:
    """Set the password by the e-mail's token, which works once. All logins and tokens of the user end."""
    user = resetting_user(
        token, among=User.objects.select_for_update(no_key=True, of=("self",)).select_related("company")
    )
    if user is None or not may_enter(user):
        raise Invalid.field("token", "This link is not valid any more: ask for a new one.")
    set_password(user, password)
    user.save(update_fields=["password"])
    AuthToken.objects.filter(user=user).delete()
    change = Change(type="user.password_changed", object_id=user.pk, company_id=user.company_id)
    record(change, actor=user, now=now)
    return user
