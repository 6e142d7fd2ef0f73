"""A configuration: one weekly pattern of a company, from which slots are made."""

from typing import Any
from zoneinfo import ZoneInfo

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q, Value

from parley.core.errors import Invalid
from parley.core.transactions import on_violation
from parley.interviews.models.expressions import no_overlap, one_of, range_of_one, type_number
from parley.interviews.rules.recurrence import Window
from parley.interviews.rules.states import InterviewType
from parley.organizations.models import Company
from parley.organizations.tenancy import CompanyOwnedQuerySet


class AIInterviewConfiguration(models.Model):
    """One weekday's window. Times are local in ``timezone``, or in the company's zone where that is empty."""

    company = models.ForeignKey(Company, on_delete=models.PROTECT, related_name="configurations")
    interview_type = models.CharField(max_length=16, choices=InterviewType)
    day_of_week = models.PositiveSmallIntegerField()  # 1 = Monday … 7 = Sunday
    start_time = models.TimeField()
    end_time = models.TimeField()  # 00:00 is the end of the day
    timezone = models.CharField(max_length=64, blank=True)
    slot_duration = models.PositiveSmallIntegerField(default=60)  # minutes
    break_duration = models.PositiveSmallIntegerField(default=15)  # minutes
    max_candidates = models.PositiveIntegerField(default=1)
    ai_settings = models.JSONField(default=dict, blank=True)
    valid_from = models.DateField()
    valid_until = models.DateField(null=True, blank=True)  # included
    holidays = models.CharField(max_length=16, blank=True)
    excluded_dates = ArrayField(models.DateField(), default=list, blank=True)
    generated_until = models.DateField(null=True, blank=True)  # the last local day whose slots were made
    created_at = models.DateTimeField(auto_now_add=True)
    updated_at = models.DateTimeField(auto_now=True)

    objects = CompanyOwnedQuerySet["AIInterviewConfiguration"].as_manager()

    class Meta:
        verbose_name = "AI interview configuration"
        ordering = ["id"]
        constraints = [
            one_of("configuration_interview_type_known", "interview_type", InterviewType),
            models.CheckConstraint(name="configuration_weekday", condition=Q(day_of_week__range=(1, 7))),
            models.CheckConstraint(
                name="configuration_window", condition=Q(end_time__gt=F("start_time")) | Q(end_time="00:00")
            ),
            models.CheckConstraint(
                name="configuration_validity",
                condition=Q(valid_until__isnull=True) | Q(valid_until__gte=F("valid_from")),
            ),
            models.CheckConstraint(
                name="configuration_sizes",
                condition=Q(slot_duration__gte=1, max_candidates__gte=1),
            ),
            no_overlap(
                "configuration_no_overlap",
                range_of_one(F("company_id")),
                range_of_one(type_number("interview_type")),
                range_of_one(models.functions.Cast("day_of_week", models.BigIntegerField())),
                models.Func(F("valid_from"), F("valid_until"), Value("[]"), function="daterange"),
                models.Func(
                    F("start_time"),
                    F("end_time"),
                    function="int4range",
                    template=(
                        "int4range((EXTRACT(EPOCH FROM start_time))::int,"
                        " COALESCE(NULLIF((EXTRACT(EPOCH FROM end_time))::int, 0), 86400))"
                    ),
                ),
                # Looked at after each statement, not after each row: one statement may let two windows change places.
                deferrable=models.Deferrable.IMMEDIATE,
            ),
        ]

    def __str__(self) -> str:
        return f"AI Interview Configuration: {self.interview_type}, day {self.day_of_week}"

    @property
    def zone(self) -> ZoneInfo:
        """The zone that its local times are in."""
        return ZoneInfo(self.timezone or self.company.timezone)

    @property
    def window(self) -> Window:
        """The pattern as a plain value."""
        return Window(
            days=[self.day_of_week],
            start=self.start_time,
            end=self.end_time,
            slot_minutes=self.slot_duration,
            break_minutes=self.break_duration,
            zone=self.zone,
        )

    def state(self) -> dict[str, Any]:
        """What its events tell."""
        return {
            "interview_type": str(self.interview_type),
            "day_of_week": self.day_of_week,
            "start_time": self.start_time.isoformat(),
            "end_time": self.end_time.isoformat(),
            "timezone": self.timezone,
            "slot_duration": self.slot_duration,
            "break_duration": self.break_duration,
            "max_candidates": self.max_candidates,
            "valid_from": self.valid_from.isoformat(),
            "valid_until": self.valid_until.isoformat() if self.valid_until else None,
            "holidays": self.holidays,
            "excluded_dates": [day.isoformat() for day in self.excluded_dates],
        }


on_violation(
    "configuration_no_overlap",
    lambda: Invalid.field(
        "start_time",
        "The company has a configuration of this interview type for this day whose window and validity overlap.",
        code="configuration_overlap",
    ),
)
