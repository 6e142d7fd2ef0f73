"""What is asked for a week."""

from datetime import date
from typing import TYPE_CHECKING, Any

from django import forms

from parley.core.errors import DomainError
from parley.interviews.models import AIInterviewConfiguration
from parley.interviews.rules.holidays import calendar_codes, calendar_named
from parley.interviews.rules.limits import MAX_CAPACITY
from parley.interviews.rules.states import InterviewType
from parley.interviews.rules.weeks import MOST_WINDOWS, WeekWindow
from parley.web.forms import OperationForm, ZoneField

DAYS = ["Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"]


class DateInput(forms.DateInput):
    """A browser's own date picker."""

    input_type = "date"

    def __init__(self) -> None:
        super().__init__(format="%Y-%m-%d")


class TimeInput(forms.TimeInput):
    """A browser's own time picker, to the minute."""

    input_type = "time"

    def __init__(self) -> None:
        super().__init__(format="%H:%M")


class WeekForm(OperationForm):
    """What all windows of a week share."""

    interview_type = forms.ChoiceField(label="Interview type", choices=InterviewType.choices)
    timezone = ZoneField(label="Time zone", required=False)
    slot_duration = forms.IntegerField(label="Minutes of a slot", min_value=5, max_value=480, initial=60)
    break_duration = forms.IntegerField(label="Minutes of break after it", min_value=0, max_value=240, initial=15)
    max_candidates = forms.IntegerField(
        label="Candidates in a slot",
        min_value=1,
        max_value=MAX_CAPACITY,
        initial=1,
        help_text="The AI can interview several at the same time.",
    )
    valid_from = forms.DateField(label="From", required=False, widget=DateInput(), help_text="Empty: from today.")
    valid_until = forms.DateField(label="Until", required=False, widget=DateInput(), help_text="Empty: without end.")
    holidays = forms.CharField(
        label="Public holidays of",
        required=False,
        max_length=16,
        widget=forms.TextInput(attrs={"list": "calendars", "autocomplete": "off"}),
        help_text="A country or a part of it, such as DE or US-CA: no slots on its holidays.",
    )
    excluded_dates = forms.CharField(
        label="Other days without slots",
        required=False,
        max_length=12_000,
        widget=forms.Textarea(attrs={"rows": 3, "autocomplete": "off"}),
        help_text="One a line, as 2026-12-24.",
    )

    def __init__(self, *args: Any, company_zone: str, fixed_type: bool = False, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        zone = self.fields["timezone"]
        assert isinstance(zone, ZoneField)  # noqa: S101 (it is written so above)
        zone.offer_nothing(f"{company_zone} (that of the company)")
        self.fields["interview_type"].disabled = fixed_type

    def clean_holidays(self) -> str:
        """As the calendars spell it."""
        code = calendar_named(self.cleaned_data["holidays"])
        if code and code not in calendar_codes():
            raise forms.ValidationError("There is no such calendar. Choose one of the list.")
        return code

    def clean_excluded_dates(self) -> list[date]:
        """The days, each once and in order."""
        words = self.cleaned_data["excluded_dates"].replace(",", " ").split()
        try:
            days = sorted({date.fromisoformat(word) for word in words})
        except ValueError as error:
            raise forms.ValidationError("Write one day a line, as 2026-12-24.") from error
        if len(days) > 1000:
            raise forms.ValidationError("At most 1,000 days can be left out.")
        return days

    def settings(self) -> dict[str, Any]:
        """The values that the windows share."""
        return {name: value for name, value in self.cleaned_data.items() if name != "interview_type"}

    @staticmethod
    def initial_of(configuration: AIInterviewConfiguration) -> dict[str, Any]:
        """What a week says now."""
        names = [name for name in WeekForm.base_fields if name != "excluded_dates"]
        days = "\n".join(day.isoformat() for day in configuration.excluded_dates)
        return {name: getattr(configuration, name) for name in names} | {"excluded_dates": days}


class WindowForm(forms.Form):
    """One window of a weekday."""

    id = forms.IntegerField(required=False, widget=forms.HiddenInput())
    day = forms.TypedChoiceField(label="Day", choices=list(enumerate(DAYS, start=1)), coerce=int)
    start = forms.TimeField(label="From", widget=TimeInput())
    end = forms.TimeField(label="Until", widget=TimeInput())

    def window(self) -> WeekWindow:
        """As the operation takes it."""
        values = self.cleaned_data
        return WeekWindow(id=values.get("id"), day=values["day"], start=values["start"], end=values["end"])


if TYPE_CHECKING:
    _FormSet = forms.BaseFormSet[WindowForm]
else:
    _FormSet = forms.BaseFormSet


class BaseWindowFormSet(_FormSet):
    """The windows, a row each; rows that are left empty are none."""

    def kept(self) -> list[WindowForm]:
        """The rows that are filled in, and not marked to go; of a valid formset."""
        return [form for form in self.forms if form.cleaned_data.get("start") and not form.cleaned_data.get("DELETE")]

    def refuse(self, error: DomainError) -> bool:
        """Show the refusal of one window at its row; whether it was one."""
        rows = self.kept()
        for name, messages in error.errors.items():
            part, _, rest = name.partition(".")
            number, _, field = rest.partition(".")
            if part != "windows" or not number.isdecimal():
                return False
            rows[int(number)].add_error(field.removesuffix("_time"), messages)
        return bool(error.errors)


WindowFormSet = forms.formset_factory(
    WindowForm,
    formset=BaseWindowFormSet,
    extra=2,
    can_delete=True,
    max_num=MOST_WINDOWS,
    absolute_max=MOST_WINDOWS,
    validate_max=True,
)
