"""What the settings ask for."""

from datetime import timedelta
from typing import Any

from django import forms

from parley.interviews.rules.policy import LEAST_JOIN_GRACE, ReseatMode
from parley.notifications.feed_rules import Scope
from parley.notifications.inbox_rules import USUAL, Topic
from parley.notifications.rules import MOST_REMINDERS
from parley.notifications.texts import LONGEST_BODY, LONGEST_SUBJECT
from parley.organizations.models import Branding, Role
from parley.organizations.operations.users import COLLEAGUE_ROLES
from parley.organizations.rules.sites import LONGEST, MOST_SITES
from parley.privacy.rules.retention import LEAST_MONTHS, MOST_MONTHS
from parley.web.durations import DurationField, minutes_of
from parley.web.forms import OperationForm, ZoneField
from parley.webhooks.rules.addresses import LONGEST_URL
from parley.webhooks.rules.catalogue import CHOICES, EVERYTHING

SHOWS = {Scope.COMPANY.value: "The company's interviews", Scope.MINE.value: "Those that I booked or invited to"}
LASTS = {"30": "30 days", "90": "90 days", "365": "A year", "": "Until it is revoked"}


class CompanyForm(OperationForm):
    """The company itself."""

    name = forms.CharField(
        label="Name", max_length=200, help_text="Candidates see it, unless the branding has another."
    )
    email = forms.EmailField(label="E-mail address", max_length=254)
    timezone = ZoneField(
        label="Time zone",
        help_text="Weekly hours that name no zone of their own follow it: their free slots move with it.",
    )


class SchedulingForm(OperationForm):
    """What candidates may do themselves."""

    change_cutoff_minutes = DurationField(
        label="A booking can be moved or cancelled until, before the start",
        least=0,
        most=43_200,
        help_text="Such as: 2 hours, or 1 day.",
    )
    min_notice_minutes = DurationField(label="A slot can be taken until, before the start", least=0, most=43_200)
    max_days_ahead = forms.IntegerField(label="Days ahead that are offered", min_value=1, max_value=730)
    join_before_minutes = DurationField(label="The interview room opens, before the start", least=0, most=240)
    join_grace_minutes = DurationField(
        label="An interview can be begun until, after the start",
        least=LEAST_JOIN_GRACE,
        most=240,
        help_text="Who has not come by then is marked as missing.",
    )
    reseat_mode = forms.ChoiceField(
        label="When a booked time falls away",
        choices=[(mode.value, mode.label.capitalize()) for mode in ReseatMode],
    )
    hold_hours = forms.IntegerField(label="Hours that a proposed place is held", min_value=1, max_value=336)
    offer_minutes = DurationField(label="A freed place is kept for one who waits for", least=5, most=10_080)


class RetentionForm(OperationForm):
    """How long what was said is kept."""

    months = forms.IntegerField(
        label="Delete what was said in an interview after, in months",
        required=False,
        min_value=LEAST_MONTHS,
        max_value=MOST_MONTHS,
        help_text="Counted from the interview's end. Empty: nothing is deleted by itself.",
    )


class MailsForm(OperationForm):
    """Reminders, and where answers go."""

    reminder_minutes = forms.CharField(
        label="Reminders",
        required=False,
        max_length=100,
        help_text="Before the start, with commas between: 1 day, 1 hour. Empty: none.",
    )
    reply_to = forms.EmailField(
        label="Answers go to", required=False, max_length=254, help_text="Empty: nobody reads them."
    )

    def clean_reminder_minutes(self) -> list[int]:
        """The numbers, the earliest reminder first."""
        words = self.cleaned_data["reminder_minutes"].split(",")
        try:
            minutes = sorted({minutes_of(word) for word in words if word.strip()}, reverse=True)
        except ValueError as error:
            raise forms.ValidationError("Write them as: 1 day, 1 hour, 30 minutes.") from error
        if not all(5 <= each <= 43_200 for each in minutes):
            raise forms.ValidationError("Each can be from 5 minutes to 30 days before the start.")
        if len(minutes) > MOST_REMINDERS:
            raise forms.ValidationError(f"At most {MOST_REMINDERS} reminders.")
        return minutes


class TextForm(OperationForm):
    """The words of one kind of mail."""

    subject = forms.CharField(label="Subject", max_length=LONGEST_SUBJECT)
    body = forms.CharField(
        label="Text", max_length=LONGEST_BODY, strip=False, widget=forms.Textarea(attrs={"rows": 12})
    )


