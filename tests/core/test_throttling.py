"""Limits on attempts: counted in the database, by all processes together."""

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta

import httpx
import pytest
from django.conf import LazySettings
from django.db import connections
from rest_framework.test import APIClient

from parley.core.models import ThrottleWindow
from parley.core.throttling import Rate, count, forget_old, give_back
from parley.organizations.models import User
from tests.factories import PASSWORD, UserFactory
from tests.live import live_server

NOON = datetime(2027, 3, 1, 12, 0, 10, tzinfo=UTC)
THREE = Rate(3, 60)


@pytest.mark.parametrize(
    ("text", "rate"),
    [
        ("10/minute", Rate(10, 60)),
        ("1/second", Rate(1, 1)),
        ("20/hour", Rate(20, 3600)),
        ("5/day", Rate(5, 86400)),
    ],
)
def test_rate_is_read_from_the_settings(text: str, rate: Rate) -> None:
    assert Rate.parse(text) == rate


@pytest.mark.django_db
def test_count_says_how_long_to_wait_above_the_limit() -> None:
    assert [count("b", rate=THREE, now=NOON) for _ in range(5)] == [None, None, None, 50, 50]


@pytest.mark.django_db
def test_count_begins_anew_in_the_next_window() -> None:
    for _ in range(4):
        count("b", rate=THREE, now=NOON)
    assert count("b", rate=THREE, now=NOON + timedelta(seconds=49, milliseconds=999)) == 1
    assert count("b", rate=THREE, now=NOON + timedelta(seconds=50)) is None
    assert ThrottleWindow.objects.get().count == 1


@pytest.mark.django_db
def test_count_keeps_buckets_apart() -> None:
    for _ in range(4):
        count("a", rate=THREE, now=NOON)
    assert count("b", rate=THREE, now=NOON) is None


@pytest.mark.django_db
def test_give_back_takes_back_what_was_counted() -> None:
    count("b", rate=THREE, now=NOON)
    give_back("b", rate=THREE, now=NOON)
    assert ThrottleWindow.objects.get().count == 0
    give_back("b", rate=THREE, now=NOON)  # never below none
    give_back("unknown", rate=THREE, now=NOON)
    assert ThrottleWindow.objects.get().count == 0


@pytest.mark.django_db
def test_give_back_leaves_another_window_alone() -> None:
    count("b", rate=THREE, now=NOON)
    count("b", rate=THREE, now=NOON + timedelta(minutes=1))
    give_back("b", rate=THREE, now=NOON)
    assert ThrottleWindow.objects.get().count == 1


@pytest.mark.django_db
def test_forget_old_drops_windows_of_more_than_a_day() -> None:
    count("old", rate=THREE, now=NOON - timedelta(days=1, minutes=1))
    count("new", rate=THREE, now=NOON - timedelta(hours=23))
    assert forget_old(now=NOON) == 1
    assert ThrottleWindow.objects.get().bucket == "new"


@pytest.mark.django_db(transaction=True)
def test_attempts_at_the_same_time_are_all_counted() -> None:
    def attempt(_: int) -> int | None:
        try:
            return count("b", rate=THREE, now=NOON)
        finally:
            connections.close_all()

    with ThreadPoolExecutor(8) as pool:
        waits = list(pool.map(attempt, range(24)))
    assert sorted(waits, key=str) == [50] * 21 + [None] * 3
    assert ThrottleWindow.objects.get().count == 24


# --- logging in and registering ----------------------------------------------------------------------


@pytest.fixture
def user(db: None, settings: LazySettings) -> User:
    settings.PARLEY_THROTTLE = {"login": "3/day", "register": "2/day"}
    return UserFactory(email="ann@example.com")


def login(email: str, password: str, address: str = "192.0.2.1") -> tuple[int, str | None]:
    answer = APIClient().post(
        "/api/auth/login/", {"email": email, "password": password}, format="json", REMOTE_ADDR=address
    )
    return answer.status_code, answer.headers.get("Retry-After")


