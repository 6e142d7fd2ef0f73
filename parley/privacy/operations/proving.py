"""A proof is written in the transaction that deletes, and told."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from parley.core.actors import Actor
from parley.core.events import Change, record
from parley.privacy.models import DeletionProof
from parley.privacy.queries import proofs_of
from parley.privacy.rules.proofs import FIRST, Reason, ids_hash
from parley.privacy.steps import Gone


def prove(
    gone: Gone, *, company_id: int | None, reason: Reason, rule: Mapping[str, Any], actor: Actor, now: datetime
) -> DeletionProof:
    """Add a proof to the company's chain. The company is locked, so that one proof follows the other."""
    last = proofs_of(company_id).order_by("-number").first()
    proof = DeletionProof(
        company_id=company_id,
        number=last.number + 1 if last else 1,
        reason=reason,
        rule=dict(rule),
        counts={kind: len(keys) for kind, keys in sorted(gone.items())},
        ids_hash=ids_hash(gone),
        previous_hash=last.hash if last else FIRST,
        created_at=now,
    )
    proof.hash = proof.hash_of_content()
    proof.save(force_insert=True)
    after = {"number": proof.number, "reason": reason.value, "counts": proof.counts, "hash": proof.hash}
    record(Change(type="deletion.proven", object_id=proof.pk, company_id=company_id, after=after), actor=actor, now=now)
    return proof
