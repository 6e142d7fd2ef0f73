"""A week as a whole: saved at once or not at all, and previewed exactly."""

from collections.abc import Sequence
from datetime import UTC, date, datetime, time, timedelta

import pytest

from parley.core.errors import Conflict, Invalid
from parley.core.models import Event
from parley.interviews import queries
from parley.interviews.models import AIInterviewConfiguration, InterviewConflict, InterviewSlot
from parley.interviews.operations.weeks import Week, WeekReport, preview_week, save_week
from parley.interviews.rules.weeks import WeekWindow
from parley.organizations.models import User
from tests.factories import ConfigurationFactory, UserFactory, book
from tests.invariants import broken_invariants

pytestmark = pytest.mark.django_db
NOW = datetime(2030, 3, 1, 6, tzinfo=UTC)  # a Friday
SETTINGS = {"slot_duration": 60, "break_duration": 0, "max_candidates": 1, "timezone": ""}


@pytest.fixture
def user() -> User:
    return UserFactory(company__timezone="Europe/Berlin")


def window(day: int, start: int, end: int, pk: int | None = None) -> WeekWindow:
    return WeekWindow(id=pk, day=day, start=time(start), end=time(end % 24))


def week(*windows: WeekWindow, was: Sequence[AIInterviewConfiguration] = (), **settings: object) -> Week:
    return Week(
        interview_type="technical",
        settings=SETTINGS | settings,
        windows=windows,
        replaces=[each.pk for each in was],
        seen=queries.fingerprint(was) if was else "",
    )


def save(user: User, wanted: Week, *, days: int = 6) -> WeekReport:
    return save_week(company_id=None, week=wanted, days=days, actor=user, now=NOW)


def starts(slots: Sequence[InterviewSlot]) -> list[str]:
    return [f"{slot.start_time:%d %H}" for slot in slots]


def current(user: User) -> list[AIInterviewConfiguration]:
    return list(queries.configurations(user))


def test_a_new_week_makes_its_slots_at_once(user: User) -> None:
    report = save(user, week(window(1, 9, 11), window(5, 23, 24)))
    assert starts(report.created) == ["01 22", "04 08", "04 09"]  # UTC; Berlin is an hour ahead
    assert starts(list(InterviewSlot.objects.order_by("start_time"))) == starts(report.created)
    assert [(each.day_of_week, each.valid_from) for each in current(user)] == [
        (1, date(2030, 3, 1)),
        (5, date(2030, 3, 1)),
    ]


def test_a_preview_tells_exactly_that_and_keeps_nothing(user: User) -> None:
    wanted = week(window(1, 9, 11), window(3, 9, 11))
    shown = preview_week(company_id=None, week=wanted, days=30, actor=user, now=NOW)
    assert (InterviewSlot.objects.count(), AIInterviewConfiguration.objects.count(), Event.objects.count()) == (0, 0, 0)
    done = save(user, wanted, days=30)
    assert len(shown.created) == 16
    assert [slot.start_time for slot in shown.created] == [slot.start_time for slot in done.created]


def test_two_windows_can_change_places(user: User) -> None:
    save(user, week(window(1, 9, 11), window(1, 13, 14)))
    first, second = current(user)
    report = save(user, week(window(1, 13, 14, first.pk), window(1, 9, 11, second.pk), was=[first, second]))
    assert (starts(report.created), starts(report.removed)) == (["04 08", "04 09", "04 12"],) * 2
    assert report.skipped == []
    assert [(each.pk, each.start_time) for each in current(user)] == [(first.pk, time(13)), (second.pk, time(9))]
    assert InterviewSlot.objects.count() == 3


def test_only_what_changes_is_touched(user: User) -> None:
    save(user, week(window(1, 9, 11), window(3, 9, 10)))
    monday, wednesday = current(user)
    report = save(user, week(window(1, 9, 12, monday.pk), window(3, 9, 10, wednesday.pk), was=[monday, wednesday]))
    assert (starts(report.created), report.removed, starts(report.kept)) == (
        ["04 10"],
        [],
        ["04 08", "04 09", "06 08"],
    )
    assert queries.fingerprint(report.configurations) == queries.fingerprint(current(user))
    changed = Event.objects.filter(type="configuration.updated")
    assert [event.object_id for event in changed] == [str(monday.pk)]


