"""Which mails follow from which event, and when a reminder is idle."""

from datetime import UTC, datetime, timedelta

import pytest

from parley.core.errors import Invalid
from parley.notifications.rules import ATTEMPTS, PAUSES, Kind, is_reminder_idle, next_attempt, planned
from parley.notifications.texts import DEFAULTS, NAMES, fill, refuse_bad_texts

NOW = datetime(2027, 3, 1, 8, tzinfo=UTC)
HOUR = timedelta(hours=1)


def reminders(start: datetime, *minutes: int) -> list[tuple[str, datetime]]:
    found = planned(7, Kind.BOOKED, start=start, reminders=minutes, now=NOW)
    assert (found[0].kind, found[0].key, found[0].due_at) == (Kind.BOOKED, "7:booked", NOW)
    return [(mail.key, mail.due_at) for mail in found[1:]]


def test_a_booking_is_told_at_once_and_reminded_of_in_time() -> None:
    start = NOW + 48 * HOUR
    assert reminders(start, 60, 1440, 60) == [("7:reminder:1440", NOW + 24 * HOUR), ("7:reminder:60", NOW + 47 * HOUR)]


def test_a_reminder_whose_moment_has_passed_is_left_out() -> None:
    assert reminders(NOW + 24 * HOUR, 1440, 60) == [("7:reminder:60", NOW + 23 * HOUR)]
    assert reminders(NOW + HOUR / 2, 1440, 60) == []
    assert reminders(NOW + 48 * HOUR) == []


@pytest.mark.parametrize("kind", [Kind.CANCELLED, Kind.UNSEATED, Kind.INVITATION])
def test_what_gives_no_place_is_not_reminded_of(kind: Kind) -> None:
    assert [mail.kind for mail in planned(7, kind, start=NOW + 48 * HOUR, reminders=[60], now=NOW)] == [kind]


@pytest.mark.parametrize(
    ("is_live", "moved", "late", "idle"),
    [(True, 0, -1, False), (False, 0, -1, True), (True, 24, -1, True), (True, 0, 1, True), (True, 0, 0, True)],
)
def test_a_reminder_of_what_ended_moved_or_began_is_idle(is_live: bool, moved: int, late: int, idle: bool) -> None:
    planned_for = NOW + 24 * HOUR
    start = planned_for + moved * HOUR
    assert idle == is_reminder_idle(
        is_live=is_live,
        start=start,
        due_at=planned_for - 2 * HOUR,
        planned_for=planned_for,
        now=planned_for + late * HOUR,
    )


def test_a_reminder_that_comes_too_early_is_idle() -> None:
    at = NOW + 24 * HOUR
    assert is_reminder_idle(is_live=True, start=at, due_at=at - HOUR, planned_for=at, now=at - 2 * HOUR)


def test_only_names_in_braces_have_a_meaning() -> None:
    values = {"candidate_name": "{link}", "link": "https://example.org"}
    text = "{candidate_name} {link} {other} {0} {candidate_name.__class__} {} %s {{link}}"
    filled = "{link} https://example.org {other} {0} {candidate_name.__class__} {} %s {https://example.org}"
    assert fill(text, values) == filled


def test_the_usual_texts_can_be_sent() -> None:
    refuse_bad_texts({kind.value: {"subject": subject, "body": body} for kind, (subject, body) in DEFAULTS.items()})
    assert set(DEFAULTS) == set(Kind)
    assert len(NAMES) == len(set(NAMES))


@pytest.mark.parametrize(
    "parts",
    [
        {"subject": "{nobody}", "body": "x"},
        {"subject": "", "body": "x"},
        {"subject": "x", "body": "  "},
        {"subject": "a\nBcc: all@example.org", "body": "x"},
        {"subject": "x" * 201, "body": "x"},
        {"subject": "x", "body": "x" * 10_001},
    ],
)
def test_texts_that_cannot_be_sent_are_refused_by_kind(parts: dict[str, str]) -> None:
    with pytest.raises(Invalid) as refusal:
        refuse_bad_texts({"booked": parts})
    assert list(refusal.value.errors) == ["texts.booked"]


@pytest.mark.parametrize("kind", ["invitation", "unseated", "proposed", "offered", "offer_gone", "wait_over"])
def test_a_mail_that_asks_for_something_has_the_link(kind: str) -> None:
    with pytest.raises(Invalid) as refusal:
        refuse_bad_texts({kind: {"subject": "{link}", "body": "Choose a time."}})
    assert (list(refusal.value.errors), refusal.value.code) == ([f"texts.{kind}"], "no_link")
    refuse_bad_texts({kind: {"subject": "x", "body": "Choose a time: {link}"}})


def test_pauses_grow_and_end() -> None:
    moments = [next_attempt(attempts, now=NOW) for attempts in range(1, ATTEMPTS + 1)]
    assert moments == [*(NOW + pause for pause in PAUSES), None]
    assert list(PAUSES) == sorted(PAUSES)
    assert timedelta(hours=6) < sum(PAUSES, timedelta()) < timedelta(hours=7)
