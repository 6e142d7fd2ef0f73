"""From a change to the receivers that hear of it, over real sockets; signatures are checked by their own library."""

import pytest
from django.db import connection, transaction
from django.db.utils import IntegrityError
from django.test.utils import CaptureQueriesContext
from standardwebhooks import Webhook, WebhookVerificationError

from parley.core.models import Event
from parley.core.outbox import read_on
from parley.interviews.operations.booking import book_interview, cancel_booking
from parley.organizations.models import Company, User
from parley.webhooks.models import WebhookDelivery
from parley.webhooks.operations.deliveries import send_test
from parley.webhooks.reader import READER, plan_deliveries
from tests.factories import InterviewFactory, SlotFactory, UserFactory
from tests.live import all_at_once
from tests.outbox import wait_until_readable
from tests.webhooks.conftest import (
    DAY,
    MINUTE,
    NOW,
    NOWHERE,
    SECOND,
    deliver,
    endpoint_for,
    happen,
    read,
    states,
    verified,
)
from tests.webhooks.receiver import receiving

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("private", "no_jobs")]


def test_a_booking_is_heard_of_with_a_signature(company: Company, actor: User) -> None:
    slot = SlotFactory(company=company, start_time=NOW + DAY)
    interview = InterviewFactory(candidate__company=company)
    with receiving() as receiver:
        _, secret = endpoint_for(actor, receiver.url, events=["interview.*"])
        schedule = book_interview(interview_id=interview.pk, slot_id=slot.pk, notes="n", actor=actor, now=NOW)
        cancel_booking(schedule_id=schedule.pk, reason="private words", actor=actor, now=NOW + SECOND)
        read()
        assert deliver(NOW) == 2
    booked, cancelled = (verified(got, secret, sent_at=NOW) for got in receiver.got)
    booking = {
        "schedule_id": str(schedule.pk),
        "slot_id": str(slot.pk),
        "start_time": "2027-03-27T08:00:00+00:00",
        "end_time": "2027-03-27T09:00:00+00:00",
    }
    assert booked == {
        "type": "interview.booked",
        "timestamp": "2027-03-26T08:00:00+00:00",
        "schema_version": 1,
        "data": {
            **booking,
            "interview_id": str(interview.pk),
            "status": "pending",
            "slot_status": "booked",
            "slot_current_bookings": 1,
            "company": company.pk,
            "previous": None,
        },
    }
    assert cancelled["type"] == "interview.cancelled"
    assert cancelled["data"] == {
        **booking,
        "interview_id": str(interview.pk),
        "status": "cancelled",
        "slot_status": "available",
        "slot_current_bookings": 0,
        "company": company.pk,
        "previous": {**booking, "status": "pending"},
    }
    assert states() == ["delivered", "delivered"]
    assert all(got.id.startswith("msg_") for got in receiver.got)
    assert not any(word in got.body for got in receiver.got for word in (b"private words", b"@"))


def test_the_library_for_receivers_accepts_what_is_sent_now(company: Company, actor: User) -> None:
    from django.utils import timezone  # noqa: PLC0415 (the one test whose clock must be the machine's)

    with receiving() as receiver:
        endpoint, secret = endpoint_for(actor, receiver.url)
        send_test(endpoint_id=endpoint.pk, actor=actor, now=timezone.now())
        deliver(timezone.now())
    (got,) = receiver.got
    assert Webhook(secret).verify(got.body, got.headers)["type"] == "webhook.test"
    with pytest.raises(WebhookVerificationError):
        Webhook(secret).verify(got.body.replace(b"test", b"tast"), got.headers)


def test_each_receiver_hears_what_it_has_chosen(company: Company, actor: User) -> None:
    chosen = {
        "all": [],
        "group": ["slot.*"],
        "one": ["conflict.opened"],
        "none": ["job.created"],
    }
    for name, events in chosen.items():
        endpoint_for(actor, NOWHERE, events=events, description=name)
    endpoint_for(actor, NOWHERE, is_active=False, description="off")
    endpoint_for(UserFactory(), NOWHERE, description="other company")
    happen(company, "slot.created", "conflict.opened", "company.updated", "user.created", "webhook.updated")
    read()
    heard: dict[str, list[str]] = {}
    for name, what in WebhookDelivery.objects.order_by("event_id").values_list("endpoint__description", "type"):
        heard.setdefault(name, []).append(what)
    assert heard == {"all": ["slot.created", "conflict.opened"], "group": ["slot.created"], "one": ["conflict.opened"]}


def test_a_receiver_does_not_hear_of_what_was_before_it(company: Company, actor: User) -> None:
    happen(company, "slot.created")
    endpoint_for(actor, NOWHERE, now=NOW + SECOND)
    read(NOW + MINUTE)
    assert states() == []


def test_a_company_that_was_switched_off_hears_nothing(company: Company, actor: User) -> None:
    endpoint_for(actor, NOWHERE)
    Company.objects.update(is_active=False)
    happen(company, "slot.created")
    read()
    assert states() == []


@pytest.mark.parametrize("receivers", [1, 3, 20])
@pytest.mark.parametrize("events", [1, 3, 100])
def test_a_batch_takes_the_same_statements_whatever_its_size(
    company: Company, actor: User, events: int, receivers: int
) -> None:
    for _ in range(receivers):
        endpoint_for(actor, NOWHERE)
    happen(company, *(["slot.created"] * events))
    rows = list(Event.objects.filter(type="slot.created"))
    with CaptureQueriesContext(connection) as captured, transaction.atomic():
        plan_deliveries(rows, NOW)
    inside = [query["sql"] for query in captured if query["sql"] not in ("BEGIN", "COMMIT")]
    assert len(inside) == 5, inside  # receivers, deliveries, and a job in a savepoint
    assert len(states()) == events * receivers


def test_companies_without_receivers_cost_one_look(company: Company) -> None:
    happen(company, *(["slot.created"] * 100))
    rows = list(Event.objects.all())
    with CaptureQueriesContext(connection) as captured:
        plan_deliveries(rows, NOW)
    assert len(captured) == 1


def test_events_read_again_and_by_two_at_once_make_each_delivery_once(company: Company, actor: User) -> None:
    endpoint_for(actor, NOWHERE)
    happen(company, *(["slot.created"] * 30))
    wait_until_readable()

    def go_on() -> None:
        try:
            while read_on(READER, now=NOW, at_most=3):
                pass
        finally:
            connection.close()

    all_at_once([go_on, go_on, go_on])
    plan_deliveries(list(Event.objects.order_by("pk")), NOW)
    read()
    assert len(states()) == 30


def test_an_event_is_once_for_a_receiver_in_the_database(company: Company, actor: User) -> None:
    endpoint, _ = endpoint_for(actor, NOWHERE)
    values = {"endpoint": endpoint, "event_id": 1, "type": "slot.created", "body": "{}", "created_at": NOW}
    WebhookDelivery.objects.create(**values, next_attempt_at=NOW)
    with pytest.raises(IntegrityError, match="webhook_delivery_once"), transaction.atomic():
        WebhookDelivery.objects.create(**values, next_attempt_at=NOW)
