"""Token authentication: knox's hashed tokens, found by their hash in one statement."""

from django.utils import timezone
from drf_spectacular.extensions import OpenApiAuthenticationExtension
from knox.auth import TokenAuthentication as KnoxTokenAuthentication
from knox.crypto import hash_token
from knox.models import AuthToken
from rest_framework.exceptions import AuthenticationFailed

from parley.core.sql import columns, fetch_one, instances
from parley.organizations.logins import may_enter
from parley.organizations.models import Company, User


class TokenAuthentication(KnoxTokenAuthentication):  # type: ignore[misc]  # knox is untyped
    """``Authorization: Token <key>``.

    Knox looks for candidates by a prefix and walks over all tokens of the user at every request; the hash is unique,
    so one look-up by it does, whatever the number of tokens. Expired ones are removed by the housekeeping.
    """

    def authenticate_credentials(self, token: bytes) -> tuple[User, AuthToken]:
        """The user and the token; raises ``AuthenticationFailed`` with one sentence for every reason."""
        try:
            digest = hash_token(token.decode("ascii"))
        except UnicodeDecodeError as error:
            raise AuthenticationFailed("Invalid token.") from error
        found = token_with_user(digest)
        if found is None or (found.expiry is not None and found.expiry <= timezone.now()) or not may_enter(found.user):
            raise AuthenticationFailed("Invalid token.")
        return found.user, found


def token_with_user(digest: str) -> AuthToken | None:
    """The token of a hash, with its user and the user's company: the one statement that every call begins with."""
    row = fetch_one(_TOKEN, {"digest": digest})
    if row is None:
        return None
    token, user, company = instances(row, AuthToken, User, Company)
    token.user = user
    user.company = company if company.pk is not None else None
    return token


_TOKEN = f"""
SELECT {columns(AuthToken, "t")}, {columns(User, "u")}, {columns(Company, "c")}
  FROM {AuthToken._meta.db_table} t
  JOIN {User._meta.db_table} u ON u.id = t.user_id
  LEFT JOIN {Company._meta.db_table} c ON c.id = u.company_id
 WHERE t.digest = %(digest)s
"""  # noqa: S608 (names of our own tables and columns)


class TokenScheme(OpenApiAuthenticationExtension):  # type: ignore[no-untyped-call]
    """How the OpenAPI document describes it."""

    target_class = "parley.api.authentication.TokenAuthentication"
    name = "token"

    def get_security_definition(self, auto_schema: object) -> dict[str, str]:
        """An API key in the ``Authorization`` header."""
        return {
            "type": "apiKey",
            "in": "header",
            "name": "Authorization",
            "description": "`Token <key>`, with the key from `POST /api/auth/login/`.",
        }
