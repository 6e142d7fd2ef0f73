"""Who and what the demo data show. All people and companies are invented.

Telephone numbers are of the ranges that regulators keep for fiction.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import time
from typing import Any

from parley.interviews.rules.states import InterviewType
from parley.organizations.models import Role

PASSWORD = "parley-demo"  # noqa: S105 (meant to be known: it opens demo data alone)


@dataclass(frozen=True, kw_only=True)
class Person:
    """A user who can log in."""

    email: str
    full_name: str
    role: Role


@dataclass(frozen=True, kw_only=True)
class Position:
    """A job."""

    title: str
    location: str
    stack: Sequence[str]
    description: str
    requirements: str


@dataclass(frozen=True, kw_only=True)
class Applicant:
    """A candidate for the job of this index; those with a ``career`` have sent a resume."""

    name: str
    email: str
    phone: str = ""
    job: int = 0
    years: float | None = None
    domain: str = ""
    came_through: str = ""
    career: Sequence[str] = ()


@dataclass(frozen=True, kw_only=True)
class Week:
    """A weekly pattern on several days; minutes and local times."""

    kind: InterviewType
    days: Sequence[int]
    start: time
    end: time
    slot: int
    pause: int = 0
    places: int = 1
    ai_settings: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True)
class Story:
    """One company."""

    name: str
    email: str
    timezone: str
    holidays: str
    users: Sequence[Person]
    positions: Sequence[Position]
    applicants: Sequence[Applicant]
    weeks: Sequence[Week]


ADMINISTRATOR = Person(email="admin@example.com", full_name="Alex Moreau", role=Role.ADMIN)
