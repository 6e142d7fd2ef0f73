"""What a proof of deletion holds: counts and hashes, nothing that was deleted."""

import hashlib
import json
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from typing import Any

from django.db.models import TextChoices

FIRST = "0" * 64  # what the first proof of a company is chained to

Gone = Mapping[str, Iterable[str]]  # the ids of what was deleted, by kind


class Reason(TextChoices):
    """Why something was deleted."""

    RETENTION = "retention", "The time was over"
    REQUEST = "request", "A candidate was deleted"


def ids_hash(gone: Gone) -> str:
    """SHA-256 over the lines ``kind:id``, sorted: whoever has the ids can compare, and nobody finds them from it."""
    lines = sorted(f"{kind}:{key}" for kind, keys in gone.items() for key in keys)
    return hashlib.sha256("\n".join(lines).encode()).hexdigest()


def chained(previous: str, content: Mapping[str, Any]) -> str:
    """The hash of a proof: SHA-256 over that of the proof before it and its own content, as JSON with sorted keys."""
    text = json.dumps(content, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(f"{previous}\n{text}".encode()).hexdigest()


def instant(moment: datetime) -> str:
    """An instant as it stands in the content: in UTC, to the microsecond."""
    return moment.astimezone(UTC).isoformat(timespec="microseconds")
