"""A whole day is lost: two hundred interviews, four hundred free places, and others who book meanwhile."""

import threading
from collections.abc import Iterator
from datetime import datetime, timedelta
from functools import partial
from typing import Any

import httpx
import numpy as np
import pytest
from django.db import connections
from django.utils import timezone
from scipy.sparse import csr_array
from scipy.sparse.csgraph import min_weight_full_bipartite_matching

from parley.core.actors import SYSTEM
from parley.interviews.models import InterviewConflict, InterviewSchedule, InterviewSlot, PlaceHold, SchedulingPolicy
from parley.interviews.operations.reseating import reseat
from parley.interviews.operations.stretches import call_off_stretch
from parley.interviews.rules.states import ConflictType
from parley.organizations.models import Company, User
from tests.factories import (
    CandidateFactory,
    CompanyFactory,
    InterviewFactory,
    SlotFactory,
    UserFactory,
    book,
    in_future,
)
from tests.invariants import broken_invariants
from tests.live import all_at_once, client, live_server

pytestmark = pytest.mark.django_db(transaction=True)
LOST, FREE = 200, 400
DAY, QUARTER = timedelta(days=1), timedelta(minutes=5)


def lost_day(company: Company) -> datetime:
    """Two hundred slots of five minutes, each booked, from midnight on."""
    start = in_future(days=20).replace(hour=0)
    for number in range(LOST):
        at = start + number * QUARTER
        slot = SlotFactory(company=company, start_time=at, duration_minutes=5, end_time=at + QUARTER)
        book(slot, InterviewFactory(candidate=CandidateFactory(company=company)))
    return start


def free_places(company: Company, start: datetime, number: int = FREE) -> list[InterviewSlot]:
    """Free ones on the days around it, at odd distances; every tenth has room for two."""
    days = [start - 2 * DAY, start - DAY, start + DAY, start + 2 * DAY]
    made: list[InterviewSlot] = []
    places = 0
    while places < number:
        at = days[len(made) % 4] + (len(made) // 4) * timedelta(minutes=7)
        room = 2 if len(made) % 10 == 0 and places + 2 <= number else 1
        made.append(
            SlotFactory(company=company, start_time=at, duration_minutes=5, end_time=at + QUARTER, max_candidates=room)
        )
        places += room
    return made


def call_off(company: Company, actor: User, start: datetime) -> None:
    done = call_off_stretch(
        company_id=company.pk,
        begin=start,
        end=start + DAY,
        interview_types=(),
        reason="Power cut.",
        conflict_type=ConflictType.SLOT_UNAVAILABLE,
        actor=actor,
        now=timezone.now(),
    )
    assert (len(done.slots), done.unseated) == (LOST, LOST)


def least_minutes(start: datetime, places: list[InterviewSlot]) -> int:
    """The least sum of distances, by another algorithm on the whole matrix."""
    wanted = [start + number * QUARTER for number in range(LOST)]
    columns = [place.start_time for place in places for _ in range(place.max_candidates)]
    costs = np.array([[abs(at - one).total_seconds() / 60 + 1 for at in columns] for one in wanted])
    rows, chosen = min_weight_full_bipartite_matching(csr_array(costs))
    return round(float((costs[rows, chosen] - 1).sum()))


def test_all_are_seated_with_the_least_displacement() -> None:
    company = CompanyFactory()
    actor = UserFactory(company=company)
    start = lost_day(company)
    places = free_places(company, start)
    call_off(company, actor, start)
    run = reseat(company_id=company.pk, actor=SYSTEM, now=timezone.now())
    assert run is not None
    assert (run.affected, run.seated) == (LOST, LOST)
    assert run.displacement_minutes == least_minutes(start, places)
    assert PlaceHold.objects.filter(status="held").count() == LOST
    assert broken_invariants() == {}


def test_who_is_beyond_the_free_places_stays_pending() -> None:
    company = CompanyFactory()
    actor = UserFactory(company=company)
    SchedulingPolicy.objects.create(company=company, reseat_mode="book", updated_at=timezone.now())
    start = lost_day(company)
    free_places(company, start, 150)
    call_off(company, actor, start)
    run = reseat(company_id=company.pk, actor=SYSTEM, now=timezone.now())
    assert run is not None
    assert (run.affected, run.seated) == (LOST, 150)
    assert InterviewSchedule.objects.filter(status="pending").count() == 150
    assert InterviewConflict.objects.filter(resolution="pending").count() == 50
    assert reseat(company_id=company.pk, actor=SYSTEM, now=timezone.now()) is None
    assert broken_invariants() == {}


@pytest.fixture
def address() -> Iterator[str]:
    with live_server(workers=2) as address:
        yield address


@pytest.mark.parametrize("mode", ["propose", "book"])
def test_never_over_capacity_beside_others_who_book(address: str, mode: str) -> None:
    company = CompanyFactory()
    actor = UserFactory(company=company)
    SchedulingPolicy.objects.create(company=company, reseat_mode=mode, updated_at=timezone.now())
    start = lost_day(company)
    places = free_places(company, start)
    # Others want the places that the re-seating wants as well: the nearest.
    nearest = sorted(places, key=lambda place: min(abs(place.start_time - start), abs(place.start_time - start - DAY)))
    others = [InterviewFactory(candidate=CandidateFactory(company=company)) for _ in range(120)]
    call_off(company, actor, start)
    runs: list[Any] = []
    with client(address, actor) as api:
        seating = threading.Thread(target=_seat, args=(company.pk, runs))
        seating.start()
        answers = [
            answer
            for first in range(0, 120, 12)
            for answer in all_at_once(
                [partial(_book, api, others[number].pk, nearest[number].pk) for number in range(first, first + 12)]
            )
        ]
        seating.join()
    booked = sum(answer.status_code == 201 for answer in answers)
    assert {answer.status_code for answer in answers} <= {201, 409}
    assert {answer.json()["code"] for answer in answers if answer.status_code == 409} <= {"slot_full"}
    (run,) = runs
    assert run is not None
    assert run.seated == LOST
    affected = set(InterviewConflict.objects.values_list("primary_interview_id", flat=True))
    if mode == "propose":
        assert set(PlaceHold.objects.filter(status="held").values_list("interview_id", flat=True)) == affected
        assert InterviewSchedule.objects.filter(status="pending").count() == booked
    else:
        assert InterviewSchedule.objects.filter(status="pending", interview__in=affected).count() == LOST
        assert InterviewSchedule.objects.filter(status="pending").count() == LOST + booked
    assert broken_invariants() == {}


def _seat(company_id: int, runs: list[Any]) -> None:
    try:
        runs.append(reseat(company_id=company_id, actor=SYSTEM, now=timezone.now()))
    finally:
        connections.close_all()


def _book(api: httpx.Client, interview_id: Any, slot_id: Any) -> httpx.Response:
    body = {"interview_id": str(interview_id), "slot_id": str(slot_id)}
    return api.post("/interviews/schedules/book_interview/", json=body)
