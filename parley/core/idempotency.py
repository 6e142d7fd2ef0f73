"""``Idempotency-Key``: the same key and the same request give the first answer again, and do nothing twice.

The record commits together with what it answers for: killed halfway, neither is there. A second request with the
same key waits at the unique constraint until the first has ended.
"""

import json
import zlib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from django.db.models import Q

from parley.core.crypto import decrypt, encrypt
from parley.core.errors import Conflict, DomainError
from parley.core.models import IdempotencyRecord
from parley.core.transactions import run_atomically

KEPT_FOR = timedelta(hours=24)
TOO_MANY = 429
ANONYMOUS = "anonymous:"  # begins the scope of who is no user
_GONE = {
    "type": "about:blank",
    "title": "Gone",
    "status": 410,
    "detail": "The request was answered before; the answer was deleted since, with the data of a candidate.",
    "code": "answer_deleted",
}


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


def forget_answers(*, scopes: Sequence[str], mentions: Callable[[str], bool]) -> list[str]:
    """Replace the answers kept for these scopes, and for those without a user, whose text ``mentions`` somebody.

    The keys stay: what was done is not done again. Whoever repeats the request is told that the answer is gone. Returns
    the ids of the records. Inside the caller's transaction; it decrypts what the last day has left.
    """
    kept = IdempotencyRecord.objects.filter(Q(scope__in=scopes) | Q(scope__startswith=ANONYMOUS), body__isnull=False)
    gone = encrypt(zlib.compress(json.dumps(_GONE).encode()))
    found = [record.pk for record in kept.iterator(chunk_size=200) if mentions(_text_of(record))]
    IdempotencyRecord.objects.filter(pk__in=found).update(status=_GONE["status"], body=gone)
    return [str(key) for key in found]


def _text_of(record: IdempotencyRecord) -> str:
    """All texts of the answer."""
    body = decrypt(bytes(record.body or b""))
    try:
        return _texts_in(json.loads(zlib.decompress(body))) if body is not None else ""
    except ValueError:  # no JSON
        return ""


def _texts_in(value: Any) -> str:
    """All texts of plain data, one a line."""
    if isinstance(value, dict):
        return "\n".join(_texts_in(each) for each in value.values())
    if isinstance(value, list):
        return "\n".join(_texts_in(each) for each in value)
    return str(value)


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
