"""Deliveries in their order, their retries, and one receiver beside the others."""

import json
import socket
import threading

import pytest
from django.db import connection, transaction
from django.db.utils import IntegrityError

from parley.organizations.models import Company, User
from parley.webhooks.jobs import DELIVER_DUE, LOOK_AGAIN
from parley.webhooks.models import WebhookAttempt, WebhookDelivery, WebhookEndpoint
from parley.webhooks.operations.claiming import claim_next, is_anything_due
from parley.webhooks.rules.retries import ATTEMPTS, PAUSES, State
from parley.webhooks.tasks import deliver as deliver_job
from parley.webhooks.tasks import look, look_again
from tests.factories import UserFactory
from tests.live import all_at_once
from tests.webhooks.conftest import (
    DAY,
    HASTY,
    MINUTE,
    NOW,
    NOWHERE,
    SECOND,
    deliver,
    endpoint_for,
    happen,
    jobs,
    read,
    states,
    verified,
)
from tests.webhooks.receiver import BROKEN, OK, answering, receiving

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("private", "no_jobs")]


# --- retries ------------------------------------------------------------------------------------------------


def test_a_failed_one_is_sent_again_under_the_same_id(company: Company, actor: User) -> None:
    with receiving(BROKEN, answering("204 No Content")) as receiver:
        endpoint, secret = endpoint_for(actor, receiver.url)
        happen(company, "slot.created")
        read()
        assert deliver(NOW) == 1
        delivery = WebhookDelivery.objects.get()
        assert (delivery.state, delivery.attempts, delivery.last_status) == ("waiting", 1, 500)
        assert (delivery.next_attempt_at, delivery.last_error) == (NOW + 5 * SECOND, "The receiver answered 500.")
        endpoint.refresh_from_db()
        assert (endpoint.consecutive_failures, endpoint.failing_since) == (1, NOW)
        assert endpoint.paused_until == NOW + 5 * SECOND
        assert deliver(NOW + 4 * SECOND) == 0
        assert deliver(NOW + 5 * SECOND) == 1
    first, second = receiver.got
    assert (first.id, first.body) == (second.id, second.body)
    assert verified(first, secret, sent_at=NOW) == verified(second, secret, sent_at=NOW + 5 * SECOND)
    assert first.headers["webhook-signature"] != second.headers["webhook-signature"]
    delivery.refresh_from_db()
    assert (delivery.state, delivery.settled_at, delivery.next_attempt_at) == ("delivered", NOW + 5 * SECOND, None)
    assert (delivery.last_status, delivery.last_error) == (204, "")
    well = WebhookEndpoint.objects.get()
    assert (well.consecutive_failures, well.failing_since, well.paused_until) == (0, None, None)
    logged = WebhookAttempt.objects.order_by("number").values_list("number", "at", "status_code", "answer_body")
    assert list(logged) == [(1, NOW, 500, "oh"), (2, NOW + 5 * SECOND, 204, "")]
    assert WebhookAttempt.objects.get(number=1).request_headers["webhook-id"] == first.id


def test_after_the_last_attempt_it_has_failed(company: Company, actor: User) -> None:
    with receiving(BROKEN) as receiver:
        endpoint_for(actor, receiver.url)
        happen(company, "slot.created")
        read()
        now, moments = NOW, []
        while deliver(now):
            moments.append(now)
            now = max(now + pause for pause in (PAUSES[min(len(moments), len(PAUSES)) - 1], 10 * MINUTE))
        delivery = WebhookDelivery.objects.get()
        assert (delivery.state, delivery.attempts, delivery.settled_at) == ("failed", ATTEMPTS, moments[-1])
    assert (len(receiver.got), len({got.id for got in receiver.got})) == (8, 1)


