"""The daily work: deleting what is kept no longer. Each task may run twice, late, or on two workers at once."""

import structlog
from django.utils import timezone
from procrastinate.contrib.django import app

from parley.privacy.operations.erasing import drop_left_files
from parley.privacy.operations.retention import AT_ONCE, delete_said
from parley.privacy.queries import companies_that_delete

log = structlog.get_logger("parley.tasks")


@app.periodic(cron="17 2 * * *")
@app.task(name="privacy.delete_old", queueing_lock="privacy.delete_old", pass_context=False)
def delete_old(timestamp: int) -> None:
    """Delete what was said where its time is over, some interviews in each transaction."""
    now = timezone.now()
    for company_id in companies_that_delete():
        try:
            while delete_said(company_id=company_id, now=now) == AT_ONCE:
                pass
        except Exception:
            log.exception("said_not_deleted", company=company_id)


@app.periodic(cron="47 2 * * *")
@app.task(name="privacy.drop_left_files", queueing_lock="privacy.drop_left_files", pass_context=False)
def drop_left(timestamp: int) -> None:
    """Remove the files of deleted candidates that a process which died could not remove."""
    drop_left_files(now=timezone.now())
