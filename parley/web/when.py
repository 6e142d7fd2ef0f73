"""Times as a line of a list shows them: short, and still plain."""

from datetime import datetime
from zoneinfo import ZoneInfo

from django.utils.dateformat import format as format_date

from parley.web.moments import Moment


def brief(instant: datetime, zone: ZoneInfo, *, now: datetime) -> Moment:
    """The instant in the zone: "Thu 26 Nov, 14:00"; with the year where it is another one."""
    local = instant.astimezone(zone)
    year = "" if local.year == now.astimezone(zone).year else " Y"
    return Moment(local.isoformat(), format_date(local, f"D j M{year}, H:i"))


def brief_day(instant: datetime, zone: ZoneInfo) -> Moment:
    """The day alone: "26 Nov 2026"."""
    local = instant.astimezone(zone)
    return Moment(local.isoformat(), format_date(local, "j M Y"))
