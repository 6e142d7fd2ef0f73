"""What is asked about a job."""

from typing import Any

from django import forms

from parley.hiring.models import Job
from parley.web.forms import OperationForm

MOST_SKILLS = 100


class JobForm(OperationForm):
    """A job, new or changed."""

    job_title = forms.CharField(label="Title", max_length=200)
    location = forms.CharField(label="Location", max_length=200, required=False, help_text="A place, or “remote”.")
    description = forms.CharField(
        label="Description", max_length=50_000, required=False, widget=forms.Textarea(attrs={"rows": 5})
    )
    requirements = forms.CharField(
        label="Requirements", max_length=50_000, required=False, widget=forms.Textarea(attrs={"rows": 4})
    )
    tech_stack = forms.CharField(
        label="Skills", max_length=5000, required=False, help_text="Separated by commas: Python, PostgreSQL."
    )

    def clean_tech_stack(self) -> list[str]:
        """The names, each once."""
        names = [" ".join(name.split()) for name in self.cleaned_data["tech_stack"].split(",")]
        skills = list(dict.fromkeys(name for name in names if name))
        if len(skills) > MOST_SKILLS or any(len(name) > 100 for name in skills):
            raise forms.ValidationError("At most 100 skills, of 100 characters each.")
        return skills


def values_of(job: Job) -> dict[str, Any]:
    """What the form shows of a job."""
    shown = {name: getattr(job, name) for name in ("job_title", "location", "description", "requirements")}
    return {**shown, "tech_stack": ", ".join(map(str, job.tech_stack))}
