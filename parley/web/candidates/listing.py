"""The list of candidates: what it is narrowed by, and what a line shows."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from django.http import QueryDict

from parley.hiring.models import Candidate
from parley.interviews import pipeline
from parley.interviews.rules.stages import Stage
from parley.organizations.models import User
from parley.web.choices import LONGEST, number_of
from parley.web.moments import Moment
from parley.web.stages import Card, cards_of
from parley.web.when import brief_day

SORTS = {"-created_at": "Newest first", "full_name": "Name", "email": "E-mail address"}
STAGES = {"": "Any state", "none": "No interview yet"} | {stage.value: stage.label for stage in Stage}


@dataclass(frozen=True)
class Filter:
    """What is asked for."""

    search: str
    job_id: int | None
    stage: str
    sort: str

    @classmethod
    def of(cls, values: QueryDict) -> "Filter":
        """From an address, or a form."""
        stage, sort = values.get("stage", ""), values.get("sort", "")
        return cls(
            search=values.get("q", "").replace("\0", "").strip()[:LONGEST],
            job_id=number_of(values.get("job", "")),
            stage=stage if stage in STAGES else "",
            sort=sort if sort in SORTS else "-created_at",
        )

    @property
    def is_narrow(self) -> bool:
        """Whether it leaves anybody out."""
        return bool(self.search or self.job_id or self.stage)

    def rows(self, user: User) -> Any:
        """Whom it finds."""
        found = pipeline.candidates(user, search=self.search, job_id=self.job_id, stage=self.stage)
        return found.order_by(self.sort, "pk")


@dataclass(frozen=True)
class Line:
    """A candidate, with the interview that was made last."""

    candidate: Candidate
    latest: Card | None
    more: int  # interviews before it
    added: Moment


def lines(candidates: list[Any], zone: ZoneInfo, *, now: datetime) -> list[Line]:
    """What the list shows of a page of candidates."""
    latest = [interview for each in candidates for interview in each.staged_interviews[:1]]
    cards = {card.interview.candidate_id: card for card in cards_of(latest, zone, now=now)}
    return [
        Line(
            candidate=each,
            latest=cards.get(each.pk),
            more=max(len(each.staged_interviews) - 1, 0),
            added=brief_day(each.created_at, zone),
        )
        for each in candidates
    ]
