"""What a call costs: booking at most ten statements; every list, search and calendar the same for 1, 3 and 300 rows."""

from collections.abc import Callable, Iterator
from datetime import timedelta
from functools import partial
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from rest_framework.test import APIClient

from parley.interviews.models import InterviewConflict, InterviewSchedule, Reseating, WaitlistEntry
from parley.interviews.rules.states import ConflictType
from parley.notifications.feed_rules import Scope
from parley.notifications.models import CalendarFeed, Notification
from parley.notifications.operations.feeds import create_feed
from parley.organizations.models import Company, User
from parley.webhooks.models import WebhookDelivery, WebhookEndpoint
from tests.api.tenants import Tenant, client_for, make_tenant
from tests.factories import (
    CandidateFactory,
    CompanyFactory,
    ConfigurationFactory,
    InterviewFactory,
    JobFactory,
    SlotFactory,
    UserFactory,
    book,
)


def statements(call: Callable[[], Any], status: int = 200) -> list[str]:
    """What the call sends to the database, BEGIN and COMMIT included."""
    with CaptureQueriesContext(connection) as captured:
        answer = call()
    assert answer.status_code == status, answer.content
    return [query["sql"] for query in captured.captured_queries]


@pytest.fixture
def tenant(transactional_db: None) -> Tenant:
    return make_tenant("alphaworks")


BOOKINGS = [
    "/api/interviews/schedules/",
    "/api/interviews/schedules/book_interview/",
    "/api/interviews/slots/{slot}/book_slot/",
]


@pytest.mark.parametrize("address", BOOKINGS)
def test_booking_takes_at_most_ten_statements(address: str, tenant: Tenant) -> None:
    client = tenant.client()
    values = {"interview_id": str(tenant.interview.pk), "slot_id": str(tenant.slot.pk)}
    sent = statements(lambda: client.post(address.format(slot=tenant.slot.pk), values, format="json"), 201)
    assert "BEGIN" in sent
    assert "COMMIT" in sent
    assert len(sent) <= 10, sent


def test_booking_costs_the_same_beside_many_bookings(tenant: Tenant) -> None:
    client = tenant.client()
    slot = SlotFactory(company=tenant.company, max_candidates=100)
    for _ in range(50):
        book(slot, InterviewFactory(candidate=CandidateFactory(company=tenant.company)))
    values = {"interview_id": str(tenant.interview.pk), "slot_id": str(slot.pk)}
    sent = statements(lambda: client.post("/api/interviews/schedules/", values, format="json"), 201)
    assert len(sent) <= 10, sent


def _slots(company: Company) -> None:
    SlotFactory(company=company, job=JobFactory(company=company), start_time=next(_hours))


def _booking(company: Company) -> None:
    job = JobFactory(company=company)
    candidate = CandidateFactory(company=company, job=job)
    slot = SlotFactory(company=company, job=job, start_time=next(_hours))
    book(slot, InterviewFactory(candidate=candidate, job=job))


def _conflict(company: Company) -> None:
    interview = InterviewFactory(candidate=CandidateFactory(company=company))
    InterviewConflict.objects.create(
        company=company,
        conflict_type=ConflictType.OVERLAP,
        cause=str(interview.pk),
        primary_interview=interview,
        conflicting_interview=interview,
        detected_at=timezone.now(),
    )


def _configuration(company: Company) -> None:
    day = timezone.now().date() + timedelta(days=10 * next(_numbers))
    ConfigurationFactory(company=company, valid_from=day, valid_until=day)


def _counting() -> Iterator[int]:
    number = 0
    while True:
        number += 1
        yield number


_numbers = _counting()
_hours = (
    timezone.now().replace(minute=0, second=0, microsecond=0) + timedelta(days=1, hours=number)
    for number in _counting()
)


def _days() -> dict[str, str]:
    first = timezone.now().date()
    return {"start_date": first.isoformat(), "end_date": (first + timedelta(days=300)).isoformat()}


def _webhook(company: Company) -> WebhookEndpoint:
    now = timezone.now()
    values = {
        "url": "https://hooks.example.com/",
        "events": ["*"],
        "secret": b"x",
        "created_at": now,
        "updated_at": now,
    }
    return WebhookEndpoint.objects.create(company=company, **values)


def _delivery(company: Company) -> None:
    webhook = company.webhooks.first() or _webhook(company)
    now = timezone.now()
    WebhookDelivery.objects.create(
        endpoint=webhook, type="slot.created", body="{}", created_at=now, next_attempt_at=now
    )


def _deliveries(client: APIClient) -> Any:
    return client.get(f"/api/webhooks/{WebhookEndpoint.objects.get().pk}/deliveries/?page_size=500")


Read = Callable[[APIClient], Any]


def _feed(company: Company) -> None:
    number = next(_numbers)
    CalendarFeed.objects.create(
        user=User.objects.filter(company=company).earliest("pk"),
        company=company,
        scope="mine",
        token_hash=str(number),
        created_at=timezone.now(),
    )


def _waiting(company: Company) -> None:
    WaitlistEntry.objects.create(
        company=company,
        interview=InterviewFactory(candidate=CandidateFactory(company=company), job=JobFactory(company=company)),
        start_after=timezone.now(),
        start_before=timezone.now() + timedelta(days=1),
        created_at=timezone.now(),
    )


def _reseating(company: Company) -> None:
    Reseating.objects.create(
        company=company, mode="book", affected=1, seated=1, displacement_minutes=0, created_at=timezone.now()
    )


