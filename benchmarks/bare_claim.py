"""The measure for bookings: what PostgreSQL alone does, driven by pgbench.

One transaction of the conditional update and the insert, prepared, on two plain tables with fsync on: no token, no
HTTP, no history, no rule. What a booking costs beside it is Parley's own.
"""

import re
import subprocess
import tempfile
from pathlib import Path

import psycopg

from parley.core.embedded_postgres import bin_dir

PLACES = 200_000
_SETUP = f"""
CREATE TABLE bare_slot (id bigint PRIMARY KEY, capacity int NOT NULL, taken int NOT NULL DEFAULT 0);
CREATE TABLE bare_booking (id bigserial PRIMARY KEY, slot_id bigint NOT NULL, candidate_id bigint NOT NULL,
                           booked_at timestamptz NOT NULL DEFAULT now());
INSERT INTO bare_slot (id, capacity) SELECT n, 1000 FROM generate_series(1, {PLACES}) AS n;
VACUUM ANALYZE bare_slot;
"""
_CLAIM = f"""
\\set slot random(1, {PLACES})
BEGIN;
UPDATE bare_slot SET taken = taken + 1 WHERE id = :slot AND taken < capacity;
INSERT INTO bare_booking (slot_id, candidate_id) VALUES (:slot, :client_id);
COMMIT;
"""


def measure(url: str, *, connections: int, seconds: int) -> float:
    """Claims a second."""
    with psycopg.connect(url, autocommit=True) as connection:
        for statement in _SETUP.strip().split(";\n"):
            connection.execute(statement)
    with tempfile.NamedTemporaryFile("w", suffix=".sql") as script:
        script.write(_CLAIM)
        script.flush()
        command = [str(bin_dir() / "pgbench"), "--no-vacuum", "--protocol=prepared", f"--client={connections}"]
        command += ["--jobs=2", f"--time={seconds}", f"--file={Path(script.name)}", url]
        output = subprocess.run(command, check=True, capture_output=True, text=True).stdout
    found = re.search(r"tps = ([\d.]+)", output)
    assert found, output
    return float(found.group(1))
