"""From a change to the receiver that hears of it, over real sockets; signatures are checked by their own library."""

import json
import socket
import threading
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.conf import LazySettings
from django.db import connection, transaction
from django.db.utils import IntegrityError
from django.test.utils import CaptureQueriesContext
from standardwebhooks import Webhook, WebhookVerificationError

from parley.core.errors import Conflict
from parley.core.events import Change, record_all
from parley.core.models import Event
from parley.core.outbox import read_on
from parley.interviews.operations.booking import book_interview, cancel_booking
from parley.organizations.models import Company, User
from parley.webhooks.delivering import UNREADABLE, send
from parley.webhooks.jobs import DELIVER_DUE, LOOK_AGAIN
from parley.webhooks.models import WebhookAttempt, WebhookDelivery, WebhookEndpoint
from parley.webhooks.operations.claiming import claim_next, is_anything_due
from parley.webhooks.operations.deliveries import recover, replay, send_test
from parley.webhooks.operations.endpoints import delete_endpoint, rotate_secret, update_endpoint
from parley.webhooks.operations.settling import settle
from parley.webhooks.operations.tidying import KEPT_FOR, close_stranded, forget_old
from parley.webhooks.reader import READER, plan_deliveries
from parley.webhooks.rules.retries import ATTEMPTS, CLAIM_LASTS, PAUSES, State
from parley.webhooks.sending import Outcome
from parley.webhooks.signing import sealed
from parley.webhooks.tasks import deliver as deliver_job
from parley.webhooks.tasks import look, look_again, tidy
from tests.api.tenants import unchanged
from tests.factories import CompanyFactory, InterviewFactory, SlotFactory, UserFactory
from tests.live import all_at_once
from tests.outbox import wait_until_readable
from tests.webhooks.conftest import HASTY, NOW, deliver, endpoint_for
from tests.webhooks.receiver import BROKEN, OK, Got, answering, receiving

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("private")]
SECOND, MINUTE, DAY = timedelta(seconds=1), timedelta(minutes=1), timedelta(days=1)
NOWHERE = "http://127.0.0.1:9/in"


@pytest.fixture(autouse=True)
def _no_jobs() -> None:
    """The queue's tables are not emptied between tests."""
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM procrastinate_jobs")


def happen(company: Company, *types: str, **more: Any) -> None:
    """Events of these types, in order."""
    changes = (Change(type=name, object_id=number, company_id=company.pk, **more) for number, name in enumerate(types))
    record_all(changes, actor=company.users.first() or UserFactory(company=company), now=NOW)


def read(now: datetime = NOW) -> None:
    wait_until_readable()
    while read_on(READER, now=now):
        pass


def states(**filters: Any) -> list[str]:
    rows = WebhookDelivery.objects.filter(**filters).order_by("event_id", "created_at")
    return list(rows.values_list("state", flat=True))


def verified(got: Got, secret: str, *, sent_at: datetime) -> Any:
    """The body, where its signature is one that the library makes; its own check looks at the machine's clock."""
    assert got.headers["webhook-timestamp"] == str(int(sent_at.timestamp()))
    if Webhook(secret).sign(got.id, sent_at, got.body.decode()) not in got.headers["webhook-signature"].split(" "):
        raise WebhookVerificationError("No matching signature found")
    return json.loads(got.body)


# --- what is heard --------------------------------------------------------------------------------------------


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


# --- retries ----------------------------------------------------------------------------------------------------


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
    assert jobs() == [(DELIVER_DUE, None), (LOOK_AGAIN, NOW + 5 * SECOND)]
    look_again()
    assert len(jobs()) == 2


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


def jobs() -> list[tuple[str, datetime | None]]:
    with connection.cursor() as cursor:
        cursor.execute("SELECT task_name, scheduled_at FROM procrastinate_jobs WHERE status = 'todo' ORDER BY id")
        return list(cursor.fetchall())


# --- one receiver and the others ----------------------------------------------------------------------------------


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


# --- processes that die -------------------------------------------------------------------------------------------


