"""Companies and users as they go in and out."""

from typing import Any

from django.conf import settings
from rest_framework import serializers

from parley.api.fields import FlagField, ItemsField, KeyField, LineField, TextField, ZoneField
from parley.core.emails import canonical_email
from parley.organizations.models import Branding, Company, Role, User
from parley.organizations.rules.sites import LONGEST, MOST_SITES


class EmailIn(serializers.EmailField):
    """An e-mail address, kept in its canonical spelling."""

    def to_internal_value(self, data: Any) -> str:
        """The address."""
        if not isinstance(data, str):
            self.fail("invalid")
        if self.max_length is not None and len(data) > self.max_length:
            self.fail("max_length", max_length=self.max_length)
        return canonical_email(super().to_internal_value(data))


class PasswordIn(TextField):
    """A password, as it is typed."""

    def __init__(self, **options: Any) -> None:
        super().__init__(trim_whitespace=False, max_length=128, style={"input_type": "password"}, **options)


class CompanyOut(serializers.Serializer[Any]):
    """A company."""

    id = serializers.IntegerField()
    name = serializers.CharField()
    email = serializers.CharField()
    timezone = serializers.CharField()
    is_active = serializers.BooleanField()


def company_out(company: Company) -> dict[str, Any]:
    """As ``CompanyOut``."""
    return {
        "id": company.pk,
        "name": company.name,
        "email": company.email,
        "timezone": company.timezone,
        "is_active": company.is_active,
    }


class CompanyIn(serializers.Serializer[Any]):
    """A company to make; a password also makes its first company user."""

    name = LineField(max_length=200)
    email = EmailIn(max_length=254)
    timezone = ZoneField(default="UTC")
    password = PasswordIn(required=False, allow_null=True)


class CompanyChangeIn(serializers.Serializer[Any]):
    """What of a company can change."""

    name = LineField(required=False, max_length=200)
    email = EmailIn(required=False, max_length=254)
    timezone = ZoneField(required=False)
    is_active = FlagField(required=False)


class BrandingOut(serializers.Serializer[Any]):
    """How candidates see a company; what is empty is as usual."""

    display_name = serializers.CharField(help_text="Instead of the company's name.")
    accent = serializers.CharField(help_text="`#rrggbb`.")
    logo = serializers.CharField(allow_null=True, help_text="Its address, which changes with it.")
    sites = serializers.ListField(
        child=serializers.CharField(), help_text="Origins whose pages may show the booking page in a frame."
    )


def branding_out(branding: Branding) -> dict[str, Any]:
    """As ``BrandingOut``."""
    return {
        "display_name": branding.display_name,
        "accent": branding.accent,
        "logo": f"{settings.PARLEY_BASE_URL}{branding.logo_path}" if branding.logo_name else None,
        "sites": branding.sites,
    }


class BrandingIn(serializers.Serializer[Any]):
    """What of it changes."""

    display_name = LineField(required=False, allow_blank=True, max_length=200)
    accent = TextField(
        required=False,
        allow_blank=True,
        max_length=7,
        help_text="Such as `#0b5cad`. Parley makes the shades that can be read on it, and on light and dark pages.",
    )
    sites = ItemsField(
        required=False,
        child=TextField(max_length=LONGEST),
        max_length=MOST_SITES,
        help_text="Such as `https://jobs.example.com`: all that may show the booking page in a frame.",
    )


class LogoIn(serializers.Serializer[Any]):
    """A logo to show."""

    logo = serializers.FileField(max_length=200, help_text="PNG, JPEG or WebP, at most 512 KB; it is drawn anew.")


class UserOut(serializers.Serializer[Any]):
    """A user, for colleagues."""

    id = serializers.IntegerField()
    email = serializers.CharField()
    full_name = serializers.CharField()
    role = serializers.ChoiceField(Role.choices)
    company = serializers.IntegerField(allow_null=True)
    company_name = serializers.CharField(allow_null=True)
    is_active = serializers.BooleanField()
    is_invited = serializers.BooleanField(help_text="Invited by e-mail, and not here yet.")


def user_out(user: User) -> dict[str, Any]:
    """A user with the company loaded."""
    return me_out(user) | {"is_active": user.is_active, "is_invited": user.invited_at is not None}


class UserIn(serializers.Serializer[Any]):
    """A colleague to add: with a password at once, without one invited by e-mail."""

    email = EmailIn(max_length=254)
    full_name = LineField(max_length=200)
    role = serializers.ChoiceField(Role.choices)
    company = KeyField(required=False, allow_null=True)
    password = PasswordIn(required=False, allow_null=True)


class UserChangeIn(serializers.Serializer[Any]):
    """What of a user can change; the address only until the invitation is accepted."""

    email = EmailIn(required=False, max_length=254)
    full_name = LineField(required=False, max_length=200)
    role = serializers.ChoiceField(Role.choices, required=False)
    is_active = FlagField(required=False)
    company = KeyField(required=False, allow_null=True)

    def to_internal_value(self, data: Any) -> Any:
        """What is sent; a password would only seem to be changed."""
        if isinstance(data, dict) and "password" in data:
            raise serializers.ValidationError(
                {"password": ["Everybody changes their own, at /api/auth/change-password/."]}
            )
        return super().to_internal_value(data)


class ChangePasswordIn(serializers.Serializer[Any]):
    """The password now, and the one to come."""

    current_password = PasswordIn()
    new_password = PasswordIn()


class MeOut(serializers.Serializer[Any]):
    """The user who asks."""

    id = serializers.IntegerField()
    email = serializers.CharField()
    full_name = serializers.CharField()
    role = serializers.ChoiceField(Role.choices)
    company = serializers.IntegerField(allow_null=True)
    company_name = serializers.CharField(allow_null=True)


def me_out(user: User) -> dict[str, Any]:
    """A user with the company loaded."""
    return {
        "id": user.pk,
        "email": user.email,
        "full_name": user.full_name,
        "role": user.role,
        "company": user.company_id,
        "company_name": user.company.name if user.company else None,
    }


class LoginIn(serializers.Serializer[Any]):
    """Who logs in."""

    email = TextField(max_length=254)
    password = PasswordIn()
    code = TextField(
        max_length=20,
        required=False,
        help_text="Of the authenticator app, or a recovery code: for those who have set up a second factor.",
    )


class LoginOut(serializers.Serializer[Any]):
    """A token, shown this once."""

    token = serializers.CharField()
    user = MeOut()


class RegisterIn(serializers.Serializer[Any]):
    """A new company and its first user."""

    company_name = LineField(max_length=200)
    full_name = LineField(max_length=200)
    email = EmailIn(max_length=254)
    password = PasswordIn()
    timezone = ZoneField(default="UTC")


class AcceptIn(serializers.Serializer[Any]):
    """The answer to an invitation."""

    token = TextField(max_length=200)
    password = PasswordIn()
    full_name = LineField(required=False, max_length=200)
