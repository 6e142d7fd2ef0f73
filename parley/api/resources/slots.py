"""``/api/interviews/slots/``."""

from functools import partial
from typing import Any

import django_filters
from django_filters.rest_framework import FilterSet
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import mixins
from rest_framework.decorators import action
from rest_framework.exceptions import ValidationError
from rest_framework.request import Request
from rest_framework.response import Response

from parley.api.filters import InstantFilter, KeyFilter, StableOrdering
from parley.api.pagination import WidePagination
from parley.api.resource import Resource, refuse_move
from parley.api.serializers.schedules import ScheduleOut, schedule_out
from parley.api.serializers.seating import CalledOffOut, CallOffIn, called_off_out
from parley.api.serializers.slots import (
    BookSlotIn,
    ReasonIn,
    RecurringIn,
    RecurringOut,
    ReleaseIn,
    ReleaseOut,
    SearchIn,
    SlotIn,
    SlotOut,
    skipped_out,
    slot_out,
)
from parley.api.zones import chosen_zone
from parley.core.errors import Invalid
from parley.hiring.models import Job
from parley.interviews import queries
from parley.interviews.models import InterviewSlot
from parley.interviews.operations.booking import book_interview, release_slot
from parley.interviews.operations.recurring import Pattern, create_recurring
from parley.interviews.operations.slots import cancel_slot, complete_slot, create_slot, delete_slot, update_slot
from parley.interviews.operations.stretches import call_off_stretch
from parley.interviews.rules.limits import MAX_SEARCH_DAYS
from parley.interviews.rules.states import ConflictType, InterviewType, SlotStatus
from parley.organizations.models import Company, User

CASCADE = OpenApiParameter(
    "cascade", str, enum=["cancel"], description="`cancel` cancels live bookings, too, and opens conflicts."
)


class SlotFilter(FilterSet):  # type: ignore[misc]  # django-filter is untyped
    """Filters of the list."""

    status = django_filters.ChoiceFilter(choices=SlotStatus.choices)
    ai_interview_type = django_filters.ChoiceFilter(choices=InterviewType.choices)
    company = KeyFilter(field_name="company_id")
    job = KeyFilter(field_name="job_id")
    start_after = InstantFilter(field_name="start_time", lookup_expr="gte", label="start_after")
    start_before = InstantFilter(field_name="start_time", lookup_expr="lt", label="start_before")
    ordering = StableOrdering(fields=["start_time", "created_at", "updated_at", "duration_minutes", "max_candidates"])

    class Meta:
        model = InterviewSlot
        fields: list[str] = []


