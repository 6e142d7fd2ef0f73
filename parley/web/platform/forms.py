"""What the administrator's pages ask for."""

from typing import Any

from django import forms
from django.db.models.functions import Lower

from parley.core.timezones import zone_names
from parley.llm.operations import MOST, MOST_SESSIONS
from parley.llm.rules.costs import MICROS
from parley.organizations.models import Company, Role
from parley.organizations.operations.users import COLLEAGUE_ROLES
from parley.web.forms import OperationForm

MOST_COMPANIES = 1000  # that are offered to choose from
_NOT_FILLED_IN = {"autocomplete": "off"}


def companies_to_choose() -> list[tuple[int, str]]:
    """All companies by name."""
    rows = Company.objects.order_by(Lower("name"), "pk").values_list("pk", "name", "is_active")[:MOST_COMPANIES]
    return [(pk, name if is_active else f"{name} (inactive)") for pk, name, is_active in rows]


class CompanyForm(OperationForm):
    """A company's own data."""

    name = forms.CharField(
        label="Name", max_length=200, help_text="Candidates see it.", widget=forms.TextInput(attrs=_NOT_FILLED_IN)
    )
    email = forms.EmailField(
        label="E-mail address of the company", max_length=254, widget=forms.EmailInput(attrs=_NOT_FILLED_IN)
    )
    timezone = forms.ChoiceField(
        label="Time zone", choices=lambda: [(name, name) for name in sorted(zone_names())], initial="UTC"
    )


class NewCompanyForm(CompanyForm):
    """A company and its first member, who is invited."""

    member_name = forms.CharField(
        label="Name of the first member", max_length=200, widget=forms.TextInput(attrs=_NOT_FILLED_IN)
    )
    member_email = forms.EmailField(
        label="E-mail address of the first member",
        max_length=254,
        help_text="The invitation goes there. This member manages the company and can invite the others.",
        widget=forms.EmailInput(attrs=_NOT_FILLED_IN),
    )


class BudgetForm(OperationForm):
    """What a company may use of language models in a month. What is left empty is without limit."""

    monthly_tokens = forms.IntegerField(label="Tokens a month", required=False, min_value=0, max_value=MOST)
    monthly_dollars = forms.DecimalField(
        label="US dollars a month",
        required=False,
        min_value=0,
        max_value=1_000_000,
        decimal_places=2,
        help_text="By the providers' published prices, or your own (PARLEY_AI_PRICES).",
    )
    concurrent_sessions = forms.IntegerField(
        label="Interviews at once",
        required=False,
        min_value=0,
        max_value=MOST_SESSIONS,
        help_text="That a model leads. In further ones the scripted interviewer asks.",
    )

    @property
    def limits(self) -> dict[str, int | None]:
        """As the operation takes them."""
        dollars = self.cleaned_data["monthly_dollars"]
        return {
            "monthly_tokens": self.cleaned_data["monthly_tokens"],
            "monthly_cost_micros": None if dollars is None else int(dollars * MICROS),
            "concurrent_sessions": self.cleaned_data["concurrent_sessions"],
        }


class NewUserForm(OperationForm):
    """Somebody to be invited."""

    full_name = forms.CharField(label="Name", max_length=200, widget=forms.TextInput(attrs=_NOT_FILLED_IN))
    email = forms.EmailField(label="E-mail address", max_length=254, widget=forms.EmailInput(attrs=_NOT_FILLED_IN))
    role = forms.ChoiceField(label="Role", choices=Role.choices, initial=Role.COMPANY)
    company = forms.TypedChoiceField(
        label="Company",
        coerce=int,
        empty_value=None,
        required=False,
        choices=lambda: [("", "None (administrators)"), *companies_to_choose()],
    )

    def clean(self) -> dict[str, Any]:
        """Administrators belong to no company, everyone else to one."""
        values = self.cleaned_data
        is_admin, has_company = values.get("role") == Role.ADMIN, values.get("company") is not None
        if is_admin and has_company:
            self.add_error("company", "Administrators belong to no company: choose none.")
        elif "role" in values and "company" in values and not is_admin and not has_company:
            self.add_error("company", "Choose the company.")
        return values


class UserForm(OperationForm):
    """A user."""

    full_name = forms.CharField(label="Name", max_length=200)
    email = forms.EmailField(label="E-mail address", max_length=254)
    role = forms.ChoiceField(label="Role")

    def __init__(self, *args: Any, is_admin: bool, has_joined: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        role: Any = self.fields["role"]
        roles = [Role.ADMIN] if is_admin else COLLEAGUE_ROLES
        role.choices = [(each.value, each.label) for each in roles]
        if has_joined:  # it is what the user logs in with
            self.fields["email"].disabled = True


class ActForm(OperationForm):
    """Why somebody is to be acted as."""

    reason = forms.CharField(
        label="Why",
        max_length=200,
        help_text="The user is told, and it stays in the history. Such as: support request 4711.",
        widget=forms.TextInput(attrs=_NOT_FILLED_IN),
    )
