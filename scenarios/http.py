"""A client of the API that expects what it asks for."""

import time
import uuid
from collections.abc import Collection
from typing import Any

import httpx

PAGE = 500
TRIES = 4


class StoryError(Exception):
    """The server answered what the story does not allow."""


class Api:
    """One user's calls. Not shared between threads."""

    def __init__(self, base_url: str, token: str = "") -> None:
        self.base_url, self.token = base_url, token
        headers = {"Authorization": f"Token {token}"} if token else {}
        self._client = httpx.Client(base_url=base_url, headers=headers, timeout=60)
        self.calls = 0

    @classmethod
    def login(cls, base_url: str, email: str, password: str) -> "Api":
        """Log in, and go on with the token."""
        with cls(base_url) as visitor:
            body = {"email": email, "password": password}
            return cls(base_url, visitor.post("/api/auth/login/", body, expect=(200,)).json()["token"])

    def __enter__(self) -> "Api":
        return self

    def __exit__(self, *_: object) -> None:
        self._client.close()

    def get(self, path: str, **parameters: Any) -> httpx.Response:
        """Read."""
        return self._call("GET", path, expect=(200,), params=parameters)

    def post(
        self,
        path: str,
        body: Any = None,
        *,
        expect: Collection[int] = (201,),
        key: str | None = None,
        **more: Any,
    ) -> httpx.Response:
        """Write, under an idempotency key: a call that is repeated does nothing twice."""
        headers = {"Idempotency-Key": key or uuid.uuid4().hex}
        return self._call("POST", path, expect=expect, json=body, headers=headers, **more)

    def delete(self, path: str, **parameters: Any) -> httpx.Response:
        """Take away."""
        return self._call("DELETE", path, expect=(204,), params=parameters)

    def every(self, path: str, **parameters: Any) -> list[dict[str, Any]]:
        """All rows of a list, page by page."""
        rows: list[dict[str, Any]] = []
        while True:
            answer = self.get(path, page=len(rows) // PAGE + 1, page_size=PAGE, **parameters)
            rows += answer.json()
            if len(rows) >= int(answer.headers["X-Total-Count"]) or not answer.json():
                return rows

    def _call(self, method: str, path: str, *, expect: Collection[int], **options: Any) -> httpx.Response:
        for attempt in range(1, TRIES + 1):
            self.calls += 1
            try:
                answer = self._client.request(method, path, **options)
            except httpx.TransportError as error:
                if attempt == TRIES or method == "DELETE":
                    raise StoryError(f"{method} {path}: {error!r}") from error
                time.sleep(0.2 * attempt)
                continue
            if answer.status_code not in expect:
                raise StoryError(f"{method} {path} answered {answer.status_code}: {answer.text[:500]}")
            return answer
        raise AssertionError("unreachable")
