"""Asking for imports to be carried out: by the task's name, because tasks import what asks."""

from uuid import UUID

from django.db import transaction
from procrastinate.contrib.django import app
from procrastinate.exceptions import AlreadyEnqueued

RUN_IMPORT = "hiring.run_import"


def ask_to_import(import_id: UUID) -> None:
    """Have an import carried out, in the caller's transaction; where a job for it waits already, that will do."""
    name = f"{RUN_IMPORT}:{import_id}"
    try:
        with transaction.atomic():  # a savepoint: the refusal must not undo what the caller has written
            app.configure_task(RUN_IMPORT, lock=name, queueing_lock=name).defer(import_id=str(import_id))
    except AlreadyEnqueued:
        return
