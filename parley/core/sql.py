"""Prepared statements for the few reads and claims that everything waits for.

The ORM builds and PostgreSQL plans a statement anew at each call; for authentication, search and booking that is most
of their cost. These run as prepared statements on Django's own connection (inside its transaction, and seen by its
query log), and read timestamps with psycopg's compiled loader.
"""

import functools
from collections.abc import Mapping, Sequence
from typing import Any

import orjson
import psycopg
from django.db import connection, models
from django.db.models.fields import NOT_PROVIDED
from psycopg.types.datetime import TimestamptzLoader
from psycopg.types.json import JsonbLoader


class _FastJsonb(JsonbLoader):
    """Reads JSON with ``orjson``: the standard library takes several times as long for the small objects of a row."""

    def load(self, data: Any) -> Any:
        """The value."""
        return orjson.loads(data)


class _PreparedCursor(psycopg.Cursor[tuple[Any, ...]]):
    """Binds parameters at the server, and prepares at the first call of a statement on a connection."""

    def execute(self, query: Any, params: Any = None, **options: Any) -> "_PreparedCursor":
        options.setdefault("prepare", True)
        return super().execute(query, params, **options)


def fetch_all(statement: str, parameters: Mapping[str, Any]) -> list[tuple[Any, ...]]:
    """Run one statement; all its rows."""
    with _cursor() as cursor:
        cursor.execute(statement, parameters)
        rows: list[tuple[Any, ...]] = cursor.fetchall()
        return rows


def fetch_one(statement: str, parameters: Mapping[str, Any]) -> tuple[Any, ...] | None:
    """Run one statement; its first row."""
    with _cursor() as cursor:
        cursor.execute(statement, parameters)
        row: tuple[Any, ...] | None = cursor.fetchone()
        return row


def insert(*rows: models.Model, asking: str = "", about: Mapping[str, Any] | None = None) -> Any:
    """Insert new rows by one statement, as ``save(force_insert=True)`` does without signals.

    Automatic keys are not read back. Foreign keys are checked at the end of the transaction, so the order is free.
    With ``asking``, an expression with the parameters ``about``, the statement answers it: as things were before it.
    """
    parameters = dict(about or {})
    for number, row in enumerate(rows):
        for field in _inserted(type(row)):
            value = field.get_db_prep_save(field.pre_save(row, add=True), connection)
            parameters[f"{field.attname}_{number}"] = value
    statement = _insert_statement(tuple(type(row) for row in rows))
    answer = None
    if asking:
        answer = fetch_all(f"{statement} RETURNING {asking}", parameters)[0][0]
    else:
        execute(statement, parameters)
    for row in rows:
        row._state.adding = False
        row._state.db = connection.alias
    return answer


def execute(statement: str, parameters: Mapping[str, Any]) -> None:
    """Run one statement that gives no rows."""
    with _cursor() as cursor:
        cursor.execute(statement, parameters)


@functools.cache
def columns(model: type[models.Model], alias: str) -> str:
    """All columns of a model, to select."""
    return ", ".join(f"{alias}.{field.column}" for field in model._meta.concrete_fields)


def instances(row: Sequence[Any], *models_: type[models.Model]) -> list[Any]:
    """The model instances of a row that ``columns`` of several models selected, in their order."""
    made, start = [], 0
    for model in models_:
        end = start + len(_names(model))
        made.append(model.from_db(connection.alias, _names(model), row[start:end]))
        start = end
    return made


@functools.cache
def _names(model: type[models.Model]) -> tuple[str, ...]:
    return tuple(field.attname for field in model._meta.concrete_fields)


@functools.cache
def _inserted(model: type[models.Model]) -> "tuple[models.Field[Any, Any], ...]":
    return tuple(
        field
        for field in model._meta.concrete_fields
        if not isinstance(field, models.AutoField) and field.db_default is NOT_PROVIDED
    )


@functools.cache
def _insert_statement(of: tuple[type[models.Model], ...]) -> str:
    *before, last = [_insert_one(model, number) for number, model in enumerate(of)]
    if not before:
        return last
    parts = ", ".join(f"row_{number} AS ({statement})" for number, statement in enumerate(before))
    return f"WITH {parts} {last}"


def _insert_one(model: type[models.Model], number: int) -> str:
    names = ", ".join(str(field.column) for field in _inserted(model))
    values = ", ".join(f"%({field.attname}_{number})s" for field in _inserted(model))
    return f"INSERT INTO {model._meta.db_table} ({names}) VALUES ({values})"  # noqa: S608 (our own tables and columns)


def _cursor() -> Any:
    connection.ensure_connection()
    cursor = _PreparedCursor(connection.connection)
    # Django registers loaders of its own on the connection: instants in Python, JSON as text.
    cursor.adapters.register_loader("timestamptz", TimestamptzLoader)
    cursor.adapters.register_loader("jsonb", _FastJsonb)
    return connection._prepare_cursor(cursor)  # type: ignore[attr-defined]  # the wrapper that translates errors and feeds the query log
