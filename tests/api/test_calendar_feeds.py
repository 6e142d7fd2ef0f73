"""Making, listing and ending calendar feeds through the API."""

from functools import partial
from typing import Any

import pytest
from rest_framework.test import APIClient

from parley.notifications.feed_rules import MOST_FEEDS
from parley.notifications.models import CalendarFeed
from parley.organizations.models import User
from tests.api.tenants import Tenant, assert_problem, unchanged
from tests.factories import CompanyFactory, UserFactory
from tests.live import all_at_once, codes, live_server
from tests.live import client as live_client

ADDRESS = "/api/calendar_feeds/"
FEED = {"id", "scope", "company", "name", "created_at", "last_used_at"}


def make(client: APIClient, **values: Any) -> Any:
    return client.post(ADDRESS, {"scope": "company", **values}, format="json")


def path_of(answer: Any) -> str:
    url: str = answer.json()["url"]
    assert url.startswith("http://localhost:8000/calendar/")
    return url.removeprefix("http://localhost:8000")


def test_a_feed_is_made_shown_given_another_address_and_ended(
    ours: Tenant, api: APIClient, anonymous: APIClient
) -> None:
    made = make(api, scope="mine", name="Z\u00fcrich, B\u00fcro")
    assert (made.status_code, set(made.json())) == (201, FEED | {"url"})
    shown = {name: value for name, value in made.json().items() if name != "url"}
    assert shown | {"id": "", "created_at": ""} == {
        "id": "",
        "scope": "mine",
        "company": ours.company.pk,
        "name": "Z\u00fcrich, B\u00fcro",
        "created_at": "",
        "last_used_at": None,
    }
    assert api.get(ADDRESS).json()[1] == shown
    assert api.get(f"{ADDRESS}{shown['id']}/").json() == shown
    assert anonymous.get(path_of(made)).status_code == 200
    assert api.get(f"{ADDRESS}{shown['id']}/").json()["last_used_at"] is not None
    rotated = api.post(f"{ADDRESS}{shown['id']}/rotate/")
    assert (rotated.status_code, rotated.json() | {"url": ""}) == (200, shown | {"url": ""})
    assert [anonymous.get(path_of(each)).status_code for each in (made, rotated)] == [404, 200]
    assert api.delete(f"{ADDRESS}{shown['id']}/").status_code == 204
    assert anonymous.get(path_of(rotated)).status_code == 404
    assert [each["id"] for each in api.get(ADDRESS).json()] == [str(ours.feed.pk)]
    with unchanged():
        for answer in (api.delete(f"{ADDRESS}{shown['id']}/"), api.post(f"{ADDRESS}{shown['id']}/rotate/")):
            assert_problem(answer, 404, code="feed_not_found")


def test_the_same_key_gives_the_same_address(ours: Tenant, api: APIClient) -> None:
    answers = [
        api.post(ADDRESS, {"scope": "company"}, format="json", headers={"Idempotency-Key": "calendar"})
        for _ in range(2)
    ]
    assert answers[0].json() == answers[1].json()
    assert CalendarFeed.objects.filter(user=ours.users["company"]).count() == 2  # one was there


@pytest.mark.parametrize(
    ("values", "field"),
    [
        ({"scope": "all"}, "scope"),
        ({"scope": None}, "scope"),
        ({"name": "a\nb"}, "name"),
        ({"name": "x" * 101}, "name"),
        ({"name": 1}, "name"),
        ({"company": "x"}, "company"),
    ],
)
def test_feeds_that_cannot_be_meant_are_refused(
    ours: Tenant, api: APIClient, values: dict[str, Any], field: str
) -> None:
    with unchanged():
        assert_problem(make(api, **values), 400, field)
        assert_problem(api.post(ADDRESS, {}, format="json"), 400, "scope")


def test_an_administrator_names_the_company(ours: Tenant, theirs: Tenant, admin: APIClient) -> None:
    with unchanged():
        assert_problem(make(admin), 400, "company", code="required")
        assert_problem(make(admin, company=10**9), 400, "company", code="company_not_found")
    made = make(admin, company=theirs.company.pk)
    assert (made.status_code, made.json()["company"]) == (201, theirs.company.pk)
    assert [each["id"] for each in admin.get(ADDRESS).json()] == [made.json()["id"]]


def test_a_feed_shows_the_own_company_alone(ours: Tenant, theirs: Tenant, api: APIClient, anonymous: APIClient) -> None:
    content = anonymous.get(path_of(make(api))).content.decode()
    assert "alphaworks ann" in content
    assert "zyxwv" not in content
    User.objects.filter(pk=ours.users["recruiter"].pk).update(company=theirs.company)
    moved = path_of(make(ours.client("recruiter")))
    assert "alphaworks" not in anonymous.get(moved).content.decode()


def test_whoever_changes_company_loses_the_feeds_of_the_old_one(ours: Tenant, api: APIClient) -> None:
    User.objects.filter(pk=ours.users["company"].pk).update(company=CompanyFactory())
    assert api.get(ADDRESS).json() == []
    with unchanged():
        assert_problem(api.post(f"{ADDRESS}{ours.feed.pk}/rotate/"), 404, code="feed_not_found")
        assert_problem(api.delete(f"{ADDRESS}{ours.feed.pk}/"), 404, code="feed_not_found")


def test_a_user_has_at_most_20_feeds(ours: Tenant, api: APIClient) -> None:
    for _ in range(MOST_FEEDS - 1):  # one is there
        assert make(api).status_code == 201
    with unchanged():
        assert_problem(make(api), 409, code="too_many_feeds")
    assert make(ours.client("recruiter")).status_code == 201
    assert api.delete(f"{ADDRESS}{ours.feed.pk}/").status_code == 204
    assert make(api).status_code == 201


@pytest.mark.django_db(transaction=True)
def test_feeds_made_at_the_same_time_are_all_counted() -> None:
    user = UserFactory()
    with live_server(workers=2) as address, live_client(address, user) as client:
        calls = [partial(client.post, "/calendar_feeds/", json={"scope": "company"}) for _ in range(MOST_FEEDS + 4)]
        answers = all_at_once(calls)
    assert codes(answers) == [(201, None)] * MOST_FEEDS + [(409, "too_many_feeds")] * 4
    assert CalendarFeed.objects.filter(user=user).count() == MOST_FEEDS
