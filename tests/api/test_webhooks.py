"""The webhooks of a company: who sees and changes them, what is refused, and what is shown of what was sent."""

from datetime import timedelta
from typing import Any

import pytest
import yaml
from django.conf import LazySettings
from django.utils import timezone
from rest_framework.test import APIClient
from standardwebhooks import Webhook

from parley.api.resources import webhooks
from parley.core.models import Event
from parley.core.throttling import Rate
from parley.webhooks.models import WebhookDelivery, WebhookEndpoint
from parley.webhooks.operations.endpoints import MOST_ENDPOINTS
from parley.webhooks.rules.catalogue import CHOICES, DESCRIBED
from parley.webhooks.signing import secrets_of
from tests.api.tenants import ROLES, Tenant, assert_problem, unchanged

HOOKS = "/api/webhooks/"
URL = "https://hooks.example.com/parley?token=t"
WEBHOOK = {
    *("id", "company", "url", "events", "description", "is_active", "consecutive_failures", "failing_since"),
    *("paused_until", "disabled_at", "disabled_reason", "previous_secret_until", "created_at", "updated_at"),
}
DELIVERY = {
    *("id", "webhook", "message_id", "type", "state", "attempt_count", "next_attempt_at", "settled_at", "last_status"),
    *("last_error", "created_at"),
}


def made(api: APIClient, **values: Any) -> dict[str, Any]:
    answer = api.post(HOOKS, {"url": URL, **values}, format="json")
    assert answer.status_code == 201, answer.content
    shown: dict[str, Any] = answer.json()
    return shown


def test_the_secret_is_in_the_answers_to_making_and_rotating_alone(ours: Tenant, api: APIClient) -> None:
    first = made(api, description="ATS")
    assert set(first) == {*WEBHOOK, "secret"}
    address = f"{HOOKS}{first['id']}/"
    rotated = api.post(f"{address}rotate_secret/").json()
    assert set(rotated) == {*WEBHOOK, "secret"}
    assert rotated["secret"] != first["secret"]
    for secret in (first["secret"], rotated["secret"]):
        assert secret.startswith("whsec_")
        assert len(Webhook(secret)._whsecret) == 32
    endpoint = WebhookEndpoint.objects.get(pk=first["id"])
    assert secrets_of(endpoint, now=timezone.now()) == [rotated["secret"], first["secret"]]
    assert secrets_of(endpoint, now=timezone.now() + timedelta(hours=24)) == [rotated["secret"]]
    others = [api.get(HOOKS), api.get(address), api.patch(address, {"description": "x"}, format="json")]
    others += [api.put(address, {"url": URL}, format="json"), api.post(f"{address}test/")]
    for answer in others:
        assert answer.status_code in (200, 201)
        assert "secret" not in answer.content.decode().replace("previous_secret_until", "")
        assert "whsec" not in answer.content.decode()


def test_a_secret_is_told_again_only_under_the_same_idempotency_key(ours: Tenant, api: APIClient) -> None:
    first = api.post(HOOKS, {"url": URL}, format="json", HTTP_IDEMPOTENCY_KEY="k")
    again = api.post(HOOKS, {"url": URL}, format="json", HTTP_IDEMPOTENCY_KEY="k")
    assert (again.status_code, again.json(), again["Idempotency-Replayed"]) == (201, first.json(), "true")
    assert WebhookEndpoint.objects.count() == 2  # the tenant's own


@pytest.mark.parametrize(
    ("sent", "kept"),
    [
        ({}, ["*"]),
        ({"events": []}, ["*"]),
        ({"events": ["interview.*", "slot.created", "slot.created"]}, ["interview.*", "slot.created"]),
        ({"events": list(CHOICES)}, list(CHOICES)),
    ],
)
def test_events_are_chosen_by_name_group_or_all(api: APIClient, sent: dict[str, Any], kept: list[str]) -> None:
    shown = made(api, **sent)
    assert (shown["events"], shown["is_active"], shown["url"]) == (kept, True, URL)


def test_unknown_events_are_refused_and_the_known_ones_named(api: APIClient) -> None:
    with unchanged():
        answer = api.post(HOOKS, {"url": URL, "events": ["slot.created", "slot.exploded", "user.*"]}, format="json")
        problem = assert_problem(answer, 400, "events")
    (said,) = problem["errors"]["events"]
    assert said.startswith("Unknown: slot.exploded, user.*. There are: slot.created, ")
    assert all(choice in said for choice in CHOICES)


