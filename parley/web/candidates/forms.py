"""What is asked about candidates, and to invite them."""

from decimal import Decimal
from typing import Any

from django import forms
from django.conf import settings
from django.core.files.uploadedfile import UploadedFile

from parley.core.errors import Invalid
from parley.hiring.models import Candidate
from parley.hiring.operations.candidates import Upload, read_upload
from parley.organizations.models import User
from parley.web.choices import TYPES, jobs_of
from parley.web.forms import OperationForm

OWN = ("full_name", "email", "phone", "role", "domain", "work_experience", "poc_email")
REQUIRED = ("full_name", "email")  # but beside a resume
ROUND = "AI Interview"


class JobChoice(forms.TypedChoiceField):
    """One of the company's jobs, or none."""

    def __init__(self, **options: Any) -> None:
        super().__init__(coerce=int, empty_value=None, required=False, **options)

    def offer(self, user: User, *, none: str, only_active: bool = False) -> None:
        """Offer the jobs that the user sees."""
        self.choices = [("", none), *jobs_of(user, only_active=only_active)]


class CandidateForm(OperationForm):
    """A candidate, new or changed. What is left empty is taken from the resume, where it is found there."""

    use_required_attribute = False
    resume = forms.FileField(
        label="Resume",
        required=False,
        max_length=200,
        help_text="PDF or Word (.docx), at most 10 MB. What is found in it is filled in below, for you to check.",
        widget=forms.FileInput(attrs={"accept": ".pdf,.docx"}),
    )
    full_name = forms.CharField(label="Full name", max_length=200)
    email = forms.EmailField(label="E-mail address", max_length=254)
    phone = forms.CharField(label="Phone", max_length=40, required=False, widget=forms.TextInput(attrs={"type": "tel"}))
    job = JobChoice(label="Applied for")
    role = forms.CharField(label="Present role", max_length=200, required=False)
    domain = forms.CharField(label="Domain", max_length=200, required=False)
    work_experience = forms.DecimalField(
        label="Years of experience",
        required=False,
        min_value=Decimal(0),
        max_value=Decimal("99.9"),
        max_digits=3,
        decimal_places=1,
    )
    poc_email = forms.EmailField(
        label="E-mail of the contact person",
        max_length=254,
        required=False,
        help_text="Whom the candidate came through.",
    )

    def __init__(self, *args: Any, user: User, **options: Any) -> None:
        super().__init__(*args, **options)
        self.fields["job"].offer(user, none="No job yet")  # type: ignore[attr-defined]  # it is a JobChoice
        for name in REQUIRED if self.files.get("resume") else ():
            self.fields[name].required = False

    def own_fields(self) -> list[forms.BoundField]:
        """All but the resume."""
        return [field for field in self if field.name != "resume"]

    def fields_to_keep(self) -> dict[str, Any]:
        """What an operation takes."""
        return {name: self.cleaned_data[name] for name in OWN}

    def upload(self) -> Upload | None:
        """The resume as it reads; raises ``Invalid`` naming it."""
        file = self.cleaned_data.get("resume")
        return read_file(file) if file else None


def read_file(file: "UploadedFile[Any]") -> Upload:
    """A resume as it reads; raises ``Invalid`` naming ``resume``."""
    if (file.size or 0) > settings.PARLEY_MAX_RESUME_BYTES:
        text = "The file is larger than 10 MB. Export it again with smaller pictures."
        raise Invalid(text, code="too_large", errors={"resume": [text]})
    return read_upload(content=file.read(), filename=(file.name or "").replace("\0", ""))


def values_of(candidate: Candidate) -> dict[str, Any]:
    """What the form shows of a candidate."""
    return {**{name: getattr(candidate, name) for name in OWN}, "job": candidate.job_id}


class InviteForm(OperationForm):
    """To what candidates are invited."""

    job = JobChoice(label="Job")
    interview_round = forms.CharField(label="Round", max_length=100, initial=ROUND)
    interview_type = forms.ChoiceField(label="May book", choices=TYPES, required=False)

    def __init__(self, *args: Any, user: User, **options: Any) -> None:
        super().__init__(*args, **options)
        self.fields["job"].offer(user, none="No job", only_active=True)  # type: ignore[attr-defined]  # it is a JobChoice

    def wishes(self) -> dict[str, Any]:
        """What an operation takes."""
        values = self.cleaned_data
        return {
            "job_id": values["job"],
            "interview_round": " ".join(values["interview_round"].split()),
            "interview_type": values["interview_type"],
        }


class EraseForm(OperationForm):
    """Who is meant, once more."""

    email = forms.CharField(
        label="E-mail address of the candidate",
        max_length=254,
        widget=forms.TextInput(attrs={"autocomplete": "off", "spellcheck": "false"}),
    )
