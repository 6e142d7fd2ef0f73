"""What of a calendar is to be shown: read from its address, so that it can be shared."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any
from urllib.parse import urlencode

from django.http import QueryDict

from parley.core.timezones import today_in
from parley.hiring.models import Job
from parley.interviews.agenda import STATES
from parley.organizations.models import Company, User
from parley.web.calendar.words import TYPES

VIEWS = {"month": "Month", "week": "Week", "day": "Day", "list": "List"}
STATE_NAMES = {
    "": "All but cancelled",
    "free": "With free places",
    "taken": "With bookings",
    "full": "Full",
    "over": "Over",
    "cancelled": "Cancelled",
}
assert tuple(STATE_NAMES) == STATES  # noqa: S101 (what can be chosen is what can be asked for)
MOST_JOBS = 500
_MOST_DAYS = 366 * 20  # how far from today a calendar turns


@dataclass(frozen=True)
class Chosen:
    """The view, its day in the company's zone, and the filters. No types are all of them."""

    view: str
    day: date
    types: tuple[str, ...]
    job_id: int | None
    state: str

    @classmethod
    def of(cls, query: QueryDict, company: Company, now: datetime) -> "Chosen":
        """What the address says; what it says wrongly is as if it said nothing."""
        types = tuple(kind for kind in TYPES if kind in query.getlist("type"))
        view, state, job = (query.get(name, "") for name in ("view", "status", "job"))
        return cls(
            view=view if view in VIEWS else "",
            day=_day(query.get("date", ""), today_in(company.zone, now)),
            types=types if len(types) < len(TYPES) else (),
            job_id=int(job) if job.isascii() and job.isdigit() and len(job) < 10 else None,
            state=state if state in STATES else "",
        )

    @property
    def monday(self) -> date:
        """The first day of its week."""
        return self.day - timedelta(days=self.day.weekday())

    def with_day(self, day: date) -> str:
        """The address of the same for another day."""
        return "?" + urlencode([("date", day.isoformat()), *self._kept()])

    def _kept(self) -> Iterator[tuple[str, Any]]:
        if self.view:
            yield "view", self.view
        yield from (("type", kind) for kind in self.types)
        if self.job_id is not None:
            yield "job", self.job_id
        if self.state:
            yield "status", self.state

    def asked(self) -> dict[str, Any]:
        """For ``drawn_slots``."""
        return {"types": self.types, "job_id": self.job_id, "state": self.state}


def jobs_to_choose(user: User, *, including: int | None = None) -> list[tuple[int, str]]:
    """The open jobs of the user's company by title, and one more that may be closed."""
    jobs = Job.objects.visible_to(user)
    rows = list(jobs.filter(is_active=True).order_by("job_title", "pk").values_list("pk", "job_title")[:MOST_JOBS])
    if including is not None and including not in dict(rows):
        rows += jobs.filter(pk=including).values_list("pk", "job_title")
    return rows


def _day(text: str, today: date) -> date:
    try:
        day = date.fromisoformat(text)
    except ValueError:
        return today
    return day if abs((day - today).days) < _MOST_DAYS else today
