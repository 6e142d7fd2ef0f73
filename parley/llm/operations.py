"""What a call may cost is reserved before a model is asked, and counted as it was afterwards."""

from collections.abc import Mapping
from dataclasses import asdict
from datetime import datetime
from typing import Any
from uuid import UUID

from parley.core.actors import SYSTEM, Actor
from parley.core.errors import Forbidden, Invalid
from parley.core.events import Change, record
from parley.core.transactions import operation
from parley.llm.models import Budget, ModelCall
from parley.llm.queries import month_of, used_since
from parley.llm.rules.costs import has_room
from parley.llm.rules.purposes import CallState, Purpose
from parley.organizations.models import Company

LIMITS = ("monthly_tokens", "monthly_cost_micros", "concurrent_sessions")
MOST, MOST_SESSIONS = 2**53, 100_000


@operation
def reserve(
    *, company_id: int, purpose: Purpose, subject_id: UUID, input_tokens: int, output_tokens: int, now: datetime
) -> ModelCall | None:
    """A call, counted with so many tokens until it is settled; None where the company's budget has no room for it.

    Calls of a company that has a budget are reserved one after the other, so that together they keep within it. The
    first refusal of a month is told to the company.
    """
    budget = Budget.objects.select_related("company").select_for_update(no_key=True, of=("self",))
    limited = budget.filter(company_id=company_id).first()
    if limited is not None:
        since = month_of(now, limited.company.zone)
        used = used_since(company_id, since)
        if not has_room(limited.limits, used, tokens=input_tokens + output_tokens):
            _tell_once(limited, since, asdict(used), now=now)
            return None
    return ModelCall.objects.create(
        company_id=company_id,
        purpose=purpose,
        subject_id=subject_id,
        input_tokens=input_tokens,
        output_tokens=output_tokens,
        created_at=now,
    )


@operation
def settle(*, call_id: UUID, state: CallState, figures: Mapping[str, Any], now: datetime) -> None:
    """Count a call as it was: ``figures`` are columns of ``ModelCall``. One that is over stays as it is."""
    open_calls = ModelCall.objects.filter(pk=call_id, state__in=(CallState.RESERVED, CallState.LOST))
    open_calls.update(state=state, ended_at=now, **figures)


@operation
def set_budget(*, company_id: int, limits: Mapping[str, int | None], actor: Actor, now: datetime) -> Budget:
    """Change some limits of a company, None being without limit. Administrators alone: they pay the provider."""
    if not actor.sees_all:
        raise Forbidden("Only administrators change what a company may use of language models.")
    for name, value in limits.items():
        if name not in LIMITS:
            raise Invalid.field(name, "There is no such limit.", code="unknown_limit")
        if value is not None and not 0 <= value <= (MOST_SESSIONS if name == "concurrent_sessions" else MOST):
            raise Invalid.field(name, "Must be a whole number, 0 or more, or null.", code="out_of_range")
    company = Company.objects.select_for_update(no_key=True).seen_by(actor, pk=company_id, thing="company")
    budget = Budget.objects.filter(company=company).first() or Budget(company=company)
    before = asdict(budget.limits)
    for name, value in limits.items():
        setattr(budget, name, value)
    budget.updated_at, budget.told_at = now, None
    budget.save()
    change = Change(
        type="company.ai_budget_changed",
        object_id=company.pk,
        company_id=company.pk,
        before=before,
        after=asdict(budget.limits),
    )
    record(change, actor=actor, now=now)
    return budget


def give_up_lost(*, before: datetime, now: datetime) -> int:
    """Close the calls whose process must have been killed; what was reserved for them stays counted."""
    return ModelCall.objects.filter(state=CallState.RESERVED, created_at__lt=before).update(
        state=CallState.LOST, ended_at=now
    )


def _tell_once(budget: Budget, since: datetime, used: Mapping[str, Any], *, now: datetime) -> None:
    if budget.told_at is not None and budget.told_at >= since:
        return
    budget.told_at = now
    budget.save(update_fields=["told_at"])
    change = Change(
        type="company.ai_budget_used_up",
        object_id=budget.company_id,
        company_id=budget.company_id,
        after=asdict(budget.limits) | {"used": dict(used)},
    )
    record(change, actor=SYSTEM, now=now)
