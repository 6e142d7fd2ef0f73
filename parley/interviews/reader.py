"""From an event to the search for places. Runs inside the transaction that moves the cursor."""

from collections.abc import Sequence
from datetime import datetime

from parley.core.models import Event
from parley.core.outbox import Reader
from parley.interviews.jobs import ask_to_fill
from parley.interviews.models import WaitlistEntry
from parley.interviews.rules.states import WaitingStatus

LOOKS_FOR_A_PLACE = {"conflict.opened", "interview.proposal_withdrawn", "waitlist.joined"}
MAY_FREE_A_PLACE = {
    "interview.cancelled",
    "interview.released",
    "interview.rescheduled",
    "interview.proposal_declined",
    "interview.proposal_expired",
    "interview.proposal_withdrawn",
    "slot.created",
    "slot.updated",
    "waitlist.left",
    "waitlist.offer_declined",
    "waitlist.offer_expired",
    "waitlist.offer_withdrawn",
}


def look_for_places(events: Sequence[Event], now: datetime) -> None:
    """Ask for places to be found, where somebody has lost one, or one has become free and somebody waits."""
    seeking = {event.company_id for event in events if event.type in LOOKS_FOR_A_PLACE and event.company_id}
    freed = {event.company_id for event in events if event.type in MAY_FREE_A_PLACE and event.company_id}
    if freed - seeking:
        waiting = WaitlistEntry.objects.filter(company_id__in=freed - seeking, status=WaitingStatus.WAITING)
        seeking |= set(waiting.values_list("company_id", flat=True).order_by("company_id").distinct())
    ask_to_fill(sorted(company_id for company_id in seeking if company_id))


READER = Reader("seating", look_for_places)
