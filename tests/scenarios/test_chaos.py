"""The killing, shorter; and that its checks notice what they are for."""

import copy
import random
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import psycopg
import pytest

from scenarios.chaos.__main__ import main
from scenarios.chaos.changes import Company, Story, plan
from scenarios.chaos.checks import Found, differences
from scenarios.chaos.receivers import Taken

NOW = datetime(2027, 3, 1, 8, tzinfo=UTC)


@pytest.mark.chaos
def test_killed_at_any_moment_everything_is_told_once(empty_database: str, capsys: pytest.CaptureFixture[str]) -> None:
    options = ["--seconds", "20", "--changes", "60", "--clients", "6", "--hurry"]
    status = main([*options, "--database", empty_database])
    said = capsys.readouterr().out
    assert (status, said.splitlines()[-1]) == (0, "Totals agree."), said
    assert "60 changes were acknowledged" in said
    assert "Nothing waits any more." in said
    with psycopg.connect(empty_database) as connection:
        types = "SELECT count(*) FROM core_event WHERE type = ANY(%s)"
        changed = [f"interview.{what}" for what in ("booked", "confirmed", "rescheduled", "cancelled", "released")]
        assert connection.execute(types, [changed]).fetchone() == (60,)


def test_the_plan_has_so_many_changes_and_is_the_same_for_the_same_dice() -> None:
    companies = [Company(id=number, token="", slots=[], candidates=list(range(100))) for number in (1, 2)]
    plans = [plan(companies, changes=100, seconds=50, dice=random.Random(7)) for _ in range(2)]
    steps = [[story.steps for story in stories] for stories in plans]
    assert steps[0] == steps[1]
    assert sum(map(len, steps[0])) == 100
    assert {each[0] for each in steps[0]} == {"book"}
    assert {step for each in steps[0] for step in each} == {"book", "confirm", "reschedule", "cancel", "release"}


# --- the checks -------------------------------------------------------------------------------------------


@pytest.fixture
def story() -> Story:
    """Booked, and moved."""
    company = Company(id=1, token="", slots=["s", "t"], candidates=[1])
    story = Story(company=company, candidate=1, begins=0, steps=["book", "reschedule"], dice=random.Random(1))
    story.interview = "i"
    story.events = ["interview.created", "interview.booked", "interview.rescheduled"]
    story.bookings = {"a": ("s", "rescheduled"), "b": ("t", "pending")}
    return story


@pytest.fixture
def found(story: Story) -> Found:
    events = [
        {"id": n, "type": name, "object_id": "i", "company_id": 1, "actor_id": 1, "occurred_at": NOW}
        for n, name in enumerate(story.events, start=1)
    ]
    mail = {"recipient": "zoe@example.org", "interview": "i", "is_early": False}
    due = {**mail, "state": "sent"}
    early = {**mail, "kind": "reminder", "state": "waiting", "is_early": True}
    return Found(
        events=events,
        schedules=[
            {"id": key, "interview": "i", "slot": slot, "status": s} for key, (slot, s) in story.bookings.items()
        ],
        mails=[
            {**due, "id": "m2", "kind": "booked", "key": "2:booked", "event_id": 2, "state": "skipped"},
            {**due, "id": "m3", "kind": "rescheduled", "key": "3:rescheduled", "event_id": 3},
            *(
                {**early, "id": f"r{e}{m}", "key": f"{e}:reminder:{m}", "event_id": e}
                for e in (2, 3)
                for m in (1440, 60)
            ),
        ],
        endpoints=[
            {"id": "w", "company_id": 1, "url": "http://x/p", "events": ["interview.booked"], "created_at": NOW},
            {
                "id": "late",
                "company_id": 1,
                "url": "http://x/q",
                "events": ["*"],
                "created_at": NOW + timedelta(days=1),
            },
            {"id": "other", "company_id": 2, "url": "http://x/r", "events": ["*"], "created_at": NOW},
        ],
        deliveries=[{"id": "msg_d", "endpoint": "w", "event_id": 2, "state": "delivered", "body": "{}"}],
        notifications=[{"user_id": 2, "event_id": 2}, {"user_id": 2, "event_id": 3}],
        users=[{"id": 1, "company_id": 1}, {"id": 2, "company_id": 1}, {"id": 3, "company_id": 2}],
        failed_jobs=[],
    )


