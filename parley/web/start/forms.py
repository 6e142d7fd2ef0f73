"""What a new company is asked for."""

from django import forms

from parley.core.errors import DomainError
from parley.web.forms import LongSelect, NewPasswordForm, ZoneField


class RegisterForm(NewPasswordForm):
    """A company, and its first user."""

    company_name = forms.CharField(
        label="Company", max_length=200, widget=forms.TextInput(attrs={"autocomplete": "organization"})
    )
    full_name = forms.CharField(
        label="Your name", max_length=200, widget=forms.TextInput(attrs={"autocomplete": "name"})
    )
    email = forms.EmailField(
        label="E-mail address", max_length=254, widget=forms.EmailInput(attrs={"autocomplete": "username"})
    )
    timezone = ZoneField(
        label="Time zone of the company",
        initial="UTC",
        help_text="Its hours are in this zone. Candidates see times in their own.",
        widget=LongSelect(attrs={"data-guess-zone": ""}),
    )
    field_order = ["company_name", "full_name", "email", "timezone", "password", "repeated"]

    def refuse(self, error: DomainError) -> None:
        """An address that somebody has is said as what to do next."""
        if error.code == "email_taken":
            self.add_error("email", "There is an account with this address: log in, or take another one.")
        else:
            super().refuse(error)
