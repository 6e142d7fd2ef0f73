"""The periodic work of scheduling. Each task may run twice, late, or on two workers at once."""

from datetime import timedelta
from uuid import UUID

import structlog
from django.conf import settings
from django.db.models import Q
from django.utils import timezone
from procrastinate.contrib.django import app

from parley.core.actors import SYSTEM
from parley.interviews.jobs import FILL_PLACES, INVITE_MANY, ask_to_fill, ask_to_invite
from parley.interviews.models import AIInterviewConfiguration, InvitationBatch
from parley.interviews.operations.holds import expire_holds
from parley.interviews.operations.inviting import forget_old_batches, invite_next
from parley.interviews.operations.materialise import materialise
from parley.interviews.operations.reseating import reseat
from parley.interviews.operations.slots import complete_past_slots
from parley.interviews.operations.waitlist import end_waiting, offer_places
from parley.interviews.rules.states import InvitingStatus
from parley.interviews.seating import companies_to_seat
from parley.organizations.models import Company

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
            removed=len(report.removed),
            left=len(report.left),
        )


@app.periodic(cron="* * * * *")
@app.task(name="interviews.complete_slots", queueing_lock="interviews.complete_slots", pass_context=False)
def complete_slots(timestamp: int) -> None:
    """Complete slots whose time is over."""
    while complete_past_slots(now=timezone.now()):
        pass


@app.task(name=FILL_PLACES)
def fill_places(*, company_id: int) -> None:
    """Find places for those of a company who lost one, then for those who wait for one; not while it is inactive."""
    if not Company.objects.filter(pk=company_id, is_active=True).exists():
        return
    now = timezone.now()
    run = reseat(company_id=company_id, actor=SYSTEM, now=now)
    if run is not None:
        log.info("reseated", company=company_id, affected=run.affected, seated=run.seated, mode=run.mode)
    offer_places(company_id=company_id, now=now)


@app.periodic(cron="*/10 * * * *")
@app.task(name="interviews.fill_all", queueing_lock="interviews.fill_all", pass_context=False)
def fill_all(timestamp: int) -> None:
    """Try again for those for whom nothing was free: time alone makes nothing free, but a job may have been lost."""
    ask_to_fill(companies_to_seat())


@app.periodic(cron="* * * * *")
@app.task(name="interviews.expire_holds", queueing_lock="interviews.expire_holds", pass_context=False)
def end_holds(timestamp: int) -> None:
    """Free places that were held in vain, and end waits that are over."""
    while expire_holds(now=timezone.now()):
        pass
    while end_waiting(now=timezone.now()):
        pass


@app.task(name=INVITE_MANY)
def invite_many(*, batch_id: str) -> None:
    """Invite the candidates of a batch, some at a time; one that was broken off goes on where it stopped."""
    while invite_next(batch_id=UUID(batch_id), valid_for=invitations_last(), now=timezone.now()):
        pass


@app.periodic(cron="*/10 * * * *")
@app.task(name="interviews.resume_inviting", queueing_lock="interviews.resume_inviting", pass_context=False)
def resume_inviting(timestamp: int) -> None:
    """Go on with what was broken off and whose job was lost, and forget what was done long ago."""
    for batch_id in InvitationBatch.objects.filter(status=InvitingStatus.RUNNING).values_list("pk", flat=True):
        ask_to_invite(batch_id)
    forget_old_batches(now=timezone.now())


def invitations_last() -> timedelta:
    """How long a candidate's link is valid."""
    return timedelta(days=settings.PARLEY_INVITATION_DAYS)
