"""``/api/interviews/available-slots/`` and ``/api/interviews/calendar/``."""

import calendar as months
from datetime import date, timedelta
from functools import partial
from typing import Any

from drf_spectacular.utils import extend_schema
from rest_framework import mixins, serializers
from rest_framework.request import Request
from rest_framework.response import Response

from parley.api.fields import DayField, KeyField, NumberField, ZoneField
from parley.api.pagination import WidePagination
from parley.api.resource import Endpoint, Resource
from parley.api.resources.slots import refuse_bad_days, refuse_unknown
from parley.api.serializers.schedules import ScheduleOut, schedule_out
from parley.api.serializers.slots import AvailableIn, SlotOut
from parley.api.zones import chosen_zone
from parley.core.timezones import today_in
from parley.interviews import queries
from parley.interviews.models import InterviewSlot
from parley.organizations.tenancy import company_if_any


class CalendarIn(serializers.Serializer[Any]):
    """Which stretch: two days, a month (`year`, `month`), or an ISO week (`year`, `week`); else the present month."""

    start_date = DayField(required=False)
    end_date = DayField(required=False)
    year = NumberField(required=False, min_value=2000, max_value=2199)
    month = NumberField(required=False, min_value=1, max_value=12)
    week = NumberField(required=False, min_value=1, max_value=53)
    timezone = ZoneField(required=False)
    company_id = KeyField(required=False)

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        """Days come in pairs, months and weeks with a year."""
        if ("start_date" in attrs) != ("end_date" in attrs):
            missing = "end_date" if "start_date" in attrs else "start_date"
            raise serializers.ValidationError({missing: ["Send both start_date and end_date."]})
        if ("month" in attrs or "week" in attrs) and "year" not in attrs:
            raise serializers.ValidationError({"year": ["A month or a week needs its year."]})
        if "month" in attrs and "week" in attrs:
            raise serializers.ValidationError({"week": ["Send a month or a week, not both."]})
        if "start_date" in attrs and "year" in attrs:
            raise serializers.ValidationError({"year": ["Send days, or a year with its month or week, not both."]})
        if "week" in attrs and attrs["week"] > date(attrs["year"], 12, 28).isocalendar().week:
            raise serializers.ValidationError({"week": ["This year has no such ISO week."]})
        return attrs


class CalendarOut(serializers.Serializer[Any]):
    """A stretch of a calendar."""

    calendar_data = ScheduleOut(many=True)
    total_slots = serializers.IntegerField()
    available_slots = serializers.IntegerField()
    booked_slots = serializers.IntegerField()


class AvailableSlots(mixins.ListModelMixin, Resource):
    """Free places by local days."""

    pagination_class = WidePagination
    serializer_class = SlotOut
    filter_backends = []
    queryset = InterviewSlot.objects.none()

    @extend_schema(parameters=[AvailableIn], responses=SlotOut(many=True))
    def list(self, request: Request) -> Response:
        """Future slots with room; from today, for 30 days, unless said otherwise."""
        values = self.query(AvailableIn)
        company_id = company_if_any(self.actor, named=values.get("company_id"))
        refuse_unknown(self.actor, company_id=company_id)
        zone = chosen_zone(values.get("timezone"), values.get("company_id"), request)
        first = values.get("start_date") or today_in(zone, self.now)
        last = values.get("end_date") or first + timedelta(days=30)
        refuse_bad_days(first, last)
        wanted = queries.Wanted(
            first=first,
            last=last,
            zone=zone,
            company_id=company_id,
            interview_type=values.get("ai_interview_type"),
        )
        return self.found(partial(queries.available_slots, self.actor, wanted, now=self.now))


class CalendarView(Endpoint):
    """The calendar of the caller's company; of all companies, or one, for administrators."""

    @extend_schema(parameters=[CalendarIn], responses=CalendarOut)
    def get(self, request: Request) -> Response:
        """Live bookings and the count of slots by local days."""
        values = self.query(CalendarIn)
        company_id = company_if_any(self.actor, named=values.get("company_id"))
        refuse_unknown(self.actor, company_id=company_id)
        zone = chosen_zone(values.get("timezone"), values.get("company_id"), request)
        first, last = _stretch(values, today_in(zone, self.now))
        refuse_bad_days(first, last)
        found = queries.calendar(self.actor, first=first, last=last, zone=zone, company_id=company_id)
        return Response(
            {
                "calendar_data": [schedule_out(schedule) for schedule in found.bookings],
                "total_slots": found.total,
                "available_slots": found.available,
                "booked_slots": found.booked,
            }
        )


def _stretch(values: dict[str, Any], today: date) -> tuple[date, date]:
    if "start_date" in values:
        return values["start_date"], values["end_date"]
    if "week" in values:
        monday = date.fromisocalendar(values["year"], values["week"], 1)
        return monday, monday + timedelta(days=6)
    year = values.get("year", today.year)
    if "year" in values and "month" not in values:
        return date(year, 1, 1), date(year, 12, 31)
    month = values.get("month", today.month)
    return date(year, month, 1), date(year, month, months.monthrange(year, month)[1])
