"""Seating all who lost their places at once: an assignment problem, solved to the optimum.

One after the other to the nearest free place is not the best for all: whoever comes first may take the only place that
would have done for the next. The solver is ``scipy.optimize.linear_sum_assignment`` (a modified Jonker-Volgenant
algorithm, D. F. Crouse, "On implementing 2D rectangular assignment algorithms", IEEE TAES 52(4), 2016). Where two
interviews of one candidate would overlap, which an assignment cannot express, the same problem is solved as an integer
programme (HiGHS).
"""

from bisect import bisect_left
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import combinations
from uuid import UUID

SOLVE_SECONDS = 60.0  # for the integer programme; what it has by then is taken


@dataclass(frozen=True)
class Place:
    """A slot with room for ``room`` more."""

    slot_id: UUID
    start: datetime
    end: datetime
    room: int


@dataclass(frozen=True)
class Seeker:
    """Somebody who lost the place at ``wanted``, and the slots that would do."""

    key: UUID
    candidate_id: int
    wanted: datetime
    places: tuple[Place, ...]


def within_reach(
    wanted: datetime, places: Sequence[Place], *, suits: Callable[[Place], bool], seekers: int
) -> tuple[Place, ...]:
    """The suitable ones of ``places`` (sorted by start) that an optimal seating can need: the nearest.

    With so many of them that there is room for all ``seekers`` a farther one is never needed: one of these would be
    free, and nearer.
    """
    chosen: list[Place] = []
    room = 0
    later = bisect_left(places, wanted, key=lambda place: place.start)
    earlier = later - 1
    while room < seekers and (earlier >= 0 or later < len(places)):
        before = wanted - places[earlier].start if earlier >= 0 else timedelta.max
        after = places[later].start - wanted if later < len(places) else timedelta.max
        place = places[earlier] if before <= after else places[later]
        earlier, later = (earlier - 1, later) if before <= after else (earlier, later + 1)
        if suits(place):
            chosen.append(place)
            room += place.room
    return tuple(chosen)


def assign(seekers: Sequence[Seeker]) -> dict[UUID, Place]:
    """Who gets which place: as many as can be seated, and those with the least sum of distances to what they wanted.

    Of two equal distances the earlier place is taken. No place is given to more than it has room for, and a candidate
    never gets two that overlap. Who is not in the answer finds none.
    """
    seated = _assign(seekers) if seekers else {}
    return _assign_apart(seekers) if _clashes(seekers, seated) else seated


def displacement(seekers: Sequence[Seeker], seated: Mapping[UUID, Place]) -> timedelta:
    """The sum of the distances."""
    return sum((abs(seated[each.key].start - each.wanted) for each in seekers if each.key in seated), timedelta())


def _assign(seekers: Sequence[Seeker]) -> dict[UUID, Place]:
    """Without a look at who is the same candidate."""
    import numpy as np  # noqa: PLC0415 (large: only the job that solves loads them)
    from scipy.optimize import linear_sum_assignment  # noqa: PLC0415

    count = len(seekers)
    columns = [place for place in _all_places(seekers) for _ in range(min(place.room, count))]
    of_slot: dict[UUID, list[int]] = {}
    for column, place in enumerate(columns):
        of_slot.setdefault(place.slot_id, []).append(column)
    costs = np.full((count, len(columns) + count), np.inf)
    for row, seeker in enumerate(seekers):
        for place in seeker.places:
            costs[row, of_slot[place.slot_id]] = _cost(seeker, place, count)
    finite = costs[np.isfinite(costs)]
    costs[:, len(columns) :] = (finite.max() if finite.size else 0) * count + 1  # no place: worse than any seating
    rows, chosen = linear_sum_assignment(costs)
    return {
        seekers[row].key: columns[column]
        for row, column in zip(rows.tolist(), chosen.tolist(), strict=True)
        if column < len(columns)
    }


def _cost(seeker: Seeker, place: Place, count: int) -> int:
    """The distance in seconds, weighed so that all ties together do not outweigh one second."""
    distance = round(abs(place.start - seeker.wanted).total_seconds())
    return distance * (count + 1) + (place.start > seeker.wanted)


