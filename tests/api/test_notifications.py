"""What a user finds in the product, through the API."""

from datetime import timedelta
from functools import partial
from typing import Any
from uuid import uuid4

import pytest
from django.utils import timezone
from rest_framework.test import APIClient

from parley.notifications.inbox_rules import USUAL, Topic
from parley.notifications.models import Notification
from parley.organizations.models import User
from tests.api.tenants import Tenant, assert_problem, client_for, unchanged
from tests.factories import CompanyFactory, UserFactory
from tests.live import all_at_once, codes, live_server
from tests.live import client as live_client

ADDRESS = "/api/notifications/"
NOTIFICATION = {
    *("id", "kind", "title", "text", "object_type", "object_id", "created_at", "read_at", "is_read"),
}


def more(tenant: Tenant, *kinds: str) -> None:
    """Further ones of the company user, a minute apart."""
    for number, kind in enumerate(kinds, start=2):
        Notification.objects.create(
            user=tenant.users["company"],
            company=tenant.company,
            kind=kind,
            event_id=number,
            object_type="interview",
            object_id=str(tenant.booked_interview.pk),
            created_at=tenant.notification.created_at + timedelta(minutes=number),
        )


def found(client: APIClient, query: str = "") -> list[str]:
    return [each["kind"] for each in client.get(f"{ADDRESS}?{query}").json()]


def test_a_notification_is_shown_in_words_and_marked_as_read(ours: Tenant, api: APIClient) -> None:
    (shown,) = api.get(ADDRESS).json()
    assert set(shown) == NOTIFICATION
    assert shown | {"id": "", "created_at": ""} == {
        "id": "",
        "kind": "conflict_opened",
        "title": "Conflict to be settled",
        "text": "alphaworks ann (alphaworks engineer): the slot is not available any more.",
        "object_type": "conflict",
        "object_id": str(ours.conflict.pk),
        "created_at": "",
        "read_at": None,
        "is_read": False,
    }
    address = f"{ADDRESS}{shown['id']}/"
    assert api.get(address).json() == shown
    marked = api.post(f"{address}mark_read/")
    assert (marked.status_code, marked.json()["is_read"]) == (200, True)
    with unchanged():
        again = api.post(f"{address}mark_read/")
    assert again.json() == marked.json() == api.get(address).json()


def test_the_list_is_narrowed_and_the_latest_come_first(ours: Tenant, api: APIClient) -> None:
    more(ours, "interview_booked", "interview_cancelled")
    assert found(api) == ["interview_cancelled", "interview_booked", "conflict_opened"]
    api.post(f"{ADDRESS}{ours.notification.pk}/mark_read/")
    assert found(api, "unread_only=true") == ["interview_cancelled", "interview_booked"]
    assert found(api, "unread_only=false") == ["interview_cancelled", "interview_booked", "conflict_opened"]
    assert found(api, "kind=conflict_opened") == ["conflict_opened"]
    assert found(api, "kind=conflict_opened&unread_only=true") == []


@pytest.mark.parametrize("query", ["unread_only=1", "unread_only=", "kind=x", "kind=", "page=0"])
def test_queries_that_cannot_be_meant_are_refused(api: APIClient, query: str) -> None:
    assert_problem(api.get(f"{ADDRESS}?{query}"), 400, query.partition("=")[0])


def test_unread_ones_are_counted_and_marked_up_to_what_was_shown(ours: Tenant, api: APIClient) -> None:
    more(ours, "interview_booked", "interview_booked")
    none = dict.fromkeys(Topic.values, 0)
    assert api.get(f"{ADDRESS}summary/").json() == {
        "unread": 3,
        "total": 3,
        "by_kind": none | {"conflict_opened": 1, "interview_booked": 2},
    }
    second = api.get(ADDRESS).json()[1]["created_at"]
    answer = api.post(f"{ADDRESS}mark_all_read/", {"before": second}, format="json")
    assert (answer.status_code, answer.json()) == (200, {"marked": 2})
    assert api.get(f"{ADDRESS}summary/").json() == {"unread": 1, "total": 3, "by_kind": none | {"interview_booked": 1}}
    assert api.post(f"{ADDRESS}mark_all_read/").json() == {"marked": 1}
    with unchanged():
        assert api.post(f"{ADDRESS}mark_all_read/").json() == {"marked": 0}


@pytest.mark.parametrize("before", ["yesterday", 1, None, "2027-02-30T09:00:00Z"])
def test_an_instant_that_is_none_marks_nothing(ours: Tenant, api: APIClient, before: Any) -> None:
    with unchanged():
        assert_problem(api.post(f"{ADDRESS}mark_all_read/", {"before": before}, format="json"), 400, "before")