@pytest.mark.parametrize(
    ("values", "field", "code"),
    [
        ({}, "url", None),
        ({"url": None}, "url", None),
        ({"url": "hooks.example.com"}, "url", None),
        ({"url": "ftp://example.com/"}, "url", None),
        ({"url": "https://user:password@example.com/"}, "url", None),
        ({"url": "https://example.com/#x"}, "url", None),
        ({"url": "https://example.com/" + "a" * 2000}, "url", None),
        ({"url": " https://example.com/"}, "url", None),
        ({"url": "http://localhost:8000/"}, "url", "private_address"),
        ({"url": "http://169.254.169.254/latest/meta-data/"}, "url", "private_address"),
        ({"url": "http://[::1]/"}, "url", "private_address"),
        ({"url": "http://2130706433/"}, "url", "private_address"),
        ({"url": URL, "events": "slot.created"}, "events", None),
        ({"url": URL, "events": ["slot.created"] * 101}, "events", None),
        ({"url": URL, "events": [1]}, "events[0]", None),
        ({"url": URL, "description": "x" * 501}, "description", None),
        ({"url": URL, "is_active": "yes"}, "is_active", None),
    ],
)
def test_what_cannot_be_meant_is_refused(
    ours: Tenant, api: APIClient, values: dict[str, Any], field: str, code: str | None
) -> None:
    with unchanged():
        assert_problem(api.post(HOOKS, values, format="json"), 400, field, code)
        if values:
            address = f"{HOOKS}{ours.webhook.pk}/"
            assert_problem(api.patch(address, values, format="json"), 400, field, code)


def test_private_addresses_are_taken_where_the_operator_allows_them(api: APIClient, settings: LazySettings) -> None:
    settings.PARLEY_ALLOW_PRIVATE_WEBHOOKS = True
    assert made(api, url="http://localhost:9000/in")["url"] == "http://localhost:9000/in"


def test_a_company_has_at_most_twenty(ours: Tenant, theirs: Tenant, api: APIClient) -> None:
    for _ in range(MOST_ENDPOINTS - 1):
        made(api)
    with unchanged():
        assert_problem(api.post(HOOKS, {"url": URL}, format="json"), 409, code="too_many_webhooks")
    made(theirs.client())


@pytest.mark.parametrize("role", ["hiring_agency", "recruiter"])
def test_others_look_and_do_not_touch(role: str, ours: Tenant) -> None:
    client = ours.client(role)
    address, delivery = f"{HOOKS}{ours.webhook.pk}/", f"deliveries/{ours.delivery.pk}/"
    for path in (HOOKS, address, f"{address}deliveries/", address + delivery):
        assert client.get(path).status_code == 200
    with unchanged():
        assert_problem(client.post(HOOKS, {"url": URL}, format="json"), 403, code="forbidden")
        assert_problem(client.patch(address, {"description": "x"}, format="json"), 403, code="forbidden")
        assert_problem(client.put(address, {"url": URL}, format="json"), 403, code="forbidden")
        assert_problem(client.delete(address), 403, code="forbidden")
        for action in ("rotate_secret/", "test/", f"{delivery}replay/"):
            assert_problem(client.post(address + action), 403, code="forbidden")
        since = {"since": "2020-01-01T00:00:00Z"}
        assert_problem(client.post(f"{address}recover/", since, format="json"), 403, code="forbidden")


def test_administrators_name_the_company(ours: Tenant, admin: APIClient) -> None:
    with unchanged():
        assert_problem(admin.post(HOOKS, {"url": URL}, format="json"), 400, "company", "required")
        assert_problem(admin.post(HOOKS, {"url": URL, "company": 10**9}, format="json"), 404, code="company_not_found")
    assert made(admin, company=ours.company.pk)["company"] == ours.company.pk


