"""An interview as it is held, as its candidate and as its company see it."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from rest_framework import serializers

from parley.api.fields import FlagField, IdField, LineField, NumberField, TextField
from parley.conversations.models import InterviewSession, Turn
from parley.conversations.queries import Standing, answered_as
from parley.conversations.rules.consent import NOTICE, VERSION
from parley.conversations.rules.kits import Kit
from parley.conversations.rules.states import Ending, Role, SessionState, TurnKind
from parley.conversations.rules.timing import MOST_EXTRA_MINUTES
from parley.interviews.rules.policy import Policy
from parley.llm.rules.failures import Problem

LONGEST_ANSWER = 20_000


class TurnOut(serializers.Serializer[Any]):
    """One thing that was said."""

    id = serializers.UUIDField()
    number = serializers.IntegerField(help_text="From 1, without a gap.")
    role = serializers.ChoiceField(Role.choices)
    kind = serializers.ChoiceField(TurnKind.choices)
    text = serializers.CharField()
    created_at = serializers.DateTimeField()


def turn_out(turn: Turn) -> dict[str, Any]:
    """As ``TurnOut``."""
    return {name: getattr(turn, name) for name in map(str, TurnOut().fields)}


class PublicTurnOut(TurnOut):
    """The same with how its question is answered."""

    answer = serializers.ChoiceField(["text", "code"])


class PublicSessionOut(serializers.Serializer[Any]):
    """The interview as it is held."""

    state = serializers.ChoiceField(SessionState.choices)
    notice = serializers.ListField(child=serializers.CharField(), help_text="What the candidate agrees to.")
    consent_version = serializers.CharField(help_text="Of the notice.")
    join_from = serializers.DateTimeField(allow_null=True)
    join_until = serializers.DateTimeField(allow_null=True)
    language = serializers.CharField(allow_null=True, help_text="Of the questions (BCP 47); null: not opened yet.")
    introduction = serializers.CharField(allow_null=True)
    questions_total = serializers.IntegerField(help_text="Core questions.")
    questions_asked = serializers.IntegerField()
    time_left_seconds = serializers.IntegerField(allow_null=True, help_text="null: it does not run.")
    ends_at = serializers.DateTimeField(allow_null=True)
    turns = PublicTurnOut(many=True)
    draft = serializers.CharField()
    human_requested_at = serializers.DateTimeField(allow_null=True)
    said_deleted_at = serializers.DateTimeField(allow_null=True, help_text="When what was said was deleted.")


def public_turn_out(turn: Turn, kit: Kit | None) -> dict[str, Any]:
    """As ``PublicTurnOut``."""
    return turn_out(turn) | {"answer": answered_as(kit, turn)}


def public_session_out(standing: Standing, policy: Policy, *, now: datetime) -> dict[str, Any]:
    """As ``PublicSessionOut``."""
    session, kit, schedule = standing.session, standing.kit, standing.schedule
    opens, closes = policy.join_window(schedule.start_time) if schedule else (None, None)
    return {
        "state": standing.state,
        "notice": NOTICE,
        "consent_version": VERSION,
        "join_from": opens,
        "join_until": closes,
        "language": kit.language if kit else None,
        "introduction": kit.introduction if kit else None,
        "questions_total": standing.questions_total,
        "questions_asked": standing.questions_asked,
        "time_left_seconds": standing.seconds_left(now=now),
        "ends_at": session.ends_at if session else None,
        "turns": [public_turn_out(turn, kit) for turn in standing.turns],
        "draft": session.draft if session else "",
        "human_requested_at": session.human_requested_at if session else None,
        "said_deleted_at": session.said_deleted_at if session else None,
    }


class ConsentIn(serializers.Serializer[Any]):
    """The candidate agrees to the notice of that version."""

    consent_version = LineField(max_length=20)
    accepted = FlagField()


class DraftIn(serializers.Serializer[Any]):
    """What is being written."""

    text = TextField(allow_blank=True, max_length=LONGEST_ANSWER, trim_whitespace=False)
    turn = IdField(required=False, help_text="The question that it answers: refused where another one is open by now.")


class AnswerIn(serializers.Serializer[Any]):
    """An answer; an empty one leaves the question out."""

    client_id = LineField(max_length=64, help_text="Chosen by the sender: the same again counts once.")
    text = TextField(allow_blank=True, max_length=LONGEST_ANSWER, trim_whitespace=False)
    turn = IdField(required=False, help_text="The question that is answered: refused where another one is open by now.")


class HumanIn(serializers.Serializer[Any]):
    """Why, if the candidate wants to say so."""

    message = TextField(required=False, allow_blank=True, max_length=2_000)


class FeedbackIn(serializers.Serializer[Any]):
    """What the candidate thought of the interview."""

    rating = NumberField(min_value=1, max_value=5, help_text="5 is best.")
    text = TextField(required=False, allow_blank=True, max_length=5_000)


class FeedbackOut(serializers.Serializer[Any]):
    """The same as it is kept."""

    rating = serializers.IntegerField()
    text = serializers.CharField()
    created_at = serializers.DateTimeField()


def feedback_out(feedback: Any) -> dict[str, Any]:
    """As ``FeedbackOut``."""
    return {"rating": feedback.rating, "text": feedback.text, "created_at": feedback.created_at}


class SessionOut(serializers.Serializer[Any]):
    """The holding of an interview, for its company."""

    id = serializers.UUIDField()
    interview = serializers.UUIDField()
    schedule = serializers.UUIDField()
    state = serializers.ChoiceField(SessionState.choices)
    ending = serializers.ChoiceField(Ending.choices, allow_null=True)
    kit = serializers.UUIDField()
    kit_version = serializers.IntegerField()
    kit_version_hash = serializers.CharField(help_text="SHA-256 of the kit's content.")
    consent_version = serializers.CharField(allow_null=True)
    consented_at = serializers.DateTimeField(allow_null=True)
    started_at = serializers.DateTimeField(allow_null=True)
    ends_at = serializers.DateTimeField(allow_null=True)
    ended_at = serializers.DateTimeField(allow_null=True)
    minutes = serializers.IntegerField()
    extra_minutes = serializers.IntegerField()
    questions_total = serializers.IntegerField()
    human_requested_at = serializers.DateTimeField(allow_null=True)
    said_deleted_at = serializers.DateTimeField(allow_null=True, help_text="When what was said was deleted.")
    feedback = FeedbackOut(allow_null=True)


def session_out(session: InterviewSession) -> dict[str, Any]:
    """As ``SessionOut``; the kit's version and the feedback are loaded."""
    version, feedback = session.kit_version, getattr(session, "feedback", None)
    times = ("consented_at", "started_at", "ends_at", "ended_at", "said_deleted_at")
    plain = ("state", *times, "minutes", "extra_minutes")
    return {
        **{name: getattr(session, name) for name in plain},
        "id": session.pk,
        "interview": session.interview_id,
        "schedule": session.schedule_id,
        "ending": session.ending or None,
        "kit": version.kit_id,
        "kit_version": version.number,
        "kit_version_hash": version.content_hash,
        "consent_version": session.consent_version or None,
        "questions_total": len(session.plan),
        "human_requested_at": session.human_requested_at,
        "feedback": feedback_out(feedback) if feedback is not None else None,
    }


