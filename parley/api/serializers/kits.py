"""Interview kits and their versions, as they go in and out."""

from typing import Any

from rest_framework import serializers

from parley.api.fields import FlagField, KeyField, LineField, NumberField, ObjectField
from parley.conversations.library import LANGUAGES, USUAL
from parley.conversations.models import InterviewKit, KitVersion
from parley.interviews.rules.states import InterviewType


class KitIn(serializers.Serializer[Any]):
    """A kit to make. Without ``content``, it begins with what Parley ships for the type."""

    company = KeyField(required=False, help_text="Administrators name one; for all others it is their own.")
    interview_type = serializers.ChoiceField(InterviewType.choices)
    name = LineField(max_length=100)
    job = KeyField(source="job_id", required=False, allow_null=True, help_text="null: for all jobs.")
    language = serializers.ChoiceField(
        list(LANGUAGES.items()), default=USUAL, help_text="Of the words that Parley ships."
    )
    content = ObjectField(required=False, help_text="Competencies, questions and rubric: see `GET /api/kits/shipped/`.")


class KitChangeIn(serializers.Serializer[Any]):
    """What of a kit can change; its words change by a new version."""

    company = KeyField(required=False)
    name = LineField(max_length=100)
    job = KeyField(source="job_id", required=False, allow_null=True)
    is_active = FlagField(required=False)


class VersionIn(serializers.Serializer[Any]):
    """New words of a kit."""

    content = ObjectField()
    based_on = NumberField(
        required=False,
        min_value=1,
        max_value=2**31 - 1,
        help_text="The version that was edited; where it is not the latest any more, the call is refused.",
    )


class KitOut(serializers.Serializer[Any]):
    """A kit. ``version`` is the number of its latest version."""

    id = serializers.UUIDField()
    company = serializers.IntegerField()
    interview_type = serializers.ChoiceField(InterviewType.choices)
    name = serializers.CharField()
    job = serializers.IntegerField(allow_null=True)
    is_active = serializers.BooleanField()
    version = serializers.IntegerField()
    content_hash = serializers.CharField()
    created_at = serializers.DateTimeField()
    updated_at = serializers.DateTimeField()


class VersionOut(serializers.Serializer[Any]):
    """A version, which never changes. ``content_hash`` is the SHA-256 of its canonical JSON."""

    number = serializers.IntegerField()
    content_hash = serializers.CharField()
    content = ObjectField()
    created_at = serializers.DateTimeField()
    created_by = serializers.IntegerField(allow_null=True)


class ShippedOut(serializers.Serializer[Any]):
    """A kit that Parley ships."""

    interview_type = serializers.ChoiceField(InterviewType.choices)
    language = serializers.ChoiceField(list(LANGUAGES.items()))
    content_hash = serializers.CharField()
    content = ObjectField()


def kit_out(kit: InterviewKit) -> dict[str, Any]:
    """As ``KitOut``; its versions are loaded, or are read now."""
    latest = max(kit.versions.all(), key=lambda version: version.number)
    return {
        "id": kit.pk,
        "company": kit.company_id,
        "interview_type": kit.interview_type,
        "name": kit.name,
        "job": kit.job_id,
        "is_active": kit.is_active,
        "version": latest.number,
        "content_hash": latest.content_hash,
        "created_at": kit.created_at,
        "updated_at": kit.updated_at,
    }


def version_out(version: KitVersion) -> dict[str, Any]:
    """As ``VersionOut``."""
    return {
        "number": version.number,
        "content_hash": version.content_hash,
        "content": version.content,
        "created_at": version.created_at,
        "created_by": version.created_by_id,
    }
