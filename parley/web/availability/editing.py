"""The form of a week: what its windows share, and the windows."""

from dataclasses import dataclass
from datetime import time
from typing import Any, cast

from django.http import HttpRequest, QueryDict

from parley.core.errors import DomainError
from parley.interviews.models import AIInterviewConfiguration
from parley.interviews.operations.weeks import Week
from parley.interviews.queries import fingerprint
from parley.interviews.rules.states import InterviewType
from parley.interviews.rules.weeks import MOST_WINDOWS
from parley.organizations.models import User
from parley.web.availability.forms import BaseWindowFormSet, WeekForm, WindowFormSet

USUAL = [(day, start, end) for day in range(1, 6) for start, end in ((time(9), time(12)), (time(13), time(17)))]


@dataclass(frozen=True)
class Editor:
    """Bound to what was sent, or filled with what there is."""

    was: list[AIInterviewConfiguration]
    form: WeekForm
    windows: BaseWindowFormSet
    seen: str

    @classmethod
    def of(cls, request: HttpRequest, user: User, was: list[AIInterviewConfiguration]) -> "Editor":
        """The editor of a week, or without one of a new week."""
        assert user.company is not None  # noqa: S101 (for colleagues alone)
        sent = _sent(request)
        form = WeekForm(
            sent,
            initial=WeekForm.initial_of(was[0]) if was else {"interview_type": _kind(request)},
            company_zone=user.company.timezone,
            fixed_type=bool(was),
        )
        rows: Any = _rows(was) if sent is None else None
        windows = cast("BaseWindowFormSet", WindowFormSet(sent, initial=rows, prefix="window"))
        seen = fingerprint(was) if sent is None else sent.get("seen", "")
        return cls(was, form, windows, seen)

    def is_valid(self) -> bool:
        """Both parts are looked at, so that all that is wrong is said at once."""
        return all([self.form.is_valid(), self.windows.is_valid()])

    def week(self, *, without_windows: bool = False) -> Week:
        """What was asked for."""
        kept: dict[str, Any] = {"ai_settings": self.was[0].ai_settings} if self.was else {}
        return Week(
            interview_type=self.form.cleaned_data["interview_type"],
            settings=self.form.settings() | kept,
            windows=[] if without_windows else [row.window() for row in self.windows.kept()],
            replaces=[each.pk for each in self.was],
            seen=self.seen,
        )

    def refuse(self, error: DomainError) -> None:
        """Show the refusal where it belongs."""
        if not self.windows.refuse(error):
            self.form.refuse(error)


def _sent(request: HttpRequest) -> QueryDict | None:
    """The form, with a few empty rows where these were asked for; a script makes them by itself."""
    if request.method != "POST":
        return None
    sent = request.POST.copy()
    count = sent.get("window-TOTAL_FORMS", "")
    if "row" in sent and count.isdecimal():
        sent["window-TOTAL_FORMS"] = str(min(int(count) + 2, MOST_WINDOWS))
    return sent


def _kind(request: HttpRequest) -> str:
    asked = request.GET.get("type", "")
    return asked if asked in InterviewType.values else InterviewType.TECHNICAL.value


def _rows(was: list[AIInterviewConfiguration]) -> list[dict[str, Any]]:
    if not was:
        return [{"day": day, "start": start, "end": end} for day, start, end in USUAL]
    return [{"id": each.pk, "day": each.day_of_week, "start": each.start_time, "end": each.end_time} for each in was]
