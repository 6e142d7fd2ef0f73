"""Jobs, candidates and resumes."""

import secrets

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models.functions import Lower

from parley.core.errors import Invalid
from parley.core.transactions import on_violation
from parley.organizations.models import Company, User
from parley.organizations.tenancy import CompanyOwnedQuerySet


class Job(models.Model):
    """A position that a company hires for."""

    company = models.ForeignKey(Company, on_delete=models.PROTECT, related_name="jobs")
    job_title = models.CharField(max_length=200)
    description = models.TextField(blank=True)
    requirements = models.TextField(blank=True)
    location = models.CharField(max_length=200, blank=True)
    tech_stack = models.JSONField(default=list, blank=True)  # a list of names
    is_active = models.BooleanField(default=True)
    created_at = models.DateTimeField(auto_now_add=True)
    updated_at = models.DateTimeField(auto_now=True)

    objects = CompanyOwnedQuerySet["Job"].as_manager()

    class Meta:
        ordering = ["id"]

    def __str__(self) -> str:
        return self.job_title


class Candidate(models.Model):
    """A person who is interviewed; once per company and address. Only administrators keep some without a company."""

    company = models.ForeignKey(Company, on_delete=models.PROTECT, null=True, blank=True, related_name="candidates")
    job = models.ForeignKey(Job, on_delete=models.PROTECT, null=True, blank=True, related_name="candidates")
    full_name = models.CharField(max_length=200)
    email = models.EmailField(max_length=254)
    phone = models.CharField(max_length=40, blank=True)
    work_experience = models.DecimalField(max_digits=3, decimal_places=1, null=True, blank=True)  # years
    domain = models.CharField(max_length=200, blank=True)
    role = models.CharField(max_length=200, blank=True)
    poc_email = models.EmailField(max_length=254, blank=True)  # whom the candidate came through
    erased_at = models.DateTimeField(null=True, blank=True)  # when all that told who it was went: ``parley.privacy``
    created_at = models.DateTimeField(auto_now_add=True)
    updated_at = models.DateTimeField(auto_now=True)

    objects = CompanyOwnedQuerySet["Candidate"].as_manager()

    class Meta:
        ordering = ["id"]
        constraints = [
            models.UniqueConstraint("company", Lower("email"), name="candidate_email_once", nulls_distinct=False),
        ]

    def __str__(self) -> str:
        return self.full_name


def resume_path(resume: "Resume", _filename: str) -> str:
    """Where the bytes are kept: an unguessable name, so that the candidate's own one cannot lead anywhere."""
    return f"resumes/{resume.candidate_id}/{secrets.token_hex(16)}.{resume.kind}"


class Resume(models.Model):
    """A candidate's resume: the file as it came, and what was read from it."""

    candidate = models.OneToOneField(Candidate, on_delete=models.CASCADE, related_name="resume")
    file = models.FileField(upload_to=resume_path, max_length=300)
    kind = models.CharField(max_length=8)
    filename = models.CharField(max_length=200)
    content_type = models.CharField(max_length=100)
    size = models.PositiveIntegerField()  # bytes
    text = models.TextField(blank=True)
    full_name = models.CharField(max_length=200, blank=True)
    emails = ArrayField(models.CharField(max_length=254), default=list)
    phones = ArrayField(models.CharField(max_length=40), default=list)
    links = ArrayField(models.CharField(max_length=2000), default=list)
    uploaded_by = models.ForeignKey(User, on_delete=models.SET_NULL, null=True, related_name="+")
    uploaded_at = models.DateTimeField()


on_violation(
    "candidate_email_once",
    lambda: Invalid.field("email", "A candidate with this email already exists.", code="email_taken"),
)