def test_a_failure_holds_back_the_others_of_its_receiver_without_their_attempts(company: Company, actor: User) -> None:
    with receiving(BROKEN, BROKEN, OK) as receiver:
        endpoint_for(actor, receiver.url)
        happen(company, "slot.created", "slot.updated", "slot.deleted")
        read()
        assert deliver(NOW) == 1
        assert list(WebhookDelivery.objects.order_by("event_id").values_list("attempts", flat=True)) == [1, 0, 0]
        assert deliver(NOW + 5 * SECOND) == 1  # the one that waits longest, and then ten seconds of rest
        assert list(WebhookDelivery.objects.order_by("event_id").values_list("attempts", flat=True)) == [1, 1, 0]
        assert deliver(NOW + 14 * SECOND) == 0
        assert deliver(NOW + 15 * SECOND) == 3
    assert states() == ["delivered"] * 3


def test_retry_after_is_heeded(company: Company, actor: User) -> None:
    with receiving(answering("429 Too Many Requests", "Retry-After: 90"), OK) as receiver:
        endpoint, _ = endpoint_for(actor, receiver.url)
        happen(company, "slot.created", "slot.updated")
        read()
        assert deliver(NOW) == 1
        endpoint.refresh_from_db()
        assert endpoint.paused_until == NOW + 90 * SECOND
        assert deliver(NOW + 89 * SECOND) == 0
        assert deliver(NOW + 90 * SECOND) == 2


def test_jobs_are_asked_for_once_and_for_the_moment_of_the_retry(company: Company, actor: User) -> None:
    with receiving(BROKEN) as receiver:
        endpoint_for(actor, receiver.url)
        happen(company, "slot.created")
        read()
        happen(company, "slot.updated")
        read()
        assert jobs() == [(DELIVER_DUE, None)]
        deliver(NOW)
        deliver(NOW + 5 * SECOND)
    assert jobs() == [(DELIVER_DUE, None), (LOOK_AGAIN, NOW + 5 * SECOND), (LOOK_AGAIN, NOW + 15 * SECOND)]
    look_again()
    assert len(jobs()) == 3


def test_the_periodic_job_asks_where_something_is_due(company: Company, actor: User) -> None:
    look(0)
    assert jobs() == []
    endpoint, _ = endpoint_for(actor, NOWHERE)
    values = {"endpoint": endpoint, "type": "slot.created", "body": "{}", "created_at": NOW - 9999 * DAY}
    WebhookDelivery.objects.create(**values, next_attempt_at=NOW - 9999 * DAY)
    look(0)
    assert jobs() == [(DELIVER_DUE, None)]
    assert is_anything_due(now=NOW)


def test_the_job_delivers_what_is_due(company: Company, actor: User) -> None:
    with receiving() as receiver:
        endpoint, _ = endpoint_for(actor, receiver.url)
        values = {"endpoint": endpoint, "type": "slot.created", "body": "{}", "created_at": NOW - 9999 * DAY}
        WebhookDelivery.objects.create(**values, next_attempt_at=NOW - 9999 * DAY)
        deliver_job()
    assert states() == ["delivered"]
    assert jobs() == []


# --- one receiver and the others ----------------------------------------------------------------------------


def test_a_receiver_gets_one_request_at_a_time_and_the_others_theirs(company: Company, actor: User) -> None:
    other = UserFactory()
    endpoint_for(actor, NOWHERE, description="ours")
    endpoint_for(other, NOWHERE, description="theirs")
    assert other.company is not None
    happen(company, "slot.created", "slot.updated")
    happen(other.company, "slot.created", "slot.updated")
    read()
    claimed = [claim_next(now=NOW), claim_next(now=NOW)]
    assert claim_next(now=NOW) is None
    taken = WebhookDelivery.objects.filter(state=State.SENDING).values_list("pk", "endpoint__description")
    assert {each.delivery_id for each in claimed if each} == {key for key, _ in taken}
    assert sorted(name for _, name in taken) == ["ours", "theirs"]
    with pytest.raises(IntegrityError, match="webhook_one_request_at_a_time"), transaction.atomic():
        WebhookDelivery.objects.update(state=State.SENDING, claimed_at=NOW)


