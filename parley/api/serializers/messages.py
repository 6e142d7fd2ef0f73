"""Mails to candidates as they are shown, and what a company says of them."""

from typing import Any

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from parley.api.fields import ItemsField, NumberField, TextField
from parley.api.serializers.people import EmailIn
from parley.notifications.models import MailPolicy, Message
from parley.notifications.rules import MOST_REMINDERS, Kind, State
from parley.notifications.texts import DEFAULTS, LONGEST_BODY, LONGEST_SUBJECT


class MessageOut(serializers.Serializer[Any]):
    """One mail."""

    id = serializers.UUIDField()
    kind = serializers.ChoiceField(Kind.choices)
    state = serializers.ChoiceField(State.choices)
    interview = serializers.UUIDField()
    schedule = serializers.UUIDField(allow_null=True)
    recipient = serializers.CharField()
    due_at = serializers.DateTimeField()
    sent_at = serializers.DateTimeField(allow_null=True)
    attempts = serializers.IntegerField()
    last_error = serializers.CharField()
    created_at = serializers.DateTimeField()


def message_out(message: Message) -> dict[str, Any]:
    """As ``MessageOut``."""
    return {
        "id": message.pk,
        "kind": message.kind,
        "state": message.state,
        "interview": message.interview_id,
        "schedule": message.schedule_id,
        "recipient": message.recipient,
        "due_at": message.due_at,
        "sent_at": message.sent_at,
        "attempts": message.attempts,
        "last_error": message.last_error,
        "created_at": message.created_at,
    }


class TextIn(serializers.Serializer[Any]):
    """The company's own words for one kind of mail."""

    subject = TextField(max_length=LONGEST_SUBJECT)
    body = TextField(max_length=LONGEST_BODY, trim_whitespace=False)


_TEXTS_SCHEMA = {
    "type": "object",
    "description": "By kind: the company's own words. Names in braces are filled in: {candidate_name}, {company_name}, "
    "{job_title}, {when}, {duration}, {link}, {reason}, {change_until}, {reply_until}.",
    "properties": {
        kind: {
            "type": "object",
            "required": ["subject", "body"],
            "properties": {
                "subject": {"type": "string", "minLength": 1, "maxLength": LONGEST_SUBJECT},
                "body": {"type": "string", "minLength": 1, "maxLength": LONGEST_BODY},
            },
        }
        for kind in Kind.values
    },
    "additionalProperties": False,
}


@extend_schema_field(_TEXTS_SCHEMA)
class TextsField(serializers.Field):  # type: ignore[type-arg]
    """Own words by kind; kinds that are left out go back to the usual ones."""

    def to_internal_value(self, data: Any) -> dict[str, dict[str, str]]:
        """The texts."""
        if not isinstance(data, dict):
            raise serializers.ValidationError("Must be a JSON object.")
        if unknown := sorted(set(data) - set(Kind.values)):
            raise serializers.ValidationError({unknown[0]: [f"There are: {', '.join(Kind.values)}."]})
        reader = TextIn()
        texts = {}
        for kind, parts in data.items():
            try:
                texts[kind] = reader.run_validation(parts)
            except serializers.ValidationError as error:
                raise serializers.ValidationError({kind: error.detail}) from error
        return texts

    def to_representation(self, value: dict[str, dict[str, str]]) -> dict[str, dict[str, str]]:
        """As they are."""
        return value


class MailPolicyIn(serializers.Serializer[Any]):
    """What of it changes."""

    reminder_minutes = ItemsField(
        child=NumberField(min_value=5, max_value=43_200),
        required=False,
        max_length=MOST_REMINDERS,
        help_text="So long before the start; none: no reminders.",
    )
    reply_to = EmailIn(required=False, allow_blank=True, max_length=254)
    texts = TextsField(required=False)


class MailPolicyOut(serializers.Serializer[Any]):
    """What a company says of its mails; ``defaults`` are the usual words."""

    reminder_minutes = serializers.ListField(child=serializers.IntegerField())
    reply_to = serializers.CharField()
    texts = TextsField()
    defaults = TextsField()


def mail_policy_out(policy: MailPolicy) -> dict[str, Any]:
    """As ``MailPolicyOut``."""
    return {
        "reminder_minutes": policy.reminder_minutes,
        "reply_to": policy.reply_to,
        "texts": policy.texts,
        "defaults": {kind.value: {"subject": subject, "body": body} for kind, (subject, body) in DEFAULTS.items()},
    }


class PreviewIn(serializers.Serializer[Any]):
    """Which mail is shown as it would be sent; own words may be tried before they are kept."""

    kind = serializers.ChoiceField(Kind.choices)
    text = TextIn(required=False)


class PreviewOut(serializers.Serializer[Any]):
    """A mail as it would be sent, with invented names."""

    subject = serializers.CharField()
    text = serializers.CharField()
    html = serializers.CharField()
