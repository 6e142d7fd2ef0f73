"""The demo data: complete, made once, and never where they could do harm."""

import re
from collections import Counter
from datetime import UTC, datetime, timedelta
from io import StringIO
from threading import Thread
from typing import Any

import pytest
from django.conf import LazySettings, settings
from django.core.management import CommandError, call_command
from django.db import connection
from django.db.models import Count, F, Q
from django.test import Client
from django.utils import timezone

from parley.conversations.models import InterviewSession
from parley.conversations.queries import deviations
from parley.core.models import Event
from parley.demo import loading
from parley.demo.interviews import open_room
from parley.demo.loading import load_demo
from parley.demo.talks import INVITED
from parley.evaluations.models import Decision, Review
from parley.evaluations.queries import standing_of
from parley.hiring.models import Candidate, Job, Resume
from parley.interviews.models import (
    AIInterviewConfiguration,
    Interview,
    InterviewConflict,
    InterviewLink,
    InterviewSchedule,
    InterviewSlot,
)
from parley.interviews.rules.states import LIVE_SCHEDULE
from parley.organizations.models import Company, User
from tests.factories import CompanyFactory, UserFactory

pytestmark = pytest.mark.django_db
LOGINS = {
    "admin@example.com": ("admin", None),
    "company@example.com": ("company", "Northwind Talent"),
    "recruiter@example.com": ("recruiter", "Northwind Talent"),
    "agency@example.com": ("hiring_agency", "Northwind Talent"),
    "other@example.com": ("company", "Globex Hiring"),
}
MODELS = (Company, User, Job, Candidate, Resume, AIInterviewConfiguration, InterviewSlot, Interview, Event)


def run(**options: Any) -> str:
    said = StringIO()
    call_command("load_demo", stdout=said, **options)
    return said.getvalue()


def counts() -> dict[str, int]:
    return {model.__name__: model._default_manager.count() for model in MODELS}


def test_everybody_can_log_in_and_a_second_load_changes_nothing(client: Client) -> None:
    said = run(if_empty=True)
    assert "parley-demo" in said
    for email, (role, company) in LOGINS.items():
        assert email in said
        body = {"email": email, "password": "parley-demo"}
        answer = client.post("/api/auth/login/", body, content_type="application/json")
        assert answer.status_code == 200
        user = answer.json()["user"]
        assert (user["role"], user["company_name"]) == (role, company)
    before = counts()
    assert "there already" in run(if_empty=True)
    assert "there already" in run()
    User.objects.filter(email="admin@example.com").update(password="changed")
    said = run(if_empty=True)
    assert "company@example.com" in said
    assert "admin@example.com" not in said
    assert counts() == before


@pytest.mark.parametrize(
    "now",
    [
        datetime(2026, 12, 22, 22, 30, tzinfo=UTC),  # holidays ahead
        datetime(2027, 3, 27, 23, 59, tzinfo=UTC),  # the clocks change
    ],
    ids=str,
)
def test_story_is_complete_whenever_it_is_told(now: datetime) -> None:
    assert load_demo(if_empty=True, now=now)
    northwind, globex = Company.objects.order_by("id")
    assert (northwind.name, northwind.timezone) == ("Northwind Talent", "Europe/Berlin")
    assert (globex.name, globex.timezone) == ("Globex Hiring", "America/New_York")
    assert (northwind.jobs.count(), northwind.candidates.count(), northwind.interviews.count()) == (4, 25, 37)
    assert (globex.jobs.count(), globex.candidates.count(), globex.interviews.count()) == (1, 5, 6)
    states = Counter(northwind.schedules.values_list("status", flat=True))
    assert (states["confirmed"], states["pending"], states["cancelled"], states["rescheduled"]) == (
        9,
        14,
        2,
        1,
    )
    conflicts = InterviewConflict.objects.filter(company=northwind, resolution="pending")
    assert set(conflicts.values_list("conflict_type", flat=True)) == {
        "slot_unavailable",
        "candidate_unavailable",
    }
    assert all(conflict.proposals for conflict in conflicts)
    assert all(resume.full_name and resume.emails and resume.phones for resume in Resume.objects.all())
    assert Resume.objects.count() == 4
    last = InterviewSlot.objects.filter(company=northwind).latest("start_time").start_time
    assert last > now + timedelta(days=55)
    live = Count("schedules", filter=Q(schedules__status__in=LIVE_SCHEDULE))
    assert not InterviewSlot.objects.annotate(live=live).exclude(live=F("current_bookings")).exists()
    past = InterviewSchedule.objects.filter(status__in=LIVE_SCHEDULE, start_time__lte=now)
    assert Counter(past.values_list("interview__status", flat=True)) == {"completed": 3, "no_show": 1}
    occurred = list(Event.objects.filter(object_type="interview").order_by("id").values_list("occurred_at", flat=True))
    assert max(occurred) <= now


