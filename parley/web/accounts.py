"""Logging in to the pages: what Parley decides for itself where django-allauth asks."""

import base64
from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from allauth.core import context
from allauth.mfa.adapter import DefaultMFAAdapter
from allauth.mfa.base.forms import AuthenticateForm, ReauthenticateForm
from allauth.mfa.totp.forms import ActivateTOTPForm
from django.contrib.auth import authenticate
from django.core.exceptions import ValidationError
from django.http import HttpRequest
from django.utils import timezone
from django.utils.http import url_has_allowed_host_and_scheme

from parley.core.addresses import client_address
from parley.core.crypto import decrypt, encrypt
from parley.organizations.logins import count_attempt, forgive_attempt, may_enter
from parley.organizations.models import User
from parley.organizations.operations.security import note_second_factor

SECOND_FACTOR_EVENTS = {
    "mfa/email/totp_activated": "user.second_factor_added",
    "mfa/email/totp_deactivated": "user.second_factor_removed",
    "mfa/email/recovery_codes_generated": "user.recovery_codes_made",
}


class Adapter(DefaultAccountAdapter):  # type: ignore[misc]  # allauth is untyped
    """Passwords are looked at as in the API: with the same limit, and for those who may enter."""

    def authenticate(self, request: HttpRequest, **credentials: Any) -> User | None:
        """The user, or None for every other reason; refuses after too many failures without looking."""
        email, now = str(credentials.get("email", "")), timezone.now()
        count_or_refuse(request, email)
        user = authenticate(request, email=email, password=credentials.get("password"))
        if not isinstance(user, User) or not may_enter(user):
            return None
        forgive_attempt(address=client_address(request), email=email, now=now)
        return user

    def reauthenticate(self, user: User, password: str) -> bool:
        """Whether it is the password of who is logged in already."""
        return self.authenticate(context.request, email=user.email, password=password) is not None

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        """People are invited; companies register through the API."""
        return False

    def is_safe_url(self, url: str) -> bool:
        """After a login it goes on inside of Parley alone."""
        return url_has_allowed_host_and_scheme(url, allowed_hosts=None)

    def add_message(self, request: HttpRequest, level: int, *args: Any, **kwargs: Any) -> None:
        """None: the pages themselves show what has become of it."""

    def send_notification_mail(self, template_prefix: str, user: User, *args: Any, **kwargs: Any) -> None:
        """No mail yet. What it would tell of is written into the history: allauth asks once it has done it."""
        if event := SECOND_FACTOR_EVENTS.get(template_prefix):
            note_second_factor(user=user, event=event, now=timezone.now())


class SecondFactor(DefaultMFAAdapter):  # type: ignore[misc]  # allauth is untyped
    """Secrets of second factors are encrypted at rest."""

    def encrypt(self, text: str) -> str:
        """For the database."""
        return base64.b64encode(encrypt(text.encode())).decode()

    def decrypt(self, encrypted_text: str) -> str:
        """Back; with another ``SECRET_KEY`` no code is right any more, and an operator has to remove the factor."""
        return (decrypt(base64.b64decode(encrypted_text)) or b"").decode()


class _Counted:
    """Codes are counted like passwords, each user's by themselves."""

    user: User

    def clean_code(self) -> str:
        """The code; refuses after too many failures without looking."""
        name, now = f"code:{self.user.pk}", timezone.now()
        count_or_refuse(context.request, name)
        code: str = super().clean_code()  # type: ignore[misc]  # that of the form which this is mixed into
        forgive_attempt(address=client_address(context.request), email=name, now=now)
        return code


class CodeForm(_Counted, AuthenticateForm):  # type: ignore[misc]  # allauth is untyped
    """The second step of a login."""


class CodeAgainForm(_Counted, ReauthenticateForm):  # type: ignore[misc]  # allauth is untyped
    """The code once more, before something delicate."""


class FirstCodeForm(_Counted, ActivateTOTPForm):  # type: ignore[misc]  # allauth is untyped
    """The first code of a new app."""


def count_or_refuse(request: HttpRequest, email: str) -> None:
    """Count an attempt; raises ``ValidationError`` after too many."""
    wait = count_attempt(address=client_address(request), email=email, now=timezone.now())
    if wait is not None:
        raise ValidationError(f"Too many attempts: try again in {wait} seconds.", code="too_many_attempts")
