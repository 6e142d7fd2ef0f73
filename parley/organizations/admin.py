"""Companies and users for operators, and the way in."""

from typing import Any, cast

from django import forms
from django.contrib import admin
from django.contrib.admin.forms import AdminAuthenticationForm
from django.contrib.auth.models import Group
from django.core.exceptions import ValidationError
from django.db.models import Count, QuerySet
from django.http import HttpRequest
from django.utils import timezone
from knox.models import AuthToken

from parley.core.addresses import client_address
from parley.core.admin import EditingAdmin, LookingAdmin, OperationForm
from parley.core.timezones import zone_names
from parley.organizations.logins import count_attempt, forgive_attempt, second_factor_refuses
from parley.organizations.models import Branding, Company, User
from parley.organizations.operations.companies import create_company, update_company
from parley.organizations.operations.users import add_user, invite_again, update_user

# Roles decide here, not groups; and tokens are for their owners alone.
admin.site.unregister(Group)
admin.site.unregister(AuthToken)


class OperatorLogin(AdminAuthenticationForm):
    """The login of the admin, with the API's limit on failures."""

    def clean(self) -> dict[str, Any]:
        """The user, for administrators; refuses after too many failures without looking."""
        address = client_address(self.request) if self.request else ""
        email = str(self.cleaned_data.get("username", ""))
        now = timezone.now()
        wait = count_attempt(address=address, email=email, now=now)
        if wait is not None:
            raise ValidationError(f"Too many attempts: try again in {wait} seconds.", code="too_many_attempts")
        cleaned = super().clean()
        user = self.get_user()
        if second_factor_refuses(user, ""):
            raise ValidationError("You have a second factor: log in on the start page, and come back.", code="code")
        forgive_attempt(address=address, email=email, now=now)
        return cleaned


admin.site.login_form = OperatorLogin


class CompanyForm(OperationForm):
    """A company's own data."""

    timezone = forms.ChoiceField(choices=lambda: [(name, name) for name in sorted(zone_names())], initial="UTC")

    class Meta:
        model = Company
        fields = ["name", "email", "timezone", "is_active"]


@admin.register(Company)
class CompanyAdmin(EditingAdmin):
    """The tenants."""

    form = CompanyForm
    list_display = ["name", "email", "timezone", "is_active", "how_many_users", "created_at"]
    list_filter = ["is_active"]
    search_fields = ["name", "email"]
    ordering = ["name", "pk"]
    fields = ["name", "email", "timezone", "is_active", "created_at"]
    readonly_fields = ["created_at"]
    actions = ["activate", "deactivate"]

    def get_queryset(self, request: HttpRequest) -> QuerySet[Company]:
        """With the number of users."""
        rows: QuerySet[Company] = super().get_queryset(request)
        return rows.annotate(user_count=Count("users"))

    def get_fields(self, request: HttpRequest, obj: Company | None = None) -> list[Any]:
        """A new company is active."""
        return ["name", "email", "timezone", "is_active", "created_at"] if obj else ["name", "email", "timezone"]

    @admin.display(description="users", ordering="user_count")
    def how_many_users(self, company: Any) -> int:
        """Also those that cannot log in."""
        return int(company.user_count)

    def create(self, request: HttpRequest, values: dict[str, Any]) -> Company:
        """A company without users; add one as the next step."""
        return create_company(**values, password=None, actor=operator(request), now=timezone.now())

    def update(self, request: HttpRequest, key: Any, values: dict[str, Any]) -> None:
        """Change it."""
        update_company(company_id=key, **values, actor=operator(request), now=timezone.now())

    @admin.action(description="Activate")
    def activate(self, request: HttpRequest, rows: QuerySet[Company]) -> None:
        """Let their users in again."""
        self._switch(request, rows, active=True)

    @admin.action(description="Deactivate: nobody of them can log in")
    def deactivate(self, request: HttpRequest, rows: QuerySet[Company]) -> None:
        """Keep their users out; nothing is lost."""
        self._switch(request, rows, active=False)

    def _switch(self, request: HttpRequest, rows: QuerySet[Company], *, active: bool) -> None:
        self.each(
            request,
            rows,
            lambda key, now: update_company(company_id=key, is_active=active, actor=operator(request), now=now),
            done="are active" if active else "are inactive",
        )


@admin.register(Branding)
class BrandingAdmin(LookingAdmin):
    """How companies look to candidates, and who may frame their pages; the company changes it."""

    list_display = ["company", "display_name", "accent", "logo_name", "sites", "updated_at"]
    list_select_related = ["company"]
    search_fields = ["company__name", "display_name"]
    ordering = ["company__name", "pk"]


@admin.register(User)
class UserAdmin(EditingAdmin):
    """Who can log in. Passwords are neither shown nor set here: people choose their own."""

    list_display = ["email", "full_name", "role", "company", "is_active", "is_invited", "last_login"]
    list_filter = ["role", "is_active", "company"]
    list_select_related = ["company"]
    search_fields = ["email", "full_name", "company__name"]
    ordering = ["email"]
    autocomplete_fields = ["company"]
    readonly_fields = ["invited_at", "last_login", "created_at"]
    only_when_made = ("email", "company")
    actions = ["activate", "deactivate", "invite_again"]

    def get_fields(self, request: HttpRequest, obj: User | None = None) -> list[Any]:
        """A new user is invited by e-mail."""
        asked = ["email", "full_name", "role", "company"]
        return [*asked, "is_active", "invited_at", "last_login", "created_at"] if obj else asked

    @admin.display(description="invited", boolean=True)
    def is_invited(self, user: User) -> bool:
        """Invited by e-mail, and not here yet."""
        return user.invited_at is not None

    def create(self, request: HttpRequest, values: dict[str, Any]) -> User:
        """Invite somebody by e-mail."""
        company: Company | None = values.pop("company")
        company_id = company.pk if company else None
        return add_user(**values, company_id=company_id, password=None, actor=operator(request), now=timezone.now())

    def update(self, request: HttpRequest, key: Any, values: dict[str, Any]) -> None:
        """Change name, role or activity."""
        update_user(user_id=key, **values, actor=operator(request), now=timezone.now())

    @admin.action(description="Activate")
    def activate(self, request: HttpRequest, rows: QuerySet[User]) -> None:
        """Let them in again."""
        self._switch(request, rows, active=True)

    @admin.action(description="Deactivate: they cannot log in, and their tokens end")
    def deactivate(self, request: HttpRequest, rows: QuerySet[User]) -> None:
        """Keep them out."""
        self._switch(request, rows, active=False)

    @admin.action(description="Send the invitation again")
    def invite_again(self, request: HttpRequest, rows: QuerySet[User]) -> None:
        """For those who have not come yet."""
        self.each(
            request,
            rows,
            lambda key, now: invite_again(user_id=key, actor=operator(request), now=now),
            done="are invited again",
        )

    def _switch(self, request: HttpRequest, rows: QuerySet[User], *, active: bool) -> None:
        self.each(
            request,
            rows,
            lambda key, now: update_user(user_id=key, is_active=active, actor=operator(request), now=now),
            done="are active" if active else "are inactive",
        )


def operator(request: HttpRequest) -> User:
    """Who acts; the admin lets administrators in alone."""
    return cast("User", request.user)
