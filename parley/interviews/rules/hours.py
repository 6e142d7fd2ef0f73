"""The hours at which a candidate has said to have time."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from typing import Any

from parley.core.timezones import zone_named

MIDNIGHT = time.min


@dataclass(frozen=True, kw_only=True)
class CandidateHours:
    """Local hours in ``timezone``: on these days of the week (1 = Monday … 7; none: any), between these times."""

    timezone: str
    earliest: time | None = None
    latest: time | None = None  # 00:00 is the end of the day
    days_of_week: tuple[int, ...] = ()
    notice_minutes: int = 0  # so long before, the candidate wants to know

    @classmethod
    def of(cls, kept: Mapping[str, Any] | None) -> "CandidateHours | None":
        """What ``as_json`` has made of them."""
        if not kept:
            return None
        clock = {name: time.fromisoformat(kept[name]) if kept.get(name) else None for name in ("earliest", "latest")}
        return cls(
            timezone=kept["timezone"],
            days_of_week=tuple(kept.get("days_of_week", ())),
            notice_minutes=kept.get("notice_minutes", 0),
            **clock,
        )

    def as_json(self) -> dict[str, Any]:
        """To be kept."""
        return {
            "timezone": self.timezone,
            "earliest": self.earliest.isoformat("minutes") if self.earliest is not None else None,
            "latest": self.latest.isoformat("minutes") if self.latest is not None else None,
            "days_of_week": list(self.days_of_week),
            "notice_minutes": self.notice_minutes,
        }

    def suit(self, start: datetime, end: datetime, *, now: datetime) -> bool:
        """Whether an interview from ``start`` to ``end`` keeps to them, by the clocks on the candidate's wall."""
        if start < now + timedelta(minutes=self.notice_minutes):
            return False
        zone = zone_named(self.timezone)
        begins, ends = start.astimezone(zone), end.astimezone(zone)
        if self.days_of_week and begins.isoweekday() not in self.days_of_week:
            return False
        if self.earliest is not None and begins.time() < self.earliest:
            return False
        if self.latest is None:
            return True
        if self.latest == MIDNIGHT:
            return ends.date() == begins.date() or ends.time() == MIDNIGHT
        return ends.date() == begins.date() and ends.time() <= self.latest
