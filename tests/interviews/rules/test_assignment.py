"""The seating against every possible one, tried out."""

from collections import Counter
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime, timedelta
from uuid import UUID, uuid4

from hypothesis import given, settings
from hypothesis import strategies as st

from parley.interviews.rules.assignment import Place, Seeker, assign, displacement, within_reach

NOON = datetime(2027, 3, 8, 12, tzinfo=UTC)
Seating = dict[UUID, Place]


def place(hours: float, room: int = 1, minutes: int = 60) -> Place:
    start = NOON + timedelta(hours=hours)
    return Place(uuid4(), start, start + timedelta(minutes=minutes), room)


def seeker(hours: float, places: Sequence[Place], candidate: int | None = None) -> Seeker:
    return Seeker(
        uuid4(), uuid4().int if candidate is None else candidate, NOON + timedelta(hours=hours), tuple(places)
    )


def seatings(seekers: Sequence[Seeker], taken: Seating) -> Iterator[Seating]:
    """Every seating that is allowed."""
    if not seekers:
        yield taken
        return
    first, rest = seekers[0], seekers[1:]
    yield from seatings(rest, taken)
    used = Counter(each.slot_id for each in taken.values())
    for each in first.places:
        if used[each.slot_id] < each.room:
            yield from seatings(rest, {**taken, first.key: each})


def is_apart(seekers: Sequence[Seeker], seated: Seating) -> bool:
    """Whether no candidate sits in two places at once."""
    found = [(each.candidate_id, seated[each.key]) for each in seekers if each.key in seated]
    return not any(
        one == other and first.start < second.end and second.start < first.end
        for index, (one, first) in enumerate(found)
        for other, second in found[index + 1 :]
    )


def value(seekers: Sequence[Seeker], seated: Seating) -> tuple[int, timedelta]:
    """More seated is better (a smaller number), then the shorter sum of distances."""
    return -len(seated), displacement(seekers, seated)


hours = st.integers(-6, 6)


@st.composite
def cases(draw: st.DrawFn, *, candidates: int) -> list[Seeker]:
    places = draw(st.lists(st.builds(place, hours, st.integers(1, 2), st.sampled_from([30, 60, 90])), max_size=4))
    which = st.lists(st.sampled_from(places), unique_by=id) if places else st.just([])
    numbers = st.integers(1, candidates) if candidates else st.none()
    return draw(st.lists(st.builds(seeker, hours, which, numbers), max_size=5))


@settings(max_examples=300, deadline=None)
@given(cases(candidates=0))
def test_no_seating_of_strangers_is_better(seekers: list[Seeker]) -> None:
    seated = assign(seekers)
    assert value(seekers, seated) == min(value(seekers, each) for each in seatings(seekers, {}))
    assert_allowed(seekers, seated)


@settings(max_examples=300, deadline=None)
@given(cases(candidates=2))
def test_no_seating_is_better_where_candidates_have_several_interviews(seekers: list[Seeker]) -> None:
    seated = assign(seekers)
    allowed = [each for each in seatings(seekers, {}) if is_apart(seekers, each)]
    assert value(seekers, seated) == min(value(seekers, each) for each in allowed)
    assert is_apart(seekers, seated)
    assert_allowed(seekers, seated)


def assert_allowed(seekers: Sequence[Seeker], seated: Seating) -> None:
    assert all(seated[each.key] in each.places for each in seekers if each.key in seated)
    used = Counter(each.slot_id for each in seated.values())
    assert all(used[each.slot_id] <= each.room for each in seated.values())


@settings(max_examples=200, deadline=None)
@given(st.lists(hours, min_size=1, max_size=4), st.lists(st.builds(place, hours, st.integers(1, 2)), max_size=6))
def test_the_nearest_places_are_enough_for_the_best_seating(wanted: list[int], places: list[Place]) -> None:
    places.sort(key=lambda each: each.start)
    all_of_them = [seeker(each, places) for each in wanted]
    near = [
        seeker(each, within_reach(NOON + timedelta(hours=each), places, suits=lambda _: True, seekers=len(wanted)))
        for each in wanted
    ]
    assert value(near, assign(near)) == value(all_of_them, assign(all_of_them))


def test_a_greedy_loop_would_do_worse() -> None:
    """The first takes the nearer place, and the second would have to go far: together they move two hours less."""
    near, early = place(1), place(-2)
    first, second = seeker(0, [near, early]), seeker(2, [near])
    assert assign([first, second]) == {first.key: early, second.key: near}


def test_the_earlier_of_two_equally_near_places_is_taken() -> None:
    after, before = place(1), place(-1)
    one = seeker(0, [after, before])
    assert assign([one]) == {one.key: before}


def test_nobody_and_nowhere() -> None:
    assert assign([]) == {}
    assert assign([seeker(0, [])]) == {}


def test_two_interviews_of_one_candidate_do_not_overlap() -> None:
    """The best for each alone would be at the same time."""
    coding, talk, later = place(1), place(1), place(5)
    one, other = seeker(0, [coding], candidate=7), seeker(0, [talk, later], candidate=7)
    assert assign([one, other]) == {one.key: coding, other.key: later}
