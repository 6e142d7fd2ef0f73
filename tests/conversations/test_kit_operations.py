"""A company's kits: made, worded anew, archived; and what the database refuses."""

import threading
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection, transaction
from django.db.utils import IntegrityError
from django.utils import timezone

from parley.conversations.library import shipped
from parley.conversations.models import InterviewKit, KitVersion
from parley.conversations.operations.kits import MOST_KITS, add_version, create_kit, knows_kit, update_kit
from parley.conversations.rules.kits import content_hash
from parley.core.errors import Conflict, DomainError, Forbidden, Invalid, NotFound
from parley.core.models import Event
from parley.interviews.models import InterviewSlot
from parley.interviews.operations.slots import create_slot
from parley.organizations.models import User
from tests.api.tenants import unchanged
from tests.conversations.test_rules import content
from tests.factories import AdminFactory, JobFactory, UserFactory, free_hour

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def rosa(db: None) -> User:
    return UserFactory()


def make(user: User, **values: Any) -> InterviewKit:
    usual: dict[str, Any] = {"interview_type": "coding", "name": "Engineers", "job_id": None, "content": None}
    return create_kit(**{"company_id": None} | usual | values, actor=user, now=timezone.now())


def reword(kit: InterviewKit, user: User, words: Any, based_on: int | None = None) -> KitVersion:
    return add_version(kit_id=kit.pk, content=words, based_on=based_on, actor=user, now=timezone.now())


def test_a_kit_begins_with_what_parley_ships(rosa: User) -> None:
    kit = make(rosa)
    version = kit.versions.get()
    assert (kit.company_id, kit.interview_type, kit.name, kit.is_active) == (
        rosa.company_id,
        "coding",
        "Engineers",
        True,
    )
    assert (version.number, version.content, version.created_by) == (1, shipped("coding"), rosa)
    assert version.content_hash == content_hash(version.content)
    assert list(Event.objects.values_list("type", "object_id")) == [("kit.created", str(kit.pk))]


def test_other_words_are_another_version(rosa: User) -> None:
    kit = make(rosa)
    version = reword(kit, rosa, content(), based_on=1)
    assert (version.number, version.content, version.created_by) == (2, content(), rosa)
    assert [each.number for each in kit.versions.all()] == [2, 1]
    told = Event.objects.get(type="kit.reworded")
    assert (told.before or {})["version"] == 1
    assert (told.after or {})["version"] == 2


def test_the_same_words_are_no_other_version(rosa: User) -> None:
    kit = make(rosa, content=content())
    with unchanged():
        assert reword(kit, rosa, dict(reversed(content().items()))).number == 1


def test_what_somebody_else_has_saved_is_not_lost(rosa: User) -> None:
    kit = make(rosa)
    reword(kit, rosa, content())
    with unchanged(), pytest.raises(Conflict) as refused:
        reword(kit, rosa, content(closing="Bye."), based_on=1)
    assert refused.value.code == "kit_changed"


def test_what_is_no_kit_is_refused(rosa: User) -> None:
    with unchanged(), pytest.raises(Invalid) as refused:
        make(rosa, content={"minutes": 5})
    assert (refused.value.code, list(refused.value.errors)) == ("bad_kit", ["content"])
    kit = make(rosa)
    with unchanged(), pytest.raises(Invalid):
        reword(kit, rosa, content(minutes=1))


@pytest.mark.parametrize("tag", ["klingon", "german!!", "xx", "x-private", "en_GB"])
def test_a_kit_is_in_a_language_that_there_is(rosa: User, tag: str) -> None:
    kit = make(rosa)
    with unchanged(), pytest.raises(Invalid) as refused:
        reword(kit, rosa, content(language=tag))
    assert (refused.value.code, list(refused.value.errors)) == ("bad_kit", ["content"])
    for number, known in enumerate(("de-AT", "ca", "zh-Hant-TW"), start=2):
        assert reword(kit, rosa, content(language=known)).number == number


def test_names_are_taken_by_active_kits_alone(rosa: User) -> None:
    kit = make(rosa)
    with unchanged(), pytest.raises(Invalid) as refused:
        make(rosa, name="ENGINEERS")
    assert (refused.value.code, list(refused.value.errors)) == ("kit_name_taken", ["name"])
    make(UserFactory())  # another company
    update_kit(kit_id=kit.pk, fields={"is_active": False}, actor=rosa, now=timezone.now())
    make(rosa)
    with unchanged(), pytest.raises(Invalid):
        update_kit(kit_id=kit.pk, fields={"is_active": True}, actor=rosa, now=timezone.now())


