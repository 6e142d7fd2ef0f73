"""What the candidate's page tells of one time: the booking, one that is proposed, picked, or was given up."""

from datetime import UTC, datetime
from typing import Any
from urllib.parse import urlencode
from uuid import UUID
from zoneinfo import ZoneInfo

from django.conf import settings
from django.urls import reverse
from django.utils.translation import gettext as _

from parley.interviews import queries
from parley.interviews.offers import given_up, offered
from parley.interviews.operations.links import is_cancelled_by_company
from parley.interviews.rules.hours import CandidateHours
from parley.web.clocks import Clock
from parley.web.offering import Time, times_of
from parley.web.visits import Visit

DONE = ("booked", "moved", "cancelled")


def told(visit: Visit) -> dict[str, Any]:
    """What was done, is proposed and was said: all that does not depend on the times that are free."""
    done, clock = visit.request.GET.get("done", ""), visit.clock
    proposal = queries.live_hold(visit.link.interview_id)
    waiting = queries.live_waiting(visit.link.interview_id)
    hours = CandidateHours.of(visit.link.interview.candidate_hours)
    return {
        "done": done if done in DONE and (done == "cancelled") == (visit.seeker.held is None) else "",
        "undo": _undo(visit) if done in ("moved", "cancelled") else None,
        "is_cancelled_by_company": is_cancelled_by_company(visit.link.interview),
        "proposal": proposal,
        "proposed": clock.span(proposal.start_time, proposal.end_time) if proposal else None,
        "proposed_until": clock.moment(proposal.expires_at) if proposal else "",
        "waiting": waiting,
        "waiting_after": clock.moment(waiting.start_after) if waiting else "",
        "waiting_before": clock.moment(waiting.start_before) if waiting else "",
        "hours": hours,
        "hours_place": Clock(ZoneInfo(hours.timezone), clock.company, clock.locale).place if hours else "",
    }


def booking(visit: Visit) -> dict[str, Any]:
    """The booking that holds, where one does."""
    held = visit.seeker.held
    if held is None:
        return {}
    opens, closes = visit.seeker.policy.join_window(held.start_time)
    return {
        "held_span": visit.clock.span(held.start_time, held.end_time),
        "can_change": visit.can_change,
        "change_until": visit.clock.moment(visit.seeker.policy.can_change_until(held.start_time)),
        "join_from": visit.clock.time(opens),
        "is_room_open": opens <= visit.now <= closes,
        "calendars": _calendars(visit, held.start_time, held.end_time),
    }


def picked(visit: Visit, slot_id: UUID) -> dict[str, Any] | None:
    """The time that was picked, as the page asks to confirm it; None where it cannot be taken any more."""
    slot = offered(visit.seeker, now=visit.now).filter(pk=slot_id).first()
    if slot is None:
        return None
    until = visit.seeker.policy.can_change_until(slot.start_time)
    opens, _closes = visit.seeker.policy.join_window(slot.start_time)
    return {
        "slot_id": slot.pk,
        "day": visit.clock.local_day(slot.start_time).isoformat(),
        "span": visit.clock.span(slot.start_time, slot.end_time),
        "join_from": visit.clock.time(opens),
        "change_until": visit.clock.moment(until) if until > visit.now else "",
    }


def _undo(visit: Visit) -> Time | None:
    """The time that was given up just now, where it can still be had."""
    left = given_up(visit.link.interview_id)
    slot = offered(visit.seeker, now=visit.now).filter(pk=left.slot_id).first() if left and visit.may_choose() else None
    return times_of([slot], visit.clock)[0] if slot else None


def _calendars(visit: Visit, start: datetime, end: datetime) -> list[tuple[str, str]]:
    """Names and addresses of calendars on the web that take the booking as an entry."""
    company = visit.link.interview.company
    title = _("Interview with %(company)s") % {"company": company.public_name if company else "Parley"}
    room = f"{settings.PARLEY_BASE_URL}{reverse('interview', args=[visit.token])}"
    dates = "/".join(f"{each.astimezone(ZoneInfo('UTC')):%Y%m%dT%H%M%SZ}" for each in (start, end))
    google = {"action": "TEMPLATE", "text": title, "dates": dates, "location": room}
    ends = {"startdt": start.astimezone(UTC), "enddt": end.astimezone(UTC)}
    outlook = {"path": "/calendar/action/compose", "rru": "addevent", "subject": title, "location": room}
    outlook |= {name: f"{each:%Y-%m-%dT%H:%M:%SZ}" for name, each in ends.items()}
    return [
        ("Google", f"https://calendar.google.com/calendar/render?{urlencode(google)}"),
        ("Outlook", f"https://outlook.live.com/calendar/0/deeplink/compose?{urlencode(outlook)}"),
        ("Microsoft 365", f"https://outlook.office.com/calendar/0/deeplink/compose?{urlencode(outlook)}"),
    ]
