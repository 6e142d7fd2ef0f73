"""What lists are narrowed by, read from an address; what cannot be meant narrows nothing."""

from django.http import HttpRequest

from parley.hiring.models import Job
from parley.interviews.rules.states import InterviewType
from parley.organizations.models import User

MOST_JOBS = 500  # that are offered to choose from
LONGEST = 200
TYPES = [("", "Any kind of interview"), *[(kind.value, kind.label) for kind in InterviewType]]


def search_of(request: HttpRequest) -> str:
    """What is searched for."""
    return request.GET.get("q", "").replace("\0", "").strip()[:LONGEST]


def number_of(text: str) -> int | None:
    """A whole number that a key can be."""
    return int(text) if text.isascii() and text.isdigit() and len(text) <= 18 else None


def jobs_of(user: User, *, only_active: bool = False) -> list[tuple[int, str]]:
    """The jobs to choose from, by name; archived ones say so."""
    rows = Job.objects.visible_to(user).order_by("-is_active", "job_title", "pk")
    if only_active:
        rows = rows.filter(is_active=True)
    found = rows.values_list("pk", "job_title", "is_active")[:MOST_JOBS]
    return [(pk, title if is_active else f"{title} (archived)") for pk, title, is_active in found]
