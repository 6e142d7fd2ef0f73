"""What has been used of language models."""

from datetime import datetime
from zoneinfo import ZoneInfo

from django.db.models import Sum

from parley.llm.models import Budget, ModelCall
from parley.llm.rules.costs import Limits, Used


def month_of(now: datetime, zone: ZoneInfo) -> datetime:
    """The instant at which the calendar month began that it is in ``zone``."""
    local = now.astimezone(zone)
    return datetime(local.year, local.month, 1, tzinfo=zone)


def used_since(company_id: int, since: datetime) -> Used:
    """What a company has used or reserved since then; one statement."""
    calls = ModelCall.objects.filter(company_id=company_id, created_at__gte=since)
    sums = calls.aggregate(given=Sum("input_tokens"), taken=Sum("output_tokens"), cost=Sum("cost_micros"))
    return Used(tokens=(sums["given"] or 0) + (sums["taken"] or 0), cost_micros=sums["cost"] or 0)


def limits_of(company_id: int) -> Limits:
    """What a company may use; one statement."""
    budget = Budget.objects.filter(company_id=company_id).first()
    return budget.limits if budget is not None else Limits()


def concurrent_sessions_of(company_id: int) -> int | None:
    """How many interviews of a company models may lead at once; None is without limit. One statement."""
    return Budget.objects.filter(company_id=company_id).values_list("concurrent_sessions", flat=True).first()
