"""The periodic work of scheduling. Each task may run twice, late, or on two workers at once."""

from datetime import timedelta

import structlog
from django.conf import settings
from django.db.models import Q
from django.utils import timezone
from procrastinate.contrib.django import app

from parley.interviews.models import AIInterviewConfiguration
from parley.interviews.operations.materialise import materialise
from parley.interviews.operations.slots import complete_past_slots

log = structlog.get_logger("parley.tasks")


@app.periodic(cron="*/10 * * * *")
@app.task(name="interviews.materialise_slots", queueing_lock="interviews.materialise_slots", pass_context=False)
def materialise_slots(timestamp: int) -> None:
    """Keep the next days of slots made, for every pattern of every active company."""
    now = timezone.now()
    patterns = AIInterviewConfiguration.objects.filter(company__is_active=True).filter(
        Q(valid_until__isnull=True) | Q(valid_until__gte=now.date() - timedelta(days=1))
    )
    for configuration_id in patterns.order_by("company_id", "pk").values_list("pk", flat=True):
        try:
            _materialise(configuration_id)
        except Exception:
            log.exception("slots_not_materialised", configuration=configuration_id)


@app.task(name="interviews.follow_company")
def follow_company(*, company_id: int) -> None:
    """Bring the slots of a company's patterns into step at once: its time zone has changed."""
    patterns = AIInterviewConfiguration.objects.filter(company_id=company_id, company__is_active=True)
    for configuration_id in patterns.order_by("pk").values_list("pk", flat=True):
        _materialise(configuration_id)


def _materialise(configuration_id: int) -> None:
    report = materialise(configuration_id=configuration_id, days=settings.PARLEY_SLOT_HORIZON_DAYS, now=timezone.now())
    if report.created or report.removed:
        log.info(
            "slots_materialised",
            configuration=configuration_id,
            created=len(report.created),
            removed=report.removed,
            left=len(report.left),
        )


@app.periodic(cron="* * * * *")
@app.task(name="interviews.complete_slots", queueing_lock="interviews.complete_slots", pass_context=False)
def complete_slots(timestamp: int) -> None:
    """Complete slots whose time is over."""
    while complete_past_slots(now=timezone.now()):
        pass
