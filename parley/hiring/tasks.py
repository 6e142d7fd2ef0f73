"""The background work of hiring. Each task may run twice, late, or on two workers at once."""

from uuid import UUID

import structlog
from django.utils import timezone
from procrastinate.contrib.django import app

from parley.core.errors import DomainError
from parley.hiring.jobs import RUN_IMPORT, ask_to_import
from parley.hiring.models import CandidateImport
from parley.hiring.operations.importing import forget_old_imports, take_batch
from parley.hiring.rules.imports import ImportState

log = structlog.get_logger("parley.tasks")
ATTEMPTS = 5


@app.task(name=RUN_IMPORT)
def run_import(*, import_id: str) -> None:
    """Make the candidates of an import, some at a time; one that was broken off goes on where it stopped."""
    failures = 0
    while True:
        try:
            if not take_batch(import_id=UUID(import_id), now=timezone.now()):
                return
        except DomainError:  # somebody has made a candidate with one of the addresses in this very moment
            failures += 1
            if failures == ATTEMPTS:
                raise


@app.periodic(cron="*/10 * * * *")
@app.task(name="hiring.resume_imports", queueing_lock="hiring.resume_imports", pass_context=False)
def resume_imports(timestamp: int) -> None:
    """Go on with imports whose job was lost."""
    for import_id in CandidateImport.objects.filter(state=ImportState.RUNNING).values_list("pk", flat=True):
        ask_to_import(import_id)


@app.periodic(cron="43 3 * * *")
@app.task(name="hiring.tidy_imports", queueing_lock="hiring.tidy_imports", pass_context=False)
def tidy_imports(timestamp: int) -> None:
    """Forget what was uploaded a while ago; the candidates stay."""
    log.info("imports_forgotten", count=forget_old_imports(now=timezone.now()))
