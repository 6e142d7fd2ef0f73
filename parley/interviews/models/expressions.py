"""SQL expressions that the constraints share.

The embedded PostgreSQL has no contrib extension (no ``btree_gist``), so exclusion constraints compare numbers as
ranges of one: ``int8range(k, k, '[]') WITH &&`` holds exactly where the numbers are equal.
"""

from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import RangeOperators
from django.db.models import BigIntegerField, Case, CheckConstraint, Deferrable, F, Func, Q, TextChoices, Value, When

from parley.interviews.rules.states import InterviewType

OVERLAPS = RangeOperators.OVERLAPS


def range_of_one(expression: F | Func | Case) -> Func:
    """A ``bigint`` as a range that overlaps with its equal alone."""
    return Func(expression, expression, Value("[]"), function="int8range")


def period(start: str, end: str, function: str = "tstzrange") -> Func:
    """The half-open range of two columns."""
    return Func(F(start), F(end), function=function)


def type_number(column: str) -> Case:
    """An interview type as a number, stable under reordering of the enum: it stands in an index."""
    numbers = {
        InterviewType.TECHNICAL: 1,
        InterviewType.BEHAVIORAL: 2,
        InterviewType.CODING: 3,
        InterviewType.SYSTEM_DESIGN: 4,
        InterviewType.GENERAL: 5,
    }
    return Case(
        *(When(**{column: kind.value}, then=Value(number)) for kind, number in numbers.items()),
        output_field=BigIntegerField(),
    )


def one_of(name: str, column: str, choices: type[TextChoices]) -> CheckConstraint:
    """Forbid any word that is not one of the choices."""
    return CheckConstraint(name=name, condition=Q(**{f"{column}__in": choices.values}))


def no_overlap(
    name: str, *ranges: Func, where: Q | None = None, deferrable: Deferrable | None = None
) -> ExclusionConstraint:
    """Forbid two rows whose ``ranges`` all overlap."""
    return ExclusionConstraint(
        name=name, expressions=[(each, OVERLAPS) for each in ranges], condition=where, deferrable=deferrable
    )