def test_every_change_is_told_without_secret_or_query(ours: Tenant, api: APIClient) -> None:
    shown = made(api, events=["slot.*"])
    address = f"{HOOKS}{shown['id']}/"
    values = {"url": "https://other.example.com/in?token=t", "events": ["job.*"], "is_active": False}
    assert api.patch(address, values, format="json").status_code == 200
    api.post(f"{address}rotate_secret/")
    assert api.delete(address).status_code == 204
    assert_problem(api.get(address), 404, code="webhook_not_found")
    created, updated, rotated, deleted = Event.objects.filter(object_id=shown["id"]).order_by("pk")
    old = {"url": "https://hooks.example.com/parley", "events": ["slot.*"], "is_active": True}
    new = {"url": "https://other.example.com/in", "events": ["job.*"], "is_active": False}
    assert (created.type, created.before, created.after) == ("webhook.created", None, old)
    assert (updated.type, updated.before, updated.after) == ("webhook.updated", old, new)
    assert (rotated.type, rotated.before, list(rotated.after or {})) == (
        "webhook.secret_rotated",
        None,
        ["previous_until"],
    )
    assert (deleted.type, deleted.before, deleted.after) == ("webhook.deleted", new, None)
    assert {each.company_id for each in (created, updated, rotated, deleted)} == {ours.company.pk}


def test_switching_on_again_forgets_the_failures(ours: Tenant, api: APIClient) -> None:
    now = timezone.now()
    WebhookEndpoint.objects.filter(pk=ours.webhook.pk).update(
        is_active=False, disabled_at=now, disabled_reason="Gone.", consecutive_failures=9, failing_since=now
    )
    address = f"{HOOKS}{ours.webhook.pk}/"
    shown = api.get(address).json()
    assert (shown["is_active"], shown["disabled_reason"], shown["consecutive_failures"]) == (False, "Gone.", 9)
    with unchanged():
        assert_problem(api.post(f"{address}test/"), 409, code="webhook_inactive")
        replay = f"{address}deliveries/{ours.delivery.pk}/replay/"
        assert_problem(api.post(replay), 409, code="webhook_inactive")
    shown = api.patch(address, {"is_active": True}, format="json").json()
    assert (shown["is_active"], shown["disabled_at"], shown["disabled_reason"]) == (True, None, "")
    assert (shown["consecutive_failures"], shown["failing_since"], shown["paused_until"]) == (0, None, None)


@pytest.mark.parametrize("field", ["id", "disabled_at", "consecutive_failures", "secret", "previous_secret_until"])
def test_what_the_server_owns_is_ignored(ours: Tenant, api: APIClient, field: str) -> None:
    before = WebhookEndpoint.objects.filter(pk=ours.webhook.pk).values(field).get()
    address = f"{HOOKS}{ours.webhook.pk}/"
    assert api.patch(address, {field: 7}, format="json").status_code == 200
    assert WebhookEndpoint.objects.filter(pk=ours.webhook.pk).values(field).get() == before


def test_webhooks_are_filtered(ours: Tenant, api: APIClient) -> None:
    off = made(api, is_active=False)
    assert [each["id"] for each in api.get(HOOKS, {"is_active": "false"}).json()] == [off["id"]]
    assert_problem(api.get(HOOKS, {"is_active": "perhaps"}), 400, "is_active")


# --- deliveries ------------------------------------------------------------------------------------------------


def test_a_test_is_queued_and_shown(ours: Tenant, api: APIClient) -> None:
    address = f"{HOOKS}{ours.webhook.pk}/"
    queued = api.post(f"{address}test/")
    assert queued.status_code == 201
    shown = queued.json()
    assert set(shown) == DELIVERY
    assert (shown["type"], shown["state"], shown["attempt_count"]) == ("webhook.test", "waiting", 0)
    assert shown["message_id"] == f"msg_{shown['id'].replace('-', '')}"
    detail = api.get(f"{address}deliveries/{shown['id']}/").json()
    assert set(detail) == {*DELIVERY, "body", "attempts"}
    assert detail["attempts"] == []
    assert detail["body"].startswith('{"type":"webhook.test","timestamp":"')
    with unchanged():
        replay = f"{address}deliveries/{shown['id']}/replay/"
        assert_problem(api.post(replay), 409, code="not_settled")


