"""Interviews as a line or a card shows them."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from parley.evaluations.queries import wanting_ratings
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
    (card,) = cards_of([interview], zone, now=now)
    return card


def cards_of(interviews: Iterable[Any], zone: ZoneInfo, *, now: datetime) -> list[Card]:
    """The cards of several; one statement where some of them were held."""
    standings = [(interview, standing_of(interview)) for interview in interviews]
    wanting = wanting_ratings(interview.pk for interview, standing in standings if standing.stage == Stage.HELD)
    return [
        _card(interview, replace(standing, wants_ratings=wanting.get(interview.pk)), zone, now=now)
        for interview, standing in standings
    ]


def _card(interview: Any, standing: Standing, zone: ZoneInfo, *, now: datetime) -> Card:
    moment = standing.starts_at or (interview.ended_at if standing.stage == Stage.HELD else None)
    return Card(
        interview=interview,
        standing=standing,
        when=brief(moment, zone, now=now) if moment else None,
        next=next_step(standing, now=now),
    )
