"""Input fields that take what the contract says and nothing that merely looks like it."""

import re
from collections.abc import Callable
from contextvars import ContextVar
from datetime import UTC, date, datetime, time
from decimal import Decimal
from typing import Any, ClassVar
from uuid import UUID
from zoneinfo import ZoneInfo

from django.http import QueryDict
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from parley.core.lines import is_one_line
from parley.core.timezones import instant_of, zone_names

_INSTANT = re.compile(r"\d{4}-\d\d-\d\d[Tt ]\d\d:\d\d(:\d\d(\.\d{1,9})?)?(?P<offset>Z|z|[+-]\d\d:?\d\d)?", re.ASCII)
_DAY = re.compile(r"\d{4}-\d\d-\d\d", re.ASCII)
_CLOCK = re.compile(r"([01]\d|2[0-3]):[0-5]\d(:[0-5]\d)?", re.ASCII)
_UUID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}", re.ASCII | re.IGNORECASE)
_WHOLE = re.compile(r"-?\d{1,19}", re.ASCII)
EARLIEST, LATEST = date(2000, 1, 1), date(2199, 12, 31)
LARGEST_ID = 2**63 - 1
_EXACT = 2**53  # the whole numbers up to here are exact as floating point
NO_INSTANT = "Not an ISO 8601 instant, such as 2027-03-28T09:00:00+02:00."

# How the OpenAPI document describes them. An instant may come without an offset, which `date-time` does not allow.
INSTANT_SCHEMA = {
    "type": "string",
    "anyOf": [
        {"format": "date-time"},
        {"pattern": r"^\d{4}-\d\d-\d\d[Tt ]\d\d:\d\d(:\d\d(\.\d{1,9})?)?(Z|z|[+-]\d\d:?\d\d)?$"},
    ],
    "description": "An ISO 8601 instant; one without an offset is read in the company's zone.",
    "examples": ["2027-03-29T09:00:00+02:00", "2027-03-29T09:00:00"],
}
CLOCK_SCHEMA = {
    "type": "string",
    "pattern": r"^([01]\d|2[0-3]):[0-5]\d(:[0-5]\d)?$",
    "description": "A local time of day.",
    "examples": ["09:00", "17:30:00"],
}

# ``parley.interviews.rules.settings`` is what holds.
SETTINGS_SCHEMA = {
    "type": "object",
    "description": "Any JSON object up to 32 KB; the keys below are checked.",
    "properties": {
        "difficulty": {"enum": ["easy", "medium", "hard", None]},
        "topics": {
            "type": ["array", "null"],
            "items": {"type": "string", "minLength": 1, "maxLength": 200},
            "maxItems": 50,
        },
        "language": {"type": ["string", "null"], "minLength": 1, "maxLength": 200},
        "questions": {"type": ["integer", "null"], "minimum": 1, "maximum": 50},
        "duration_minutes": {"type": ["integer", "null"], "minimum": 1, "maximum": 1440},
        "kit": {
            "anyOf": [
                {"type": "string", "minLength": 1, "maxLength": 200},
                {"type": "integer", "minimum": 1, "maximum": 2**53},
                {"type": "null"},
            ]
        },
    },
    "additionalProperties": True,
}

# Gives the zone for instants without an offset, for the input that is being checked (``Endpoint.input`` sets it).
READING_ZONE: ContextVar[Callable[[], ZoneInfo]] = ContextVar("reading_zone")


def parse_instant(text: str, zone: Callable[[], ZoneInfo]) -> datetime:
    """An ISO 8601 instant in UTC; one without an offset is read in ``zone``. Raises ``ValueError`` with a sentence."""
    if not _INSTANT.fullmatch(text):
        raise ValueError(NO_INSTANT)
    try:
        value = datetime.fromisoformat(text.upper())
        instant: datetime | None = value.astimezone(UTC) if value.tzinfo else instant_of(value, zone())
    except (ValueError, OverflowError) as error:
        raise ValueError("There is no such date or time.") from error
    if instant is None:
        raise ValueError("The clocks skip this local time: send an offset, or another time.")
    return instant


@extend_schema_field(INSTANT_SCHEMA)
class InstantField(serializers.Field):  # type: ignore[type-arg]
    """An instant; one without an offset is read in ``READING_ZONE``."""

    def to_internal_value(self, data: Any) -> datetime:
        """The instant in UTC."""
        if not isinstance(data, str):
            raise serializers.ValidationError(NO_INSTANT)
        try:
            return parse_instant(data, READING_ZONE.get())
        except ValueError as error:
            raise serializers.ValidationError(str(error)) from error

    def to_representation(self, value: datetime) -> datetime:
        """As it is; the renderer writes it."""
        return value


class DayField(serializers.DateField):
    """A calendar date between 2000 and 2199."""

    def to_internal_value(self, value: Any) -> date:
        """The date."""
        if not isinstance(value, str) or not _DAY.fullmatch(value):
            self.fail("invalid", format="YYYY-MM-DD")
        day = super().to_internal_value(value)
        if not EARLIEST <= day <= LATEST:
            raise serializers.ValidationError("Must be between 2000-01-01 and 2199-12-31.")
        return day


