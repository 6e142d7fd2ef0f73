"""Reads about people."""

from typing import Any

from django.contrib.auth.tokens import PasswordResetTokenGenerator
from django.db.models import QuerySet
from django.utils.encoding import force_str
from django.utils.http import base36_to_int, urlsafe_base64_decode

from parley.organizations.models import User


class _Invitations(PasswordResetTokenGenerator):
    """Tokens of invitations: a new one ends the one before, as does a change of the address."""

    key_salt = "parley.organizations.invitations"

    def _make_hash_value(self, user: Any, timestamp: int) -> str:
        return f"{super()._make_hash_value(user, timestamp)}{user.invited_at}"


invitations = _Invitations()
RESET_SECONDS = 3600


class _Resets(PasswordResetTokenGenerator):
    """Tokens for choosing a new password: one ends with its use, with any login, or after an hour."""

    key_salt = "parley.organizations.resets"

    def check_token(self, user: Any, token: str | None) -> bool:
        """Whether it is good still; Django's own limit is that of invitations, and days."""
        if not super().check_token(user, token):
            return False
        made = base36_to_int(str(token).partition("-")[0])
        return self._num_seconds(self._now()) - made <= RESET_SECONDS


resets = _Resets()


def invited_user(token: str, *, among: QuerySet[User] | None = None) -> User | None:
    """Whom the token of an invitation's e-mail was made for; None once it is used, withdrawn or too old."""
    rows = User.objects.select_related("company") if among is None else among
    return _whose(token, rows.filter(invited_at__isnull=False), invitations)


def resetting_user(token: str, *, among: QuerySet[User] | None = None) -> User | None:
    """Who asked for a new password by the token of that e-mail; None once it is used, or too old."""
    rows = User.objects.select_related("company") if among is None else among
    return _whose(token, rows.filter(invited_at__isnull=True), resets)


def _whose(token: str, rows: QuerySet[User], tokens: PasswordResetTokenGenerator) -> User | None:
    encoded, _, secret = token.partition(".")
    try:
        key = int(force_str(urlsafe_base64_decode(encoded)))
    except (ValueError, OverflowError):
        return None
    user = rows.filter(pk=key, is_active=True).first()
    return user if user is not None and tokens.check_token(user, secret) else None