class SlotViewSet(mixins.ListModelMixin, Resource):
    """Slots of the caller's company; of all companies for administrators."""

    filterset_class = SlotFilter
    serializer_class = SlotOut
    lookup_value_converter = "anyuuid"
    queryset = InterviewSlot.objects.none()

    def get_queryset(self) -> Any:
        """The visible ones."""
        return queries.slots(self.actor)

    def list(self, request: Request) -> Response:
        """List slots."""
        return self.page_of(self.filter_queryset(self.get_queryset()), slot_out)

    @extend_schema(request=SlotIn, responses={201: SlotOut})
    def create(self, request: Request) -> Response:
        """Make a slot."""
        values = self.input(SlotIn)
        slot = create_slot(
            company_id=values.pop("company", None),
            job_id=values.pop("job_id", None),
            start_time=values.pop("start_time"),
            end_time=values.pop("end_time"),
            duration_minutes=values.pop("duration_minutes", None),
            fields=values,
            actor=self.actor,
            now=self.now,
        )
        return Response(slot_out(slot), status=201)

    def retrieve(self, request: Request, pk: Any) -> Response:
        """One slot."""
        return Response(slot_out(queries.slots(self.actor).seen_by(self.actor, pk=pk, thing="slot")))

    @extend_schema(request=SlotIn, responses=SlotOut)
    def update(self, request: Request, pk: Any) -> Response:
        """Change a slot; times and type stay while somebody is booked on it."""
        return self._change(pk, partial_update=False)

    @extend_schema(request=SlotIn, responses=SlotOut)
    def partial_update(self, request: Request, pk: Any) -> Response:
        """Change some of a slot."""
        return self._change(pk, partial_update=True)

    @extend_schema(parameters=[CASCADE], responses={204: None})
    def destroy(self, request: Request, pk: Any) -> Response:
        """Remove a slot; one with a history, or from a weekly pattern, stays as cancelled."""
        delete_slot(slot_id=pk, cascade=_cascade(request), actor=self.actor, now=self.now)
        return Response(status=204)

    @extend_schema(request=ReasonIn, parameters=[CASCADE], responses=SlotOut)
    @action(detail=True, methods=["post"])
    def cancel_slot(self, request: Request, pk: Any) -> Response:
        """Cancel a slot."""
        reason = self.input(ReasonIn).get("reason", "")
        cancel_slot(slot_id=pk, cascade=_cascade(request), reason=reason, actor=self.actor, now=self.now)
        return self.retrieve(request, pk)

    @extend_schema(request=None, responses=SlotOut)
    @action(detail=True, methods=["post"])
    def complete_slot(self, request: Request, pk: Any) -> Response:
        """Complete a slot that has begun."""
        complete_slot(slot_id=pk, actor=self.actor, now=self.now)
        return self.retrieve(request, pk)

    @extend_schema(request=SearchIn, responses=SlotOut(many=True), filters=False)
    @action(detail=False, methods=["post"], pagination_class=WidePagination, filterset_class=None, idempotent=False)
    def search_available(self, request: Request) -> Response:
        """Search future slots with room, by local days."""
        values = self.input(SearchIn)
        refuse_bad_days(values["start_date"], values["end_date"])
        refuse_unknown(self.actor, company_id=values.get("company_id"), job_id=values.get("job_id"))
        wanted = queries.Wanted(
            first=values["start_date"],
            last=values["end_date"],
            zone=chosen_zone(values.get("timezone"), values.get("company_id"), request),
            company_id=values.get("company_id"),
            interview_type=values.get("ai_interview_type"),
            job_id=values.get("job_id"),
            earliest=values.get("start_time"),
            latest=values.get("end_time"),
            duration_minutes=values.get("duration_minutes"),
        )
        return self.found(partial(queries.available_slots, self.actor, wanted, now=self.now))

    @extend_schema(request=RecurringIn, responses={201: RecurringOut}, filters=False)
    @action(detail=False, methods=["post"], pagination_class=None, filterset_class=None)
    def create_recurring(self, request: Request) -> Response:
        """Make many slots from a pattern."""
        values = self.input(RecurringIn)
        slots, skipped = create_recurring(
            company_id=values.get("company_id"),
            job_id=values.get("job_id"),
            pattern=Pattern(
                timezone=values.get("timezone"),
                **{name: values[name] for name in _PATTERN},
            ),
            fields={
                "ai_interview_type": values["ai_interview_type"],
                "ai_configuration": values.get("ai_configuration", {}),
                "max_candidates": values["max_candidates_per_slot"],
                "notes": values.get("notes", ""),
            },
            dry_run=values["dry_run"],
            actor=self.actor,
            now=self.now,
        )
        verb = "would be created" if values["dry_run"] else "created"
        return Response(
            {
                "message": f"{len(slots)} slots {verb}, {len(skipped)} skipped.",
                "created_slots": len(slots),
                "slots": [slot_out(slot) for slot in slots],
                "skipped_slots": [skipped_out(each) for each in skipped],
            },
            status=201,
        )

    @extend_schema(request=BookSlotIn, responses={201: ScheduleOut})
    @action(detail=True, methods=["post"])
    def book_slot(self, request: Request, pk: Any) -> Response:
        """Book an interview on this slot."""
        values = self.input(BookSlotIn)
        schedule = book_interview(
            interview_id=values["interview_id"],
            slot_id=pk,
            notes=values.get("booking_notes", ""),
            actor=self.actor,
            now=self.now,
        )
        return Response(schedule_out(schedule), status=201)

    @extend_schema(request=ReleaseIn, responses=ReleaseOut)
    @action(detail=True, methods=["post"])
    def release_slot(self, request: Request, pk: Any) -> Response:
        """Free a booked place; the interview stays open."""
        values = self.input(ReleaseIn)
        slot = release_slot(
            slot_id=pk,
            schedule_id=values.get("schedule_id"),
            interview_id=values.get("interview_id"),
            actor=self.actor,
            now=self.now,
        )
        return Response(
            {
                "message": "The place is free again.",
                "slot_available": slot.status == SlotStatus.AVAILABLE and slot.places_left > 0,
                "current_bookings": slot.current_bookings,
                "max_candidates": slot.max_candidates,
            }
        )

    @extend_schema(request=CallOffIn, responses=CalledOffOut)
    @action(detail=False, methods=["post"])
    def call_off(self, request: Request) -> Response:
        """Cancel all slots that begin in a stretch of time, such as a day; their interviews are seated again."""
        values = self.input(CallOffIn)
        done = call_off_stretch(
            company_id=values.get("company_id"),
            begin=values["start_time"],
            end=values["end_time"],
            interview_types=values.get("ai_interview_types", ()),
            reason=values.get("reason") or "This time was called off.",
            conflict_type=ConflictType(values["conflict_type"]),
            actor=self.actor,
            now=self.now,
        )
        return Response(called_off_out(done))

    def _change(self, pk: Any, *, partial_update: bool) -> Response:
        slot = queries.slots(self.actor).seen_by(self.actor, pk=pk, thing="slot")
        values = self.input(SlotIn, zone=slot.company.zone, partial=partial_update)
        refuse_move(values, slot.company_id)
        update_slot(slot_id=pk, fields=values, actor=self.actor, now=self.now)
        return self.retrieve(self.request, pk)


_PATTERN = ("start_date", "end_date", "start_time", "end_time", "days_of_week", "slot_duration", "break_duration")


def refuse_bad_days(first: Any, last: Any) -> None:
    """Raise for days that are the wrong way round, or more than a year."""
    if last < first:
        raise ValidationError({"end_date": ["Must not be before start_date."]})
    if (last - first).days >= MAX_SEARCH_DAYS:
        raise ValidationError({"end_date": [f"At most {MAX_SEARCH_DAYS} days at once."]})


def refuse_unknown(actor: User, *, company_id: int | None, job_id: int | None = None) -> None:
    """Raise for a company or job that the caller cannot know of: its empty answer would look like a full calendar."""
    if company_id is not None and company_id != actor.company_id and not Company.objects.filter(pk=company_id).exists():
        raise Invalid.field("company_id", "There is no such company.", code="company_not_found")
    if job_id is not None and not Job.objects.visible_to(actor).filter(pk=job_id).exists():
        raise Invalid.field("job_id", "There is no such job.", code="job_not_found")


def _cascade(request: Request) -> bool:
    given = request.query_params.get("cascade")
    if given not in (None, "cancel"):
        raise ValidationError({"cascade": ["Must be cancel."]})
    return given == "cancel"
