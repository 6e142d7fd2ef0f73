"""Somebody who opens a personal link: what is theirs, how they read times, and what they chose on the page."""

from dataclasses import dataclass
from datetime import date, datetime
from urllib.parse import urlencode
from uuid import UUID
from zoneinfo import ZoneInfo

from django.http import HttpRequest

from parley.core.timezones import place_of, zone_names
from parley.interviews.links import LinkHolder, open_link
from parley.interviews.models import InterviewLink
from parley.interviews.offers import Seeker
from parley.interviews.operations.links import is_cancelled_by_company
from parley.interviews.rules.states import BOOKABLE_INTERVIEW
from parley.web.clocks import Clock
from parley.web.languages import locale_of

KEPT = ("timezone", "lang")  # what was chosen on the page, and goes with every link of it


@dataclass(frozen=True)
class Visit:
    """Somebody who opens a link: what is theirs, and how they read times."""

    request: HttpRequest
    token: str
    link: InterviewLink
    holder: LinkHolder
    seeker: Seeker
    clock: Clock
    now: datetime

    @classmethod
    def of(cls, request: HttpRequest, token: str, *, now: datetime) -> "Visit":
        """The visit of a link; raises as ``open_link`` does."""
        link, holder = open_link(token, now=now)
        company = link.interview.company
        companys = ZoneInfo(company.timezone if company else "UTC")
        zone = ZoneInfo(chosen_zone(request) or link.timezone or companys.key)
        return cls(request, token, link, holder, Seeker.of(link), Clock(zone, companys, locale_of(request)), now)

    @property
    def can_change(self) -> bool:
        """Whether there is a booking that can be moved or cancelled."""
        held = self.seeker.held
        return held is not None and self.now <= self.seeker.policy.can_change_until(held.start_time)

    def may_choose(self) -> bool:
        """Whether the interview may take a time, or another one."""
        interview = self.link.interview
        is_open = interview.status in BOOKABLE_INTERVIEW and not is_cancelled_by_company(interview)
        return is_open and (self.seeker.held is None or self.can_change)


def kept(request: HttpRequest) -> dict[str, str]:
    """What was chosen on the page."""
    return {name: request.GET[name] for name in KEPT if request.GET.get(name)}


def more(values: dict[str, str]) -> str:
    """What goes behind a link's own query."""
    return f"&{urlencode(values)}" if values else ""


def slot_id_of(text: str) -> UUID | None:
    """The id that was written, where it is one."""
    try:
        return UUID(text)
    except ValueError:
        return None


def day_of(text: str) -> date | None:
    """The date that was written, where it is a sensible one."""
    try:
        day = date.fromisoformat(text)
    except ValueError:
        return None
    return day if date(2000, 1, 1) <= day <= date(2199, 12, 1) else None


def zone_name(text: str) -> str:
    """The name, where it is one of a time zone."""
    return place_of(text) if text in zone_names() else ""


def chosen_zone(request: HttpRequest) -> str:
    """The zone that was chosen on the page, or found by its script."""
    return zone_name(request.GET.get("timezone", "") or request.POST.get("timezone", ""))
