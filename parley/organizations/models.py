"""Companies and users."""

import uuid
from datetime import timedelta
from typing import Any, ClassVar
from zoneinfo import ZoneInfo

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Lower
from django.utils.crypto import salted_hmac
from knox.models import AuthToken

from parley.core.actors import Actor
from parley.core.emails import canonical_email
from parley.core.errors import Conflict, Invalid
from parley.core.transactions import on_violation
from parley.organizations.tenancy import CompanyOwnedQuerySet


class CompanyQuerySet(CompanyOwnedQuerySet["Company"]):
    """A company belongs to itself."""

    company_lookup: ClassVar[str] = "id"


class Company(models.Model):
    """A tenant. Its e-mail address is unique among companies, whatever the case."""

    name = models.CharField(max_length=200)
    email = models.EmailField(max_length=254)
    timezone = models.CharField(max_length=64, default="UTC")
    is_active = models.BooleanField(default=True)
    created_at = models.DateTimeField(auto_now_add=True)

    objects = CompanyQuerySet.as_manager()

    class Meta:
        verbose_name_plural = "companies"
        ordering = ["id"]
        constraints = [models.UniqueConstraint(Lower("email"), name="company_email_once")]

    def __str__(self) -> str:
        return self.name

    @property
    def zone(self) -> ZoneInfo:
        """The zone in which the company thinks."""
        return ZoneInfo(self.timezone)

    @property
    def brand(self) -> "Branding":
        """How candidates see it; with nothing of its own until it is saved. One statement where it is not loaded."""
        return getattr(self, "branding", None) or Branding(company=self)

    @property
    def public_name(self) -> str:
        """What candidates read."""
        return self.brand.display_name or self.name


class Branding(models.Model):
    """How a company looks to candidates, and which sites may show its booking page. What is empty is as usual."""

    company = models.OneToOneField(Company, on_delete=models.CASCADE, primary_key=True, related_name="branding")
    display_name = models.CharField(max_length=200, blank=True)
    accent = models.CharField(max_length=7, blank=True)  # #rrggbb
    logo_name = models.CharField(max_length=40, blank=True)  # of its content; the picture itself is a ``Logo``
    logo_width = models.PositiveSmallIntegerField(default=0)
    logo_height = models.PositiveSmallIntegerField(default=0)
    sites = models.JSONField(default=list)  # origins
    updated_at = models.DateTimeField()

    objects = CompanyOwnedQuerySet["Branding"].as_manager()

    class Meta:
        verbose_name_plural = "branding"
        constraints = [
            models.CheckConstraint(
                name="branding_accent_is_hex", condition=models.Q(accent__regex=r"^(#[0-9a-f]{6})?$")
            ),
            models.CheckConstraint(
                name="branding_logo_has_a_size",
                condition=models.Q(logo_name="", logo_width=0, logo_height=0)
                | (~models.Q(logo_name="") & models.Q(logo_width__gte=1, logo_height__gte=1)),
            ),
        ]

    def __str__(self) -> str:
        return f"How candidates see company {self.company_id}"

    @property
    def logo_path(self) -> str:
        """Where the logo is served (``parley/web/branding.py``); empty where there is none."""
        return f"/branding/logo/{self.logo_name}" if self.logo_name else ""

    def logo_size(self, *, highest: int) -> tuple[int, int]:
        """Width and height in pixels at which the logo is shown, at most so high."""
        height = min(self.logo_height, highest)
        return max(round(self.logo_width * height / max(self.logo_height, 1)), 1), height


class Logo(models.Model):
    """The picture of a company's logo, as it is served: apart, so that nothing that needs its name alone loads it."""

    company = models.OneToOneField(Company, on_delete=models.CASCADE, primary_key=True, related_name="logo")
    name = models.CharField(max_length=40, db_index=True)
    content = models.BinaryField()

    objects = CompanyOwnedQuerySet["Logo"].as_manager()

    def __str__(self) -> str:
        return self.name


class Role(models.TextChoices):
    """What a user is; all but the administrator belong to one company."""

    ADMIN = "admin"
    COMPANY = "company"
    HIRING_AGENCY = "hiring_agency"
    RECRUITER = "recruiter"


class UserManager(BaseUserManager["User"]):
    """Looks users up by e-mail, whatever the case."""

    def get_queryset(self) -> CompanyOwnedQuerySet["User"]:
        """Rows that know who may see them."""
        return CompanyOwnedQuerySet(self.model, using=self._db)

    def visible_to(self, actor: Actor) -> CompanyOwnedQuerySet["User"]:
        """The colleagues that ``actor`` may know of."""
        return self.get_queryset().visible_to(actor)

    def get_by_natural_key(self, username: str | None) -> "User":
        """The user of an e-mail address."""
        return self.get(email=canonical_email(username or ""))


