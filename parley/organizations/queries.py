"""Reads about people."""

from typing import Any

from django.contrib.auth.tokens import PasswordResetTokenGenerator
from django.db.models import QuerySet
from django.utils.encoding import force_str
from django.utils.http import urlsafe_base64_decode

from parley.organizations.models import User


class _Invitations(PasswordResetTokenGenerator):
    """Tokens of invitations: a new one ends the one before, as does a change of the address."""

    key_salt = "parley.organizations.invitations"

    def _make_hash_value(self, user: Any, timestamp: int) -> str:
        return f"{super()._make_hash_value(user, timestamp)}{user.invited_at}"


invitations = _Invitations()


def invited_user(token: str, *, among: QuerySet[User] | None = None) -> User | None:
    """Whom the token of an invitation's e-mail was made for; None once it is used, withdrawn or too old."""
    encoded, _, secret = token.partition(".")
    try:
        key = int(force_str(urlsafe_base64_decode(encoded)))
    except (ValueError, OverflowError):
        return None
    rows = User.objects.select_related("company") if among is None else among
    user = rows.filter(pk=key, invited_at__isnull=False, is_active=True).first()
    return user if user is not None and invitations.check_token(user, secret) else None