def test_a_window_that_is_left_out_goes_and_what_is_booked_stays_with_a_conflict(user: User) -> None:
    save(user, week(window(1, 9, 11)))
    slot = InterviewSlot.objects.get(start_time__hour=8)
    book(slot)
    shown = preview_week(company_id=None, week=week(was=current(user)), days=6, actor=user, now=NOW)
    report = save(user, week(was=current(user)))
    assert starts(shown.left) == starts(report.left) == ["04 08"]
    assert starts(shown.removed) == starts(report.removed) == ["04 09"]
    assert (current(user), list(InterviewSlot.objects.all())) == ([], [slot])
    assert InterviewConflict.objects.get().slot_id == slot.pk
    assert broken_invariants() == {}


def test_a_week_that_somebody_else_has_changed_is_refused(user: User) -> None:
    save(user, week(window(1, 9, 11)))
    was = current(user)
    save(user, week(window(1, 9, 12, was[0].pk), was=was))
    with pytest.raises(Conflict) as refused:
        save(user, week(window(2, 9, 10, was[0].pk), was=was))
    assert refused.value.code == "week_changed"
    assert [(each.day_of_week, each.end_time) for each in current(user)] == [(1, time(12))]


@pytest.mark.parametrize(
    ("windows", "field"),
    [
        ([window(1, 9, 11), window(1, 10, 12)], "windows.1.start_time"),
        ([window(1, 9, 11), window(2, 10, 10)], "windows.1.end_time"),
        ([window(1, 9, 9 + 1), window(2, 9, 10)], None),
    ],
    ids=["overlap", "empty", "fine"],
)
def test_what_is_wrong_is_said_of_its_window(user: User, windows: list[WeekWindow], field: str | None) -> None:
    if field is None:
        assert len(save(user, week(*windows)).configurations) == 2
        return
    with pytest.raises(Invalid) as refused:
        save(user, week(*windows))
    assert list(refused.value.errors) == [field]
    assert (AIInterviewConfiguration.objects.count(), InterviewSlot.objects.count()) == (0, 0)


def test_a_slot_that_does_not_fit_is_said_of_its_window(user: User) -> None:
    with pytest.raises(Invalid) as refused:
        save(user, week(window(1, 9, 12), window(2, 9, 10), slot_duration=90))
    assert list(refused.value.errors) == ["windows.1.end_time"]


def test_an_overlap_with_another_week_is_refused_and_nothing_is_kept(user: User) -> None:
    ConfigurationFactory(company=user.company, day_of_week=1, start_time=time(8), end_time=time(10))
    with pytest.raises(Invalid) as refused:
        save(user, week(window(2, 9, 10), window(1, 9, 11)))
    assert refused.value.code == "configuration_overlap"
    assert (AIInterviewConfiguration.objects.count(), InterviewSlot.objects.count()) == (1, 0)


def test_another_companys_window_is_not_there(user: User) -> None:
    other = ConfigurationFactory(day_of_week=4)
    with pytest.raises(Conflict):
        save(user, week(window(1, 9, 10, other.pk), was=[other]))
    with pytest.raises(Conflict):
        save(user, week(window(1, 9, 10, other.pk)))
    other.refresh_from_db()
    assert (other.day_of_week, InterviewSlot.objects.count()) == (4, 0)


def test_windows_with_the_same_settings_are_one_week(user: User) -> None:
    save(user, week(window(3, 9, 10), window(1, 9, 10)))
    save(user, week(window(2, 9, 10), slot_duration=30))
    ConfigurationFactory()  # another company's
    found = queries.weeks(user)
    assert [[each.day_of_week for each in each_week] for each_week in found] == [[1, 3], [2]]


def test_the_horizon_ends_after_so_many_days(user: User) -> None:
    report = save(user, week(*(window(day, 9, 10) for day in range(1, 8))), days=2)
    assert [slot.start_time.date() for slot in report.created] == [
        (NOW + timedelta(days=number)).date() for number in range(3)
    ]
