"""The calendar entry of an interview (RFC 5545): as an invitation or its end (RFC 5546), or one of many in a feed."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

import icalendar

_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f]")


@dataclass(frozen=True, kw_only=True)
class Shown:
    """What every entry says, times in UTC.

    The same ``interview_id`` is the same entry, and the higher ``sequence`` the newer one. ``stamp`` is when it was
    made or, in a feed, last changed.
    """

    interview_id: UUID
    sequence: int
    start: datetime
    end: datetime
    summary: str
    description: str
    stamp: datetime


@dataclass(frozen=True, kw_only=True)
class Entry(Shown):
    """An entry for the candidate."""

    url: str
    organizer_name: str
    organizer_email: str
    attendee_name: str
    attendee_email: str


@dataclass(frozen=True, kw_only=True)
class FeedEntry(Shown):
    """An entry for whoever follows the company's interviews."""

    is_confirmed: bool


def invitation(entry: Entry) -> bytes:
    """``METHOD:REQUEST``: makes the entry, or moves it."""
    return _calendar(entry, method="REQUEST", status="CONFIRMED")


def cancellation(entry: Entry) -> bytes:
    """``METHOD:CANCEL``: takes the entry away."""
    return _calendar(entry, method="CANCEL", status="CANCELLED")


def feed(entries: Iterable[FeedEntry], *, name: str, every: timedelta) -> bytes:
    """A calendar to look at again and again, ``every`` so often: the same bytes as long as nothing has changed.

    It has no ``METHOD``: that would be a message of an organizer (RFC 5546, 3.2.1), and ``DTSTAMP`` would be the moment
    of the answer.
    """
    calendar = _empty()
    calendar.add("name", icalendar.vText(line(name)))  # RFC 7986, 5.1
    calendar.add("x-wr-calname", icalendar.vText(line(name)))  # what calendars read instead
    calendar.add("refresh-interval", every, parameters={"VALUE": "DURATION"})
    calendar.add("x-published-ttl", icalendar.vDuration(every))
    for entry in entries:
        event = _event(entry, status="CONFIRMED" if entry.is_confirmed else "TENTATIVE")
        event.add("last-modified", entry.stamp)
        event.add("transp", "TRANSPARENT")  # the AI holds the interview: nobody who looks on is busy
        calendar.add_component(event)
    return bytes(calendar.to_ical())


def line(text: str) -> str:
    """The text as one line without control characters, which iCalendar cannot hold."""
    return " ".join(_CONTROL.sub(" ", text).split())


def _empty() -> icalendar.Calendar:
    calendar = icalendar.Calendar()
    calendar.add("prodid", "-//Parley//Parley//EN")
    calendar.add("version", "2.0")
    return calendar


def _event(shown: Shown, *, status: str) -> icalendar.Event:
    event = icalendar.Event()
    event.add("uid", f"{shown.interview_id}@parley")
    event.add("sequence", shown.sequence)
    event.add("dtstamp", shown.stamp)
    event.add("dtstart", shown.start)
    event.add("dtend", shown.end)
    event.add("summary", shown.summary)
    event.add("description", shown.description)
    event.add("status", status)
    return event


def _calendar(entry: Entry, *, method: str, status: str) -> bytes:
    calendar = _empty()
    calendar.add("method", method)
    event = _event(entry, status=status)
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