class BrandingForm(OperationForm):
    """How candidates see the company."""

    display_name = forms.CharField(label="Name", max_length=200, required=False)
    accent = forms.CharField(
        label="Accent colour",
        max_length=20,
        required=False,
        help_text="Such as #0b5cad; empty: Parley's blue. What is written on it, and its shades for light and dark"
        " pages, are chosen so that they can be read.",
        widget=forms.TextInput(attrs={"autocomplete": "off", "spellcheck": "false"}),
    )
    logo = forms.FileField(
        label="Logo",
        required=False,
        max_length=200,
        help_text="PNG, JPEG or WebP, at most 512 KB. It stands on white, instead of the name.",
        widget=forms.FileInput(attrs={"accept": ".png,.jpg,.jpeg,.webp"}),
    )

    def __init__(self, *args: Any, brand: Branding, **options: Any) -> None:
        super().__init__(*args, **options)
        self.fields["display_name"].help_text = f"For candidates. Empty: {brand.company.name}"
        if brand.logo_name:
            self.fields["no_logo"] = forms.BooleanField(label="Show the name, and no logo", required=False)


class SitesForm(OperationForm):
    """Where the booking page may be shown."""

    sites = forms.CharField(
        label="Your sites",
        required=False,
        max_length=MOST_SITES * LONGEST,
        help_text="One a line, such as https://jobs.example.com. Only they can show it; with none, nobody can.",
        widget=forms.Textarea(attrs={"rows": 4, "spellcheck": "false"}),
    )

    def clean_sites(self) -> list[str]:
        """The lines."""
        return [line for line in self.cleaned_data["sites"].splitlines() if line.strip()]


class InviteForm(OperationForm):
    """A colleague to be."""

    full_name = forms.CharField(label="Name", max_length=200, widget=forms.TextInput(attrs={"autocomplete": "off"}))
    email = forms.EmailField(
        label="E-mail address", max_length=254, widget=forms.EmailInput(attrs={"autocomplete": "off"})
    )
    role = forms.ChoiceField(
        label="Role",
        choices=[(role.value, role.label) for role in COLLEAGUE_ROLES],
        initial=Role.RECRUITER,
        help_text="Company users manage people and settings, too; the others only interviews.",
    )


class MemberForm(OperationForm):
    """A colleague."""

    full_name = forms.CharField(label="Name", max_length=200)
    email = forms.EmailField(label="E-mail address", max_length=254)
    role = forms.ChoiceField(label="Role", choices=[(role.value, role.label) for role in COLLEAGUE_ROLES])

    def __init__(self, *args: Any, has_joined: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if has_joined:  # it is what the colleague logs in with
            self.fields["email"].disabled = True


class TokenForm(OperationForm):
    """A token to be."""

    name = forms.CharField(
        label="What it is for", max_length=100, widget=forms.TextInput(attrs={"autocomplete": "off"})
    )
    lasts = forms.ChoiceField(label="It ends after", choices=list(LASTS.items()), required=False, initial="90")

    def clean_lasts(self) -> timedelta | None:
        """How long; None for ever."""
        days = self.cleaned_data["lasts"]
        return timedelta(days=int(days)) if days else None


def _heard(name: str) -> str:
    if name == EVERYTHING:
        return "Everything"
    return f"All of {name.removesuffix('.*')}" if name.endswith(".*") else name


def _rank(name: str) -> int:
    """What says most first."""
    return 0 if name == EVERYTHING else 1 if name.endswith(".*") else 2


class WebhookForm(OperationForm):
    """A receiver."""

    url = forms.CharField(label="Address", max_length=LONGEST_URL, widget=forms.URLInput(attrs={"autocomplete": "off"}))
    description = forms.CharField(label="What it is for", max_length=500, required=False)
    events = forms.MultipleChoiceField(
        label="It hears of",
        choices=sorted(((name, _heard(name)) for name in CHOICES), key=lambda each: (_rank(each[0]), each[0])),
        initial=[EVERYTHING],
        widget=forms.CheckboxSelectMultiple(),
    )
    is_active = forms.BooleanField(label="Active", required=False, initial=True)


class FeedForm(OperationForm):
    """A calendar feed to be."""

    name = forms.CharField(label="Where you use it", max_length=100, required=False)
    scope = forms.ChoiceField(label="It shows", choices=list(SHOWS.items()))


CHOOSABLE = [(topic.value, topic.label) for topic in Topic if topic.value in USUAL]


class TopicsForm(OperationForm):
    """What one wants to be told of."""

    topics = forms.MultipleChoiceField(
        label="Tell me of", choices=CHOOSABLE, required=False, widget=forms.CheckboxSelectMultiple()
    )
