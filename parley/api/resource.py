"""What every endpoint shares: who asks, the refusal of other companies in a body, and ``Idempotency-Key``."""

import functools
import hashlib
import json
import re
from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any, cast
from zoneinfo import ZoneInfo

from django.http import HttpResponse, QueryDict
from django.utils import timezone
from rest_framework import viewsets
from rest_framework.exceptions import ValidationError
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from parley.api.fields import LARGEST_ID, READING_ZONE
from parley.api.wire import to_json
from parley.api.zones import zone_of_body
from parley.core.errors import Forbidden, Invalid
from parley.core.idempotency import ANONYMOUS, Answer, once
from parley.core.problems import CONTENT_TYPE
from parley.organizations.models import User

_COMPANY_NAMES = ("company", "company_id")
MAX_KEY = 255
_KEY = re.compile(rf"[!-~]{{1,{MAX_KEY}}}")


class Endpoint(APIView):
    """The base of all views."""

    idempotent = True  # whether POST heeds an Idempotency-Key
    http_method_names = ["get", "post", "put", "patch", "delete", "head"]

    @property
    def actor(self) -> User:
        """Who asks."""
        return cast(User, self.request.user)

    @property
    def now(self) -> datetime:
        """The instant of this request."""
        return timezone.now()

    def prepare(self) -> None:
        """What shall be done before a transaction is open, where the call has an ``Idempotency-Key``."""

    def input(self, serializer: Any, *, zone: ZoneInfo | None = None, partial: bool = False) -> dict[str, Any]:
        """The body, checked by ``serializer``; raises ``ValidationError``.

        Instants without an offset are read in ``zone``, else in that of the company named, else in the caller's.
        """
        in_zone = functools.partial(zone_of_body, self.request, *_COMPANY_NAMES)
        token = READING_ZONE.set(in_zone if zone is None else lambda: zone)
        try:
            return _checked(serializer, self.request.data, partial=partial)
        finally:
            READING_ZONE.reset(token)

    def query(self, serializer: Any) -> dict[str, Any]:
        """The query parameters, checked by ``serializer``."""
        checked = serializer(data=self.request.query_params.dict(), context={"request": self.request, "query": True})
        checked.is_valid(raise_exception=True)
        values: dict[str, Any] = checked.validated_data
        return values

    def finalize_response(self, request: Request, response: Any, *args: Any, **kwargs: Any) -> Any:
        """No cache keeps what only the bearer of a token may see."""
        answer = super().finalize_response(request, response, *args, **kwargs)
        answer.headers.setdefault("Cache-Control", "no-store")
        return answer

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        """After authentication: no other company in the body, and a repeat under the same key changes nothing."""
        super().initial(request, *args, **kwargs)
        if request.method in ("POST", "PUT", "PATCH") and request.user.is_authenticated:
            _refuse_other_company(request)
        handler = getattr(self, "post", None)
        if request.method == "POST" and handler and self.idempotent and "Idempotency-Key" in request.headers:
            setattr(self, "post", functools.partial(self._once, handler))  # noqa: B010 (subclasses define it as a method)

    def _once(self, handler: Callable[..., Response], request: Request, *args: Any, **kwargs: Any) -> HttpResponse:
        key = request.headers["Idempotency-Key"]
        if not _KEY.fullmatch(key):
            message = f"Must be 1 to {MAX_KEY} printable ASCII characters without spaces."
            raise ValidationError({"Idempotency-Key": [message]})
        fingerprint = _fingerprint(request)
        self.prepare()

        def run() -> Answer:
            try:
                response = handler(request, *args, **kwargs)
            except Exception as error:  # noqa: BLE001 (what is no refusal is raised again by the handler)
                response = self.handle_exception(error)
            headers = {name: response[name] for name in ("Retry-After",) if name in response}
            return Answer(response.status_code, to_json(response.data), headers)

        answer, repeated = once(
            scope=_scope(request, fingerprint), key=key, fingerprint=fingerprint, now=self.now, run=run
        )
        response = HttpResponse(
            answer.body,
            status=answer.status,
            content_type=CONTENT_TYPE if answer.status >= 400 else "application/json",
            headers=answer.headers,
        )
        if repeated:
            response["Idempotency-Replayed"] = "true"
        return response


