"""A day that falls out: its slots go, with their bookings, and somebody settles the conflicts."""

from collections import Counter
from datetime import date

from scenarios.books import Booking, Books
from scenarios.http import Api, StoryError

RESOLUTIONS = ("rescheduled", "cancelled", "rescheduled", "resolved")


def lose_a_day(api: Api, books: Books) -> tuple[date, int]:
    """Delete all slots of the busiest local day, cancelling what is booked; the day and its conflicts."""
    day = _busiest_day(books)
    stranded: dict[str, Booking] = {}
    for slot in [slot for slot in books.open_slots() if slot.start.astimezone(books.zone).date() == day]:
        for booking in [booking for booking in books.live() if booking.slot == slot.id]:
            books.ended(booking, "interview.unseated")
            stranded[booking.interview] = booking
        api.delete(f"/api/interviews/slots/{slot.id}/", cascade="cancel")
        listed = api.every("/api/interviews/slots/", start_after=slot.start.isoformat(), ai_interview_type=slot.kind)
        books.taken_away(slot, remains=slot.id in {row["id"] for row in listed})
    _open_conflicts(api, books, stranded)
    return day, len(stranded)


def settle(api: Api, books: Books) -> Counter[str]:
    """Resolve every open conflict, in turn in each of the ways; how many in which."""
    settled: Counter[str] = Counter()
    waiting = api.every("/api/interviews/conflicts/", resolution="pending")
    for number, conflict in enumerate(waiting):
        resolution = RESOLUTIONS[number % len(RESOLUTIONS)]
        path = f"/api/interviews/conflicts/{conflict['id']}/resolve_conflict/"
        answer = api.post(path, {"resolution": resolution}, expect=(200, 409))
        if answer.status_code == 409:  # none of the proposals is free any more
            books.refused(answer.json()["code"])
            resolution = "cancelled"
            api.post(path, {"resolution": resolution}, expect=(200,))
        _follow(api, books, conflict["primary_interview"], resolution)
        books.conflicts[conflict["id"]] = resolution
        books.happened("conflict.resolved")
        settled[resolution] += 1
    return settled


def _open_conflicts(api: Api, books: Books, stranded: dict[str, Booking]) -> None:
    opened = api.every("/api/interviews/conflicts/", resolution="pending")
    books.conflicts |= {row["id"]: row["resolution"] for row in opened}
    books.happened("conflict.opened", len(opened))
    if sorted(row["primary_interview"] for row in opened) != sorted(stranded):
        raise StoryError(f"{len(stranded)} bookings lost their slot, {len(opened)} conflicts are open")


def _follow(api: Api, books: Books, interview: str, resolution: str) -> None:
    """What the resolution has done: a new booking, a cancelled interview, or nothing."""
    shown = api.get(f"/api/interviews/{interview}/").json()
    if (shown["schedule"] is not None) != (resolution == "rescheduled"):
        raise StoryError(f"the conflict was {resolution}, but the interview has the schedule {shown['schedule']}")
    if resolution == "rescheduled":
        books.booked(api.get(f"/api/interviews/schedules/{shown['schedule']}/").json())
    elif resolution == "cancelled":
        books.happened("interview.cancelled")


def _busiest_day(books: Books) -> date:
    days = Counter(books.slots[booking.slot].start.astimezone(books.zone).date() for booking in books.live())
    return min(day for day, times in days.items() if times == max(days.values()))