@pytest.fixture
def mailed() -> Taken:
    taken = Taken(random.Random(1))
    for _ in range(2):  # a repeat is no fault
        taken.times["<m3@parley.example>"] += 1
        taken.contents["<m3@parley.example>"] = {(("zoe@example.org",), "Moved")}
    return taken


@pytest.fixture
def hooked() -> Taken:
    taken = Taken(random.Random(1))
    taken.times["msg_d"] = 2
    taken.contents["msg_d"] = {("/p", b"{}")}
    return taken


def test_nothing_is_said_where_all_is_well(story: Story, found: Found, mailed: Taken, hooked: Taken) -> None:
    assert differences([story], found, mailed=mailed, hooked=hooked) == []


@pytest.mark.parametrize(
    ("table", "row", "changes", "sentence"),
    [
        ("events", 1, {"type": "interview.confirmed"}, "events of interview i: the answers said"),
        ("schedules", 1, {"status": "cancelled"}, "schedule b: the answers said"),
        ("mails", 1, {"key": "9:rescheduled"}, "The mail 3:rescheduled is there 0 times"),
        ("mails", 1, {"state": "sending"}, "The rescheduled mail m3 is sending."),
        ("mails", 0, {"event_id": 4}, "The booked mail m2 is skipped."),
        ("mails", 2, {"is_early": False}, "The reminder mail r21440 is waiting."),
        ("mails", 0, {"state": "sent"}, "The booked mail m2 counts as sent, and has not come."),
        ("mails", 1, {"recipient": "eve@example.org"}, "The mail m3 has come to somebody else."),
        ("deliveries", 0, {"event_id": 3}, "The delivery 2 to w is there 0 times"),
        ("deliveries", 0, {"state": "waiting"}, "The delivery msg_d is waiting."),
        ("deliveries", 0, {"body": "[]"}, "The delivery msg_d has not come, or not as it is kept."),
        ("notifications", 1, {"event_id": 2}, "The notification 2 to 2 is there 2 times"),
    ],
)
def test_damage_to_rows_is_noticed(
    story: Story,
    found: Found,
    mailed: Taken,
    hooked: Taken,
    table: str,
    row: int,
    changes: dict[str, Any],
    sentence: str,
) -> None:
    getattr(found, table)[row].update(changes)
    said = differences([story], found, mailed=mailed, hooked=hooked)
    assert any(sentence in each for each in said), said


def fail_a_job(found: Found, mailed: Taken, hooked: Taken) -> None:
    found.failed_jobs = [{"task_name": "notifications.send_waiting"}]


def break_an_invariant(found: Found, mailed: Taken, hooked: Taken) -> None:
    found.broken = {"a slot holds more than its capacity": ["s"]}


def send_from_nowhere(found: Found, mailed: Taken, hooked: Taken) -> None:
    mailed.contents["<ghost@parley.example>"] = {(("zoe@example.org",), "Boo")}


def send_it_differently(found: Found, mailed: Taken, hooked: Taken) -> None:
    mailed.contents["<m3@parley.example>"].add((("zoe@example.org",), "Moved again"))


def deliver_from_nowhere(found: Found, mailed: Taken, hooked: Taken) -> None:
    hooked.times["msg_ghost"] += 1


def sign_badly(found: Found, mailed: Taken, hooked: Taken) -> None:
    hooked.faults.append("A delivery is not signed as it should be.")


@pytest.mark.parametrize(
    ("damage", "sentence"),
    [
        (fail_a_job, "The job notifications.send_waiting has failed."),
        (break_an_invariant, "a slot holds more than its capacity: ['s']"),
        (send_from_nowhere, "there is no row for it"),
        (send_it_differently, "The mail m3 has come with different contents."),
        (deliver_from_nowhere, "The delivery msg_ghost has come, and there is no row for it."),
        (sign_badly, "not signed as it should be"),
    ],
)
def test_damage_beside_the_rows_is_noticed(
    story: Story,
    found: Found,
    mailed: Taken,
    hooked: Taken,
    damage: Callable[[Found, Taken, Taken], None],
    sentence: str,
) -> None:
    story = copy.deepcopy(story)
    damage(found, mailed, hooked)
    said = differences([story], found, mailed=mailed, hooked=hooked)
    assert any(sentence in each for each in said), said