def test_a_process_that_dies_after_the_answer_leads_to_a_repeat_with_the_same_id(company: Company, actor: User) -> None:
    with receiving() as receiver:
        endpoint_for(actor, receiver.url)
        happen(company, "slot.created")
        read()
        lost = claim_next(now=NOW)
        assert lost is not None
        outcome = send(lost, limits=HASTY)  # and here the process dies
        assert deliver(NOW + CLAIM_LASTS - SECOND) == 0
        assert deliver(NOW + CLAIM_LASTS) == 1
        with unchanged():
            settle(claimed=lost, outcome=outcome, now=NOW + CLAIM_LASTS + SECOND)  # it was not dead after all
    assert outcome.status == 200
    assert [got.id for got in receiver.got] == [lost.message_id] * 2
    assert states() == ["delivered"]
    assert WebhookAttempt.objects.count() == 1


def test_a_late_settlement_does_not_touch_the_claim_of_another(company: Company, actor: User) -> None:
    endpoint_for(actor, NOWHERE)
    happen(company, "slot.created")
    read()
    first = claim_next(now=NOW)
    second = claim_next(now=NOW + CLAIM_LASTS)
    assert first is not None
    assert second is not None
    assert first.delivery_id == second.delivery_id
    with unchanged():
        settle(claimed=first, outcome=Outcome(error="x"), now=NOW + CLAIM_LASTS)
    settle(claimed=second, outcome=Outcome(status=200), now=NOW + CLAIM_LASTS)
    assert states() == ["delivered"]


def test_a_receiver_that_is_removed_meanwhile_is_forgotten(company: Company, actor: User) -> None:
    endpoint, _ = endpoint_for(actor, NOWHERE)
    happen(company, "slot.created", "slot.updated")
    read()
    claimed = claim_next(now=NOW)
    assert claimed is not None
    delete_endpoint(endpoint_id=endpoint.pk, actor=actor, now=NOW)
    with unchanged():
        settle(claimed=claimed, outcome=Outcome(status=200), now=NOW)
    assert (states(), WebhookEndpoint.objects.count()) == ([], 0)


# --- receivers that are given up ------------------------------------------------------------------------------------


def test_gone_disables_at_once_and_recover_brings_all_back(company: Company, actor: User) -> None:
    with receiving(answering("410 Gone"), OK) as receiver:
        endpoint, _ = endpoint_for(actor, receiver.url)
        happen(company, "slot.created", "slot.updated", "slot.deleted")
        read()
        assert deliver(NOW) == 1
        endpoint.refresh_from_db()
        assert (endpoint.is_active, endpoint.disabled_at) == (False, NOW)
        assert endpoint.disabled_reason == "The receiver answered 410 Gone."
        assert states() == ["failed"] * 3
        event = Event.objects.get(type="webhook.disabled")
        assert (event.actor_kind, event.company_id, event.object_id) == ("system", company.pk, str(endpoint.pk))
        address = f"http://127.0.0.1:{receiver.port}/in"
        assert event.before == {"url": address, "events": ["*"], "is_active": True}
        assert event.after == {
            "url": address,
            "events": ["*"],
            "is_active": False,
            "reason": "The receiver answered 410 Gone.",
            "failing_since": "2027-03-26T08:00:00+00:00",
        }
        with unchanged(), pytest.raises(Conflict) as refusal:
            recover(endpoint_id=endpoint.pk, since=NOW, actor=actor, now=NOW + MINUTE)
        assert refusal.value.code == "webhook_inactive"
        happen(company, "slot.created")
        read()
        assert len(states()) == 3  # who is switched off does not hear of what happens meanwhile
        updated = update_endpoint(endpoint_id=endpoint.pk, fields={"is_active": True}, actor=actor, now=NOW + MINUTE)
        assert (updated.consecutive_failures, updated.disabled_at, updated.disabled_reason) == (0, None, "")
        assert recover(endpoint_id=endpoint.pk, since=NOW + SECOND, actor=actor, now=NOW + MINUTE) == 0
        assert recover(endpoint_id=endpoint.pk, since=NOW, actor=actor, now=NOW + MINUTE) == 3
        assert deliver(NOW + MINUTE) == 3
    assert states() == ["delivered"] * 3
    assert receiver.got[0].id in {got.id for got in receiver.got[1:]}


