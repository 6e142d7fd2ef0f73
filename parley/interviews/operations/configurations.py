"""Making, changing and removing weekly patterns."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from parley.core.actors import Actor
from parley.core.errors import Invalid
from parley.core.events import Change, record
from parley.core.timezones import today_in, zone_named
from parley.core.transactions import operation
from parley.interviews.locks import lock_company
from parley.interviews.models import AIInterviewConfiguration, InterviewSlot
from parley.interviews.operations.ai_settings import refuse_bad_ai_settings
from parley.interviews.operations.materialise import SyncReport, follow_pattern
from parley.interviews.operations.recurring import refuse_bad_window
from parley.interviews.operations.slots import lane_holder
from parley.interviews.rules.holidays import refuse_unknown_calendar


@operation
def create_configuration(
    *, company_id: int | None, fields: Mapping[str, Any], actor: Actor, now: datetime
) -> AIInterviewConfiguration:
    """Make a weekly pattern; the periodic job, or ``generate``, makes its slots."""
    company = lane_holder(actor, company_id)
    values = dict(fields)
    if values.get("valid_from") is None:
        values["valid_from"] = today_in(zone_named(values.get("timezone") or company.timezone), now)
    configuration = AIInterviewConfiguration(company=company, **values)
    refuse_bad_ai_settings(configuration.ai_settings, field="ai_settings", company_id=company.pk)
    refuse_bad(configuration)
    configuration.save(force_insert=True)
    record(change_of("created", configuration, after=configuration.state()), actor=actor, now=now)
    return configuration


@operation
def update_configuration(
    *, configuration_id: int, fields: Mapping[str, Any], actor: Actor, now: datetime
) -> tuple[AIInterviewConfiguration, SyncReport]:
    """Change a pattern, and at once the slots made from it: only free ones move, the report says what was left."""
    configuration = _locked(configuration_id, actor=actor)
    before = configuration.state()
    values = dict(fields)
    if not configuration.timezone and values.get("timezone") == configuration.zone.key:
        del values["timezone"]  # what an answer shows is no wish to stay there when the company moves
    for name, value in values.items():
        setattr(configuration, name, value)
    refuse_bad_ai_settings(fields.get("ai_settings", {}), field="ai_settings", company_id=configuration.company_id)
    refuse_bad(configuration)
    configuration.save()
    record(change_of("updated", configuration, before=before, after=configuration.state()), actor=actor, now=now)
    report = follow_pattern(configuration, until=None, dry_run=False, actor=actor, now=now, tell_overlaps=True)
    return configuration, report


@operation
def delete_configuration(*, configuration_id: int, actor: Actor, now: datetime) -> SyncReport:
    """Remove a pattern with its free future slots; booked ones stay, each with a conflict to settle."""
    configuration = _locked(configuration_id, actor=actor)
    return remove(configuration, actor=actor, now=now)


def remove(configuration: AIInterviewConfiguration, *, actor: Actor, now: datetime) -> SyncReport:
    """End a pattern whose company is locked."""
    report = follow_pattern(
        configuration, until=None, dry_run=False, actor=actor, now=now, tell_overlaps=False, ended=True
    )
    # What is left is history, or booked: it goes on without a pattern.
    InterviewSlot.objects.filter(configuration_id=configuration.pk).update(configuration=None, occurrence_start=None)
    record(change_of("deleted", configuration, before=configuration.state()), actor=actor, now=now)
    configuration.delete()
    return report


def _locked(configuration_id: int, *, actor: Actor) -> AIInterviewConfiguration:
    seen = AIInterviewConfiguration.objects.only("company_id").seen_by(
        actor, pk=configuration_id, thing="configuration"
    )
    lock_company(seen.company_id)
    rows = AIInterviewConfiguration.objects.select_related("company").select_for_update(no_key=True, of=("self",))
    return rows.seen_by(actor, pk=configuration_id, thing="configuration")


def refuse_bad(configuration: AIInterviewConfiguration) -> None:
    """Raise ``Invalid`` where the pattern is none."""
    if configuration.timezone:
        zone_named(configuration.timezone)
    refuse_bad_window(
        configuration.start_time,
        configuration.end_time,
        slot_minutes=configuration.slot_duration,
        break_minutes=configuration.break_duration,
    )
    if configuration.valid_until is not None and configuration.valid_until < configuration.valid_from:
        raise Invalid.field("valid_until", "Must not be before the first day.", code="end_before_start")
    if configuration.holidays:
        refuse_unknown_calendar(configuration.holidays)


def change_of(
    verb: str,
    configuration: AIInterviewConfiguration,
    *,
    before: Mapping[str, Any] | None = None,
    after: Mapping[str, Any] | None = None,
) -> Change:
    """The event of a pattern that was *created*, *updated* or *deleted*."""
    return Change(
        type=f"configuration.{verb}",
        object_id=configuration.pk,
        company_id=configuration.company_id,
        before=before,
        after=after,
    )
