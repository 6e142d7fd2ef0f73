"""The page of notifications and the bell, as a browser without scripts uses them."""

from datetime import datetime, timedelta
from html import unescape
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from parley.core.models import Event
from parley.interviews.models import Interview, InterviewConflict
from parley.notifications.models import Notification
from parley.organizations.models import Role, User
from tests.api.tenants import unchanged
from tests.factories import AdminFactory, CandidateFactory, InterviewFactory, UserFactory

pytestmark = pytest.mark.django_db
AT = "/app/notifications/"


@pytest.fixture
def interview(user: User) -> Interview:
    return InterviewFactory(candidate=CandidateFactory(company=user.company, full_name="Ada Lovelace"))


def tell(user: User, about: Any, kind: str = "interview_booked", *, minutes: int = 0) -> Notification:
    """A notification that came so many minutes ago."""
    at = timezone.now() - timedelta(minutes=minutes)
    thing = type(about).__name__.removeprefix("Interview").lower() or "interview"
    event = Event.objects.create(
        type=f"{thing}.done", object_type=thing, object_id=str(about.pk), actor_kind="system", occurred_at=at
    )
    return Notification.objects.create(
        user=user,
        company_id=user.company_id or 0,
        kind=kind,
        event_id=event.pk,
        object_type=thing,
        object_id=str(about.pk),
        created_at=at,
    )


def html(client: Client, address: str = AT, values: Any = None, **query: str) -> str:
    answer = client.get(address, query) if values is None else client.post(address, values, follow=True)
    assert answer.status_code == 200, answer.content.decode()
    return unescape(answer.content.decode())


def read_at(row: Notification) -> datetime | None:
    row.refresh_from_db()
    return row.read_at


def test_an_empty_page(logged_in: Client) -> None:
    page = html(logged_in)
    assert "Nothing has happened yet" in page
    assert "Mark all as read" not in page
    assert 'class="number"' not in page
    assert "All is read" in html(logged_in, state="unread")


def test_unread_ones_are_marked_and_counted(logged_in: Client, user: User, interview: Interview) -> None:
    old = tell(user, interview, minutes=5)
    tell(user, interview, "interview_cancelled")
    tell(UserFactory(company=user.company), interview)
    Notification.objects.filter(pk=old.pk).update(read_at=timezone.now())
    page = html(logged_in)
    assert page.index("Interview cancelled") < page.index("Interview booked")
    assert "Ada Lovelace" in page
    assert page.count("data-unread") == 1
    assert '<span class="number">1<span class="visually-hidden"> unread</span></span>' in page
    unread = html(logged_in, state="unread")
    assert ("Interview cancelled" in unread, "Interview booked" in unread) == (True, False)
    assert "Interview booked" in html(logged_in, state="x", page="x")


def test_one_is_marked_as_read(logged_in: Client, user: User, interview: Interview) -> None:
    row, other = tell(user, interview), tell(user, interview)
    answer = logged_in.post(f"{AT}{row.pk}/read/", {"next": f"{AT}?state=unread"})
    assert answer["Location"] == f"{AT}?state=unread"
    first = read_at(row)
    assert first is not None
    assert read_at(other) is None
    logged_in.post(f"{AT}{row.pk}/read/")
    assert read_at(row) == first


def test_all_that_were_seen_are_marked_as_read(logged_in: Client, user: User, interview: Interview) -> None:
    rows = [tell(user, interview, minutes=each) for each in (0, 10, 20)]
    until = rows[1].created_at.isoformat()
    assert "2 notifications marked as read." in html(logged_in, f"{AT}read/", {"until": until})
    assert [read_at(row) is not None for row in rows] == [False, True, True]
    for nonsense in ("", "soon", "2026-01-01T00:00:00"):
        with unchanged():
            html(logged_in, f"{AT}read/", {"until": nonsense})


def test_opening_leads_to_the_thing_and_marks_it(logged_in: Client, user: User, conflict: InterviewConflict) -> None:
    interview = conflict.primary_interview
    assert interview is not None
    for about, kind, address in (
        (interview, "interview_booked", f"/app/interviews/{interview.pk}/"),
        (interview, "ratings_wanted", f"/app/interviews/{interview.pk}/results/"),
        (conflict, "conflict_opened", f"/app/conflicts/?state=open#conflict-{conflict.pk}"),
        (conflict, "conflict_resolved", f"/app/interviews/{interview.pk}/"),
    ):
        row = tell(user, about, kind)
        assert logged_in.post(f"{AT}{row.pk}/open/")["Location"] == address
        assert read_at(row) is not None


def test_what_is_gone_cannot_be_opened(logged_in: Client, user: User, interview: Interview) -> None:
    row = tell(user, interview)
    interview.delete()
    page = html(logged_in)
    assert "The interview is not there any more" in page
    assert ">Open<" not in page
    assert logged_in.post(f"{AT}{row.pk}/open/")["Location"] == AT


def test_a_webhook_is_opened_by_who_manages_it(client: Client, user: User, interview: Interview) -> None:
    recruiter = UserFactory(company=user.company, role=Role.RECRUITER)
    for who, shown in ((user, True), (recruiter, False)):
        row = tell(who, interview, "webhook_disabled")
        Notification.objects.filter(pk=row.pk).update(object_type="webhook")
        client.force_login(who)
        assert (">Open<" in html(client)) == shown


def test_others_are_not_there(logged_in: Client, user: User, interview: Interview) -> None:
    row = tell(UserFactory(company=user.company), interview)
    with unchanged():
        for what in ("read", "open"):
            assert logged_in.post(f"{AT}{row.pk}/{what}/").status_code == 404


def test_administrators_have_none(client: Client) -> None:
    client.force_login(AdminFactory())
    assert client.get(AT).status_code == 403
    assert 'class="bell' not in client.get("/app/companies/").content.decode()


def test_the_bell_counts_to_99(logged_in: Client, user: User, interview: Interview) -> None:
    assert logged_in.get(f"{AT}bell/").content.decode().strip() == ""
    tell(user, interview)
    assert ">1<" in logged_in.get(f"{AT}bell/").content.decode()
    for _ in range(120):
        tell(user, interview)
    assert ">99+<" in logged_in.get(f"{AT}bell/").content.decode()


def test_statements_are_the_same_for_1_and_300(logged_in: Client, user: User) -> None:
    def statements() -> int:
        with CaptureQueriesContext(connection) as captured:
            html(logged_in)
        return len(captured)

    counts = []
    for number in (1, 299):
        for _ in range(number):
            tell(user, InterviewFactory(candidate__company=user.company))
        counts.append(statements())
    assert counts[0] == counts[1]
