"""Making candidates of an import's rows, some in each transaction, and taking that back."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID

from parley.core.actors import SYSTEM, Actor
from parley.core.errors import Conflict
from parley.core.events import Change, record_all
from parley.core.models import Event
from parley.core.transactions import operation
from parley.hiring.jobs import ask_to_import
from parley.hiring.models import Candidate, CandidateImport, ImportRow
from parley.hiring.operations.imports import lock_import, taken_emails, tell
from parley.hiring.rules.imports import KEEP_DAYS, ImportState, RowState, known
from parley.organizations.models import Company

BATCH = 200  # rows in a transaction


@operation
def begin_import(*, import_id: UUID, actor: Actor, now: datetime) -> CandidateImport:
    """Let the good rows of an import that was looked at become candidates; the wrong ones are left out."""
    batch = lock_import(import_id, actor=actor)
    if batch.state == ImportState.MAPPING:
        raise Conflict("Choose the columns first.", code="not_checked")
    if batch.state != ImportState.CHECKED:
        raise Conflict("This import has been started already.", code="import_started")
    if not batch.good:
        raise Conflict("No row can be imported: see what is wrong with them.", code="nothing_to_import")
    batch.state, batch.started_by_id = ImportState.RUNNING, actor.actor_id
    batch.save(update_fields=["state", "started_by"])
    tell("started", batch, actor=actor, now=now)
    ask_to_import(batch.pk)
    return batch


@operation
def take_batch(*, import_id: UUID, now: datetime, at_most: int = BATCH) -> bool:
    """Make candidates of the next good rows; says whether there is more to do. Safe to run twice, and at once.

    Rows and candidates commit together, so that one that was broken off goes on where it stopped. A row whose address
    somebody has taken meanwhile becomes a wrong one.
    """
    seen = CandidateImport.objects.filter(pk=import_id).first()
    if seen is None:
        return False
    # Imports of one company go one after the other, as bulk creation does, so that no address is made twice.
    Company.objects.select_for_update(no_key=True).get(pk=seen.company_id)
    locked = CandidateImport.objects.select_for_update(no_key=True, of=("self",))
    batch = locked.select_related("started_by").get(pk=import_id)
    if batch.state != ImportState.RUNNING:
        return False
    actor: Actor = batch.started_by or SYSTEM
    rows = list(batch.rows.filter(state=RowState.GOOD).order_by("number")[:at_most])
    _take(batch, rows, actor=actor, now=now)
    if len(rows) == at_most:
        batch.save(update_fields=["done", "good"])
        return True
    batch.state, batch.finished_at = ImportState.DONE, now
    batch.save(update_fields=["done", "good", "state", "finished_at"])
    tell("finished", batch, actor=actor, now=now)
    return False


@operation
def undo_import(*, import_id: UUID, actor: Actor, now: datetime) -> CandidateImport:
    """Remove the candidates of a finished import that nobody has changed, given a resume or invited since."""
    batch = lock_import(import_id, actor=actor)
    if batch.state != ImportState.DONE:
        raise Conflict("Only an import that is finished can be undone, and only once.", code="not_finished")
    made = Candidate.objects.filter(import_row__batch=batch).order_by("pk")
    keys = [candidate.pk for candidate in made.select_for_update(of=("self",)).only("pk")]
    # Looked at after the locks are held: an interview that was made meanwhile is seen.
    unused = Candidate.objects.filter(pk__in=keys, interviews__isnull=True, resume__isnull=True)
    gone = sorted(set(unused.values_list("pk", flat=True)) - _changed(keys))
    changes = [Change(type="candidate.deleted", object_id=key, company_id=batch.company_id) for key in gone]
    record_all(changes, actor=actor, now=now)
    Candidate.objects.filter(pk__in=gone).delete()
    batch.state, batch.removed = ImportState.UNDONE, len(gone)
    batch.save(update_fields=["state", "removed"])
    tell("undone", batch, actor=actor, now=now)
    return batch


@operation
def forget_old_imports(*, now: datetime) -> int:
    """Remove what was uploaded some days ago, unless it is being imported; returns how many imports."""
    old = CandidateImport.objects.filter(created_at__lt=now - timedelta(days=KEEP_DAYS))
    keys = list(old.exclude(state=ImportState.RUNNING).values_list("pk", flat=True)[:100])
    ImportRow.objects.filter(batch__in=keys).delete()
    CandidateImport.objects.filter(pk__in=keys).delete()
    return len(keys)


def _take(batch: CandidateImport, rows: Sequence[ImportRow], *, actor: Actor, now: datetime) -> None:
    taken = taken_emails(batch.company_id, (row.values["email"] for row in rows))
    good = [row for row in rows if row.values["email"] not in taken]
    candidates = Candidate.objects.bulk_create(
        [Candidate(company_id=batch.company_id, job_id=batch.job_id, **_fields(row.values)) for row in good]
    )
    changes = [Change(type="candidate.created", object_id=each.pk, company_id=batch.company_id) for each in candidates]
    record_all(changes, actor=actor, now=now)
    for row, candidate in zip(good, candidates, strict=True):
        row.state, row.candidate = RowState.DONE, candidate
    for row in rows:
        if row.values["email"] in taken:
            row.state, row.problems = RowState.WRONG, [known().as_json()]
    ImportRow.objects.bulk_update(rows, ["state", "candidate", "problems"])
    batch.done += len(good)
    batch.good -= len(rows) - len(good)


def _fields(values: dict[str, str]) -> dict[str, Any]:
    years = values.get("work_experience")
    return {**values, "work_experience": Decimal(years) if years else None}


def _changed(keys: Sequence[int]) -> set[int]:
    """Those that somebody has changed since they were made."""
    events = Event.objects.filter(object_type="candidate", object_id__in=[str(key) for key in keys])
    return {int(each) for each in events.filter(type="candidate.updated").values_list("object_id", flat=True)}
