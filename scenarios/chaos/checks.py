"""What must hold in the end: what the answers said has happened once, and each event was told once, in effect."""

from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

import psycopg
from psycopg.rows import dict_row

from parley.notifications import inbox_rules
from parley.notifications import rules as mails
from parley.webhooks.rules.catalogue import TYPES, is_chosen
from scenarios.chaos.changes import Story
from scenarios.chaos.receivers import Taken
from tests.invariants import NOTHING_MAY_BE_FOUND

Row = dict[str, Any]
_SAID = ("created", "booked", "confirmed", "rescheduled", "cancelled", "released")
_QUERIES = {
    "events": "SELECT id, type, object_id, company_id, actor_id, occurred_at FROM core_event ORDER BY id",
    "schedules": """
        SELECT id::text, interview_id::text AS interview, slot_id::text AS slot, status
          FROM interviews_interviewschedule""",
    "mails": """
        SELECT id::text, key, kind, event_id, state, recipient, interview_id::text AS interview,
               due_at > now() AS is_early
          FROM notifications_message""",
    "endpoints": "SELECT id::text, company_id, url, events, created_at FROM webhooks_webhookendpoint",
    "deliveries": """
        SELECT 'msg_' || replace(id::text, '-', '') AS id, endpoint_id::text AS endpoint, event_id, state, body
          FROM webhooks_webhookdelivery""",
    "notifications": "SELECT user_id, event_id FROM notifications_notification",
    "users": "SELECT id, company_id FROM organizations_user WHERE is_active",
    "failed_jobs": "SELECT task_name FROM procrastinate_jobs WHERE status NOT IN ('todo', 'doing', 'succeeded')",
}


@dataclass(kw_only=True)
class Found:
    """What the database holds in the end."""

    events: Sequence[Row]
    schedules: Sequence[Row]
    mails: Sequence[Row]
    endpoints: Sequence[Row]
    deliveries: Sequence[Row]
    notifications: Sequence[Row]
    users: Sequence[Row]
    failed_jobs: Sequence[Row]
    broken: dict[str, list[Any]] = field(default_factory=dict)


def look(url: str) -> Found:
    """By SQL."""
    with psycopg.connect(url, row_factory=dict_row) as connection:
        rows: Any = {name: connection.execute(query.encode()).fetchall() for name, query in _QUERIES.items()}
        broken = {text: connection.execute(query.encode()).fetchall() for text, query in NOTHING_MAY_BE_FOUND.items()}
    return Found(**rows, broken={text: ids for text, ids in broken.items() if ids})


def differences(stories: Collection[Story], found: Found, *, mailed: Taken, hooked: Taken) -> list[str]:
    """Sentences about what is not as it should be; none where all is well."""
    return [
        *(f"{text}: {ids}" for text, ids in found.broken.items()),
        *(f"The job {row['task_name']} has failed." for row in found.failed_jobs),
        *_changes(stories, found),
        *_mails(found, mailed),
        *_deliveries(found, hooked),
        *_notifications(found),
    ]


def _changes(stories: Collection[Story], found: Found) -> Iterator[str]:
    """Every acknowledged change is there once, and nothing else."""
    events: dict[str, list[str]] = defaultdict(list)
    for row in found.events:
        kind, _, what = row["type"].partition(".")
        if kind == "interview" and what in _SAID:
            events[row["object_id"]].append(row["type"])
    yield from _unlike("events of interview", {story.interview: story.events for story in stories}, dict(events))
    told = {key: (story.interview, *each) for story in stories for key, each in story.bookings.items()}
    there = {row["id"]: (row["interview"], row["slot"], row["status"]) for row in found.schedules}
    yield from _unlike("schedule", told, there)