class User(AbstractBaseUser):
    """Somebody who logs in. An actor for operations (``parley.core.actors``)."""

    email = models.EmailField(max_length=254, unique=True)
    full_name = models.CharField(max_length=200)
    role = models.CharField(max_length=16, choices=Role)
    company = models.ForeignKey(Company, on_delete=models.PROTECT, null=True, blank=True, related_name="users")
    is_active = models.BooleanField(default=True)
    invited_at = models.DateTimeField(null=True, blank=True)  # set until the invitation is accepted
    created_at = models.DateTimeField(auto_now_add=True)
    sessions_ended_at = models.DateTimeField(null=True, blank=True)  # logins to the pages before that have ended

    objects: ClassVar[UserManager] = UserManager()

    USERNAME_FIELD = "email"
    REQUIRED_FIELDS: ClassVar[list[str]] = ["full_name", "role"]

    class Meta:
        ordering = ["id"]
        constraints = [
            models.UniqueConstraint(Lower("email"), name="user_email_once"),
            models.CheckConstraint(
                name="user_company_unless_admin",
                condition=models.Q(role="admin", company__isnull=True)
                | (~models.Q(role="admin") & models.Q(company__isnull=False)),
            ),
        ]

    def __str__(self) -> str:
        return self.email

    def _get_session_auth_hash(self, secret: str | None = None) -> str:
        """What a session must hold to be of this user: another one with another password, or once they are ended."""
        ended = f":{self.sessions_ended_at.isoformat()}" if self.sessions_ended_at else ""
        salt = "django.contrib.auth.models.AbstractBaseUser.get_session_auth_hash"  # Django's own: logins go on
        return salted_hmac(salt, f"{self.password}{ended}", secret=secret, algorithm="sha256").hexdigest()

    # --- an actor ---

    @property
    def actor_kind(self) -> str:
        """Always ``user``."""
        return "user"

    @property
    def actor_id(self) -> int:
        """The primary key."""
        return self.pk

    @property
    def sees_all(self) -> bool:
        """Whether this is a platform administrator."""
        return self.role == Role.ADMIN

    # --- Django's admin ---

    @property
    def is_staff(self) -> bool:
        """Whether the Django admin opens: for platform administrators."""
        return self.is_active and self.sees_all

    @property
    def is_superuser(self) -> bool:
        """The same."""
        return self.is_staff

    def has_perm(self, perm: str, obj: Any = None) -> bool:
        """Administrators may do all that the Django admin offers, others nothing there."""
        return self.is_staff

    def has_module_perms(self, app_label: str) -> bool:
        """As ``has_perm``."""
        return self.is_staff


class ApiTokenQuerySet(models.QuerySet["ApiToken"]):
    """One's own, and nobody else's."""

    def visible_to(self, actor: Actor) -> "ApiTokenQuerySet":
        """Those of the user who asks."""
        if actor.actor_kind != "user" or actor.actor_id is None:
            return self.none()
        return self.filter(token__user_id=actor.actor_id)


class ApiToken(models.Model):
    """A token that somebody has made for a program, under a name; those of logins have none."""

    token = models.OneToOneField(AuthToken, on_delete=models.CASCADE, related_name="named")
    name = models.CharField(max_length=100)

    objects = ApiTokenQuerySet.as_manager()

    class Meta:
        ordering: ClassVar[list[str]] = ["id"]

    def __str__(self) -> str:
        return self.name


LONGEST_IMPERSONATION = timedelta(hours=1)


class Impersonation(models.Model):
    """An administrator acts as a user: with a reason, for a limited time, one at a time."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    admin = models.ForeignKey(User, on_delete=models.CASCADE, related_name="impersonations")
    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="impersonated")
    reason = models.CharField(max_length=200)
    started_at = models.DateTimeField()
    ends_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)

    class Meta:
        ordering: ClassVar[list[str]] = ["-started_at", "id"]
        constraints = [
            models.UniqueConstraint(
                fields=["admin"], condition=Q(ended_at__isnull=True), name="impersonation_one_at_a_time"
            ),
            models.CheckConstraint(
                name="impersonation_is_limited",
                condition=Q(ends_at__gt=F("started_at"), ends_at__lte=F("started_at") + LONGEST_IMPERSONATION),
            ),
            models.CheckConstraint(name="impersonation_of_another", condition=~Q(admin=F("user"))),
        ]

    def __str__(self) -> str:
        return f"Impersonation {self.id}"


def email_taken() -> Invalid:
    """The refusal for an address that somebody has."""
    return Invalid.field("email", "A company or user with this email already exists.", code="email_taken")


on_violation("company_email_once", email_taken)
on_violation("user_email_once", email_taken)
on_violation("organizations_user_email_key", email_taken)
on_violation(
    "user_company_unless_admin",
    lambda: Conflict("Administrators belong to no company, everyone else to one.", code="role_needs_company"),
)
