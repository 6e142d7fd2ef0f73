"""Where else words about a candidate may stand: copies in the history, in deliveries, in kept answers."""

import json
from collections.abc import Collection
from dataclasses import dataclass
from typing import Any

from django.contrib.admin.models import LogEntry
from django.db.models import Q

from parley.conversations.models import InterviewSession, Turn
from parley.core.idempotency import forget_answers
from parley.core.models import Event
from parley.evaluations.models import CandidateRequest, Decision, Evaluation, Review
from parley.hiring.models import Candidate, ImportRow
from parley.interviews.models import (
    Interview,
    InterviewConflict,
    InterviewSchedule,
    InterviewSlot,
    PlaceHold,
    WaitlistEntry,
)
from parley.notifications.models import Message
from parley.organizations.models import User
from parley.privacy.steps import NAME, Gone
from parley.webhooks.models import WebhookAttempt, WebhookDelivery

SHORTEST = 4  # characters of a text that is looked for elsewhere: shorter ones are in everything
DELETED = "[deleted]"
# Members of an event's state that say something about a person beyond ids, states and times.
PERSONAL = frozenset(
    {"name", "full_name", "email", "phone", "hours", "reason", "notes", "note", "message", "text", "feedback"}
)


@dataclass(frozen=True)
class Person:
    """A candidate as they stand in the tables: the ids of all that is theirs, and the texts that name them."""

    candidate_id: int
    company_id: int | None
    email: str
    names: frozenset[str]  # texts that name the person
    words: frozenset[str]  # these, and longer ones that were written about them
    ids: dict[str, list[str]]  # by the type of the object, as events name it

    @classmethod
    def of(cls, candidate: Candidate) -> "Person":
        """What is known before anything is deleted; a constant number of statements."""
        held = InterviewSession.objects.filter(interview__candidate=candidate)
        sessions = list(held.select_related("feedback"))
        rows = {**_rows_of(candidate), "session": sessions}
        ids = {kind: [str(row.pk) for row in found] for kind, found in rows.items()}
        names = _names(candidate)
        return cls(
            candidate_id=candidate.pk,
            company_id=candidate.company_id,
            email=candidate.email,
            names=_long_enough(names),
            words=_long_enough(names | _written(rows) | _said(sessions)),
            ids={"candidate": [str(candidate.pk)], **ids},
        )

    @property
    def keys(self) -> frozenset[str]:
        """The ids that are nobody else's, wherever they stand."""
        return frozenset(key for kind, keys in self.ids.items() if kind != "candidate" for key in keys)


def about(candidate: Candidate) -> Q:
    """The events about a candidate, and about what is theirs."""
    rows: dict[str, Any] = {**_rows_of(candidate), "candidate": Candidate.objects.filter(pk=candidate.pk)}
    return _told_of({kind: [str(row.pk) for row in found] for kind, found in rows.items()})


def _rows_of(candidate: Candidate) -> dict[str, Any]:
    """What is theirs and has a history, by the type that events name."""
    mine = {"interview__candidate": candidate}
    conflicts = Q(primary_interview__candidate=candidate) | Q(conflicting_interview__candidate=candidate)
    of_evaluation = {"evaluation__interview__candidate": candidate}
    return {
        "interview": Interview.objects.filter(candidate=candidate),
        "schedule": InterviewSchedule.objects.filter(candidate=candidate),
        "conflict": InterviewConflict.objects.filter(conflicts),
        "waitlist": WaitlistEntry.objects.filter(**mine),
        "hold": PlaceHold.objects.filter(**mine),
        "message": Message.objects.filter(**mine),
        "evaluation": Evaluation.objects.filter(**mine),
        "review": Review.objects.filter(**of_evaluation),
        "decision": Decision.objects.filter(**of_evaluation),
        "request": CandidateRequest.objects.filter(session__interview__candidate=candidate),
    }


def forget_traces(person: Person, gone: Gone) -> None:
    """Clean all copies, and add what was changed to ``gone``."""
    found = {
        "import_rows": _import_rows(person),
        "texts_with_the_name": _named(person),
        "events": _events(person),
        "webhook_deliveries": _deliveries(person),
        "admin_log": _admin_log(person),
        "kept_answers": _answers(person),
    }
    for kind, keys in found.items():
        if keys:
            gone[kind] = sorted(keys)


def _names(candidate: Candidate) -> set[str]:
    resume = getattr(candidate, "resume", None)
    names = {candidate.full_name, candidate.email, candidate.phone, candidate.poc_email} - {NAME}
    if resume is not None:
        names |= {resume.full_name, resume.filename, *resume.emails, *resume.phones, *resume.links}
    return names


def _written(rows: dict[str, Any]) -> set[str]:
    """What colleagues, and the candidate, wrote beside the interviews."""
    words: set[str] = {each.feedback for each in rows["interview"]}
    words |= {text for each in rows["schedule"] for text in (each.booking_notes, each.cancellation_reason)}
    words |= {text for each in rows["review"] for text in (each.note, *map(str, each.notes.values()))}
    words |= {each.note for each in rows["decision"]}
    words |= {text for each in rows["request"] for text in (each.message, each.answer)}
    words |= {str(each.conflict_details.get("reason", "")) for each in rows["conflict"]}
    return words