def test_three_days_without_a_success_disable(company: Company, actor: User) -> None:
    with receiving(BROKEN) as receiver:
        endpoint, _ = endpoint_for(actor, receiver.url)
        happen(company, "slot.created")
        read()
        deliver(NOW)
        happen(company, "slot.updated", "slot.deleted")
        read(NOW + 3 * DAY - SECOND)
        deliver(NOW + 3 * DAY - SECOND)
        endpoint.refresh_from_db()
        assert endpoint.is_active
        deliver(NOW + 3 * DAY + MINUTE)
        endpoint.refresh_from_db()
    assert (endpoint.is_active, endpoint.disabled_at) == (False, NOW + 3 * DAY + MINUTE)
    assert endpoint.disabled_reason == "Nothing could be delivered for 3 days."
    assert states() == ["failed"] * 3
    assert Event.objects.filter(type="webhook.disabled").count() == 1


def test_a_success_within_three_days_begins_anew(company: Company, actor: User) -> None:
    with receiving(BROKEN, OK, BROKEN) as receiver:
        endpoint, _ = endpoint_for(actor, receiver.url)
        happen(company, "slot.created")
        read()
        deliver(NOW)
        deliver(NOW + MINUTE)
        happen(company, "slot.updated")
        read(NOW + 4 * DAY)
        deliver(NOW + 4 * DAY)
    endpoint.refresh_from_db()
    assert (endpoint.is_active, endpoint.failing_since) == (True, NOW + 4 * DAY)


def test_switching_off_lets_fail_what_waits_and_what_is_under_way(company: Company, actor: User) -> None:
    endpoint, _ = endpoint_for(actor, NOWHERE)
    happen(company, "slot.created", "slot.updated")
    read()
    claimed = claim_next(now=NOW)
    assert claimed is not None
    update_endpoint(endpoint_id=endpoint.pk, fields={"is_active": False}, actor=actor, now=NOW)
    assert states() == ["sending", "failed"]
    settle(claimed=claimed, outcome=Outcome(status=500), now=NOW)
    assert states() == ["failed", "failed"]
    endpoint.refresh_from_db()
    assert (endpoint.disabled_at, endpoint.disabled_reason) == (None, "")


def test_what_is_stranded_at_a_receiver_that_is_off_is_closed(company: Company, actor: User) -> None:
    endpoint_for(actor, NOWHERE)
    happen(company, "slot.created", "slot.updated")
    read()
    assert claim_next(now=NOW) is not None
    WebhookEndpoint.objects.update(is_active=False)  # as it looks when the two meet
    assert close_stranded(now=NOW) == 1
    assert close_stranded(now=NOW + CLAIM_LASTS) == 1
    assert states() == ["failed", "failed"]


# --- again ----------------------------------------------------------------------------------------------------------


def test_a_replay_has_the_same_id_and_its_attempts_anew(company: Company, actor: User) -> None:
    with receiving() as receiver:
        endpoint, _ = endpoint_for(actor, receiver.url)
        happen(company, "slot.created")
        read()
        key = WebhookDelivery.objects.get().pk
        with unchanged(), pytest.raises(Conflict) as refusal:
            replay(endpoint_id=endpoint.pk, delivery_id=key, actor=actor, now=NOW)
        assert refusal.value.code == "not_settled"
        deliver(NOW)
        replayed = replay(endpoint_id=endpoint.pk, delivery_id=key, actor=actor, now=NOW + MINUTE)
        assert (replayed.state, replayed.attempts, replayed.settled_at) == ("waiting", 0, None)
        deliver(NOW + MINUTE)
    first, second = receiver.got
    assert (first.id, first.body) == (second.id, second.body)
    assert list(WebhookAttempt.objects.values_list("number", flat=True)) == [1, 2]
    assert Event.objects.get(type="webhook.replayed").after == {"delivery_id": str(key)}


def test_a_replay_ends_the_rest_of_a_failing_receiver(company: Company, actor: User) -> None:
    with receiving(answering("503 Busy", "Retry-After: 3000"), OK) as receiver:
        endpoint, _ = endpoint_for(actor, receiver.url)
        happen(company, "slot.created")
        read()
        deliver(NOW)
        test = send_test(endpoint_id=endpoint.pk, actor=actor, now=NOW + SECOND)
        assert deliver(NOW + SECOND) == 1
    test.refresh_from_db()
    assert test.state == "delivered"


