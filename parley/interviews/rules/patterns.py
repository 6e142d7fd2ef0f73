"""What a changed pattern means for the slots that it made before."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Generic, TypeVar

from parley.interviews.rules.recurrence import Occurrence


@dataclass(frozen=True)
class Made:
    """What the plan needs to know of a slot that a pattern made."""

    occurrence: datetime | None  # the pattern's start that it stands for
    is_customised: bool  # a person has edited it
    is_moved: bool  # and has given it other times
    is_open: bool  # neither cancelled nor completed
    has_bookings: bool


S = TypeVar("S")


@dataclass
class Plan(Generic[S]):
    """Which slots come, go and stay."""

    create: list[Occurrence] = field(default_factory=list)
    remove: list[S] = field(default_factory=list)
    keep: list[S] = field(default_factory=list)  # as the pattern wants them, or as a person does
    strand: list[S] = field(default_factory=list)  # booked, and not in the pattern any more: a person decides


def plan(
    wanted: Sequence[Occurrence],
    existing: Iterable[S],
    *,
    facts: Callable[[S], Made],
    matches: Callable[[S, Occurrence], bool],
    ended: bool = False,
) -> Plan[S]:
    """Compare what the pattern wants with what it has made. Only slots without bookings are ever moved.

    A slot that a person has cancelled or edited stands for its start: it is neither made again nor taken away as long
    as the pattern has this start. One that a person has moved stays where it is until the pattern has ``ended``.
    """
    result: Plan[S] = Plan()
    by_start = {occurrence.start: occurrence for occurrence in wanted}
    answered: set[datetime] = set()
    for slot in existing:
        made = facts(slot)
        occurrence = by_start.get(made.occurrence) if made.occurrence else None
        if not made.is_open or _stays(made, slot, occurrence, matches=matches, ended=ended):
            result.keep.append(slot)
        elif made.has_bookings:
            result.strand.append(slot)
        else:
            result.remove.append(slot)
            continue
        if occurrence is not None:
            answered.add(occurrence.start)
    result.create = [occurrence for occurrence in wanted if occurrence.start not in answered]
    return result


def _stays(
    made: Made,
    slot: S,
    occurrence: Occurrence | None,
    *,
    matches: Callable[[S, Occurrence], bool],
    ended: bool,
) -> bool:
    if occurrence is None:
        return made.is_moved and not ended
    return made.is_customised or matches(slot, occurrence)
