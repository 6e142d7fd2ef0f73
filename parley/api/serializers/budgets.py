"""What a company may use of language models."""

from dataclasses import asdict
from datetime import datetime
from typing import Any

from rest_framework import serializers

from parley.api.fields import NumberField
from parley.llm.operations import MOST, MOST_SESSIONS
from parley.llm.queries import limits_of, month_of, used_since
from parley.organizations.models import Company


class BudgetIn(serializers.Serializer[Any]):
    """Limits; null is without one, and what is left out stays."""

    monthly_tokens = NumberField(required=False, allow_null=True, min_value=0, max_value=MOST)
    monthly_cost_micros = NumberField(required=False, allow_null=True, min_value=0, max_value=MOST)
    concurrent_sessions = NumberField(required=False, allow_null=True, min_value=0, max_value=MOST_SESSIONS)


class BudgetOut(serializers.Serializer[Any]):
    """The limits of a calendar month in the company's zone, and what it has used of them."""

    monthly_tokens = serializers.IntegerField(allow_null=True)
    monthly_cost_micros = serializers.IntegerField(allow_null=True, help_text="Millionths of a US dollar.")
    concurrent_sessions = serializers.IntegerField(
        allow_null=True, help_text="Interviews that a model leads at once; in others the scripted interviewer asks."
    )
    since = serializers.DateTimeField(help_text="When the month began.")
    used_tokens = serializers.IntegerField()
    used_cost_micros = serializers.IntegerField()


def budget_out(company: Company, *, now: datetime) -> dict[str, Any]:
    """What is sent; two statements."""
    since = month_of(now, company.zone)
    used = used_since(company.pk, since)
    return {
        **asdict(limits_of(company.pk)),
        "since": since,
        "used_tokens": used.tokens,
        "used_cost_micros": used.cost_micros,
    }
