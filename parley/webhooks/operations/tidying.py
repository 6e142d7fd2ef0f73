"""Closing what nobody will come back to, and forgetting what is old."""

from datetime import datetime, timedelta

from django.db.models import Q

from parley.core.transactions import operation
from parley.webhooks.models import WebhookAttempt, WebhookDelivery
from parley.webhooks.operations.endpoints import SWITCHED_OFF
from parley.webhooks.rules.retries import CLAIM_LASTS, SETTLED, State

KEPT_FOR = timedelta(days=30)
BATCH = 2000


@operation
def close_stranded(*, now: datetime) -> int:
    """Let fail what is left at receivers that are switched off: it was planned or sent at that very moment."""
    left = WebhookDelivery.objects.filter(endpoint__is_active=False)
    left = left.filter(Q(state=State.WAITING) | Q(state=State.SENDING, claimed_at__lte=now - CLAIM_LASTS))
    return left.update(
        state=State.FAILED, claimed_at=None, next_attempt_at=None, settled_at=now, last_error=SWITCHED_OFF
    )


@operation
def forget_old(*, now: datetime) -> int:
    """Remove up to ``BATCH`` of what was settled over thirty days ago, with its attempts; returns how many."""
    old = WebhookDelivery.objects.filter(state__in=SETTLED, settled_at__lt=now - KEPT_FOR)
    keys = list(old.select_for_update(skip_locked=True).order_by("pk").values_list("pk", flat=True)[:BATCH])
    WebhookAttempt.objects.filter(delivery__in=keys).delete()
    WebhookDelivery.objects.filter(pk__in=keys).delete()
    return len(keys)