def test_a_kit_is_for_a_job_of_the_company(rosa: User) -> None:
    job = JobFactory(company=rosa.company)
    assert make(rosa, job_id=job.pk).job == job
    foreign = JobFactory()
    with unchanged(), pytest.raises(Invalid) as refused:
        make(rosa, name="Other", job_id=foreign.pk)
    assert refused.value.code == "job_not_found"


def test_another_companys_kit_is_not_there(rosa: User) -> None:
    kit, stranger = make(rosa), UserFactory()
    with unchanged(), pytest.raises(NotFound):
        reword(kit, stranger, content())
    with unchanged(), pytest.raises(NotFound):
        update_kit(kit_id=kit.pk, fields={"is_active": False}, actor=stranger, now=timezone.now())
    with unchanged(), pytest.raises(Forbidden):
        make(stranger, company_id=rosa.company_id)


def test_what_parley_ships_is_not_changed_by_anybody() -> None:
    now = timezone.now()
    kit = InterviewKit.objects.create(interview_type="coding", name="Coding", created_at=now, updated_at=now)
    admin = AdminFactory()
    with unchanged(), pytest.raises(NotFound):
        reword(kit, admin, content())


def test_a_company_has_not_endlessly_many(rosa: User) -> None:
    now = timezone.now()
    rows = [
        InterviewKit(company=rosa.company, interview_type="coding", name=f"Kit {n}", created_at=now, updated_at=now)
        for n in range(MOST_KITS)
    ]
    InterviewKit.objects.bulk_create(rows)
    with unchanged(), pytest.raises(Conflict) as refused:
        make(rosa)
    assert refused.value.code == "too_many_kits"


@pytest.mark.parametrize(
    "change",
    [
        {"content": {}},
        {"content_hash": "0" * 64},
        {"number": 7},
    ],
    ids=["content", "hash", "number"],
)
def test_the_database_refuses_to_change_a_version(change: dict[str, Any], rosa: User) -> None:
    kit = make(rosa)
    with unchanged(), pytest.raises(IntegrityError, match="never changes"), transaction.atomic():
        KitVersion.objects.filter(kit=kit).update(**change)


def test_the_database_refuses_to_remove_a_version(rosa: User) -> None:
    kit = make(rosa)
    with unchanged(), pytest.raises(IntegrityError, match="never changes"), transaction.atomic():
        KitVersion.objects.filter(kit=kit).delete()


def test_who_made_a_version_may_be_forgotten(rosa: User) -> None:
    kit = make(rosa)
    KitVersion.objects.filter(kit=kit).update(created_by=None)
    assert kit.versions.get().created_by is None


def test_two_who_save_at_once_do_not_overwrite_each_other(rosa: User) -> None:
    kit, start = make(rosa), threading.Barrier(2)
    refused: list[str] = []

    def save(closing: str) -> None:
        start.wait()
        try:
            reword(kit, rosa, content(closing=closing), based_on=1)
        except DomainError as error:
            refused.append(error.code)
        finally:
            connection.close()

    both = [threading.Thread(target=save, args=(closing,)) for closing in ("Bye.", "Ciao.")]
    for each in both:
        each.start()
    for each in both:
        each.join()
    assert (refused, [each.number for each in kit.versions.all()]) == (["kit_changed"], [2, 1])


def test_slots_name_kits_that_the_company_uses(rosa: User) -> None:
    kit = make(rosa)
    assert rosa.company
    known = [str(kit.pk), "engineers", "technical"]
    foreign = make(UserFactory(), name="Theirs")
    update_kit(kit_id=make(rosa, name="Old").pk, fields={"is_active": False}, actor=rosa, now=timezone.now())
    assert [knows_kit(rosa.company.pk, each) for each in known] == [True, True, True]
    unknown: list[str | int] = [str(foreign.pk), "Theirs", "Old", "nonsense", 7]
    assert [knows_kit(rosa.company.pk, each) for each in unknown] == [False] * 5
    with unchanged(), pytest.raises(Invalid) as refused:
        slot_with(rosa, {"kit": "Theirs"})
    assert (refused.value.code, list(refused.value.errors)) == ("bad_setting", ["ai_configuration"])
    with unchanged(), pytest.raises(Invalid):
        slot_with(rosa, {"difficulty": "brutal"})
    assert slot_with(rosa, {"kit": "Engineers", "difficulty": "hard"}).ai_configuration["kit"] == "Engineers"


def slot_with(user: User, settings: dict[str, Any]) -> InterviewSlot:
    start = free_hour()
    return create_slot(
        company_id=None,
        job_id=None,
        start_time=start,
        end_time=start + timedelta(hours=1),
        duration_minutes=None,
        fields={"ai_interview_type": "coding", "ai_configuration": settings},
        actor=user,
        now=timezone.now(),
    )