@extend_schema_field(CLOCK_SCHEMA)
class ClockField(serializers.Field):  # type: ignore[type-arg]
    """A local time of day, with hours and minutes, and seconds where they matter."""

    def to_internal_value(self, data: Any) -> time:
        """The time."""
        if not isinstance(data, str) or not _CLOCK.fullmatch(data):
            raise serializers.ValidationError("Not a time of day, such as 09:00.")
        return time.fromisoformat(data)

    def to_representation(self, value: time) -> time:
        """As it is; the renderer writes it."""
        return value


class TextField(serializers.CharField):
    """Text; a number is not text, except in a form. The longest length counts before white space is cut off."""

    def __init__(self, **options: Any) -> None:
        self.null_is_blank = bool(options.get("allow_blank")) and not options.get("allow_null")
        super().__init__(**(options | {"allow_null": True} if self.null_is_blank else options))

    def run_validation(self, data: Any = serializers.empty) -> Any:
        """The text; where it may be blank, null is."""
        value = super().run_validation(data)
        return "" if value is None and self.null_is_blank else value

    def to_internal_value(self, data: Any) -> str:
        """The text."""
        if not isinstance(data, str):
            self.fail("invalid")
        if self.max_length is not None and len(data) > self.max_length:
            self.fail("max_length", max_length=self.max_length)
        return super().to_internal_value(data)


class LineField(TextField):
    """Text of one line, such as a name or a title: it stands in subjects and headings."""

    default_error_messages: ClassVar[dict[str, Any]] = {"control": "Must be one line, without control characters."}

    def to_internal_value(self, data: Any) -> str:
        """The text."""
        text = super().to_internal_value(data)
        if not is_one_line(text):
            self.fail("control")
        return text


class ItemsField(serializers.ListField):
    """A list. Its length counts before its items are looked at: each bad one would have its own message."""

    def to_internal_value(self, data: Any) -> list[Any]:
        """The items."""
        if isinstance(data, list) and self.max_length is not None and len(data) > self.max_length:
            raise serializers.ValidationError(f"At most {self.max_length} items.")
        return super().to_internal_value(data)


class NumberField(serializers.IntegerField):
    """A whole number; digits in quotes are not one, except in a form or a query."""

    def to_internal_value(self, data: Any) -> int:
        """The number."""
        if isinstance(data, str) and is_form(self) and _WHOLE.fullmatch(data):
            return int(data)
        if isinstance(data, float) and data.is_integer() and abs(data) <= _EXACT:  # JSON: 1.0 is 1
            return int(data)
        if not isinstance(data, int) or isinstance(data, bool):
            self.fail("invalid")
        return data


class KeyField(NumberField):
    """The id of a company, job, candidate or user."""

    def __init__(self, **options: Any) -> None:
        super().__init__(min_value=1, max_value=LARGEST_ID, **options)


class YearsField(serializers.DecimalField):
    """Years, to the tenth; a number in quotes is not one, except in a form."""

    def __init__(self, **options: Any) -> None:
        super().__init__(max_digits=3, decimal_places=1, min_value=0, max_value=80, **options)

    def to_internal_value(self, data: Any) -> Decimal:
        """The number."""
        if isinstance(data, bool) or not (isinstance(data, int | float) or is_form(self)):
            self.fail("invalid")
        return super().to_internal_value(data)


class FlagField(serializers.BooleanField):
    """true or false; words are not, except in a form."""

    def to_internal_value(self, data: Any) -> bool:
        """The flag."""
        if not isinstance(data, bool) and not is_form(self):
            self.fail("invalid", input=data)
        return bool(super().to_internal_value(data))


class IdField(serializers.UUIDField):
    """A UUID in its usual form."""

    def to_internal_value(self, data: Any) -> UUID:
        """The UUID."""
        if not isinstance(data, str) or not _UUID.fullmatch(data):
            self.fail("invalid", value=data)
        return UUID(data)


@extend_schema_field({"type": "object", "additionalProperties": True})
class ObjectField(serializers.JSONField):
    """Any JSON object."""

    def to_internal_value(self, data: Any) -> dict[str, Any]:
        """The object."""
        if not isinstance(data, dict):
            raise serializers.ValidationError("Must be a JSON object.")
        return data


@extend_schema_field(SETTINGS_SCHEMA)
class SettingsField(ObjectField):
    """Settings of the AI (``rules.settings`` checks them)."""


@extend_schema_field({"type": "string", "format": "iana-timezone", "examples": ["Europe/Berlin", "UTC"]})
class ZoneField(TextField):
    """The name of an IANA time zone."""

    def to_internal_value(self, data: Any) -> str:
        """The name."""
        name = super().to_internal_value(data)
        if name and name not in zone_names():
            raise serializers.ValidationError("Not an IANA time zone, such as Europe/Berlin or UTC.")
        return name


def is_form(field: serializers.Field) -> bool:  # type: ignore[type-arg]
    """Whether the values can only be text: a form, or the query of an address."""
    return isinstance(getattr(field.root, "initial_data", None), QueryDict) or bool(field.context.get("query"))
