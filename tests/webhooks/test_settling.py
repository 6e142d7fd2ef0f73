"""What follows from an answer, from none, and from a process that dies over it."""

import pytest

from parley.core.errors import Conflict
from parley.core.models import Event
from parley.notifications.inbox_reader import tell_users
from parley.notifications.models import Notification
from parley.organizations.models import Company, User
from parley.webhooks.delivering import send
from parley.webhooks.models import WebhookAttempt, WebhookDelivery, WebhookEndpoint
from parley.webhooks.operations.claiming import claim_next
from parley.webhooks.operations.deliveries import recover
from parley.webhooks.operations.endpoints import delete_endpoint, update_endpoint
from parley.webhooks.operations.settling import settle
from parley.webhooks.operations.tidying import KEPT_FOR, close_stranded, forget_old
from parley.webhooks.rules.retries import CLAIM_LASTS
from parley.webhooks.sending import Outcome
from parley.webhooks.tasks import tidy
from tests.api.tenants import unchanged
from tests.factories import CompanyFactory
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
    read,
    states,
)
from tests.webhooks.receiver import BROKEN, OK, answering, receiving

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("private", "no_jobs")]


# --- processes that die -------------------------------------------------------------------------------------


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


# --- answers that nobody expects ------------------------------------------------------------------------------


ODD = [
    b"HTTP/1.1 503 \xff\xfe\r\nRetry-After: 26 Mar 99999999999999 07:00:00 GMT\r\nContent-Length: 0\r\n\r\n",
    b"HTTP/1.1 500 x\r\nX-Odd: \xff\xed\xa0\x80\r\nContent-Length: 6\r\n\r\n\x00\xff\xed\xa0\x80\x00",
    b"HTTP/1.1 999 x\r\nContent-Length: 0\r\n\r\n",
    b"HTTP/1.1 304 x\r\n\r\n",
    b"HTTP/1.0 500 x\r\n\r\nno length",
    b"HTTP/1.1 500 x\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n",
    b"HTTP/1.1 500 x\r\nContent-Length: 1, 2\r\n\r\n",
    b"HTTP/1.1 500 x\r\nContent-Encoding: gzip\r\nContent-Length: 3\r\n\r\nabc",
    b"HTTP/1.1 302 x\r\nLocation: \xff://[\r\nContent-Length: 0\r\n\r\n",
    b"HTTP/1.1 500 x\r\n" + b"".join(b"X-%d: %s\r\n" % (n, b"v" * 900) for n in range(90)) + b"\r\n",
    b"HTTP/1.1 200 x\r\n" + b"X: y\r\n" * 40000 + b"\r\n",
    b"HTTP/2 200\r\n\r\n",
    b"\x00" * 5000,
    b"",
]


@pytest.mark.parametrize("answer", ODD, ids=range(len(ODD)))
def test_any_failure_is_kept_and_tried_again(company: Company, actor: User, answer: bytes) -> None:
    with receiving(lambda connection: connection.sendall(answer)) as receiver:
        endpoint_for(actor, receiver.url)
        happen(company, "slot.created")
        read()
        assert deliver(NOW) == 1
    delivery = WebhookDelivery.objects.get()
    assert (delivery.state, delivery.attempts, delivery.next_attempt_at) == ("waiting", 1, NOW + 5 * SECOND)
    assert delivery.last_error != ""
    (attempt,) = WebhookAttempt.objects.all()
    assert len(attempt.answer_headers) <= 50
    assert all(len(value) <= 500 for value in attempt.answer_headers.values())


# --- receivers that are given up ----------------------------------------------------------------------------


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
        tell_users([event], NOW)  # the notice: everybody in the company finds it in the product
        notice = Notification.objects.get(user=actor)
        assert (notice.kind, notice.object_id) == ("webhook_disabled", str(endpoint.pk))
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


# --- what is forgotten --------------------------------------------------------------------------------------


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
