"""One factory a model. Times lie in the future of the machine's clock unless a test says otherwise."""

import itertools
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any, cast

import factory
from django.utils import timezone

from parley.hiring.models import Candidate, Job
from parley.interviews.models import (
    AIInterviewConfiguration,
    Interview,
    InterviewSchedule,
    InterviewSlot,
)
from parley.interviews.rules.states import InterviewType, ScheduleStatus, slot_status
from parley.organizations.models import Company, Role, User

PASSWORD = "correct horse battery staple"
_hours = itertools.count()


def in_future(*, days: int = 7, hours: int = 0) -> datetime:
    """A full hour, in UTC."""
    return timezone.now().replace(minute=0, second=0, microsecond=0) + timedelta(days=days, hours=hours)


def free_hour() -> datetime:
    """A full hour in the future that no other call gave."""
    return in_future(days=30) + timedelta(hours=next(_hours))


class _CompanyFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = Company

    name = factory.Sequence(lambda n: f"Company {n}")
    email = factory.Sequence(lambda n: f"company{n}@example.com")
    timezone = "UTC"


class _UserFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = User
        skip_postgeneration_save = True

    email = factory.Sequence(lambda n: f"user{n}@example.com")
    full_name = factory.Sequence(lambda n: f"User {n}")
    role = Role.COMPANY
    company = factory.SubFactory(_CompanyFactory)
    password = factory.django.Password(PASSWORD)


class _AdminFactory(_UserFactory):
    role = Role.ADMIN
    company = None


class _JobFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = Job

    company = factory.SubFactory(_CompanyFactory)
    job_title = factory.Sequence(lambda n: f"Job {n}")


class _CandidateFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = Candidate

    company = factory.SubFactory(_CompanyFactory)
    full_name = factory.Sequence(lambda n: f"Candidate {n}")
    email = factory.Sequence(lambda n: f"candidate{n}@example.com")


class _InterviewFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = Interview

    candidate = factory.SubFactory(_CandidateFactory)
    company = factory.LazyAttribute(lambda it: it.candidate.company)
    created_at = factory.LazyFunction(timezone.now)
    updated_at = factory.LazyFunction(timezone.now)


class _SlotFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = InterviewSlot

    company = factory.SubFactory(_CompanyFactory)
    ai_interview_type = InterviewType.TECHNICAL
    start_time = factory.LazyFunction(free_hour)
    duration_minutes = 60
    end_time = factory.LazyAttribute(lambda it: it.start_time + timedelta(minutes=it.duration_minutes))
    created_at = factory.LazyFunction(timezone.now)
    updated_at = factory.LazyFunction(timezone.now)


class _ConfigurationFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = AIInterviewConfiguration

    company = factory.SubFactory(_CompanyFactory)
    interview_type = InterviewType.TECHNICAL
    day_of_week = 1
    start_time = "09:00"
    end_time = "12:00"
    slot_duration = 60
    break_duration = 0
    valid_from = factory.LazyFunction(lambda: datetime.now(UTC).date())


# What tests call: typed as the functions that they are.
CompanyFactory = cast("Callable[..., Company]", _CompanyFactory)
UserFactory = cast("Callable[..., User]", _UserFactory)
AdminFactory = cast("Callable[..., User]", _AdminFactory)
JobFactory = cast("Callable[..., Job]", _JobFactory)
CandidateFactory = cast("Callable[..., Candidate]", _CandidateFactory)
InterviewFactory = cast("Callable[..., Interview]", _InterviewFactory)
SlotFactory = cast("Callable[..., InterviewSlot]", _SlotFactory)
ConfigurationFactory = cast("Callable[..., AIInterviewConfiguration]", _ConfigurationFactory)


def book(slot: InterviewSlot, interview: Interview | None = None, **fields: Any) -> InterviewSchedule:
    """A booking with the slot's count in step, written without the operation."""
    interview = interview or InterviewFactory(candidate__company=slot.company)
    schedule = InterviewSchedule.objects.create(
        company=slot.company,
        interview=interview,
        slot=slot,
        candidate=interview.candidate,
        start_time=slot.start_time,
        end_time=slot.end_time,
        booked_at=timezone.now(),
        **{"status": ScheduleStatus.PENDING, **fields},
    )
    slot.current_bookings += 1
    slot.status = slot_status(current_bookings=slot.current_bookings, max_candidates=slot.max_candidates)
    slot.save()
    return schedule
