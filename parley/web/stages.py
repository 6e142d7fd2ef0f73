"""Interviews as a line or a card shows them."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from parley.interviews.pipeline import standing_of
from parley.interviews.rules.stages import Stage, Standing, next_step
from parley.web.moments import Moment
from parley.web.when import brief


@dataclass(frozen=True)
class Card:
    """One interview: who, for what, when, and what is next. Times are in the company's zone."""

    interview: Any
    standing: Standing
    when: Moment | None
    next: str

    @property
    def stage(self) -> Stage:
        """Where it stands."""
        return self.standing.stage

    @property
    def job(self) -> str:
        """For what."""
        return self.interview.job.job_title if self.interview.job else "No job"


def card_of(interview: Any, zone: ZoneInfo, *, now: datetime) -> Card:
    """The card of an interview that ``pipeline.staged`` has read."""
    standing = standing_of(interview)
    moment = standing.starts_at or (interview.ended_at if standing.stage == Stage.HELD else None)
    return Card(
        interview=interview,
        standing=standing,
        when=brief(moment, zone, now=now) if moment else None,
        next=next_step(standing, now=now),
    )


def cards_of(interviews: Iterable[Any], zone: ZoneInfo, *, now: datetime) -> list[Card]:
    """The cards of several."""
    return [card_of(interview, zone, now=now) for interview in interviews]
