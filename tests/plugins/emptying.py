"""Empties the tables after a test that has committed. Loaded with ``-p``.

Django's own way truncates all of them and makes content types and permissions anew: a third of a second, most of what
a short test takes. Deleting the few rows that there are takes a tenth of that.
"""

from django.db import connections, transaction
from django.db.utils import OperationalError
from django.test import TransactionTestCase
from psycopg.errors import DeadlockDetected

ATTEMPTS = 4
KEPT = {"django_content_type", "auth_permission"}  # made by migrating, and never changed by a test


def _empty_all(case: TransactionTestCase) -> None:
    for name in case._databases_names(include_mirrors=False):  # type: ignore[attr-defined]
        empty(name)


def empty(database: str, attempts: int = ATTEMPTS) -> None:
    """Delete all rows; again where a server's last request held some of the tables and waited for others."""
    connection = connections[database]
    names = connection.introspection.django_table_names(only_existing=True, include_views=False)
    tables = [connection.ops.quote_name(name) for name in sorted(set(names) - KEPT)]
    try:
        with transaction.atomic(using=database), connection.cursor() as cursor:
            # No triggers, which forbid it for some tables, and no minding who refers to whom.
            cursor.execute("SET LOCAL session_replication_role = replica")
            # Like truncating, this waits until nobody is at work on any of them.
            cursor.execute(f"LOCK TABLE {', '.join(tables)} IN ACCESS EXCLUSIVE MODE")
            cursor.execute(";".join(f"DELETE FROM {table}" for table in tables))
    except OperationalError as error:
        if attempts == 1 or not isinstance(error.__cause__, DeadlockDetected):
            raise
        empty(database, attempts - 1)


TransactionTestCase._fixture_teardown = _empty_all  # type: ignore[attr-defined]
