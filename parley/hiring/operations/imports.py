"""Taking in a file of candidates, and looking at its rows. Nothing becomes a candidate here (see ``importing``)."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from uuid import UUID

from parley.core.actors import Actor
from parley.core.errors import Busy, Conflict, Invalid
from parley.core.events import Change, record
from parley.core.transactions import operation
from parley.hiring.models import Candidate, CandidateImport, ImportRow, Job
from parley.hiring.rules.columns import guess_columns, has_headers
from parley.hiring.rules.imports import FIELDS, MAX_BYTES, Checked, ImportState, RowState, check_rows, read_row
from parley.hiring.sheets import SheetError, Table, read_table
from parley.organizations.tenancy import company_for

OPEN = (ImportState.MAPPING, ImportState.CHECKED)
PER_STATEMENT = 1000


def read_file(*, content: bytes) -> Table:
    """Read a file before any transaction is open; raises ``Invalid`` naming the field ``file``, or ``Busy``."""
    if len(content) > MAX_BYTES:
        raise Invalid.field("file", "The file is larger than 5 MB. Split it, and import the parts.", code="too_large")
    try:
        return read_table(content)
    except SheetError as error:
        if error.code == "busy":
            raise Busy(error.message) from error
        raise Invalid(error.message, code=error.code, errors={"file": [error.message]}) from error


@operation
def start_import(*, filename: str, table: Table, actor: Actor, now: datetime) -> CandidateImport:
    """Keep the rows of a file, with a guess which column is what."""
    rows = list(table.rows)
    width = max(len(cells) for _, cells in rows)
    named = rows.pop(0)[1] if has_headers(rows[0][1]) else ()
    if not rows:
        raise Invalid.field("file", "The file has column names, and no candidates under them.", code="no_rows")
    batch = CandidateImport(
        company_id=company_for(actor, named=None),
        filename=filename[-200:],
        headers=_headers(named, width),
        columns=guess_columns(named, [cells for _, cells in rows[:50]]),
        total=len(rows),
        created_at=now,
        created_by_id=actor.actor_id,
    )
    batch.save(force_insert=True)
    ImportRow.objects.bulk_create(
        [ImportRow(batch=batch, number=number, cells=list(cells)) for number, cells in rows], batch_size=PER_STATEMENT
    )
    tell("created", batch, actor=actor, now=now)
    return batch


@operation
def choose_columns(
    *, import_id: UUID, columns: Mapping[str, int], job_id: int | None, actor: Actor, now: datetime
) -> CandidateImport:
    """Read the rows by these columns (field -> number from 0), and say of each whether it can be taken, and why not.

    Raises ``Invalid`` naming the field where a column is missing, or meant twice.
    """
    batch = lock_import(import_id, actor=actor)
    _refuse_started(batch)
    _refuse_columns(columns, width=len(batch.headers))
    if job_id is not None and not Job.objects.visible_to(actor).filter(pk=job_id).exists():
        raise Invalid.field("job", "There is no such job.", code="job_not_found")
    rows = list(batch.rows.order_by("number"))
    checked = [(row.number, read_row(row.cells, columns)) for row in rows]
    check_rows(checked, taken=taken_emails(batch.company_id, (each.values.get("email", "") for _, each in checked)))
    for row, (_, each) in zip(rows, checked, strict=True):
        _fill(row, each)
    _save_rows(rows)
    batch.columns, batch.job_id, batch.state = dict(columns), job_id, ImportState.CHECKED
    batch.good = sum(row.state == RowState.GOOD for row in rows)
    batch.save(update_fields=["columns", "job", "state", "good"])
    tell("checked", batch, actor=actor, now=now)
    return batch


@operation
def drop_import(*, import_id: UUID, actor: Actor, now: datetime) -> None:
    """Throw away an import that nothing has come of."""
    batch = lock_import(import_id, actor=actor)
    _refuse_started(batch)
    tell("dropped", batch, actor=actor, now=now)
    batch.delete()


def lock_import(import_id: UUID, *, actor: Actor) -> CandidateImport:
    """One import; raises ``NotFound`` where the actor does not see it."""
    rows = CandidateImport.objects.select_for_update(no_key=True)
    return rows.seen_by(actor, pk=import_id, thing="import")


def taken_emails(company_id: int, emails: Iterable[str]) -> set[str]:
    """Which of these addresses a candidate of the company has."""
    rows = Candidate.objects.filter(company_id=company_id, email__in={email for email in emails if email})
    return set(rows.values_list("email", flat=True))


def tell(what: str, batch: CandidateImport, *, actor: Actor, now: datetime) -> None:
    """Write the event of a change of an import."""
    change = Change(
        type=f"candidate_import.{what}", object_id=batch.pk, company_id=batch.company_id, after=batch.told()
    )
    record(change, actor=actor, now=now)


def _headers(named: Sequence[str], width: int) -> list[str]:
    texts = [*named, *[""] * (width - len(named))]
    return [text[:200] or f"Column {at}" for at, text in enumerate(texts, start=1)]


def _refuse_started(batch: CandidateImport) -> None:
    if batch.state not in OPEN:
        raise Conflict("This import has been started already.", code="import_started")


def _refuse_columns(columns: Mapping[str, int], *, width: int) -> None:
    if unknown := set(columns) - set(FIELDS):
        raise Invalid(f"Unknown fields: {', '.join(sorted(unknown))}.", code="unknown_field")
    if "email" not in columns:
        raise Invalid.field("email", "Choose the column with the e-mail addresses.", code="required")
    if not columns.keys() & {"full_name", "first_name", "last_name"}:
        raise Invalid.field("full_name", "Choose the column with the names.", code="required")
    seen: dict[int, str] = {}
    for name, at in columns.items():
        if not 0 <= at < width:
            raise Invalid.field(name, "There is no such column.", code="unknown_column")
        if at in seen:
            raise Invalid.field(name, f"This column is chosen for “{FIELDS[seen[at]][0]}”, too.", code="column_twice")
        seen[at] = name


def _fill(row: ImportRow, checked: Checked) -> None:
    row.values = checked.values
    row.problems = [problem.as_json() for problem in checked.problems]
    row.state = RowState.WRONG if checked.problems else RowState.GOOD


def _save_rows(rows: Sequence[ImportRow]) -> None:
    """Write what was found in as few statements as there are thousands of rows; an UPDATE for each takes too long."""
    ImportRow.objects.bulk_create(
        rows,
        batch_size=PER_STATEMENT,
        update_conflicts=True,
        unique_fields=["id"],
        update_fields=["values", "state", "problems"],
    )
