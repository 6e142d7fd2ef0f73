"""The periodic jobs, also side by side on real connections."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from django.db import connection
from django.utils import timezone

from parley.core.models import Event
from parley.interviews.models import AIInterviewConfiguration, InterviewSlot
from parley.interviews.operations.materialise import materialise
from parley.interviews.tasks import complete_slots, materialise_slots
from tests.factories import CompanyFactory, ConfigurationFactory, SlotFactory


@pytest.mark.django_db(transaction=True)
def test_two_workers_at_once_make_each_slot_once() -> None:
    patterns = [
        ConfigurationFactory(day_of_week=day, company=company) for company in [CompanyFactory()] for day in (1, 2)
    ]
    now = timezone.now()

    def work() -> int:
        try:
            return sum(len(materialise(configuration_id=pattern.pk, days=60, now=now).created) for pattern in patterns)
        finally:
            connection.close()

    with ThreadPoolExecutor(max_workers=4) as pool:
        made = [future.result() for future in [pool.submit(work) for _ in range(4)]]
    assert sum(made) == InterviewSlot.objects.count() == Event.objects.filter(type="slot.created").count()
    assert InterviewSlot.objects.values("configuration", "occurrence_start").distinct().count() == sum(made)
    assert sum(made) >= 48  # eight weeks of two days of three slots


@pytest.mark.django_db
def test_the_job_keeps_the_next_days_of_active_companies_made(settings: pytest.FixtureRequest) -> None:
    settings.PARLEY_SLOT_HORIZON_DAYS = 14  # type: ignore[attr-defined]
    active = ConfigurationFactory()
    ConfigurationFactory(company__is_active=False)
    ConfigurationFactory(valid_from="2020-01-01", valid_until="2020-12-31")
    materialise_slots(0)
    materialise_slots(0)
    made = InterviewSlot.objects.filter(configuration=active)
    assert 6 <= made.count() == InterviewSlot.objects.count() <= 9
    last = made.order_by("-start_time")[0].start_time
    assert last <= timezone.now() + timedelta(days=15)


@pytest.mark.django_db
def test_one_broken_pattern_does_not_keep_the_others_from_their_slots() -> None:
    broken = ConfigurationFactory()
    AIInterviewConfiguration.objects.filter(pk=broken.pk).update(timezone="Mars/Olympus")
    sound = ConfigurationFactory()
    materialise_slots(0)
    assert InterviewSlot.objects.filter(configuration=sound).count() >= 24
    assert not InterviewSlot.objects.filter(configuration=broken).exists()


@pytest.mark.django_db
def test_the_job_completes_slots_whose_time_is_over() -> None:
    past = SlotFactory(start_time=timezone.now() - timedelta(hours=3))
    future = SlotFactory()
    complete_slots(0)
    past.refresh_from_db()
    future.refresh_from_db()
    assert (past.status, future.status) == ("completed", "available")
