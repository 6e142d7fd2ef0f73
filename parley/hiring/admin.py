"""Jobs and candidates for operators."""

from typing import Any

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils import timezone

from parley.core.admin import EditingAdmin, LookingAdmin
from parley.core.emails import canonical_email
from parley.hiring.models import Candidate, CandidateImport, Job
from parley.hiring.operations.candidates import create_candidate, delete_candidate, update_candidate
from parley.hiring.operations.jobs import create_job, delete_job, update_job
from parley.organizations.admin import operator


@admin.register(Job)
class JobAdmin(EditingAdmin):
    """Positions."""

    list_display = ["job_title", "company", "location", "is_active", "created_at"]
    list_filter = ["is_active", "company"]
    list_select_related = ["company"]
    search_fields = ["job_title", "company__name", "location"]
    ordering = ["-pk"]
    autocomplete_fields = ["company"]
    fields = [
        "company",
        "job_title",
        "location",
        "description",
        "requirements",
        "tech_stack",
        "is_active",
        "created_at",
        "updated_at",
    ]
    readonly_fields = ["tech_stack", "created_at", "updated_at"]
    only_when_made = ("company",)
    actions = ["delete_unused"]

    def create(self, request: HttpRequest, values: dict[str, Any]) -> Job:
        """Make a job."""
        company_id = values.pop("company").pk
        return create_job(company_id=company_id, fields=values, actor=operator(request), now=timezone.now())

    def update(self, request: HttpRequest, key: Any, values: dict[str, Any]) -> None:
        """Change it."""
        update_job(job_id=key, fields=values, actor=operator(request), now=timezone.now())

    @admin.action(description="Delete those that nothing refers to")
    def delete_unused(self, request: HttpRequest, rows: QuerySet[Job]) -> None:
        """Others are deactivated instead."""
        self.each(
            request,
            rows,
            lambda key, now: delete_job(job_id=key, actor=operator(request), now=now),
            done="are deleted",
        )


@admin.register(Candidate)
class CandidateAdmin(EditingAdmin):
    """People who are interviewed."""

    list_display = ["full_name", "email", "company", "job", "has_resume", "created_at"]
    list_filter = ["company"]
    search_fields = ["full_name", "email", "company__name"]
    ordering = ["-pk"]
    autocomplete_fields = ["company", "job"]
    fields = [
        "company",
        "job",
        "full_name",
        "email",
        "phone",
        "work_experience",
        "domain",
        "role",
        "poc_email",
        "resume_file",
        "created_at",
        "updated_at",
    ]
    readonly_fields = ["resume_file", "created_at", "updated_at"]
    actions = ["delete_without_interviews"]

    def get_queryset(self, request: HttpRequest) -> QuerySet[Candidate]:
        """With what the list shows, without the text of the resumes, which may be long."""
        rows: QuerySet[Candidate] = super().get_queryset(request)
        return rows.select_related("company", "job", "resume").defer("resume__text")

    @admin.display(description="resume", boolean=True)
    def has_resume(self, candidate: Candidate) -> bool:
        """Whether a file was sent."""
        return getattr(candidate, "resume", None) is not None

    @admin.display(description="resume")
    def resume_file(self, candidate: Candidate) -> str:
        """Name and size of the file; the API hands it out."""
        resume = getattr(candidate, "resume", None)
        return f"{resume.filename} ({resume.size:,} bytes)" if resume else "none"

    def create(self, request: HttpRequest, values: dict[str, Any]) -> Candidate:
        """Make a candidate without a resume."""
        company, job = values.pop("company"), values.pop("job")
        return create_candidate(
            company_id=company.pk if company else None,
            job_id=job.pk if job else None,
            fields=_canonical(values),
            resume=None,
            actor=operator(request),
            now=timezone.now(),
        )

    def update(self, request: HttpRequest, key: Any, values: dict[str, Any]) -> None:
        """Change the candidate's own data."""
        if "job" in values:
            job = values.pop("job")
            values["job_id"] = job.pk if job else None
        company = values.pop("company", None)
        update_candidate(
            candidate_id=key,
            fields=_canonical(values),
            company_id=company.pk if company else None,
            actor=operator(request),
            now=timezone.now(),
        )

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> list[str]:
        """The company is given once."""
        fixed = ["company"] if obj is not None and obj.company_id is not None else []
        return [*super().get_readonly_fields(request, obj), *fixed]

    @admin.action(description="Delete those without interviews, with their resumes")
    def delete_without_interviews(self, request: HttpRequest, rows: QuerySet[Candidate]) -> None:
        """The history of the others is kept."""
        self.each(
            request,
            rows,
            lambda key, now: delete_candidate(candidate_id=key, actor=operator(request), now=now),
            done="are deleted",
        )


def _canonical(values: dict[str, Any]) -> dict[str, Any]:
    """An address means one person, whatever the case."""
    return values | {name: canonical_email(values[name]) for name in ("email", "poc_email") if name in values}


@admin.register(CandidateImport)
class CandidateImportAdmin(LookingAdmin):
    """Imports of candidates, without the rows that were uploaded."""

    list_display = ["filename", "company", "state", "total", "good", "done", "removed", "created_at"]
    list_filter = ["state", "company"]
    list_select_related = ["company"]
    search_fields = ["filename", "company__name"]
    ordering = ["-created_at"]
