"""What is asked of who rates and who decides."""

from typing import Any

from django import forms

from parley.conversations.rules.kits import LEVELS, Kit
from parley.evaluations.models import Review
from parley.evaluations.rules.ratings import LONGEST_NOTE
from parley.evaluations.rules.states import LONGEST_REPLY, Verdict
from parley.web.forms import OperationForm

UNTOLD = "none"  # the answers do not tell


class RatingForm(OperationForm):
    """A level for each criterion of a kit, with a note where somebody wants to give one."""

    def __init__(self, *args: Any, kit: Kit, **options: Any) -> None:
        super().__init__(*args, **options)
        self.kit = kit
        for criterion in kit.criteria:
            choices = [(str(level), f"{level}: {criterion.anchors[level - 1]}") for level in LEVELS]
            self.fields[f"level_{criterion.key}"] = forms.ChoiceField(
                label=criterion.name,
                help_text=criterion.description,
                choices=[*choices, (UNTOLD, "The answers do not tell")],
                widget=forms.RadioSelect,
                error_messages={"required": "Choose a level, or say that the answers do not tell."},
            )
            self.fields[f"note_{criterion.key}"] = _note(f"Why this level for “{criterion.name}”", rows=2)
        self.fields["note"] = _note("On the whole", rows=3)

    @property
    def levels(self) -> dict[str, int | None]:
        """By the keys of the criteria."""
        given = {each.key: self.cleaned_data[f"level_{each.key}"] for each in self.kit.criteria}
        return {key: None if level == UNTOLD else int(level) for key, level in given.items()}

    @property
    def notes(self) -> dict[str, str]:
        """By the keys of the criteria."""
        return {each.key: self.cleaned_data[f"note_{each.key}"] for each in self.kit.criteria}


class DecisionForm(OperationForm):
    """How it goes on with the candidate."""

    decision = forms.ChoiceField(
        label="How does it go on with the candidate?",
        choices=Verdict.choices,
        widget=forms.RadioSelect,
        error_messages={"required": "Choose one of the three."},
    )
    reason = forms.CharField(
        label="Why",
        max_length=LONGEST_NOTE,
        required=False,
        help_text="For your colleagues, and for whoever asks later how it was decided.",
        widget=forms.Textarea(attrs={"rows": 3}),
    )


class AnswerForm(OperationForm):
    """What the candidate shall read."""

    answer = forms.CharField(
        label="Your answer",
        max_length=LONGEST_REPLY,
        help_text="The candidate reads it as it is, with your name: by mail, and behind the personal link.",
        widget=forms.Textarea(attrs={"rows": 5}),
        error_messages={"required": "Write what the candidate shall read."},
    )


class OverrideForm(OperationForm):
    """Another level in the place of the AI's."""

    criterion = forms.CharField(widget=forms.HiddenInput)
    level = forms.ChoiceField(
        label="Your level",
        choices=[*((str(level), str(level)) for level in LEVELS), (UNTOLD, "The answers do not tell")],
        error_messages={"required": "Choose a level."},
    )
    because = forms.CharField(
        label="Why",
        max_length=LONGEST_NOTE,
        help_text="Your name stands beside it; the AI's level stays to be seen.",
        widget=forms.Textarea(attrs={"rows": 2}),
        error_messages={"required": "Say why."},
    )

    def __init__(self, *args: Any, key: str = "", **options: Any) -> None:
        super().__init__(*args, auto_id=f"id_{key}_%s", **options)

    @property
    def given(self) -> int | None:
        """The level."""
        level = self.cleaned_data["level"]
        return None if level == UNTOLD else int(level)


def values_of(review: Review | None) -> dict[str, Any]:
    """What the form shows of ratings that were given before."""
    if review is None:
        return {}
    levels = {f"level_{key}": UNTOLD if level is None else str(level) for key, level in review.levels.items()}
    return levels | {f"note_{key}": text for key, text in review.notes.items()} | {"note": review.note}


def _note(label: str, *, rows: int) -> forms.CharField:
    widget = forms.Textarea(attrs={"rows": rows})
    return forms.CharField(label=label, max_length=LONGEST_NOTE, required=False, widget=widget)
