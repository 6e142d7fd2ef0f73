"""JSON in and out of the API: strict parsing with clear refusals, fast rendering."""

import math
from collections.abc import Iterator, Mapping, Sequence
from decimal import Decimal
from typing import IO, Any

import orjson
from django.conf import settings
from rest_framework.exceptions import ParseError, ValidationError
from rest_framework.negotiation import BaseContentNegotiation
from rest_framework.parsers import BaseParser, DataAndFiles, MultiPartParser
from rest_framework.renderers import BaseRenderer
from rest_framework.request import Request

MAX_DEPTH = 64
MAX_NAME = 200  # characters of a field's name in a refusal
_OPTIONS = orjson.OPT_UTC_Z | orjson.OPT_NON_STR_KEYS
_WIDEST = 2**64 - 1  # of the whole numbers that ``orjson`` writes; -2**63 is the other end


class JSONParser(BaseParser):
    """Parses with ``orjson``, which refuses NaN, infinities, lone surrogates, invalid UTF-8 and endless nesting."""

    media_type = "application/json"

    def parse(
        self, stream: IO[Any], media_type: str | None = None, parser_context: Mapping[str, Any] | None = None
    ) -> Any:
        """The value; raises ``ParseError`` for what is not JSON, ``ValidationError`` for what cannot be stored."""
        body = stream.read(settings.PARLEY_MAX_JSON_BYTES + 1)
        try:
            value = orjson.loads(body)
        except orjson.JSONDecodeError as error:
            raise ParseError(f"The body is not valid JSON: {error}.", code="malformed_json") from error
        refuse_unstorable(value)
        return value


class FormParser(MultiPartParser):
    """Parses forms with files; one without a single readable part is malformed, not empty."""

    def parse(
        self, stream: IO[Any], media_type: str | None = None, parser_context: Mapping[str, Any] | None = None
    ) -> "DataAndFiles[Any, Any]":
        """The values and files; raises ``ParseError`` for what is no form."""
        parsed = super().parse(stream, media_type, parser_context)
        if not parsed.data and not parsed.files:
            raise ParseError("The form is empty, or not one.", code="malformed_form")
        return parsed


class JSONRenderer(BaseRenderer):
    """Renders with ``orjson``; instants in UTC end in ``Z``."""

    media_type = "application/json"
    format = "json"
    charset = None

    def render(
        self,
        data: Any,
        accepted_media_type: str | None = None,
        renderer_context: Mapping[str, Any] | None = None,
    ) -> bytes:
        """The bytes; none where there is no content."""
        return b"" if data is None else to_json(data)


class AlwaysJSON(BaseContentNegotiation):
    """Answers JSON whatever ``Accept`` says (RFC 9110, section 12.5.1, allows it): there is nothing else."""

    def select_parser(self, request: Request, parsers: Any) -> Any:
        """The first parser of the body's type; None makes a 415."""
        content_type = (request.content_type or "").partition(";")[0].strip().lower()
        return next((parser for parser in parsers if parser.media_type == content_type), None)

    def select_renderer(self, request: Request, renderers: Any, format_suffix: str | None = None) -> Any:
        """The only renderer."""
        return renderers[0], renderers[0].media_type


def to_json(data: Any) -> bytes:
    """JSON bytes of plain data, dates, UUIDs and decimals."""
    try:
        return orjson.dumps(data, default=_default, option=_OPTIONS)
    except orjson.JSONEncodeError:  # PostgreSQL gives the 1e30 of somebody's settings back as a whole number
        return orjson.dumps(_narrow(data), default=_default, option=_OPTIONS)


def refuse_unstorable(value: Any) -> None:
    """Raise ``ValidationError`` naming the field for NUL characters, endless numbers and deep nesting inside.

    It keeps one iterator a level and nothing a value: a body must not cost more than its own size.
    """
    levels: list[Iterator[tuple[str | int, Any]]] = [iter([("", value)])]
    path: list[str | int] = []
    while levels:
        for key, item in levels[-1]:
            if isinstance(key, str) and "\x00" in key:
                raise _unstorable([*path, key.replace("\x00", "")], _NUL)
            if isinstance(item, str):
                if "\x00" in item:
                    raise _unstorable([*path, key], _NUL)
            elif isinstance(item, float):
                if not math.isfinite(item):
                    raise _unstorable([*path, key], "Must be a finite number.")
            elif isinstance(item, dict | list) and item:
                if len(levels) > MAX_DEPTH:
                    raise _unstorable(path[1:2], "Nested too deeply.")
                levels.append(iter(item.items() if isinstance(item, dict) else enumerate(item)))
                path.append(key)
                break
        else:
            levels.pop()
            del path[-1:]


_NUL = "Null characters are not allowed."


def _unstorable(path: Sequence[str | int], message: str) -> ValidationError:
    """The refusal that names ``a.b[3]``."""
    name = ""
    for part in path:
        name += f"[{part}]" if isinstance(part, int) else f".{part}"
    return ValidationError({name.removeprefix(".").removeprefix(".")[:MAX_NAME] or "body": [message]})


def _narrow(data: Any) -> Any:
    """The same with the whole numbers that are too wide for 64 bits as floating point."""
    if isinstance(data, dict):
        return {key: _narrow(value) for key, value in data.items()}
    if isinstance(data, list | tuple):
        return [_narrow(value) for value in data]
    if isinstance(data, int) and not -(2**63) <= data <= _WIDEST:
        return float(data)
    return data


def _default(value: Any) -> Any:
    if isinstance(value, Decimal):
        return float(value)
    return str(value)
