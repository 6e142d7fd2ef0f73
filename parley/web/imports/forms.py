"""What is asked for an import: the file, and which column is what."""

from typing import Any

from django import forms

from parley.hiring.models import CandidateImport
from parley.hiring.rules.imports import FIELDS
from parley.organizations.models import User
from parley.web.choices import jobs_of
from parley.web.forms import OperationForm

_HELP = {"full_name": "Or choose first and last name."}


class FileForm(OperationForm):
    """The file."""

    file = forms.FileField(
        label="List of candidates",
        max_length=200,
        help_text="An Excel workbook (.xlsx) or CSV, at most 5 MB and 10,000 rows; the first row names the columns.",
        widget=forms.FileInput(attrs={"accept": ".xlsx,.csv,.txt,.tsv"}),
        error_messages={"required": "Choose a file.", "empty": "The file is empty."},
    )


class ColumnsForm(OperationForm):
    """Which column is what. A field for each of a candidate's, with the columns to choose from."""

    def __init__(self, *args: Any, batch: CandidateImport, user: User, **options: Any) -> None:
        super().__init__(*args, **options)
        choices = [("", "Not in the file"), *enumerate(batch.headers)]
        for name, (label, _) in FIELDS.items():
            self.fields[name] = forms.TypedChoiceField(
                label=label,
                choices=choices,
                coerce=int,
                empty_value=None,
                required=False,
                help_text=_HELP.get(name, ""),
            )
            self.initial[name] = batch.columns.get(name)
        self.fields["job"] = forms.TypedChoiceField(
            label="All of them apply for",
            choices=[("", "No job yet"), *jobs_of(user, only_active=True)],
            coerce=int,
            empty_value=None,
            required=False,
        )
        self.initial["job"] = batch.job_id

    def columns(self) -> dict[str, int]:
        """Field of a candidate -> number of the column."""
        return {name: self.cleaned_data[name] for name in FIELDS if self.cleaned_data[name] is not None}
