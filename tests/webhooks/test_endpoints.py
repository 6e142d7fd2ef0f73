"""What people ask for: deliveries again, and other secrets."""

from collections.abc import Callable

import pytest
from django.conf import LazySettings
from django.db import connection
from standardwebhooks import WebhookVerificationError

from parley.core.errors import Conflict
from parley.core.models import Event
from parley.organizations.models import Company, User
from parley.webhooks.delivering import UNREADABLE
from parley.webhooks.models import WebhookAttempt, WebhookDelivery, WebhookEndpoint
from parley.webhooks.operations.deliveries import replay, send_test
from parley.webhooks.operations.endpoints import MOST_ENDPOINTS, delete_endpoint, rotate_secret, update_endpoint
from parley.webhooks.signing import sealed
from tests.api.tenants import unchanged
from tests.live import all_at_once
from tests.webhooks.conftest import DAY, MINUTE, NOW, NOWHERE, SECOND, deliver, endpoint_for, happen, read, verified
from tests.webhooks.receiver import BROKEN, OK, answering, receiving

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("private", "no_jobs")]


# --- again --------------------------------------------------------------------------------------------------


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


def test_of_two_replays_at_once_one_wins(company: Company, actor: User) -> None:
    endpoint, _ = endpoint_for(actor, NOWHERE)
    happen(company, "slot.created")
    read()
    WebhookDelivery.objects.update(state="failed", settled_at=NOW, next_attempt_at=None)
    key = WebhookDelivery.objects.get().pk
    answers = _at_once(lambda: replay(endpoint_id=endpoint.pk, delivery_id=key, actor=actor, now=NOW))
    assert answers == ["done", "not_settled"]
    assert Event.objects.filter(type="webhook.replayed").count() == 1


def test_of_two_at_once_one_is_the_twentieth(company: Company, actor: User) -> None:
    for _ in range(MOST_ENDPOINTS - 1):
        endpoint_for(actor, NOWHERE)
    assert _at_once(lambda: endpoint_for(actor, NOWHERE)) == ["done", "too_many_webhooks"]
    assert WebhookEndpoint.objects.count() == MOST_ENDPOINTS


def _at_once(change: Callable[[], object]) -> list[str]:
    """What becomes of two of the same at the same time, sorted."""

    def run() -> str:
        try:
            change()
        except Conflict as refusal:
            return refusal.code
        finally:
            connection.close()
        return "done"

    return sorted(all_at_once([run, run]))


# --- secrets ------------------------------------------------------------------------------------------------


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
