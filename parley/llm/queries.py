"""What has been used of language models."""

from datetime import datetime
from zoneinfo import ZoneInfo

from django.db.models import Sum

from parley.llm.models import ModelCall
from parley.llm.rules.costs import Used


def month_of(now: datetime, zone: ZoneInfo) -> datetime:
    """The instant at which the calendar month began that it is in ``zone``."""
    local = now.astimezone(zone)
    return datetime(local.year, local.month, 1, tzinfo=zone)


def used_since(company_id: int, since: datetime) -> Used:
    """What a company has used or reserved since then; one statement."""
    calls = ModelCall.objects.filter(company_id=company_id, created_at__gte=since)
    sums = calls.aggregate(given=Sum("input_tokens"), taken=Sum("output_tokens"), cost=Sum("cost_micros"))
    return Used(tokens=(sums["given"] or 0) + (sums["taken"] or 0), cost_micros=sums["cost"] or 0)
