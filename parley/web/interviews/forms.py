"""What is asked about an interview."""

from typing import Any

from django import forms

from parley.organizations.models import User
from parley.web.choices import jobs_of
from parley.web.forms import OperationForm


class InterviewForm(OperationForm):
    """Job and round."""

    job = forms.TypedChoiceField(label="Job", coerce=int, empty_value=None, required=False)
    interview_round = forms.CharField(label="Round", max_length=100)

    def __init__(self, *args: Any, user: User, **options: Any) -> None:
        super().__init__(*args, **options)
        self.fields["job"].choices = [("", "No job"), *jobs_of(user)]  # type: ignore[attr-defined]  # it is a choice


class FeedbackForm(OperationForm):
    """What people thought of it."""

    feedback = forms.CharField(
        label="Feedback",
        max_length=50_000,
        required=False,
        help_text="For your colleagues; candidates do not see it.",
        widget=forms.Textarea(attrs={"rows": 5}),
    )