def _mails(found: Found, taken: Taken) -> Iterator[str]:
    yield from taken.faults
    yield from _once("mail", (row["key"] for row in found.mails), _expected_mails(found.events))
    by_id = {f"<{row['id']}@": row for row in found.mails}
    arrived = {key.partition("@")[0] + "@": contents for key, contents in taken.contents.items()}
    yield from (
        f"The mail {key} has come, and there is no row for it." for key in sorted(arrived.keys() - by_id.keys())
    )
    for key, row in by_id.items():
        if row["state"] == "sent" and key not in arrived:
            yield f"The {row['kind']} mail {row['id']} counts as sent, and has not come."
        if row["state"] != "sent" and not _may_rest(row, found.mails):
            yield f"The {row['kind']} mail {row['id']} is {row['state']}."
        if len(arrived.get(key, ())) > 1:
            yield f"The mail {row['id']} has come with different contents."
        if any(recipients != (row["recipient"],) for recipients, _ in arrived.get(key, ())):
            yield f"The mail {row['id']} has come to somebody else."


def _expected_mails(events: Iterable[Row]) -> Iterator[str]:
    """The key of each mail and reminder that the events ask for."""
    for event in events:
        if event["type"] not in mails.OF_EVENT:
            continue
        kind = mails.OF_EVENT[event["type"]]
        yield f"{event['id']}:{kind.value}"
        if kind in mails.HOLDS_A_PLACE:
            yield from (f"{event['id']}:reminder:{minutes}" for minutes in mails.DEFAULT_REMINDERS)


def _may_rest(row: Row, rows: Iterable[Row]) -> bool:
    """Whether it is right that a mail was not sent: its time has not come, or a later one tells what is true."""
    if row["kind"] == mails.Kind.REMINDER:
        return bool(row["state"] == "waiting" and row["is_early"])
    if row["state"] != "skipped" or row["kind"] not in (*mails.HOLDS_A_PLACE, mails.Kind.UNSEATED):
        return False
    return any(
        later["interview"] == row["interview"]
        and later["event_id"] > row["event_id"]
        and later["kind"] not in mails.CHANGES_NOTHING
        and later["state"] in ("sent", "skipped")
        for later in rows
    )


def _deliveries(found: Found, taken: Taken) -> Iterator[str]:
    yield from taken.faults
    expected = (
        f"{event['id']} to {endpoint['id']}"
        for event in found.events
        for endpoint in found.endpoints
        if event["type"] in TYPES
        and event["company_id"] == endpoint["company_id"]
        and event["occurred_at"] >= endpoint["created_at"]
        and is_chosen(endpoint["events"], event["type"])
    )
    yield from _once("delivery", (f"{row['event_id']} to {row['endpoint']}" for row in found.deliveries), expected)
    paths = {row["id"]: "/" + row["url"].rpartition("/")[2] for row in found.endpoints}
    rows = {row["id"]: row for row in found.deliveries}
    for key in sorted(taken.times.keys() - rows.keys()):
        yield f"The delivery {key} has come, and there is no row for it."
    for key, row in rows.items():
        if row["state"] != "delivered":
            yield f"The delivery {key} is {row['state']}."
        if taken.contents.get(key) != {(paths[row["endpoint"]], row["body"].encode())}:
            yield f"The delivery {key} has not come, or not as it is kept."


def _notifications(found: Found) -> Iterator[str]:
    """What colleagues find in the product: everybody but the one who did it, once."""
    expected = (
        f"{event['id']} to {user['id']}"
        for event in found.events
        if event["type"] in inbox_rules.OF_EVENT and inbox_rules.USUAL[inbox_rules.OF_EVENT[event["type"]].value]
        for user in found.users
        if user["company_id"] == event["company_id"] and user["id"] != event["actor_id"]
    )
    rows = (f"{row['event_id']} to {row['user_id']}" for row in found.notifications)
    yield from _once("notification", rows, expected)


def _once(what: str, rows: Iterable[str], expected: Iterable[str]) -> Iterator[str]:
    there, wanted = Counter(rows), Counter(expected)
    for key in sorted(there.keys() | wanted.keys()):
        if there[key] != wanted[key]:
            yield f"The {what} {key} is there {there[key]} times, and should be {wanted[key]} times."


def _unlike(what: str, told: dict[str, Any], there: dict[str, Any]) -> Iterator[str]:
    for key in sorted(told.keys() | there.keys()):
        if told.get(key) != there.get(key):
            yield f"{what} {key}: the answers said {told.get(key)}, the database says {there.get(key)}"
