"""A calendar feed as calendars ask for it, also over a real connection."""

from datetime import timedelta

import httpx
import pytest
import vobject
from django.test import Client
from django.utils import timezone

from parley.core.models import ThrottleWindow
from parley.notifications.feed_rules import Scope
from parley.notifications.models import CalendarFeed
from parley.notifications.operations.feeds import create_feed, revoke_feed, rotate_feed
from parley.organizations.models import User
from tests.factories import CompanyFactory, SlotFactory, UserFactory, book
from tests.live import live_server

pytestmark = pytest.mark.django_db


@pytest.fixture
def user() -> User:
    return UserFactory()


def make(user: User) -> str:
    """A feed's address."""
    made = create_feed(scope=Scope.COMPANY, company_id=None, name="", actor=user, now=timezone.now())
    return f"/calendar/{made.token}.ics"


def test_a_calendar_is_given_once_and_again_when_it_has_changed(client: Client, user: User) -> None:
    address = make(user)
    first = client.get(address)
    assert (first.status_code, first["Content-Type"]) == (200, "text/calendar; charset=utf-8")
    assert first["Cache-Control"] == "private, no-cache"
    assert first["Content-Disposition"] == 'attachment; filename="interviews.ics"'
    assert first["ETag"].startswith('"')
    assert "vevent" not in vobject.readOne(first.content.decode()).contents
    assert CalendarFeed.objects.get().last_used_at is not None
    same = client.get(address, headers={"If-None-Match": f'"other", {first["ETag"]}'})
    assert (same.status_code, same.content, same["ETag"]) == (304, b"", first["ETag"])
    assert same["Cache-Control"] == "private, no-cache"
    booked = book(SlotFactory(company=user.company))
    changed = client.get(address, headers={"If-None-Match": first["ETag"]})
    assert changed.status_code == 200
    assert changed["ETag"] != first["ETag"]
    assert vobject.readOne(changed.content.decode()).vevent.uid.value == f"{booked.interview_id}@parley"


def test_head_tells_the_same_and_other_methods_are_refused(client: Client, user: User) -> None:
    address = make(user)
    answers = client.get(address), client.head(address)
    assert answers[1].content == b""
    got, head = ({name: value for name, value in each.items() if name != "X-Request-ID"} for each in answers)
    assert got == head
    assert [client.post(address).status_code, client.put(address).status_code] == [405, 405]


def test_all_that_does_not_open_is_answered_alike(client: Client, user: User) -> None:
    gone, rotated, left, off = (make(each) for each in (user, user, UserFactory(), UserFactory(is_active=False)))
    first, second = CalendarFeed.objects.filter(user=user).order_by("created_at")
    revoke_feed(feed_id=first.pk, actor=user, now=timezone.now())
    rotate_feed(feed_id=second.pk, actor=user, now=timezone.now())
    User.objects.exclude(pk=user.pk).filter(is_active=True).update(company=CompanyFactory())
    addresses = [gone, rotated, left, off, f"/calendar/{'A' * 43}.ics", "/calendar/x.ics", "/calendar/\u00e9.ics"]
    answers = [client.get(address) for address in addresses]
    assert {(each.status_code, each.content, each["Content-Type"], each["Cache-Control"]) for each in answers} == {
        (404, b"There is no such calendar.\n", "text/plain", "no-store")
    }
    assert not CalendarFeed.objects.filter(last_used_at__isnull=False).exists()


def test_guesses_are_counted_together_with_those_at_personal_links(client: Client, user: User) -> None:
    address = make(user)
    ThrottleWindow.objects.all().delete()
    for _ in range(10):
        assert client.get(f"/interview/{'A' * 43}/").status_code == 404
        assert client.get(f"/api/public/interviews/{'A' * 43}/").status_code == 404
        assert client.get(f"/calendar/{'A' * 43}.ics").status_code == 404
    refused = client.get(f"/calendar/{'A' * 43}.ics")
    assert (refused.status_code, refused.content) == (429, b"Too many attempts.\n")
    assert 1 <= int(refused["Retry-After"]) <= 60
    assert client.get(f"/interview/{'A' * 43}/").status_code == 429
    assert client.get(address).status_code == 200


@pytest.mark.django_db(transaction=True)
def test_a_real_server_gives_feeds_to_calendars(user: User) -> None:
    book(SlotFactory(company=user.company, start_time=timezone.now() + timedelta(days=1)))
    path = make(user)
    with live_server(workers=1) as address:
        whole = httpx.get(address + path)
        head = httpx.head(address + path)
        same = httpx.get(address + path, headers={"If-None-Match": whole.headers["ETag"]})
        weak = httpx.get(address + path, headers={"If-None-Match": f"W/{whole.headers['ETag']}"})
    assert (whole.status_code, len(vobject.readOne(whole.text).vevent_list)) == (200, 1)
    assert (head.status_code, head.content, head.headers["ETag"]) == (200, b"", whole.headers["ETag"])
    assert head.headers["Content-Length"] == str(len(whole.content))
    assert [(each.status_code, each.content) for each in (same, weak)] == [(304, b""), (304, b"")]
