"""Reads about people."""

from django.contrib.auth.tokens import default_token_generator
from django.db.models import QuerySet
from django.utils.encoding import force_str
from django.utils.http import urlsafe_base64_decode

from parley.organizations.models import User


def invited_user(token: str, *, among: QuerySet[User] | None = None) -> User | None:
    """Whom the token of an invitation's e-mail was made for; None once it is used, withdrawn or too old."""
    encoded, _, secret = token.partition(".")
    try:
        key = int(force_str(urlsafe_base64_decode(encoded)))
    except (ValueError, OverflowError):
        return None
    rows = User.objects.select_related("company") if among is None else among
    user = rows.filter(pk=key, invited_at__isnull=False, is_active=True).first()
    return user if user is not None and default_token_generator.check_token(user, secret) else None
