"""Operations: one durable transaction, run again after a deadlock, refusing in words."""

import threading
from concurrent.futures import ThreadPoolExecutor

import pytest
from django.db import IntegrityError, connection, transaction

from parley.core.errors import Busy, Conflict, DomainError
from parley.core.models import IdempotencyRecord
from parley.core.transactions import ATTEMPTS, domain_error_of, operation
from parley.organizations.models import Company
from tests.factories import CompanyFactory, UserFactory


@pytest.mark.django_db(transaction=True)
def test_a_deadlock_is_run_again_and_nobody_notices() -> None:
    first, second = CompanyFactory(name="first"), CompanyFactory(name="second")
    both_hold_one = threading.Barrier(2, timeout=20)
    attempts: list[str] = []

    def lock_both(mine: Company, other: Company) -> None:
        @operation
        def rename() -> None:
            attempts.append(mine.name)
            Company.objects.select_for_update().get(pk=mine.pk)
            if len(attempts) <= 2:
                both_hold_one.wait()
            Company.objects.select_for_update().get(pk=other.pk)
            Company.objects.filter(pk=mine.pk).update(name=f"{mine.name} renamed")

        try:
            rename()
        finally:
            connection.close()

    with ThreadPoolExecutor(max_workers=2) as pool:
        for future in [pool.submit(lock_both, first, second), pool.submit(lock_both, second, first)]:
            future.result()
    assert sorted(Company.objects.values_list("name", flat=True)) == ["first renamed", "second renamed"]
    assert len(attempts) == 3  # one of the two was aborted, and ran again


@pytest.mark.django_db
def test_a_violated_constraint_is_the_refusal_that_was_registered_for_it() -> None:
    taken = UserFactory()

    @operation
    def add() -> None:
        UserFactory(email=taken.email)

    with pytest.raises(DomainError) as refusal:
        add()
    assert (refusal.value.code, list(refusal.value.errors)) == ("email_taken", ["email"])


@pytest.mark.django_db
def test_a_row_in_use_is_a_conflict() -> None:
    company = UserFactory().company
    assert company is not None
    statements = f"DELETE FROM organizations_company WHERE id = {company.pk}; SET CONSTRAINTS ALL IMMEDIATE"
    with connection.cursor() as cursor, pytest.raises(IntegrityError) as violation, transaction.atomic():
        cursor.execute(statements)
    assert domain_error_of(violation.value).code == "in_use"


@pytest.mark.django_db(transaction=True)
def test_a_refusal_leaves_nothing_behind() -> None:
    @operation
    def half() -> None:
        CompanyFactory()
        raise Conflict("No.")

    with pytest.raises(Conflict):
        half()
    assert (Company.objects.count(), IdempotencyRecord.objects.count()) == (0, 0)


@pytest.mark.django_db(transaction=True)
def test_an_operation_does_not_hide_in_another_transaction() -> None:
    @operation
    def outermost() -> None:
        CompanyFactory()

    with pytest.raises(RuntimeError, match="durable"), transaction.atomic():
        outermost()
    assert Company.objects.count() == 0


@pytest.mark.django_db(transaction=True)
def test_what_is_aborted_for_others_each_time_is_refused_in_words() -> None:
    attempts: list[int] = []

    @operation
    def hopeless() -> None:
        CompanyFactory()
        attempts.append(1)
        with connection.cursor() as cursor:
            cursor.execute("DO $$ BEGIN RAISE EXCEPTION 'aborted' USING ERRCODE = 'deadlock_detected'; END $$")

    with pytest.raises(Busy) as refusal:
        hopeless()
    assert (refusal.value.status, refusal.value.code) == (503, "busy")
    assert (len(attempts), Company.objects.count()) == (ATTEMPTS, 0)