def test_interviews_were_held_rated_and_decided() -> None:
    load_demo(if_empty=True, now=timezone.now())
    held = {
        each.interview.candidate.full_name: each
        for each in InterviewSession.objects.select_related("interview__candidate").order_by("started_at")
    }
    assert list(held) == ["Amélie Fontaine", "Siobhán Gallagher", "Kwabena Owusu"]
    assert {(each.state, each.ending) for each in held.values()} == {("finished", "complete")}
    asked = {name: each.turns.filter(kind="question").count() for name, each in held.items()}
    assert list(asked.values()) == [4, 3, 3]
    for each in held.values():
        assert each.turns.filter(role="candidate").exclude(text="").count() > asked[each.interview.candidate.full_name]
        assert deviations(each.kit_version) == []
    states = {name: standing_of(each.interview) for name, each in held.items()}
    assert list(states.values()) == ["decided", "needs_ratings", "rated"]
    assert Review.objects.filter(evaluation__session=held["Amélie Fontaine"]).count() == 2
    assert [each.verdict for each in Decision.objects.all()] == ["advance"]


def test_the_room_of_one_interview_is_open(client: Client) -> None:
    said = run(if_empty=True)
    address = re.search(r"http\S+/room/", said)
    assert address is not None
    assert address[0] in run(if_empty=True)
    page = client.get(address[0].removeprefix(settings.PARLEY_BASE_URL)).content.decode()
    assert "Begin the interview" in page
    late = timezone.now() + timedelta(hours=3)
    assert open_room(now=late) is None
    InterviewLink.objects.filter(interview__candidate__email=INVITED).update(revoked_at=timezone.now())
    assert "/room/" not in run(if_empty=True)


@pytest.mark.parametrize("make", [CompanyFactory, UserFactory])
def test_not_loaded_beside_real_data(make: Any) -> None:
    make()
    before = counts()
    said = run(if_empty=True)
    assert "No demo data were loaded" in said
    assert "parley-demo" not in said
    assert counts() == before


def test_loaded_beside_other_data_when_asked_for() -> None:
    CompanyFactory()
    assert "Demo data are loaded." in run()
    assert Company.objects.count() == 3


def test_address_of_the_demo_taken_by_somebody_refuses() -> None:
    UserFactory(email="recruiter@example.com")
    before = counts()
    with pytest.raises(CommandError, match="have e-mail addresses of the demo data"):
        run()
    assert counts() == before


def test_refused_in_production(settings: LazySettings) -> None:
    settings.PRODUCTION = True
    for options in ({"if_empty": True}, {}):
        with pytest.raises(CommandError, match="never loaded in production"):
            run(**options)
    assert not User.objects.exists()


def test_failure_halfway_leaves_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_: Any, **__: Any) -> None:
        raise RuntimeError("the machine was unplugged")

    monkeypatch.setattr(loading, "make_trouble", fail)
    with pytest.raises(RuntimeError):
        run(if_empty=True)
    assert set(counts().values()) == {0}


@pytest.mark.django_db(transaction=True)
def test_two_starts_at_once_load_once() -> None:
    loaded: list[bool] = []

    def start() -> None:
        try:
            loaded.append(load_demo(if_empty=True, now=timezone.now()))
        finally:
            connection.close()

    threads = [Thread(target=start) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(loaded) == [False, True]
    assert (Company.objects.count(), User.objects.count()) == (2, 5)
