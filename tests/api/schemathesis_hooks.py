"""Formats for generated calls: values of the right kind and near enough to be meant, so that calls succeed, too.

Also for runs by hand: SCHEMATHESIS_HOOKS=tests.api.schemathesis_hooks st run …
"""

import secrets
from datetime import UTC, datetime, timedelta
from typing import Any

import schemathesis
from hypothesis import strategies as st

LEFT_OUT = ("company", "company_id", "job", "job_id")  # which the server then fills in
TODAY = datetime.now(UTC).replace(hour=0, minute=0, second=0, microsecond=0)
ZONES = ["Europe/Berlin", "America/New_York", "Australia/Lord_Howe", "Asia/Kolkata", "UTC"]


def _day(days: int) -> str:
    return (TODAY + timedelta(days=days)).date().isoformat()


def _instant(quarter_hours: int) -> str:
    return (TODAY + timedelta(days=1, minutes=15 * quarter_hours)).isoformat().replace("+00:00", "Z")


schemathesis.openapi.format("date", st.integers(0, 60).map(_day))
schemathesis.openapi.format("date-time", st.integers(0, 20_000).map(_instant))
schemathesis.openapi.format("iana-timezone", st.sampled_from(ZONES))


@schemathesis.hook
def before_call(context: schemathesis.HookContext, case: Any, kwargs: dict[str, Any]) -> None:
    """Let most good calls get past what random values rarely do: a used idempotency key, another's company or job."""
    if case.meta is None or case.meta.phase.name == "coverage" or not case.meta.generation.mode.is_positive:
        return  # these must stay what they are for
    key = case.headers.get("Idempotency-Key") if case.headers else None
    if key and secrets.randbelow(4):
        case.headers["Idempotency-Key"] = secrets.token_hex(8)
    if isinstance(case.body, dict) and secrets.randbelow(4):
        case.body = {name: value for name, value in case.body.items() if name not in LEFT_OUT}
