"""What the pages ask for."""

from typing import Any

from django import forms

from parley.core.errors import DomainError
from parley.core.lines import is_one_line
from parley.core.timezones import zone_names


class OperationForm(forms.Form):
    """A form whose values go to an operation, which has the last word about them. A line of text is one line."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for field in self.fields.values():
            if isinstance(field, forms.CharField) and isinstance(field.widget, forms.TextInput):
                field.validators.append(_one_line)

    def refuse(self, error: DomainError) -> None:
        """Show an operation's refusal: at its field where the form has it, else above all."""
        for name, messages in (error.errors or {"": [error.detail]}).items():
            self.add_error(name if name in self.fields else None, messages)


def _one_line(text: str) -> None:
    if not is_one_line(text):
        raise forms.ValidationError("Write one line, without control characters.")


class LongSelect(forms.Select):
    """Django's own renders a template for each option, which takes a third of a second for all time zones."""

    template_name = "web/app/long_select.html"


class ZoneField(forms.ChoiceField):
    """A time zone by its name."""

    widget = LongSelect

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(choices=zone_choices, **kwargs)

    def offer_nothing(self, label: str) -> None:
        """Let none be chosen, under this label."""
        self.choices = [("", label), *zone_choices()]


def zone_choices() -> list[tuple[str, str]]:
    """All time zones, by name."""
    return [(name, name) for name in sorted(zone_names())]


class NewPasswordForm(OperationForm):
    """A new password, twice."""

    password = forms.CharField(
        label="Password",
        max_length=128,
        strip=False,
        help_text="At least 8 characters; nothing common, and not your name or address.",
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
    )
    repeated = forms.CharField(
        label="The same password again",
        max_length=128,
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
    )

    def clean(self) -> dict[str, Any]:
        """A slip of the finger would lock its owner out."""
        values = self.cleaned_data
        if "password" in values and "repeated" in values and values["password"] != values["repeated"]:
            self.add_error("repeated", "The two passwords differ.")
        return values


class JoinForm(NewPasswordForm):
    """An invited colleague's name and password."""

    full_name = forms.CharField(
        label="Your name", max_length=200, widget=forms.TextInput(attrs={"autocomplete": "name"})
    )
    field_order = ["full_name", "password", "repeated"]


class ForgottenForm(forms.Form):
    """Whose password is forgotten."""

    email = forms.EmailField(
        label="E-mail address", max_length=254, widget=forms.EmailInput(attrs={"autocomplete": "username"})
    )
