"""The words for imports, and what a row must be like to become a candidate. Pure functions over plain values."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal, InvalidOperation

from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db.models import TextChoices

from parley.core.emails import canonical_email

MAX_BYTES = 5 * 1024 * 1024
KEEP_DAYS = 14  # so long, what was uploaded is kept


class ImportState(TextChoices):
    """Where an import stands."""

    MAPPING = "mapping", "columns to be chosen"
    CHECKED = "checked", "to be looked at"
    RUNNING = "running", "running"
    DONE = "done", "finished"
    UNDONE = "undone", "undone"

    @classmethod
    def over(cls) -> list[str]:
        """Those after which nothing is imported any more."""
        return [cls.DONE.value, cls.UNDONE.value]


class RowState(TextChoices):
    """Where a row stands."""

    UNREAD = "unread", "not looked at"
    GOOD = "good", "good"
    WRONG = "wrong", "wrong"
    DONE = "done", "imported"


# What a column can be, with the longest text that a candidate's field takes. First and last name make the full name.
FIELDS: dict[str, tuple[str, int]] = {
    "full_name": ("Full name", 200),
    "first_name": ("First name", 100),
    "last_name": ("Last name", 99),
    "email": ("E-mail address", 254),
    "phone": ("Phone", 40),
    "role": ("Role", 200),
    "domain": ("Domain", 200),
    "work_experience": ("Years of experience", 10),
    "poc_email": ("E-mail of the contact person", 254),
}


@dataclass(frozen=True)
class Problem:
    """Why a row cannot be taken."""

    field: str
    code: str
    message: str

    def as_json(self) -> dict[str, str]:
        """To be kept."""
        return {"field": self.field, "code": self.code, "message": self.message}


@dataclass
class Checked:
    """A row as its columns read, and what is wrong with it."""

    values: dict[str, str]
    problems: list[Problem] = field(default_factory=list)


def known() -> Problem:
    """The refusal of a row whose candidate is there already."""
    return Problem("email", "known", "A candidate with this e-mail address is there already.")


def read_row(cells: Sequence[str], columns: Mapping[str, int]) -> Checked:
    """The row's values by the ``columns``, with what is wrong with them on their own."""
    found = {name: cells[at].strip() if at < len(cells) else "" for name, at in columns.items()}
    parts = [found.pop("first_name", ""), found.pop("last_name", "")]
    values = {name: " ".join(text.split()) for name, text in found.items()}
    if not values.get("full_name"):
        values["full_name"] = " ".join(" ".join(parts).split())
    problems = [*_name(values), *_email(values), *_years(values), *_contact(values)]
    problems += [
        Problem(name, "too_long", f"{FIELDS[name][0]} is longer than {FIELDS[name][1]} characters.")
        for name, text in values.items()
        if len(text) > FIELDS[name][1]
    ]
    return Checked(values, problems)


def check_rows(rows: Sequence[tuple[int, Checked]], *, taken: Collection[str]) -> None:
    """Add what is wrong with rows because of others: addresses that are ``taken``, or stand in an earlier row."""
    first: dict[str, int] = {}
    for number, row in rows:
        email = row.values.get("email", "")
        if not email or any(problem.field == "email" for problem in row.problems):
            continue
        if email in taken:
            row.problems.append(known())
        elif email in first:
            text = f"The same e-mail address stands in row {first[email]}, too."
            row.problems.append(Problem("email", "twice", text))
        first.setdefault(email, number)


def _name(values: Mapping[str, str]) -> list[Problem]:
    return [] if values["full_name"] else [Problem("full_name", "missing", "The name is missing.")]


def _email(values: dict[str, str]) -> list[Problem]:
    text = values.get("email", "")
    if not text:
        return [Problem("email", "missing", "The e-mail address is missing.")]
    if not _is_email(text):
        return [Problem("email", "no_email", f"“{text[:80]}” is no e-mail address.")]
    values["email"] = canonical_email(text)
    return []


def _contact(values: dict[str, str]) -> list[Problem]:
    text = values.get("poc_email", "")
    if text and not _is_email(text):
        return [Problem("poc_email", "no_email", f"“{text[:80]}” is no e-mail address.")]
    if text:
        values["poc_email"] = canonical_email(text)
    return []


def _years(values: dict[str, str]) -> list[Problem]:
    text = values.get("work_experience", "")
    if not text:
        values.pop("work_experience", None)
        return []
    try:
        years = Decimal(text.replace(",", "."))
    except InvalidOperation:
        years = Decimal(-1)
    if not (years.is_finite() and 0 <= years <= 99):
        return [Problem("work_experience", "no_years", f"“{text[:20]}” is no number of years, such as 4 or 2.5.")]
    values["work_experience"] = str(round(years, 1))
    return []


def _is_email(text: str) -> bool:
    try:
        validate_email(text)
    except ValidationError:
        return False
    return True
