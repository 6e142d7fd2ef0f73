"""Filters of lists: a value that cannot be meant is refused, not ignored."""

import re
from typing import Any
from uuid import UUID

import django_filters
from django import forms
from django_filters.rest_framework import DjangoFilterBackend
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema_field
from rest_framework.exceptions import ValidationError
from rest_framework.request import Request

from parley.api.fields import INSTANT_SCHEMA, LARGEST_ID, parse_instant
from parley.api.zones import zone_of_list

_WHOLE = re.compile(r"\d{1,19}", re.ASCII)
_UUID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}", re.ASCII | re.IGNORECASE)
# A plus sign that was not percent-encoded arrives as a space.
_LOST_PLUS = re.compile(r"(?<=\d) (?=\d\d:?\d\d$)", re.ASCII)


class StrictFilterBackend(DjangoFilterBackend):  # type: ignore[misc]  # django-filter is untyped
    """django-filter's backend, which answers bad values with 400; an empty value is one."""

    def filter_queryset(self, request: Request, queryset: Any, view: Any) -> Any:
        """Narrow the rows."""
        filters = self.get_filterset_class(view, queryset)
        for name in filters.base_filters if filters else ():
            if request.query_params.get(name) == "":
                raise ValidationError({name: ["This value may not be empty."]})
        return super().filter_queryset(request, queryset, view)


class _InstantFormField(forms.CharField):
    def to_python(self, value: Any) -> Any:
        return super().to_python(value) or None


class _WholeFormField(forms.Field):
    def to_python(self, value: Any) -> int | None:
        if value in self.empty_values:
            return None
        if not _WHOLE.fullmatch(value) or int(value) > LARGEST_ID:
            raise forms.ValidationError("Enter a whole number.")
        return int(value)


class _IdFormField(forms.Field):
    def to_python(self, value: Any) -> UUID | None:
        if value in self.empty_values:
            return None
        if not _UUID.fullmatch(value):
            raise forms.ValidationError("Enter a valid UUID.")
        return UUID(value)


class _FlagFormField(forms.Field):
    def to_python(self, value: Any) -> bool | None:
        if value in self.empty_values:
            return None
        if value.lower() not in ("true", "false"):
            raise forms.ValidationError("Enter true or false.")
        return bool(value.lower() == "true")


@extend_schema_field({"type": "integer", "minimum": 0, "maximum": LARGEST_ID})
class KeyFilter(django_filters.Filter):  # type: ignore[misc]  # django-filter is untyped
    """The id of a company, job or candidate, or another whole number."""

    field_class = _WholeFormField


@extend_schema_field(OpenApiTypes.UUID)
class IdFilter(django_filters.Filter):  # type: ignore[misc]  # django-filter is untyped
    """The UUID of a slot or interview."""

    field_class = _IdFormField


@extend_schema_field(OpenApiTypes.BOOL)
class FlagFilter(django_filters.Filter):  # type: ignore[misc]  # django-filter is untyped
    """true or false."""

    field_class = _FlagFormField


@extend_schema_field(INSTANT_SCHEMA)
class InstantFilter(django_filters.CharFilter):  # type: ignore[misc]  # django-filter is untyped
    """An instant; without an offset it is read in the caller's company's zone."""

    field_class = _InstantFormField

    def filter(self, qs: Any, value: str | None) -> Any:
        """Narrow the rows."""
        if not value:
            return qs
        try:
            instant = parse_instant(_LOST_PLUS.sub("+", value), lambda: zone_of_list(self.parent.request))
        except ValueError as error:
            raise ValidationError({self.label or self.field_name: [str(error)]}) from error
        return super().filter(qs, instant)


@extend_schema_field({"type": "string", "minLength": 1, "maxLength": 200})
class SearchFilter(django_filters.CharFilter):  # type: ignore[misc]  # django-filter is untyped
    """A part of a text."""

    def __init__(self, **options: Any) -> None:
        super().__init__(max_length=200, **options)


class StableOrdering(django_filters.OrderingFilter):  # type: ignore[misc]  # django-filter is untyped
    """``?ordering=``, with the primary key last, so that pages neither repeat nor lose rows."""

    def filter(self, qs: Any, value: Any) -> Any:
        """Order the rows."""
        if not value:
            return qs
        if not all(value):  # ``?ordering=a,,b``: an empty choice passes django-filter's check
            raise ValidationError({"ordering": ["A name is missing between the commas."]})
        return qs.order_by(*(self.get_ordering_value(each) for each in value), "pk")
