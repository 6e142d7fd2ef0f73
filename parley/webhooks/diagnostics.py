"""How the webhooks of all companies are: two statements."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import Count, Min, Q

from parley.webhooks.models import WebhookDelivery, WebhookEndpoint
from parley.webhooks.rules.retries import UNSETTLED, State

LATELY = timedelta(days=1)


@dataclass(frozen=True)
class OfCompany:
    """The receivers and deliveries of one company; only companies with something to say are there."""

    company_id: int
    company: str
    receivers: int
    failing: int
    switched_off: int  # by Parley, after days of failures
    waiting: int
    failed: int  # within the last day
    oldest: datetime | None  # since when the first that waits is due


def diagnose(*, now: datetime) -> list[OfCompany]:
    """Look at all companies that have receivers, by name."""
    deliveries = _deliveries(now)
    rows = WebhookEndpoint.objects.order_by("company__name", "company_id").values_list("company_id", "company__name")
    counted = rows.annotate(
        receivers=Count("pk"),
        failing=Count("pk", filter=Q(is_active=True, consecutive_failures__gt=0)),
        switched_off=Count("pk", filter=Q(disabled_at__isnull=False)),
    )
    found = []
    for pk, company, receivers, failing, switched_off in counted:
        waiting, failed, oldest = deliveries.get(pk, (0, 0, None))
        found.append(OfCompany(pk, company, receivers, failing, switched_off, waiting, failed, oldest))
    return found


def _deliveries(now: datetime) -> dict[int, tuple[int, int, datetime | None]]:
    """By company: how many wait, how many have failed lately, and since when the first is due."""
    waits = Q(state__in=UNSETTLED, endpoint__is_active=True)
    has_failed = Q(state=State.FAILED, settled_at__gte=now - LATELY)
    rows = WebhookDelivery.objects.filter(waits | has_failed).order_by().values_list("endpoint__company_id")
    counted = rows.annotate(
        waiting=Count("pk", filter=waits),
        failed=Count("pk", filter=has_failed),
        oldest=Min("next_attempt_at", filter=waits & Q(next_attempt_at__lte=now)),
    )
    return {pk: (waiting, failed, oldest) for pk, waiting, failed, oldest in counted}