class FailedAttemptOut(serializers.Serializer[Any]):
    """What went wrong before a model answered, or instead."""

    model = serializers.CharField()
    problem = serializers.ChoiceField(Problem.choices)
    detail = serializers.CharField()
    ms = serializers.IntegerField()


class RecordedTurnOut(TurnOut):
    """The same with how the interviewer came to it; times are milliseconds."""

    question_key = serializers.CharField(help_text="The core question that it belongs to.")
    interviewer = serializers.CharField(help_text="`scripted`, `model`, or empty: the candidate.")
    model = serializers.CharField()
    first_token_ms = serializers.IntegerField(allow_null=True)
    total_ms = serializers.IntegerField(allow_null=True)
    input_tokens = serializers.IntegerField()
    output_tokens = serializers.IntegerField()
    cost_micros = serializers.IntegerField(help_text="Millionths of a US dollar.")
    attempts = FailedAttemptOut(many=True)


class TranscriptOut(serializers.Serializer[Any]):
    """Everything that was said."""

    session = SessionOut()
    turns = RecordedTurnOut(many=True)


def transcript_out(session: InterviewSession, turns: Sequence[Turn]) -> dict[str, Any]:
    """As ``TranscriptOut``."""
    return {"session": session_out(session), "turns": [_recorded(turn) for turn in turns]}


def _recorded(turn: Turn) -> dict[str, Any]:
    return {name: getattr(turn, name) for name in map(str, RecordedTurnOut().fields)}


class GrantIn(serializers.Serializer[Any]):
    """More time for one candidate."""

    extra_minutes = NumberField(min_value=0, max_value=MOST_EXTRA_MINUTES, help_text="In all, beyond the usual.")
