"""The numbers that keep input sane."""

from datetime import datetime, timedelta

from parley.core.errors import Invalid

MAX_SLOT_MINUTES = 24 * 60
MAX_CAPACITY = 1000
MAX_SLOTS_PER_CALL = 50_000
MAX_REPEATED = 20_000_000  # characters of settings and notes in all slots of a call
MAX_AHEAD = timedelta(days=5 * 366)  # how far ahead slots may lie
MAX_SEARCH_DAYS = 366
MAX_JSON_BYTES = 32 * 1024


def refuse_bad_period(*, start: datetime, end: datetime, duration_minutes: int | None, now: datetime) -> int:
    """The slot's whole minutes; raises ``Invalid`` where the times cannot be those of a slot made at ``now``."""
    if end <= start:
        raise Invalid.field("end_time", "Must be after the start.", code="end_before_start")
    minutes, rest = divmod((end - start).total_seconds(), 60)
    if rest:
        raise Invalid.field("end_time", "A slot lasts whole minutes.", code="bad_duration")
    if minutes > MAX_SLOT_MINUTES:
        raise Invalid.field("end_time", "A slot lasts at most 24 hours.", code="bad_duration")
    if duration_minutes is not None and duration_minutes != minutes:
        raise Invalid.field(
            "duration_minutes",
            f"Does not agree with the times, which are {minutes:.0f} minutes apart.",
            code="bad_duration",
        )
    refuse_bad_start(start, now=now)
    return int(minutes)


def refuse_bad_start(start: datetime, *, now: datetime, field: str = "start_time") -> None:
    """Raise ``Invalid`` for a start in the past or absurdly far ahead."""
    if start <= now:
        raise Invalid.field(field, "Must be in the future.", code="in_past")
    if start - now > MAX_AHEAD:
        raise Invalid.field(field, "Must be within five years from now.", code="too_far_ahead")
