"""When an interview can be begun is the company's own decision, and everything that tells of it follows."""

from datetime import datetime, timedelta

import pytest
from django.db import IntegrityError, transaction
from django.test import Client
from django.utils import timezone
from rest_framework.test import APIClient

from parley.conversations.models import InterviewSession, KitVersion
from parley.conversations.operations.ending import miss_interview
from parley.conversations.queries import missed_interviews
from parley.conversations.tasks import find_missed
from parley.core.errors import Conflict
from parley.interviews.models import SchedulingPolicy
from parley.interviews.operations.policies import update_policy
from parley.organizations.models import Company
from tests.conversations.conftest import Booked, make_booked, make_kit
from tests.factories import PASSWORD, CompanyFactory, UserFactory

pytestmark = pytest.mark.django_db
SECOND, MINUTE = timedelta(seconds=1), timedelta(minutes=1)


@pytest.fixture
def policy(company: Company) -> SchedulingPolicy:
    """The room opens half an hour before, and closes 7 minutes after the start."""
    user = UserFactory(company=company, email="rosa@example.com")
    fields = {"join_before_minutes": 30, "join_grace_minutes": 7}
    return update_policy(company_id=company.pk, fields=fields, actor=user, now=timezone.now())


@pytest.mark.parametrize("moment", [-30 * MINUTE, 7 * MINUTE], ids=["first", "last"])
def test_at_its_ends_an_interview_begins(policy: SchedulingPolicy, booked: Booked, moment: timedelta) -> None:
    assert booked.begin(at=booked.start + moment).state == "running"


@pytest.mark.parametrize(
    ("moment", "code"),
    [(-30 * MINUTE - SECOND, "room_not_open"), (7 * MINUTE + SECOND, "room_closed")],
    ids=["too-early", "too-late"],
)
def test_outside_of_it_nothing_begins(policy: SchedulingPolicy, booked: Booked, moment: timedelta, code: str) -> None:
    with pytest.raises(Conflict) as refused:
        booked.begin(at=booked.start + moment)
    assert refused.value.code == code
    booked.interview.refresh_from_db()
    assert (booked.interview.status, InterviewSession.objects.count()) == ("scheduled", 0)


def test_who_has_not_come_by_its_end_has_missed_it(policy: SchedulingPolicy, booked: Booked) -> None:
    usual = make_booked(CompanyFactory(), start=booked.start)  # of a company that has said nothing: 15 minutes
    last, later = booked.start + 7 * MINUTE, booked.start + 15 * MINUTE
    assert missed_interviews(now=last) == []
    assert miss_interview(interview_id=booked.interview.pk, now=last) is False
    assert missed_interviews(now=last + SECOND) == [booked.interview.pk]
    assert missed_interviews(now=later) == [booked.interview.pk]
    assert sorted(missed_interviews(now=later + SECOND)) == sorted([booked.interview.pk, usual.interview.pk])
    assert miss_interview(interview_id=booked.interview.pk, now=last + SECOND) is True
    assert missed_interviews(now=later) == []


def test_the_job_waits_as_long_as_the_company(company: Company, kit: KitVersion) -> None:
    user = UserFactory(company=company)
    update_policy(company_id=company.pk, fields={"join_grace_minutes": 240}, actor=user, now=timezone.now())
    late = make_booked(company, start=timezone.now() - timedelta(hours=3))
    find_missed(0)
    late.interview.refresh_from_db()
    assert late.interview.status == "scheduled"
    SchedulingPolicy.objects.update(join_grace_minutes=179)
    find_missed(0)
    late.interview.refresh_from_db()
    assert late.interview.status == "no_show"


def test_the_api_tells_it(policy: SchedulingPolicy, booked: Booked) -> None:
    api = APIClient()
    for address in ("", "session/"):
        shown = api.get(f"/api/public/interviews/{booked.token}/{address}").json()
        assert [datetime.fromisoformat(shown[name]) for name in ("join_from", "join_until")] == [
            booked.start - 30 * MINUTE,
            booked.start + 7 * MINUTE,
        ]


def test_the_pages_tell_it(policy: SchedulingPolicy, company: Company, booked: Booked, client: Client) -> None:
    page = f"/interview/{booked.token}/"
    zone = company.zone
    opens, closes = (f"{(booked.start + each).astimezone(zone):%H:%M}" for each in (-30 * MINUTE, 7 * MINUTE))
    assert f"the room opens at {opens}" in client.get(page).content.decode()
    assert f"The room opens at {opens}." in client.get(f"{page}room/").content.decode()
    client.post("/login/", {"login": "rosa@example.com", "password": PASSWORD})
    shown = client.get(f"/app/interviews/{booked.interview.pk}/").content.decode()
    assert f"{opens} to {closes}." in shown


def test_the_room_opens_and_closes_by_it(company: Company, kit: KitVersion, client: Client) -> None:
    now = timezone.now()
    soon = make_booked(company, start=now + 25 * MINUTE)
    past = make_booked(company, start=now - 10 * MINUTE, ai_interview_type="general")
    rooms = [f"/interview/{each.token}/room/" for each in (soon, past)]
    begin = 'action="' + rooms[0] + "start/"
    assert begin not in client.get(rooms[0]).content.decode()
    assert "could be begun until" not in client.get(rooms[1]).content.decode()
    values = {"join_before_minutes": 30, "join_grace_minutes": 7, "updated_at": now}
    SchedulingPolicy.objects.create(company=company, **values)
    assert begin in client.get(rooms[0]).content.decode()
    assert "could be begun until" in client.get(rooms[1]).content.decode()
    assert "Go to the interview room" in client.get(rooms[0].removesuffix("room/")).content.decode()


def test_the_database_keeps_a_window_that_somebody_can_meet(policy: SchedulingPolicy) -> None:
    with pytest.raises(IntegrityError), transaction.atomic():
        SchedulingPolicy.objects.update(join_grace_minutes=4)
    policy.refresh_from_db()
    assert policy.join_grace_minutes == 7


def test_what_a_company_never_said_is_a_quarter_of_an_hour(company: Company) -> None:
    make_kit(company)
    booked = make_booked(company)
    shown = APIClient().get(f"/api/public/interviews/{booked.token}/").json()
    assert datetime.fromisoformat(shown["join_from"]) == booked.start - 15 * MINUTE
