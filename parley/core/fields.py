"""Column types that Django does not bring."""

from typing import Any

from django.db import models


class TransactionIdField(models.Field):  # type: ignore[type-arg]  # not subscriptable when it runs
    """PostgreSQL's ``xid8``: the full id of the transaction that wrote the row."""

    def db_type(self, connection: Any) -> str:
        """The column's type."""
        return "xid8"


class CurrentTransactionId(models.Func):
    """``pg_current_xact_id()``."""

    function = "pg_current_xact_id"
    arity = 0
    output_field = TransactionIdField()
