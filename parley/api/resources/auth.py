"""``/api/auth/``."""

from datetime import datetime
from typing import Any, cast

from django.conf import settings
from django.contrib.auth import authenticate
from django.utils import timezone
from drf_spectacular.utils import extend_schema
from knox.models import AuthToken
from rest_framework.exceptions import Throttled
from rest_framework.permissions import AllowAny
from rest_framework.request import Request
from rest_framework.response import Response

from parley.api.resource import Endpoint
from parley.api.serializers.people import AcceptIn, ChangePasswordIn, LoginIn, LoginOut, MeOut, RegisterIn, me_out
from parley.core.addresses import client_address
from parley.core.errors import Forbidden, Invalid
from parley.core.throttling import Rate, count
from parley.organizations.logins import count_attempt, forgive_attempt, may_enter, second_factor_refuses
from parley.organizations.models import User
from parley.organizations.operations.companies import register_company
from parley.organizations.operations.users import accept_invitation, change_password


class Anonymous(Endpoint):
    """An endpoint without a token; a token that is sent along is not looked at."""

    authentication_classes = ()
    permission_classes = (AllowAny,)
    idempotent = False  # the answers are secrets, and repeating the calls is harmless


class Login(Anonymous):
    """Logging in."""

    @extend_schema(request=LoginIn, responses=LoginOut, auth=[])
    def post(self, request: Request) -> Response:
        """Log in with e-mail and password: a token for the other calls."""
        values = self.input(LoginIn)
        now = self.now
        address = client_address(request)
        _refuse_over(count_attempt(address=address, email=values["email"], now=now))
        user = authenticate(request._request, email=values["email"], password=values["password"])
        if not isinstance(user, User) or not may_enter(user):
            raise Invalid("The e-mail address or the password is wrong.", code="login_failed")
        if second_factor_refuses(user, values.get("code", "")):
            raise Invalid.field(
                "code", "Send the code of your authenticator app, or a recovery code.", code="code_needed"
            )
        forgive_attempt(address=address, email=values["email"], now=now)
        return Response(_with_token(user))


class Logout(Endpoint):
    """Logging out."""

    idempotent = False  # a token that is gone cannot ask again

    @extend_schema(request=None, responses={204: None})
    def post(self, request: Request) -> Response:
        """Revoke the token of this call."""
        token: Any = request.auth
        token.delete()
        return Response(status=204)


class Me(Endpoint):
    """The user who asks."""

    @extend_schema(responses=MeOut)
    def get(self, request: Request) -> Response:
        """Who the token belongs to."""
        return Response(me_out(self.actor))


class ChangePassword(Endpoint):
    """Changing one's own password."""

    idempotent = False  # what was right once is not kept

    @extend_schema(request=ChangePasswordIn, responses={204: None})
    def post(self, request: Request) -> Response:
        """Change the own password; every other login of the user ends."""
        values = self.input(ChangePasswordIn)
        address, now, token = client_address(request), self.now, cast(AuthToken, request.auth)
        _refuse_over(count_attempt(address=address, email=self.actor.email, now=now))
        change_password(
            user_id=self.actor.pk,
            current=values["current_password"],
            new=values["new_password"],
            keep_token=token.digest,
            actor=self.actor,
            now=now,
        )
        forgive_attempt(address=address, email=self.actor.email, now=now)
        return Response(status=204)


class Register(Anonymous):
    """Registering a company."""

    idempotent = True

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        """Count it before anything else: what is counted inside of a transaction is taken back with it."""
        if settings.PARLEY_REGISTRATION:
            _refuse_over(_count("register", request, self.now))
        super().initial(request, *args, **kwargs)

    @extend_schema(request=RegisterIn, responses={201: LoginOut}, auth=[])
    def post(self, request: Request) -> Response:
        """Make a new company and its first company user."""
        if not settings.PARLEY_REGISTRATION:
            raise Forbidden("Registration is switched off here: ask for an invitation.", code="registration_off")
        user = register_company(now=self.now, **self.input(RegisterIn))
        return Response(_with_token(user), status=201)


class AcceptInvitation(Anonymous):
    """Accepting an invitation."""

    @extend_schema(request=AcceptIn, responses=LoginOut, auth=[])
    def post(self, request: Request) -> Response:
        """Choose a password with the token from the invitation's e-mail, and log in."""
        _refuse_over(_count("accept", request, self.now))
        values = self.input(AcceptIn)
        user = accept_invitation(
            token=values["token"], password=values["password"], full_name=values.get("full_name"), now=self.now
        )
        return Response(_with_token(user))


def _with_token(user: User) -> dict[str, Any]:
    user.last_login = timezone.now()
    user.save(update_fields=["last_login"])
    _, token = AuthToken.objects.create(user=user)
    return {"token": token, "user": me_out(user)}


def _count(what: str, request: Request, now: datetime) -> int | None:
    rate = Rate.parse(settings.PARLEY_THROTTLE["register"])
    return count(f"{what}:{client_address(request)}", rate=rate, now=now)


def _refuse_over(wait: int | None) -> None:
    if wait is not None:
        raise Throttled(wait=wait)
