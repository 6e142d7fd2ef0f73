"""The number beside the bell of each page."""

from collections.abc import Callable
from typing import Any

from django.http import HttpRequest

from parley.notifications.inbox import unread
from parley.organizations.models import User

MOST = 100  # above that it is "99+"


def bell(request: HttpRequest) -> dict[str, Any]:
    """What templates find: counted only where a page shows it."""
    return {"unread": _counted(request)}


def _counted(request: HttpRequest) -> Callable[[], str]:
    def count() -> str:
        user = request.user
        number = unread(user, at_most=MOST) if isinstance(user, User) else 0
        return f"{MOST - 1}+" if number >= MOST else str(number or "")

    return count
