"""Reads: what a company keeps for how long, and whether its chain of proofs is whole."""

from django.db.models import QuerySet

from parley.privacy.models import DeletionProof, RetentionPolicy
from parley.privacy.rules.proofs import FIRST


def months_of(company_id: int) -> int | None:
    """After how many months a company deletes what was said; None: never."""
    return RetentionPolicy.objects.filter(company_id=company_id).values_list("months", flat=True).first()


def companies_that_delete() -> list[int]:
    """Those that have set a time, inactive ones, too."""
    rows = RetentionPolicy.objects.filter(months__isnull=False).order_by("company_id")
    return list(rows.values_list("company_id", flat=True))


def proofs_of(company_id: int | None) -> QuerySet[DeletionProof]:
    """A company's chain, the latest first; None: that of candidates without a company."""
    rows = DeletionProof.objects.all()
    return rows.filter(company__isnull=True) if company_id is None else rows.filter(company_id=company_id)


def broken_proofs(company_id: int) -> list[int]:
    """The numbers of the company's proofs that do not fit to what they hold, or to the one before. One statement."""
    found, number, previous = [], 0, FIRST
    for proof in proofs_of(company_id).order_by("number").iterator():
        is_whole = proof.number == number + 1 and proof.previous_hash == previous
        if not is_whole or proof.hash != proof.hash_of_content():
            found.append(proof.number)
        number, previous = proof.number, proof.hash
    return found
