"""``/api/public/interviews/{link}/``: the candidate's side. The link is the key; there is no account."""

from datetime import timedelta
from typing import Any

from django.conf import settings
from django.http import HttpResponse
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema
from rest_framework.exceptions import Throttled
from rest_framework.permissions import AllowAny
from rest_framework.request import Request
from rest_framework.response import Response

from parley.api.resource import Endpoint
from parley.api.resources.slots import refuse_bad_days
from parley.api.serializers.public import (
    GiveUpIn,
    OfferedIn,
    OfferedSlotOut,
    PublicInterviewOut,
    PublicScheduleOut,
    TakeSlotIn,
    offered_slot_out,
    public_interview_out,
    public_schedule_out,
)
from parley.api.serializers.seating import (
    HoursIn,
    HoursOut,
    PublicWaitIn,
    PublicWaitingOut,
    hours_of,
    public_waiting_out,
)
from parley.api.zones import UTC_ZONE
from parley.core.addresses import client_address
from parley.core.errors import NotFound
from parley.core.throttling import count_guess
from parley.core.timezones import local_days, today_in, zone_named
from parley.interviews import queries
from parley.interviews.links import open_link
from parley.interviews.offers import Seeker, offered_slots
from parley.interviews.operations.links import (
    accept_by_link,
    book_by_link,
    cancel_by_link,
    decline_by_link,
    reschedule_by_link,
    state_hours_by_link,
    stop_waiting_by_link,
    wait_by_link,
)
from parley.notifications.rendering import booking_calendar

MOST_SLOTS = 1000
OFFERED_DAYS = 30


class LinkEndpoint(Endpoint):
    """An endpoint whose address holds the key."""

    authentication_classes = ()
    permission_classes = (AllowAny,)

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        """Whoever tries links that lead nowhere is told to wait after some; counted before a transaction is open."""
        super().initial(request, *args, **kwargs)
        try:
            open_link(kwargs["link"], now=self.now)
        except NotFound:
            if (wait := count_guess(client_address(request), now=self.now)) is not None:
                raise Throttled(wait=wait) from None
            raise


class PublicInterview(LinkEndpoint):
    """The interview."""

    @extend_schema(responses=PublicInterviewOut, auth=[])
    def get(self, request: Request, link: str) -> Response:
        """What the link is for: the interview, and the booking where there is one."""
        opened, _ = open_link(link, now=self.now)
        held = queries.live_schedule(opened.interview_id)
        policy = queries.policy_of(opened.interview.company_id)
        proposal, waiting = queries.live_hold(opened.interview_id), queries.live_waiting(opened.interview_id)
        return Response(public_interview_out(opened, held, policy, proposal=proposal, waiting=waiting))


class PublicSlots(LinkEndpoint):
    """Times to choose from."""

    @extend_schema(parameters=[OfferedIn], responses=OfferedSlotOut(many=True), auth=[])
    def get(self, request: Request, link: str) -> Response:
        """The times that this interview may take, by local days of `timezone` or of the company; at most 1,000."""
        opened, _ = open_link(link, now=self.now)
        values = self.query(OfferedIn)
        company = opened.interview.company
        zone = zone_named(values["timezone"]) if "timezone" in values else (company.zone if company else UTC_ZONE)
        first = values.get("start_date") or today_in(zone, self.now)
        last = values.get("end_date") or first + timedelta(days=OFFERED_DAYS)
        refuse_bad_days(first, last)
        begin, end = local_days(first, last, zone)
        found = offered_slots(Seeker.of(opened), begin=begin, end=end, now=self.now, most=MOST_SLOTS)
        return Response([offered_slot_out(slot) for slot in found])


class PublicCalendar(LinkEndpoint):
    """The booking for the candidate's own calendar."""

    @extend_schema(responses={(200, "text/calendar"): OpenApiTypes.STR}, auth=[])
    def get(self, request: Request, link: str) -> HttpResponse:
        """The booking as an iCalendar entry; 404 where there is none."""
        opened, _ = open_link(link, now=self.now)
        held = queries.live_schedule(opened.interview_id)
        if held is None:
            raise NotFound("There is no booking.", code="schedule_not_found")
        url = f"{settings.PARLEY_BASE_URL}/interview/{link}/"
        answer = HttpResponse(
            booking_calendar(held, url=url, now=self.now), content_type="text/calendar; charset=utf-8"
        )
        answer["Content-Disposition"] = 'attachment; filename="invitation.ics"'
        return answer