class Resource(Endpoint, viewsets.GenericViewSet):  # type: ignore[type-arg]
    """The base of views on rows."""

    def page_of(self, rows: Any, represent: Callable[[Any], Any]) -> Response:
        """One page of ``rows`` (a query set) as an array with its headers."""
        page = self.paginate_queryset(rows)
        return self.get_paginated_response([represent(row) for row in page or []])

    def found(self, search: Callable[..., tuple[list[Any], int]]) -> Response:
        """One page of a ``search``, which takes ``limit`` and ``offset`` and gives the rows and their total."""
        pages: Any = self.paginator
        limit, offset = pages.window(self.request)
        rows, pages.total = search(limit=limit, offset=offset)
        response: Response = pages.get_paginated_response(rows)
        return response


def _checked(serializer: Any, data: Any, *, partial: bool) -> dict[str, Any]:
    """``data`` as ``serializer`` understands it; raises ``ValidationError``."""
    if isinstance(data, QueryDict):
        form = serializer(data=data, partial=partial)
        form.is_valid(raise_exception=True)
        values: dict[str, Any] = form.validated_data
    else:
        values = _reader(serializer, partial=partial).run_validation(data)
    return values


@functools.cache
def _reader(serializer: Any, *, partial: bool) -> Any:
    """One instance for all JSON bodies: making its fields anew takes longer than checking with them.

    It keeps nothing of what it checks: the data and the result are an argument and a return value.
    """
    return serializer(partial=partial)


def refuse_move(values: dict[str, Any], company_id: int | None) -> None:
    """Take the company out of an update's values; raise ``Invalid`` where it is not the one that the row has."""
    named = values.pop("company", company_id)
    if named is not None and named != company_id:
        raise Invalid.field("company", "The company cannot be changed.", code="company_fixed")


def _refuse_other_company(request: Request) -> None:
    user = cast(User, request.user)
    if user.sees_all or not isinstance(request.data, dict):
        return
    _refuse_other_names(request.data, user)
    for value in request.data.values():
        for row in value if isinstance(value, list) else ():
            if isinstance(row, dict):
                _refuse_other_names(row, user)


def _refuse_other_names(data: Mapping[str, Any], user: User) -> None:
    for name in _COMPANY_NAMES:
        named = _as_id(data.get(name))
        if named is not None and named != user.company_id:
            raise Forbidden("You can only act for your own company.", code="other_company")


def _as_id(value: Any) -> int | None:
    """The number that is meant, if one is; what is none, the serializer refuses."""
    if isinstance(value, str) and value.isascii() and value.isdigit():
        return int(value[:20])
    if isinstance(value, int | float) and not isinstance(value, bool) and abs(value) <= LARGEST_ID and value % 1 == 0:
        return int(value)
    return None


def _scope(request: Request, fingerprint: str) -> str:
    """Keys of different users do not meet; without a user, the body stands for one."""
    return f"user:{request.user.pk}" if request.user.is_authenticated else f"{ANONYMOUS}{fingerprint}"


def _fingerprint(request: Request) -> str:
    digest = hashlib.sha256(f"{request.method} {request.get_full_path()}\n".encode())
    data: Any = request.data
    if request.FILES:
        for name, file in sorted(request.FILES.items()):
            digest.update(f"{name}={hashlib.sha256(file.read()).hexdigest()}\n".encode())
            file.seek(0)
        data = {name: value for name, value in data.items() if name not in request.FILES}
    digest.update(json.dumps(data, sort_keys=True, default=str).encode())
    return digest.hexdigest()