def _all_places(seekers: Sequence[Seeker]) -> list[Place]:
    return list({place.slot_id: place for seeker in seekers for place in seeker.places}.values())


def _overlap(one: Place, other: Place) -> bool:
    return one.start < other.end and other.start < one.end


def _pairs_of_one_candidate(seekers: Sequence[Seeker]) -> list[tuple[int, int]]:
    of_candidate: dict[int, list[int]] = {}
    for index, seeker in enumerate(seekers):
        of_candidate.setdefault(seeker.candidate_id, []).append(index)
    return [pair for group in of_candidate.values() for pair in combinations(group, 2)]


def _clashes(seekers: Sequence[Seeker], seated: Mapping[UUID, Place]) -> bool:
    for one, other in _pairs_of_one_candidate(seekers):
        first, second = seated.get(seekers[one].key), seated.get(seekers[other].key)
        if first is not None and second is not None and _overlap(first, second):
            return True
    return False


def _assign_apart(seekers: Sequence[Seeker]) -> dict[UUID, Place]:
    """The same as an integer programme with a variable for each seeker and place.

    First the most that can be seated, then the least distance for so many: one objective with both would have weights
    too far apart for the solver's tolerance.
    """
    pairs = [(row, place) for row, seeker in enumerate(seekers) for place in seeker.places]
    rows = _at_most(seekers, pairs)
    most, _ = _solve([-1.0] * len(pairs), rows)
    distances = [abs(place.start - seekers[row].wanted).total_seconds() / 60 for row, place in pairs]
    everybody = (dict.fromkeys(range(len(pairs)), 1.0), -most, float(len(pairs)))
    _, chosen = _solve(distances, [*rows, everybody])
    return {seekers[pairs[index][0]].key: pairs[index][1] for index in chosen}


_Row = tuple[dict[int, float], float, float]  # coefficients by variable, and the bounds of their sum


def _at_most(seekers: Sequence[Seeker], pairs: Sequence[tuple[int, Place]]) -> list[_Row]:
    """One place for each seeker, so many seekers as a place has room for, no overlap for one candidate."""
    of_seeker: dict[int, dict[int, float]] = {}
    of_place: dict[UUID, dict[int, float]] = {}
    for index, (row, place) in enumerate(pairs):
        of_seeker.setdefault(row, {})[index] = 1.0
        of_place.setdefault(place.slot_id, {})[index] = 1.0
    room = {place.slot_id: float(place.room) for _, place in pairs}
    limits: list[_Row] = [(row, 0.0, 1.0) for row in of_seeker.values()]
    limits += [(row, 0.0, room[slot_id]) for slot_id, row in of_place.items()]
    for one, other in _pairs_of_one_candidate(seekers):
        limits += [
            ({first: 1.0, second: 1.0}, 0.0, 1.0)
            for first in of_seeker.get(one, ())
            for second in of_seeker.get(other, ())
            if _overlap(pairs[first][1], pairs[second][1])
        ]
    return limits


def _solve(costs: Sequence[float], limits: Sequence[_Row]) -> tuple[float, list[int]]:
    """The least cost, and the variables that are one."""
    import numpy as np  # noqa: PLC0415 (large: only the job that solves loads them)
    from scipy.optimize import Bounds, LinearConstraint, milp  # noqa: PLC0415
    from scipy.sparse import csr_array  # noqa: PLC0415

    rows = [row for row, limit in enumerate(limits) for _ in limit[0]]
    columns = [column for limit in limits for column in limit[0]]
    values = [value for limit in limits for value in limit[0].values()]
    matrix = csr_array((values, (rows, columns)), shape=(len(limits), len(costs)))
    solved = milp(
        np.array(costs),
        integrality=np.ones(len(costs), dtype=np.int8),
        bounds=Bounds(0, 1),
        constraints=LinearConstraint(matrix, [limit[1] for limit in limits], [limit[2] for limit in limits]),
        options={"time_limit": SOLVE_SECONDS},
    )
    if solved.x is None:
        return 0.0, []
    return round(float(np.array(costs) @ np.round(solved.x)), 6), [int(each) for each in np.flatnonzero(solved.x > 0.5)]
