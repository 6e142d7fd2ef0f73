"""The table at the end."""

from collections import Counter
from collections.abc import Sequence

from scenarios.books import LIVE, Books


def table(companies: Sequence[Books]) -> str:
    """A row a company, computed from the answers alone."""
    rows = [row(books) for books in companies]
    total = {name: sum(int(each[name]) for each in rows) for name in rows[0] if name != "company"}
    rows.append({"company": "together", **total})
    widths = {name: max(len(name), *(len(str(each[name])) for each in rows)) for name in rows[0]}
    lines = [" ".join(_cell(name, name, widths[name]) for name in rows[0])]
    lines += [" ".join(_cell(name, value, widths[name]) for name, value in each.items()) for each in rows]
    lines.insert(1, "-" * len(lines[0]))
    lines.insert(-1, lines[1])
    return "\n".join(lines)


def row(books: Books) -> dict[str, str | int]:
    """One company's figures."""
    open_slots = books.open_slots()
    places = sum(slot.places for slot in open_slots)
    booked = sum(slot.count for slot in open_slots)
    states = Counter(booking.status for booking in books.bookings.values())
    return {
        "company": books.name,
        "slots": len(books.slots),
        "open": len(open_slots),
        "places": places,
        "free": places - booked,
        "booked": booked,
        "bookings": len(books.bookings),
        "live": sum(states[status] for status in LIVE),
        "cancelled": states["cancelled"],
        "rescheduled": states["rescheduled"],
        "conflicts": len(books.conflicts),
        "events": books.events.total(),
        "refused": books.refusals.total(),
        "repeated": books.repeats,
    }


def _cell(name: str, value: object, width: int) -> str:
    return str(value).ljust(width) if name == "company" else str(value).rjust(width)
