"""``Idempotency-Key``: the same key and the same request give the first answer again, and do nothing twice.

The record commits together with what it answers for: killed halfway, neither is there. A second request with the
same key waits at the unique constraint until the first has ended.
"""

import zlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from parley.core.crypto import decrypt, encrypt
from parley.core.errors import Conflict, DomainError
from parley.core.models import IdempotencyRecord
from parley.core.transactions import run_atomically

KEPT_FOR = timedelta(hours=24)
TOO_MANY = 429


class KeyReused(DomainError):
    """The key was used before for another request."""

    status = 422
    code = "idempotency_key_reused"


@dataclass(frozen=True)
class Answer:
    """What was answered: the HTTP status and the body's bytes."""

    status: int
    body: bytes
    headers: Mapping[str, str] = field(default_factory=dict)  # of an answer that is not kept


class _Refused(Exception):
    """Carries a refusal out of the transaction, so that it is rolled back before the refusal is kept."""

    def __init__(self, answer: Answer) -> None:
        super().__init__()
        self.answer = answer


def once(*, scope: str, key: str, fingerprint: str, now: datetime, run: Callable[[], Answer]) -> tuple[Answer, bool]:
    """Run under the key, or give the first answer again; the flag says whether it is a repeat.

    A refusal (4xx) is kept as well, after everything that led to it was rolled back; a failure (5xx) or "wait" (429) is
    not, so that it can be tried again. Raises ``KeyReused`` where ``fingerprint`` differs.
    """

    def attempt() -> tuple[Answer, bool]:
        earlier = _claim(scope=scope, key=key, fingerprint=fingerprint, now=now)
        if earlier is not None:
            return earlier, True
        answer = run()
        if answer.status >= 400:
            raise _Refused(answer)
        _keep(scope=scope, key=key, answer=answer)
        return answer, False

    try:
        return run_atomically(attempt, joined=True)
    except _Refused as refused:
        answer = refused.answer
    if answer.status >= 500 or answer.status == TOO_MANY:
        return answer, False
    return run_atomically(lambda: _keep_refusal(scope=scope, key=key, fingerprint=fingerprint, now=now, answer=answer))


def forget_old(*, now: datetime) -> int:
    """Drop the records whose time is over; returns how many."""
    return IdempotencyRecord.objects.filter(created_at__lt=now - KEPT_FOR).delete()[0]


def _claim(*, scope: str, key: str, fingerprint: str, now: datetime) -> Answer | None:
    fresh = IdempotencyRecord(scope=scope, key=key, fingerprint=fingerprint, created_at=now)
    # ON CONFLICT DO NOTHING waits for a first request still at work, and tells by the read below whether it won.
    IdempotencyRecord.objects.bulk_create([fresh], ignore_conflicts=True)
    record = IdempotencyRecord.objects.get(scope=scope, key=key)
    if record.fingerprint != fingerprint:
        raise KeyReused("This Idempotency-Key was used for another request: send a new key.")
    if record.status is None or record.body is None:
        return None
    body = decrypt(bytes(record.body))
    if body is None:  # SECRET_KEY has changed since; doing it again would be worse than saying so
        raise Conflict("The answer kept under this Idempotency-Key can no longer be read.", code="answer_unreadable")
    return Answer(record.status, zlib.decompress(body))


def _keep(*, scope: str, key: str, answer: Answer) -> None:
    IdempotencyRecord.objects.filter(scope=scope, key=key).update(
        status=answer.status, body=encrypt(zlib.compress(answer.body))
    )


def _keep_refusal(*, scope: str, key: str, fingerprint: str, now: datetime, answer: Answer) -> tuple[Answer, bool]:
    earlier = _claim(scope=scope, key=key, fingerprint=fingerprint, now=now)
    if earlier is not None:  # the same key was at work at the same time, and has ended first
        return earlier, True
    _keep(scope=scope, key=key, answer=answer)
    return answer, False
