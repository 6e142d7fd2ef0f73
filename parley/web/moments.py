"""Instants as pages show them."""

from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from django.utils.dateformat import format as format_date


@dataclass(frozen=True)
class Moment:
    """An instant as a page shows it: exact for programs, in a company's zone for people."""

    iso: str
    text: str

    @classmethod
    def of(cls, instant: datetime, zone: ZoneInfo) -> "Moment":
        """The instant in the zone."""
        local = instant.astimezone(zone)
        return cls(local.isoformat(), format_date(local, "l, j F Y, H:i"))
