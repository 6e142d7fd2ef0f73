"""Waiting until the events can be read: transactions of tests that run at the same time hold them back."""

import time

from django.db import connection

PATIENCE_SECONDS = 60  # only ends a test that would hang


def wait_until_readable() -> None:
    """Return once no transaction of the server is older than the last event."""
    deadline = time.monotonic() + PATIENCE_SECONDS
    with connection.cursor() as cursor:
        while time.monotonic() < deadline:
            cursor.execute(
                "SELECT pg_snapshot_xmin(pg_current_snapshot()) > COALESCE(max(transaction_id), '0') FROM core_event"
            )
            if cursor.fetchone()[0]:
                return
            time.sleep(0.02)
    raise AssertionError("A transaction is open for a minute.")
