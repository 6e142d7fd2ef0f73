"""What is asked about a kit, apart from its words."""

from typing import Any

from django import forms

from parley.conversations.library import LANGUAGES, USUAL
from parley.interviews.rules.states import InterviewType
from parley.organizations.models import User
from parley.web.choices import jobs_of
from parley.web.forms import OperationForm


class KitForm(OperationForm):
    """Name and job."""

    name = forms.CharField(label="Name", max_length=100)
    job = forms.TypedChoiceField(
        label="For the job",
        coerce=int,
        empty_value=None,
        required=False,
        help_text="Interviews for other jobs use other kits.",
    )

    def __init__(self, *args: Any, user: User, **options: Any) -> None:
        super().__init__(*args, **options)
        self.fields["job"].choices = [("", "All jobs"), *jobs_of(user)]  # type: ignore[attr-defined]  # it is a choice


class NewKitForm(KitForm):
    """A kit that begins as a copy of what Parley ships."""

    interview_type = forms.ChoiceField(
        label="Kind of interview",
        choices=InterviewType.choices,
        help_text="The kit begins as a copy of the one that comes with Parley for this kind.",
    )
    language = forms.ChoiceField(label="Language of the interview", choices=list(LANGUAGES.items()), initial=USUAL)
    field_order = ["interview_type", "language", "name", "job"]
