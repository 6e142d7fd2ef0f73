"""All that Parley keeps about one candidate, as one JSON and the files, in a ZIP."""

import io
import json
import zipfile
from collections.abc import Iterable
from datetime import datetime
from typing import Any

from django.core.serializers.json import DjangoJSONEncoder
from django.db import models

from parley.conversations.models import InterviewSession
from parley.core.models import Event
from parley.evaluations.export import decision_values, override_values, request_values, review_values, turn_values
from parley.evaluations.queries import requests_of
from parley.hiring.models import Candidate, ImportRow, Resume
from parley.interviews.models import Interview, InterviewConflict, InvitationRow
from parley.notifications.models import Message
from parley.privacy.traces import about

FORMAT = 1  # rises when a member changes its meaning or goes away
_LINK = ("ai_interview_type", "timezone", "created_at", "expires_at", "revoked_at")  # never what opens it
_BOOKING = (
    "id",
    "slot_id",
    "start_time",
    "end_time",
    "status",
    "booking_notes",
    "booked_at",
    "confirmed_at",
    "cancelled_at",
    "cancellation_reason",
)
_SESSION = (
    "id",
    "schedule_id",
    "state",
    "ending",
    "minutes",
    "extra_minutes",
    "consent_version",
    "consented_at",
    "started_at",
    "ended_at",
    "draft",
    "draft_saved_at",
    "human_requested_at",
    "said_deleted_at",
)
_CONFLICT = (
    "id",
    "conflict_type",
    "resolution",
    "conflict_details",
    "proposals",
    "resolution_notes",
    "detected_at",
    "resolved_at",
)
_MESSAGE = ("id", "interview_id", "kind", "recipient", "state", "due_at", "sent_at", "attempts", "last_error")
_JUDGEMENT = (
    *("criterion_key", "sample", "model", "parameters", "kit_version_hash", "system", "user", "raw"),
    *("outcome", "level", "reason", "found", "refused", "created_at"),
)
_EVENT = ("type", "object_type", "object_id", "actor_kind", "actor_id", "occurred_at", "before", "after")


def archive_of(candidate: Candidate, *, now: datetime) -> bytes:
    """The ZIP: ``candidate.json``, and ``resume.pdf`` or ``resume.docx`` where there is a file."""
    whole = io.BytesIO()
    with zipfile.ZipFile(whole, "w", zipfile.ZIP_DEFLATED) as archive:
        text = json.dumps(candidate_values(candidate, now=now), cls=DjangoJSONEncoder, ensure_ascii=False, indent=2)
        archive.writestr("candidate.json", text)
        resume: Resume | None = getattr(candidate, "resume", None)
        if resume is not None and resume.file.name and resume.file.storage.exists(resume.file.name):
            with resume.file.open("rb") as file:
                archive.writestr(f"resume.{resume.kind}", file.read())
    return whole.getvalue()


def candidate_values(candidate: Candidate, *, now: datetime) -> dict[str, Any]:
    """Everything, as plain values. Whoever adds a table about candidates adds it here."""
    interviews = Interview.objects.filter(candidate=candidate).select_related("job").order_by("created_at", "pk")
    resume = getattr(candidate, "resume", None)
    messages = Message.objects.filter(interview__candidate=candidate).order_by("created_at", "pk")
    invitations = InvitationRow.objects.filter(candidate=candidate).order_by("pk")
    return {
        "format": FORMAT,
        "made_at": now,
        "candidate": _all(candidate),
        "resume": _all(resume) if resume is not None else None,
        "imported_from": [_values(row, ("number", "cells", "values")) for row in _import_rows(candidate)],
        "invitations": [_values(row, ("interview_id", "state", "code", "reason")) for row in invitations],
        "interviews": [_interview(each) for each in interviews],
        "mails": [_values(each, _MESSAGE) for each in messages],
        "history": [_values(each, _EVENT) for each in Event.objects.filter(about(candidate)).order_by("id")],
    }


def _interview(interview: Interview) -> dict[str, Any]:
    conflicts = InterviewConflict.objects.filter(primary_interview=interview).order_by("detected_at", "pk")
    sessions = interview.sessions.select_related("kit_version__kit", "feedback").order_by("created_at", "pk")
    job = {"job_title": interview.job.job_title if interview.job else None}
    waits = interview.waitlist.order_by("created_at", "pk")
    return {
        **_all(interview),
        **job,
        "links": [_values(each, _LINK) for each in interview.links.order_by("created_at")],
        "bookings": [_values(each, _BOOKING) for each in interview.schedules.order_by("booked_at", "pk")],
        "held_places": [_all(each) for each in interview.holds.order_by("created_at", "pk")],
        "waits": [_all(each) for each in waits],
        "conflicts": [_values(each, _CONFLICT) for each in conflicts],
        "sessions": [_session(each) for each in sessions],
    }


def _session(session: InterviewSession) -> dict[str, Any]:
    version, evaluation = session.kit_version, getattr(session, "evaluation", None)
    feedback = getattr(session, "feedback", None)
    return {
        **_values(session, _SESSION),
        "kit": version.kit.name,
        "kit_version": version.number,
        "transcript": [turn_values(each) for each in session.turns.all()],
        "feedback": _values(feedback, ("rating", "text", "created_at")) if feedback is not None else None,
        "evaluation": evaluation.state if evaluation else None,
        "ratings": [
            review_values(each) | {"replaced_at": each.replaced_at}
            for each in (evaluation.reviews.select_related("reviewer") if evaluation else ())
        ],
        "decisions": [
            decision_values(each) | {"replaced_at": each.replaced_at}
            for each in (evaluation.decisions.select_related("decided_by") if evaluation else ())
        ],
        "ai_judgements": [_values(each, _JUDGEMENT) for each in (evaluation.judgements.all() if evaluation else ())],
        "ai_levels_changed": [
            override_values(each) | {"replaced_at": each.replaced_at}
            for each in (evaluation.overrides.select_related("overridden_by") if evaluation else ())
        ],
        "requests": [request_values(each) for each in requests_of(session)],
    }


def _import_rows(candidate: Candidate) -> Iterable[ImportRow]:
    return ImportRow.objects.filter(candidate=candidate)


def _all(row: models.Model) -> dict[str, Any]:
    """All columns of a row; a file by its name in the archive."""
    names = [each.attname for each in row._meta.concrete_fields if not isinstance(each, models.FileField)]
    return _values(row, names)


def _values(row: models.Model, names: Iterable[str]) -> dict[str, Any]:
    return {name: getattr(row, name) for name in names}