READS: dict[str, tuple[Callable[[Company], Any], Read]] = {
    "slots": (_booking, lambda client: client.get("/api/interviews/slots/?page_size=500")),
    "schedules": (_booking, lambda client: client.get("/api/interviews/schedules/?page_size=500")),
    "interviews": (_booking, lambda client: client.get("/api/interviews/?page_size=500")),
    "configurations": (_configuration, lambda client: client.get("/api/interviews/configurations/?page_size=500")),
    "conflicts": (_conflict, lambda client: client.get("/api/interviews/conflicts/?page_size=500")),
    "candidates": (
        lambda company: CandidateFactory(company=company),
        lambda client: client.get("/api/candidates/?page_size=500"),
    ),
    "jobs": (lambda company: JobFactory(company=company), lambda client: client.get("/api/jobs/?page_size=500")),
    "users": (lambda company: UserFactory(company=company), lambda client: client.get("/api/users/?page_size=500")),
    "calendar feeds": (_feed, lambda client: client.get("/api/calendar_feeds/?page_size=500")),
    "waitlist": (_waiting, lambda client: client.get("/api/interviews/waitlist/?page_size=500")),
    "reseatings": (_reseating, lambda client: client.get("/api/interviews/reseatings/?page_size=500")),
    "webhooks": (_webhook, lambda client: client.get("/api/webhooks/?page_size=500")),
    "deliveries": (_delivery, _deliveries),
    "calendar": (_booking, lambda client: client.get("/api/interviews/calendar/", _days())),
    "available slots": (_slots, lambda client: client.get("/api/interviews/available-slots/", _days())),
    "search": (_slots, lambda client: client.post("/api/interviews/slots/search_available/", _days(), format="json")),
}


@pytest.mark.django_db
@pytest.mark.parametrize("name", READS)
def test_reads_cost_the_same_for_1_3_and_300_rows(name: str) -> None:
    make, read = READS[name]
    company = CompanyFactory()
    client = client_for(UserFactory(company=company))
    counts = {}
    present = 0
    for rows in (1, 3, 300):
        for _ in range(rows - present):
            make(company)
        present = rows
        answers: list[Any] = []
        counts[rows] = len(statements(partial(_keep, answers, read, client)))
        shown = answers[0].json()
        assert len(shown["calendar_data"] if name == "calendar" else shown) >= rows
    assert len(set(counts.values())) == 1, counts
    assert counts[300] <= 5, counts


def _keep(answers: list[Any], read: Read, client: APIClient) -> Any:
    answers.append(read(client))
    return answers[-1]


@pytest.mark.django_db
def test_notifications_cost_the_same_for_1_3_and_300() -> None:
    """Token, total, rows, and what they are about: events, conflicts, interviews."""
    user = UserFactory()
    assert user.company is not None
    client = client_for(user)
    counts = []
    for rows in (1, 2, 297):
        for _ in range(rows):
            _conflict(user.company)
            _notify(user, "conflict", InterviewConflict.objects.latest("detected_at").pk)
        counts.append(len(statements(lambda: client.get("/api/notifications/?page_size=500"))))
        counts.append(len(statements(lambda: client.get("/api/notifications/summary/"))))
    assert counts == [6, 2] * 3


def _notify(user: User, object_type: str, object_id: object) -> None:
    assert user.company is not None
    Notification.objects.create(
        user=user,
        company=user.company,
        kind="conflict_opened",
        event_id=next(_numbers),
        object_type=object_type,
        object_id=str(object_id),
        created_at=timezone.now(),
    )


@pytest.mark.django_db
def test_a_list_of_companies_costs_the_same(admin: APIClient) -> None:
    counts = []
    for rows in (1, 2, 297):
        for _ in range(rows):
            CompanyFactory()
        counts.append(len(statements(lambda: admin.get("/api/companies/?page_size=500"))))
    assert len(set(counts)) == 1


@pytest.mark.django_db
def test_a_year_of_slots_is_made_in_a_handful_of_statements() -> None:
    company = CompanyFactory()
    client = client_for(UserFactory(company=company))
    first = timezone.now().date() + timedelta(days=1)
    values = {
        "start_date": first.isoformat(),
        "end_date": (first + timedelta(days=364)).isoformat(),
        "start_time": "09:00",
        "end_time": "17:00",
        "days_of_week": [1, 2, 3, 4, 5],
        "slot_duration": 30,
    }
    answers: list[Any] = []

    def call() -> Any:
        answers.append(client.post("/api/interviews/slots/create_recurring/", values, format="json"))
        return answers[0]

    sent = statements(call, 201)
    assert answers[0].json()["created_slots"] >= 4000
    assert len(sent) <= 20, len(sent)
    page = client.get("/api/interviews/slots/")
    assert (len(page.json()), page["X-Total-Count"]) == (50, str(answers[0].json()["created_slots"]))


@pytest.mark.django_db
@pytest.mark.parametrize("scope", Scope)
def test_a_calendar_feed_costs_the_same_for_1_3_and_300_bookings(scope: Scope) -> None:
    """The feed, BEGIN, note of its use, COMMIT; bookings to come, past ones, how often each has changed."""
    user = UserFactory()
    company = user.company
    assert company is not None
    made = create_feed(scope=scope, company_id=None, name="", actor=user, now=timezone.now())
    client = Client()
    counts, shown = [], []
    for rows in (1, 2, 297):
        for _ in range(rows):
            _booking(company)
        InterviewSchedule.objects.update(booked_by=user)
        with CaptureQueriesContext(connection) as captured:
            answer = client.get(f"/calendar/{made.token}.ics")
        counts.append(len(captured))
        shown.append(answer.content.count(b"BEGIN:VEVENT"))
    assert (counts, shown) == ([7, 7, 7], [1, 3, 300])
