"""The calendar entry of an interview (RFC 5545), as an invitation or its end (RFC 5546)."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

import icalendar


@dataclass(frozen=True, kw_only=True)
class Entry:
    """What the entry says. The same ``interview_id`` is the same entry, and the higher ``sequence`` the newer one."""

    interview_id: UUID
    sequence: int
    start: datetime
    end: datetime
    summary: str
    description: str
    url: str
    organizer_name: str
    organizer_email: str
    attendee_name: str
    attendee_email: str
    stamp: datetime


def invitation(entry: Entry) -> bytes:
    """``METHOD:REQUEST``: makes the entry, or moves it."""
    return _calendar(entry, method="REQUEST", status="CONFIRMED")


def cancellation(entry: Entry) -> bytes:
    """``METHOD:CANCEL``: takes the entry away."""
    return _calendar(entry, method="CANCEL", status="CANCELLED")


def _calendar(entry: Entry, *, method: str, status: str) -> bytes:
    calendar = icalendar.Calendar()
    calendar.add("prodid", "-//Parley//Parley//EN")
    calendar.add("version", "2.0")
    calendar.add("method", method)
    event = icalendar.Event()
    event.add("uid", f"{entry.interview_id}@parley")
    event.add("sequence", entry.sequence)
    event.add("dtstamp", entry.stamp)
    event.add("dtstart", entry.start)
    event.add("dtend", entry.end)
    event.add("summary", entry.summary)
    event.add("description", entry.description)
    event.add("status", status)
    event.add("transp", "OPAQUE")
    if entry.url:
        event.add("url", entry.url)
        event.add("location", entry.url)
    event.add("organizer", _person(entry.organizer_name, entry.organizer_email))
    attendee = _person(entry.attendee_name, entry.attendee_email)
    attendee.params["ROLE"] = icalendar.vText("REQ-PARTICIPANT")
    attendee.params["PARTSTAT"] = icalendar.vText("NEEDS-ACTION" if method == "REQUEST" else "DECLINED")
    attendee.params["RSVP"] = icalendar.vText("FALSE")
    event.add("attendee", attendee, encode=False)
    calendar.add_component(event)
    return bytes(calendar.to_ical())


def _person(name: str, email: str) -> icalendar.vCalAddress:
    person = icalendar.vCalAddress(f"mailto:{email}")
    person.params["CN"] = icalendar.vText(" ".join(name.replace('"', "'").split()))
    return person
