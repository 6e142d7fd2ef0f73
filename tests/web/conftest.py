"""What the tests of pages share."""

from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone

from parley.interviews.models import InterviewConflict, InterviewSlot
from parley.interviews.operations.slots import cancel_slot
from parley.organizations.models import User
from tests.factories import PASSWORD, CandidateFactory, InterviewFactory, SlotFactory, UserFactory, book, in_future


@pytest.fixture
def user() -> User:
    return UserFactory(
        full_name="Rosa Recruiter", email="rosa@example.com", company__name="Acme", company__timezone="Europe/Berlin"
    )


@pytest.fixture
def logged_in(client: Client, user: User) -> Client:
    answer = client.post("/login/", {"login": user.email, "password": PASSWORD})
    assert (answer.status_code, answer["Location"]) == (302, "/")
    return client


@pytest.fixture
def places(user: User) -> list[InterviewSlot]:
    """The place that was lost, and two that are free: an hour and two days later."""
    start = in_future(days=20)
    hours = (0, 1, 48)
    return [SlotFactory(company=user.company, start_time=start + timedelta(hours=each)) for each in hours]


@pytest.fixture
def conflict(user: User, places: list[InterviewSlot]) -> InterviewConflict:
    """An interview that has lost its place."""
    candidate = CandidateFactory(company=user.company, full_name="Ada <b>Lovelace</b>")
    book(places[0], InterviewFactory(candidate=candidate))
    cancel_slot(slot_id=places[0].pk, cascade=True, reason="Power cut.", actor=user, now=timezone.now())
    return InterviewConflict.objects.get(primary_interview__candidate=candidate)