def _said(sessions: list[InterviewSession]) -> set[str]:
    words: set[str] = {each.draft for each in sessions}
    words |= {each.feedback.text for each in sessions if hasattr(each, "feedback")}
    turns = Turn.objects.filter(session__in=sessions, role="candidate")
    return words | set(turns.values_list("text", flat=True))


def _long_enough(texts: Collection[str]) -> frozenset[str]:
    return frozenset(text for text in texts if len(text.strip()) >= SHORTEST)


def _import_rows(person: Person) -> list[str]:
    """The rows of the company's files that became the candidate, or have the same address."""
    own = Q(batch__company__isnull=True) if person.company_id is None else Q(batch__company_id=person.company_id)
    rows = ImportRow.objects.filter(own).exclude(cells=[], values={}, problems=[])
    mine = rows.filter(
        Q(candidate_id=person.candidate_id) | Q(values__email__iexact=person.email) | Q(cells__icontains=person.email)
    )
    keys = list(mine.values_list("pk", flat=True))
    ImportRow.objects.filter(pk__in=keys).update(cells=[], values={}, problems=[])
    return [str(key) for key in keys]


def _named(person: Person) -> list[str]:
    """The name of a round, or the notes of a slot, in which somebody has written who the candidate is."""
    found: list[str] = []
    rounds = Interview.objects.filter(candidate=person.candidate_id).filter(_contains("interview_round", person))
    slots = InterviewSlot.objects.filter(schedules__candidate=person.candidate_id).filter(_contains("notes", person))
    for rows, emptied in ((rounds, {"interview_round": "AI Interview"}), (slots, {"notes": ""})):
        keys = sorted(set(rows.values_list("pk", flat=True)))
        rows.model.objects.filter(pk__in=keys).update(**emptied)
        found += map(str, keys)
    return found


def _contains(field: str, person: Person) -> Q:
    found = Q(pk__in=[])
    for name in person.names:
        found |= Q(**{f"{field}__icontains": name})
    return found


def _of(person: Person) -> Q:
    """The events about the person."""
    return _told_of(person.ids)


def _told_of(ids: dict[str, list[str]]) -> Q:
    found = Q(pk__in=[])
    for kind, keys in ids.items():
        found |= Q(object_type=kind, object_id__in=keys)
    return found


def _events(person: Person) -> list[str]:
    """What they say of ids, states and times stays."""
    changed = []
    for event in Event.objects.filter(_of(person)).iterator():
        before, after = cleaned(event.before, person.words), cleaned(event.after, person.words)
        if (before, after) != (event.before, event.after):
            event.before, event.after = before, after
            changed.append(event)
    Event.objects.bulk_update(changed, ["before", "after"], batch_size=500)
    return [str(event.pk) for event in changed]


def _deliveries(person: Person) -> list[str]:
    """Bodies keep what receivers are promised; what receivers have answered goes."""
    about = Event.objects.filter(_of(person)).values("pk")
    changed = set()
    for delivery in WebhookDelivery.objects.filter(event_id__in=about).iterator():
        try:
            body = json.loads(delivery.body)
        except ValueError:
            body = delivery.body
        clean = cleaned(body, person.words)
        if clean != body:
            text = clean if isinstance(clean, str) else json.dumps(clean, separators=(",", ":"))
            WebhookDelivery.objects.filter(pk=delivery.pk).update(body=text)
            changed.add(str(delivery.pk))
    attempts = WebhookAttempt.objects.filter(delivery__event_id__in=about).exclude(answer_body="", answer_headers={})
    changed |= {str(key) for key in attempts.values_list("delivery_id", flat=True)}
    attempts.update(answer_body="", answer_headers={})
    return sorted(changed)


def _admin_log(person: Person) -> list[str]:
    """Django's own history of what administrators did names the object by its text."""
    rows = LogEntry.objects.filter(
        content_type__app_label=Candidate._meta.app_label,
        content_type__model=Candidate._meta.model_name,
        object_id=str(person.candidate_id),
    )
    keys = list(rows.exclude(object_repr=NAME, change_message="").values_list("pk", flat=True))
    LogEntry.objects.filter(pk__in=keys).update(object_repr=NAME, change_message="")
    return [str(key) for key in keys]


def _answers(person: Person) -> list[str]:
    """Answers that were kept under an ``Idempotency-Key``, of colleagues, administrators and whoever has a link."""
    colleagues = User.objects.filter(Q(company_id=person.company_id) | Q(company_id__isnull=True))
    scopes = [f"user:{key}" for key in colleagues.values_list("pk", flat=True)]
    sought = [*person.keys, *person.words]
    return forget_answers(scopes=scopes, mentions=lambda text: any(each in text for each in sought))


def cleaned(value: Any, words: Collection[str]) -> Any:
    """Plain data without members that tell of a person, and without texts that contain one of the words."""
    if isinstance(value, dict):
        return {name: cleaned(each, words) for name, each in value.items() if name not in PERSONAL}
    if isinstance(value, list):
        return [cleaned(each, words) for each in value]
    if isinstance(value, str) and any(word in value for word in words):
        return DELETED
    return value