def test_login_is_locked_after_failures_even_for_the_right_password(user: User) -> None:
    assert [login(user.email, "wrong")[0] for _ in range(3)] == [400, 400, 400]
    status, wait = login(user.email, PASSWORD)
    assert status == 429
    assert 0 < int(wait or 0) <= 86400
    assert login(user.email.upper(), PASSWORD)[0] == 429


def test_login_that_is_locked_is_a_problem(user: User) -> None:
    for _ in range(4):
        login(user.email, "wrong")
    answer = APIClient().post(
        "/api/auth/login/",
        {"email": user.email, "password": PASSWORD},
        format="json",
        REMOTE_ADDR="192.0.2.1",
    )
    assert (answer.status_code, answer["Content-Type"]) == (429, "application/problem+json")
    assert answer.json()["code"] == "throttled"


def test_login_of_other_accounts_and_from_other_addresses_goes_on(user: User) -> None:
    other = UserFactory()
    for _ in range(4):
        login(user.email, "wrong")
    assert login(other.email, PASSWORD)[0] == 200
    assert login(user.email, PASSWORD, "192.0.2.2")[0] == 200


def test_login_that_succeeds_does_not_count(user: User) -> None:
    assert {login(user.email, PASSWORD)[0] for _ in range(10)} == {200}
    assert [login(user.email, "wrong")[0] for _ in range(4)] == [400, 400, 400, 429]


def test_login_counts_unknown_accounts_as_well(user: User) -> None:
    assert [login("nobody@example.com", "x")[0] for _ in range(4)] == [400, 400, 400, 429]


def test_login_is_limited_for_an_address_whatever_the_account(user: User) -> None:
    for number in range(60):
        assert login(f"n{number}@example.com", "x")[0] == 400
    assert login("another@example.com", "x")[0] == 429
    assert login(user.email, PASSWORD)[0] == 429
    assert login(user.email, PASSWORD, "192.0.2.2")[0] == 200


def test_the_address_is_not_what_the_caller_says(user: User) -> None:
    """``X-Forwarded-For`` counts only behind as many proxies as the setting says; here there are none."""
    client = APIClient()
    body = {"email": user.email, "password": "wrong"}
    statuses = [
        client.post("/api/auth/login/", body, format="json", HTTP_X_FORWARDED_FOR=f"192.0.2.{number}").status_code
        for number in range(4)
    ]
    assert statuses == [400, 400, 400, 429]


def test_what_is_kept_of_a_login_names_nobody(user: User) -> None:
    login(user.email, "wrong")
    kept = " ".join(ThrottleWindow.objects.values_list("bucket", flat=True))
    assert user.email not in kept
    assert "192.0.2.1" not in kept


def test_registration_is_limited(user: User) -> None:
    def register(number: int, address: str = "192.0.2.1") -> int:
        body = {
            "company_name": "N",
            "full_name": "N",
            "email": f"n{number}@example.com",
            "password": PASSWORD,
        }
        answer = APIClient().post("/api/auth/register/", body, format="json", REMOTE_ADDR=address)
        assert answer.status_code != 429 or int(answer["Retry-After"]) > 0
        return int(answer.status_code)

    assert [register(number) for number in range(4)] == [201, 201, 429, 429]
    assert register(9, "192.0.2.2") == 201
    assert User.objects.filter(email__startswith="n").count() == 3


def test_accepting_invitations_is_limited(user: User) -> None:
    body = {"token": "x", "password": PASSWORD}
    answers = [APIClient().post("/api/auth/accept-invitation/", body, format="json") for _ in range(3)]
    assert [answer.status_code for answer in answers] == [400, 400, 429]


@pytest.mark.django_db(transaction=True)
def test_logins_at_once_are_limited_across_processes() -> None:
    """Of 30 wrong passwords at the same time on two server processes, exactly the limit is looked at."""
    UserFactory(email="ann@example.com")
    body = {"email": "ann@example.com", "password": "wrong"}
    with live_server(workers=2, PARLEY_THROTTLE_LOGIN="5/day") as address:

        def attempt(_: int) -> int:
            return httpx.post(f"{address}/api/auth/login/", json=body, timeout=60).status_code

        with ThreadPoolExecutor(10) as pool:
            statuses = sorted(pool.map(attempt, range(30)))
    assert statuses == [400] * 5 + [429] * 25
