"""Jobs and candidates as they go in and out."""

from typing import Any

from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from parley.api.fields import FlagField, ItemsField, KeyField, LineField, TextField, YearsField, is_form
from parley.api.serializers.people import EmailIn
from parley.hiring.models import Candidate, Job


class JobOut(serializers.Serializer[Any]):
    """A job."""

    id = serializers.IntegerField()
    job_title = serializers.CharField()
    company = serializers.IntegerField()
    description = serializers.CharField()
    requirements = serializers.CharField()
    location = serializers.CharField()
    tech_stack = serializers.ListField(child=serializers.CharField())
    is_active = serializers.BooleanField()
    created_at = serializers.DateTimeField()
    updated_at = serializers.DateTimeField()


def job_out(job: Job) -> dict[str, Any]:
    """As ``JobOut``."""
    return {name: getattr(job, "pk" if name == "id" else name) for name in _JOB} | {"company": job.company_id}


_JOB = [name for name in map(str, JobOut().fields) if name != "company"]


class JobIn(serializers.Serializer[Any]):
    """A job to make, or (partial) to change."""

    job_title = LineField(max_length=200)
    company = KeyField(required=False, allow_null=True)
    description = TextField(required=False, allow_blank=True, max_length=50_000)
    requirements = TextField(required=False, allow_blank=True, max_length=50_000)
    location = LineField(required=False, allow_blank=True, max_length=200)
    tech_stack = ItemsField(child=LineField(max_length=100), required=False, max_length=100)
    is_active = FlagField(required=False)


class ResumeData(serializers.Serializer[Any]):
    """What was read from a resume."""

    filename = serializers.CharField()
    content_type = serializers.CharField()
    size = serializers.IntegerField()
    full_name = serializers.CharField(allow_null=True)
    emails = serializers.ListField(child=serializers.CharField())
    phones = serializers.ListField(child=serializers.CharField())
    links = serializers.ListField(child=serializers.CharField())
    text = serializers.CharField(required=False, help_text="In the answer for one candidate, not in lists.")


class CandidateOut(serializers.Serializer[Any]):
    """A candidate; ``resume`` is where its file is fetched."""

    id = serializers.IntegerField()
    full_name = serializers.CharField()
    email = serializers.CharField()
    phone = serializers.CharField()
    company = serializers.IntegerField(allow_null=True)
    job = serializers.IntegerField(allow_null=True)
    work_experience = serializers.FloatField(allow_null=True, help_text="Years.")
    domain = serializers.CharField()
    role = serializers.CharField()
    poc_email = serializers.CharField()
    resume = serializers.CharField(allow_null=True)
    resume_data = ResumeData(allow_null=True)
    created_at = serializers.DateTimeField()
    updated_at = serializers.DateTimeField()


def candidate_out(candidate: Candidate, *, with_text: bool = False) -> dict[str, Any]:
    """A candidate with the resume loaded."""
    resume = getattr(candidate, "resume", None)
    data = None
    if resume is not None:
        data = {name: getattr(resume, name) for name in _RESUME} | {"full_name": resume.full_name or None}
        if with_text:
            data["text"] = resume.text
    return {name: getattr(candidate, "pk" if name == "id" else name) for name in _CANDIDATE} | {
        "company": candidate.company_id,
        "job": candidate.job_id,
        "resume": f"/api/candidates/{candidate.pk}/resume/" if resume else None,
        "resume_data": data,
    }


_RESUME = ("filename", "content_type", "size", "emails", "phones", "links")
_CANDIDATE = [
    name for name in map(str, CandidateOut().fields) if name not in ("company", "job", "resume", "resume_data")
]


@extend_schema_field(
    {"const": None, "description": "null: there is none, or it is removed. The address from an answer leaves it."}
)
class NoResumeField(serializers.Field[Any, Any, Any, Any]):
    """What JSON can say of a resume; files come in forms."""


@extend_schema_field(OpenApiTypes.BINARY)
class ResumeField(serializers.FileField):
    """A file; in JSON nothing, or the address that an answer gave."""

    def to_internal_value(self, data: Any) -> Any:
        """The file, or the address."""
        return data if isinstance(data, str) and not is_form(self) else super().to_internal_value(data)


class CandidateIn(serializers.Serializer[Any]):
    """A candidate to make, or (partial) to change; with a resume, name and address may be left to it."""

    full_name = LineField(required=False, max_length=200)
    email = EmailIn(required=False, max_length=254)
    phone = LineField(required=False, allow_blank=True, max_length=40)
    company = KeyField(required=False, allow_null=True)
    job = KeyField(source="job_id", required=False, allow_null=True)
    work_experience = YearsField(required=False, allow_null=True, help_text="Years, to the tenth.")
    domain = LineField(required=False, allow_blank=True, max_length=200)
    role = LineField(required=False, allow_blank=True, max_length=200)
    poc_email = EmailIn(required=False, allow_blank=True, max_length=254)
    resume = NoResumeField(required=False)


class CandidateFormIn(CandidateIn):
    """The same, with the file."""

    resume = ResumeField(required=False, allow_null=True, max_length=200)  # type: ignore[assignment]  # instead


class WholeCandidateIn(CandidateIn):
    """A candidate as it shall be; what is left out stays."""

    full_name = LineField(max_length=200)
    email = EmailIn(max_length=254)


class WholeCandidateFormIn(CandidateFormIn):
    """The same, with the file."""

    full_name = LineField(max_length=200)
    email = EmailIn(max_length=254)


class ResumeIn(serializers.Serializer[Any]):
    """A resume alone."""

    resume = serializers.FileField(max_length=200)


class BulkRow(serializers.Serializer[Any]):
    """One of many candidates."""

    full_name = LineField(max_length=200)
    email = EmailIn(max_length=254)
    phone = LineField(required=False, allow_blank=True, max_length=40)
    poc_email = EmailIn(required=False, allow_blank=True, max_length=254)


class BulkIn(serializers.Serializer[Any]):
    """Many candidates: all are made, or none."""

    domain = LineField(required=False, allow_blank=True, max_length=200)
    role = LineField(required=False, allow_blank=True, max_length=200)
    company = KeyField(required=False, allow_null=True)
    job = KeyField(source="job_id", required=False, allow_null=True)
    candidates = BulkRow(many=True, allow_empty=False, max_length=5000)  # type: ignore[call-arg]  # of the list
