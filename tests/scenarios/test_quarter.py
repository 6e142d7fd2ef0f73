"""The quarter, smaller, on a real server; and that its checks notice what they are for."""

import copy
from collections import Counter
from collections.abc import Callable
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import psycopg
import pytest

from scenarios.books import Booking, Books, Slot
from scenarios.checks import differences
from scenarios.patterns import Pattern, Quarter, expected_starts, public_holidays, quarter_with_clock_change
from scenarios.quarter import main
from scenarios.snapshot import Snapshot

BERLIN = ZoneInfo("Europe/Berlin")
NIGHT = Pattern(kind="general", days=(7,), start=time(0, 30), end=time(4, 30), slot=60, pause=0, places=1, weekly=False)
MORNING = Pattern(
    kind="technical", days=(1, 5), start=time(9), end=time(11, 15), slot=60, pause=15, places=2, weekly=True
)


def test_quarter_ends_with_totals_that_agree(empty_database: str, capsys: pytest.CaptureFixture[str]) -> None:
    status = main(["--interviews", "60", "--clients", "8", "--database", empty_database])
    said = capsys.readouterr().out
    assert (status, said.splitlines()[-1]) == (0, "Totals agree."), said
    assert "13 resumes read" in said
    assert "60 interviews booked by 8 clients at once" in said
    with psycopg.connect(empty_database) as connection:
        found = connection.execute("SELECT count(*) FROM interviews_interview").fetchone()
    assert found == (60,)


def test_a_server_of_others_needs_an_administrator() -> None:
    with pytest.raises(SystemExit):
        main(["--url", "http://127.0.0.1:1"])


# --- when slots should be ------------------------------------------------------------------------------


def test_starts_keep_their_local_time_and_leave_holidays_out() -> None:
    quarter = Quarter(first=date(2027, 3, 22), last=date(2027, 4, 5))
    left_out = public_holidays("DE", quarter)
    starts = expected_starts(MORNING, quarter, BERLIN, left_out)
    assert sorted(starts) == [
        datetime(2027, 3, 22, 8, tzinfo=UTC),
        datetime(2027, 3, 22, 9, 15, tzinfo=UTC),
        # Good Friday and Easter Monday are missing; the clocks have changed in between.
        datetime(2027, 4, 2, 7, tzinfo=UTC),
        datetime(2027, 4, 2, 8, 15, tzinfo=UTC),
        datetime(2027, 4, 5, 7, tzinfo=UTC),
        datetime(2027, 4, 5, 8, 15, tzinfo=UTC),
    ]


@pytest.mark.parametrize(
    ("sunday", "utc_hours"),
    [(date(2027, 3, 28), [-1, 0, 1]), (date(2027, 10, 31), [-2, -1, 0, 2])],  # 02:30 is skipped; comes twice
)
def test_starts_around_a_clock_change(sunday: date, utc_hours: list[int]) -> None:
    starts = expected_starts(NIGHT, Quarter(first=sunday, last=sunday), BERLIN, set())
    midnight = datetime.combine(sunday, time(0, 30), tzinfo=UTC)
    assert sorted(starts) == [midnight + timedelta(hours=hours) for hours in utc_hours]


@pytest.mark.parametrize("today", [date(2026, 11, 23), date(2027, 2, 9), date(2027, 3, 28), date(2027, 10, 30)])
def test_quarter_lies_ahead_and_has_a_clock_change_inside(today: date) -> None:
    quarter = quarter_with_clock_change(today, BERLIN, days=92)
    noons = [datetime.combine(day, time(12), tzinfo=BERLIN) for day in quarter.days()]
    assert quarter.first > today
    assert len(noons) == 92
    assert len({noon.utcoffset() for noon in noons[20:-20]}) == 2


# --- the checks -------------------------------------------------------------------------------------------


@pytest.fixture
def books() -> Books:
    """Friday's two slots: one booking, by candidate 7."""
    books = Books(
        id=1,
        name="Northwind",
        zone=BERLIN,
        holidays="DE",
        quarter=Quarter(first=date(2027, 4, 1), last=date(2027, 4, 4)),
        patterns=(MORNING,),
    )
    for start in sorted(expected_starts(MORNING, books.quarter, BERLIN, set())):
        slot = Slot(
            id=start.isoformat(),
            kind="technical",
            start=start,
            end=start + timedelta(hours=1),
            places=2,
            status="available",
            count=0,
        )
        books.slots[slot.id] = slot
    first = min(books.slots)
    books.booked({"id": "b", "interview": "i", "slot": first, "status": "pending"})
    return books


@pytest.fixture
def found(books: Books) -> Snapshot:
    slot = books.slots[min(books.slots)]
    return Snapshot(
        slots=copy.deepcopy(books.slots),
        bookings=copy.deepcopy(books.bookings),
        conflicts={},
        candidates={"b": 7},
        times={"b": (slot.start, slot.end)},
        events=Counter({"interview.booked": 1}),
    )


def test_nothing_is_said_where_all_is_well(books: Books, found: Snapshot) -> None:
    assert differences(books, found) == []


def first_slot(found: Snapshot) -> Slot:
    return found.slots[min(found.slots)]


def lose_count(found: Snapshot) -> None:
    first_slot(found).count = 0


def wrong_status(found: Snapshot) -> None:
    first_slot(found).status = "booked"


def vanish(found: Snapshot) -> None:
    del found.slots[max(found.slots)]


def drift(found: Snapshot) -> None:
    for slot in found.slots.values():
        slot.start += timedelta(hours=1)


def shorten(found: Snapshot) -> None:
    first_slot(found).end -= timedelta(minutes=5)


def overlap(found: Snapshot) -> None:
    first_slot(found).end += timedelta(minutes=30)


def cancel_behind_the_back(found: Snapshot) -> None:
    found.bookings["b"].status = "cancelled"


def book_twice(found: Snapshot) -> None:
    found.bookings["c"] = Booking(id="c", interview="j", slot=min(found.slots), status="pending")
    found.candidates["c"], found.times["c"] = 7, found.times["b"]


def open_conflict(found: Snapshot) -> None:
    found.conflicts["x"] = "pending"


def lose_event(found: Snapshot) -> None:
    found.events = Counter()


@pytest.mark.parametrize(
    ("damage", "sentence"),
    [
        (lose_count, "has 1 live schedules"),
        (wrong_status, "has the wrong status"),
        (vanish, "technical is missing at 2027-04-02 10:15"),
        (drift, "technical is not expected at 2027-04-02 11:15"),
        (shorten, "does not last 60 minutes"),
        (overlap, "slots overlap: technical"),
        (cancel_behind_the_back, "schedules: the answers said"),
        (book_twice, "candidate 7 is booked twice"),
        (open_conflict, "conflicts: the answers said None, the database says pending"),
        (lose_event, "events: the answers said 1, the database says"),
    ],
)
def test_damage_is_noticed(books: Books, found: Snapshot, damage: Callable[[Snapshot], None], sentence: str) -> None:
    damage(found)
    assert any(sentence in each for each in differences(books, found)), differences(books, found)