def test_tests_are_limited(ours: Tenant, api: APIClient, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(webhooks, "TEST_RATE", Rate(2, 10**9))  # its window does not end meanwhile
    address = f"{HOOKS}{ours.webhook.pk}/test/"
    assert [api.post(address).status_code for _ in range(2)] == [201, 201]
    with unchanged():
        answer = api.post(address)
    assert_problem(answer, 429, code="throttled")
    assert int(answer["Retry-After"]) > 0


def test_a_failed_delivery_is_shown_with_its_attempts_and_replayed(ours: Tenant, api: APIClient) -> None:
    address = f"{HOOKS}{ours.webhook.pk}/deliveries/{ours.delivery.pk}/"
    shown = api.get(address).json()
    assert (shown["state"], shown["attempt_count"], shown["last_error"]) == ("failed", 8, "alphaworks error")
    (attempt,) = shown["attempts"]
    assert {name: value for name, value in attempt.items() if name != "at"} == {
        "number": 1,
        "duration_ms": 7,
        "request_headers": {},
        "status_code": 500,
        "answer_headers": {},
        "answer_body": "alphaworks answer",
        "error": "",
    }
    again = api.post(f"{address}replay/")
    assert again.status_code == 200
    assert (again.json()["state"], again.json()["attempt_count"]) == ("waiting", 0)
    assert again.json()["message_id"] == shown["message_id"]


def test_failed_deliveries_are_recovered_from_a_moment_on(ours: Tenant, api: APIClient) -> None:
    address = f"{HOOKS}{ours.webhook.pk}/recover/"
    later = (timezone.now() + timedelta(hours=1)).isoformat()
    with unchanged():
        assert api.post(address, {"since": later}, format="json").json() == {"recovered": 0}
        assert_problem(api.post(address, {}, format="json"), 400, "since")
        assert_problem(api.post(address, {"since": "yesterday"}, format="json"), 400, "since")
    assert api.post(address, {"since": "2020-01-01T00:00:00Z"}, format="json").json() == {"recovered": 1}
    assert WebhookDelivery.objects.get().state == "waiting"


def test_deliveries_are_listed_the_latest_first_and_filtered(ours: Tenant, api: APIClient) -> None:
    address = f"{HOOKS}{ours.webhook.pk}/"
    latest = api.post(f"{address}test/").json()["id"]
    listed = api.get(f"{address}deliveries/")
    assert [each["id"] for each in listed.json()] == [latest, str(ours.delivery.pk)]
    assert (set(listed.json()[0]), listed["X-Total-Count"]) == (DELIVERY, "2")
    for query, found in (
        ({"state": "failed"}, [str(ours.delivery.pk)]),
        ({"type": "webhook.test"}, [latest]),
        ({"state": "delivered"}, []),
        ({"state": "failed", "type": "webhook.test"}, []),
    ):
        assert [each["id"] for each in api.get(f"{address}deliveries/", query).json()] == found
    for query in ({"state": "x"}, {"type": "slot.exploded"}, {"state": ""}):
        assert_problem(api.get(f"{address}deliveries/", query), 400, next(iter(query)))


def test_a_delivery_is_found_under_its_own_webhook_alone(ours: Tenant, theirs: Tenant, api: APIClient) -> None:
    other = made(api)["id"]
    for webhook, delivery in ((other, ours.delivery.pk), (ours.webhook.pk, theirs.delivery.pk)):
        address = f"{HOOKS}{webhook}/deliveries/{delivery}/"
        with unchanged():
            assert_problem(api.get(address), 404, code="delivery_not_found")
            assert_problem(api.post(f"{address}replay/"), 404, code="delivery_not_found")


@pytest.mark.parametrize("role", ROLES)
def test_another_companys_webhook_is_not_there(role: str, ours: Tenant, theirs: Tenant) -> None:
    client = ours.client(role)
    address = f"{HOOKS}{theirs.webhook.pk}/"
    with unchanged():
        for path in ("test/", "rotate_secret/", "recover/", f"deliveries/{theirs.delivery.pk}/replay/"):
            body = {"since": "2020-01-01T00:00:00Z"}
            assert_problem(client.post(address + path, body, format="json"), 404, code="webhook_not_found")


def test_every_type_is_described(anonymous: APIClient) -> None:
    document = yaml.safe_load(anonymous.get("/api/schema/").content)
    assert set(document["webhooks"]) == set(DESCRIBED)
    booked = document["webhooks"]["interview.booked"]["post"]
    assert booked["description"] == DESCRIBED["interview.booked"]
    named = [document["components"]["parameters"][each["$ref"].rpartition("/")[2]] for each in booked["parameters"]]
    assert [each["name"] for each in named] == ["webhook-id", "webhook-timestamp", "webhook-signature"]
    body = booked["requestBody"]["content"]["application/json"]["schema"]
    assert body["properties"]["type"] == {"type": "string", "enum": ["interview.booked"]}
    data = document["components"]["schemas"]["WebhookInterviewData"]
    assert data["required"] == ["interview_id", "company", "previous"]
    assert {"status", "slot_id", "start_time", "schedule_id"} <= set(data["properties"])