class PublicBook(LinkEndpoint):
    """Booking."""

    @extend_schema(request=TakeSlotIn, responses={201: PublicScheduleOut}, auth=[])
    def post(self, request: Request, link: str) -> Response:
        """Book a time."""
        values = self.input(TakeSlotIn)
        zone = values.get("timezone", "")
        schedule = book_by_link(token=link, slot_id=values["slot_id"], timezone=zone, now=self.now)
        return Response(public_schedule_out(schedule), status=201)


class PublicReschedule(LinkEndpoint):
    """Moving the booking."""

    @extend_schema(request=TakeSlotIn, responses=PublicScheduleOut, auth=[])
    def post(self, request: Request, link: str) -> Response:
        """Move the booking to another time; until the company's cutoff."""
        values = self.input(TakeSlotIn)
        zone = values.get("timezone", "")
        schedule = reschedule_by_link(token=link, slot_id=values["slot_id"], timezone=zone, now=self.now)
        return Response(public_schedule_out(schedule))


class PublicCancel(LinkEndpoint):
    """Giving the booking up."""

    @extend_schema(request=GiveUpIn, responses=PublicScheduleOut, auth=[])
    def post(self, request: Request, link: str) -> Response:
        """Cancel the booking; until the company's cutoff. Another time can be booked afterwards."""
        schedule = cancel_by_link(token=link, reason=self.input(GiveUpIn).get("reason", ""), now=self.now)
        return Response(public_schedule_out(schedule))


class PublicAccept(LinkEndpoint):
    """Taking the place that is held."""

    @extend_schema(request=None, responses=PublicScheduleOut, auth=[])
    def post(self, request: Request, link: str) -> Response:
        """Take the proposed place: it is booked, or the booking moves there."""
        return Response(public_schedule_out(accept_by_link(token=link, now=self.now)))


class PublicDecline(LinkEndpoint):
    """Giving back the place that is held."""

    @extend_schema(request=None, responses={204: None}, auth=[])
    def post(self, request: Request, link: str) -> Response:
        """Give the proposed place back; another time can be chosen, or waited for."""
        decline_by_link(token=link, now=self.now)
        return Response(status=204)


class PublicWaitlist(LinkEndpoint):
    """Waiting for a time that suits."""

    @extend_schema(request=PublicWaitIn, responses={201: PublicWaitingOut}, auth=[])
    def post(self, request: Request, link: str) -> Response:
        """Wait for a place that begins within a stretch of time; one that becomes free is offered for a while."""
        opened, _ = open_link(link, now=self.now)
        company = opened.interview.company
        values = self.input(PublicWaitIn, zone=company.zone if company else UTC_ZONE)
        entry = wait_by_link(
            token=link,
            start_after=values.get("start_after"),
            start_before=values["start_before"],
            timezone=values.get("timezone", ""),
            now=self.now,
        )
        return Response(public_waiting_out(entry), status=201)

    @extend_schema(responses={204: None}, auth=[])
    def delete(self, request: Request, link: str) -> Response:
        """Wait no longer."""
        stop_waiting_by_link(token=link, now=self.now)
        return Response(status=204)


class PublicHours(LinkEndpoint):
    """The hours at which the candidate has time."""

    @extend_schema(request=HoursIn, responses=HoursOut, auth=[])
    def put(self, request: Request, link: str) -> Response:
        """Say when you have time: what Parley proposes by itself heeds it."""
        interview = state_hours_by_link(token=link, hours=hours_of(self.input(HoursIn)), now=self.now)
        return Response(interview.candidate_hours)

    @extend_schema(responses={204: None}, auth=[])
    def delete(self, request: Request, link: str) -> Response:
        """At any time."""
        state_hours_by_link(token=link, hours=None, now=self.now)
        return Response(status=204)