def test_kinds_are_chosen_some_or_all(ours: Tenant, api: APIClient) -> None:
    address = f"{ADDRESS}preferences/"
    assert api.get(address).json() == {"kinds": USUAL}
    some = api.patch(address, {"kinds": {"interview_booked": False}}, format="json")
    assert (some.status_code, some.json()) == (200, {"kinds": USUAL | {"interview_booked": False}})
    both = api.patch(address, {"kinds": {"conflict_resolved": True}}, format="json")
    assert both.json() == {"kinds": USUAL | {"interview_booked": False, "conflict_resolved": True}}
    assert api.get(address).json() == both.json()
    assert ours.client("recruiter").get(address).json() == {"kinds": USUAL}
    whole = api.put(address, {"kinds": {"waitlist_joined": False}}, format="json")
    assert whole.json() == {"kinds": USUAL | {"waitlist_joined": False}}


@pytest.mark.parametrize(
    ("kinds", "field"),
    [
        ([], "kinds"),
        (None, "kinds"),
        ("all", "kinds"),
        ({"slot_created": True}, "kinds.slot_created"),
        ({"interview_booked": "yes"}, "kinds.interview_booked"),
        ({"interview_booked": 1}, "kinds.interview_booked"),
        ({"interview_booked": None}, "kinds.interview_booked"),
    ],
)
def test_choices_that_cannot_be_meant_are_refused(ours: Tenant, api: APIClient, kinds: Any, field: str) -> None:
    with unchanged():
        for call in (api.put, api.patch):
            assert_problem(call(f"{ADDRESS}preferences/", {"kinds": kinds}, format="json"), 400, field)
        assert_problem(api.put(f"{ADDRESS}preferences/", {}, format="json"), 400, "kinds")


def test_colleagues_and_administrators_find_their_own_alone(ours: Tenant, admin: APIClient) -> None:
    for client in (ours.client("recruiter"), admin):
        assert client.get(ADDRESS).json() == []
        summary = client.get(f"{ADDRESS}summary/").json()
        assert (summary["unread"], summary["total"]) == (0, 0)
        with unchanged():
            assert client.post(f"{ADDRESS}mark_all_read/").json() == {"marked": 0}


def test_whoever_changes_company_finds_nothing_of_the_old_one(ours: Tenant, api: APIClient) -> None:
    user = ours.users["company"]
    User.objects.filter(pk=user.pk).update(company=CompanyFactory())
    assert api.get(ADDRESS).json() == []
    with unchanged():
        assert_problem(api.get(f"{ADDRESS}{ours.notification.pk}/"), 404, code="notification_not_found")
        assert_problem(api.post(f"{ADDRESS}{ours.notification.pk}/mark_read/"), 404, code="notification_not_found")
    User.objects.filter(pk=user.pk).update(company=ours.company, is_active=False)
    assert_problem(api.get(ADDRESS), 401)
    User.objects.filter(pk=user.pk).update(is_active=True)
    assert found(client_for(user)) == ["conflict_opened"]


def test_what_is_not_there_is_not_found(api: APIClient) -> None:
    assert_problem(api.get(f"{ADDRESS}{uuid4()}/"), 404, code="notification_not_found")
    assert_problem(api.get(f"{ADDRESS}1/"), 404)


def test_instants_are_kept_as_exactly_as_they_are_shown(ours: Tenant, api: APIClient) -> None:
    exact = timezone.now().replace(microsecond=123456)
    Notification.objects.update(created_at=exact)
    (shown,) = api.get(ADDRESS).json()
    assert shown["created_at"] == exact.isoformat().replace("+00:00", "Z")
    assert api.post(f"{ADDRESS}mark_all_read/", {"before": shown["created_at"]}, format="json").json() == {"marked": 1}


@pytest.mark.django_db(transaction=True)
def test_choices_made_at_the_same_time_are_all_kept() -> None:
    user = UserFactory()
    with live_server(workers=2) as address, live_client(address, user) as client:
        calls = [
            partial(client.patch, "/notifications/preferences/", json={"kinds": {kind: not usual}})
            for kind, usual in USUAL.items()
        ]
        answers = all_at_once(calls)
        chosen = client.get("/notifications/preferences/").json()
    assert codes(answers) == [(200, None)] * len(USUAL)
    assert chosen == {"kinds": {kind: not usual for kind, usual in USUAL.items()}}
