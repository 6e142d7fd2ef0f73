"""Asking for places to be found: by the task's name, because tasks import what asks."""

from collections.abc import Iterable
from uuid import UUID

from django.db import transaction
from procrastinate.contrib.django import app
from procrastinate.exceptions import AlreadyEnqueued

FILL_PLACES = "interviews.fill_places"
INVITE_MANY = "interviews.invite_many"


def ask_to_fill(companies: Iterable[int]) -> None:
    """Have places found for those of these companies who lost one or wait for one, in the caller's transaction.

    One job a company, one at a time; where one waits already, that will do.
    """
    for company_id in companies:
        name = f"{FILL_PLACES}:{company_id}"
        try:
            with transaction.atomic():  # a savepoint: the refusal must not undo what the caller has written
                app.configure_task(FILL_PLACES, lock=name, queueing_lock=name).defer(company_id=company_id)
        except AlreadyEnqueued:
            continue


def ask_to_invite(batch_id: UUID) -> None:
    """Have the candidates of a batch invited, in the caller's transaction; where a job waits already, that will do."""
    name = f"{INVITE_MANY}:{batch_id}"
    try:
        with transaction.atomic():
            app.configure_task(INVITE_MANY, lock=name, queueing_lock=name).defer(batch_id=str(batch_id))
    except AlreadyEnqueued:
        return