# --- secrets --------------------------------------------------------------------------------------------------------


def test_during_a_rotation_both_secrets_sign(company: Company, actor: User) -> None:
    with receiving() as receiver:
        endpoint, old = endpoint_for(actor, receiver.url)
        _, new = rotate_secret(endpoint_id=endpoint.pk, actor=actor, now=NOW)
        moments = [NOW + SECOND, NOW + DAY - SECOND, NOW + DAY]
        for moment in moments:
            send_test(endpoint_id=endpoint.pk, actor=actor, now=moment)
            deliver(moment)
    during, at_the_end, after = receiver.got
    for got, moment in ((during, moments[0]), (at_the_end, moments[1])):
        assert len(got.headers["webhook-signature"].split(" ")) == 2
        assert verified(got, old, sent_at=moment) == verified(got, new, sent_at=moment)
    verified(after, new, sent_at=moments[2])
    with pytest.raises(WebhookVerificationError):
        verified(after, old, sent_at=moments[2])


def test_a_secret_that_cannot_be_read_any_more_is_a_failure_until_it_is_rotated(
    company: Company, actor: User, settings: LazySettings
) -> None:
    with receiving() as receiver:
        endpoint, _ = endpoint_for(actor, receiver.url)
        happen(company, "slot.created")
        read()
        kept, settings.SECRET_KEY = settings.SECRET_KEY, "another key of at least thirty-two characters"
        deliver(NOW)
        assert WebhookDelivery.objects.get().last_error == UNREADABLE
        _, secret = rotate_secret(endpoint_id=endpoint.pk, actor=actor, now=NOW + MINUTE)
        deliver(NOW + MINUTE)
        settings.SECRET_KEY = kept
    (got,) = receiver.got
    verified(got, secret, sent_at=NOW + MINUTE)


def test_secrets_are_kept_encrypted_and_told_to_nobody(
    company: Company, actor: User, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level("INFO")
    with receiving(BROKEN, answering("410 Gone")) as receiver:
        endpoint, old = endpoint_for(actor, receiver.url)
        _, new = rotate_secret(endpoint_id=endpoint.pk, actor=actor, now=NOW)
        update_endpoint(endpoint_id=endpoint.pk, fields={"description": "x"}, actor=actor, now=NOW)
        happen(company, "slot.created")
        read()
        deliver(NOW)
        deliver(NOW + MINUTE)
        delete_endpoint(endpoint_id=endpoint.pk, actor=actor, now=NOW + MINUTE)
    types = Event.objects.filter(object_type="webhook").order_by("pk").values_list("type", flat=True)
    assert list(types) == [
        f"webhook.{what}" for what in ("created", "secret_rotated", "updated", "disabled", "deleted")
    ]
    told = str(list(Event.objects.values())) + caplog.text + str([got.headers for got in receiver.got])
    assert "webhook_attempt" in caplog.text
    for secret in (old, new, old.removeprefix("whsec_"), new.removeprefix("whsec_"), "hidden"):
        assert secret not in told
    assert old.encode() not in bytes(endpoint.secret)


def test_two_encryptions_of_a_secret_differ() -> None:
    assert sealed("whsec_x") != sealed("whsec_x")


# --- what is forgotten ------------------------------------------------------------------------------------------------


def test_settled_deliveries_are_forgotten_after_thirty_days(company: Company, actor: User) -> None:
    with receiving(OK, BROKEN) as receiver:
        endpoint_for(actor, receiver.url)
        happen(company, "slot.created", "slot.updated")
        read()
        deliver(NOW)
    assert forget_old(now=NOW + KEPT_FOR) == 0
    assert forget_old(now=NOW + KEPT_FOR + SECOND) == 1
    assert states() == ["waiting"]
    assert WebhookAttempt.objects.count() == 1
    tidy(0)
    assert states() == ["waiting"]


def test_companies_do_not_share_a_receiver(company: Company, actor: User) -> None:
    other = CompanyFactory()
    endpoint_for(actor, NOWHERE)
    happen(other, "slot.created")
    read()
    assert states() == []
