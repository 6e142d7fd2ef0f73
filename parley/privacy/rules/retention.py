"""From when on what was said is deleted."""

import calendar
from datetime import datetime

LEAST_MONTHS, MOST_MONTHS = 1, 120


def cutoff(months: int, *, now: datetime) -> datetime:
    """So many calendar months before ``now``: the same day of the month, or its last one where it is shorter."""
    year, month = divmod(now.year * 12 + now.month - 1 - months, 12)
    last = calendar.monthrange(year, month + 1)[1]
    return now.replace(year=year, month=month + 1, day=min(now.day, last))
