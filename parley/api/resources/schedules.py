"""``/api/interviews/schedules/``."""

from typing import Any

import django_filters
from django_filters.rest_framework import FilterSet
from drf_spectacular.utils import extend_schema
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from parley.api.filters import IdFilter, InstantFilter, StableOrdering
from parley.api.resource import Resource
from parley.api.serializers.schedules import (
    BookIn,
    ImportIn,
    ImportOut,
    NotesIn,
    RescheduleIn,
    ScheduleOut,
    schedule_out,
)
from parley.api.serializers.slots import ReasonIn
from parley.interviews import queries
from parley.interviews.models import InterviewSchedule
from parley.interviews.operations.booking import (
    annotate_booking,
    book_interview,
    cancel_booking,
    confirm_booking,
    reschedule_booking,
)
from parley.interviews.operations.imports import Row, import_bookings
from parley.interviews.rules.states import ScheduleStatus


class ScheduleFilter(FilterSet):  # type: ignore[misc]  # django-filter is untyped
    """Filters of the list."""

    status = django_filters.ChoiceFilter(choices=ScheduleStatus.choices)
    slot = IdFilter(field_name="slot_id")
    interview = IdFilter(field_name="interview_id")
    start_after = InstantFilter(field_name="start_time", lookup_expr="gte", label="start_after")
    start_before = InstantFilter(field_name="start_time", lookup_expr="lt", label="start_before")
    ordering = StableOrdering(fields=["start_time", "booked_at"])

    class Meta:
        model = InterviewSchedule
        fields: list[str] = []


class ScheduleViewSet(Resource):
    """Bookings of the caller's company; of all companies for administrators."""

    filterset_class = ScheduleFilter
    serializer_class = ScheduleOut
    lookup_value_converter = "anyuuid"
    queryset = InterviewSchedule.objects.none()

    def list(self, request: Request) -> Response:
        """List bookings, ended ones too."""
        return self.page_of(self.filter_queryset(queries.schedules(self.actor)), schedule_out)

    def retrieve(self, request: Request, pk: Any) -> Response:
        """One booking."""
        return Response(schedule_out(queries.schedules(self.actor).seen_by(self.actor, pk=pk, thing="schedule")))

    @extend_schema(request=BookIn, responses={201: ScheduleOut})
    def create(self, request: Request) -> Response:
        """Book an interview on a slot."""
        values = self.input(BookIn)
        schedule = book_interview(
            interview_id=values["interview_id"],
            slot_id=values["slot_id"],
            notes=values.get("booking_notes", ""),
            actor=self.actor,
            now=self.now,
        )
        return Response(schedule_out(schedule), status=201)

    @extend_schema(request=BookIn, responses={201: ScheduleOut}, filters=False)
    @action(detail=False, methods=["post"], pagination_class=None, filterset_class=None)
    def book_interview(self, request: Request) -> Response:
        """Book an interview on a slot."""
        return self.create(request)

    @extend_schema(request=ImportIn, responses={201: ImportOut}, filters=False)
    @action(detail=False, methods=["post"], url_path="import", pagination_class=None, filterset_class=None)
    def import_bookings(self, request: Request) -> Response:
        """Take over bookings in bulk: what cannot be booked is reported, a double-booked candidate opens a conflict."""
        rows = [
            Row(interview_id=row["interview_id"], slot_id=row["slot_id"], notes=row.get("booking_notes", ""))
            for row in self.input(ImportIn)["bookings"]
        ]
        report = import_bookings(rows=rows, actor=self.actor, now=self.now)
        return Response(
            {
                "booked": [schedule_out(schedule) for schedule in report.booked.values()],
                "refused": [
                    {"row": index, "code": error.code, "detail": error.detail}
                    for index, error in report.refused.items()
                ],
                "conflicts": [conflict.pk for conflict in report.conflicts],
            },
            status=201,
        )

    @extend_schema(request=None, responses=ScheduleOut)
    @action(detail=True, methods=["post"])
    def confirm_schedule(self, request: Request, pk: Any) -> Response:
        """Confirm a booking."""
        confirm_booking(schedule_id=pk, actor=self.actor, now=self.now)
        return self.retrieve(request, pk)

    @extend_schema(request=ReasonIn, responses=ScheduleOut)
    @action(detail=True, methods=["post"])
    def cancel_schedule(self, request: Request, pk: Any) -> Response:
        """Cancel a booking; the interview can be booked again."""
        reason = self.input(ReasonIn).get("reason", "")
        cancel_booking(schedule_id=pk, reason=reason, actor=self.actor, now=self.now)
        return self.retrieve(request, pk)

    @extend_schema(request=RescheduleIn, responses=ScheduleOut)
    @action(detail=True, methods=["post"])
    def reschedule(self, request: Request, pk: Any) -> Response:
        """Move a booking to another slot; answers the new one."""
        slot_id = self.input(RescheduleIn)["slot_id"]
        schedule = reschedule_booking(schedule_id=pk, slot_id=slot_id, actor=self.actor, now=self.now)
        return self.retrieve(request, schedule.pk)

    @extend_schema(request=NotesIn, responses=ScheduleOut)
    def update(self, request: Request, pk: Any) -> Response:
        """Change the notes."""
        annotate_booking(schedule_id=pk, notes=self.input(NotesIn)["booking_notes"], actor=self.actor)
        return self.retrieve(request, pk)

    @extend_schema(request=NotesIn, responses=ScheduleOut)
    def partial_update(self, request: Request, pk: Any) -> Response:
        """Change the notes."""
        values = self.input(NotesIn, partial=True)
        if "booking_notes" in values:
            annotate_booking(schedule_id=pk, notes=values["booking_notes"], actor=self.actor)
        return self.retrieve(request, pk)

    @extend_schema(responses={204: None})
    def destroy(self, request: Request, pk: Any) -> Response:
        """Cancel a booking."""
        cancel_booking(schedule_id=pk, reason="", actor=self.actor, now=self.now)
        return Response(status=204)
