"""Which kit version an interview is held by."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from parley.conversations.library import LANGUAGES, USUAL, language_for, shipped, type_named
from parley.conversations.models import InterviewKit, KitVersion
from parley.conversations.rules.kits import Kit, base_of, content_hash, kit_of
from parley.conversations.rules.plan import Wishes
from parley.core.errors import Conflict
from parley.interviews.models import InterviewSchedule
from parley.interviews.rules.states import InterviewType


def wishes_for(schedule: InterviewSchedule) -> Wishes:
    """What the booked slot says of the interview, and beneath it the week that made the slot."""
    week = schedule.slot.configuration
    return Wishes.of(schedule.slot.ai_configuration, week.ai_settings if week is not None else {})


def version_for(schedule: InterviewSchedule, wishes: Wishes, *, now: datetime) -> KitVersion:
    """The latest version of the company's kit that is wished, else of its kit for the job, else for all jobs.

    Of several kits for the same, one in the language that is wished comes first, then what was changed last.
    A company without one gets the kit that Parley ships, in the language that is wished where there is one, and so
    does who names the type of a shipped one. Raises ``Conflict`` where there is none.
    """
    chosen = _chosen(schedule, wishes)
    return _shipped(chosen, language_for(wishes.language), now=now) if isinstance(chosen, str) else chosen


def kit_for(schedule: InterviewSchedule) -> Kit | None:
    """What would be asked as of now; nothing is written."""
    wishes = wishes_for(schedule)
    chosen = _chosen(schedule, wishes)
    if isinstance(chosen, KitVersion):
        return kit_of(chosen.content)
    content = shipped(chosen, language_for(wishes.language))
    return kit_of(content) if content is not None else None


def _chosen(schedule: InterviewSchedule, wishes: Wishes) -> KitVersion | str:
    """The version of the company's kit, or the type whose shipped kit is used."""
    interview, slot = schedule.interview, schedule.slot
    kits = InterviewKit.objects.filter(company_id=schedule.company_id, is_active=True, versions__isnull=False)
    of_type = kits.filter(interview_type=slot.ai_interview_type)
    job_id = interview.job_id or interview.candidate.job_id
    wished = kits.named(wishes.kit) if wishes.kit is not None else kits.none()
    if wishes.kit is not None and not wished.exists() and (named := type_named(wishes.kit)) is not None:
        return named
    for found in (
        wished,
        of_type.filter(job_id=job_id) if job_id is not None else kits.none(),
        of_type.filter(job__isnull=True),
    ):
        latest = KitVersion.objects.filter(kit__in=found).order_by("kit_id", "-number").distinct("kit_id")
        versions = sorted(latest.select_related("kit"), key=lambda each: each.kit.updated_at, reverse=True)
        if versions:
            return next((each for each in versions if _is_in(wishes.language, each)), versions[0])
    return str(slot.ai_interview_type)


def _is_in(wished: str | None, version: KitVersion) -> bool:
    return wished is not None and base_of(kit_of(version.content).language) == base_of(wished)


def _shipped(interview_type: str, language: str, *, now: datetime) -> KitVersion:
    """The version with the content that this release of Parley ships; made where it is not there yet."""
    content = shipped(interview_type, language)
    if content is None:
        raise Conflict("There is no interview kit for this type of interview yet.", code="no_kit")
    fingerprint = content_hash(content)
    versions = KitVersion.objects.filter(
        kit__company__isnull=True, kit__interview_type=interview_type, kit__language=language
    )
    found = versions.filter(content_hash=fingerprint).first()
    return found or _keep(interview_type, language, content, fingerprint, now=now)


def _keep(
    interview_type: str, language: str, content: Mapping[str, Any], fingerprint: str, *, now: datetime
) -> KitVersion:
    words = "Parley" if language == USUAL else f"Parley, {LANGUAGES[language]}"
    name = f"{InterviewType(interview_type).label} ({words})"
    kit, _ = InterviewKit.objects.get_or_create(
        company=None,
        interview_type=interview_type,
        language=language,
        defaults={"name": name, "created_at": now, "updated_at": now},
    )
    kit = InterviewKit.objects.select_for_update(no_key=True).get(pk=kit.pk)
    latest = kit.versions.order_by("-number").first()
    if latest is not None and latest.content_hash == fingerprint:  # another one has made it meanwhile
        return latest
    number = latest.number + 1 if latest is not None else 1
    return KitVersion.objects.create(
        kit=kit, number=number, content=dict(content), content_hash=fingerprint, created_at=now
    )