def test_who_has_failed_lately_comes_last(company: Company, actor: User) -> None:
    failing, _ = endpoint_for(actor, NOWHERE)
    WebhookEndpoint.objects.update(consecutive_failures=3, failing_since=NOW)
    happen(company, "slot.created")
    read(NOW)
    healthy, _ = endpoint_for(actor, f"{NOWHERE}/healthy")
    happen(company, "slot.updated")
    read(NOW + MINUTE)
    first = claim_next(now=NOW + MINUTE)
    assert first is not None
    assert (first.url, first.is_failing) == (healthy.url, False)
    assert claim_next(now=NOW + MINUTE, only_healthy=True) is None
    assert claim_next(now=NOW + MINUTE, but_not_of=[company.pk]) is None
    second = claim_next(now=NOW + MINUTE)
    assert second is not None
    assert (second.url, second.is_failing) == (failing.url, True)


def test_a_hanging_receiver_does_not_hold_up_another_companys(company: Company, actor: User) -> None:
    """The hanging one answers only once the other has got all of its own."""
    other = UserFactory()
    assert other.company is not None
    done = threading.Event()

    def hang(connection: socket.socket) -> None:
        assert done.wait(30)
        OK(connection)

    def count(connection: socket.socket) -> None:
        if len(quick.got) == 10:
            done.set()
        OK(connection)

    with receiving(hang) as hanging, receiving(count) as quick:
        endpoint_for(actor, hanging.url)
        endpoint_for(other, quick.url)
        happen(company, "slot.created")
        happen(other.company, *(["slot.created"] * 10))
        read()
        assert deliver(NOW) == 11
    assert done.is_set()
    assert states() == ["delivered"] * 11


def test_twenty_hanging_receivers_of_one_company_leave_room_for_another(company: Company, actor: User) -> None:
    other = UserFactory()
    assert other.company is not None
    done = threading.Event()

    def hang(connection: socket.socket) -> None:
        assert done.wait(30)
        OK(connection)

    def release(connection: socket.socket) -> None:
        done.set()
        OK(connection)

    with receiving(hang) as hanging, receiving(release) as quick:
        for _ in range(20):
            endpoint_for(actor, hanging.url)
        endpoint_for(other, quick.url)
        happen(company, "slot.created")
        happen(other.company, "slot.created")
        read()
        assert deliver(NOW) == 21
    assert states() == ["delivered"] * 21


def test_a_receiver_that_hangs_is_left_and_tried_again(company: Company, actor: User) -> None:
    def hang(connection: socket.socket) -> None:
        connection.recv(1)

    with receiving(hang, OK) as receiver:
        endpoint_for(actor, receiver.url)
        happen(company, "slot.created")
        read()
        assert deliver(NOW, HASTY) == 1
        delivery = WebhookDelivery.objects.get()
        assert (delivery.state, delivery.last_error) == ("waiting", "There was no answer in time.")
        assert deliver(NOW + 5 * SECOND) == 1
    assert states() == ["delivered"]
    assert receiver.got[0].id == receiver.got[1].id


def test_a_run_ends_after_a_hundred_and_the_rest_is_left_for_the_next(company: Company, actor: User) -> None:
    with receiving() as receiver:
        endpoint_for(actor, receiver.url)
        happen(company, *(["slot.created"] * 103))
        read()
        assert deliver(NOW) == 100
        assert is_anything_due(now=NOW)
        assert deliver(NOW) == 3
    assert [json.loads(got.body)["type"] for got in receiver.got] == ["slot.created"] * 103


def test_two_runs_at_once_deliver_each_once(company: Company, actor: User) -> None:
    with receiving() as receiver:
        endpoint_for(actor, receiver.url)
        endpoint_for(actor, f"{receiver.url}&second")
        happen(company, *(["slot.created"] * 20))
        read()

        def run() -> int:
            try:
                return deliver(NOW)
            finally:
                connection.close()

        taken = sum(all_at_once([run, run, run]))
        taken += deliver(NOW)
    assert taken == len(receiver.got) == 40
    assert states() == ["delivered"] * 40
