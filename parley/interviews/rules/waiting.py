"""Who of those that wait is offered which free place."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from uuid import UUID

from parley.interviews.rules.assignment import Place

MISSED_OFFERS = 3  # without an answer, in a row: then the candidate is taken for not waiting any more
LONGEST_WAIT_DAYS = 366


@dataclass(frozen=True)
class Waiting:
    """One that waits, in its turn; ``suits`` says which places would do."""

    key: UUID
    suits: Callable[[Place], bool]


def share_out(waiting: Iterable[Waiting], places: Sequence[Place]) -> dict[UUID, Place]:
    """In the order of ``waiting``, each gets the earliest place that suits and still has room."""
    left = sorted(places, key=lambda place: (place.start, str(place.slot_id)))
    given: dict[UUID, Place] = {}
    for each in waiting:
        index = next((number for number, place in enumerate(left) if each.suits(place)), None)
        if index is None:
            continue
        given[each.key] = left[index]
        if left[index].room > 1:
            left[index] = replace(left[index], room=left[index].room - 1)
        else:
            del left[index]
    return given
