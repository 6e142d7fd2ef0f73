"""What the calendar asks for."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from django import forms

from parley.core.errors import DomainError
from parley.core.timezones import instants_of
from parley.interviews.models import InterviewSlot
from parley.interviews.rules.limits import MAX_CAPACITY, MAX_SLOT_MINUTES
from parley.interviews.rules.states import InterviewType
from parley.web.calendar.times import WALL, offset, skipped
from parley.web.calendar.words import in_words
from parley.web.forms import OperationForm

_FIELDS = {"start_time": "start", "end_time": "minutes", "duration_minutes": "minutes", "job_id": "job"}
_AT_FIELD = {"slot_overlap": "start", "capacity_below_bookings": "max_candidates"}
WHILE_FREE = ("date", "start", "minutes", "ai_interview_type", "job")


class SlotForm(OperationForm):
    """A slot: its time on the wall clock of the company's zone, and the rest."""

    date = forms.DateField(label="Date", widget=forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"}))
    start = forms.TimeField(label="Starts at", widget=forms.TimeInput(format="%H:%M", attrs={"type": "time"}))
    occurrence = forms.ChoiceField(label="The clocks show this time twice. Which one?", widget=forms.RadioSelect)
    minutes = forms.IntegerField(
        label="Length in minutes",
        min_value=1,
        max_value=MAX_SLOT_MINUTES,
        initial=60,
        widget=forms.NumberInput(attrs={"inputmode": "numeric", "list": "usual-lengths"}),
    )
    ai_interview_type = forms.ChoiceField(label="Type", choices=InterviewType.choices)
    job = forms.ChoiceField(label="Job", required=False)
    max_candidates = forms.IntegerField(
        label="Places",
        min_value=1,
        max_value=MAX_CAPACITY,
        initial=1,
        help_text="How many candidates can take this time.",
        widget=forms.NumberInput(attrs={"inputmode": "numeric"}),
    )
    notes = forms.CharField(
        label="Notes",
        required=False,
        max_length=10_000,
        help_text="For your colleagues; candidates do not see them.",
        widget=forms.Textarea(attrs={"rows": 2}),
    )

    def __init__(self, *args: Any, zone: ZoneInfo, jobs: Sequence[tuple[int, str]], **kwargs: Any) -> None:
        """``jobs`` are those that can be chosen."""
        super().__init__(*args, **kwargs)
        self.zone = zone
        self.fields["start"].help_text = f"On the clock of {zone.key}."
        self._choices("job", [("", "Any job"), *((str(key), title) for key, title in jobs)])
        instants = self._instants()
        if len(instants) < 2:
            del self.fields["occurrence"]
        else:
            self._choices("occurrence", [(str(number), self._named(each)) for number, each in enumerate(instants)])

    def freeze(self) -> None:
        """Somebody is booked: the time, the type and the job stay."""
        for name in (*WHILE_FREE, "occurrence"):
            if name in self.fields:
                self.fields[name].disabled = True

    def clean(self) -> dict[str, Any]:
        """The time as instants."""
        values: dict[str, Any] = self.cleaned_data
        if {"date", "start", "minutes"} <= set(values):
            if not 1971 < values["date"].year < 9990:
                self.add_error("date", "Choose a date of this century.")
                return values
            local = datetime.combine(values["date"], values["start"])
            instants = instants_of(local, self.zone)
            if not instants:
                self.add_error("start", skipped(local))
            elif len(instants) == 1 or "occurrence" in values:
                values["start_time"] = instants[int(values.get("occurrence", 0))]
                values["end_time"] = values["start_time"] + timedelta(minutes=values["minutes"])
        return values

    def refuse(self, error: DomainError) -> None:
        """At the field that people can see, in words for them."""
        name = _AT_FIELD.get(error.code) or next((_FIELDS.get(each, each) for each in error.errors), "")
        self.add_error(name if name in self.fields else None, in_words(error))

    @property
    def slot_fields(self) -> dict[str, Any]:
        """What is not about time or job, for the operations."""
        return {name: self.cleaned_data[name] for name in ("ai_interview_type", "max_candidates", "notes")}

    @property
    def job_id(self) -> int | None:
        """The chosen job."""
        return int(self.cleaned_data["job"]) if self.cleaned_data["job"] else None

    def _choices(self, name: str, choices: Sequence[tuple[str, str]]) -> None:
        field = self.fields[name]
        assert isinstance(field, forms.ChoiceField)  # noqa: S101 (see above)
        field.choices = choices

    def _instants(self) -> list[datetime]:
        """The instants of the time as it is given now, right or wrong."""
        given = [str(self[name].value() or "") for name in ("date", "start")]
        try:
            local = datetime.strptime(f"{given[0]}T{given[1][:5]}", WALL)  # noqa: DTZ007 (a wall clock)
            return instants_of(local, self.zone)
        except (ValueError, OverflowError):
            return []

    def _named(self, instant: datetime) -> str:
        local = instant.astimezone(self.zone)
        return f"The {'second' if local.fold else 'first'} {local:%H:%M} ({offset(local)})"


def as_given(slot: InterviewSlot, zone: ZoneInfo) -> dict[str, Any]:
    """A slot as the form would have it."""
    local = slot.start_time.astimezone(zone)
    return {
        "date": f"{local:%Y-%m-%d}",
        "start": f"{local:%H:%M}",
        "occurrence": str(local.fold),
        "minutes": slot.duration_minutes,
        "ai_interview_type": slot.ai_interview_type,
        "job": str(slot.job_id or ""),
        "max_candidates": slot.max_candidates,
        "notes": slot.notes,
    }
