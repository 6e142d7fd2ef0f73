"""Importing candidates: upload, choose the columns, look at the report, import; and undo."""

from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from parley.core.errors import DomainError
from parley.hiring.models import CandidateImport
from parley.hiring.operations.importing import begin_import, undo_import
from parley.hiring.operations.imports import choose_columns, drop_import, read_file, start_import
from parley.hiring.rules.imports import KEEP_DAYS, MAX_BYTES, ImportState
from parley.organizations.models import User
from parley.web.app import colleague, page_of, show, tell, tell_refusal
from parley.web.imports.forms import ColumnsForm, FileForm
from parley.web.imports.report import SHOWN, csv_of, lines_of, reasons_of, rows_of
from parley.web.when import brief

HERE = {"here": "app-candidates"}
LATEST = 10
SAMPLE = 5
TOO_LARGE = "The file is larger than 5 MB. Split it, and import the parts."


@colleague
@require_http_methods(["GET", "HEAD", "POST"])
def imports(request: HttpRequest, user: User) -> HttpResponse:
    """Upload a file; the latest imports."""
    form = FileForm(request.POST or None, request.FILES or None)
    if request.method == "POST" and form.is_valid():
        try:
            return redirect("app-import", pk=_start(form.cleaned_data["file"], user).pk)
        except DomainError as error:
            form.refuse(error)
    values = {"form": form, "latest": _latest(user), "most": MAX_BYTES, "too_large": TOO_LARGE, "days": KEEP_DAYS}
    return show(request, "web/app/imports/imports.html", values | HERE, status=400 if form.errors else 200)


@colleague
@require_safe
def one(request: HttpRequest, user: User, pk: UUID) -> HttpResponse:
    """Where it stands: columns to choose, rows to look at, how far it has come, or what was done."""
    batch = _seen(user, pk)
    if batch.state == ImportState.MAPPING:
        return _columns(request, user, batch, ColumnsForm(batch=batch, user=user))
    return _rows(request, batch)


@colleague
@require_http_methods(["GET", "HEAD", "POST"])
def columns(request: HttpRequest, user: User, pk: UUID) -> HttpResponse:
    """Say which column is what, also anew."""
    batch = _seen(user, pk)
    form = ColumnsForm(request.POST if request.method == "POST" else None, batch=batch, user=user)
    if request.method == "POST" and form.is_valid():
        job_id = form.cleaned_data["job"]
        try:
            choose_columns(import_id=pk, columns=form.columns(), job_id=job_id, actor=user, now=timezone.now())
        except DomainError as error:
            form.refuse(error)
        else:
            return redirect("app-import", pk=pk)
    return _columns(request, user, batch, form)


@colleague
@require_POST
def run(request: HttpRequest, user: User, pk: UUID) -> HttpResponse:
    """Import the good rows."""
    try:
        begin_import(import_id=pk, actor=user, now=timezone.now())
    except DomainError as error:
        if error.status == 404:
            raise
        tell_refusal(request, error.detail)
    return redirect("app-import", pk=pk)


@colleague
@require_POST
def drop(request: HttpRequest, user: User, pk: UUID) -> HttpResponse:
    """Throw it away before anything has come of it."""
    try:
        drop_import(import_id=pk, actor=user, now=timezone.now())
    except DomainError as error:
        if error.status == 404:
            raise
        tell_refusal(request, error.detail)
        return redirect("app-import", pk=pk)
    tell(request, "The file is thrown away. Nothing was imported.")
    return redirect("app-imports")


@colleague
@require_POST
def undo(request: HttpRequest, user: User, pk: UUID) -> HttpResponse:
    """Remove the candidates that came of it, unless they have been used since."""
    try:
        batch = undo_import(import_id=pk, actor=user, now=timezone.now())
    except DomainError as error:
        if error.status == 404:
            raise
        tell_refusal(request, error.detail)
    else:
        kept = batch.done - batch.removed
        left = f" {kept} stay{'s' if kept == 1 else ''}: changed or invited since." if kept else ""
        tell(request, f"Undone: {batch.removed} candidate{'' if batch.removed == 1 else 's'} removed.{left}")
    return redirect("app-import", pk=pk)


@colleague
@require_safe
def report(request: HttpRequest, user: User, pk: UUID) -> HttpResponse:
    """The rows as CSV, with what is said about each."""
    batch = _seen(user, pk)
    content = csv_of(batch, list(rows_of(batch, _shown(request))))
    answer = HttpResponse(content, content_type="text/csv; charset=utf-8")
    answer["Content-Disposition"] = f'attachment; filename="import-{batch.pk}.csv"'
    return answer


def _start(file: Any, user: User) -> CandidateImport:
    content = file.read() if file.size <= MAX_BYTES else b" " * (MAX_BYTES + 1)  # refused by its size alone
    name = (file.name or "").replace("\0", "")
    return start_import(filename=name, table=read_file(content=content), actor=user, now=timezone.now())


def _seen(user: User, pk: UUID) -> CandidateImport:
    return CandidateImport.objects.select_related("job", "company").seen_by(user, pk=pk, thing="import")


def _latest(user: User) -> list[dict[str, Any]]:
    now = timezone.now()
    rows = CandidateImport.objects.visible_to(user).select_related("company").order_by("-created_at", "pk")[:LATEST]
    return [{"batch": batch, "when": brief(batch.created_at, batch.company.zone, now=now)} for batch in rows]


def _columns(request: HttpRequest, user: User, batch: CandidateImport, form: ColumnsForm) -> HttpResponse:
    if batch.state not in (ImportState.MAPPING, ImportState.CHECKED):
        tell_refusal(request, "This import has been started already.")
        return redirect("app-import", pk=batch.pk)
    sample = list(batch.rows.order_by("number")[:SAMPLE])
    values = {"batch": batch, "form": form, "sample": [_filled(row.cells, batch) for row in sample]}
    return show(request, "web/app/imports/columns.html", values | HERE, status=400 if form.errors else 200)


def _filled(cells: list[str], batch: CandidateImport) -> list[str]:
    return [*cells, *[""] * (len(batch.headers) - len(cells))]


def _rows(request: HttpRequest, batch: CandidateImport) -> HttpResponse:
    shown = _shown(request)
    page = page_of(request, rows_of(batch, shown).select_related("candidate"))
    values = {
        "batch": batch,
        "wrong": batch.total - batch.good,
        "reasons": reasons_of(batch),
        "is_running": batch.state == ImportState.RUNNING,
        "page": page,
        "lines": lines_of(page),
        "shown": shown,
        "choices": SHOWN,
        "again": reverse("app-imports"),
        "days": KEEP_DAYS,
    }
    return show(request, "web/app/imports/import.html", values | HERE)


def _shown(request: HttpRequest) -> str:
    shown = request.GET.get("rows", "")
    return shown if shown in SHOWN else ""
